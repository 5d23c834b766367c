"""Single objects that access rules can be about, whatever table they are in (posthog-api-access.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from pulumi_posthog.sandbox.families.evaluations import Evaluation
from pulumi_posthog.sandbox.families.external_data_sources import ExternalDataSource
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.saved_queries import SavedQuery
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.membership import as_uuid

TABLES: dict[str, type[Evaluation | ExternalDataSource | SavedQuery]] = {
    "evaluation": Evaluation,
    "external_data_source": ExternalDataSource,
    "warehouse_view": SavedQuery,
}
"""Types with a table of their own, whose rows have a UUID; the others are rows of `ProjectObject`."""


@dataclass(frozen=True)
class Thing:
    """One object, as far as rules know it."""

    type: str
    key: str
    """Its primary key, as rules store it."""
    name: str | None
    short_id: str | None
    created_by_id: int | None


def of_object(row: ProjectObject) -> Thing:
    return Thing(row.type, row.key_of_rules, row.name, row.short_id or None, row.created_by_id)


def of_table(type_: str, row: Evaluation | ExternalDataSource | SavedQuery) -> Thing:
    return Thing(type_, str(row.pk), str(row), None, row.created_by_id)


def object_of(project: int, type_: str, id_: str) -> Thing | None:
    """By the id of its own URL; None for what is not there or deleted."""
    key = as_uuid(id_)
    if type_ in TABLES:
        rows = TABLES[type_].objects.filter(project=project, deleted=False)
        found = rows.filter(pk=key).first() if key else None
        return of_table(type_, found) if found else None
    known = Q(uuid=key) if key else Q()
    if id_.isascii() and id_.isdigit() and len(id_) <= 18:
        known |= Q(pk=int(id_), uuid=None)
    if id_ and (type_ != "insight" or generation() >= 2026):
        known |= Q(short_id=id_)  # insights have it in their URLs since 2026 only
    if not known:
        return None
    thing = ProjectObject.objects.filter(known, project=project, type=type_, deleted=False).first()
    return of_object(thing) if thing else None


def objects_of(project: int) -> Iterable[Thing]:
    """All of a project, deleted ones too."""
    for thing in ProjectObject.objects.filter(project=project):
        yield of_object(thing)
    for type_, table in TABLES.items():
        for row in table.objects.filter(project=project):
            yield of_table(type_, row)
