"""Nodes -> what must not be shown and is in a place where it would be: everywhere except in secret fields.

Every place counts, the host, lists of names and persons included: what is wrong is told before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.config.node import Node
from pulumi_posthog.config.place import Path, entry_at, subject
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.variables import KEY_VARIABLE, added, is_never_plain, stands_nowhere

SHORTEST_KEY = 8  # a shorter "key" would be found in ordinary words
ENV, SECRET = "!env ", "!secret "


def exposed(root: Node, environment: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong. `environment` is that of the run, with its key."""
    try:
        more = added(environment)
    except ValueError as error:
        yield Problem(str(error))
        return
    key = environment.get(KEY_VARIABLE, "").strip()
    key = key if len(key) >= SHORTEST_KEY else ""
    tagged = list[tuple[Path, Node]]()
    for path, node in _nodes(root, ()):
        if node.sources:
            tagged.append((path, node))
        elif key:
            yield from _written(path, node, key)
    secrets: dict[str, Position] = {}
    for path, node in tagged:
        for source in node.sources if is_secret(path) else ():
            secrets.setdefault(source, node.where)
    for path, node in tagged:
        place = _place(path, key)
        problems = [_problem(path, place, node, source, secrets, more) for source in node.sources]
        found = [problem for problem in problems if problem]
        if not found and key and isinstance(node.value, str) and key in node.value:
            message = f"{place} would send the API key of this run, which {node.sources[0]} holds"
            found = [Problem(message, node.where, "give the variable another value")]
        yield from found


def _written(path: Path, node: Node, key: str) -> Iterator[Problem]:
    """The API key as it is in the file, as a text or in the name of something."""
    names = node.keys if isinstance(node.value, dict) else {}
    places = [((*path, name), where) for name, where in names.items() if key in name]
    if isinstance(node.value, str) and key in node.value:
        places.append((path, node.where))
    for place, where in places:
        yield Problem(
            f"the API key of this run is in {_place(place, key)}",
            where,
            "take it out, delete the key in PostHog and make a new one: it has been in a file",
        )


def _place(path: Path, key: str) -> str:
    """A place in words, without the key where a name has it in it."""
    return subject(tuple("..." if key and isinstance(part, str) and key in part else part for part in path))


def is_secret(path: Path) -> bool:
    """Whether a path leads into a field that Pulumi encrypts and no report shows."""
    kind, _, rest = entry_at(path)
    field = kind.by_name.get(str(rest[0])) if kind and rest else None
    return bool(field and field.secret)


def _problem(
    path: Path, place: str, node: Node, source: str, secrets: Mapping[str, Position], more: tuple[str, ...]
) -> Problem | None:
    name = source.removeprefix(ENV)
    if source.startswith(ENV) and stands_nowhere(name):
        message = f"{place} takes {name}, which belongs to the run that applies this file"
        return Problem(message, node.where, "nothing in a configuration may send it: take it out")
    if is_secret(path):
        return None
    if source.startswith(SECRET):
        return Problem(
            f"{place} is not a secret to PostHog: everybody in the project can read it there",
            node.where,
            "take it out; a value that is not secret is written as it is",
        )
    if is_never_plain(name, more):
        return Problem(
            f"{place} would show {name}: this field is not secret, and variables of such names are",
            node.where,
            "write the text itself, or put what may be shown into a variable with a name of your own",
        )
    if source in secrets:
        return Problem(
            f"{place} would show {name}, which is used as a secret at {secrets[source]}",
            node.where,
            "use another variable here, or write the text itself",
        )
    return None


def _nodes(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    yield path, node
    if isinstance(node.value, dict):
        for name, item in node.value.items():
            yield from _nodes(item, (*path, name))
    elif isinstance(node.value, tuple):
        for index, item in enumerate(node.value):
            yield from _nodes(item, (*path, index))
