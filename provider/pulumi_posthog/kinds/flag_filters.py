"""Filters of flags: their form, how they are compared and sent, and what is wrong in them.

Flags have them, and surveys for the people whom they aim at (posthog-api-release.md 2.4 to 2.7).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_posthog.kinds.conditions import CONDITION, wrong_condition
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.words import IdPlace
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import is_unknown

KEY: Final = r"^[a-zA-Z0-9_-]+$"  # 2.3
VARIANT_KEY: Final = r"[a-zA-Z0-9_./-]{1,400}"  # 2.7
LARGEST: Final = 512 * 1024  # characters of JSON that PostHog takes (2.7)
WHOLE: Final = 100  # per cent, which the variants of a flag come to
ENCRYPTED: Final = "true"  # the only payload of a remote configuration
# What a PATCH says of the keys that are not declared, so that replacing and merging servers come to the same (2.5).
CLEARED: Final[Mapping[str, Json]] = {
    "multivariate": None,
    "payloads": {},
    "aggregation_group_type_index": None,
}
GROUP: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "properties": {
            "type": "array",
            "items": CONDITION,
            "description": "People have to fit all of them.",
        },
        "rollout_percentage": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 100,
            "description": "For how many of these people, in per cent. Null means all.",
        },
        "variant": {"type": ["string", "null"], "description": "Which variant they get."},
        "description": {"type": ["string", "null"], "description": "Shown in PostHog."},
        "aggregation_group_type_index": {"description": "The type of group that it is about."},
        "sort_key": {"type": ["string", "null"], "description": "Its place on PostHog's page."},
    },
    "additionalProperties": False,
}
VARIANT: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "minLength": 1, "description": "What your code gets."},
        "name": {"type": ["string", "null"], "description": "Shown in PostHog."},
        "description": {"type": ["string", "null"], "description": "Shown in PostHog."},
        "rollout_percentage": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "For how many people, in per cent. The percentages of all variants add up to 100.",
        },
    },
    "required": ["key", "rollout_percentage"],
    "additionalProperties": False,
}
FILTERS: Final[Mapping[str, Any]] = {
    "groups": {
        "type": "array",
        "items": GROUP,
        "description": "Release conditions. A person who fits one of them has the flag. The first that fits decides.",
    },
    "multivariate": {
        "type": ["object", "null"],
        "properties": {"variants": {"type": "array", "items": VARIANT, "description": "The variants."}},
        "required": ["variants"],
        "additionalProperties": False,
        "description": "The variants, for a flag that is more than on and off.",
    },
    "payloads": {
        "type": ["object", "null"],
        "description": "What your code gets with a variant, by its key, or with the flag, under `'true'`: any value.",
    },
    "aggregation_group_type_index": {
        "description": (
            "Null means that it is for persons. For groups, it is their type, as in `!ref "
            "group_type/company`."
        ),
    },
    "early_exit": {
        "type": ["boolean", "null"],
        "description": "Whether the search ends at a condition that fits a person who is outside of its rollout.",
    },
}


def parsed(payload: Json) -> Json:
    """A payload as the value that its JSON text says; what is no JSON text stays as it is."""
    if not isinstance(payload, str):
        return payload
    try:
        return json.loads(payload)
    except ValueError:
        return payload


def with_values(filters: Json) -> Json:
    """Filters with payloads as values, whichever of both forms they were in."""
    if not isinstance(filters, Mapping) or not isinstance(filters.get("payloads"), Mapping):
        return filters
    return {**filters, "payloads": {key: parsed(value) for key, value in filters["payloads"].items()}}


def with_texts(filters: Json) -> Json:
    """Filters as a request has them: payloads as JSON texts (2.4)."""
    if not isinstance(filters, Mapping) or not isinstance(filters.get("payloads"), Mapping):
        return filters
    texts = {
        key: value if isinstance(value, str) and parsed(value) != value else json.dumps(value)
        for key, value in filters["payloads"].items()
    }
    return {**filters, "payloads": texts}


def wrong_filters(filters: Mapping[str, Any], at: str = "filters") -> Iterator[Objection]:
    """What is wrong in filters, which are at `at`: in variants, conditions and payloads."""
    multivariate = filters.get("multivariate") or {}
    variants = multivariate.get("variants") or () if isinstance(multivariate, Mapping) else ()
    keys = [each["key"] for each in variants]
    yield from wrong_variants(variants, f"{at}.multivariate.variants")
    if filters.get("groups") == []:
        yield (
            f"{at}.groups",
            "has no condition, so it is on for nobody",
            "write `active: false` in its place",
        )
    for place, group in enumerate(filters.get("groups") or ()):
        if group.get("variant") is not None and group["variant"] not in keys:
            yield (
                f"{at}.groups.{place}.variant",
                f'gives people the variant "{group["variant"]}", which it does not have',
                f"its variants are {', '.join(keys)}" if keys else "it has no variants",
            )
        whose = group.get("aggregation_group_type_index", filters.get("aggregation_group_type_index"))
        for number, condition in enumerate(group.get("properties") or ()):
            for problem in wrong_condition(condition, of_groups=whose is not None):
                yield (f"{at}.groups.{place}.properties.{number}", *problem)
    yield from wrong_payloads(filters.get("payloads") or {}, keys, f"{at}.payloads")


def wrong_variants(variants: Sequence[Mapping[str, Any]], at: str) -> Iterator[Objection]:
    """Variants, which are at `at`, that do not come to the whole, or whose keys PostHog does not take."""
    keys = [each["key"] for each in variants]
    if variants and not any(is_unknown(each["rollout_percentage"]) for each in variants):
        total = math.fsum(each["rollout_percentage"] for each in variants)
        if not math.isclose(total, WHOLE):
            yield (
                at,
                f"has variants for {total:g} per cent of its people, and they must come to {WHOLE}",
                "people without a variant get none of them",
            )
    for place, key in enumerate(keys):
        if key in keys[:place]:
            yield f"{at}.{place}", f'has two variants "{key}"', None
        if not is_unknown(key) and not re.fullmatch(VARIANT_KEY, key):
            yield (
                f"{at}.{place}.key",
                f'has the variant "{key}", and PostHog takes no such key',
                "letters, digits, `_`, `.`, `/` and `-`, at most 400 of them",
            )


def wrong_payloads(payloads: Mapping[str, Any], keys: list[str], at: str) -> Iterator[Objection]:
    """Payloads, which are at `at`, of no variant, and texts that are no JSON."""
    for key, payload in payloads.items():
        if key not in (keys or [ENCRYPTED]):
            yield (
                f"{at}.{key}",
                f'has a payload for "{key}", which is none of its variants',
                f"its variants are {', '.join(keys)}"
                if keys
                else "a flag without variants has one, `'true'`",
            )
        if isinstance(payload, str) and not is_unknown(payload) and not is_json(payload):
            yield (
                f"{at}.{key}",
                f'has a payload for "{key}" that is not JSON text',
                f"write the value itself, or a text as JSON has it: '{json.dumps(payload)}'",
            )


def tidied(filters: Mapping[str, Any], field: Field) -> Mapping[str, Any]:
    """Filters as a file has them: without what is as if absent, and with words for "everybody"."""
    found = field.document(filters, {})
    if not isinstance(found, dict) or not isinstance(found.get("groups"), list):
        return filters
    return {**found, "groups": [each or {"rollout_percentage": WHOLE} for each in found["groups"]]}


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# How the filters of a flag are compared and sent, wherever they are.
FLAG_FILTERS: Final[Mapping[str, Any]] = {
    "max_json_length": LARGEST,
    "required_keys": ("groups",),
    "hidden_keys": ("cohort_name", "group_key_names"),
    "kept_keys": ("sort_key", "exposure_frozen", "exposure_frozen_cohort"),
    "key_defaults": {"payloads": {}, "rollout_percentage": 100, "properties": [], "negation": False},
    "null_is_absent": True,
    "ids": (
        IdPlace(path="groups.*.properties.*.value", names="cohort", where=("type", "cohort")),
        IdPlace(path="groups.*.properties.*.key", names="feature_flag", where=("type", "flag"), as_text=True),
        IdPlace(path="groups.*.properties.*.group_type_index", names="group_type"),
        IdPlace(path="groups.*.aggregation_group_type_index", names="group_type"),
        IdPlace(path="aggregation_group_type_index", names="group_type"),
    ),
    "wire": with_texts,
}
