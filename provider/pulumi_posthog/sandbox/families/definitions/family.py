"""Definitions of events and properties of a project (posthog-api-analytics.md 7, 8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.definitions import filters
from pulumi_posthog.sandbox.families.definitions.models import (
    EVENT,
    GROUP,
    PROPERTY_TYPES,
    EventDefinition,
    PropertyDefinition,
)
from pulumi_posthog.sandbox.families.tagged import BULK, TAGS, take_tags
from pulumi_posthog.sandbox.rules.ages import NEWEST_2026
from pulumi_posthog.sandbox.rules.errors import PaymentRequired, invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, Log, flagged, search
from pulumi_posthog.sandbox.rules.fields import (
    ID,
    choice,
    flag,
    integer,
    read_only,
    text,
    texts,
    writable,
)
from pulumi_posthog.sandbox.rules.models import OrganizationMembership, Project, User
from pulumi_posthog.sandbox.rules.representation import basic_user, instant
from pulumi_posthog.sandbox.rules.switches import SWITCHES

NOW = (2026, 2026)
NEWEST = (NEWEST_2026, 2026)
PAID = {
    "description",
    "tags",
    "verified",
    "verified_at",
    "verified_by",
    "hidden",
    "owner",
    "default_columns",
    "enforcement_mode",
    "primary_property",
    "updated_by",
    "updated_at",
    "last_updated_at",
}
"""What only the paid taxonomy has."""


def is_paid(project: Project) -> bool:
    """Whether the organization's plan has the feature `ingestion_taxonomy`."""
    return project.organization.feature("ingestion_taxonomy") is not None


class Definitions(Family):
    """What both have in common."""

    under_environments = False
    related: ClassVar[tuple[str, ...]] = ("verified_by", "updated_by")
    free: ClassVar[frozenset[str]] = frozenset()
    """What of `PAID` is for all."""

    def withheld(self, project: Project) -> set[str]:
        """What the plan does not have."""
        free = self.free if SWITCHES.age >= 2026 else frozenset()
        return set() if is_paid(project) else PAID - free

    def represent(self, row: Any, *, abbreviated: bool = False) -> dict[str, Any]:
        item = super().represent(row, abbreviated=abbreviated)
        withheld = self.withheld(row.project)
        return {name: value for name, value in item.items() if name not in withheld}

    def check_marks(self, values: dict[str, Any], row: Any, user: User | None, what: str) -> None:
        """Verified is never hidden: each takes the other away."""
        if values.get("verified") and values.get("hidden"):
            raise ValidationError(f"{what} cannot be both hidden and verified")
        if values.get("verified"):
            values["hidden"] = False
        elif values.get("hidden"):
            values["verified"] = False
        if "verified" in values and values["verified"] != row.verified:
            row.verified_at = timezone.now() if values["verified"] else None
            row.verified_by = user if values["verified"] else None

    def touched(self, row: Any, user: User | None) -> None:
        """Notes when a definition was changed, and by whom."""
        if not row._state.adding:
            row.updated_at, row.updated_by = timezone.now(), user


MARKS = (
    writable("verified", flag),
    read_only("verified_at", lambda row: instant(row.verified_at)),
    read_only("verified_by", lambda row: basic_user(row.verified_by)),
    writable("hidden", flag, nullable=True),
)
UPDATED_BY = read_only("updated_by", lambda row: basic_user(row.updated_by))
LEFT_OUT = ("verified_at", "verified_by", "updated_at", "updated_by", "last_seen_at", "is_numerical")


