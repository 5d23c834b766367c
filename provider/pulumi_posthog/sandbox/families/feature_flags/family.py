"""Feature flags of a project (posthog-api-release.md 2)."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.feature_flags import filters as flag_filters
from pulumi_posthog.sandbox.families.file_system.paths import file_object
from pulumi_posthog.sandbox.families.objects import new_object
from pulumi_posthog.sandbox.families.project_objects import FEEDS, FOLDER, LEFT_OUT, TAGS, ObjectFamily
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag, one_group
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import Action, Log
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    UPDATED_AT,
    choice,
    flag,
    integer,
    json,
    read_only,
    text,
    texts,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.representation import basic_user
from pulumi_posthog.sandbox.rules.switches import SWITCHES

KEY = re.compile(r"[a-zA-Z0-9_-]+")
MOST = 2000
ENCRYPTED = '"********* (encrypted)"'
CONTEXTS = (
    "feature_flags",
    "experiments",
    "surveys",
    "early_access_features",
    "web_experiments",
    "product_tours",
)
NOW = (2026, 2026)
LATER = (LATER_2026, 2026)


def contexts_of(row: FeatureFlag) -> list[str]:
    """Only while PostHog's own switch is on (2.3)."""
    return list(row.evaluation_tags) if SWITCHES.evaluation_contexts else []


def status_of(row: FeatureFlag) -> str:
    """The word that an answer has for the state of a flag."""
    if row.deleted:
        return "DELETED"
    return "ACTIVE" if row.active else "INACTIVE"


