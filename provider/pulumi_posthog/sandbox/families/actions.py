"""Actions of a project, which represent several events (posthog-api-release.md 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.project_objects import (
    FEEDS,
    FOLDER,
    LEFT_OUT,
    TAGS,
    ObjectFamily,
    ObjectView,
    properties_in,
)
from pulumi_posthog.sandbox.families.released_objects import Cohort
from pulumi_posthog.sandbox.rules import family as words
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    AnyField,
    flag,
    json,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.representation import moment

MATCHINGS = ("contains", "regex", "exact")
STEP = (
    "event",
    "properties",
    "selector",
    "tag_name",
    "text",
    "text_matching",
    "href",
    "href_matching",
    "url",
    "url_matching",
)
ALWAYS_TRIMMED = ("selector", "url")
NOW = (2026, 2026)


class Action(ProjectObject):
    """Several events under one name: those that one of its steps describes."""

    description = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list, blank=True)
    post_to_slack = models.BooleanField(default=False)
    slack_message_format = models.CharField(max_length=1200, blank=True, default="")
    pinned_at = models.DateTimeField(null=True, blank=True)
    last_calculated_at = models.DateTimeField(default=timezone.now)

    object_type: ClassVar[str] = "action"

    class Meta:
        verbose_name = "Action"


def a_text(name: str) -> AnyField:
    """2026 trims only two of them."""
    trims = generation() < 2026 or name in ALWAYS_TRIMMED
    return serializers.CharField(required=False, allow_null=True, allow_blank=True, trim_whitespace=trims)


def steps_of_age(**options: Any) -> AnyField:
    """Steps as they are stored: with what was sent of their keys, others dropped."""
    fields: dict[str, AnyField] = {}
    for name in STEP:
        if name == "properties":
            fields[name] = serializers.ListField(
                child=serializers.DictField(), required=False, allow_null=True
            )
        elif name.endswith("_matching"):
            fields[name] = serializers.ChoiceField(choices=MATCHINGS, required=False, allow_null=True)
        else:
            fields[name] = a_text(name)
    step: Any = type(f"Step{generation()}", (serializers.Serializer,), fields)
    built: AnyField = step(many=True, **options)
    return built


def shown_step(step: dict[str, Any]) -> dict[str, Any]:
    """All keys: null where they are unset, but for one."""
    shown = {name: step.get(name) for name in STEP}
    shown["url_matching"] = step.get("url_matching", "contains")
    if generation() >= 2026:
        selector = step.get("selector")
        # What PostHog makes of a selector is not told; that there is something, is.
        shown["selector_regex"] = f'(^|;){selector}([-_a-zA-Z0-9.:"= ]*)' if selector else None
    return shown


class Actions(ObjectFamily):
    """Actions of a project: the list is not in pages, PATCH deletes, and nothing refuses that."""

    name = "actions"
    model = Action
    scope = "action"
    title = "action"
    order = ("-last_calculated_at", "name", "pk")
    restored_word = "updated"
    log = words.Log("Action", left_out=(*LEFT_OUT, "last_calculated_at"))
    actions = (*FEEDS, words.Action("get", "references", "references", scopes="read", ages=NOW))
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, nullable=True, allow_blank=True, max_length=400),
        writable("description", text, allow_blank=True),
        TAGS,
        writable("post_to_slack", flag),
        writable("slack_message_format", text, allow_blank=True, max_length=1200),
        writable("steps", steps_of_age, show=lambda row: [shown_step(each) for each in row.steps]),
        CREATED_AT,
        CREATED_BY,
        writable("deleted", flag),
        read_only("is_calculating", lambda _row: False),
        writable("last_calculated_at", timestamp, show=lambda row: moment(row.last_calculated_at)),
        read_only("team_id", lambda row: row.project_id),
        read_only("is_action", lambda _row: True),
        read_only("bytecode_error", lambda _row: None),
        writable("pinned_at", json, nullable=True, show=lambda row: moment(row.pinned_at)),
        read_only("creation_context", lambda _row: None),
        FOLDER,
    )
    on_page = ("name", "project", "deleted")
    not_on_page = ("created_by", "type", "short_id", "uuid")

    def check(
        self, values: dict[str, Any], row: Action, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        if "name" not in values and generation() < 2026:
            raise Unhandled("KeyError: 'name'")
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        if "name" in values:
            self.check_name(values["name"], row)
        self.taken_tags(values, row)
        if "pinned_at" in values:
            values["pinned_at"] = pinned(values["pinned_at"], row)
        return values

    def check_name(self, name: str | None, row: Action) -> None:
        """400 for a blank name since 2026, and for one that another action has."""
        if name == "" and generation() >= 2026:
            raise invalid("name", "This field may not be blank.", "blank")
        same = Action.objects.filter(project=row.project, name=name, deleted=False).exclude(pk=row.pk).first()
        if same is not None:
            detail = f"This project already has an action with this name, ID {same.pk}"
            raise invalid("name", detail, "unique")

    def acting(self, row: Action, user: User | None) -> User | None:
        """Who made the action, whoever changes it (4)."""
        return row.created_by

    def filler(self, number: int, parent: Any) -> Action:
        return Action(project=parent, name=f"Action {number:05}")


def pinned(given: Any, row: Action) -> datetime | None:
    """Whatever was sent: the server's own time, once."""
    if given in (None, ""):
        return None
    return row.pinned_at or timezone.now()


def references(row: Action) -> list[dict[str, Any]]:
    """The cohorts that ask about it; of nothing else that is served here it is known."""
    cohorts = Cohort.objects.filter(project=row.project_id, deleted=False).order_by("pk")
    return [
        {"type": "cohort", "id": str(each.pk), "name": each.name}
        for each in cohorts
        if any(
            leaf.get("event_type") == "actions" and str(leaf["key"]) == str(row.pk)
            for leaf in properties_in(each.filters)
        )
    ]


class ActionView(ObjectView):
    """`/api/projects/{id}/actions/`."""

    family: ClassVar[Actions]

    def list(self, request: Request, **_kwargs: Any) -> Response:
        """Everything at once: no count, no pages, whatever `limit` says."""
        counts = request.query_params.get("include_reference_count", "").lower() == "true"
        items = []
        for row in self.filtered(request):
            item = self.represent(row)
            if counts and generation() >= 2026:
                item["reference_count"] = len(references(row))
            items.append(item)
        return Response({"results": items})

    def references(self, request: Request, **_kwargs: Any) -> Response:
        """What it looks like is a guess."""
        return Response({"results": references(self.target())})


ACTIONS = Actions()
VIEW = words.view_of(ACTIONS, ActionView)
