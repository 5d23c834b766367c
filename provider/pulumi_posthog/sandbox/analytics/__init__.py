"""What PostHog is for: events, persons, questions about them, and what is made of the answers (10)."""
