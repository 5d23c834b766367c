"""A feature flag decides for whom something is switched on, or which of several variants a person gets.

Contract: posthog-api-release.md 2. Servers up to mid-2026 replace `filters` whole in a PATCH, newer ones merge its
first level: the complete object is sent, with what other parts of PostHog keep in it (2.5). DELETE never works.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.shared_fields import FOLDER, TAGS
from pulumi_posthog.kinds.words import IdPlace, Page, Scheduled
from pulumi_posthog.values.json_value import Json, instant
from pulumi_posthog.values.secret_text import MASK, is_unknown

KEY: Final = r"^[a-zA-Z0-9_-]+$"
VARIANT_KEY: Final = r"[a-zA-Z0-9_./-]{1,400}"  # 2.7
WHOLE: Final = 100  # per cent, which the variants of a flag come to
ENCRYPTED: Final = "true"  # the only payload of a remote configuration
# What a PATCH says of the keys that are not declared, so that replacing and merging servers come to the same (2.5).
CLEARED: Final[Mapping[str, Json]] = {
    "multivariate": None,
    "payloads": {},
    "aggregation_group_type_index": None,
}
CONDITION: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "key": {
            "type": ["string", "number"],
            "description": "The property's name; of a cohort, `id`; of a flag, `!ref feature_flag/KEY`.",
        },
        "type": {"type": "string", "description": "Whose: `person`, `cohort`, `group` or `flag`."},
        "operator": {"type": ["string", "null"], "description": "`exact`, `icontains`, `in`, ..."},
        "value": {"description": "What it is compared with; of a cohort, `!ref cohort/NAME`."},
        "group_type_index": {"description": "Of a group's property: which type, `!ref group_type/NAME`."},
    },
    "required": ["key", "type"],
}
GROUP: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "properties": {"type": "array", "items": CONDITION, "description": "All of them have to be true."},
        "rollout_percentage": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 100,
            "description": "For how many of those, in per cent; null: for all.",
        },
        "variant": {"type": ["string", "null"], "description": "Which variant they get."},
        "description": {"type": ["string", "null"], "description": "Shown in PostHog."},
        "aggregation_group_type_index": {"description": "Of which type of group it is about."},
        "sort_key": {"type": ["string", "null"], "description": "Where PostHog's page shows it."},
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
            "description": "For how many, in per cent; all variants together come to 100.",
        },
    },
    "required": ["key", "rollout_percentage"],
    "additionalProperties": False,
}
FILTERS: Final[Mapping[str, Any]] = {
    "groups": {
        "type": "array",
        "items": GROUP,
        "description": "Release conditions: who fits one of them has the flag. The first that fits decides.",
    },
    "multivariate": {
        "type": ["object", "null"],
        "properties": {"variants": {"type": "array", "items": VARIANT, "description": "The variants."}},
        "required": ["variants"],
        "additionalProperties": False,
        "description": "The variants of a flag that has more than on and off.",
    },
    "payloads": {
        "type": ["object", "null"],
        "description": "What your code gets with a variant, by its key, or with the flag, under `'true'`: any value.",
    },
    "aggregation_group_type_index": {
        "description": "Null: it is for persons. Else for groups: their type, as in `!ref group_type/company`.",
    },
    "early_exit": {
        "type": ["boolean", "null"],
        "description": "Whether a condition that fits and whose rollout does not ends the search.",
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


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A flag as PostHog answers it -> its fields; an encrypted payload, which a key is shown, as a mask."""
    result = {**answer}
    if "filters" in answer:
        result["filters"] = with_values(answer["filters"] or {})
    if answer.get("has_encrypted_payloads") and "filters" in result:
        payloads = {**(result["filters"].get("payloads") or {})}
        result["encrypted_payloads"] = {ENCRYPTED: MASK} if payloads.pop(ENCRYPTED, None) is not None else {}
        result["filters"] = {**result["filters"], "payloads": payloads}
    return result


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Payloads are compared as values: `{a: 1}` and its JSON text are one."""
    return {**fields, "filters": with_values(fields["filters"])} if "filters" in fields else fields


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """An encrypted payload stands among the others in a request; a new flag makes no dashboard (2.3)."""
    body = {name: value for name, value in fields.items() if name != "encrypted_payloads"}
    if fields.get("encrypted_payloads"):
        filters = body.get("filters", live.get("filters")) or {}
        payloads = {**(filters.get("payloads") or {}), **fields["encrypted_payloads"]}
        body |= {"filters": {**filters, "payloads": payloads}, "has_encrypted_payloads": True}
        body.setdefault("is_remote_configuration", True)
    return body if live else {**body, "_should_create_usage_dashboard": False}


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The complete `filters`, and what was read, so that PostHog undoes no change of the last seconds (2.10)."""
    result = {**body}
    if isinstance(body.get("filters"), Mapping):
        result["filters"] = complete(body["filters"], answer)
    if {*body} - {"deleted"} and isinstance(answer.get("version"), int):
        result |= {"version": answer["version"], "original_flag": dict(answer)}
    return result


