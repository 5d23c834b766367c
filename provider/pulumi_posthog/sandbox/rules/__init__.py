"""What all families share: keys, scopes, pages, errors, ages, the activity log."""
