"""The endpoints of cohorts (posthog-api-release.md 3.1)."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.cohorts import filters as cohort_filters
from pulumi_posthog.sandbox.families.cohorts.family import (
    COHORTS,
    Cohorts,
    DynamicWithQuery,
    cohorts_over,
    known_persons,
)
from pulumi_posthog.sandbox.families.event_store import Person
from pulumi_posthog.sandbox.families.persons import represented
from pulumi_posthog.sandbox.families.project_objects import ObjectView
from pulumi_posthog.sandbox.families.released_objects import Cohort
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import view_of
from pulumi_posthog.sandbox.rules.writing import writing

MOST_PERSONS = 1000
MOST_USES = 100


class CohortView(ObjectView):
    """`/api/projects/{id}/cohorts/`."""

    family: ClassVar[Cohorts]

    def represent(self, row: Any) -> dict[str, Any]:
        asked = self.request.query_params.get("basic", "").lower() == "true"
        row.project = self.project
        item = self.family.represent(
            row, abbreviated=asked and self.action == "list" and generation() >= 2026
        )
        if row.reads_until_calculated > 0 and self.request.method == "GET":
            with writing():
                self.family.read(row)
        return item

    def create(self, request: Request, **kwargs: Any) -> Response:
        try:
            return super().create(request, **kwargs)
        except DynamicWithQuery:
            self.keeps_what_was_done = True
            raise

    # Members of static cohorts.

    def static_one(self) -> Cohort:
        """The cohort of the URL; 400 for one that is not static."""
        row = self.target()
        if not isinstance(row, Cohort) or not row.is_static:
            raise ValidationError("Can only change the persons of static cohorts.")
        return row

    def set_persons(self, row: Cohort, persons: list[str], what: str) -> Response:
        """Gives a static cohort these persons, by their uuids; since 2026, `what` is written into the log."""
        row.persons, row.count = persons, len(persons)
        row.save()
        if generation() >= 2026:
            activity.log(
                scope="Cohort",
                activity=what,
                item_id=row.pk,
                name=row.name,
                user=self.caller,
                project=self.project,
            )
        return Response({"success": True})

    def add_persons(self, request: Request, **_kwargs: Any) -> Response:
        row = self.static_one()
        sent = request.data if isinstance(request.data, dict) else {}
        ids = sent.get("person_ids")
        if not isinstance(ids, list) or not ids:
            raise invalid("person_ids", "This field is required.", "required")
        if len(ids) > MOST_PERSONS:
            raise invalid("person_ids", f"At most {MOST_PERSONS} persons at once.")
        found = set(known_persons(self.project, map(str, ids))) - set(row.persons)
        return self.set_persons(row, [*row.persons, *sorted(found)], "persons_added_manually")

    def remove_person(self, request: Request, **_kwargs: Any) -> Response:
        row = self.static_one()
        sent = request.data if isinstance(request.data, dict) else {}
        id_ = sent.get("person_id")
        if not id_:
            raise invalid("person_id", "This field is required.", "required")
        if str(id_) not in row.persons:
            raise ValidationError("The person is not in the cohort.")
        rest = [each for each in row.persons if each != str(id_)]
        return self.set_persons(row, rest, "person_removed_manually")

    def persons(self, request: Request, **_kwargs: Any) -> Response:
        rows = Person.objects.filter(project=self.project, uuid__in=self.target().persons).order_by("pk")
        return Response({"results": [represented(each) for each in rows], "next": None, "previous": None})

    # What else is known about one.

    def calculation_history(self, request: Request, **_kwargs: Any) -> Response:
        """The newest first; what an entry has is a guess."""
        calculations = self.target().calculations
        offset = activity.positive(request.query_params.get("offset"), 0)
        limit = activity.positive(request.query_params.get("limit"), 100)
        following = offset + limit
        return Response(
            {
                "count": len(calculations),
                "next": f"?limit={limit}&offset={following}" if following < len(calculations) else None,
                "previous": f"?limit={limit}&offset={max(offset - limit, 0)}" if offset else None,
                "results": calculations[offset:following],
            }
        )

    def used_in(self, request: Request, **_kwargs: Any) -> Response:
        """What refuses its deletion, less the filters of test accounts."""
        row = self.target()
        flags = [
            {"id": each.pk, "key": each.name, "name": each.description}
            for each in cohort_filters.active_flags_of(row)
        ]
        cohorts = [{"id": each.pk, "name": each.name} for each in cohorts_over(row)]
        return Response(
            {
                name: {
                    "results": found[:MOST_USES],
                    "total": len(found),
                    "has_more": len(found) > MOST_USES,
                }
                for name, found in (("feature_flags", flags), ("insights", []), ("cohorts", cohorts))
            }
        )

    def duplicate(self, request: Request, **_kwargs: Any) -> Response:
        """Until 2025 a GET that writes."""
        row = self.target()
        with writing():
            made = self.family.create(
                self.project,
                {
                    "name": f"{row.name} (static copy)"[:400],
                    "description": row.description,
                    "is_static": True,
                    "_create_static_person_ids": row.persons,
                },
                self.caller,
                request,
            )
        return Response(self.represent(made))


VIEW = view_of(COHORTS, CohortView)
