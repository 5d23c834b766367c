"""A feature flag decides for whom something is switched on, or which of several variants a person gets.

Contract: posthog-api-release.md 2. Servers up to mid-2026 replace `filters` whole in a PATCH, newer ones merge its
first level: the complete object is sent, with what other parts of PostHog keep in it (2.5). DELETE never works.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.flag_filters import (
    CLEARED,
    ENCRYPTED,
    FILTERS,
    FLAG_FILTERS,
    KEY,
    tidied,
    with_values,
    wrong_filters,
)
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import FOLDER, IN_PROJECT, TAGS
from pulumi_posthog.kinds.words import Others, Page, Scheduled
from pulumi_posthog.values.json_value import instant
from pulumi_posthog.values.secret_text import MASK

MOST_CONTEXTS: Final = 50  # 2.3


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
    """The fields with payloads as values, so that `{a: 1}` and its JSON text are equal."""
    return {**fields, "filters": with_values(fields["filters"])} if "filters" in fields else fields


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send: an encrypted payload is among the others; a new flag makes no dashboard (2.3)."""
    body = {name: value for name, value in fields.items() if name != "encrypted_payloads"}
    if fields.get("encrypted_payloads"):
        filters = body.get("filters", live.get("filters")) or {}
        payloads = {**(filters.get("payloads") or {}), **fields["encrypted_payloads"]}
        body |= {"filters": {**filters, "payloads": payloads}, "has_encrypted_payloads": True}
        body.setdefault("is_remote_configuration", True)
    return body if live else {**body, "_should_create_usage_dashboard": False}


def alongside(body: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with the complete `filters` and with what was read, so that PostHog undoes no recent change (2.10)."""
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


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What newer servers take without an error, and evaluate in a way that was not meant (2.7)."""
    filters = fields.get("filters")
    if isinstance(filters, Mapping):
        yield from wrong_filters(filters)
    if len(fields.get("evaluation_contexts") or ()) > MOST_CONTEXTS:
        yield "evaluation_contexts", f"has more than {MOST_CONTEXTS} contexts", None
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


def checked_beside(fields: Mapping[str, Any], others: Others) -> Iterator[Objection]:
    """A flag that is on and needs one that is off: PostHog refuses either to be so (2.8)."""
    filters = fields.get("filters")
    if not isinstance(filters, Mapping) or not fields.get("active", True):
        return
    for place, group in enumerate(filters.get("groups") or ()):
        for number, condition in enumerate(group.get("properties") or ()):
            needed = others("feature_flag", condition.get("key")) if condition.get("type") == "flag" else None
            if needed and not needed.get("active", True):
                yield (
                    f"filters.groups.{place}.properties.{number}",
                    f'is on and needs the flag "{needed.get("key")}", which is declared off',
                    "switch this one off as well, or take the condition out",
                )


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What a flag without conditions does, which surprises people (2.3)."""
    if "filters" not in fields and fields.get("active", True):
        yield "declares no `filters`: it is on for everybody from the moment in which it is made"


def scheduled(change: Mapping[str, Any]) -> str | None:
    """What a change that somebody has scheduled will do (2.12); None for one that is over, or of something else."""
    if change.get("model_name") != "FeatureFlag" or (
        change.get("executed_at") and not change.get("is_recurring")
    ):
        return None
    operation = str((change.get("payload") or {}).get("operation")).replace("_", " ")
    again = f", {change['recurrence_interval']}" if change.get("recurrence_interval") else ""
    when = f"{instant(str(change.get('scheduled_at')))}{again}"
    return f"is about to be changed by PostHog ({operation}, at {when}): it will then differ"


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without what is as if absent, and without what others keep in it."""
    filters = values.get("filters")
    if not isinstance(filters, Mapping):
        return values
    return {**values, "filters": tidied(filters, FEATURE_FLAG.field("filters"))}


FEATURE_FLAG = Kind(
    name="feature_flag",
    resource="FeatureFlag",
    section="projects.*.feature_flags",
    doc="A feature flag says for whom something is switched on, or which of several variants a person gets.",
    purpose=(
        "Release something to a few people first, or switch it off at once, without a release of the "
        "code. A change of a rollout is then reviewed like any other change."
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
    unmanaged={
        "analytics_dashboards": "PostHog adds dashboards to those it has, and takes none out",
        "evaluation_tags": "only servers of 2025 have them, and only if PostHog has switched them on",
        "has_encrypted_payloads": "`encrypted_payloads` says so",
    },
    activity_scopes=("FeatureFlag",),
    from_api=from_api,
    to_api=to_api,
    comparable=comparable,
    alongside=alongside,
    confided=confided,
    checked=checked,
    checked_beside=checked_beside,
    noted=noted,
    scheduled=Scheduled(
        collection="/api/projects/{project}/scheduled_changes/", key="record_id", words=scheduled
    ),
    exported=exported,
    fields=(
        IN_PROJECT,
        Field(
            name="key",
            doc="The key that your code asks for.",
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
            doc="Whether it is archived. Only a flag that is not active can be.",
            default=False,
            since=2026,
        ),
        TAGS,
        Field(
            name="evaluation_contexts",
            type=Type.STRINGS,
            items={"type": "string", "maxLength": 255},
            doc=(
                "In which parts of your product it is evaluated, in lower case. PostHog stores them only "
                "if it has switched this on for the organization."
            ),
            unordered=True,
            lowered=True,
            default=[],
            since=2026,
        ),
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
            doc="What decides which variant somebody gets: the person, or the device.",
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
            doc="Whether your code asks it for a value in `filters.payloads`, instead of for on or off.",
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
