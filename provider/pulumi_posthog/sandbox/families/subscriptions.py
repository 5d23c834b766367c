"""Subscriptions: an insight or a dashboard, sent to people again and again (posthog-api-analytics.md 5)."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.chart_objects import Dashboard, Insight
from pulumi_posthog.sandbox.families.integrations import Integration
from pulumi_posthog.sandbox.rules.columns import somewhere
from pulumi_posthog.sandbox.rules.errors import PaymentRequired, invalid
from pulumi_posthog.sandbox.rules.family import (
    Action,
    Family,
    FamilyView,
    Filter,
    Log,
    flagged,
    one_user,
    ordered_by,
    search,
    view_of,
)
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    AnyField,
    choice,
    flag,
    integer,
    integers,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.representation import instant
from pulumi_posthog.sandbox.rules.switches import SWITCHES

NOW = (2026, 2026)
TARGETS = ("email", "slack", "webhook")
FREQUENCIES = {"daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}
"""About how many days each of them is."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_INSIGHTS = 6


class Subscription(models.Model):
    """Who gets what, and when."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="subscriptions")
    insight = models.ForeignKey(Insight, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    dashboard = models.ForeignKey(
        Dashboard, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    target_type = models.CharField(max_length=10, default="email", choices=[(each, each) for each in TARGETS])
    target_value = models.TextField(blank=True, help_text="addresses of people, with commas between them")
    integration_id = models.IntegerField(null=True, blank=True)
    frequency = models.CharField(
        max_length=10, default="weekly", choices=[(each, each) for each in FREQUENCIES]
    )
    interval = models.IntegerField(default=1)
    byweekday = models.JSONField(null=True, blank=True)
    bysetpos = models.IntegerField(null=True, blank=True)
    count = models.IntegerField(null=True, blank=True)
    start_date = models.DateTimeField(default=timezone.now)
    until_date = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=100, null=True, blank=True)
    dashboard_export_insights = models.JSONField(default=list, blank=True)
    enabled = models.BooleanField(default=True)
    deleted = models.BooleanField(default=False)
    deliveries = models.JSONField(default=list, blank=True, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Subscription"

    def __str__(self) -> str:
        return self.title or "Subscription"


def next_delivery(row: Subscription) -> datetime | None:
    """About when; None when it never is again."""
    step = timedelta(days=FREQUENCIES[row.frequency] * max(row.interval, 1))
    missed = max(0, -((row.start_date - timezone.now()) // step))
    found = row.start_date + missed * step
    over = row.until_date is not None and found > row.until_date
    return None if over or (row.count is not None and missed >= row.count) else found


def summary(row: Subscription) -> str:
    unit = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}[row.frequency]
    return f"sent every {unit}" if row.interval == 1 else f"sent every {row.interval} {unit}s"


def addresses(row: Subscription) -> list[str]:
    """Of people, one by one; of a channel or an URL, one."""
    if row.target_type != "email":
        return [row.target_value]
    return [each.strip() for each in row.target_value.split(",") if each.strip()]


def unsubscribe(row: Subscription, address: str) -> None:
    """What the link in a mail does: without anybody left, the subscription is deleted."""
    row.target_value = ",".join(each for each in addresses(row) if each != address)
    row.deleted = row.deleted or not row.target_value
    row.save()


def weekdays(**options: Any) -> AnyField:
    return serializers.ListField(child=serializers.ChoiceField(choices=DAYS), **options)


def in_2026(filter_: Filter) -> Filter:
    """Not looked at before."""

    def filtered(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
        return filter_(rows, name, sought) if SWITCHES.age >= 2026 else rows

    return filtered


class Subscriptions(Family):
    """Subscriptions of a project: to make one is to send it."""

    name = "subscriptions"
    model = Subscription
    scope = "subscription"
    title = "subscription"
    deletion = "not_offered"
    reads_deleted = True
    related = ("created_by", "insight", "dashboard")
    log = Log("Subscription", ages=NOW, left_out=("deliveries", "heap_position"))
    named: ClassVar = {
        "insight": ("insight", "insight"),
        "dashboard": ("dashboard", "dashboard"),
        "dashboard_export_insights": ("insight", "dashboard_export_insights"),
    }
    filters: ClassVar = {
        "created_by": in_2026(one_user),
        "search": in_2026(search("title")),
        "ordering": in_2026(ordered_by("created_at", "title", "start_date")),
    }
    actions = (
        Action("post", "test-delivery", "deliver_now", scopes="write", ages=NOW),
        Action("get", "deliveries", "deliveries", scopes="read", ages=NOW),
    )
    fields = (
        read_only("id", lambda row: row.pk),
        writable("dashboard", integer, nullable=True, show=lambda row: row.dashboard_id),
        writable("insight", integer, nullable=True, show=lambda row: row.insight_id),
        read_only("insight_short_id", lambda row: row.insight and row.insight.short_id),
        read_only("resource_name", lambda row: getattr(row.insight or row.dashboard, "name", None)),
        read_only("content_type", lambda row: "dashboard" if row.dashboard_id else "insight", ages=NOW),
        writable("dashboard_export_insights", integers, ages=NOW),
        writable("target_type", choice, choices=TARGETS, required=True),
        writable("target_value", text, required=True),
        writable("integration_id", integer, nullable=True, ages=NOW),
        writable("frequency", choice, choices=tuple(FREQUENCIES), required=True),
        writable("interval", integer, min_value=1, max_value=1000),
        writable("byweekday", weekdays, nullable=True),
        writable("bysetpos", integer, nullable=True, min_value=-366, max_value=366),
        writable("count", integer, nullable=True, min_value=1, max_value=10**6),
        writable("start_date", timestamp, required=True, show=lambda row: instant(row.start_date)),
        writable("until_date", timestamp, nullable=True, show=lambda row: instant(row.until_date)),
        CREATED_AT,
        CREATED_BY,
        writable("deleted", flag),
        writable("enabled", flag, ages=NOW),
        writable("title", text, nullable=True, allow_blank=True, max_length=100),
        read_only("summary", summary),
        read_only("next_delivery_date", lambda row: instant(next_delivery(row))),
        writable("invite_message", text, nullable=True, allow_blank=True, show=lambda _row: None),
    )
    on_page = ("title", "project", "target_type", "target_value", "deleted")

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        """Before 2026 in no order."""
        rows = super().rows_of(parent)
        return rows if SWITCHES.age >= 2026 else rows.order_by("heap_position")

    def check(
        self, values: dict[str, Any], row: Subscription, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        values.pop("invite_message", None)
        if "insight" in values:
            values["insight"] = self.found(Insight, "insight", values["insight"], row)
        if "dashboard" in values:
            values["dashboard"] = self.found(Dashboard, "dashboard", values["dashboard"], row)
        trial = Subscription(project=row.project)
        for column in Subscription._meta.concrete_fields:
            if column.name not in {"id", "project"}:
                setattr(trial, column.name, values.get(column.name, getattr(row, column.name)))
        if trial.insight and trial.dashboard:
            raise ValidationError("Only one of insight and dashboard can be subscribed to.")
        if SWITCHES.age >= 2026:
            self.check_2026(trial, values, row)
        return values

    def check_2026(self, trial: Subscription, values: dict[str, Any], row: Subscription) -> None:
        """400 for what servers since 2026 refuse of a subscription."""
        if not trial.insight and not trial.dashboard:
            raise ValidationError("One of insight and dashboard is required.")
        if trial.target_type == "slack":
            known = Integration.objects.filter(project=row.project, kind="slack")
            if trial.integration_id is None or not known.filter(pk=trial.integration_id).exists():
                raise invalid("integration_id", "A Slack integration is required.")
        if trial.target_type == "webhook" and is_private(trial.target_value):
            raise invalid("target_value", "This address is not allowed.")
        if trial.dashboard is not None and (row._state.adding or "dashboard_export_insights" in values):
            self.check_exported(trial)
        schedule = {"start_date", "until_date", "frequency", "interval", "count"}
        if (row._state.adding or schedule & values.keys()) and next_delivery(trial) is None:
            raise ValidationError("This schedule never fires again.")

    def check_exported(self, trial: Subscription) -> None:
        """400 for no insights, too many, or some that are not on the dashboard."""
        ids = trial.dashboard_export_insights
        if not 1 <= len(ids) <= MOST_INSIGHTS:
            raise invalid("dashboard_export_insights", f"From 1 to {MOST_INSIGHTS} insights are required.")
        there = trial.dashboard.tiles.filter(deleted=False) if trial.dashboard else []
        if set(ids) - {tile.insight_id for tile in there}:
            raise invalid("dashboard_export_insights", "Insights have to be on the dashboard.")

    def found(self, model: Any, name: str, id_: int | None, row: Subscription) -> Any:
        """The object of that id in the project, None for none; 400, at `name`, where there is none of it."""
        if id_ is None:
            return None
        found = model.objects.filter(pk=id_, project=row.project, deleted=False).first()
        if found is None:
            raise invalid(name, f'Invalid pk "{id_}" - object does not exist.', "does_not_exist")
        return found

    def after(self, row: Subscription, before: Any | None, user: User | None) -> None:
        """It is sent at once, and to who comes later when they come."""
        told = [] if before is None else addresses(before)
        self.deliver(row, [each for each in addresses(row) if each not in told])

    def deliver(self, row: Subscription, to: list[str]) -> None:
        """Notes that it was sent to these addresses now; of a deleted one, nothing."""
        if to and not row.deleted:
            row.deliveries = [
                *row.deliveries,
                *({"target": each, "at": instant(timezone.now())} for each in to),
            ]
            Subscription.objects.filter(pk=row.pk).update(deliveries=row.deliveries)

    def log_name(self, row: Subscription) -> str | None:
        return row.title

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """Addresses are a list in a file, and one text on the wire."""
        addresses = given.pop("target_emails", None)
        written = {"target_value": ",".join(map(str, addresses))} if isinstance(addresses, list) else {}
        return {"title": name, **given, **written}

    def filler(self, number: int, parent: Any) -> Subscription:
        return Subscription(project=parent, title=f"Subscription {number:05}", target_value="ada@acme.io")


def is_private(url: str) -> bool:
    """Where PostHog does not send anything."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True
    if host == "localhost" or not host:
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


