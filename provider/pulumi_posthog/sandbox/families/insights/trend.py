"""The trend of events as servers calculated it before there were queries (10.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.hogql.text import HogQLError
from pulumi_posthog.sandbox.rules.csv_renderer import CSVRenderer
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.view import PostHogView

# The body's fields of the reference belong to the insight object, not to this action (10.3).
OF_THE_OBJECT = {
    "name",
    "derived_name",
    "order",
    "deleted",
    "dashboards",
    "description",
    "tags",
    "favorited",
    "saved",
    "query",
}
CALCULATED = {"events", "date_from", "interval"}
WITHOUT_EFFECT = {"insight", "display", "refresh", "format"}


class TrendInput(serializers.Serializer[Any]):
    """The reference's fields."""

    name = serializers.CharField(required=False)
    derived_name = serializers.CharField(required=False)
    filters = serializers.JSONField(required=False)
    query = serializers.JSONField(required=False)
    order = serializers.IntegerField(required=False)
    deleted = serializers.BooleanField(required=False)
    dashboards = serializers.ListField(required=False)
    description = serializers.CharField(required=False)
    tags = serializers.ListField(required=False)
    favorited = serializers.BooleanField(required=False)
    saved = serializers.BooleanField(required=False)


class TrendView(PostHogView):
    """`/api/{projects,environments}/{id}/insights/trend/`; newer servers have queries instead."""

    scope_object = "insight"
    serializer_class = TrendInput
    ages = (2024, 2025)
    reads_only = True
    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [JSONRenderer, CSVRenderer]  # type: ignore[misc]
    mapped_actions: ClassVar[Mapping[str, tuple[int, str]]] = {"trend": (2024, "read")}

    @property
    def rate_bucket(self) -> str:
        return "analytics"

    def trend(self, request: Request, **_kwargs: Any) -> Response:
        from pulumi_posthog.sandbox.families import query_kinds

        node = self.node()
        try:
            # A trend of nothing has no lines.
            series = query_kinds.answered(self.project, node)["results"] if node["series"] else []
        except HogQLError as error:
            raise ValidationError(str(error)) from error
        if getattr(request.accepted_renderer, "format", "") == "csv":
            return Response(
                [
                    {"series": each["label"], **dict(zip(each["days"], each["data"], strict=True))}
                    for each in series
                ]
            )
        return Response(
            {
                "result": series,
                "timezone": self.project.setting("timezone") or "UTC",
                "last_refresh": moment(timezone.now()),
                "is_cached": False,
                "next": None,
            }
        )

    def node(self) -> dict[str, Any]:
        """What is asked for, as a query node; what would change it, and is not understood, is refused."""
        body = self.request.data if isinstance(self.request.data, Mapping) else {}
        given = body.get("filters")
        filters: dict[str, Any] = given if isinstance(given, dict) else {}
        asked = {**self.request.query_params.dict(), **dict(body.items()), **filters}
        asked.pop("filters", None)
        for name, value in asked.items():
            if name not in CALCULATED | OF_THE_OBJECT | WITHOUT_EFFECT and value not in (None, "", [], {}):
                raise invalid(name, f"The sandbox does not understand {name} of a trend. (PostHog may.)")
        return {
            "kind": "TrendsQuery",
            "series": [one_series(each) for each in self.events(asked.get("events"))],
            "interval": asked.get("interval"),
            "dateRange": {"date_from": asked.get("date_from")},
        }

    def events(self, given: Any) -> list[Any]:
        """The list of events that was asked for, in JSON; 400 for anything else."""
        try:
            found = json.loads(given) if isinstance(given, str) else given
        except ValueError as error:
            raise invalid("events", "Not a list of JSON.") from error
        if not isinstance(found or [], list):
            raise invalid("events", "Not a list of JSON.")
        return found or []


def one_series(given: Any) -> dict[str, Any]:
    """`{"id": "$pageview", "math": "dau"}`."""
    if not isinstance(given, dict):
        raise invalid("events", "Expected objects with an id.")
    for name, value in given.items():
        if name not in {"id", "type", "order", "math", "name", "custom_name"} and value not in (None, "", []):
            raise invalid("events", f"The sandbox does not understand {name} of a series. (PostHog may.)")
    if given.get("type", "events") != "events":
        raise invalid("events", "The sandbox knows series of events only.")
    return {
        "kind": "EventsNode",
        "event": given.get("id"),
        "math": given.get("math"),
        "custom_name": given.get("custom_name"),
    }
