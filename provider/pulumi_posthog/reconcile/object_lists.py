"""The lists of newer servers that say which single objects have rules about somebody (posthog-api-access.md 3.8)."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Answer, Json


def objects_with_rules(live: Live, kind: Kind, scope: Scope, subject: str, id_: str) -> Iterator[Answer]:
    """The objects of a project with rules about a role or member, or about everyone, for whom `subject` is empty.

    Each has `resource`, `resource_id`, `name` and `access_level`. May raise ApiError: NotFound on older servers.
    """
    if kind.attached is None:
        return
    path, parameter = kind.attached.lists[subject]
    path = path.format(**scope)
    parameters: dict[str, Json] = {parameter: id_} if parameter else {}
    answer = object_of(live.reader.get(path, **parameters), path, "results")
    for each in answer["results"]:
        yield object_of(each, path, "resource")


def told(answer: Answer) -> str:
    """Such an object, and what the rule gives: "dashboard Launch: editor"."""
    return f"{answer['resource']} {answer.get('name')}: {answer.get('access_level')}"
