"""What a test or a person does to the sandbox itself: faults, seeds, changes by hand, the admin page."""
