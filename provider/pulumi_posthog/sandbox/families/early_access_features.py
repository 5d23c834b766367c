"""Early access features of a project, each with a flag of its own (posthog-api-release.md 6)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.utils.text import slugify
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.project_objects import FOLDER, ObjectFamily, ObjectView
from pulumi_posthog.sandbox.families.released_objects import EarlyAccessFeature, FeatureFlag
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
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
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.switches import SWITCHES

STAGES = ("draft", "concept", "alpha", "beta", "general-availability", "archived")
NOW = (2026, 2026)


def active_stages() -> set[str]:
    """Those in which people can enrol."""
    found = {"alpha", "beta", "general-availability"}
    return found if generation() >= 2026 else {*found, "concept"}


def a_url(**options: Any) -> AnyField:
    return serializers.URLField(**options)


def minimal(row: FeatureFlag | None) -> dict[str, Any] | None:
    """The flag as a feature shows it."""
    if row is None:
        return None
    return {
        "id": row.pk,
        "team_id": row.project_id,
        "name": row.description,
        "key": row.name,
        "filters": row.filters,
        "deleted": row.deleted,
        "active": row.active,
    }


def assignee_of(row: EarlyAccessFeature) -> dict[str, Any] | None:
    """Who made it, where nobody else was named."""
    if row.assignee is not None:
        found: dict[str, Any] = row.assignee
        return found
    return {"type": "user", "id": row.created_by_id} if row.created_by_id else None


class EarlyAccessFeatures(ObjectFamily):
    """Early access features of a project: DELETE deletes for good, and the flag stays."""

    name = "early_access_feature"
    model = EarlyAccessFeature
    scope = "early_access_feature"
    title = "early access feature"
    deletion = "row"
    reads_deleted = False
    order = ("pk",)
    related = ("created_by", "feature_flag")
    fields = (
        read_only("id", lambda row: str(row.uuid)),
        read_only("feature_flag", lambda row: minimal(row.feature_flag)),
        writable("name", text, required=True, max_length=200),
        writable("description", text, allow_blank=True),
        writable("stage", choice, choices=STAGES, required=True),
        writable("documentation_url", a_url, allow_blank=True, max_length=800),
        writable("payload", json, nullable=True, ages=(2025, 2026), show=lambda row: row.payload or {}),
        writable("feature_flag_id", integer, write_only=True, taken_on="create"),
        writable("assignee", json, nullable=True, ages=NOW, show=assignee_of),
        writable("rollout_to_all", flag, write_only=True, taken_on="update", ages=NOW),
        read_only("created_by", CREATED_BY.show, ages=NOW),
        CREATED_AT,
        FOLDER,
    )
    on_page = ("name", "project", "stage", "feature_flag")
    not_on_page = ("created_by", "type", "short_id", "uuid", "deleted")

    def check(
        self, values: dict[str, Any], row: EarlyAccessFeature, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        row.rolls_out = values.pop("rollout_to_all", False)  # type: ignore[attr-defined]
        for name in ("payload", "assignee"):
            if values.get(name) is not None and not isinstance(values[name], dict):
                raise invalid(name, "Expected an object.")
        if row._state.adding:
            row.uuid = uuid.uuid4()
            id_ = values.pop("feature_flag_id", None)
            row.feature_flag = (
                self.new_flag(values["name"], row, user) if id_ is None else self.linked(id_, row)
            )
        return values

    def linked(self, id_: int, row: EarlyAccessFeature) -> FeatureFlag:
        """Until 2025 a flag of any project is taken (6)."""
        found = FeatureFlag.objects.filter(pk=id_, deleted=False).first()
        if found is None or (generation() >= 2026 and found.project_id != row.project_id):
            raise ValidationError("Feature Flag with this ID does not exist")
        if EarlyAccessFeature.objects.filter(feature_flag=found).exists():
            raise ValidationError(f"Linked feature flag {found.name} already has a feature attached to it.")
        if found.filters.get("aggregation_group_type_index") is not None:
            raise ValidationError("Group-based feature flags are not supported for Early Access Features.")
        if (found.filters.get("multivariate") or {}).get("variants"):
            raise ValidationError("Multivariate feature flags are not supported for Early Access Features.")
        return found

    def new_flag(self, name: str, row: EarlyAccessFeature, user: User | None) -> FeatureFlag:
        """Off for everybody: its one group has nobody."""
        words = "Early Access Feature" if generation() >= 2026 else "Feature"
        sent: dict[str, Any] = {
            "key": slugify(name),
            "name": f"Feature Flag for {words} {name}",
            "filters": {"groups": [{"properties": [], "rollout_percentage": 0}]},
        }
        if generation() < 2026:
            sent["_should_create_usage_dashboard"] = False
        made: FeatureFlag = FEATURE_FLAGS.create(row.project, sent, user)
        return made

    def after(self, row: EarlyAccessFeature, before: Any | None, user: User | None) -> None:
        super().after(row, before, user)
        is_active = row.stage in active_stages()
        if before is None:
            if is_active:
                self.enrol(row.feature_flag, user, is_active=True)
        elif is_active != (before.stage in active_stages()):
            self.enrol(row.feature_flag, user, is_active=is_active)
        if getattr(row, "rolls_out", False) and row.stage == "general-availability" and row.feature_flag:
            groups = [
                {**group, "rollout_percentage": 100} for group in row.feature_flag.filters.get("groups") or []
            ]
            self.write(row.feature_flag, {"groups": groups}, user)

    def gone(self, row: EarlyAccessFeature, user: User | None) -> None:
        super().gone(row, user)
        self.enrol(row.feature_flag, user, is_active=False)

    def enrol(self, row: FeatureFlag | None, user: User | None, *, is_active: bool) -> None:
        """The key by which the flag is on for those who enrolled; leaving writes null (6)."""
        if row is None:
            return
        if generation() >= 2026:
            self.write(row, {"feature_enrollment": True if is_active else None}, user)
            return
        condition = {
            "key": f"$feature_enrollment/{row.name}",
            "type": "person",
            "operator": "exact",
            "value": ["true"],
        }
        group = {"properties": [condition], "rollout_percentage": 100}
        self.write(row, {"super_groups": [group] if is_active else None}, user)

    def write(self, row: FeatureFlag, filters: dict[str, Any], user: User | None) -> None:
        before = FeatureFlag.objects.get(pk=row.pk)
        row.filters = {**row.filters, **filters}
        row.version += 1
        row.last_modified_by = user
        row.save()
        FEATURE_FLAGS.saved(row, before, user)

    def filler(self, number: int, parent: Any) -> EarlyAccessFeature:
        return EarlyAccessFeature(
            project=parent, name=f"Feature {number:05}", uuid=uuid.uuid4(), stage="draft"
        )


class EarlyAccessFeatureView(ObjectView):
    """`/api/projects/{id}/early_access_feature/`, singular."""

    family: ClassVar[EarlyAccessFeatures]

    @property
    def asks_rules(self) -> bool:
        """Rules about features came with 2026 (posthog-api-access.md 3.5)."""
        return SWITCHES.age >= 2026

    def id_of_url(self) -> int | None:
        """Features are called by their UUID, whatever their key in the table is."""
        id_ = as_uuid(str(self.kwargs["id"]))
        found = EarlyAccessFeature.objects.filter(uuid=id_, project=self.project).first() if id_ else None
        return found.pk if found else None

    def check_rules_of(self, row: FeatureFlag | None) -> None:
        """1.2: whoever changes a feature changes its flag."""
        if row is None or not self.asks_rules:
            return
        if self.level(row) in {"none", "viewer"}:
            raise PermissionDenied("You don't have sufficient permissions to modify the linked feature flag.")

    def create(self, request: Request, **kwargs: Any) -> Response:
        id_ = request.data.get("feature_flag_id") if isinstance(request.data, dict) else None
        if isinstance(id_, int):
            self.check_rules_of(FeatureFlag.objects.filter(project=self.project, pk=id_).first())
        return super().create(request, **kwargs)

    def target(self, sent: Any = None) -> EarlyAccessFeature:
        found = super().target(sent)
        if not isinstance(found, EarlyAccessFeature):
            raise NotFound
        if self.action in {"update", "partial_update", "destroy"}:
            self.check_rules_of(found.feature_flag)
        return found


EARLY_ACCESS_FEATURES = EarlyAccessFeatures()
VIEW = view_of(EARLY_ACCESS_FEATURES, EarlyAccessFeatureView)
