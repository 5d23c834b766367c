"""An insight is a saved query with how it is drawn: a trend, a funnel, a table of SQL.

Contract: posthog-api-analytics.md 2. The list has everything that can be declared, and calculates nothing with `basic`
(2.3). A query is kept as it was sent and answered upgraded: `version` and missing `kind`s are the server's (2.5). On
which dashboards it is, is not said here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import FOLDER, IN_PROJECT, TAGS
from pulumi_posthog.kinds.words import IdPlace, KeyedIds, Page, TakenAlong
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.suggestion import nearly

BASIC: Final[Mapping[str, str]] = {"basic": "true", "include_dashboards": "true"}
# What is around a query, and what may be within (2.5).
WITHIN: Final[Mapping[str, tuple[str, ...]]] = {
    "InsightVizNode": (
        "TrendsQuery",
        "FunnelsQuery",
        "RetentionQuery",
        "PathsQuery",
        "StickinessQuery",
        "LifecycleQuery",
    ),
    "DataVisualizationNode": ("HogQLQuery",),
    "DataTableNode": ("EventsQuery", "ActorsQuery", "HogQLQuery"),
}
ALONE: Final = "HogQuery"  # has nothing within
BARE: Final[Mapping[str, str]] = {query: node for node, queries in WITHIN.items() for query in queries}


def without_empty(value: Json) -> Json:
    """A query without what is as if it were absent: nulls and empty mappings (2.5)."""
    if isinstance(value, dict):
        within = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in within.items() if item is not None and item != {}}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An insight as PostHog answers it -> its fields; no description is an empty one."""
    return {**answer, "description": answer.get("description") or ""}


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send: a new one is saved, which servers up to 2025 do not take for granted (2.4)."""
    return fields if live else {**fields, "saved": True}


def kinds_of(query: Json) -> tuple[str | None, str | None]:
    """The `kind` of a query's node and the `kind` of its source; None for each that is not there."""
    if not isinstance(query, Mapping):
        return None, None
    source = query.get("source")
    within = source.get("kind") if isinstance(source, Mapping) else None
    return query.get("kind"), within


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog's parser refuses, before it looks at anything else (2.5)."""
    query = fields.get("query")
    if not isinstance(query, Mapping) or not query:
        return
    node, source = query.get("kind"), query.get("source")
    if is_unknown(node):
        return
    if not isinstance(node, str):
        yield "query", "has a `query` without a `kind`", f"it is one of {', '.join(WITHIN)}"
        return
    if node not in WITHIN:
        yield from misspelled("query.kind", node, (*WITHIN, *BARE, ALONE))
        return
    if not isinstance(source, Mapping) or not source.get("kind"):
        yield (
            "query.source" if "source" in query else "query",
            f"has a `query` of the kind {node} without a `source` that has a `kind`",
            f"the source of a {node} is one of {', '.join(WITHIN[node])}",
        )
    elif not is_unknown(source["kind"]) and source["kind"] not in WITHIN[node]:
        yield from misspelled("query.source.kind", str(source["kind"]), WITHIN[node])


def misspelled(place: str, kind: str, known: tuple[str, ...]) -> Iterator[Objection]:
    """A kind of node that is almost one of those that PostHog has; of any other it may have more than we know."""
    close = nearly(kind, known)
    if close is not None and kind not in known:
        yield (
            place,
            f"has a `query` of the kind {kind}, which PostHog does not have",
            f'did you mean "{close}"?',
        )


def noted(fields: Mapping[str, Any]) -> Iterator[str]:
    """What is taken and surprises people afterwards."""
    node, _ = kinds_of(fields.get("query"))
    if node in BARE:
        yield (
            f"has a {node} with nothing around it, which PostHog's page cannot edit:"
            f" write {{kind: {BARE[str(node)]}, source: ...}}"
        )
    if fields.get("query") is None:
        yield "declares no `query`, so it shows nothing"


