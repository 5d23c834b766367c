"""What a person does by hand at the sandbox's page, in a real browser."""
