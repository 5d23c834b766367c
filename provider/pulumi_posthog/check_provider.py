"""The dynamic provider of health checks: `pulumi up` runs them, and nothing of them is in PostHog.

Module and class names here stand in every state for ever, as those of `dynamic` do.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

from pulumi.dynamic import (  # noqa: TID251 - a door beside `dynamic`, which is long enough
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_posthog import engine
from pulumi_posthog.apply import Impossible
from pulumi_posthog.checks.outcome import State
from pulumi_posthog.checks.resource import check_of, has_to_run
from pulumi_posthog.checks.running import run
from pulumi_posthog.checks.setting import NEVER
from pulumi_posthog.dynamic import configured, pickled_provider
from pulumi_posthog.session import Props, Session


class CheckFailed(Exception):
    """A health check does not hold, or could not be run."""


class CheckProvider(ResourceProvider):
    """Runs a health check after what it follows has changed, and fails the run where it does not hold.

    What it follows was compared earlier in the same process, for the check depends on it: the session remembers. A
    check that fails is recorded as not passed, or not at all, so that the next update runs it again.
    """

    def configure(self, req: ConfigureRequest) -> None:
        """Find the key, and when checks are to run."""
        configured(req)

    def check(self, _olds: Any, news: Any) -> CheckResult:
        """Refuse what is no check: a program in Python may declare anything."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        if objection := Session.objection_to_move(_olds, inputs):
            return CheckResult(inputs, [CheckFailure("", objection)])
        try:
            if all(engine.known(value) for value in inputs.values()):
                check_of(inputs)
        except ValueError as error:
            return CheckResult(inputs, [CheckFailure("", str(error))])
        return CheckResult(inputs, [])

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """Whether it has to run; a preview says "update" of one that would."""
        subject = _news.get("__subject")
        touched = not engine.known(subject) or Session.of(_news).touched(_news["__of"], str(subject))
        return DiffResult(changes=has_to_run(_olds, _news, Session.checks, changed=touched))

    def read(self, id_: str, props: Any) -> ReadResult:
        """What it is given: there is nothing of it in PostHog."""
        return ReadResult(id_, Session.relocated(props))

    def create(self, props: Any) -> CreateResult:
        """Run it for the first time."""
        if Session.checks == NEVER:
            return CreateResult(f"check:{props['__name']}", {**props, "__passed": False})
        failure = self._failure(props)
        if failure:
            engine.fail(failure)
        return CreateResult(f"check:{props['__name']}", {**props, "__passed": True})

    def update(self, _id: str, _olds: Any, _news: Any) -> UpdateResult:
        """Run it again."""
        failure = self._failure(_news)
        if failure:
            outs = {**_news, "__passed": False, "__provider": check_provider_string()}
            engine.fail(failure, created_id=_id, outs=outs)
        return UpdateResult({**_news, "__passed": True})

    def delete(self, _id: str, _props: Any) -> None:
        """There is nothing of it in PostHog."""

    @staticmethod
    def _failure(props: Props) -> CheckFailed | None:
        cancelled = threading.Event()
        engine.when_over(cancelled.set)
        check = check_of(props)
        try:
            client = Session.of(props).live.reader
        except Impossible as error:
            return CheckFailed(str(error))
        outcome = run(check, client, str(props["project"]), cancelled=cancelled, say=engine.say)
        if outcome.state is State.HOLDS:
            engine.say(outcome.sentence)
            return None
        where = f"{check.where}: " if check.where else ""
        advice = [
            f"  {text}" for text in (check.description, outcome.hint and f"hint: {outcome.hint}") if text
        ]
        return CheckFailed("\n".join([f"{where}{outcome.sentence}", *advice]))


@functools.cache
def check_provider_string() -> str:
    """The pickled provider of health checks: by reference, as that of a kind."""
    return pickled_provider(CheckProvider())
