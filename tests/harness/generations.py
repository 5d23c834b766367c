"""The sandbox in each of its generations, with what a test of pipelines needs beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.sandbox import Sandbox

# posthog-api-cdp.md 0.1: G25, G26a, G26b.
GENERATIONS: Mapping[str, tuple[str, ...]] = {
    "2025": ("--age", "2025"),
    "2026": ("--age", "2026", "--no-later-2026"),
    "later 2026": ("--age", "2026"),
}


class Generation(Sandbox):
    """A sandbox of one generation, or of an age before them; its objects as a person with the key sees them."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.database = name, folder / "posthog.sqlite3"
        super().__init__("--db", str(self.database), *GENERATIONS.get(name, ("--age", name)))

    @property
    def bodies(self) -> list[str]:
        """What was written since the last `count_anew`: "METHOD path"."""
        return sorted(self.writes())

    def project_id(self, name: str = "Web") -> int:
        return int(self.project(name)["id"])

    def functions(self, project: str = "Web") -> list[dict[str, Any]]:
        """All functions of a project with all their fields, in the order of the list."""
        below = f"/api/projects/{self.project_id(project)}/hog_functions/"
        return [self.get(f"{below}{each['id']}/") for each in self.all(below)]

    def function(self, name: str, type_: str = "destination") -> dict[str, Any]:
        return next(each for each in self.functions() if (each["name"], each["type"]) == (name, type_))

    def change(self, function: Mapping[str, Any], **fields: Any) -> None:
        """Somebody changes a function on PostHog's page."""
        self.call("PATCH", f"/api/projects/{self.project_id()}/hog_functions/{function['id']}/", fields)

    def change_export(self, **fields: Any) -> None:
        """Somebody changes the only export."""
        (export,) = self.exports()
        self.call("PATCH", f"/api/projects/{self.project_id()}/batch_exports/{export['id']}/", fields)

    def exports(self) -> list[dict[str, Any]]:
        return self.all(f"/api/projects/{self.project_id()}/batch_exports/")

    def integration(self, kind: str, name: str = "Acme", project: str = "Web") -> int:
        """Makes an integration, which no key can: it is made on PostHog's page. Its id."""
        id_ = self.project_id(project)
        before = {each["id"] for each in self.all(f"/api/projects/{id_}/integrations/")}
        self.call("POST", "/_sandbox/bulk", {"integrations": 1, "project": id_})
        made = next(
            each["id"] for each in self.all(f"/api/projects/{id_}/integrations/") if each["id"] not in before
        )
        self.stored("integration", "id", made, kind=kind, display_name=name)
        return int(made)

    def stored(self, family: str, key: str, value: str | int, **columns: str | int) -> None:
        """Change what PostHog keeps of an object and no request changes; the object has `value` as its `key`."""
        names = ", ".join(f"{name} = ?" for name in columns)
        with sqlite3.connect(self.database) as connection:
            changed = connection.execute(
                f"update sandbox_{family} set {names} where {key} = ?",  # noqa: S608 - names of our own
                (*columns.values(), value),
            )
            assert changed.rowcount == 1
