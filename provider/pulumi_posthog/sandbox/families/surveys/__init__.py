"""Surveys (posthog-api-release.md 7)."""
