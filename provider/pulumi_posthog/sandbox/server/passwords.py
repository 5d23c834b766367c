"""The password of the sandbox's page."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """It guards one page of a throw-away server; hashing it well took a seventh of the start."""

    iterations = 1_000