def side_effect(live: Json, desired: Json) -> str | None:
    """What becomes of alerts when a query becomes one of another kind (2.8)."""
    before, after = kinds_of(live), kinds_of(desired)
    if before == after or live is None:
        return None
    was, becomes = (" of ".join(filter(None, each)) or "nothing" for each in (before, after))
    return (
        f"becomes {becomes}, and was {was}: PostHog deletes its alerts, without a word,"
        " where the new query can have none"
    )


def remark(answer: Mapping[str, Any]) -> str | None:
    """Whether PostHog's list of insights leaves it out."""
    return "is not saved in PostHog: lists of insights leave it out" if answer.get("saved") is False else None


def removal(_values: Mapping[str, Any]) -> Mapping[str, Any]:
    """It leaves its dashboards (2.8)."""
    return {"deleted": True}  # DELETE answers 405


def exported(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without what is as if absent."""
    return {**values, "query": without_empty(values["query"])} if values.get("query") else values


INSIGHT = Kind(
    name="insight",
    resource="Insight",
    section="projects.*.insights",
    doc="An insight is a saved query, and how it is drawn.",
    purpose=(
        "Say in a file how a figure is counted. A change is reviewed, every project counts in the same "
        "way, and you see what somebody changes by hand."
    ),
    page=Page("*Product analytics*", "/project/{project}/insights/{short_id}"),
    collection="/api/projects/{project}/insights/",
    parent="project",
    accessible_as="insight",
    natural_keys=(("name",),),
    read_scope="insight:read",
    write_scope="insight:write",
    page_size=1000,
    list_parameters={**BASIC, "saved": "true", "order": "id"},
    alone_parameters=BASIC,
    second_id="short_id",
    deletion=Deletion.PATCH,
    delete_by_patch=removal,
    restored=True,
    taken_along=(
        TakenAlong(
            name="alert",
            plural="alerts",
            collection="/api/projects/{project}/alerts/",
            holders=lambda alert: [str(dig(alert, "insight.id"))],
            called="name",
            read_scope="alert:read",
            lost_words=("alert is lost with", "alerts are lost with"),
        ),
    ),
    unmanaged={"dashboards": "the dashboard's `tiles` say which insights are on it"},
    activity_scopes=("Insight",),
    from_api=from_api,
    to_api=to_api,
    checked=checked,
    noted=noted,
    remark=remark,
    exported=exported,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", max_length=400, from_key=True),
        Field(name="description", doc="Shown in PostHog.", max_length=400, default=""),
        Field(
            name="query",
            type=Type.OBJECT,
            doc=(
                "What is counted and how it is drawn, in PostHog's own form: `{kind: InsightVizNode, "
                "source: ...}`, or `{kind: DataVisualizationNode, source: {kind: HogQLQuery, query: !text "
                "q.sql}}`. Name cohorts and actions: `!ref cohort/Employees`, `!ref action/Signed up`."
            ),
            nullable=True,
            default=None,
            hidden_keys=("version", "result", "hogql", "is_cached", "response"),
            free_keys=("values",),  # what SQL has in place of its placeholders
            kept_keys=("kind",),
            null_is_absent=True,
            empty_is_absent=True,
            refused_as=("parse_error",),
            side_effect=side_effect,
            sql=("**.query",),
            tables=("**.table_name",),
            keyed_ids=(
                KeyedIds(
                    names="insight_variable", id_key="variableId", name_key="code_name", under="variables"
                ),
            ),
            ids=(
                IdPlace(path="**.value", names="cohort", where=("type", "cohort")),
                IdPlace(path="**.id", names="action", where=("kind", "ActionsNode")),
                IdPlace(path="**.group_type_index", names="group_type"),
                IdPlace(path="**.aggregation_group_type_index", names="group_type"),
                IdPlace(path="**.breakdown_group_type_index", names="group_type"),
            ),
        ),
        TAGS,
        Field(
            name="favorited",
            type=Type.BOOLEAN,
            doc="Whether it is among the project's favorites.",
            default=False,
        ),
        FOLDER,
        Field(name="short_id", doc="The short id in the address of its page.", read_only=True),
        Field(name="created_at", read_only=True),
    ),
)
