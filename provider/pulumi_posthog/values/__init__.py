"""What all rooms hand around: places in files, problems, texts that must not be shown, files that are sent, JSON."""
