"""A view of the warehouse is SQL with a name, which other SQL reads like a table.

Contract: posthog-api-analytics.md 9. The list lacks the query since 2026, so each declared one is read by itself. Its
query is changed only for who says which edit was read (9.3). PostHog runs the query when it is saved, to learn its
columns: so a view is made after those that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import EditLock, Page
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.sql import placeholders_in

SQL: Final = "HogQLQuery"
NEVER: Final = "never"
FREQUENCIES: Final = ("15min", "30min", "1hour", "6hour", "12hour", "24hour", "7day", "30day")
QUERY: Final[Mapping[str, Any]] = {
    "kind": {"enum": [SQL], "description": "PostHog takes no other kind: it may be left out."},
    "query": {"type": "string", "description": "The SQL, without placeholders."},
}
INCREMENTAL: Final[Mapping[str, Any]] = {
    "enabled": {"type": "boolean", "description": "Whether only new rows are calculated."},
    "incremental_key": {
        "type": ["string", "null"],
        "description": "The column that says which rows are new.",
    },
    "unique_key": {
        "type": ["string", "array", "null"],
        "items": {"type": "string"},
        "description": "The column, or the columns, that identify a row.",
    },
    "lookback_seconds": {
        "type": ["integer", "null"],
        "minimum": 0,
        "description": "How far back rows are calculated once more.",
    },
}


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A view as PostHog answers it -> its fields: one that is not kept is calculated never."""
    result = {**answer}
    if "sync_frequency" in answer:
        result["sync_frequency"] = answer["sync_frequency"] or NEVER
    if "description" in answer:
        result["description"] = answer["description"] or ""
    return result


def with_kind(query: Json) -> Json:
    """A query as a request has it: with its `kind`."""
    return {"kind": SQL, **query} if isinstance(query, Mapping) else query


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog refuses (9.3)."""
    query = fields.get("query")
    text = query.get("query") if isinstance(query, Mapping) else None
    if not isinstance(text, str) or is_unknown(text) or isinstance(text, Reference):
        return
    if not text.strip():
        yield "query.query", "has no SQL", "write `query: {query: !text q.sql}`"
    placeholders = placeholders_in(text)
    if placeholders:
        shown = ", ".join(dict.fromkeys(" ".join(each.split())[:60] for each in placeholders))
        yield (
            "query.query",
            f"has {shown} in its SQL, and a view has no placeholders",
            "write the value itself, or make it an insight, which may have variables",
        )


def kept_by(values: Mapping[str, Any]) -> str | None:
    """That PostHog made a view itself, and changes it; None for any other."""
    managed = values.get("managed_viewset_kind")
    return f"PostHog keeps it, as a view of {managed}" if managed else None


WAREHOUSE_SAVED_QUERY = Kind(
    name="warehouse_saved_query",
    resource="WarehouseSavedQuery",
    section="projects.*.warehouse_saved_queries",
    doc="A view of the data warehouse is SQL with a name. Other SQL reads it like a table.",
    purpose=(
        "Say once what a paying customer or a session of work is, in SQL that is reviewed. Every insight "
        "can then read it by its name."
    ),
    page=Page("*SQL editor*, *Views*"),
    collection="/api/projects/{project}/warehouse_saved_queries/",
    parent="project",
    natural_keys=(("name",),),
    read_scope="warehouse_view:read",
    write_scope="warehouse_view:write",
    since=2025,
    whole_sign="latest_history_id",
    whole_for=("query",),
    edit_lock=EditLock(field="query", answered_as="latest_history_id", sent_as="edited_history_id"),
    named_in_sql=True,
    deletion_words=(
        "PostHog deletes it together with its stored rows and the joins on it. Insights that name it in "
        "their SQL fail from then on. Newer servers refuse to delete it while other views name it."
    ),
    unmanaged={
        "types": "PostHog finds the columns out by running the query",
        "soft_update": "with it, PostHog would not look whether somebody else has changed the query",
    },
    activity_scopes=("DataWarehouseSavedQuery",),
    from_api=from_api,
    checked=checked,
    kept_by=kept_by,
    fields=(
        IN_PROJECT,
        Field(
            name="name",
            doc="Its name in SQL.",
            max_length=128,
            pattern=r"^[A-Za-z_$][A-Za-z0-9_.$]*$",
            pattern_words="made of letters, digits, _, . and $, and begin with no digit",
            unique=True,
            from_key=True,
        ),
        Field(
            name="query",
            type=Type.OBJECT,
            doc=(
                "Its SQL, in PostHog's own form: `{kind: HogQLQuery, query: !text q.sql}`. Views that it names are made"
                " before it, if they are declared. PostHog runs it when it is saved."
            ),
            required=True,
            keys=QUERY,
            open_keys=False,
            required_keys=("query",),
            key_defaults={"kind": SQL},
            trimmed_keys=("query",),
            wire=with_kind,
            sql=("query",),
        ),
        Field(name="description", doc="Shown in PostHog.", default="", since=2026),
        Field(
            name="sync_frequency",
            doc=(
                "How often PostHog calculates its rows and stores them. With `never`, PostHog calculates "
                "them whenever somebody asks."
            ),
            choices=(*FREQUENCIES, NEVER),
            default=NEVER,
            on_create=False,  # a POST passes over it (9.2)
        ),
        Field(
            name="incremental",
            type=Type.OBJECT,
            doc="For a view whose rows are stored: how PostHog calculates only the new ones.",
            keys=INCREMENTAL,
            open_keys=False,
            nullable=True,
            default=None,
            null_is_absent=True,
            since=2026,
        ),
        Field(
            name="folder_id",
            doc="The id of the folder of views that it is in, in PostHog's SQL editor.",
            nullable=True,
            default=None,
            since=2026,
        ),
        Field(
            name="dag_id",
            doc="The id of the graph of views that calculates it.",
            nullable=True,
            default=None,
            silent_when_absent=True,
            since=2026,
        ),
        Field(
            name="managed_viewset_kind",
            doc="For a view that PostHog manages itself: its purpose.",
            read_only=True,
        ),
        Field(name="created_at", read_only=True),
    ),
)
