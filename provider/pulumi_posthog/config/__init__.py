"""YAML text -> Configuration: loading with positions, `!env`, includes, the schema, references."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi_posthog.config import checking, entries
from pulumi_posthog.config.alike import looking_alike
from pulumi_posthog.config.beside import contradictions
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.config.credentials import without_credentials
from pulumi_posthog.config.exposure import exposed
from pulumi_posthog.config.formerly import formerly_named
from pulumi_posthog.config.references import misplaced
from pulumi_posthog.config.source import Source
from pulumi_posthog.config.syntax import nothing
from pulumi_posthog.reconcile.caps import too_many
from pulumi_posthog.reconcile.links import linked
from pulumi_posthog.values.local_file import file_text
from pulumi_posthog.values.problem import ConfigError, Position, Problem

__all__ = ["load"]


def load(
    path: Path,
    *,
    read: Callable[[Path, str], str] = file_text,
    environment: Mapping[str, str],
    secret: Callable[[str], str | None] | None = None,
    offline: bool = False,
    configured: Callable[[str], str | None] | None = None,
) -> Configuration:
    """What the file at `path`, and the files it includes, declare.

    `environment` answers `!env NAME`, `secret` answers `!secret name` (from the stack configuration), `configured`
    answers `!config name` (from there, too; it raises IsSecret for what is a secret). With
    `offline`, a variable or secret that is missing is no problem: the value is then unknown (`SecretText`
    with `known` False), and an unknown host or organization is the empty string, which nobody can talk to.
    `read` gives the text of each file, by its path and its name in messages, and raises UnreadableError.

    Raises ConfigError with everything that is wrong with the files, in their order in the files.
    """
    source = Source(
        path, read=read, environment=environment, secret=secret, offline=offline, configured=configured
    )
    problems = list(source.problems)
    if source.root is None:
        raise ConfigError(problems)
    values, found = checking.document(source.root)
    desired, more = entries.desired(source.root, values, source.main, environment, sound=not found)
    desired, wrong = linked(desired)
    problems += [
        *found,
        *more,
        *wrong,
        *too_many(desired),
        *misplaced(source.root, desired),
        *exposed(source.root, environment),
    ]
    if not found:
        problems += contradictions(desired)
    if not problems and not desired.entries and not desired.unmanaged:
        problems.append(nothing("the file declares nothing", source.main))
    if problems:
        raise ConfigError(sorted(dict.fromkeys(problems), key=_place))
    notes = (
        *desired.notes,
        *looking_alike(desired.entries),
        *formerly_named(desired.entries),
        *without_credentials(desired.entries),
    )
    return dataclasses.replace(desired, notes=notes)


def _place(problem: Problem) -> tuple[Position, str]:
    return problem.where or Position("", 0, 0), problem.message
