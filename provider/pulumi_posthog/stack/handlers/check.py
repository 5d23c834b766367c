"""What a health check's resource decides: whether it runs in this update, and what comes of it."""

from __future__ import annotations

import threading

from pulumi_posthog.checks.outcome import State
from pulumi_posthog.checks.running import run
from pulumi_posthog.checks.setting import NEVER
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.check_properties import check_of, has_to_run
from pulumi_posthog.stack.handlers.results import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pulumi_posthog.stack.host_now import Props, objection_to_move, relocated
from pulumi_posthog.stack.run import Run
from pulumi_posthog.values.spelling import one_line


class CheckFailed(Exception):
    """A health check does not hold, or could not be run."""


class CheckHandler:
    """Runs a health check after what it follows has changed, and fails the run where it does not hold.

    What it follows was compared earlier in the same process, because the check depends on it: the session remembers. A
    check that fails is recorded as not passed, or not at all, so that the next update runs it again. Raises CheckFailed
    then, and CannotApply where PostHog is nowhere that the key may be sent to.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    def check(self, olds: Props, news: Props) -> CheckResult:
        """Refuse what is no check: a program in Python may declare anything."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        if objection := objection_to_move(olds, inputs):
            return CheckResult(inputs, [CheckFailure("", objection)])
        try:
            if all(pulumi_engine.known(value) for value in inputs.values()):
                check_of(inputs)
        except ValueError as error:
            return CheckResult(inputs, [CheckFailure("", str(error))])
        return CheckResult(inputs, [])

    def diff(self, id_: str, olds: Props, news: Props) -> DiffResult:
        """Whether it has to run; a preview says "update" of one that would."""
        subject = news.get("__subject")
        touched = not pulumi_engine.known(subject) or self.run.view(news).changed(news["__of"], str(subject))
        return DiffResult(changes=has_to_run(olds, news, self.run.settings.checks, changed=touched))

    def read(self, id_: str, props: Props) -> ReadResult:
        """What it is given: there is nothing of it in PostHog."""
        return ReadResult(id_, relocated(props))

    def create(self, props: Props) -> CreateResult:
        """Run it for the first time."""
        if self.run.settings.checks == NEVER:
            return CreateResult(f"check:{props['__name']}", {**props, "__passed": False})
        failure = self._failure(props)
        if failure:
            pulumi_engine.fail(failure, self.run.once)
        return CreateResult(f"check:{props['__name']}", {**props, "__passed": True})

    def update(self, id_: str, olds: Props, news: Props) -> UpdateResult:
        """Run it again."""
        failure = self._failure(news)
        if failure:
            pulumi_engine.fail(failure, self.run.once, created_id=id_, outs={**news, "__passed": False})
        return UpdateResult({**news, "__passed": True})

    def delete(self, id_: str, props: Props) -> None:
        """There is nothing of it in PostHog."""

    def _failure(self, props: Props) -> CheckFailed | None:
        cancelled = threading.Event()
        pulumi_engine.when_over(cancelled.set)
        check = check_of(props)
        try:
            client = self.run.view(props).live.reader
        except CannotApply as error:
            return CheckFailed(str(error))
        outcome = run(check, client, str(props["project"]), cancelled=cancelled, say=pulumi_engine.say)
        if outcome.state is State.HOLDS:
            pulumi_engine.say(outcome.sentence)
            return None
        where = f"{check.where}: " if check.where else ""
        advice = [
            f"  {one_line(text)}"
            for text in (" ".join(check.description.split()), outcome.hint and f"hint: {outcome.hint}")
            if text
        ]
        return CheckFailed("\n".join([f"{where}{outcome.sentence}", *advice]))
