"""What is wrong with an object of a kind, as far as it can be known before PostHog is asked."""

# (the field or the place in it, "config.password"; the end of a sentence about the object; a hint, if there is one)
Objection = tuple[str, str, str | None]