class FeatureFlags(ObjectFamily):
    """Flags of a project: every key once, deleted ones included."""

    name = "feature_flags"
    model = FeatureFlag
    scope = "feature_flag"
    title = "feature flag"
    related = ("created_by", "last_modified_by")
    log = Log(
        "FeatureFlag", left_out=(*LEFT_OUT, "last_modified_by"), names={"name": "key", "description": "name"}
    )
    actions = (
        *FEEDS,
        Action("get", "my_flags", "my_flags", of_one=False, scopes="read", keys_since=2026),
        Action("post", "bulk_keys", "bulk_keys", of_one=False, scopes="read", keys_since=2026),
        Action("post", "user_blast_radius", "user_blast_radius", of_one=False, scopes="read"),
        Action("post", "bulk_delete", "bulk_delete", of_one=False, scopes="write", ages=NOW),
        Action("post", "bulk_update_tags", "bulk_update_tags", of_one=False, scopes="write", ages=NOW),
        Action("get", "status", "status", scopes="read"),
        Action("get", "dependent_flags", "dependent_flags", scopes="read", ages=(2025, 2026)),
        Action("get", "remote_config", "remote_config", scopes="read"),
        Action("post", "dashboard", "dashboard"),
        Action("post", "enrich_usage_dashboard", "dashboard"),
        Action("post", "create_static_cohort_for_flag", "dashboard"),
        *(
            Action("post", name, name, scopes="write", ages=LATER)
            for name in ("enable", "disable", "archive", "unarchive")
        ),
    )
    fields = (
        read_only("id", lambda row: row.pk),
        writable("name", text, allow_blank=True, show=lambda row: row.description),
        writable("key", text, required=True, max_length=400, show=lambda row: row.name),
        writable(
            "filters",
            json,
            show=lambda row: flag_filters.shown(row.filters, flag_filters.cohort_names(row.filters)),
        ),
        writable("deleted", flag),
        writable("active", flag),
        writable("archived", flag, ages=NOW),
        CREATED_BY,
        CREATED_AT,
        UPDATED_AT,
        read_only("version"),
        read_only("last_modified_by", lambda row: basic_user(row.last_modified_by)),
        writable("ensure_experience_continuity", flag, nullable=True),
        read_only("experiment_set", lambda row: [each.pk for each in experiments_of(row)]),
        read_only(
            "experiment_set_metadata",
            lambda row: [{"id": each.pk, "name": each.name} for each in experiments_of(row)],
            ages=NOW,
        ),
        read_only("surveys", lambda _row: []),
        read_only(
            "features",
            lambda row: [
                {"id": str(each.uuid), "name": each.name, "stage": each.stage}
                for each in sorted(row.features.all(), key=lambda each: each.pk)
            ],
        ),
        writable("rollback_conditions", json, nullable=True, ages=(2024, 2026.25)),
        writable("performed_rollback", flag, nullable=True, ages=(2024, 2026.25)),
        read_only("can_edit", lambda _row: True),
        TAGS,
        writable("evaluation_tags", texts, nullable=True, show=contexts_of, ages=(2025, 2025)),
        writable("evaluation_contexts", texts, nullable=True, show=contexts_of, ages=NOW),
        read_only("usage_dashboard"),
        writable("analytics_dashboards", json),
        writable("has_enriched_analytics", flag, nullable=True),
        writable("creation_context", choice, choices=CONTEXTS, write_only=True),
        writable("is_remote_configuration", flag, nullable=True, ages=(2025, 2026)),
        writable("has_encrypted_payloads", flag, nullable=True, ages=(2025, 2026)),
        read_only("status", status_of),
        writable(
            "evaluation_runtime",
            choice,
            choices=("server", "client", "all"),
            nullable=True,
            ages=(2025, 2026),
        ),
        writable(
            "bucketing_identifier",
            choice,
            choices=("distinct_id", "device_id"),
            nullable=True,
            ages=(2025, 2026),
        ),
        writable("last_called_at", timestamp, nullable=True, ages=(2025, 2026)),
        writable(
            "_should_create_usage_dashboard", flag, write_only=True, taken_on="create", ages=(2024, 2025)
        ),
        FOLDER,
        writable("version", integer, write_only=True),
        writable("original_flag", json, write_only=True, nullable=True),
    )
    on_page = ("name", "project", "active", "deleted", "archived", "version")
    not_on_page = ("created_by", "last_modified_by", "type", "short_id", "uuid")

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        return super().rows_of(parent).prefetch_related("features", "experiments")

    def check(
        self, values: dict[str, Any], row: FeatureFlag, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        making = row._state.adding
        values.pop("version", None)
        values.pop("original_flag", None)
        row.folder = values.pop("_create_in_folder", None)  # type: ignore[attr-defined]
        makes_dashboard = values.pop("_should_create_usage_dashboard", True)
        row.makes_dashboard = makes_dashboard and making and generation() < 2026  # type: ignore[attr-defined]
        self.taken_tags_of_evaluation(values)
        self.taken_tags(values, row)
        if "name" in values:
            values["description"] = values.pop("name")
        if "key" in values:
            values["name"] = self.checked_key(values.pop("key"), row, making=making)
        if making and generation() >= 2026:
            self.refuse_too_many(row)
        self.check_states(values, row)
        self.check_payloads(values, row)
        given = values.pop("filters", None if not making else one_group())
        if given is not None:
            for name in ("is_remote_configuration", "has_encrypted_payloads"):
                setattr(row, name, values.get(name, getattr(row, name)))
            kept = kept_payload(given, row)
            new = flag_filters.taken(kept, None if making else row.filters)
            if new is not None:
                keep_running_variants(new, row)
                values["filters"] = flag_filters.checked(new, self.renamed(row, values), making=making)
        if "analytics_dashboards" in values:
            values["analytics_dashboards"] = [
                *row.analytics_dashboards,
                *(each for each in values["analytics_dashboards"] if each not in row.analytics_dashboards),
            ]
        if not making:
            values["version"] = row.version + 1
        values["last_modified_by"] = user
        return self.checked_deletion(values, row)

    def renamed(self, row: FeatureFlag, values: dict[str, Any]) -> FeatureFlag:
        row.name = values.get("name", row.name)
        return row

    def taken_tags_of_evaluation(self, values: dict[str, Any]) -> None:
        """2025: a subset of the tags of the same request; 2026: contexts of their own."""
        given = values.pop("evaluation_contexts", None)
        if given is not None:
            values["evaluation_tags"] = sorted({each.strip().lower() for each in given})
        elif values.get("evaluation_tags") is None:
            values.pop("evaluation_tags", None)
        elif foreign := set(values["evaluation_tags"]) - set(values.get("tags") or []):
            raise ValidationError(
                f"Evaluation tags must be a subset of tags. Invalid evaluation tags: {', '.join(sorted(foreign))}"
            )
        if not SWITCHES.evaluation_contexts:
            values.pop("evaluation_tags", None)

    def checked_key(self, key: str, row: FeatureFlag, *, making: bool) -> str:
        """Raises a 400; a deleted flag with the key makes room (2.9)."""
        if not KEY.fullmatch(key):
            detail = "Only letters, numbers, hyphens (-) & underscores (_) are allowed."
            raise invalid("key", detail, "invalid_key")
        others = FeatureFlag.objects.filter(project=row.project, name=key).exclude(pk=row.pk)
        if others.filter(deleted=False).exists():
            raise invalid("key", "There is already a feature flag with this key.", "unique")
        for other in others:
            if generation() < 2026 and making and all_experiments_of(other):
                raise ValidationError(
                    "Feature flag with this key already exists and is used in an experiment. "
                    "Please delete the experiment before deleting the flag."
                )
            if generation() < 2026 and not making:
                raise Unhandled("IntegrityError: unique key for team")
            if generation() >= 2026:
                other.name = f"{key}:deleted:{other.pk}"
                other.save()
            else:
                other.delete()
        return key

    def refuse_too_many(self, row: FeatureFlag) -> None:
        """400 for one more than a project may have."""
        if FeatureFlag.objects.filter(project=row.project, deleted=False).count() >= MOST:
            raise ValidationError(f"Maximum of {MOST:,} feature flags allowed per team")

    def check_states(self, values: dict[str, Any], row: FeatureFlag) -> None:
        """400 for states that exclude each other.

        A flag cannot be archived and on. It cannot be off while a flag that depends on it is on, nor on while one that
        it needs is off.
        """
        active, archived = values.get("active", row.active), values.get("archived", row.archived)
        if archived and active and values.get("archived"):
            raise ValidationError(
                "Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request."
            )
        if archived and active:
            raise ValidationError("Cannot enable an archived feature flag. Unarchive it first.")
        bucketing = values.get("bucketing_identifier", row.bucketing_identifier)
        keeps = values.get("ensure_experience_continuity", row.ensure_experience_continuity)
        if bucketing == "device_id" and keeps:
            raise ValidationError(
                "Cannot enable 'persist across authentication steps' when using device ID bucketing. "
                "These features are incompatible."
            )
        if row._state.adding or generation() < 2025:
            return
        if row.active and not active and (needing := dependents(row)):
            names = ", ".join(f"{each.name} (ID: {each.pk})" for each in needing)
            raise ValidationError(
                f"Cannot disable this feature flag because other flags depend on it: {names}"
            )
        if active and not row.active:
            needed = [int(key) for key in flag_filters.flags_needed(row.filters) if key.isdigit()]
            off = FeatureFlag.objects.filter(pk__in=needed, active=False)
            if off:
                names = ", ".join(str(each.name) for each in off)
                raise ValidationError(
                    f"Cannot enable this feature flag because it depends on disabled flags: {names}"
                )

    def check_payloads(self, values: dict[str, Any], row: FeatureFlag) -> None:
        """400 for encrypted payloads of a flag that is no remote configuration.

        Before 2026, a change without a payload is a 500.
        """
        encrypted = values.get("has_encrypted_payloads")
        if not encrypted:
            return
        remote = values.get("is_remote_configuration", row.is_remote_configuration)
        if generation() >= 2026 and not remote:
            raise ValidationError("Encrypted payloads require the flag to be a remote configuration.")
        sent = values.get("filters")
        payloads = (sent if isinstance(sent, dict) else {}).get("payloads") or {}
        if generation() < 2026 and not row._state.adding and "true" not in payloads:
            raise Unhandled("KeyError: 'true'")

    def checked_deletion(self, values: dict[str, Any], row: FeatureFlag) -> dict[str, Any]:
        """2.9: who keeps a flag from being deleted, and what becomes of its key."""
        deletes = values.get("deleted") is True and not row.deleted
        if deletes and not row._state.adding and row.features.exists():
            raise ValidationError(
                "Cannot delete a feature flag that is in use with early access features. "
                "Please delete the early access feature before deleting the flag."
            )
        if deletes and not row._state.adding:
            self.refuse_for_experiments(row)
            if any(each.deleted or generation() >= 2026 for each in all_experiments_of(row)):
                values["name"] = f"{row.name}:deleted:{row.pk}"
        if deletes and generation() >= 2025 and (needing := dependents(row)):
            named = ", ".join(f"{each.name} (ID: {each.pk})" for each in needing[:5])
            more = f" and {len(needing) - 5} more" if len(needing) > 5 else ""
            raise ValidationError(
                f"Cannot delete this feature flag because other flags depend on it: {named}{more}"
            )
        if values.get("deleted") is False and row.deleted and (name := first_name(row)) != row.name:
            values["name"] = name
        return values

    def refuse_for_experiments(self, row: FeatureFlag) -> None:
        """Until about June 2026 every experiment keeps its flag, then only one that runs (2.9). Raises a 400."""
        found = experiments_of(row)
        if generation() < LATER_2026:
            if found:
                ids = ", ".join(str(each.pk) for each in found)
                raise ValidationError(
                    f"Cannot delete a feature flag that is linked to active experiment(s) with ID(s): {ids}. "
                    "Please delete the experiment(s) before deleting the flag."
                )
        elif running := [each for each in found if each.runs]:
            names = ", ".join(f'"{each.name}" (ID: {each.pk})' for each in running)
            raise ValidationError(
                f"Cannot delete a feature flag that is linked to running experiment(s): {names}. "
                "Please stop the experiment(s) before deleting the flag."
            )

    def is_filed(self, row: FeatureFlag) -> bool:
        return not row.owner

    def after(self, row: FeatureFlag, before: Any | None, user: User | None) -> None:
        super().after(row, before, user)
        if before is not None and generation() < 2026 and before.filters != row.filters:
            copy_variants(row)
        if getattr(row, "makes_dashboard", False) and before is None:
            board = new_object(row.project, "dashboard", f"Generated Dashboard: {row.name} Usage", user)
            file_object(board, user)
            row.usage_dashboard = board.pk
            row.save()

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`new-checkout: {name: Checkout rewrite, filters: {...}}`, as it would be sent."""
        sent = {"key": name, **given}
        if generation() < 2026:
            sent.setdefault("_should_create_usage_dashboard", False)
        return sent

    def filler(self, number: int, parent: Any) -> FeatureFlag:
        return FeatureFlag(project=parent, name=f"flag-{number:05}", filters=one_group())


def all_experiments_of(row: FeatureFlag) -> list[Any]:
    """Deleted ones, too; their family is made after this one."""
    known: Any = row
    return list(known.experiments.all())


def experiments_of(row: FeatureFlag) -> list[Any]:
    """The experiments about a flag that are not deleted."""
    found = [each for each in all_experiments_of(row) if not each.deleted]
    return sorted(found, key=lambda each: each.pk)


def copy_variants(row: FeatureFlag) -> None:
    """Until 2025 experiments repeat the variants of their flag (5.4)."""
    for each in experiments_of(row):
        copied = {"feature_flag_variants": flag_filters.variants_of(row.filters)}
        each.parameters = {**(each.parameters or {}), **copied}
        each.save()


def keep_running_variants(filters: dict[str, Any], row: FeatureFlag) -> None:
    """While an experiment runs, its variants stay (2.7). Raises a 400."""
    if row._state.adding or not any(each.runs for each in experiments_of(row)):
        return
    multivariate = filters.get("multivariate")
    given = (multivariate if isinstance(multivariate, dict) else {}).get("variants")
    kept = {each.get("key") for each in given or [] if isinstance(each, dict)}
    lost = [each["key"] for each in flag_filters.variants_of(row.filters) if each["key"] not in kept]
    if lost:
        raise invalid(
            "filters",
            f"Cannot remove variant(s) {', '.join(repr(each) for each in lost)} from a feature flag "
            "that is linked to running experiment(s). Stop the experiment(s) first.",
        )


def kept_payload(given: Any, row: FeatureFlag) -> Any:
    """The text that browsers see in place of a payload keeps what is stored (2.11)."""
    if row._state.adding or not isinstance(given, dict) or not isinstance(given.get("payloads"), dict):
        return given
    stored = row.filters.get("payloads") or {}
    payloads = {
        key: stored.get(key, value) if value == ENCRYPTED else value
        for key, value in given["payloads"].items()
    }
    return {**given, "payloads": payloads}


def dependents(row: FeatureFlag) -> list[FeatureFlag]:
    """Active flags of the project that ask about it."""
    others = FeatureFlag.objects.filter(project=row.project_id, deleted=False, active=True).exclude(pk=row.pk)
    return [each for each in others if str(row.pk) in flag_filters.flags_needed(each.filters)]


def first_name(row: FeatureFlag) -> str:
    """The key without its tombstone, or `<key>-2` where that is taken."""
    key = re.sub(rf":deleted:{row.pk}$", "", str(row.name))
    taken = set(
        FeatureFlag.objects.filter(project=row.project_id).exclude(pk=row.pk).values_list("name", flat=True)
    )
    number, name = 2, key
    while name in taken:
        name, number = f"{key}-{number}", number + 1
    return name


class FlagIdInput(serializers.Serializer[Any]):
    """Which flags a request is about."""

    ids = serializers.ListField(child=serializers.IntegerField())


FEATURE_FLAGS = FeatureFlags()
