"""Cohorts of a project (posthog-api-release.md 3)."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.cohorts import filters as cohort_filters
from pulumi_posthog.sandbox.families.event_store import Person
from pulumi_posthog.sandbox.families.project_objects import (
    FEEDS,
    FOLDER,
    LEFT_OUT,
    ObjectFamily,
    cohort_ids_in,
    properties_in,
)
from pulumi_posthog.sandbox.families.released_objects import Cohort
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Log, one_user
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    AnyField,
    choice,
    flag,
    json,
    read_only,
    text,
    texts,
    writable,
)
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.representation import moment

NOW = (2026, 2026)
TYPES = ("static", "person_property", "behavioral", "analytical")
QUERIES = ("ActorsQuery", "HogQLQuery")
READS = 2
"""How many reads after a write say that a cohort is calculating."""
LONGEST_SEARCH = 200
CALCULATED = (
    "persons",
    "count",
    "last_calculation",
    "pending_version",
    "reads_until_calculated",
    "calculations",
)


class DynamicWithQuery(ValidationError):
    """The refusal that comes when the row is there already (3.3)."""

    default_detail = "Cannot create a dynamic cohort with a query. Set is_static to true."


def of_type(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """`static` or `dynamic`; another text does not filter."""
    return rows.filter(is_static=sought == "static") if sought in {"static", "dynamic"} else rows


def created_by(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """Made by one user, by the number; 400 for what is none."""
    return one_user(rows, "created_by", sought)


def by_text(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """2026 is fuzzy, which is the same for a part of a name."""
    if generation() >= 2026 and len(sought) > LONGEST_SEARCH:
        raise invalid(name, f"Ensure this field has no more than {LONGEST_SEARCH} characters.", "max_length")
    return rows.filter(name__icontains=sought)


def without_events(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
    """`hide_behavioral_cohorts`: those that ask about events, or name one that does, are left out."""
    if sought.lower() != "true":
        return rows
    cohorts = {each.pk: each for each in rows}
    hidden = [
        each.pk
        for each in cohorts.values()
        if cohort_filters.asks_about_events(each.filters, cohort_filters.living(each.project_id))
    ]
    return rows.exclude(pk__in=hidden)


def types_of_age(choices: Iterable[str], **options: Any) -> AnyField:
    """2026 has one more."""
    return choice([*choices, "realtime"] if generation() >= 2026 else list(choices), **options)


def a_file(**options: Any) -> AnyField:
    return serializers.FileField(**options)


class Cohorts(ObjectFamily):
    """Cohorts of a project: names are not unique, and PATCH deletes."""

    name = "cohorts"
    model = Cohort
    scope = "cohort"
    title = "cohort"
    log = Log("Cohort", left_out=(*LEFT_OUT, *CALCULATED))
    filters: ClassVar = {
        "type": of_type,
        "created_by_id": created_by,
        "search": by_text,
        "hide_behavioral_cohorts": without_events,
    }
    actions = (
        *FEEDS,
        Action("patch", "add_persons_to_static_cohort", "add_persons", scopes="write"),
        Action("patch", "remove_person_from_static_cohort", "remove_person", scopes="write"),
        Action("get", "persons", "persons", scopes="cohort:read person:read"),
        Action("get", "calculation_history", "calculation_history", scopes="read"),
        Action("get", "used_in", "used_in", scopes="read", ages=NOW),
        Action("get", "duplicate_as_static_cohort", "duplicate", scopes="write", ages=(2024, 2025)),
    )
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, nullable=True, max_length=400),
        writable("description", text, allow_blank=True, max_length=1000),
        writable("groups", json, in_list=False),
        writable("deleted", flag),
        writable(
            "filters",
            json,
            nullable=True,
            in_list=False,
            show=lambda row: row.filters or cohort_filters.NOTHING,
        ),
        writable("query", json, nullable=True, in_list=False),
        read_only("version"),
        read_only("pending_version"),
        read_only("is_calculating", lambda row: row.reads_until_calculated > 0),
        CREATED_BY,
        CREATED_AT,
        read_only("last_calculation", lambda row: moment(row.last_calculation)),
        read_only("last_backfill_person_properties_at", lambda _row: None),
        read_only("errors_calculating", lambda _row: 0),
        read_only("last_error_message", lambda _row: None),
        read_only("count"),
        writable("is_static", flag),
        writable("cohort_type", types_of_age, choices=TYPES, nullable=True),
        read_only("experiment_set", lambda _row: []),
        writable("_create_static_person_ids", texts, write_only=True),
        writable("csv", a_file, write_only=True),
        FOLDER,
    )
    on_page = ("name", "project", "is_static", "deleted")
    not_on_page = ("created_by", "type", "short_id", "uuid")

    def check(
        self, values: dict[str, Any], row: Cohort, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        making = row._state.adding
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        is_static = values.get("is_static", row.is_static)
        if values.get("query") and values.get("filters"):
            raise ValidationError("Cannot set both query and filters at the same time.")
        self.check_query(values, row, is_static=is_static)
        self.check_filters(values, row, is_static=is_static)
        if not isinstance(values.get("groups", []), list):
            raise invalid("groups", "Expected a list of groups.")
        if values.get("deleted") and not row.deleted and not making:
            self.refuse_deletion(row)
        self.take_members(values, row, is_static=is_static)
        if generation() >= 2026:
            filters = values.get("filters", row.filters)
            values["cohort_type"] = type_of(filters, is_static=is_static)
        return values

    def check_query(self, values: dict[str, Any], row: Cohort, *, is_static: bool) -> None:
        """400 for a query of another kind, and for one that a cohort gets which is there and is not static."""
        query = values.get("query")
        if query is None:
            return
        if not isinstance(query, dict) or query.get("kind") not in QUERIES:
            raise invalid("query", f"A query is one of {', '.join(QUERIES)}.")
        if not is_static and not row._state.adding:
            raise DynamicWithQuery

    def check_filters(self, values: dict[str, Any], row: Cohort, *, is_static: bool) -> None:
        """400 for criteria that PostHog refuses; what it makes of the others is put into `values`."""
        making = row._state.adding
        if not making and row.is_static and generation() >= 2026:
            self.refuse_new_criteria(values, row)
        if values.get("filters") is None or (is_static and generation() < 2026):
            return
        values["filters"] = cohort_filters.checked(values["filters"])
        if not making:
            cohort_filters.check_change(values["filters"], row)

    def refuse_new_criteria(self, values: dict[str, Any], row: Cohort) -> None:
        """2026: those of a static cohort stay as they are (3.3)."""
        for name in ("filters", "query"):
            old = cohort_filters.own_conditions(getattr(row, name) or None)
            given = values.get(name)
            new = cohort_filters.own_conditions(None if given == cohort_filters.NOTHING else given)
            if name in values and new != old:
                raise ValidationError(
                    "Editing the criteria of a static cohort is not supported yet. "
                    "Create a new static cohort instead."
                )

    def refuse_deletion(self, row: Cohort) -> None:
        """3.5; insights that name it are not served here, and refuse nothing."""
        flags = cohort_filters.active_flags_of(row)
        if flags:
            names = ", ".join(str(each.name) for each in flags)
            raise ValidationError(
                f"This cohort is used in {len(flags)} active feature flag(s): {names}. "
                "Please remove the cohort from these feature flags before deleting it."
            )
        if generation() < 2026:
            return
        if row.pk in cohort_ids_in(row.project.setting("test_account_filters")):
            raise ValidationError(
                "This cohort is used in 'Filter out internal and test users' of 1 environment(s). "
                "Please remove it there before deleting it."
            )
        if above := cohorts_over(row):
            names = ", ".join(str(each.name) for each in above)
            raise ValidationError(
                f"This cohort is used as criteria in {len(above)} other cohort(s): {names}. "
                "Please remove it there before deleting it."
            )

    def take_members(self, values: dict[str, Any], row: Cohort, *, is_static: bool) -> None:
        """Of a static cohort those that were sent, on top of those that there are."""
        given = values.pop("_create_static_person_ids", [])
        uploaded = values.pop("csv", None)
        persons = [] if row.is_static != is_static else row.persons
        if is_static:
            found = set(known_persons(row.project, given))
            if uploaded is not None:
                found |= set(persons_of_csv(row.project, uploaded.read()))
            persons = [*persons, *sorted(found - set(persons))]
        values["persons"] = persons
        if is_static:
            values["count"] = len(persons)

    def after(self, row: Cohort, before: Any | None, user: User | None) -> None:
        """Every change of a dynamic one starts its calculation, until 2025 that of a static one too (3.4)."""
        if before is None and row.query and not row.is_static:
            raise DynamicWithQuery
        super().after(row, before, user)
        if not row.is_static or (generation() < 2026 and before is not None):
            row.pending_version = (row.pending_version or row.version or 0) + 1
            row.reads_until_calculated = READS
            row.save()

    def read(self, row: Cohort) -> None:
        """A read brings the calculation nearer to its end."""
        row.reads_until_calculated -= 1
        if row.reads_until_calculated == 0:
            row.version = row.pending_version
            row.last_calculation = timezone.now()
            # Nobody is found by conditions here.
            row.count = len(row.persons)
            row.calculations = [
                {
                    "id": str(uuid.uuid4()),
                    "finished_at": moment(row.last_calculation),
                    "count": row.count,
                    "error": None,
                },
                *row.calculations,
            ]
        row.save()

    def filler(self, number: int, parent: Any) -> Cohort:
        return Cohort(project=parent, name=f"Cohort {number:05}", filters=cohort_filters.NOTHING)


def type_of(filters: Any, *, is_static: bool) -> str:
    """As 2026 computes it; which words belong to which filters is a guess."""
    types = {each["type"] for each in properties_in(filters)}
    if is_static:
        return "static"
    if "behavioral" in types:
        return "behavioral"
    return "analytical" if "cohort" in types else "person_property"


def cohorts_over(row: Cohort) -> list[Cohort]:
    """The other cohorts that name a cohort."""
    others = cohort_filters.living(row.project_id).values()
    return [each for each in others if each.pk != row.pk and row.pk in cohort_ids_in(each.filters)]


def known_persons(project: Project, given: Iterable[str]) -> list[str]:
    """The uuids of persons that the project has; others are passed over."""
    wanted = [id_ for each in given if (id_ := as_uuid(each)) is not None]
    rows = Person.objects.filter(project=project, uuid__in=wanted)
    return [str(each) for each in rows.values_list("uuid", flat=True)]


def persons_of_csv(project: Project, content: bytes) -> list[str]:
    """By distinct ids, in whichever column they are."""
    cells = {cell.strip() for line in csv.reader(io.StringIO(content.decode())) for cell in line}
    rows = Person.objects.filter(project=project, distinct_id_rows__distinct_id__in=cells).distinct()
    return [str(each) for each in rows.values_list("uuid", flat=True)]


COHORTS = Cohorts()
