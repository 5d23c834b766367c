"""Dashboards, their tiles, and what is merged into the insights on them."""
