"""A hog function does something with a project's events: a destination, a transformation, a site app.

Contract: posthog-api-cdp.md 2. DELETE never works; PATCH replaces each field that it has; `inputs` of the file are
plain values, and PostHog has each as an object (2.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.function_inputs import unwrapped, wrapped
from pulumi_posthog.kinds.lookups import HOG_FUNCTION_TEMPLATE
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Blueprint, Cap, IdPlace, Page
from pulumi_posthog.values.json_value import dig
from pulumi_posthog.values.secret_text import MASK

TYPES: Final = (
    "destination",
    "site_destination",
    "internal_destination",
    "source_webhook",
    "site_app",
    "transformation",
    "transformation_log",
)
ORDERED: Final = ("transformation", "transformation_log")
INPUT_TYPES: Final = (
    "what it is: `string`, `number`, `boolean`, `dictionary`, `choice`, `json`, `integration`, `email`, ..."
)
MANAGED_EVENTS: Final = ("$billing_alert_firing",)
SWITCHED_OFF: Final = 3  # the state of a function that PostHog's watcher has stopped (2.13)
# The transformation that every new project has, in its first place (2.10).
GEOIP: Final[Mapping[str, Any]] = {
    "name": "GeoIP",
    "type": "transformation",
    "template": "template-geoip",
    "enabled": True,
    "execution_order": 1,
    "filters": {},
}
FLAGS: Final = ("required", "secret", "hidden")

INPUT: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "minLength": 1, "description": "Its name in `inputs` and in the code."},
        "type": {"type": "string", "minLength": 1, "description": INPUT_TYPES},
        "label": {"type": "string", "description": "Shown in PostHog."},
        "description": {"type": "string", "minLength": 1, "description": "Shown in PostHog."},
        "required": {"type": "boolean", "description": "Whether it has to have a value."},
        "secret": {
            "type": "boolean",
            "description": "Whether it is a secret, which PostHog shows to nobody.",
        },
        "hidden": {"type": "boolean", "description": "Whether PostHog's page does not show it."},
    },
    "required": ["key", "type"],
}
MAPPING: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Shown in PostHog."},
        "filters": {"type": "object", "description": "Which events it is for."},
        "inputs": {"type": "object", "description": "Its inputs: plain values. No secret may be here."},
        "inputs_schema": {"type": "array", "items": dict(INPUT), "description": "Which inputs it has."},
    },
    "additionalProperties": False,
}


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A function as PostHog answers it -> its fields: the template by its id, inputs as plain values."""
    result = {**answer, "template": dig(answer, "template.id"), "type": answer.get("type") or "destination"}
    if "inputs" in answer:
        result["inputs"] = unwrapped(answer["inputs"] or {}, answer.get("inputs_schema"), MASK)
    if "mappings" in answer:
        result["mappings"] = [
            {**each, "inputs": unwrapped(each["inputs"], each.get("inputs_schema"), MASK)}
            if each.get("inputs")
            else each
            for each in answer["mappings"] or ()
        ]
    if "filters" in answer:
        result["filters"] = answer["filters"] or {}
    return result


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send, with what PostHog would forget.

    That is the mappings in every PATCH (2.8), and the place with `enabled` (2.10).
    """
    body = dict(fields)
    if (live or fields).get("type", "destination") not in ORDERED:
        body.pop("execution_order", None)
    elif body.get("enabled") and body.get("execution_order", live.get("execution_order")) is not None:
        body.setdefault("execution_order", live.get("execution_order"))
    if live.get("mappings"):
        body.setdefault("mappings", live["mappings"])
    return body


def mappings_on_the_wire(mappings: Any) -> Any:
    """Mappings as a request has them, None where there are none.

    Null clears them in PostHog. An empty list would take the events out of the filters (2.6).
    """
    items = [
        {
            **each,
            **({"inputs": wrapped(each["inputs"])} if "inputs" in each else {}),
            **({"inputs_schema": complete(each["inputs_schema"])} if "inputs_schema" in each else {}),
        }
        for each in mappings or ()
    ]
    return items or None


def complete(schema: Any) -> Any:
    """The schema of inputs with every flag in each of them: a PATCH fills in no nested defaults (2.8)."""
    return [{**dict.fromkeys(FLAGS, False), **item} for item in schema or ()]


def kept_by(values: Mapping[str, Any]) -> str | None:
    """That PostHog's alerts, or Zapier, made a function and look after it (2.11); None for any other."""
    events = (values.get("filters") or {}).get("events") or ()
    if any(isinstance(each, Mapping) and each.get("id") in MANAGED_EVENTS for each in events):
        return "PostHog's alerts look after it"
    return "Zapier looks after it" if values.get("template") == "template-zapier" else None


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without what its template supplied."""
    dropped = {"hog", "inputs_schema", "icon_url"} if values.get("template") else set()
    dropped |= set() if values.get("type") in ORDERED else {"execution_order"}
    return {name: value for name, value in values.items() if name not in dropped}


def remark(answer: Mapping[str, Any]) -> str | None:
    """What PostHog's watcher did, which is no difference: `enabled` stays true (2.13). None when it did nothing."""
    if answer.get("enabled") and dig(answer, "status.state") == SWITCHED_OFF:
        return "is enabled, and PostHog's watcher has switched it off because it failed too often"
    return None


