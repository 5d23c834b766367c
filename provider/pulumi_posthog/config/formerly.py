"""SQL that reads a view by the name it had before `previously`: PostHog renames the view, and leaves the SQL alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_posthog.config.entries import described
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.tables import tables_of


def formerly_named(entries: Sequence[Entry]) -> Iterator[str]:
    """A note for each place whose SQL reads a view by a name that the view had before."""
    renamed = {
        (entry.parent, name.removeprefix(f"{entry.parent}/")): entry
        for entry in entries
        if entry.kind.named_in_sql
        for name in entry.previously
    }
    if not renamed:
        return  # all SQL would be read for nothing
    for entry in entries:
        for place, table in tables_of(entry.kind, entry.fields):
            view = renamed.get((entry.parent, table))
            if view is not None:
                where = entry.positions.get(place.partition(".")[0], entry.where)
                yield (
                    f'{where}: {place} of {described(entry)} reads "{table}", and that view is called "{view.key}" now:'
                    " write the new name into the SQL, or it fails when the view is renamed"
                )
