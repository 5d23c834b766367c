"""A batch export copies a project's events, persons or sessions to a storage or a warehouse, at intervals.

Contract: posthog-api-cdp.md 4. PostHog has type, `config` and integration in one object, `destination`; in the
file they are beside each other. Secrets, and the user among them, are never answered (4.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Lifecycle, Move, Page
from pulumi_posthog.values.secret_text import MASK, holds_secret, is_unknown
from pulumi_posthog.values.suggestion import suggestion

EVENTS: Final = ("include_events", "exclude_events")
FILES: Final = ("compression", "file_format", "max_file_size_mb")
BUCKET: Final = ("bucket_name", "region", "prefix")
AWS: Final = ("aws_access_key_id", "aws_secret_access_key")
STORE: Final = (*BUCKET, *FILES, "encryption", "kms_key_id", "endpoint_url", "use_virtual_style_addressing")
# Type -> the keys of its `config`: required ones, others, and those that PostHog shows to nobody. The required secrets
# are those of an export that has its credentials in `config`; with an integration there are none (4.4).
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "S3": BUCKET,
    "AwsS3": BUCKET,
    "S3Compatible": BUCKET,
    "Snowflake": ("database", "warehouse", "schema"),
    "Postgres": ("database",),
    "Redshift": ("database",),
    "BigQuery": ("dataset_id",),
    "Databricks": ("http_path", "catalog", "schema", "table_name"),
    "AzureBlob": ("container_name",),
    "HTTP": ("url",),
    "NoOp": (),
}
INLINE: Final[Mapping[str, tuple[str, ...]]] = {
    "Snowflake": ("account", "user"),
    "Postgres": ("host", "user", "password"),
    "Redshift": ("host", "user", "password"),
    "BigQuery": ("project_id", "private_key", "private_key_id", "token_uri", "client_email"),
    "HTTP": ("token",),
}
OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "S3": STORE,
    "AwsS3": STORE,
    "S3Compatible": STORE,
    "Snowflake": ("table_name", "authentication_type", "role"),
    "Postgres": ("schema", "table_name", "port", "has_self_signed_cert"),
    "Redshift": (
        "schema",
        "table_name",
        "port",
        "has_self_signed_cert",
        "properties_data_type",
        "mode",
        "copy_inputs",
    ),
    "BigQuery": ("table_id", "use_json_type"),
    "Databricks": ("use_variant_type", "use_automatic_schema_evolution"),
    "AzureBlob": ("prefix", *FILES),
    "NoOp": ("arg",),
}
SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    "S3": AWS,
    "AwsS3": AWS,
    "S3Compatible": AWS,
    "Snowflake": ("user", "password", "private_key", "private_key_passphrase"),
    "Postgres": ("user", "password"),
    "Redshift": ("user", "password"),
    "BigQuery": ("private_key", "private_key_id", "token_uri", "client_email"),
    "HTTP": ("token",),
}
BOOLEANS: Final = (
    "use_virtual_style_addressing",
    "has_self_signed_cert",
    "use_json_type",
    "use_variant_type",
    "use_automatic_schema_evolution",
)
INTEGERS: Final = ("port", "max_file_size_mb")
OFFSETS: Final = ("offset_hour", "offset_day")
TYPES: Final = tuple(REQUIRED)


def keys_of(type_: str) -> tuple[str, ...]:
    """Every key that the `config` of a type may have."""
    known = (REQUIRED, INLINE, OTHERS, SECRETS)
    return tuple(dict.fromkeys([key for each in known for key in each.get(type_, ())] + list(EVENTS)))


def typed(config: Mapping[str, Any]) -> dict[str, Any]:
    """A live `config` with true, false and numbers, which servers until mid 2026 answer as texts (4.5)."""
    result = dict(config)
    for key in BOOLEANS:
        if result.get(key) in ("True", "False"):
            result[key] = result[key] == "True"
    for key in INTEGERS:
        if isinstance(result.get(key), str) and result[key].isdecimal():
            result[key] = int(result[key])
    return result


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An export as PostHog answers it -> its fields; a mask replaces each secret that its type may have."""
    destination = answer.get("destination") or {}
    type_ = str(destination.get("type"))
    inside = {**dict.fromkeys(SECRETS.get(type_, ()), MASK), **typed(destination.get("config") or {})}
    copied = inside.get("copy_inputs")
    if isinstance(copied, Mapping) and isinstance(copied.get("bucket_credentials"), Mapping):
        credentials = {**dict.fromkeys(AWS, MASK), **copied["bucket_credentials"]}
        inside["copy_inputs"] = {**copied, "bucket_credentials": credentials}
    result = {**answer, "type": type_, "config": inside, "integration": destination.get("integration")}
    # Before mid 2026 it is not answered but in `schema`, and there in other words (4.3).
    return {name: value for name, value in result.items() if name != "hogql_query" or value is not None}


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with 0 for an offset of null, because PostHog answers that one so (4.3)."""
    return {name: (value or 0) if name in OFFSETS else value for name, value in fields.items()}


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """An offset is never sent without its interval, nor one of a week without the other, nor a part of the destination
    without its type and config."""
    body = dict(fields)
    if any(name in body for name in OFFSETS):
        if "interval" in live:
            body.setdefault("interval", live["interval"])
        for name in OFFSETS if body.get("interval") == "week" else ():
            body.setdefault(name, live.get(name) or 0)
    if {"type", "config", "integration"} & body.keys():
        body.setdefault("type", live.get("type"))
        body.setdefault("config", {})
    return body


def packed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a destination in the one object that PostHog has for them."""
    inside = {name: body[name] for name in ("type", "config", "integration") if name in body}
    rest = {name: value for name, value in body.items() if name not in inside}
    return {**rest, "destination": inside} if inside else rest