class SubscriptionView(FamilyView):
    """`/api/projects/{id}/subscriptions/`: for payment, lists too."""

    family: ClassVar[Subscriptions]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.organization.feature("subscriptions") is None:
            raise PaymentRequired

    def filtered(self, request: Request) -> Any:
        asked = request.query_params
        rows: Any = super().filtered(request)
        if asked.get("deleted", "").lower() == "true":
            rows = flagged(self.family.rows_of(self.project), "deleted", "true")
        for name in ("insight", "dashboard"):
            if given := asked.get(name):
                if not given.isascii() or not given.isdigit() or len(given) > 18:
                    raise invalid(name, "A valid integer is required.")
                rows = rows.filter(**{name: int(given)})
        if SWITCHES.age >= 2026 and asked.get("target_type") in TARGETS:
            rows = rows.filter(target_type=asked["target_type"])
        if SWITCHES.age >= 2026 and asked.get("resource_type") in {"insight", "dashboard"}:
            rows = rows.exclude(**{asked["resource_type"]: None})
        return rows

    def deliver_now(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        self.family.deliver(row, addresses(row))
        return Response(status=202)

    def deliveries(self, _request: Request, **_kwargs: Any) -> Response:
        """What one looks like is a guess; there is one page of them."""
        return Response({"next": None, "previous": None, "results": self.target().deliveries[::-1]})


SUBSCRIPTIONS = Subscriptions()
VIEW = view_of(SUBSCRIPTIONS, SubscriptionView)
