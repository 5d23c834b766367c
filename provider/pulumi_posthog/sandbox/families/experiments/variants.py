"""The flag of an experiment and its variants (posthog-api-release.md 5.4)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.experiments.models import Experiment
from pulumi_posthog.sandbox.families.feature_flags import owned
from pulumi_posthog.sandbox.families.feature_flags.family import FEATURE_FLAGS
from pulumi_posthog.sandbox.families.feature_flags.filters import variants_of
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.models import User

CONTROL = "control"
MOST = 20
TWO: list[dict[str, Any]] = [
    {"key": CONTROL, "name": "Control Group", "rollout_percentage": 50},
    {"key": "test", "name": "Test Variant", "rollout_percentage": 50},
]
OF_FLAG = (
    "feature_flag_variants",
    "rollout_percentage",
    "aggregation_group_type_index",
    "ensure_experience_continuity",
)
"""Keys of `parameters` that say something of the flag."""
INPUT_KEYS = ("filters", "ensure_experience_continuity")
FILTER_KEYS = ("multivariate", "groups", "aggregation_group_type_index", "payloads")


def checked(attr: str, given: Any) -> list[dict[str, Any]]:
    """Variants as they are stored. Raises a 400."""
    if not isinstance(given, list) or not all(
        isinstance(each, dict) and isinstance(each.get("key"), str) for each in given
    ):
        raise invalid(attr, "Variants are a list of objects with a key")
    found = [
        {**each, "key": CONTROL if each["key"].lower() == CONTROL else each["key"]}
        for each in deepcopy(given)
    ]
    if len(found) > MOST:
        raise invalid(attr, f"Feature flag variants must be less than {MOST + 1}")
    if generation() >= 2026 and len(found) < 2:
        raise invalid(attr, "Feature flag must have at least 2 variants")
    if CONTROL not in {each["key"] for each in found}:
        raise invalid(attr, "Feature flag variants must contain a control variant")
    return found


def of_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """`filters` of a flag, as `parameters` mean them; variants that they lack are control and test."""
    given = parameters.get("feature_flag_variants")
    group = {"properties": [], "rollout_percentage": parameters.get("rollout_percentage", 100)}
    return {
        "groups": [group],
        "multivariate": {"variants": checked("parameters", given) if given else deepcopy(TWO)},
        "aggregation_group_type_index": parameters.get("aggregation_group_type_index"),
    }


def of_input(given: Any) -> dict[str, Any] | None:
    """`feature_flag` of newer servers -> columns of the flag; None: an echo, which means nothing. Raises a 400."""
    if not isinstance(given, dict):
        raise invalid("feature_flag", "Expected an object.")
    if "id" in given:
        return None
    filters = given.get("filters", {})
    if not isinstance(filters, dict):
        raise invalid("feature_flag", "filters must be an object.")
    if foreign := sorted({*(given.keys() - {*INPUT_KEYS}), *(filters.keys() - {*FILTER_KEYS})}):
        raise invalid("feature_flag", f"Unsupported keys: {', '.join(foreign)}")
    groups = filters.get("groups")
    if groups is not None and not (
        isinstance(groups, list)
        and len(groups) == 1
        and isinstance(groups[0], dict)
        and not groups[0].get("properties")
        and groups[0].keys() <= {"properties", "rollout_percentage"}
    ):
        raise invalid("feature_flag", "groups has one group with nothing but its rollout_percentage.")
    taken = deepcopy(filters)
    if groups is not None:
        taken["groups"] = [{"properties": [], **groups[0]}]
    if "multivariate" in taken:
        variants = taken["multivariate"].get("variants") if isinstance(taken["multivariate"], dict) else None
        taken["multivariate"] = {"variants": checked("feature_flag", variants)}
    columns: dict[str, Any] = {"filters": taken}
    if "ensure_experience_continuity" in given:
        columns["ensure_experience_continuity"] = given["ensure_experience_continuity"]
    return columns


def is_eligible(row: FeatureFlag) -> bool:
    """Whether an experiment can take it: two variants or more, and `control` among them."""
    keys = [each.get("key") for each in variants_of(row.filters)]
    if len(keys) < 2 or CONTROL not in keys:
        return False
    return generation() >= 2026 or keys[0] == CONTROL


def adopted(row: FeatureFlag) -> FeatureFlag:
    """A flag that is there already. Raises a 400."""
    if is_eligible(row):
        return row
    keys = [each.get("key") for each in variants_of(row.filters)]
    if generation() < 2026 and len(keys) >= 2 and keys[0] != CONTROL:
        raise ValidationError("Feature flag must have control as the first variant.")
    raise ValidationError("Feature flag is not eligible for experiments.")


def make(row: Experiment, key: str, columns: dict[str, Any], user: User | None) -> FeatureFlag:
    """A new one: on for everybody who is in the experiment as soon as that is launched."""
    filters = {**of_parameters({}), **columns.get("filters", {})}
    sent = {
        "key": key,
        "name": f"Feature Flag for Experiment {row.name}",
        "active": row.start_date is not None,
        "creation_context": "experiments",
        **columns,
        "filters": filters,
    }
    return owned.make(row.project, sent, user)


def write(row: Experiment, columns: dict[str, Any], user: User | None) -> None:
    """Change the flag; of its `filters` what is not named stays."""
    flag = row.feature_flag
    if "filters" in columns:
        columns = {**columns, "filters": {**flag.filters, **columns["filters"]}}
    if any(getattr(flag, name) != value for name, value in columns.items()):
        FEATURE_FLAGS.change(flag, columns, user)


def shown_parameters(row: Experiment) -> Any:
    """Since August 2026 what they say of the flag is read from it."""
    if generation() < LATER_2026:
        return row.parameters
    filters = row.feature_flag.filters
    groups = filters.get("groups") or [{}]
    kept = {name: value for name, value in (row.parameters or {}).items() if name not in OF_FLAG}
    return {
        **kept,
        "feature_flag_variants": [
            {**each, "split_percent": each.get("rollout_percentage")} for each in variants_of(filters)
        ],
        "rollout_percentage": groups[0].get("rollout_percentage"),
        "aggregation_group_type_index": filters.get("aggregation_group_type_index"),
        "ensure_experience_continuity": row.feature_flag.ensure_experience_continuity,
    }
