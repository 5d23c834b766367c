"""The project tree (7)."""
