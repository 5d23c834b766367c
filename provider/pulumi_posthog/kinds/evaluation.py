"""An evaluation judges what a project's language models answered, by a prompt or by a program.

The first servers that have evaluations know a `prompt`; newer ones a type and its configuration in its place
(posthog-api.md 10.4). PostHog refuses to delete one: `deleted` takes it out of the list.
"""

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.shared_fields import IN_PROJECT
from pulumi_posthog.kinds.words import Page


def comparable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with the prompt in `evaluation_config` as PostHog keeps it: without blanks at both ends."""
    judge = fields.get("evaluation_config")
    if not isinstance(judge, Mapping) or not isinstance(judge.get("prompt"), str):
        return fields
    return {**fields, "evaluation_config": {**judge, "prompt": judge["prompt"].strip()}}


EVALUATION = Kind(
    name="evaluation",
    resource="Evaluation",
    section="projects.*.evaluations",
    doc="An evaluation of what a project's language models answer.",
    purpose=(
        "Another model, or code, judges each answer of a model, or a sample of them. So you see when "
        "answers become worse."
    ),
    page=Page("*AI observability*, *Evaluations*", "/project/{project}/llm-analytics/evaluations/{id}"),
    collection="/api/environments/{project}/evaluations/",
    parent="project",
    accessible_as="evaluation",
    natural_keys=(("name",),),
    read_scope="evaluation:read",
    write_scope="evaluation:write",
    page_size=1000,
    since=2025,
    deletion=Deletion.PATCH,
    delete_by_patch=lambda _: {"deleted": True},  # DELETE answers 405
    activity_scopes=("Evaluation",),
    comparable=comparable,
    fields=(
        IN_PROJECT,
        Field(name="name", doc="Shown in PostHog.", required=True, from_key=True),
        Field(name="description", doc="Shown in PostHog.", default=""),
        Field(
            name="enabled",
            type=Type.BOOLEAN,
            doc="Whether new generations are evaluated.",
            default=False,
        ),
        Field(
            name="prompt",
            doc="The prompt for the judging model. Servers since late 2025 have `evaluation_config` instead.",
            until=2025,
        ),
        Field(
            name="evaluation_type",
            doc="How it judges, such as `llm_judge`. The first servers with evaluations have only `prompt`.",
            since=2025,
        ),
        Field(
            name="evaluation_config",
            type=Type.OBJECT,
            doc="What that type of evaluation needs, such as `prompt`.",
            since=2025,
        ),
        Field(
            name="output_type",
            doc="What it answers, such as `boolean`.",
            since=2025,
        ),
        Field(
            name="output_config",
            type=Type.OBJECT,
            doc="What that type of output needs.",
            since=2025,
        ),
        Field(
            name="conditions",
            type=Type.LIST,
            doc="Which generations are evaluated: each condition as PostHog answers it.",
            items={"type": "object"},
            default=[],
        ),
        Field(name="created_at", read_only=True),
    ),
)