def complete(filters: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Declared filters, with what experiments and early access features keep in them, and explicit empties."""
    before = answer.get("filters") or {}
    foreign = {key: value for key, value in before.items() if key not in FILTERS and key != "version"}
    result = {**foreign, **CLEARED, **filters}
    result["groups"] = [
        {**frozen(before, place), **group} for place, group in enumerate(filters.get("groups") or ())
    ] or [*(before.get("groups") or ())]
    if answer.get("has_encrypted_payloads"):
        kept = {ENCRYPTED: (before.get("payloads") or {}).get(ENCRYPTED)}
        if kept[ENCRYPTED] is not None:
            result["payloads"] = {**kept, **(result.get("payloads") or {})}
    return result


def frozen(before: Mapping[str, Any], place: int) -> Mapping[str, Any]:
    """What experiments stamp on the condition at a place (2.4)."""
    groups = before.get("groups") or ()
    group = groups[place] if place < len(groups) else {}
    return {key: value for key, value in group.items() if key.startswith("exposure_frozen")}


def confided(answer: Mapping[str, Any]) -> Iterator[str]:
    """The encrypted payload, which PostHog shows to a personal key in plain text (2.11)."""
    payloads = (answer.get("filters") or {}).get("payloads") or {}
    if answer.get("has_encrypted_payloads"):
        yield from (value for value in payloads.values() if isinstance(value, str))


def checked(fields: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """What newer servers take without a word, and evaluate in a way that nobody meant (2.7)."""
    filters = fields.get("filters")
    if isinstance(filters, Mapping):
        yield from wrong_filters(filters)
    if fields.get("archived") and fields.get("active", True):
        yield (
            "archived",
            "is archived and active",
            "write `active: false`: PostHog archives no flag that is on",
        )
    if fields.get("ensure_experience_continuity") and fields.get("bucketing_identifier") == "device_id":
        yield (
            "ensure_experience_continuity",
            "keeps variants after a login and puts devices into them, and PostHog takes one of both",
            "take one of them out",
        )


def wrong_filters(filters: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """What is wrong in filters: in variants, conditions and payloads."""
    multivariate = filters.get("multivariate") or {}
    variants = multivariate.get("variants") or () if isinstance(multivariate, Mapping) else ()
    keys = [each["key"] for each in variants]
    yield from wrong_variants(variants, keys)
    if filters.get("groups") == []:
        yield (
            "filters.groups",
            "has no condition, so it is on for nobody",
            "write `active: false` in its place",
        )
    for place, group in enumerate(filters.get("groups") or ()):
        if group.get("variant") is not None and group["variant"] not in keys:
            yield (
                f"filters.groups.{place}.variant",
                f'gives people the variant "{group["variant"]}", which it does not have',
                f"its variants are {', '.join(keys)}" if keys else "it has no variants",
            )
        whose = group.get("aggregation_group_type_index", filters.get("aggregation_group_type_index"))
        for number, condition in enumerate(group.get("properties") or ()):
            for problem in wrong_condition(condition, of_groups=whose is not None):
                yield (f"filters.groups.{place}.properties.{number}", *problem)
    yield from wrong_payloads(filters.get("payloads") or {}, keys)


def wrong_variants(
    variants: Sequence[Mapping[str, Any]], keys: list[str]
) -> Iterator[tuple[str, str, str | None]]:
    """Variants that do not come to the whole, or whose keys PostHog does not take."""
    if variants and not any(is_unknown(each["rollout_percentage"]) for each in variants):
        total = math.fsum(each["rollout_percentage"] for each in variants)
        if not math.isclose(total, WHOLE):
            yield (
                "filters.multivariate.variants",
                f"has variants for {total:g} per cent of its people, and they must come to {WHOLE}",
                "people without a variant get none of them",
            )
    for place, key in enumerate(keys):
        if key in keys[:place]:
            yield f"filters.multivariate.variants.{place}", f'has two variants "{key}"', None
        if not is_unknown(key) and not re.fullmatch(VARIANT_KEY, key):
            yield (
                f"filters.multivariate.variants.{place}.key",
                f'has the variant "{key}", and PostHog takes no such key',
                "letters, digits, `_`, `.`, `/` and `-`, at most 400 of them",
            )


def wrong_condition(condition: Mapping[str, Any], *, of_groups: bool) -> Iterator[tuple[str, str | None]]:
    """What PostHog refuses of one condition, of a flag for persons or for groups (2.4, 2.7, 2.8)."""
    type_, operator = condition.get("type"), condition.get("operator")
    known = ("group",) if of_groups else ("person", "cohort", "flag")
    if is_unknown(type_) or is_unknown(operator):
        return
    if type_ not in known:
        who = "groups" if of_groups else "persons"
        yield f"has a condition of the type `{type_}`, and is for {who}", f"it takes {' and '.join(known)}"
    elif type_ == "flag" and operator != "flag_evaluates_to":
        yield "needs another flag by another operator", "write `operator: flag_evaluates_to`"
    elif type_ != "cohort" and operator in ("in", "not_in"):
        yield f"has the operator `{operator}`, which is for cohorts", "write `exact` or `is_not`"


def wrong_payloads(payloads: Mapping[str, Any], keys: list[str]) -> Iterator[tuple[str, str, str | None]]:
    """Payloads of no variant, and texts that are no JSON."""
    for key, payload in payloads.items():
        if key not in (keys or [ENCRYPTED]):
            yield (
                f"filters.payloads.{key}",
                f'has a payload for "{key}", which is none of its variants',
                f"its variants are {', '.join(keys)}"
                if keys
                else "a flag without variants has one, `'true'`",
            )
        if isinstance(payload, str) and not is_unknown(payload) and not is_json(payload):
            yield (
                f"filters.payloads.{key}",
                f'has a payload for "{key}" that is no JSON text',
                f"write the value itself, or a text as JSON has it: '{json.dumps(payload)}'",
            )


def is_json(text: str) -> bool:
    """Whether a text is JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What a flag without conditions does, which surprises people (2.3)."""
    if "filters" not in fields and fields.get("active", True):
        yield "declares no `filters`: it is on for everybody from the moment in which it is made"


def scheduled(change: Mapping[str, Any]) -> str | None:
    """What a change that somebody has scheduled will do (2.12)."""
    if change.get("model_name") != "FeatureFlag" or (
        change.get("executed_at") and not change.get("is_recurring")
    ):
        return None
    operation = str((change.get("payload") or {}).get("operation")).replace("_", " ")
    again = f", {change['recurrence_interval']}" if change.get("recurrence_interval") else ""
    when = f"{instant(str(change.get('scheduled_at')))}{again}"
    return f"is about to be changed by PostHog ({operation}, at {when}): it will then differ"


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what is as if absent, and without what others keep in it."""
    filters = values.get("filters")
    if not isinstance(filters, Mapping):
        return values
    return {**values, "filters": FEATURE_FLAG.field("filters").document(filters, {})}


# How the filters of a flag are compared and sent, wherever they stand.
FLAG_FILTERS: Final[Mapping[str, Any]] = {
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

FEATURE_FLAG = Kind(
    name="feature_flag",
    resource="FeatureFlag",
    section="projects.*.feature_flags",
    doc="A feature flag: for whom something is switched on, or which of several variants they get.",
    purpose=(
        "Release something to a few people first, or switch it off at once, without a release of the code. A change of"
        " a rollout is then reviewed like any other."
    ),
    page=Page("*Feature flags*", "/project/{project}/feature_flags/{id}"),
    collection="/api/projects/{project}/feature_flags/",
    parent="project",
    accessible_as="feature_flag",
    natural_keys=(("key",),),
    read_scope="feature_flag:read",
    write_scope="feature_flag:write",
    page_size=1000,
    also_listed={"archived": "true"},
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    restored=True,
    reuse_words="PostHog gives up that one for good, so bring it back there first if it is meant",  # 2.9
    activity_scopes=("FeatureFlag",),
    from_api=from_api,
    to_api=to_api,
    comparable=comparable,
    alongside=alongside,
    confided=confided,
    checked=checked,
    noted=noted,
    scheduled=Scheduled(
        collection="/api/projects/{project}/scheduled_changes/", key="record_id", words=scheduled
    ),
    exported=exported,
    fields=(
        Field(name="project", required=True, refers_to="project", replace_on_changes=True),
        Field(
            name="key",
            doc="What your code asks for.",
            max_length=400,
            pattern=KEY,
            pattern_words="letters, digits, `-` and `_`",
            from_key=True,
            replace_on_changes=True,  # a rename keeps the id, and code that asks for the old key gets nothing (2.9)
            changed_by_id=True,
        ),
        Field(name="name", doc="What it is for; PostHog's page shows it below the key.", default=""),
        Field(
            name="filters",
            type=Type.OBJECT,
            doc="For whom it is on, in PostHog's own form. Without it, a new flag is on for everybody.",
            keys=FILTERS,
            open_keys=False,
            **FLAG_FILTERS,
        ),
        Field(name="active", type=Type.BOOLEAN, doc="Whether it is evaluated at all.", default=True),
        Field(
            name="archived",
            type=Type.BOOLEAN,
            doc="Whether it is put away; only one that is not active can be.",
            default=False,
            since=2026,
        ),
        TAGS,
        Field(
            name="evaluation_runtime",
            doc="Where it may be evaluated.",
            choices=("server", "client", "all"),
            nullable=True,
            default="all",
            since=2025,
        ),
        Field(
            name="bucketing_identifier",
            doc="By what a person is put into a variant.",
            choices=("distinct_id", "device_id"),
            nullable=True,
            default="distinct_id",
            since=2026,
        ),
        Field(
            name="ensure_experience_continuity",
            type=Type.BOOLEAN,
            doc="Whether a person keeps the variant after logging in.",
            nullable=True,
            default=False,
        ),
        Field(
            name="is_remote_configuration",
            type=Type.BOOLEAN,
            doc="Whether your code asks it for a value, in `filters.payloads`, and not for on or off.",
            nullable=True,
            default=False,
            since=2025,
        ),
        Field(
            name="encrypted_payloads",
            type=Type.OBJECT,
            doc=(
                "The value of a remote configuration that PostHog keeps encrypted, as JSON text: `'true': !env NAME` or"
                " `'true': !secret name`. It makes the flag a remote configuration."
            ),
            keys={ENCRYPTED: {"type": "string", "description": "The value, as JSON text."}},
            open_keys=False,
            default={},
            secret=True,
            merge_levels=1,
            since=2025,
        ),
        FOLDER,
        Field(name="created_at", read_only=True),
    ),
)
