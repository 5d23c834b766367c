"""What PostHog serves: one file or folder for each family of endpoints."""