HOG_FUNCTION = Kind(
    name="hog_function",
    resource="HogFunction",
    section="projects.*.hog_functions",
    doc=(
        "A hog function is code that PostHog runs for events: a destination, a transformation or a site "
        "app. It uses a template or your own code."
    ),
    purpose=(
        "It sends events to other systems, changes or drops them when they come in, or adds code to a web "
        "site. PostHog's page calls it a destination, a transformation, a source or a site app."
    ),
    page=Page("*Data pipelines*", "/project/{project}/functions/{id}"),
    collection="/api/projects/{project}/hog_functions/",
    parent="project",
    unmanaged={"access": "PostHog has no access rules of single functions"},
    natural_keys=(("type", "name"),),
    narrowed_by="template",
    read_scope="hog_function:read",
    write_scope="hog_function:write",
    page_size=100,  # each item has its whole template, and its status costs the server a call (2.2)
    list_parameters={"full": "true"},
    whole_sign="inputs",
    since=2025,
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    restored=True,
    serial_writes=True,  # the order of transformations is the project's (2.14)
    activity_scopes=("HogFunction",),
    checks="check",
    from_api=from_api,
    to_api=to_api,
    exported=exported,
    kept_by=kept_by,
    made_by_posthog=GEOIP,
    remark=remark,
    blueprint=Blueprint(
        lookup=HOG_FUNCTION_TEMPLATE,
        field="template",
        inputs="inputs",
        schema="inputs_schema",
        code="hog",
        fits="type",
    ),
    caps=(
        Cap(
            number=20,
            values={"type": "transformation", "enabled": True},
            words="enabled transformations",
        ),
        Cap(
            number=5,
            values={"type": "transformation_log", "enabled": True},
            words="enabled transformations of logs",
        ),
    ),
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True, also_in_body=True),
        Field(
            name="type",
            doc="What it is. PostHog does not take it from the template.",
            choices=TYPES,
            default="destination",
            replace_on_changes=True,
        ),
        Field(
            name="template",
            doc="The id of the template that it is made from, such as `template-webhook`.",
            max_length=400,
            sent_as="template_id",
            replace_on_changes=True,
            silent_when_null=True,
        ),
        Field(
            name="description",
            doc="A text that PostHog shows. Without it, PostHog shows the template's.",
            default="",
        ),
        Field(name="enabled", type=Type.BOOLEAN, doc="Whether it runs.", default=False),
        Field(
            name="hog",
            doc=(
                "Its code, as in `!text fn.hog`. It is written in Hog, or in TypeScript for a web page. "
                "A template has its own code."
            ),
            max_length=100 * 1024,
        ),
        Field(
            name="inputs_schema",
            type=Type.LIST,
            doc="Which inputs the code takes. A template has its own.",
            items=INPUT,
            default=[],
            key_defaults=dict.fromkeys(FLAGS, False),
            kept_keys=(
                "integration",
                "integration_key",
                "integration_field",
                "requires_field",
                "requiredScopes",
            ),
            wire=complete,
        ),
        Field(
            name="inputs",
            type=Type.OBJECT,
            doc=(
                "The values of its inputs, by key. Write secrets as `!env NAME` or `!secret name`, an integration as"
                " `slack/Acme` (it is made on PostHog's page), a Liquid template as `{value: ..., templating: liquid}`."
            ),
            merge_levels=1,
            sent_whole=True,
            secret=True,
            wire=wrapped,
            logged_as=("inputs", "encrypted_inputs"),  # masked in newer servers (2.16)
        ),
        Field(
            name="filters",
            type=Type.OBJECT,
            doc="Which events it is for: `events`, `actions`, `properties`, `filter_test_accounts`, `source`.",
            keys={
                "events": {
                    "type": "array",
                    "items": {"type": "object"},
                    "description": "Any of these events.",
                },
                "actions": {
                    "type": "array",
                    "items": {"type": "object"},
                    "description": "Any of these actions. Each has an `id`, as in `!ref action/Signed up`.",
                },
                "properties": {"type": "array", "description": "What the event also has to have."},
                "data_warehouse": {"type": "array", "description": "Tables of the data warehouse."},
                "filter_test_accounts": {
                    "type": "boolean",
                    "description": "Whether internal and test users are left out.",
                },
                "source": {"type": "string", "description": "`events`, `person-updates`, ..."},
            },
            open_keys=False,
            default={},
            hidden_keys=("bytecode", "transpiled", "bytecode_error"),
            kept_keys=("source",),
            key_defaults={"events": [], "actions": [], "properties": [], "filter_test_accounts": False},
            ids=(
                IdPlace(path="actions.*.id", names="action", as_text=True),
                IdPlace(path="properties.*.value", names="cohort", where=("type", "cohort")),
                IdPlace(path="properties.*.value", names="alert", where=("key", "alert_id")),
                IdPlace(path="events.*.properties.*.value", names="cohort", where=("type", "cohort")),
            ),
        ),
        Field(
            name="mappings",
            type=Type.LIST,
            doc="For a destination: what it does for which events, instead of the events in `filters`.",
            items=MAPPING,
            default=[],
            hidden_keys=("bytecode", "transpiled", "bytecode_error"),
            free_keys=(
                "inputs",
            ),  # without what PostHog adds already, and a user's own mapping may have any key
            kept_keys=("source",),
            key_defaults={**dict.fromkeys(FLAGS, False), "name": None},
            ids=(
                IdPlace(path="*.filters.actions.*.id", names="action", as_text=True),
                IdPlace(path="*.filters.properties.*.value", names="cohort", where=("type", "cohort")),
            ),
            wire=mappings_on_the_wire,
            logged_as=("mappings",),  # masked in newer servers (2.16)
        ),
        Field(
            name="masking",
            type=Type.OBJECT,
            doc="How often it may run for events with the same `hash`: `ttl` in seconds, and a `threshold`.",
            nullable=True,
            keys={
                "ttl": {
                    "type": "integer",
                    "minimum": 60,
                    "maximum": 86_400,
                    "description": "For how many seconds.",
                },
                "hash": {"type": "string", "minLength": 1, "description": "A Hog template."},
                "threshold": {"type": ["integer", "null"], "description": "After how many events."},
            },
            open_keys=False,
            required_keys=("ttl", "hash"),
            hidden_keys=("bytecode",),
            key_defaults={"threshold": None},
        ),
        Field(name="icon_url", doc="Its picture. Without it, PostHog shows the template's.", nullable=True),
        Field(
            name="execution_order",
            type=Type.INTEGER,
            doc="For a transformation: its place in the order. Without it, its place in the file or program decides.",
            minimum=0,
            maximum=32_767,
            numbered_within=("type", ORDERED),
            logged_as=("priority",),
        ),
        Field(name="created_at", read_only=True),
    ),
)
