"""What one run of a program in Python shares. Programs of the Automation API may run side by side in one process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from pulumi.runtime import settings as runtime

Part = TypeVar("Part")
NAME: Final = "_posthog"  # of the attribute that the run's stack has, which is made with the run

_alone: dict[Any, Any] = {}  # of a process in which no program of Pulumi runs


def of_run(make: Callable[[], Part]) -> Part:
    """The one object of its class that this run has; it is made when it is first asked for."""
    stack = runtime.get_root_resource()
    parts: dict[Any, Any] = _alone if stack is None else vars(stack).setdefault(NAME, {})
    if make not in parts:
        parts[make] = make()
    part: Part = parts[make]
    return part
