"""An error about one resource -> the same with the object's name and the place in the file that declares it.

Places are in no property: they change with every line that is put in above, and the state would be written anew.
So the file is read again, and only when there is something to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pulumi_posthog.api import (
    ApiError,
    Conflict,
    Forbidden,
    Invalid,
    OutcomeUnknown,
    PaymentRequired,
    Unauthorized,
)
from pulumi_posthog.kinds import BY_RESOURCE
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.errors import CannotAct, CannotApply, HalfMade, WholeRunRefused
from pulumi_posthog.stack.urn import name_of, type_of
from pulumi_posthog.values.local_file import UnreadableFile
from pulumi_posthog.values.problem import ConfigError, Position
from pulumi_posthog.values.spelling import one_line

# What is about one object; a wrong key or a server that is down is about all of them.
ABOUT_AN_OBJECT = (Conflict, Forbidden, Invalid, OutcomeUnknown, PaymentRequired)


def with_place(error: Exception, urn: str, declared: Callable[[], Desired | None]) -> str:
    """The message of `error`, with the object and its place before it where that can be known.

    `urn` is Pulumi's name of the resource. `declared` says what the stack was made from, None where that is no file or
    cannot be read; it is asked only where it matters.
    """
    cause = error.__cause__ if isinstance(error, HalfMade) else error
    about = (isinstance(cause, ABOUT_AN_OBJECT) and cause.method != "GET") or isinstance(
        cause, CannotAct | CannotApply | UnreadableFile
    )
    if isinstance(cause, Unauthorized):
        # The same of everything, whatever was asked for: so that it is told once.
        return f"{cause.problem}; {cause.hint}" if cause.hint else cause.problem
    if isinstance(cause, WholeRunRefused):
        return str(cause)
    desired = declared() if about else None
    entry = named(desired, urn) if desired else None
    if entry is None:
        # A program in Python declares it: it has a name, and no place in a file.
        kind, name = kind_of(urn), name_of(urn)
        return f'{kind.title} "{one_line(name)}": {error}' if about and kind and name else str(error)
    attr = (cause.attr or _about(entry, cause.code)) if isinstance(cause, ApiError) else None
    return f'{place(entry, attr)}: {entry.kind.title} "{one_line(entry.name)}": {error}'


def _about(entry: Entry, code: str | None) -> str | None:
    """The declared field that a refusal with this code is about, where PostHog does not say it."""
    return next(
        (each.name for each in entry.kind.fields if code in each.refused_as and each.name in entry.fields),
        None,
    )


def named(desired: Desired, urn: str) -> Entry | None:
    """The entry that a resource was made from."""
    kind, name = kind_of(urn), name_of(urn)
    return desired.by_name.get((kind.name, name)) if kind and name is not None else None


def kind_of(urn: str) -> Kind | None:
    """The kind of a resource of ours."""
    return BY_RESOURCE.get(type_of(urn) or "")


def place(entry: Entry, attr: str | None) -> Position | None:
    """The place of the field that PostHog names (`app_urls__0`, `config__key`: posthog-api.md 1.6), else the entry."""
    parts = (attr or "").split("__")
    for length in range(len(parts), 0, -1):
        found = entry.positions.get(".".join(parts[:length]))
        if found:
            return found
    return entry.where


def declared(file: Path) -> Desired | None:
    """What a file declares, as far as it can be read without its secrets; None when it cannot."""
    # Late: a provider that has nothing to tell needs neither YAML nor JSON Schema.

    from pulumi_posthog import config

    try:
        return config.load(file, environment={}, offline=True)
    except ConfigError:
        return None