class EventDefinitions(Definitions):
    """Names of events; their names never change."""

    name = "event_definitions"
    model = EventDefinition
    scope = "event_definition"
    title = "event definition"
    order = (F("last_seen_at").desc(nulls_last=True), "name")
    related = ("verified_by", "updated_by", "owner")
    log = Log("EventDefinition", left_out=LEFT_OUT, change="changed")
    free = frozenset({"description"})
    filters: ClassVar = {
        "search": search("name"),
        "event_type": filters.of_event_type,
        "tags": filters.with_any_tag,
        "verified": flagged,
        "excluded_properties": filters.not_named,
        "exclude_hidden": filters.not_hidden,
        "exclude_stale": filters.not_stale,
        "ordering": filters.in_order,
    }
    actions = (
        Action("get", "by_name", "by_name", of_one=False, scopes="read", ages=NOW),
        Action(
            "post", "bulk_update_verified", "bulk_update_verified", of_one=False, scopes="write", ages=NOW
        ),
        Action("get", "metrics", "metrics"),
        BULK,
    )
    fields = (
        ID,
        writable("name", text, required=True, max_length=400, taken_on="create"),
        read_only("created_at", lambda row: instant(row.created_at)),
        read_only("last_seen_at", lambda row: instant(row.last_seen_at)),
        read_only("last_updated_at", lambda row: instant(row.updated_at)),
        UPDATED_BY,
        writable("owner", integer, nullable=True, show=lambda row: basic_user(row.owner)),
        writable("description", text, nullable=True, allow_blank=True),
        TAGS,
        *MARKS,
        writable("default_columns", texts),
        writable("enforcement_mode", choice, choices=("allow", "reject"), ages=NOW),
        writable("primary_property", text, nullable=True, max_length=400, ages=NEWEST),
        read_only("is_action", lambda _row: False),
        read_only("post_to_slack", lambda _row: False),
        read_only("media_preview_urls", lambda _row: [], ages=NOW),
    )
    on_page = ("name", "project", "verified", "hidden")
    not_on_page = ("verified_by", "updated_by")

    def check(
        self, values: dict[str, Any], row: EventDefinition, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        """Without the paid taxonomy its fields are dropped."""
        for name in self.withheld(row.project):
            values.pop(name, None)
        if (
            row._state.adding
            and EventDefinition.objects.filter(project=row.project, name=values["name"]).exists()
        ):
            raise invalid("name", "Event definition with this name already exists.", "unique")
        take_tags(values, row)
        self.check_marks(values, row, user, "An event")
        if values.get("owner") is not None:
            values["owner"] = member_of(row.project, values["owner"])
        self.touched(row, user)
        return values

    def same(self, parent: Any, sent: dict[str, Any]) -> Any | None:
        return EventDefinition.objects.filter(project=parent, name=sent["name"]).first()

    def filler(self, number: int, parent: Any) -> EventDefinition:
        return EventDefinition(project=parent, name=f"event {number:05}")


def member_of(project: Project, id_: int) -> User:
    """A person of the organization, by number."""
    found = (
        OrganizationMembership.objects.filter(organization=project.organization_id, user=id_)
        .select_related("user")
        .first()
    )
    if found is None:
        raise invalid("owner", f'Invalid pk "{id_}" - object does not exist.', "does_not_exist")
    return found.user


class PropertyDefinitions(Definitions):
    """Names of properties: only ingestion makes them."""

    name = "property_definitions"
    model = PropertyDefinition
    scope = "property_definition"
    title = "property definition"
    methods = ("list", "retrieve", "partial_update", "update", "destroy")
    order = ("-verified", "name")
    log = Log("PropertyDefinition", left_out=LEFT_OUT, change="changed")
    filters: ClassVar = {
        "properties": filters.named,
        "search": search("name"),
        "excluded_properties": filters.not_named,
        "exclude_core_properties": filters.not_core,
        "exclude_hidden": filters.not_hidden,
        "is_numerical": flagged,
        "is_feature_flag": filters.about_flags,
    }
    actions = (Action("get", "seen_together", "seen_together", of_one=False),)
    fields = (
        ID,
        read_only("name"),
        read_only("is_numerical"),
        writable("property_type", choice, choices=PROPERTY_TYPES, nullable=True),
        read_only("is_seen_on_filtered_events", lambda _row: None),
        writable("description", text, nullable=True, allow_blank=True),
        TAGS,
        *MARKS,
        read_only("updated_at", lambda row: instant(row.updated_at)),
        UPDATED_BY,
    )
    on_page = ("name", "type", "property_type", "project", "verified")
    not_on_page = ("verified_by", "updated_by")

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows

    def check(
        self, values: dict[str, Any], row: PropertyDefinition, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        """402 for what the plan does not have."""
        if self.withheld(row.project) & values.keys():
            raise PaymentRequired
        take_tags(values, row)
        self.check_marks(values, row, user, "A property")
        if "property_type" in values:
            row.is_numerical = values["property_type"] == "Numeric"
        self.touched(row, user)
        return values

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        return {"name": name, "type": EVENT, "group_type_index": None, **given}

    def same(self, parent: Any, sent: dict[str, Any]) -> Any | None:
        """A row for it, as if it had been ingested."""
        index = sent.pop("group_type_index")
        name, type_ = sent.pop("name"), sent.pop("type")
        row, _ = PropertyDefinition.objects.get_or_create(
            project=parent, type=type_, name=name, group_type_index=index if type_ == GROUP else None
        )
        return row

    def filler(self, number: int, parent: Any) -> PropertyDefinition:
        return PropertyDefinition(project=parent, name=f"property {number:05}")


def virtual_rows(type_: str) -> Iterable[dict[str, Any]]:
    """What the server makes up beside the ingested ones; their names are a guess."""
    names = {"person": ("$virt_initial_channel_type",), "group": ("$virt_revenue",)}
    for name in names.get(type_, ()):
        yield {
            "id": f"$builtin_{name}",
            "name": name,
            "is_numerical": name == "$virt_revenue",
            "property_type": "Numeric" if name == "$virt_revenue" else "String",
            "tags": [],
            "is_seen_on_filtered_events": None,
            "virtual": True,
        }


EVENT_DEFINITIONS = EventDefinitions()
PROPERTY_DEFINITIONS = PropertyDefinitions()
