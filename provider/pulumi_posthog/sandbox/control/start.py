"""What an application needs before its first request: tables, objects, keys, a login for the page."""

from __future__ import annotations

import secrets
import time
import zlib
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction

from pulumi_posthog.sandbox.control import seed, seed_file, snapshots
from pulumi_posthog.sandbox.control.counting import REQUESTS
from pulumi_posthog.sandbox.control.door import ALLOWED_NAMES
from pulumi_posthog.sandbox.control.faults import FAULTS
from pulumi_posthog.sandbox.families.queries import RUNS
from pulumi_posthog.sandbox.options import Options, SandboxError
from pulumi_posthog.sandbox.rules.columns import HEAP
from pulumi_posthog.sandbox.rules.models import OWNER, Organization, OrganizationMembership, User
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.throttling import forget
from pulumi_posthog.sandbox.rules.writing import writing

# Where the page is and how to log in; the server says so at the start. A password that was chosen is not told.
ADMIN_PAGE: dict[str, str | None] = {"url": "/admin/", "username": "admin", "password": None}
STARTED_WITH: list[Options] = []
# What a reset comes back to, because filling the tables anew takes ten times as long: when that was, of
# `time.monotonic`, and what the heap's order came to.
FILLED: list[tuple[float, tuple[Any, ...]]] = []
FILLED_NAME = "filled"
FILLED_FOR = 60  # seconds: what the seed says of "an hour ago" is then still about true


def make_tables() -> None:
    """From the models as they are; nothing is migrated, so a kept database is of the version that made it."""
    version = version_of_tables()
    with connection.cursor() as cursor:
        (found,) = cursor.execute("PRAGMA user_version").fetchone()
        if found == version:
            return
        if found:
            raise SandboxError("the database was made by another version of the sandbox: choose another file")
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        cursor.execute(f"PRAGMA user_version = {version}")


def version_of_tables() -> int:
    """A number that changes with any column; SQLite keeps 31 bits for it."""
    columns = sorted(
        f"{field.model._meta.db_table}.{field.column} {field.db_type(connection)} {field.null}"
        for model in apps.get_models()
        for field in model._meta.local_fields
    )
    return zlib.crc32("\n".join(columns).encode()) & 0x7FFFFFFF


def start(options: Options) -> None:
    """Take over the options, seed an empty database; the keys work in any case."""
    take_over(options)
    with transaction.atomic():
        fill(options)


def take_over(options: Options) -> None:
    """All that the options say and no table holds."""
    STARTED_WITH[:] = [options]
    ALLOWED_NAMES.clear()
    ALLOWED_NAMES.update(name.lower() for name in (options.host, *options.allow_host))
    HEAP.seed(options.order_seed)
    SWITCHES.start(options)
    FAULTS.clear()
    FAULTS.add(list(options.fault))


def fill(options: Options) -> None:
    """Objects for an empty database, and the keys."""
    if not Organization.objects.exists():
        if options.seed is not None:
            seed_file.seed_from(options.seed)
        else:
            seed.seed_acme()
    owner = owner_of_keys()
    if owner is None:
        raise SandboxError("the database has no organization with an owner")
    seed.make_key(owner, options.key)
    for text in options.extra_key:
        key, _, scopes = text.partition(":")
        seed.make_key(owner, key, label="extra", scopes=scopes.split(","))


def owner_of_keys() -> User | None:
    """Whose keys the sandbox makes: the owner of the first organization."""
    owners = OrganizationMembership.objects.select_related("user").filter(level=OWNER)
    first = owners.order_by("organization__created_at", "joined_at").first()
    return first.user if first else None


def reset() -> None:
    """As after the start; who is logged in to the page stays so."""
    options = STARTED_WITH[0]
    with writing():
        take_over(options)
        young = FILLED and time.monotonic() - FILLED[0][0] < FILLED_FOR
        if young and snapshots.is_kept(FILLED_NAME):
            snapshots.restore(FILLED_NAME)
            HEAP.setstate(FILLED[0][1])
        else:
            snapshots.empty()
            fill(options)
            if options.db is None:  # a database that somebody keeps has nothing of ours in it
                snapshots.keep(FILLED_NAME)
                FILLED[:] = [(time.monotonic(), HEAP.getstate())]
    REQUESTS.forget()
    RUNS.forget()
    forget()


def make_page_login(password: str | None) -> None:
    """One person may change everything by hand."""
    people = get_user_model().objects
    person, _ = people.get_or_create(username="admin", defaults={"is_staff": True, "is_superuser": True})
    made_up = None if password else secrets.token_urlsafe(9)
    ADMIN_PAGE["password"] = made_up
    person.set_password(password or made_up)
    person.save()
