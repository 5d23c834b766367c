"""The process: its start, its settings, its routes."""
