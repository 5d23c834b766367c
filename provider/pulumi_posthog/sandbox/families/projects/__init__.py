"""Projects and their environments (3)."""
