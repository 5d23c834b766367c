"""Everything that PostHog has, kept under a name to come back to it: what takes long to make is made once."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import connection

from pulumi_posthog.sandbox.options import SandboxError
from pulumi_posthog.sandbox.rules.writing import writing

NAME = re.compile(r"[a-z0-9_]{1,40}")
SEQUENCES = "sqlite_sequence"  # where SQLite keeps the ids that come next


def tables() -> list[str]:
    """Of all our objects and keys; who is logged in to the page is none of them."""
    return [model._meta.db_table for model in apps.get_app_config("sandbox").get_models()]


def empty() -> None:
    """Delete every row; ids count from 1 again."""
    with writing(), connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table in tables():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name of our own
        cursor.execute("DELETE FROM sqlite_sequence WHERE name LIKE 'sandbox_%'")


def keep(name: str) -> None:
    """Copy all tables; a snapshot of that name is overwritten."""
    with writing(), connection.cursor() as cursor:
        for table in (*tables(), SEQUENCES):
            copy = _copy(name, table)
            cursor.execute(f"DROP TABLE IF EXISTS {copy}")
            cursor.execute(f"CREATE TABLE {copy} AS SELECT * FROM {table}")  # noqa: S608 - names of our own


def is_kept(name: str) -> bool:
    """Whether there is something under that name."""
    copy = _copy(name, SEQUENCES).strip('"')
    with connection.cursor() as cursor:
        found = cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", [copy])
        return found.fetchone() is not None


def restore(name: str) -> None:
    """All tables as they were; raises SandboxError for a name under which nothing is kept."""
    if not is_kept(name):
        raise SandboxError(f"there is no snapshot {name!r}")
    with writing(), connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table in (*tables(), SEQUENCES):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {_copy(name, table)}")  # noqa: S608


def _copy(name: str, table: str) -> str:
    """The quoted name of a copy."""
    if not NAME.fullmatch(name):
        raise SandboxError(f"a snapshot's name is of a-z, 0-9 and _, at most 40 of them, not {name!r}")
    return connection.ops.quote_name(f"kept_{name}_{table}")
