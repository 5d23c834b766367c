"""What an application needs before its first request: tables, a seed, keys, a login for the page."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, transaction

from pulumi_posthog.sandbox import seed
from pulumi_posthog.sandbox.control import ADMIN_PAGE
from pulumi_posthog.sandbox.options import Options, SandboxError
from pulumi_posthog.sandbox.switches import SWITCHES


def make_tables() -> None:
    """From the models as they are; nothing is migrated."""
    try:
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    except DatabaseError as error:
        raise SandboxError(f"the database is not one of this sandbox: {error}") from error


def fill(options: Options) -> None:
    """Seed an empty database; the keys work in any case."""
    SWITCHES.start(options)
    with transaction.atomic():
        if seed.is_empty():
            seed.seed_acme()
        owner = seed.owner_of_keys()
        if owner is None:
            raise SandboxError("the database has no organization with an owner")
        seed.make_key(owner, options.key)
        for text in options.extra_key:
            key, _, scopes = text.partition(":")
            if not key or not scopes:
                raise SandboxError(f"--extra-key is written KEY:SCOPE,SCOPE, not {text!r}")
            seed.make_key(owner, key, label="extra", scopes=scopes.split(","))


def make_page_login(password: str) -> None:
    """One person may change everything by hand."""
    people = get_user_model().objects
    person, _ = people.get_or_create(username="admin", defaults={"is_staff": True, "is_superuser": True})
    person.set_password(password)
    person.save()
    ADMIN_PAGE["password"] = password
