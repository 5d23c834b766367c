"""What is decided about persons who must not exist: how many there are is all that Pulumi ever learns of them."""

from __future__ import annotations

import json
import os
from typing import Any

from pulumi_posthog.erasures import erase, present
from pulumi_posthog.erasures.declared import Identifier, Origin
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.clean import clean
from pulumi_posthog.stack.handlers.results import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
    replaced,
)
from pulumi_posthog.stack.host_now import Props, objection_to_move, relocated
from pulumi_posthog.stack.run import Run
from pulumi_posthog.values.json_value import whole
from pulumi_posthog.values.spelling import one_line


class AbsentPersonsHandler:
    """Keeps a project free of certain persons, who are in no property: they are read anew from their source.

    What goes wrong is raised as `clean` says.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @clean
    def check(self, olds: Props, news: Props) -> CheckResult:
        """Look all of them up, and refuse names that must not be used."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        if objection := objection_to_move(olds, inputs):
            return CheckResult(inputs, [CheckFailure("", objection)])
        identifiers, problems = _identifiers(inputs)
        project = None if problems else _project_now(inputs, self.run)
        if project is not None:
            found = present.present(self.run.view(inputs).live, project, identifiers)
            problems = erase.objections(found, inputs["__name"], self.run.settings.limits)
            if found and not problems and not olds:
                # Later, the difference shows it.
                pulumi_engine.say(f'project "{one_line(inputs["__name"])}": {present.words(len(found))}')
        return CheckResult(inputs, [CheckFailure("", problem) for problem in problems])

    @clean
    def diff(self, id_: str, olds: Props, news: Props) -> DiffResult:
        """A difference is that a person is there, or that others are meant; not that they are in another line."""
        if str(olds.get("project")) != str(news.get("project")):
            return replaced(["project"])
        differs = _meant(olds) != _meant(news) or bool(self._present(news))
        return DiffResult(changes=differs)

    @clean
    def read(self, id_: str, props: Props) -> ReadResult:
        """How many there are now, so that a preview shows it; as it was where that cannot be asked any more."""
        props = relocated(props)
        if _identifiers(props)[1]:
            return ReadResult(id_, dict(props), inputs=_declared_absent(props))
        now = {**props, "present": len(self._present(props))}
        return ReadResult(id_, now, inputs=_declared_absent(now))

    @clean
    def create(self, props: Props) -> CreateResult:
        """Erase who is there."""
        id_ = f"persons of {props['project']}"
        return CreateResult(id_, self._erased(id_, {}, props))

    @clean
    def update(self, id_: str, olds: Props, news: Props) -> UpdateResult:
        """Erase who is there again, or for the first time."""
        return UpdateResult(self._erased(id_, olds, news))

    def delete(self, id_: str, props: Props) -> None:
        """Erased persons do not come back, and nothing looks for them any more."""

    def _present(self, props: Props) -> present.Present:
        identifiers, problems = _identifiers(props)
        if problems:
            raise CannotApply("\n".join(problems))
        return present.present(self.run.view(props).live, str(props["project"]), identifiers)

    def _erased(self, id_: str, olds: Props, props: Props) -> dict[str, Any]:
        view, found = self.run.view(props), self._present(props)
        reasons = erase.objections(found, props["__name"], self.run.settings.limits)
        if reasons:
            raise CannotApply("\n".join(reasons))  # they came after the check
        kept = {name: whole(olds[name]) for name in ("receipts", "digest_key") if olds.get(name)}
        if not found:
            return {**props, "present": 0, "receipts": [], **kept}
        events = bool(props.get("delete_events"))
        outs, error = erase.carry_out(view.applier, str(props["project"]), found, kept, events=events)
        outs = {**props, **outs}
        if error is not None:
            # Who is gone has a receipt all the same, and the next run continues with the others.
            pulumi_engine.fail(error, self.run.once, created_id=id_, outs=outs)
        pulumi_engine.say(
            f'project "{one_line(props["__name"])}": {erase.erased_words(len(found), events=events)}'
        )
        if outs["present"]:
            pulumi_engine.warn(
                f"PostHog took the request and still shows {outs['present']} of them: run again in a while"
            )
        return outs


def _identifiers(props: Props) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
    """The persons that a resource is about, read anew where they come from, and why that is not possible."""
    from pulumi_posthog.erasures import (
        origins as erasures_origins,
    )  # late: few stacks need it, and it takes a while to import

    origins = [Origin(**each) for each in json.loads(props["__origins"])]
    return erasures_origins.resolved(origins, os.environ)


def _meant(props: Props) -> tuple[Any, ...]:
    """What is declared, without its place in the file."""
    origins = json.loads(props["__origins"])
    return bool(props.get("delete_events")), [{**origin, "where": None} for origin in origins]


def _project_now(props: Props, run: Run) -> str | None:
    """The project's id, of one that is to be taken over as well; None when it is yet to be made."""
    if pulumi_engine.known(props.get("project")):
        return str(props["project"])
    named = run.view(props).live.find(PROJECT, {}, {"name": props["__name"]})
    return named[0].id if len(named) == 1 else None


def _declared_absent(props: Props) -> dict[str, Any]:
    return {name: value for name, value in props.items() if name not in ("receipts", "digest_key")}
