"""Alerts about insights (posthog-api-analytics.md 4)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.alert_objects import Alert, delete_functions
from pulumi_posthog.sandbox.families.alert_shapes import (
    check_against,
    check_bounds,
    check_config,
    filled_detector,
    normalised_restriction,
)
from pulumi_posthog.sandbox.families.chart_objects import Insight
from pulumi_posthog.sandbox.families.insights.family import INSIGHTS
from pulumi_posthog.sandbox.families.insights.filters import LONGEST_SEARCH
from pulumi_posthog.sandbox.rules.ages import LATER_2026, NEWEST_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, FamilyView, Log, view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    ID,
    AnyField,
    choice,
    flag,
    integer,
    json,
    read_only,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import OrganizationMembership, User
from pulumi_posthog.sandbox.rules.representation import basic_user, instant

NOW = (2026, 2026)
MODERN = (2025, 2026)
UNPAID_LIMIT = 5
INTERVALS = ("hourly", "daily", "weekly", "monthly")
FOR_HIGHER_PLANS = {"every_15_minutes": LATER_2026, "real_time": NEWEST_2026}
PERCENTAGE = re.compile(r"(-?\d+(?:\.\d+)?)%")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}


def interval(**options: Any) -> AnyField:
    """The shorter ones came with 2026."""
    more = tuple(name for name, since in FOR_HIGHER_PLANS.items() if generation() >= since)
    return serializers.ChoiceField(choices=(*INTERVALS, *more), **options)


def users(**options: Any) -> AnyField:
    return serializers.ListField(child=serializers.IntegerField(), **options)


def users_2024(**options: Any) -> AnyField:
    return users(**{**options, "required": False})


def people_of(row: Alert) -> list[Any]:
    """As objects, in no order that means anything."""
    return [basic_user(each) for each in User.objects.filter(pk__in=row.subscribed_users).order_by("pk")]


def insight_of(row: Alert) -> dict[str, Any]:
    row.insight.project = row.project
    return INSIGHTS.represent(row.insight, abbreviated=True)


def of_insight(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Of one insight; 400 for what is no number. Servers before 2026 know no `insight_id`, and pass over it."""
    if name == "insight_id" and generation() < 2026:
        return rows
    if not sought.isascii() or not sought.isdigit() or len(sought) > 18:
        raise invalid(name, "A valid integer is required.")
    return rows.filter(insight=int(sought))


