"""Early access features of a project, each with a flag of its own (posthog-api-release.md 6)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.utils.text import slugify
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.feature_flags import owned
from pulumi_posthog.sandbox.families.project_objects import FOLDER, ObjectFamily, ObjectView
from pulumi_posthog.sandbox.families.released_objects import EarlyAccessFeature, FeatureFlag
from pulumi_posthog.sandbox.rules import activity
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
from pulumi_posthog.sandbox.rules.models import User

STAGES = ("draft", "concept", "alpha", "beta", "general-availability", "archived")
NOW = (2026, 2026)


def active_stages() -> set[str]:
    """The stages in which people can enrol."""
    found = {"alpha", "beta", "general-availability"}
    return found if generation() >= 2026 else {*found, "concept"}


def a_url(**options: Any) -> AnyField:
    return serializers.URLField(**options)


def assignee_of(row: EarlyAccessFeature) -> dict[str, Any] | None:
    """Who made it, where nobody else was named."""
    if row.assignee is not None:
        found: dict[str, Any] = row.assignee
        return found
    return {"type": "user", "id": row.created_by_id} if row.created_by_id else None


class EarlyAccessFeatures(ObjectFamily):
    """Early access features of a project: DELETE deletes for good, and the flag stays."""

    name = "early_access_feature"
    section = "early_access_features"
    named: ClassVar = {"feature_flag": ("feature_flag", "feature_flag_id")}
    model = EarlyAccessFeature
    scope = "early_access_feature"
    title = "early access feature"
    deletion = "row"
    reads_deleted = False
    called_by_uuid = True
    order = ("pk",)
    related = ("created_by", "feature_flag")
    fields = (
        read_only("id", lambda row: str(row.uuid)),
        read_only("feature_flag", lambda row: owned.minimal(row.feature_flag)),
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
        row.asked_by = request  # type: ignore[attr-defined]
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
        owned.check_scope(getattr(row, "asked_by", None))
        return owned.make(row.project, sent, user)

    def after(self, row: EarlyAccessFeature, before: Any | None, user: User | None) -> None:
        super().after(row, before, user)
        is_active = row.stage in active_stages()
        if before is None:
            if is_active:
                self.enrol(row, user, is_active=True)
        elif is_active != (before.stage in active_stages()):
            self.enrol(row, user, is_active=is_active)
        if getattr(row, "rolls_out", False) and row.stage == "general-availability" and row.feature_flag:
            groups = [
                {**group, "rollout_percentage": 100} for group in row.feature_flag.filters.get("groups") or []
            ]
            self.write(row, {"groups": groups}, user)

    def gone(self, row: EarlyAccessFeature, user: User | None) -> None:
        super().gone(row, user)
        self.enrol(row, user, is_active=False)

    def delete_by_row(self, row: Any, user: User | None) -> None:
        """The one change of a feature that is logged (6)."""
        activity.log(
            scope="EarlyAccessFeature",
            activity="deleted",
            item_id=self.log_id(row),
            name=row.name,
            user=user,
            project=row.project,
        )
        super().delete_by_row(row, user)

    def enrol(self, row: EarlyAccessFeature, user: User | None, *, is_active: bool) -> None:
        """The key by which the flag is on for those who enrolled; leaving writes null (6)."""
        if row.feature_flag is None:
            return
        if generation() >= 2026:
            self.write(row, {"feature_enrollment": True if is_active else None}, user)
            return
        condition = {
            "key": f"$feature_enrollment/{row.feature_flag.name}",
            "type": "person",
            "operator": "exact",
            "value": ["true"],
        }
        group = {"properties": [condition], "rollout_percentage": 100}
        self.write(row, {"super_groups": [group] if is_active else None}, user)

    def write(self, row: EarlyAccessFeature, filters: dict[str, Any], user: User | None) -> None:
        """Changes filters of the feature's flag, where it has one."""
        owned.check_scope(getattr(row, "asked_by", None))
        if row.feature_flag is not None:
            owned.change(row.feature_flag, user, filters={**row.feature_flag.filters, **filters})

    def filler(self, number: int, parent: Any) -> EarlyAccessFeature:
        return EarlyAccessFeature(
            project=parent, name=f"Feature {number:05}", uuid=uuid.uuid4(), stage="draft"
        )


class EarlyAccessFeatureView(ObjectView):
    """`/api/projects/{id}/early_access_feature/`, singular."""

    family: ClassVar[EarlyAccessFeatures]

    def create(self, request: Request, **kwargs: Any) -> Response:
        id_ = request.data.get("feature_flag_id") if isinstance(request.data, dict) else None
        if isinstance(id_, int):
            self.check_flag(FeatureFlag.objects.filter(project=self.project, pk=id_).first())
        return super().create(request, **kwargs)

    def target(self, sent: Any = None) -> EarlyAccessFeature:
        found = super().target(sent)
        if not isinstance(found, EarlyAccessFeature):
            raise NotFound
        if self.action in {"update", "partial_update", "destroy"}:
            self.check_flag(found.feature_flag)
        return found


EARLY_ACCESS_FEATURES = EarlyAccessFeatures()
VIEW = view_of(EARLY_ACCESS_FEATURES, EarlyAccessFeatureView)
