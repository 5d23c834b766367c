"""Feature flags: their filters, their endpoints, and what changes them at a set time (posthog-api-release.md 2)."""
