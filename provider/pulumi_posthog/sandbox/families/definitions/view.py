"""The endpoints of definitions (posthog-api-analytics.md 7, 8)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.definitions.family import (
    EVENT_DEFINITIONS,
    PROPERTY_DEFINITIONS,
    EventDefinitions,
    PropertyDefinitions,
    virtual_rows,
)
from pulumi_posthog.sandbox.families.definitions.models import EVENT, GROUP, PERSON, SESSION
from pulumi_posthog.sandbox.families.tagged import TaggedView
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import view_of
from pulumi_posthog.sandbox.rules.switches import SWITCHES

NEVER_LISTED = Q(name__in=("distinct_id", "$set", "$set_once", "$groups")) | Q(name__startswith="$group_")


class DefinitionView(TaggedView):
    """What was ingested until now is there."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        sample_data.arrive(self.project)

    def represent(self, row: Any) -> dict[str, Any]:
        row.project = self.project
        return super().represent(row)

    def unreachable(self, _request: Request, **_kwargs: Any) -> Response:
        """Keys never get here."""
        return Response({})


class EventDefinitionView(DefinitionView):
    """`/api/projects/{id}/event_definitions/`."""

    family: ClassVar[EventDefinitions]

    def create(self, request: Request, **kwargs: Any) -> Response:
        if SWITCHES.age < 2026:
            raise MethodNotAllowed("POST")
        return super().create(request, **kwargs)

    def list(self, request: Request, **kwargs: Any) -> Response:
        answer = super().list(request, **kwargs)
        if SWITCHES.age >= 2026:
            answer.data["count_is_capped"] = False
        return answer

    def filtered(self, request: Request) -> Any:
        rows: Any = super().filtered(request)
        given = request.query_params.getlist("names")
        names = [name for each in given for name in each.split(",") if name]
        return rows.filter(name__in=names) if names and SWITCHES.age >= 2026 else rows

    def by_name(self, request: Request, **_kwargs: Any) -> Response:
        name = request.query_params.get("name")
        if not name:
            return Response({"detail": "name is required"}, status=400)
        row = self.family.rows_of(self.project).filter(name=name).first()
        if row is None:
            return Response({"detail": "Event definition not found"}, status=404)
        return Response(self.represent(row))

    def bulk_update_verified(self, request: Request, **_kwargs: Any) -> Response:
        """What is answered is a guess."""
        sent = request.data if isinstance(request.data, dict) else {}
        ids, verified = sent.get("ids"), sent.get("verified")
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise invalid("ids", "A list of ids is expected.")
        if not isinstance(verified, bool):
            raise invalid("verified", "Must be a valid boolean.")
        updated = []
        for row in self.family.rows_of(self.project):
            if str(row.pk) in ids:
                row.project = self.project
                self.family.change(row, {"verified": verified}, self.caller, request)
                updated.append(str(row.pk))
        return Response({"updated": updated})

    metrics = DefinitionView.unreachable


class PropertyDefinitionView(DefinitionView):
    """`/api/projects/{id}/property_definitions/`: one type in each list."""

    family: ClassVar[PropertyDefinitions]

    def list(self, request: Request, **kwargs: Any) -> Response:
        """Virtual ones are at the end."""
        answer = super().list(request, **kwargs)
        sought = request.query_params.get("search", "").lower()
        wanted = request.query_params.get("properties", "")
        for row in virtual_rows(request.query_params.get("type", EVENT)):
            if sought in row["name"] and (not wanted or row["name"] in wanted.split(",")):
                answer.data["results"].append(row)
                answer.data["count"] += 1
        return answer

    def filtered(self, request: Request) -> Any:
        rows: Any = super().filtered(request)
        type_ = request.query_params.get("type", EVENT)
        if type_ not in (EVENT, PERSON, GROUP, SESSION):
            raise invalid("type", f'"{type_}" is not a valid choice.', "invalid_choice")
        rows = rows.filter(type=type_)
        if type_ == EVENT:
            rows = rows.exclude(NEVER_LISTED)
        if type_ == GROUP:
            index = request.query_params.get("group_type_index", "")
            if not index.isascii() or not index.isdigit() or len(index) > 3:
                raise invalid("group_type_index", "This field is required for groups.")
            rows = rows.filter(group_type_index=int(index))
        return rows

    seen_together = DefinitionView.unreachable


EVENTS = view_of(EVENT_DEFINITIONS, EventDefinitionView)
PROPERTIES = view_of(PROPERTY_DEFINITIONS, PropertyDefinitionView)
