"""The stack that is named, or selected -> everything that it remembers, for a comparison."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_posthog.cli import terminal
from pulumi_posthog.stack import state as stack_state
from pulumi_posthog.stack.state import StateError
from pulumi_posthog.values.bounds import SETTINGS_BYTES, text_of
from pulumi_posthog.values.local_file import project_above

if TYPE_CHECKING:
    from pulumi_posthog.reconcile.desired import Key
    from pulumi_posthog.reconcile.limits import Limits, Managed
    from pulumi_posthog.reconcile.recorded import Recorded

SECONDS = 30  # that Pulumi may take for a stack that nobody asked for by name


@dataclass(frozen=True)
class Remembered:
    """What a stack remembers. `limits` are None for a state from a file, which has no settings beside it."""

    text: str  # as `pulumi stack export` prints it
    source: str  # "stack prod", or the file's name
    objects: Mapping[Key, Recorded]
    managed: Managed
    addresses: frozenset[str]
    limits: Limits | None = None


def remembered(
    file: Path, *, name: str | None, state: Path | None, none: bool, secrets: bool
) -> Remembered | None:
    """What the stack `name`, or the file `state`, remembers of a configuration.

    Without either it is the stack that is selected beside `file`, unless `none`. Where Pulumi cannot say what that one
    remembers, a note tells why, and it is as if none were selected.
    Raises StateError when what was asked for by name cannot be read.
    """
    if state is not None:
        return _read(stack_state.state_in(state), str(state))
    folder = file.parent
    if name is not None:
        text = stack_state.state_of(name, folder, secrets=secrets)
        return _read(text, f"stack {name}", stack_state.settings_of(name, folder))
    name = None if none else selected(folder)
    if name is None:
        return None
    try:
        text = stack_state.state_of(name, folder, secrets=secrets, seconds=SECONDS)
        if not stack_state.is_of(file, text):
            return None
        found = _read(text, f"stack {name}", stack_state.settings_of(name, folder, seconds=SECONDS))
    except (StateError, ValueError) as error:
        reason = str(error)
        terminal.note(f"compared without the selected stack {name}: {reason}")
        return None
    terminal.note(f"compared with the selected stack {name}, too; --no-stack leaves it out")
    return found


def _read(text: str, source: str, settings: Mapping[str, str] | None = None) -> Remembered:
    from pulumi_posthog.kinds import KINDS
    from pulumi_posthog.reconcile import limits as reconcile_limits

    return Remembered(
        text,
        source,
        stack_state.recorded(text, source),
        stack_state.managed(text, source),
        stack_state.addresses(text, source),
        None if settings is None else reconcile_limits.Limits.from_settings(settings, KINDS),
    )


def selected(folder: Path) -> str | None:
    """The stack that Pulumi, called in `folder`, would use; None when none is selected. Pulumi is not called.

    A file of `stack.workspaces` has one stack for each backend (seen with Pulumi 3.259), or one only (older ones).
    """
    if project_above(folder) is None:
        return None
    if name := os.environ.get("PULUMI_STACK"):
        return name
    for path in stack_state.workspaces(folder):
        found = _json(path)
        by_backend = found.get("stacks")
        names = by_backend if isinstance(by_backend, dict) else {}
        backend = os.environ.get("PULUMI_BACKEND_URL") or _json(stack_state.home() / "credentials.json").get(
            "current"
        )
        only = next(iter(names.values())) if len(names) == 1 else None
        chosen = names.get(backend) or only or found.get("stack")
        if isinstance(chosen, str) and chosen:
            return chosen
    return None


def of_a_program(file: Path) -> str | None:
    """The stack that is selected where `file` is not: the one of a program without YAML, most likely."""
    return None if file.exists() else selected(file.parent)


def _json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(text_of(path, SETTINGS_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
