"""Cohorts: the grammar of their filters, and their endpoints (posthog-api-release.md 3)."""
