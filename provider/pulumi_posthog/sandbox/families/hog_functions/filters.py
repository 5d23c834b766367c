"""Filters and mappings: which events a function gets (2.6)."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.hog_functions.code import BYTECODE
from pulumi_posthog.sandbox.families.hog_functions.inputs import Owner, checked
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.models import Project

Filters = dict[str, Any]
# What a source has no use for.
DROPPED_BY_SOURCE = {
    "events": ("data_warehouse",),
    "person-updates": ("events", "actions", "data_warehouse"),
    "data-warehouse-table": ("events", "actions"),
    "data-warehouse-view": ("events", "actions"),
    "internal-events": ("data_warehouse",),
}
INTERNAL = "internal-events"


class NotCompiled(Exception):
    """Why filters cannot be compiled."""


def cleaned(filters: Filters, type_: str | None) -> Filters:
    """Without what the source has no use for."""
    found = {
        key: value
        for key, value in filters.items()
        if key not in {"bytecode", "transpiled", "bytecode_error"}
    }
    if type_ == "internal_destination" and generation() >= LATER_2026:
        found["source"] = INTERNAL
        if not any(isinstance(each, dict) and each.get("id") for each in found.get("events") or []):
            raise ValidationError(
                {"filters": {"non_field_errors": ["Internal destinations name at least one event."]}}
            )
    for key in DROPPED_BY_SOURCE.get(found.get("source", "events"), ()):
        found.pop(key, None)
    return found


def compiled(filters: Filters, project: Project, *, for_sites: bool, must: bool) -> Filters:
    """With what the server adds; without `must`, an error is stored instead of raised."""
    try:
        check(filters, project)
    except NotCompiled as error:
        if must:
            raise ValidationError(
                {"filters": {"non_field_errors": [f"Invalid filter configuration: {error}"]}}
            ) from error
        return {**filters, "bytecode": None, "bytecode_error": str(error)}
    if for_sites:
        return {**filters, "transpiled": {"lang": "ts", "code": "true", "stl": []}}
    return {**filters, "bytecode": BYTECODE}


def check(filters: Filters, project: Project) -> None:
    """Raises NotCompiled for an action that is not there, and for properties that are none."""
    known = {
        str(pk)
        for pk in ProjectObject.objects.filter(project=project, type="action", deleted=False).values_list(
            "pk", flat=True
        )
    }
    for action in filters.get("actions") or []:
        if not isinstance(action, dict) or str(action.get("id")) not in known:
            id_ = action.get("id") if isinstance(action, dict) else action
            raise NotCompiled(f"Action {id_} does not exist.")
    check_properties(filters.get("properties"))
    for event in filters.get("events") or []:
        if not isinstance(event, dict):
            raise NotCompiled(f"{event!r} is no event.")
        check_properties(event.get("properties"))
    if filters.get("filter_test_accounts"):
        for each in project.setting("test_account_filters") or []:
            if isinstance(each, dict) and each.get("type") == "cohort":
                raise NotCompiled(
                    "Can't use cohorts in real-time filters. Please inline the relevant expressions."
                )


def check_properties(properties: Any) -> None:
    """Raises NotCompiled for filters that no event can be held against."""
    for each in properties or []:
        if not isinstance(each, dict) or "type" not in each:
            raise NotCompiled(f"{each!r} is no property filter.")
        if each["type"] == "cohort":
            raise NotCompiled(
                "Can't use cohorts in real-time filters. Please inline the relevant expressions."
            )


def checked_mappings(
    mappings: list[dict[str, Any]], project: Project, type_: str | None, *, for_sites: bool
) -> list[dict[str, Any]]:
    """Each with what the server adds; secrets in there are neither hidden nor kept (2.6)."""
    made = []
    for number, mapping in enumerate(mappings):
        item = {
            key: value
            for key, value in mapping.items()
            if key in {"name", "inputs_schema", "inputs", "filters"}
        }
        if item.get("inputs") and not item.get("inputs_schema"):
            raise ValidationError({"mappings": {str(number): {"inputs": ["Missing inputs_schema."]}}})
        if "inputs_schema" in item:
            owner = Owner(type_, for_sites, f"mappings__{number}__inputs")
            inputs, _ = checked(
                item["inputs_schema"] or [], item.get("inputs") or {}, {}, owner, with_secrets=False
            )
            item["inputs"] = inputs
        if item.get("filters") is not None:
            item["filters"] = compiled(item["filters"], project, for_sites=for_sites, must=True)
        made.append(item)
    return made
