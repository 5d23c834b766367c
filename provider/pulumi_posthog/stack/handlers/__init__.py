"""What is decided about a resource, whichever door the engine's call came through."""
