"""How a call ends: with an answer that may be shown, or with one line for what the user can put right."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from pulumi_posthog.api import ApiError, Unreachable
from pulumi_posthog.reconcile.errors import CannotAct, CannotApply
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.results import CheckFailure, CheckResult
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.places import with_place
from pulumi_posthog.stack.run import Run
from pulumi_posthog.values.host import VARIABLE
from pulumi_posthog.values.local_file import UnreadableFile
from pulumi_posthog.values.masking import tells
from pulumi_posthog.values.text import lines


class Handler(Protocol):
    """Who decides, in a run."""

    run: Run


P = ParamSpec("P")
R = TypeVar("R")
Self_ = TypeVar("Self_", bound=Handler)
MAKING = (
    "check",
    "diff",
    "create",
    "update",
)  # what keeps a new resource from taking over what an old one gives up


def clean(method: Callable[Concatenate[Self_, P], R]) -> Callable[Concatenate[Self_, P], R]:
    """Let what the user can put right reach the terminal as one line instead of a traceback.

    That is ApiError, CannotAct, CannotApply, UnreadableFile and UnknownOwners: each is told and raised as it is.
    """

    @functools.wraps(method)
    def call(self: Self_, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return cast("R", harmless_check(method(self, *args, **kwargs)))
        except (ApiError, CannotAct, CannotApply, UnreadableFile, UnknownOwners) as error:
            if method.__name__ in MAKING:
                self.run.failed(pulumi_engine.resource_name())
            elif method.__name__ == "delete":
                self.run.tell_untried(pulumi_engine.resource_name())
            text = told_here(error, self.run)
            if isinstance(error, Unreachable) and method.__name__ == "read" and not os.environ.get(VARIABLE):
                # A refresh asks where the state says.
                text += f"\n  hint: where PostHog has moved since the last run, say so: export {VARIABLE}=https://..."
            once = self.run.once if _each_is_shown(method, self.run) else str
            pulumi_engine.fail(error, once, text=text)

    return cast("Callable[Concatenate[Self_, P], R]", call)


def _each_is_shown(method: Callable[..., object], run: Run) -> bool:
    """Whether Pulumi shows every error of such calls, so that the second one may be short.

    Not of what a program declares: the first error that it hears there ends the run. With PULUMI_PARALLEL_DIFF, several
    comparisons may have failed by then, and any of them is the one that it shows.
    """
    program_runs = run.guard_consulted or run.holdings.anything_declared  # before that, a refresh compares
    return not (program_runs and method.__name__ in ("check", "diff"))


def harmless_check(answer: object) -> object:
    """What `check` answers, as it may be shown. What is declared is sent as it is, so the API key in it is refused."""
    if isinstance(answer, CheckResult):
        answer.failures = [CheckFailure(each.property, lines(each.reason)) for each in answer.failures or ()]
        if tells(answer.inputs):
            answer.failures.append(
                CheckFailure("", "it contains the API key of this run, which would be sent")
            )
    return answer


def told_here(error: Exception, run: Run) -> str:
    """The message of an error, with the object that the call is about and its place in the file."""
    return with_place(error, pulumi_engine.resource_name(), run.declared)
