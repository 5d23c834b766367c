"""A source of a model and of a sandbox, with its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness import rows
from harness.sandbox import Sandbox


def source(project: str, *tables: str, host: str = "db.acme.io", synced: bool = True) -> rows.Row:
    """A database whose password is from the environment, at two places."""
    return rows.row(
        "external_data_source",
        f"{project}/shop",
        project,
        prefix="shop",
        source_type="Postgres",
        job_inputs={
            "host": host,
            "password": rows.SECRET,
            "ssh_tunnel": {"enabled": True, "auth": {"username": "ops", "password": rows.SECRET}},
        },
        schemas={table: {"should_sync": synced, "sync_frequency": "1hour"} for table in tables},
    )


def sources_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The sources of a project."""
    return posthog.all(f"/api/projects/{project}/external_data_sources/?limit=1000")
