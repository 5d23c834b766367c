"""What is written from the kinds and committed: `python -m pulumi_posthog.generate` writes all of it."""
