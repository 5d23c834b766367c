"""Experiments, holdouts and saved metrics (posthog-api-release.md 5)."""
