"""`filters` of a flag: how a PATCH takes them, what is refused, what comes back (posthog-api-release.md 2.4 to 2.8)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from pulumi_posthog.sandbox.families.project_objects import cohort_ids_in, properties_in
from pulumi_posthog.sandbox.families.released_objects import Cohort, FeatureFlag
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.switches import SWITCHES

Filters = dict[str, Any]

LARGEST = 512 * 1024
VARIANT_KEY = re.compile(r"[a-zA-Z0-9_./-]{1,400}")
OPERATORS = frozenset(
    [
        "exact", "is_not", "icontains", "not_icontains", "regex", "not_regex", "gt", "gte", "lt", "lte",
        "is_set", "is_not_set", "is_date_exact", "is_date_before", "is_date_after", "in", "not_in",
        "flag_evaluates_to",
    ]
)  # fmt: skip
OPERATORS_2026 = OPERATORS | {
    "icontains_multi", "not_icontains_multi", "min", "max", "semver_eq", "semver_neq", "semver_gt",
    "semver_gte", "semver_lt", "semver_lte", "semver_tilde", "semver_caret", "semver_wildcard",
}  # fmt: skip
OF_ONE_TEXT = ("icontains", "not_icontains", "regex", "not_regex", "gt", "gte", "lt", "lte")
ALIASES = {"min": "gte", "max": "lte"}
# Owned by other families under a name of each generation; the newer servers drop the older names.
OLD_OWNED = ("super_groups", "holdout_groups")


def refused(detail: str, code: str = "invalid") -> Exception:
    return invalid("filters", detail, code)


def is_later() -> bool:
    """Whether the server has the forms of August 2026 (G26b)."""
    return generation() >= LATER_2026


def taken(given: Any, stored: Filters | None) -> Filters | None:
    """What a body means; None: it means nothing. `stored` is None while the flag is made."""
    if not isinstance(given, dict):
        raise refused("Filters are not a valid dictionary.")
    if "version" in given and is_later():
        raise refused("filters.version is reserved.", "reserved_config_version")
    if stored is None:
        return deepcopy(given)
    if is_later():
        merged = {**stored, **deepcopy(given)}
        if merged.get("payloads", {}) is None:
            merged["payloads"] = {}
        return merged if given else None
    if "groups" not in given:
        return None
    return deepcopy(given)


def checked(filters: Filters, flag: FeatureFlag, *, making: bool) -> Filters:
    """As they are stored. Raises the 400s of 2.7 and 2.8."""
    check_types(filters)
    normalise(filters, flag)
    groups, variants = filters.get("groups") or [], variants_of(filters)
    if not groups and (making or not is_later()):
        raise refused("Feature flags must have at least one condition set (group).")
    if not is_later():
        check_shape(filters, variants)
    else:
        check_shape_later(filters, variants)
    check_conditions(filters, flag.project)
    check_dependencies(filters, flag)
    return filters


def variants_of(filters: Filters) -> list[dict[str, Any]]:
    """The variants that filters say; none where they say nothing of them."""
    return (filters.get("multivariate") or {}).get("variants") or []


def check_types(filters: Filters) -> None:
    """Wrong types of JSON are always refused."""
    if not isinstance(filters.get("groups", []), list):
        raise refused("Groups must be a list.")
    for group in filters.get("groups") or []:
        if not isinstance(group, dict) or not isinstance(group.get("properties") or [], list):
            raise refused("A group is a dictionary with a list of properties.")
        if not all(isinstance(each, dict) for each in group.get("properties") or []):
            raise refused("A property is a dictionary.")
        share = group.get("rollout_percentage")
        is_number = isinstance(share, int | float) and not isinstance(share, bool)
        if share is not None and not (is_number and 0 <= share <= 100):
            raise refused("A rollout percentage is a number from 0 to 100.")
    if not isinstance(filters.get("payloads", {}), dict):
        raise refused("Payloads must be passed as a dictionary")
    multivariate = filters.get("multivariate")
    if multivariate is not None and not isinstance(multivariate, dict):
        raise refused("Multivariate must be a dictionary.")
    if not all(isinstance(each, dict) for each in variants_of(filters)):
        raise refused("A variant is a dictionary.")
    if generation() >= 2026 and len(json.dumps(filters)) > LARGEST:
        raise refused("Filters are too large.")
    if filters.get("early_exit") is not None and generation() >= 2026:
        raise refused("early_exit is not available for this organization.")


def normalise(filters: Filters, flag: FeatureFlag) -> None:
    """What comes back otherwise than it was sent (2.6)."""
    payloads = filters.get("payloads") or {}
    for key, value in payloads.items():
        if not isinstance(value, str) and (generation() >= 2026 or isinstance(value, dict | list)):
            payloads[key] = json.dumps(value)
    for each in properties_in(filters):
        # Reads add these two; whoever sends them back does not store them.
        each.pop("cohort_name", None)
        each.pop("group_key_names", None)
    if generation() < 2026:
        return
    if flag.is_remote_configuration:
        groups = filters.get("groups") or [{"properties": [], "rollout_percentage": 100}]
        for group in groups:
            group["rollout_percentage"] = group.get("rollout_percentage") or 100
        filters["groups"] = groups
    filters.setdefault("aggregation_group_type_index", None)
    for group in filters.get("groups") or []:
        group.setdefault("aggregation_group_type_index", None)
        for each in group.get("properties") or []:
            each["operator"] = ALIASES.get(each.get("operator"), each.get("operator"))
            if is_later() and isinstance(each.get("key"), int):
                each["key"] = str(each["key"])
    if is_later():
        for name in OLD_OWNED:
            filters.pop(name, None)


def check_shape(filters: Filters, variants: list[dict[str, Any]]) -> None:
    """Until July 2026."""
    keys = {each.get("key") for each in variants}
    if variants and round(sum(float(each.get("rollout_percentage") or 0) for each in variants), 6) != 100:
        raise refused("Invalid variant definitions: Variant rollout percentages must sum to 100.")
    for group in filters.get("groups") or []:
        if group.get("variant") is not None and group["variant"] not in keys:
            raise refused("Filters are not valid (variant override does not exist)")
    for key, value in (filters.get("payloads") or {}).items():
        if variants and key not in keys:
            raise refused("Payload keys must match a variant key for multivariate flags")
        if not variants and key != "true":
            raise refused("Payload keys must be 'true' for boolean flags")
        if isinstance(value, str) and not is_json(value):
            raise refused("Payload value is not valid JSON")


def check_shape_later(filters: Filters, variants: list[dict[str, Any]]) -> None:
    """Since August 2026: a table of rules, none of which rejects unless the server is told so (2.7)."""
    for each in variants:
        if not isinstance(each.get("key"), str) or not VARIANT_KEY.fullmatch(each["key"]):
            raise refused("A variant's key has 1 to 400 of a-z, A-Z, 0-9, _, ., / and -.")
    if not SWITCHES.rejects_flag_shapes:
        return
    keys = [each["key"] for each in variants]
    for rule, path, is_broken in SHAPES:
        if is_broken(filters, keys, variants):
            raise refused(f"{path}: {rule}", rule)


Broken = Callable[[Filters, list[str], list[dict[str, Any]]], bool]
SHAPES: tuple[tuple[str, str, Broken], ...] = (
    (
        "cross_field.variant_rollout_sum_not_100",
        "multivariate.variants",
        lambda _filters, keys, variants: (
            bool(keys)
            and round(sum(float(each.get("rollout_percentage") or 0) for each in variants), 6) != 100
        ),
    ),
    (
        "cross_field.variant_keys_not_unique",
        "multivariate.variants",
        lambda _filters, keys, _variants: len(keys) != len(set(keys)),
    ),
    (
        "cross_field.payload_key_not_a_variant",
        "payloads",
        lambda filters, keys, _variants: (
            bool(keys) and bool((filters.get("payloads") or {}).keys() - set(keys))
        ),
    ),
    (
        "cross_field.payload_key_not_true",
        "payloads",
        lambda filters, keys, _variants: not keys and bool((filters.get("payloads") or {}).keys() - {"true"}),
    ),
    (
        "cross_field.group_variant_not_a_variant",
        "groups",
        lambda filters, keys, _variants: any(
            group.get("variant") is not None and group["variant"] not in keys
            for group in filters.get("groups") or []
        ),
    ),
)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def conditions(filters: Filters) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each with the index of the group type that it is about."""
    for group in filters.get("groups") or []:
        index = group.get("aggregation_group_type_index")
        if index is None:
            index = filters.get("aggregation_group_type_index")
        for each in group.get("properties") or []:
            yield each, index


