"""What somebody sees who writes posthog.yaml in an editor."""
