"""The command as a user has it: a real process, beside a real sandbox."""
