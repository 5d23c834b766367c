"""A source of a model and of a sandbox, with its tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.charted import BUYERS, view
from harness.sandbox import Sandbox
from pulumi_posthog.values.secret_text import SecretText

KIND = "external_data_source"
READS = "select id from postgres.shop."
TABLES = ("users", "orders", "carts")
NEXT = SecretText("hush, the next one", f"!env {rows.VARIABLE}")


def source(
    project: str,
    *tables: str,
    host: str = "db.acme.io",
    synced: bool = True,
    off: tuple[str, ...] = (),
    every: str = "1hour",
    password: SecretText = rows.SECRET,
) -> rows.Row:
    """A database whose password is from the environment, at two places. The tables `off` are not fetched."""
    return rows.row(
        KIND,
        f"{project}/shop",
        project,
        prefix="shop",
        source_type="Postgres",
        job_inputs={
            "host": host,
            "password": password,
            "ssh_tunnel": {"enabled": True, "auth": {"username": "ops", "password": password}},
        },
        schemas={
            table: {"should_sync": synced and table not in off, "sync_frequency": every} for table in tables
        },
    )


def drawn_sources(draw: st.DrawFn, project: str) -> Iterator[rows.Row]:
    """Perhaps a database: where it is, its password, how which of its tables are fetched; and who reads one.

    It always has the same tables: one that PostHog did not find when the source was made is refused later.
    """

    def one_of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    if not one_of(True, False, False):
        return
    yield source(
        project,
        *TABLES,
        host=one_of("db.acme.io", "db.acme.com"),
        off=one_of((), TABLES[:1], TABLES[1:], TABLES),
        every=one_of("1hour", "6hour"),
        password=one_of(rows.SECRET, NEXT),
    )
    if one_of(True, False):
        yield view(project, BUYERS, READS + one_of(*TABLES))


def of_another_sort(row: rows.Row) -> rows.Row:
    """A source of which a file says what never changes in another way."""
    return (*row[:3], (*row[3], ("access_method", "direct"))) if row[0] == KIND else row


def sources_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The sources of a project."""
    return posthog.all(f"/api/projects/{project}/external_data_sources/?limit=1000")


def sources_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody switches a table, has it fetched more rarely, says another host, or deletes the source."""
    path = f"/api/projects/{project}"
    for each in sources_of(posthog, project):
        table = dice.choice(sorted(each["schemas"], key=lambda one: str(one["name"])))
        match dice.randrange(4):
            case 0:
                body: Any = {"should_sync": not table["should_sync"]}
                posthog.call("PATCH", f"{path}/external_data_schemas/{table['id']}/", body)
            case 1:
                body = {"sync_frequency": "24hour"}
                posthog.call("PATCH", f"{path}/external_data_schemas/{table['id']}/", body)
            case 2:
                body = {"job_inputs": {"host": "db.by-hand.io"}}
                posthog.call("PATCH", f"{path}/external_data_sources/{each['id']}/", body)
            case _:
                posthog.call("DELETE", f"{path}/external_data_sources/{each['id']}/")
