"""Where the names of persons come from -> the names themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pulumi_posthog.erasures.declared import Identifier, Origin
from pulumi_posthog.kinds.lookups import EMAIL
from pulumi_posthog.values.local_file import LINE_END, UnreadableError, file_text, project_folder
from pulumi_posthog.values.problem import Position, Problem

ENV, FILE = "!env ", "!file "  # what an origin begins with


def identifiers(origin: Origin, text: str) -> tuple[list[Identifier], list[Problem]]:
    """The persons that a text names, one in each line, and what is wrong with it; of a variable, without a place.

    Blank lines, and in a file those that begin with `#`, name nobody.
    """
    file = origin.source.removeprefix(FILE) if origin.source.startswith(FILE) else None
    place = "this line" if file else origin.source
    result, problems = list[Identifier](), list[Problem]()
    for number, line in enumerate(LINE_END.split(text), 1):
        name = line.strip()
        if not name or (file and name.startswith("#")):
            continue
        where = Position(file, number, 1) if file else None
        is_email = bool(re.fullmatch(EMAIL, name))
        if is_email or ("@" not in name and origin.by is None) or origin.by == "distinct_id":
            by = origin.by or ("email" if is_email else "distinct_id")
            result.append(Identifier(name, by, str(where or origin.where), origin.several))
        elif origin.by == "email":
            problems.append(Problem(f"{place} is not an e-mail address", where, "write one in each line"))
        else:
            hint = "write one in each line; a distinct id with an @ in it as `{distinct_id: ...}`"
            problems.append(Problem(f"{place} has an @ in it and is not an e-mail address", where, hint))
    if not result and not problems and not file:
        problems.append(
            Problem(f"{origin.source} names no person", None, "set it, or take it out of the list")
        )
    return result, problems


def distinct(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each person's name once, at its first place."""
    result: dict[tuple[str, str], Identifier] = {}
    for each in found:
        result.setdefault((each.by, each.text), each)
    return tuple(result.values())


def resolved(
    origins: Iterable[Origin], environment: Mapping[str, str]
) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
    """The persons behind origins that a resource remembers, read anew: with what is wrong, each with its place.

    `environment` answers `!env NAME`; paths are relative to the project's folder.
    """
    found, problems = list[Identifier](), list[str]()
    for origin in origins:
        try:
            text = _read(origin, environment)
        except UnreadableError as error:
            problems.append(f"{origin.where}: {origin.source}: {error.problem.message}")
            continue
        names, more = identifiers(origin, text)
        found += names
        problems += [f"{each.where or origin.where}: {each.message}" for each in more]
    return distinct(found), tuple(problems)


def _read(origin: Origin, environment: Mapping[str, str]) -> str:
    kind, _, name = origin.source.partition(" ")
    if f"{kind} " == FILE:
        return file_text(project_folder() / name, name)
    if not environment.get(name):
        raise UnreadableError(Problem("the variable is not set"))
    return environment[name]
