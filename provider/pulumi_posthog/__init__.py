"""Keep a PostHog organization in Git: YAML in, only the needed API calls out, through Pulumi."""