def exported(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The values without secrets that an export need not have; None for PostHog's own exports."""
    if values.get("type") not in REQUIRED:
        return None
    inside, type_ = values.get("config") or {}, values["type"]
    needed = set() if values.get("integration") else {*INLINE.get(type_, ()), *AWS}
    if type_ == "Snowflake" and needed:
        needed.add("private_key" if inside.get("authentication_type") == "keypair" else "password")
    kept = {key: value for key, value in inside.items() if value != MASK or key in needed}
    return {**values, "config": kept}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What is known to be wrong before PostHog is asked."""
    type_, config = fields.get("type"), fields.get("config")
    if isinstance(type_, str) and type_ in REQUIRED and isinstance(config, Mapping):
        yield from _of_config(type_, config, inline=fields.get("integration") is None)
    if fields.get("model", "events") != "events" and fields.get("filters"):
        yield "filters", "takes filters with the model `events` only", "leave `filters` out"
    if "hogql_query" in fields and fields.get("model") != "hogql":
        yield "hogql_query", "has a query, and its model is not `hogql`", "write `model: hogql`"
    interval = fields.get("interval")
    if fields.get("offset_day") and interval != "week":
        yield "offset_day", "has a day, and is not of every week", "write `interval: week`"
    if fields.get("offset_hour") and interval not in ("day", "week"):
        yield "offset_hour", "has an hour, and is not of every day or week", "write `interval: day`"


def _of_config(type_: str, config: Mapping[str, Any], *, inline: bool) -> Iterator[Objection]:
    known, secrets = keys_of(type_), SECRETS.get(type_, ())
    for key, value in config.items():
        if key not in known:
            yield f"config.{key}", f'has a "{key}" that {type_} does not know', suggestion(key, known)
        elif key in secrets and value and not holds_secret(value):
            yield (
                f"config.{key}",
                f'has its "{key}" in the file in plain text, and PostHog shows that value to nobody',
                "write `!env NAME` or `!secret name`, and change it where it is a secret: it has been in a file",
            )
    for key in (*REQUIRED[type_], *(INLINE.get(type_, ()) if inline else ())):
        if config.get(key) in (None, "") and not is_unknown(config.get(key)):
            yield "config", f'lacks "{key}", which {type_} needs', None


BATCH_EXPORT = Kind(
    name="batch_export",
    resource="BatchExport",
    section="projects.*.batch_exports",
    doc="A batch export copies a project's events, persons or sessions to a storage or a warehouse, at an interval.",
    purpose="Keep a copy of all events in your own storage, for other tools, and for longer than PostHog keeps them.",
    page=Page("*Data pipelines*, *Destinations*", "/project/{project}/pipeline/batch-exports/{id}"),
    collection="/api/projects/{project}/batch_exports/",
    listed_above=("/api/organizations/{organization}/batch_exports/", "team_id"),
    parent="project",
    natural_keys=(("name", "type"),),
    read_scope="batch_export:read",
    write_scope="batch_export:write",
    page_size=100,
    since=2025,  # older ones have them, too, for keys that PostHog has given the scope
    activity_scopes=("BatchExport",),
    deletion=Deletion.DELETE,
    from_api=from_api,
    comparable=comparable,
    to_api=to_api,
    packed=packed,
    exported=exported,
    checked=checked,
    lifecycle=Lifecycle(
        field="paused",
        made_as=(False, True),
        moves=(
            # The action notes since when: who resumes it on PostHog's page can have the gap filled. A PATCH does not.
            Move(before=False, after=True, action="pause", first=True),
            # Not by its action, which refuses keys whose owner has no current project (4.5).
            Move(before=True, after=False, fields={"paused": False}),
        ),
    ),
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", from_key=True, also_in_body=True),
        Field(
            name="type",
            doc=(
                "Where it copies to: the `type` of PostHog's `destination`. New servers take `AwsS3` "
                "instead of `S3`."
            ),
            required=True,
            choices=TYPES,
            replace_on_changes=True,
        ),
        Field(
            name="config",
            type=Type.OBJECT,
            doc=(
                "The `config` of PostHog's `destination`. Write secrets, and the user too, as `!env NAME` "
                "or `!secret X`."
            ),
            keys={
                "copy_inputs": {
                    "type": "object",
                    "description": "For Redshift: where a `COPY` puts its files in between.",
                }
            },
            merge_levels=2,
            merged_keys=("copy_inputs",),
            secret=True,
        ),
        Field(
            name="integration",
            type=Type.INTEGER,
            doc=(
                "The integration with the credentials, as in `aws-s3/Acme`. Make it on PostHog's page. "
                "New servers need one."
            ),
            names="integration",
            nullable=True,
            since=2026,
        ),
        Field(
            name="interval",
            doc="How often it runs. PostHog has to switch on intervals of minutes for you.",
            required=True,
            choices=("hour", "day", "week", "every 5 minutes", "every 15 minutes"),
        ),
        Field(
            name="model",
            doc="What is exported.",
            choices=("events", "persons", "sessions", "hogql"),
            default="events",
            replaces_between=("hogql",),
        ),
        Field(
            name="paused",
            type=Type.BOOLEAN,
            doc="Whether it is paused.",
            default=False,
            logged_as=("enabled",),  # possibly with the opposite values (4.7)
        ),
        Field(
            name="filters",
            type=Type.LIST,
            doc="Which events are copied: property filters.",
            items={"type": "object"},
            nullable=True,
        ),
        Field(
            name="hogql_query",
            doc=(
                "The query of a `hogql` export. Servers from before the middle of 2026 do not show it, "
                "so drift cannot see a change there."
            ),
            sql=("",),
            silent_when_null=True,
        ),
        Field(
            name="start_at",
            doc="It copies nothing before this time, as in 2026-01-31T00:00:00Z.",
            nullable=True,
            timestamp=True,
        ),
        Field(
            name="end_at",
            doc="It copies nothing after this time, as in 2026-12-31T00:00:00Z.",
            nullable=True,
            timestamp=True,
        ),
        Field(
            name="timezone",
            doc="The time zone of the offsets. It is not the project's.",
            choices_from="timezones",
            default="UTC",
            since=2026,
        ),
        Field(
            name="offset_hour",
            type=Type.INTEGER,
            doc="The hour of the day at which it runs.",
            minimum=0,
            maximum=23,
            nullable=True,
            since=2026,
        ),
        Field(
            name="offset_day",
            type=Type.INTEGER,
            doc="The day of the week on which it runs; 0 is Sunday.",
            minimum=0,
            maximum=6,
            nullable=True,
            since=2026,
        ),
        Field(name="created_at", read_only=True),
    ),
)
