"""A document of everything that lives -> what of it a configuration can say."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import yaml

from pulumi_posthog import config
from pulumi_posthog.api import ApiError
from pulumi_posthog.export.text import text_of
from pulumi_posthog.reconcile import references
from pulumi_posthog.reconcile.desired import Desired
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import ConfigError, Position, Problem

ROUNDS: Final = 20  # of leaving out what a configuration cannot say
Path_ = tuple[str | int, ...]  # the keys that lead to a value


def shown(path: Path_) -> str:
    """A path as people read it: "projects.Web.timezone"."""
    return ".".join(map(str, path))


def accepted(document: dict[str, Json], live: Live) -> tuple[Desired | None, list[str]]:
    """What is left of `document` as a configuration, None if nothing is; and a line for each thing that was taken out.

    What could not be loaded again is taken out: names that PostHog would refuse today, unknown types, settings that a
    plugin no longer has.
    """
    left_out: list[str] = []
    for _ in range(ROUNDS):
        text = text_of(document)
        desired, problems = _loaded(text, live)
        if not problems:
            return desired, left_out
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        doomed = {_path_at(root, problem.where): problem for problem in problems if problem.where}
        doomed.pop((), None)
        if not doomed:
            return desired, left_out + [problem.message for problem in problems]
        # The last item of a list first, so that the places of the others stay what they are.
        last_first = sorted(doomed, key=lambda each: [str(part).rjust(12) for part in each], reverse=True)
        left_out += [
            f"{shown(path)}: {doomed[path].message}" for path in last_first if _removed(document, path)
        ]
    return None, left_out


def _loaded(text: str, live: Live) -> tuple[Desired | None, tuple[Problem, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exported.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            desired = config.load(path, environment={}, offline=True)
        except ConfigError as error:
            declared = any(problem.message != "the file declares nothing" for problem in error.problems)
            return None, error.problems if declared else ()
    try:
        answers = {name: live.lookup(name) for name in references.needed(desired)}
        resolved, _ = references.resolve(
            desired,
            members=answers.get("member", ()),
            plugins=answers.get("plugin", ()),
            pending=live.pending_invitations,
        )
    except ApiError:
        return desired, ()  # who is meant cannot be checked, and that is said elsewhere
    except ConfigError as error:
        return desired, error.problems
    return resolved, ()


def _path_at(node: yaml.Node | None, where: Position | None) -> Path_:
    """The keys that lead to a place in a document."""
    path: Path_ = ()
    if where is None:
        return path
    place = (where.line - 1, where.column - 1)
    while isinstance(node, yaml.MappingNode | yaml.SequenceNode) and node.value:
        if isinstance(node, yaml.MappingNode):
            items = [(key.value, key, value) for key, value in node.value]
        else:
            items = [(index, value, value) for index, value in enumerate(node.value)]
        begun = [item for item in items if (item[1].start_mark.line, item[1].start_mark.column) <= place]
        if not begun:
            break
        name, start, value = begun[-1]
        path = (*path, name)
        at_key = start is not value and (start.start_mark.line, start.start_mark.column) == place
        node = None if at_key else value
    return path


def _removed(document: Json, path: Path_) -> bool:
    """Take one item out, and say whether it was there."""
    for part in path[:-1]:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return False
    try:
        del document[path[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True
