"""How two sides differ -> rows for people, and for scripts."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_posthog.reconcile.side_by_side import Contrast
from pulumi_posthog.report.table import Rows

THERE, MISSING = "is there", "is not there"
NOTHING = "not declared"


def for_people(found: Iterable[Contrast], from_: str, to: str) -> Rows:
    """A row for each value that differs; the last two columns are called as the sides are."""
    columns = ("kind", "name", "field", from_, to if to != from_ else f"{to} ")
    items = [[each.kind, each.name, each.path, *_values(each)] for each in found]
    return Rows(columns, tuple(items))


def _values(each: Contrast) -> tuple[object, object]:
    if each.only:
        return (THERE, MISSING) if each.only == "from" else (MISSING, THERE)
    return (_shown(each.before), _shown(each.after))


def _shown(value: object) -> object:
    return NOTHING if value is None else value


def for_scripts(found: Iterable[Contrast]) -> Rows:
    """An object for each value that differs.

    `change` is "differs", "only in from" or "only in to"; null is what is not declared.
    """
    columns = ("kind", "name", "path", "change", "from", "to")
    items = [
        {
            "kind": each.kind,
            "name": each.name,
            "path": each.path or None,
            "change": f"only in {each.only}" if each.only else "differs",
            "from": each.before,
            "to": each.after,
        }
        for each in found
    ]
    return Rows(columns, tuple(items))
