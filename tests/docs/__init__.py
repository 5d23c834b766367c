"""What the documentation promises, done as a reader does it."""
