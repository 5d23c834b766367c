"""The endpoints of feature flags (posthog-api-release.md 2.1, 2.2, 2.10)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import FieldError
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.feature_flags.family import (
    FEATURE_FLAGS,
    FeatureFlags,
    FlagIdInput,
    dependents,
)
from pulumi_posthog.sandbox.families.feature_flags.filters import variants_of
from pulumi_posthog.sandbox.families.project_objects import ObjectView
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import Conflict, invalid
from pulumi_posthog.sandbox.rules.family import view_of
from pulumi_posthog.sandbox.rules.membership import membership_of
from pulumi_posthog.sandbox.rules.models import ADMIN, Project
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.view import PostHogView

LONGEST_SEARCH = 200
STALE_AFTER = timedelta(days=30)
NOT_COMPARED = ("version", "original_flag", "_create_in_folder", "creation_context")


class FeatureFlagView(ObjectView):
    """`/api/projects/{id}/feature_flags/`."""

    family: ClassVar[FeatureFlags]

    def filtered(self, request: Request) -> QuerySet[Any] | list[Any]:
        rows = self.family.visible(self.family.rows_of(self.project)).filter(owner="")
        asked = request.query_params
        if generation() >= LATER_2026:
            rows = rows.filter(archived=asked.get("archived", "false").lower() == "true")
        for name, column in (
            ("created_by_id", "created_by_id"),
            ("evaluation_runtime", "evaluation_runtime"),
        ):
            if asked.get(name):
                rows = rows.filter(**{column: asked[name]})
        if asked.get("active", "").lower() in {"true", "false"}:
            rows = rows.filter(active=asked["active"].lower() == "true")
        if generation() >= 2026 and asked.get("key"):
            rows = rows.filter(name__iexact=asked["key"])
        if asked.get("order"):
            try:
                rows = rows.order_by(*(column_of(each) for each in asked["order"].split(",")), "pk")
            except FieldError as error:
                raise invalid("order", str(error)) from error
        chosen = [row for row in rows if matches(row, asked)]
        return self.listed(chosen)

    def update(self, request: Request, *, partial: bool = False, **kwargs: Any) -> Response:
        row = self.target(request.data)
        sent = dict(request.data) if isinstance(request.data, dict) else request.data
        if isinstance(sent, dict):
            sent = self.without_stale(sent, row)
        changed = self.family.change(row, sent, self.caller, request, partial=partial)
        return Response(self.represent(changed))

    def without_stale(self, sent: dict[str, Any], row: FeatureFlag) -> dict[str, Any]:
        """2.10: a conflict is only where both sides changed the same field, and both tokens were sent."""
        seen, version = sent.get("original_flag"), sent.get("version")
        if not isinstance(seen, dict) or version is None or version == row.version:
            return sent
        now = self.represent(row)
        fields = [name for name in sent if name in now and name not in NOT_COMPARED]
        ours = {name for name in fields if sent[name] != seen.get(name)}
        theirs = {name for name in fields if now[name] != seen.get(name)}
        if ours & theirs:
            who = row.last_modified_by.email if row.last_modified_by else "somebody"
            raise Conflict(
                f"The feature flag was updated by {who} since you started editing it. "
                "Please refresh and try again."
            )
        if generation() >= LATER_2026:
            return {name: value for name, value in sent.items() if name not in theirs}
        return sent

    # Reads.

    def status(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        word = "deleted" if row.deleted else "active" if row.active else "inactive"
        return Response({"status": word, "reason": f"Flag is {word}."})

    def dependent_flags(self, request: Request, **_kwargs: Any) -> Response:
        found = dependents(self.target())
        return Response([{"id": each.pk, "key": each.name, "name": each.description} for each in found])

    def remote_config(self, request: Request, **_kwargs: Any) -> Response:
        return Response((self.target().filters.get("payloads") or {}).get("true"))

    def my_flags(self, request: Request, **_kwargs: Any) -> Response:
        rows = self.family.visible(self.family.rows_of(self.project)).filter(owner="")
        return Response([{"feature_flag": self.represent(row), "value": row.active} for row in rows])

    def bulk_keys(self, request: Request, **_kwargs: Any) -> Response:
        ids = self.ids_of(request)
        rows = FeatureFlag.objects.filter(project=self.project, pk__in=ids)
        keys = {str(row.pk): row.name for row in rows}
        missing = [each for each in ids if str(each) not in keys]
        return Response({"keys": keys, "warning": f"Not found: {missing}" if missing else None})

    def ids_of(self, request: Request) -> list[int]:
        """The ids in a request's body; 400 for another form."""
        given = FlagIdInput(data=request.data)
        given.is_valid(raise_exception=True)
        found: list[int] = given.validated_data["ids"]
        return found

    def user_blast_radius(self, request: Request, **_kwargs: Any) -> Response:
        from pulumi_posthog.sandbox.families.event_store import Person

        total = Person.objects.filter(project=self.project).count()
        return Response({"users_affected": total, "total_users": total})

    def dashboard(self, request: Request, **_kwargs: Any) -> Response:
        """For browsers only: keys cannot call it, nor its two neighbours."""
        return Response({"success": True})

    # Writes.

    def set_state(self, **values: Any) -> Response:
        """Changes these columns of the flag of the URL; 400 for one that is deleted."""
        row = self.target()
        if row.deleted:
            return Response({"success": False, "error": "The flag is deleted."}, status=400)
        return Response(self.represent(self.family.change(row, values, self.caller, self.request)))

    def enable(self, request: Request, **_kwargs: Any) -> Response:
        return self.set_state(active=True)

    def disable(self, request: Request, **_kwargs: Any) -> Response:
        return self.set_state(active=False)

    def archive(self, request: Request, **_kwargs: Any) -> Response:
        return self.set_state(archived=True)

    def unarchive(self, request: Request, **_kwargs: Any) -> Response:
        return self.set_state(archived=False)

    def bulk_delete(self, request: Request, **_kwargs: Any) -> Response:
        deleted: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        rows = FeatureFlag.objects.filter(project=self.project, deleted=False, pk__in=self.ids_of(request))
        for row in rows:
            row.project = self.project
            if self.asks_rules and self.level(row) in {"none", "viewer"}:
                errors.append({"id": row.pk, "key": row.name, "reason": "No permission."})
                continue
            try:
                self.family.change(row, {"deleted": True}, self.caller, request)
            except ValidationError as error:
                errors.append({"id": row.pk, "key": row.name, "reason": str(error.detail)})
            else:
                deleted.append({"id": row.pk, "key": row.name})
        return Response({"deleted": deleted, "errors": errors})

    def bulk_update_tags(self, request: Request, **_kwargs: Any) -> Response:
        """`{"ids", "action": "add" | "remove" | "set", "tags"}`; what it answers is a guess."""
        sent = request.data if isinstance(request.data, dict) else {}
        how, tags = sent.get("action", "add"), {str(each) for each in sent.get("tags") or []}
        updated = []
        for row in FeatureFlag.objects.filter(project=self.project, pk__in=self.ids_of(request)):
            row.project = self.project
            now = set(row.tags)
            wanted = {"add": now | tags, "remove": now - tags, "set": tags}.get(how, now)
            self.family.change(row, {"tags": sorted(wanted)}, self.caller, request)
            updated.append({"id": row.pk, "tags": sorted(row.tags)})
        return Response({"updated": updated, "errors": []})


