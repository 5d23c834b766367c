"""observed -> settings of declared objects that somebody has set in PostHog and no file says."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_posthog.drift.finding import About, Finding, Status, Trace
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import body_fields
from pulumi_posthog.reconcile.defaults import needs_saying
from pulumi_posthog.reconcile.desired import key_of
from pulumi_posthog.reconcile.observe import Observed
from pulumi_posthog.reconcile.path import path_of
from pulumi_posthog.reconcile.shown import without_secrets


def undeclared_settings(observed: Observed) -> Iterator[Finding]:
    """One finding for each, in the order of the configuration and of the kind's fields."""
    for entry in observed.compared:
        found = observed.found.get(key_of(entry))
        if not entry.kind.has_settings or found is None or entry.absent:
            continue
        path = path_of(entry, observed.desired)
        for field in body_fields(entry.kind):
            value = found.values.get(field.name)
            if field.name in entry.fields or field.secret or not needs_saying(field, value):
                continue
            project = found.id if entry.kind is PROJECT else None
            yield Finding(
                status=Status.UNDECLARED,
                kind=entry.kind.name,
                object=path,
                path=f"{path}.{field.name}",
                live=without_secrets(value),
                undeclared=True,
                id=found.id,
                where=entry.where,
                trace=Trace(found, project, field),
                about=About(entry),
            )