def by_user(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Made by one user, by the uuid; servers before 2026 pass over it."""
    if generation() < 2026:
        return rows
    if as_uuid(sought) is None:
        raise invalid(name, "Must be a valid UUID.")
    return rows.filter(created_by__uuid=as_uuid(sought))


def found_by(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """By a part of the name; servers before 2026 pass over it."""
    if generation() < 2026:
        return rows
    if len(sought) > LONGEST_SEARCH:
        raise invalid(name, f"Ensure this value has at most {LONGEST_SEARCH} characters.", "max_length")
    return rows.filter(name__icontains=sought)


class Alerts(Family):
    """Alerts of a project: DELETE deletes for good."""

    name = "alerts"
    model = Alert
    scope = "alert"
    title = "alert"
    keys_since = 2025
    related = ("created_by", "insight")
    named: ClassVar = {"insight": ("insight", "insight")}
    log = Log("AlertConfiguration", left_out=("state",))
    filters: ClassVar = {
        "insight": of_insight,
        "insight_id": of_insight,
        "created_by": by_user,
        "search": found_by,
    }
    actions = (
        Action("post", "simulate", "simulate", of_one=False, scopes="alert:read insight:read", ages=NOW),
    )
    fields = (
        ID,
        CREATED_BY,
        CREATED_AT,
        writable("insight", integer, required=True, show=insight_of),
        writable("name", text, allow_blank=True, max_length=255),
        writable("subscribed_users", users_2024, ages=(2024, 2024), show=people_of),
        writable("subscribed_users", users, required=True, ages=MODERN, show=people_of),
        writable("threshold", json, required=True),
        writable("condition", json, nullable=True),
        read_only("state"),
        writable("enabled", flag),
        read_only("last_notified_at", lambda _row: None),
        read_only("last_checked_at", lambda _row: None),
        read_only("next_check_at", lambda _row: None),
        writable("config", json, nullable=True),
        writable("detector_config", json, nullable=True, ages=NOW),
        writable("calculation_interval", interval),
        writable("snoozed_until", text, nullable=True, show=lambda row: instant(row.snoozed_until)),
        writable("skip_weekend", flag, nullable=True),
        writable("schedule_restriction", json, nullable=True, ages=NOW),
        read_only("last_value", lambda _row: None),
        writable("investigation_agent_enabled", flag, ages=NOW),
        writable("investigation_gates_notifications", flag, ages=NOW),
        writable("investigation_inconclusive_action", choice, choices=("notify", "suppress"), ages=NOW),
    )
    on_page = ("name", "project", "insight", "state", "enabled")

    def check(
        self, values: dict[str, Any], row: Alert, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        """Every change is held against the insight as it is now (4.4)."""
        if row._state.adding:
            self.check_limit(row)
        if "insight" in values:
            values["insight"] = self.insight(values["insight"], row)
        insight = values.get("insight") or row.insight
        if "subscribed_users" in values:
            values["subscribed_users"] = self.people(values["subscribed_users"], row)
        if "threshold" in values:
            values["threshold"] = edited(values["threshold"], row.threshold)
        if values.get("calculation_interval") in FOR_HIGHER_PLANS and not self.is_higher_plan(row):
            raise invalid("calculation_interval", "Your plan does not have alerts that are this frequent.")
        if values.get("detector_config") is not None:
            values["detector_config"] = filled_detector(values["detector_config"])
        if "schedule_restriction" in values:
            values["schedule_restriction"] = normalised_restriction(values["schedule_restriction"])
        config, condition = check_config(
            values.get("config", row.config), values.get("condition", row.condition), insight.query
        )
        check_bounds(values.get("threshold", row.threshold), condition, config)
        check_against(insight.query, config, condition)
        if any(name in values and values[name] != getattr(row, name) for name in ("threshold", "condition")):
            values["state"] = "Not firing"
        if "snoozed_until" in values:
            values |= snoozed(values["snoozed_until"])
        return values

    def check_limit(self, row: Alert) -> None:
        """Of the plan, or five."""
        feature = row.project.organization.feature("alerts")
        limit = UNPAID_LIMIT if feature is None else feature.get("limit")
        if limit is not None and Alert.objects.filter(project=row.project).count() >= limit:
            raise invalid("alert", f"Your plan is limited to {limit} alerts.")

    def is_higher_plan(self, row: Alert) -> bool:
        """One without a limit; which plans they are is not told."""
        feature = row.project.organization.feature("alerts")
        return feature is not None and feature.get("limit") is None

    def insight(self, id_: int, row: Alert) -> Insight:
        """The insight of that id; 400 where there is none, or it is in another project."""
        found = Insight.objects.filter(pk=id_, deleted=False).first() if abs(id_) < 2**53 else None
        if found is None:
            raise invalid("insight", f'Invalid pk "{id_}" - object does not exist.', "does_not_exist")
        if found.project_id != row.project_id:
            raise invalid("insight", "This insight does not belong to your team.")
        return found

    def people(self, ids: list[int], row: Alert) -> list[int]:
        """`ids`, each once and sorted; 400 for somebody who is not in the organization."""
        members = OrganizationMembership.objects.filter(organization=row.project.organization_id)
        known = set(members.values_list("user", flat=True))
        for id_ in ids:
            if id_ not in known:
                raise invalid(
                    "subscribed_users", "User does not belong to the same organization as the alert."
                )
        return sorted(set(ids))

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """People by their addresses, and percentages with their sign; who is not there is not told."""
        sent = {"name": name, "subscribed_users": [], **with_fractions(given)}
        wanted = [each for each in sent["subscribed_users"] or [] if isinstance(each, str)]
        found = User.objects.filter(email__in=wanted).values_list("pk", flat=True)
        numbers = [each for each in sent["subscribed_users"] or [] if isinstance(each, int)]
        return {**sent, "subscribed_users": [*numbers, *found]}

    def gone(self, row: Alert, user: User | None) -> None:
        delete_functions(row)

    def filler(self, number: int, parent: Any) -> Alert:
        insight, _ = Insight.objects.get_or_create(project=parent, name="Insight with alerts")
        return Alert(project=parent, insight=insight, name=f"Alert {number:05}")


def with_fractions(given: dict[str, Any]) -> dict[str, Any]:
    """A bound that a file writes as `30%`, as the fraction that PostHog has."""
    match given:
        case {"threshold": {"configuration": {"bounds": dict(bounds), **rest}, **beside}}:
            plain = {side: fraction(value) for side, value in bounds.items()}
            return {**given, "threshold": {**beside, "configuration": {**rest, "bounds": plain}}}
    return given


def fraction(bound: Any) -> Any:
    """`30%` -> 0.3; anything else as it is."""
    match = PERCENTAGE.fullmatch(bound) if isinstance(bound, str) else None
    return float(Decimal(match[1]) / 100) if match else bound


def edited(given: Any, stored: dict[str, Any] | None) -> dict[str, Any] | None:
    """In place: it keeps its id and what is not sent; `{}` detaches it."""
    if not isinstance(given, Mapping):
        raise invalid("threshold", "Expected an object.")
    if not given:
        return None
    if not isinstance(given.get("configuration", {}), dict):
        raise invalid("threshold", "configuration: an object is expected.")
    kept = stored or {
        "id": str(uuid.uuid4()),
        "created_at": instant(timezone.now()),
        "name": "",
        "configuration": {},
    }
    return {**kept, **{name: given[name] for name in ("name", "configuration") if name in given}}


def snoozed(given: str | None) -> dict[str, Any]:
    """`2h` from now on; null ends it."""
    if given is None:
        return {"snoozed_until": None, "state": "Not firing"}
    found = re.fullmatch(r"(\d{1,4})([hdwm])", given)
    if not found:
        raise ValidationError({"snoozed_until": ["Invalid date."]})
    return {"snoozed_until": timezone.now() + int(found[1]) * UNITS[found[2]], "state": "Snoozed"}


class AlertView(FamilyView):
    """`/api/projects/{id}/alerts/`: what was checked is told of one and in lists, not after a write."""

    family: ClassVar[Alerts]

    def represent(self, row: Any) -> dict[str, Any]:
        row.project = self.project
        item = self.family.represent(row)
        if self.request.method == "GET":
            item["checks"] = []
        if self.action == "retrieve":
            item["checks_total"] = 0
        return item

    def simulate(self, _request: Request, **_kwargs: Any) -> Response:
        """Nothing is calculated."""
        return Response({"results": []})


ALERTS = Alerts()
VIEW = view_of(ALERTS, AlertView)