def column_of(order: str) -> str:
    """The name of a field -> its column; a `-` before it stays."""
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return sign + {"key": "name", "name": "description"}.get(name, name)


def matches(row: FeatureFlag, asked: Any) -> bool:
    """The filters that look into the row (2.2)."""
    search = asked.get("search", "")
    if generation() >= 2026 and len(search) > LONGEST_SEARCH:
        raise invalid("search", f"Ensure this field has no more than {LONGEST_SEARCH} characters.")
    if search and search.lower() not in f"{row.name}\n{row.description}".lower():
        return False
    if asked.get("active") == "STALE" and not is_stale(row):
        return False
    if asked.get("type") and not is_of_type(row, asked["type"]):
        return False
    tags = set(row.tags)
    if asked.get("tags") and not tags & set(texts_in(asked["tags"])):
        return False
    if asked.get("eligible_for_experiment", "").lower() == "true" and not has_control(row):
        return False
    return not (asked.get("excluded_tags") and tags & set(texts_in(asked["excluded_tags"])))


def has_control(row: FeatureFlag) -> bool:
    """Two variants or more, and `control` among them (5.4)."""
    keys = [each.get("key") for each in variants_of(row.filters)]
    return len(keys) >= 2 and "control" in keys


def is_stale(row: FeatureFlag) -> bool:
    """Nobody has asked for it for long, or it is on for everybody since long."""
    since = row.last_called_at or row.created_at
    return row.active and since < timezone.now() - STALE_AFTER


def is_of_type(row: FeatureFlag, type_: str) -> bool:
    variants = bool((row.filters.get("multivariate") or {}).get("variants"))
    return {
        "boolean": not variants and not row.is_remote_configuration,
        "multivariant": variants,
        "remote_config": bool(row.is_remote_configuration),
        "experiment": row.creation_context == "experiments",
    }.get(type_, True)


def texts_in(text: str) -> list[str]:
    """A list as JSON; what is none is empty."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


class CopyFlagsView(PostHogView):
    """`/api/organizations/{org}/feature_flags/copy_flags/`: one flag into other projects; the form is a guess."""

    scope_object = "feature_flag"
    mapped_actions = {"copy": (2024, "write")}  # noqa: RUF012 - declared in the base class

    def copy(self, request: Request, **_kwargs: Any) -> Response:
        sent = request.data if isinstance(request.data, dict) else {}
        for name in ("feature_flag_key", "from_project", "target_project_ids"):
            if not sent.get(name):
                raise invalid(name, "This field is required.", "required")
        source = FeatureFlag.objects.filter(
            project_id=sent["from_project"],
            project__organization=self.organization,
            name=sent["feature_flag_key"],
            deleted=False,
        ).first()
        if source is None:
            return Response({"error": "Feature flag to copy does not exist."}, status=400)
        done, failed = [], []
        for id_ in sent["target_project_ids"]:
            project = Project.objects.filter(pk=id_, organization=self.organization).first()
            if project is None:
                failed.append({"project_id": id_, "errors": "Project does not exist."})
                continue
            own = membership_of(self.caller, self.organization)
            if own is None or (own.level < ADMIN and project.setting("access_control")):
                raise PermissionDenied("You don't have access to the project.")
            body = {
                "name": source.description,
                "filters": source.filters,
                "active": source.active,
                "ensure_experience_continuity": source.ensure_experience_continuity,
            }
            there = FeatureFlag.objects.filter(project=project, name=source.name, deleted=False).first()
            try:
                if there is not None:
                    there.project = project
                    row = FEATURE_FLAGS.change(there, body, self.caller, request)
                else:
                    row = FEATURE_FLAGS.create(project, {**body, "key": source.name}, self.caller, request)
            except ValidationError as error:
                failed.append({"project_id": id_, "errors": error.detail})
            else:
                done.append(
                    {**FEATURE_FLAGS.represent(row), "team_id": project.pk, "at": moment(row.updated_at)}
                )
        return Response({"success": done, "failed": failed})


VIEW = view_of(FEATURE_FLAGS, FeatureFlagView)
