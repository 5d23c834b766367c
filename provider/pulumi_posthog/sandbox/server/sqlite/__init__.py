"""Django's SQLite, which does not write the same SELECT anew for each request."""