def check_conditions(filters: Filters, project: Project) -> None:
    """400 for conditions of another type than the flag takes, or with an operator or a value that does not fit."""
    for each, index in conditions(filters):
        kind = each.get("type", "person")
        if index is None and kind not in {"person", "cohort", "flag"}:
            raise refused("Filters are not valid (can only use person, cohort, and flag properties)")
        if index is not None and kind != "group":
            raise refused("Filters are not valid (can only use group properties)")
        check_operator(each, kind)
    for id_ in sorted(cohort_ids_in(filters)):
        check_cohort(id_, project)


def check_operator(each: dict[str, Any], kind: str) -> None:
    """400 for an operator that there is not, or that does not fit the condition's `kind` or its value."""
    operator, value = each.get("operator"), each.get("value")
    known = OPERATORS if generation() < 2026 else OPERATORS_2026
    if operator is not None and operator not in known:
        raise refused(f"Unsupported operator {operator}", "unsupported_operator")
    if operator in {"in", "not_in"} and kind != "cohort":
        raise refused(f"Invalid operator {operator} for {kind}", "invalid_operator")
    if operator in OF_ONE_TEXT and isinstance(value, list):
        raise refused(f"Invalid value for operator {operator}: {value}", "invalid_value")
    if operator in {"is_date_exact", "is_date_before", "is_date_after"} and not is_date(value):
        raise refused(f"Invalid date value: {value}", "invalid_date")
    if operator in {"regex", "not_regex"} and generation() >= 2026:
        try:
            re.compile(str(value))
        except re.error as error:
            raise refused(f"{each.get('key')}: invalid regex pattern") from error


