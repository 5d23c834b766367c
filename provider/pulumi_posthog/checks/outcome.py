"""What a health check came to, as a value and in words."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_posthog.checks.declared import Check
from pulumi_posthog.values.duration import duration
from pulumi_posthog.values.spelling import one_line

if TYPE_CHECKING:  # a report does not wait for HTTP
    from pulumi_posthog.api import ApiError


class State(enum.Enum):
    """How a check ended. The value is a name in formats for programs."""

    FAILS = "does_not_hold"
    NOT_RUN = "could_not_be_run"
    GAVE_UP = "gave_up_waiting"
    CANCELLED = "cancelled"
    HOLDS = "holds"

    @property
    def title(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One check's end.

    `seen` is the value that was seen last, as people read it, and never more of the answer than that. `waited` is
    in seconds, from the first question to the end; `attempts` counts the questions. `problem` and `hint` say why
    there is no value; `error` is PostHog's part in it.
    """

    check: Check
    state: State
    seen: str | None = None
    waited: float = 0.0
    attempts: int = 0
    problem: str | None = None
    hint: str | None = None
    error: ApiError | None = None

    @property
    def told(self) -> str:
        """What was seen and expected, or why nothing was: without the name of the check."""
        if self.problem is not None:
            return self.problem
        if self.seen is None:
            return self.state.title
        return f"{self.seen}, expected {self.check.expect}{self._effort}"

    @property
    def _effort(self) -> str:
        if self.attempts < 2:
            return ""
        return f"; asked {self.attempts} times in {duration(self.waited)}"

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        return f"{described(self.check)} {self.state.title}: {self.told}"


def described(check: Check) -> str:
    """A check in a message."""
    kind, name = check.subject
    owner = f'{kind.replace("_", " ")} "{one_line(name)}"'
    return f"the check of {owner}" if check.key is None else f'check "{one_line(check.key)}" of {owner}'


def counted(outcomes: Iterable[Outcome]) -> dict[State, tuple[Outcome, ...]]:
    """The outcomes by their states, in the order of `State`; states without an outcome are left out."""
    all_ = tuple(outcomes)
    groups = {state: tuple(each for each in all_ if each.state is state) for state in State}
    return {state: found for state, found in groups.items() if found}
