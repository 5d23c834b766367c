"""Entries of a model (`world.Model`) that several tests have: functions, which refer to each other, and exports."""

from __future__ import annotations

from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import SecretText

Row = tuple[str, str, str | None, tuple[tuple[str, Any], ...]]
VARIABLE = "SNOWFLAKE_PASSWORD"  # of the environment, which every secret is from
SECRET = SecretText("hush", f"!env {VARIABLE}")
INGESTION = (
    "https://us.i.posthog.com/batch/"  # the one place that a batch export without an integration goes to
)


def row(kind: str, name: str, parent: str | None = None, /, **fields: Any) -> Row:
    """An entry; a field that is `...` is not declared."""
    given = ((key, value) for key, value in fields.items() if value is not ...)
    return (kind, name, parent, tuple(sorted(given, key=str)))


def refer_to(kind: str, name: str) -> Reference:
    """An object in the place of its id: `name` is that of its entry, with its project in front where it has one."""
    short = name.partition("/")[2] if KINDS[kind].parent else name
    return Reference(kind, short, target=(kind, name))


def role_called(name: str) -> Reference:
    """A role in the place of its id: `name` is that of the entry."""
    return refer_to("role", name)


def function(project: str, name: str, to: str, *, key: str = "", **more: Any) -> Row:
    """A function that sends events `to` somewhere, and has a secret; `key` is that of its entry, if not its name."""
    fields = {"type": "destination", "inputs": {"to": to, "token": SECRET}, **more}
    inputs = [{"key": "to", "type": "string"}, {"key": "token", "type": "string", "secret": True}]
    return row(
        "hog_function",
        f"{project}/{key or name}",
        project,
        name=name,
        hog="return inputs.to",
        inputs_schema=inputs,
        **fields,
    )


def export(project: str, **more: Any) -> Row:
    """A batch export."""
    fields = {"type": "HTTP", "interval": "day", "config": {"url": INGESTION, "token": SECRET}, **more}
    return row("batch_export", f"{project}/Events", project, name="Events", **fields)


WEB = row("project", "Web", name="Web")
HOOK = function("Web", "Hook", "x")
# The same name, and another type: two objects to PostHog, and two keys in the file.
HOOK_EARLY = function("Web", "Hook", "y", key="Twin", type="transformation", execution_order=2)
RELAY = function("Web", "Relay", refer_to("hog_function", "Web/Hook"))
EVENTS = export("Web")