def is_date(value: Any) -> bool:
    """A date, a moment, or one before now such as `-30d`."""
    text = str(value)
    try:
        return bool(re.fullmatch(r"-\d+[hdwmy]", text) or parse_datetime(text) or parse_date(text))
    except ValueError:
        return False


def check_cohort(id_: int, project: Project, seen: frozenset[int] = frozenset()) -> None:
    """It is there, and it and those inside it ask nothing about events."""
    cohort = Cohort.objects.filter(project=project, deleted=False, pk=id_).first()
    if cohort is None:
        raise refused(f"Cohort with id {id_} does not exist", "cohort_does_not_exist")
    if cohort.is_static and generation() >= 2026:
        return
    if any(each["type"] == "behavioral" for each in properties_in(cohort.filters)):
        raise refused(
            f"Cohort '{cohort.name}' with filters on events cannot be used in feature flags.",
            "behavioral_cohort_found",
        )
    for inner in cohort_ids_in(cohort.filters) - seen - {id_}:
        check_cohort(inner, project, seen | {id_})


def flags_needed(filters: Filters) -> list[str]:
    """Ids, as texts, of the flags that a flag asks about."""
    return [str(each.get("key")) for each in properties_in(filters) if each["type"] == "flag"]


def check_dependencies(filters: Filters, flag: FeatureFlag) -> None:
    """2.8, since mid 2025."""
    if generation() < 2025:
        return
    for each in properties_in(filters):
        if each["type"] == "flag" and each.get("operator") != "flag_evaluates_to":
            raise refused("Flag properties must use the 'flag_evaluates_to' operator")
    for key in flags_needed(filters):
        if not key.isdigit():
            raise refused(
                "Flag dependencies must reference flag IDs (integers), not flag keys. "
                f"Invalid reference: '{key}'"
            )
        if flag.pk is not None and int(key) == flag.pk:
            raise refused(f"Feature flag '{flag.name}' cannot depend on itself")
        needed = FeatureFlag.objects.filter(project=flag.project, deleted=False, pk=int(key)).first()
        if needed is None:
            raise refused(f"Flag dependency references non-existent flag with ID {key}")
        if not needed.active:
            raise refused(
                f"Cannot create dependency on disabled flag '{needed.name}' (ID: {key}). "
                "Flag dependencies must reference active flags only."
            )
        if (loop := way_back(needed, flag.pk, (str(flag.name),))) is not None:
            raise refused(f"Circular dependency detected: {' → '.join(loop)}")


def way_back(flag: FeatureFlag, to: int | None, way: tuple[str, ...]) -> tuple[str, ...] | None:
    """From a flag over those that it needs, to where one came from."""
    way = (*way, str(flag.name))
    for key in flags_needed(flag.filters):
        if to is not None and key == str(to):
            return (*way, way[0])
        following = FeatureFlag.objects.filter(project=flag.project_id, deleted=False, pk=int(key)).first()
        if following is not None and following.name not in way:
            found = way_back(following, to, way)
            if found is not None:
                return found
    return None


def shown(filters: Filters, names: dict[int, str | None]) -> Filters:
    """With the names of cohorts, which every read adds (2.6)."""
    document = deepcopy(filters)
    for each in properties_in(document):
        if each["type"] == "cohort" and str(each.get("value")).isdigit() and int(each["value"]) in names:
            each["cohort_name"] = names[int(each["value"])]
        if each["key"] == "$group_key" and generation() >= 2026:
            each["group_key_names"] = {}
    return document


def cohort_names(filters: Filters) -> dict[int, str | None]:
    """The names of the cohorts in filters, by their ids."""
    ids = cohort_ids_in(filters)
    return dict(Cohort.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
