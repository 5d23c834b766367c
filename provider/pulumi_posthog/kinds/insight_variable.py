"""A variable of insights is written in SQL as `{variables.country}`, and a dashboard gives it a value.

Contract: posthog-api-analytics.md 10. PostHog makes the code name from the name that a new one has, and never again.
So a new one is made with its code name for a name, and gets its name afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.objection import Objection
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page

LIST = "List"


def to_api(fields: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields to send: a new one is named by its code name, from which PostHog makes just that."""
    body = {name: value for name, value in fields.items() if name != "code_name"}
    return body if live else {**body, "name": fields["code_name"]}


def checked(fields: Mapping[str, Any]) -> Iterator[Objection]:
    """What PostHog takes and turns into something else (10)."""
    if fields.get("type") != LIST:
        for name in ("values", "is_multi", "values_query"):
            if fields.get(name):
                yield name, f"has `{name}` and is no {LIST}: PostHog drops it", f"write `type: {LIST}`"


def from_api(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A variable as PostHog answers it -> its fields; no options are an empty list."""
    return {**answer, "values": answer.get("values") or []}


INSIGHT_VARIABLE = Kind(
    name="insight_variable",
    resource="InsightVariable",
    section="projects.*.insight_variables",
    doc="A variable of insights is a placeholder in SQL. Dashboards give it a value.",
    purpose=(
        "Write a query once, and let each dashboard use it for another country, plan or size. SQL uses "
        "the code name, so the code name is fixed."
    ),
    page=Page("*SQL editor*, *Variables*"),
    collection="/api/projects/{project}/insight_variables/",
    parent="project",
    natural_keys=(("code_name",),),
    oldest_wins=True,
    read_scope="insight_variable:read",
    write_scope="insight_variable:write",
    since=2025,
    from_api=from_api,
    to_api=to_api,
    checked=checked,
    fields=(
        IN_PROJECT,
        Field(
            name="code_name",
            doc="Its name in SQL and on dashboards. Another name is another variable.",
            max_length=400,
            pattern=r"^[^\WA-Z]+$",
            pattern_words="made of small letters, digits and _",
            from_key=True,
            replace_on_changes=True,
        ),
        Field(
            name="name",
            doc="The name that PostHog shows. Without it, PostHog shows the code name of a new variable.",
            max_length=400,
            on_create=False,
        ),
        Field(
            name="type",
            doc="The type of its values.",
            required=True,
            choices=("String", "Number", "Boolean", LIST, "Date"),
        ),
        Field(
            name="default_value",
            type=Type.JSON,
            doc="The value if nobody gives one.",
            nullable=True,
            default=None,
        ),
        Field(
            name="values",
            type=Type.STRINGS,
            doc=f"The options of a {LIST}.",
            default=[],
        ),
        Field(
            name="is_multi",
            type=Type.BOOLEAN,
            doc=f"Whether several options of a {LIST} may be chosen.",
            default=False,
            since=2026,
        ),
        Field(
            name="values_query",
            doc=f"SQL that gives the options of a {LIST}.",
            sql=("",),
            nullable=True,
            default=None,
            since=2026,
        ),
        Field(name="created_at", read_only=True),
    ),
)
