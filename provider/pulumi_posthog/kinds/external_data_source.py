"""A source copies tables of another system, such as a database or Stripe, into a project's warehouse.

Contract: posthog-api-analytics.md 11. What PostHog needs to get in is `job_inputs`, whose secrets it never answers, not
even as a mask. Its tables are objects of their own, which are changed one by one. What a source is cannot be changed,
and a deleted one takes all rows along: so it is never made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page, Parts, TakenAlong
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import looks_secret
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.suggestion import enumeration, suggestion

TABLE: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "should_sync": {"type": "boolean", "description": "Whether PostHog fetches it."},
        "sync_type": {
            "type": "string",
            "description": "How: all of it each time (`full_refresh`), or what is new (`incremental`, `append`).",
        },
        "incremental_field": {
            "type": ["string", "null"],
            "description": "The column that says what is new.",
        },
        "incremental_field_type": {
            "type": ["string", "null"],
            "description": "What that column holds, as `timestamp` or `integer`.",
        },
        "sync_frequency": {
            "type": "string",
            "description": "How often, as `6hour`. Of a new source it is set once its tables are there.",
        },
    },
    "additionalProperties": False,
}
MADE_WITH: Final = ("should_sync", "sync_type", "incremental_field", "incremental_field_type")


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A source as PostHog answers it -> its fields, with its tables by their names."""
    result = {**answer}
    for name in ("prefix", "description"):
        if name in answer:
            result[name] = answer[name] or ""
    if "job_inputs" in answer:
        result["job_inputs"] = answer["job_inputs"] or {}
    if "schemas" in answer:
        result["schemas"] = {
            str(table["name"]): {key: table[key] for key in TABLE["properties"] if table.get(key) is not None}
            for table in answer["schemas"] or ()
        }
    return result


def packed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a POST, in which `payload` has the connection and the tables; a PATCH has the fields as they are."""
    if "source_type" not in body:
        return body
    tables = [
        {"name": name, **{key: table[key] for key in MADE_WITH if key in table}}
        for name, table in (body.get("schemas") or {}).items()
    ]
    inside = {**(body.get("job_inputs") or {}), "schemas": tables}
    rest = {name: value for name, value in body.items() if name not in ("job_inputs", "schemas")}
    return {**{name: value for name, value in rest.items() if value != ""}, "payload": inside}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What is known to be wrong before PostHog is asked."""
    inputs = fields.get("job_inputs")
    if not isinstance(inputs, Mapping):
        return
    if "schemas" in inputs:
        yield "job_inputs.schemas", "has its tables in `job_inputs`", "write `schemas` beside `job_inputs`"
    for place in _bare_secrets(inputs):
        yield (
            f"job_inputs.{place}",
            f'has its "{place}" in the file as it is, and PostHog shows that value to nobody',
            "write `!env NAME` or `!secret name`, and change it where it is a secret: it has been in a file",
        )


def _bare_secrets(inputs: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in inputs.items():
        if isinstance(value, Mapping):
            yield from _bare_secrets(value, f"{above}{key}.")
        elif looks_secret(key, value):
            yield f"{above}{key}"


def fixed(fields: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Tables that PostHog does not know of a source: it finds them itself, and is told of none (11).

    Each is (the end of a sentence, a hint).
    """
    known = from_api(answer).get("schemas") or {}
    unknown = sorted(set(fields.get("schemas") or {}) - set(known))
    if unknown:
        named = enumeration([f'"{one_line(name)}"' for name in unknown])
        yield (
            f"has no {'table' if len(unknown) == 1 else 'tables'} {named} in PostHog",
            suggestion(unknown[0], sorted(known))
            or "have PostHog look for new tables on the page of the source, or take it out of the file",
        )


def tables(values: Mapping[str, Json]) -> Iterator[str]:
    """What SQL may call its tables, as in "Stripe.prefix.charges": SQL joins the words by dots or underscores."""
    type_, prefix = values.get("source_type"), values.get("prefix") or ""
    for table in values.get("schemas") or {}:
        yield f"{type_}.{prefix}.{table}"
        yield f"{prefix}.{type_}.{table}"


EXTERNAL_DATA_SOURCE = Kind(
    name="external_data_source",
    resource="ExternalDataSource",
    section="projects.*.external_data_sources",
    doc="A source of the data warehouse: tables of another system, which PostHog copies again and again.",
    purpose=(
        "Say which tables of your database, of Stripe or of a CRM PostHog has beside the events, and how often it"
        " fetches them, where it is reviewed."
    ),
    page=Page("*Data pipelines*, *Sources*"),
    collection="/api/projects/{project}/external_data_sources/",
    parent="project",
    natural_keys=(("source_type", "prefix"),),
    read_scope="external_data_source:read",
    write_scope="external_data_source:write",
    also_scopes=("external_data_schema:write",),  # for what changes of a table
    page_size=100,
    since=2025,
    answered_in_part=True,  # a POST answers the id alone
    posted_once=True,  # PostHog connects first: a second one may be let in while the first is still under way
    made_only_with=("schemas",),
    parts=Parts(
        field="schemas",
        key="name",
        collection="external_data_schemas",
        made_with=MADE_WITH,
    ),
    taken_along=(
        TakenAlong(
            name="external_data_schema",
            plural="tables",
            inside="schemas",
            called="name",
            lost_words=(
                "table is lost, with all its rows, with",
                "tables are lost, with all their rows, with",
            ),
        ),
    ),
    deletion_words=(
        "PostHog deletes it at once, with its tables, their rows and their schedules; nothing brings them back. Views"
        " and insights that name its tables in their SQL fail from then on."
    ),
    tables=tables,
    activity_scopes=("ExternalDataSource", "ExternalDataSchema"),
    from_api=from_api,
    packed=packed,
    checked=checked,
    fixed=fixed,
    fields=(
        IN_PROJECT,
        Field(
            name="prefix",
            doc=(
                'What the names of its tables begin with; `""` for nothing. Two sources of one type have two.'
            ),
            from_key=True,
            also_in_body=True,
            fixed=True,
        ),
        Field(
            name="source_type",
            doc="What it is, as PostHog calls it: `Stripe`, `Postgres`.",
            required=True,
            fixed=True,
        ),
        Field(
            name="access_method",
            doc="Whether PostHog keeps a copy (`warehouse`) or asks there each time (`direct`).",
            default="warehouse",
            fixed=True,
            silent_when_absent=True,
        ),
        Field(name="description", doc="Shown in PostHog.", default="", silent_when_absent=True),
        Field(
            name="job_inputs",
            type=Type.OBJECT,
            doc=(
                "How PostHog gets in: the fields of its form for such a source. Write secrets as `!env NAME` or"
                " `!secret X`."
            ),
            merge_levels=1,
            secret=True,
            left_out=True,
            logged_as=("configuration",),
        ),
        Field(
            name="schemas",
            type=Type.OBJECT,
            doc="Its tables by name, and how each is fetched. Tables that are not declared stay as they are.",
            items=TABLE,
            merge_levels=2,
        ),
        Field(name="created_at", read_only=True),
    ),
)
