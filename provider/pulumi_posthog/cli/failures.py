"""Errors that the user can put right -> lines and an exit status. Anything else is a bug."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pulumi_posthog.cli.exits import Exit, worst


@dataclass(frozen=True)
class Failure:
    """One reason why the command could not do its work."""

    message: str
    hint: str | None
    exit: Exit


class Stop(Exception):
    """A verb cannot continue, for a reason of its own."""

    def __init__(self, message: str, hint: str | None = None, exit_: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.failure = Failure(message, hint, exit_)


def said(error: BaseException) -> tuple[Failure, ...] | None:
    """What to tell the user; None for a bug."""
    # Late, because an unknown option is no reason to wait for HTTP.
    from pulumi_posthog.api import ApiError
    from pulumi_posthog.reconcile.limits import LimitsError
    from pulumi_posthog.sandbox import SandboxError
    from pulumi_posthog.stack.state import StateError
    from pulumi_posthog.values.problem import ConfigError

    if isinstance(error, Stop):
        return (error.failure,)
    if isinstance(error, ConfigError):
        return tuple(
            Failure(
                f"{problem.where}: {problem.message}" if problem.where else problem.message,
                problem.hint,
                Exit.USAGE,
            )
            for problem in error.problems
        )
    if isinstance(error, ApiError):
        return (of_api(error),)
    if isinstance(error, SandboxError):
        return (Failure(str(error), "see pulumi-posthog sandbox --help", Exit.USAGE),)
    if isinstance(error, StateError):
        return (Failure(str(error), error.hint, Exit.API if error.unreachable else Exit.USAGE),)
    if isinstance(error, LimitsError):
        return (Failure(str(error), None, Exit.USAGE),)
    if isinstance(error, OSError) and error.filename:
        return (
            Failure(
                f"{error.filename}: {error.strerror or error}", "check the path and its rights", Exit.USAGE
            ),
        )
    return None


def of_api(error: Exception) -> Failure:
    """An `ApiError` as a failure."""
    from pulumi_posthog.api import ApiError, BadSurroundings, Forbidden, GaveUp, NotForKeys, Unauthorized

    if not isinstance(error, ApiError):
        return Failure(str(error), None, Exit.API)
    attempted = f"{error.method} {error.path}: " if error.method and error.path else ""
    code = Exit.API
    if isinstance(error, Unauthorized | Forbidden | NotForKeys):
        code = Exit.KEY
    elif isinstance(error, BadSurroundings):
        code = Exit.USAGE
    elif isinstance(error, GaveUp):
        code = Exit.GAVE_UP
    return Failure(f"{attempted}{error.problem}", error.hint, code)


def exit_of(failures: Sequence[Failure] | Iterable[Failure]) -> Exit:
    """The exit status for these failures together."""
    return worst(failure.exit for failure in failures)
