"""Observed -> findings: what differs, since when, by whom, and what is left out on purpose."""
