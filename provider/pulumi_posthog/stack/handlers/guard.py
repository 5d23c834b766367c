"""What the guard decides: whether a run may go on, by what the stack managed and what it will manage."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile import addresses
from pulumi_posthog.reconcile.errors import Impossible
from pulumi_posthog.reconcile.limits import Managed, refusals, removals
from pulumi_posthog.reconcile.losses import Loss, losses, refusal_of_losses
from pulumi_posthog.reconcile.renames import probable_renames
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.handlers.results import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pulumi_posthog.stack.location import PROPERTY
from pulumi_posthog.stack.run import Session
from pulumi_posthog.values.json_value import Damaged, json_in
from pulumi_posthog.values.local_file import project_folder

Props = Mapping[str, Any]
DESTROY_VARIABLE = "POSTHOG_ALLOW_DESTROY"
DAMAGED = (
    "what the state keeps of what this stack manages cannot be read: {}; nothing was changed\n"
    "  hint: put an earlier version of the state back: `pulumi stack export --version N`, `pulumi stack import`"
)


class GuardHandler:
    """Remembers what the stack manages and refuses a run that would remove too much of it.

    Its `check` sees the old list and the new one before any other resource is touched, for all depend on it. Its
    `read` answers without inputs, so that a refresh leaves the list alone, and its `diff` never says "changed",
    so that the list is stored without being shown.
    """

    def check(self, olds: Props, news: Props) -> CheckResult:
        """Compare what the stack managed with what it will manage."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        try:
            return self._checked(olds or {}, news, inputs)
        except Damaged as error:
            # Not "it remembers nothing": then nothing would be refused.
            return CheckResult(inputs, [CheckFailure("", DAMAGED.format(error))])

    def _checked(self, olds: Props, news: Props, inputs: dict[str, Any]) -> CheckResult:
        if inputs.get("__file"):
            Session.file = project_folder() / inputs["__file"]
        after, renamed = _managed(news["__managed"]), _kept(news, "__renamed")
        before = Session.refreshed.deletable(_managed(olds.get("__managed")))
        before = _given_up(before, after, _kept(news, "__called"))
        Session.guard_remembers = Session.guard_remembers or bool(olds)
        Session.ahead.manages(after)
        found = refusals(before, after, Session.limits, KINDS, renamed)
        then, now = (_kept(each, "__looks") for each in (olds, news))
        looks = probable_renames(before, after, renamed, KINDS, Session.refreshed.called, (then, now))
        Session.addresses = addresses.of_guard(olds)
        strangers = addresses.strangers(inputs.pop("__strangers", None), Session.addresses)
        going = removals(before, after, renamed)
        taken_along, too_much = self._losses(going, inputs)
        idle = self._idle(going)
        if before and idle:
            pulumi_engine.warn(
                f"posthog:allowRemovals still allows removals of {', '.join(idle)} that nothing needs any more:"
                " pulumi config rm posthog:allowRemovals"
            )
        for look in () if found or too_much else looks:
            pulumi_engine.warn(str(look))
        for loss in () if too_much else taken_along:
            pulumi_engine.warn(str(loss))
        refused = [
            *strangers,
            *(map(str, looks) if found or too_much else ()),
            *map(str, found),
            *([too_much] if too_much else []),
        ]
        Session.guard_consulted = not refused
        return CheckResult(inputs, [CheckFailure("", refusal) for refusal in refused])

    @staticmethod
    def _losses(
        going: Mapping[str, Mapping[str, list[str]]], inputs: Props
    ) -> tuple[tuple[Loss, ...], str | None]:
        """Who loses what is deleted, and why that is too much; None when it may be."""
        gone = {
            kind: [name for names in parents.values() for name in names] for kind, parents in going.items()
        }
        location = inputs.get("__asked_at")
        if not location or not any(gone.values()):
            return (), None
        try:
            found = losses(gone, Session.refreshed.called, Session.of({PROPERTY: location}).live)
        except (ApiError, Impossible) as error:
            return (), f"nothing is removed, because it cannot be read who would lose it: {error}"
        return found, refusal_of_losses(found, Session.limits)

    @staticmethod
    def _idle(gone: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
        """The kinds whose removals are allowed and do not happen; what exact lists own, the guard does not see."""
        exact = {kind.exact_list_of for kind in KINDS.values()}
        return [
            kind
            for kind in Session.limits.allowed
            if kind not in exact and not any(gone.get(kind, {}).values())
        ]

    def diff(self, id_: str, olds: Props, news: Props) -> DiffResult:
        """Never a change that anybody would see."""
        return DiffResult(changes=False)

    def update(self, id_: str, olds: Props, news: Props) -> UpdateResult:
        """There is nothing of it in PostHog."""
        return UpdateResult(dict(news))

    def create(self, props: Props) -> CreateResult:
        """There is nothing of it in PostHog."""
        return CreateResult("guard", dict(props))

    def read(self, id_: str, props: Props) -> ReadResult:
        """What it is given."""
        try:
            managed = _managed(pulumi_engine.stored_input("__managed"))
        except Damaged as error:
            pulumi_engine.fail(Impossible(DAMAGED.format(error)))
        Session.refreshed.guard(pulumi_engine.resource_name(), managed)
        Session.ahead.manages(managed)
        return ReadResult(id_, dict(props))

    def delete(self, id_: str, props: Props) -> None:
        """Nothing in PostHog, but only a stack that may be emptied loses its guard."""
        try:
            check_consulted()
        except Impossible as error:
            pulumi_engine.fail(error)


def _managed(text: Any) -> Managed:
    return json_in("{}" if text in (None, "") else text, dict, levels=3)


def _kept(properties: Props, name: str) -> dict[str, Any]:
    return json_in(properties.get(name) or "{}", dict)


def _given_up(before: Managed, after: Managed, declared: Mapping[str, Mapping[str, str]]) -> Managed:
    """`before` without what a program declares under another resource name: that is taken over, and not removed.

    `declared` says what PostHog calls the resources of `after`.
    """
    called = Session.refreshed.called
    result: dict[str, dict[str, dict[str, str]]] = {}
    for kind, parents in before.items():
        here = {name for objects in after.get(kind, {}).values() for name in objects}
        had = {name for objects in parents.values() for name in objects}
        new = {theirs for name, theirs in declared.get(kind, {}).items() if name not in had}
        result[kind] = {
            parent: {
                name: key
                for name, key in objects.items()
                if name in here or called.get((kind, name)) not in new
            }
            for parent, objects in parents.items()
        }
    return result


def check_consulted() -> None:
    """Refuse to delete when no program has declared anything: it ended early, or the stack is being destroyed."""
    # Not a setting of the stack: `pulumi destroy` sees those of the last `up`, and they stay set for ever.
    if not Session.guard_consulted and os.environ.get(DESTROY_VARIABLE) != "true":
        raise Impossible(
            "everything that this stack manages would be removed from PostHog, for no program has declared anything"
            f" in this run; if that is meant, say so: {DESTROY_VARIABLE}=true pulumi destroy"
        )
