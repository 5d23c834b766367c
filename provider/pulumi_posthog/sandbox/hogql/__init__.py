"""HogQL, as far as it is understood, made into SQL."""
