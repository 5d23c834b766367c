"""`persons:` of a project -> the persons whom it must not have. No message says who they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from pulumi_posthog.config.node import Node
from pulumi_posthog.erasures.declared import Erasure, Identifier, Origin
from pulumi_posthog.erasures.origins import ENV, FILE, distinct, identifiers
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.local_file import UnreadableError, file_text, shown
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.secret_text import SecretText

ELSEWHERE = "write `!env NAME`, or `!file path` of a file outside of Git, so that no personal data is in Git"


def erasures(
    project: Entry, body: Node, values: Mapping[str, Json], tell: Callable[[Problem], object]
) -> list[Erasure]:
    """Whom an entry of the file declares absent: one erasure, or none. `tell` hears what is wrong beyond the schema."""
    key = project.kind.persons
    section = body.value.get(key) if key and isinstance(body.value, dict) else None
    if section is None or not isinstance(section.value, dict):
        return []
    listed = section.value.get("absent")
    if listed is None or not isinstance(listed.value, tuple):
        return []
    origins, missing, found = list[Origin](), list[Origin](), list[Identifier]()
    for item in listed.value:
        for origin, node in _origins(item, tell):
            try:
                text = _text(origin, node)
            except UnreadableError as error:
                tell(Problem(f"{origin.source}: {error.problem.message}", node.where, error.problem.hint))
                continue
            (missing if text is None else origins).append(origin)
            names, more = identifiers(origin, text) if text is not None else ([], [])
            found += names
            for problem in more:
                tell(problem if problem.where else dataclasses.replace(problem, where=node.where))
    if not origins and not missing:
        return []
    return [
        Erasure(
            project=project.name,
            origins=tuple(dict.fromkeys(origins)),
            identifiers=distinct(found),
            where=body.keys[str(key)],
            delete_events=values[str(key)].get("delete_events") is True,
            missing=tuple(missing),
            previously=project.previously,
        )
    ]


def _origins(item: Node, tell: Callable[[Problem], object]) -> Iterator[tuple[Origin, Node]]:
    """What one item of the list says, and the text that it means."""
    by, several, node = None, False, item
    if isinstance(item.value, dict):
        given = [name for name in ("email", "distinct_id") if name in item.value]
        if len(given) != 1:
            if not item.unknown:
                tell(Problem("a person is known by `email` or by `distinct_id`", item.where, "write one"))
            return
        by, node = given[0], item.value[given[0]]
        several = "several" in item.value and item.value["several"].value is True
    if isinstance(node.value, dict | tuple) or node.value is None:
        return  # the schema has said so
    if isinstance(node.value, Attachment):
        yield Origin(f"{FILE}{shown(node.value.path)}", str(node.where), by, several), node
    elif not isinstance(node.value, SecretText):
        tell(Problem("the name of a person is in the file", node.where, ELSEWHERE))
    elif node.value.source.startswith((ENV, FILE)):
        yield Origin(node.value.source, str(node.where), by, several), node
    elif node.value.known:
        tell(Problem(f"{node.value.source} cannot name persons", node.where, ELSEWHERE))


def _text(origin: Origin, node: Node) -> str | None:
    """What is where an origin points to; None when it is not available. Raises UnreadableError."""
    if isinstance(node.value, Attachment):
        return file_text(node.value.path, origin.source.removeprefix(FILE))
    return None if node.unknown else str.__str__(node.value)
