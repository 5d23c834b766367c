"""What the guard decides: whether a run may continue, by what the stack managed and what it will manage."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile import addresses, unmanaged
from pulumi_posthog.reconcile.errors import CannotApply, WholeRunRefused
from pulumi_posthog.reconcile.limits import Managed, refusals, removals, with_listed
from pulumi_posthog.reconcile.links import still_referred_to
from pulumi_posthog.reconcile.meant import Meant
from pulumi_posthog.reconcile.objections import objection_to_age
from pulumi_posthog.reconcile.renames import Rename, bare, earlier_names, probable_renames
from pulumi_posthog.reconcile.still_read import BRING_TABLES, Broken, broken, still_declared
from pulumi_posthog.stack import elsewhere, pulumi_engine, unfinished
from pulumi_posthog.stack.handlers.lost_along import lost_along
from pulumi_posthog.stack.handlers.results import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pulumi_posthog.stack.holdings import claims_of
from pulumi_posthog.stack.keeping import DESTROY, destroying
from pulumi_posthog.stack.left_alone import left_alone
from pulumi_posthog.stack.live_names import live_names, names_in
from pulumi_posthog.stack.location import PROPERTY, location_of
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.uncounted import as_in, both, left_of, names_of, within
from pulumi_posthog.stack.urn import name_of, sibling
from pulumi_posthog.values.json_value import Damaged, json_in, json_text
from pulumi_posthog.values.local_file import project_folder

Props = Mapping[str, Any]
UNREAD = (
    "the state has what no guard remembers, and it cannot be counted: {}; nothing was changed\n"
    "  hint: make sure that `pulumi stack export` works here"
)
DAMAGED = (
    "what the state keeps of what this stack manages cannot be read: {}; nothing was changed\n"
    "  hint: put an earlier version of the state back: `pulumi stack export --version N`, `pulumi stack import`"
)


class GuardHandler:
    """Remembers what the stack manages and refuses a run that would remove too much of it.

    Its `check` sees the old list and the new one before any other resource is touched, because all depend on it. Its
    `read` answers without inputs, so that a refresh leaves the list alone, and its `diff` never says "changed",
    so that the list is stored without being shown.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    def check(self, olds: Props, news: Props) -> CheckResult:
        """Compare what the stack managed with what it will manage."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        try:
            return self._checked(olds or {}, news, inputs)
        except Damaged as error:
            # Not "it remembers nothing": then nothing would be refused.
            return CheckResult(inputs, [CheckFailure("", DAMAGED.format(error))])
        except UnknownOwners as error:
            return CheckResult(inputs, [CheckFailure("", UNREAD.format(error))])

    def _checked(self, olds: Props, news: Props, inputs: dict[str, Any]) -> CheckResult:
        if inputs.get("__file"):
            self.run.file = project_folder() / inputs["__file"]
        after, renamed = _managed(news["__managed"]), _kept(news, "__renamed")
        remembered = _managed(olds.get("__managed"))
        before = self._held(self.run.refreshed.deletable(remembered), after, renamed)
        let_pass = unfinished.remembered(olds)
        there, forgotten = self._forgotten(remembered, after, let_pass)
        inputs[unfinished.PROPERTY] = json_text(unfinished.passed(both(remembered, forgotten), after))
        before = both(before if there is None else within(before, there), forgotten)
        counted = names_of(remembered) | names_of(before)
        called = self.run.refreshed.called | live_names(
            self.run,
            removals(before, after, renamed),
            before,
            after,
            inputs.get("__asked_at"),
            pulumi_engine.resource_name(),
        )
        before = _taken_over(before, after, _kept(news, "__called"), called)
        given_up = unmanaged.of_text(news.get("__unmanaged"))
        self.run.unmanaged = (*self.run.unmanaged, *given_up)
        all_before, before = before, unmanaged.without(before, given_up)
        lists = _kept(news, "__lists")
        self.run.ignored = {**self.run.ignored, **json_in(news.get("__ignored") or "{}", dict, levels=3)}
        self.run.guard_remembers = self.run.guard_remembers or bool(olds) or self.run.refreshed.has_found
        self.run.ahead.manages(after)
        self._tell_holdings(after, lists, inputs)
        if isinstance(declared := inputs.get("__declares"), int | float):
            self.run.first_look.expect(int(declared))
        after = with_listed(before, after, lists, renamed)
        before = elsewhere.replaced(before, after, renamed, _kept(news, "__called"), called)
        found = refusals(before, after, self.run.settings.limits, KINDS, renamed)
        looks = self._looks(before, after, olds, inputs, called)
        self.run.addresses = addresses.of_guard(olds)
        strangers = addresses.strangers(inputs.pop("__strangers", None), self.run.addresses)
        going = removals(before, after, renamed)
        self.run.untried.going(
            (kind, name) for kind, parents in going.items() for gone in parents.values() for name in gone
        )
        taken_along, too_much = lost_along(self.run, going, before, inputs.get("__asked_at"), called)
        referred = json_in(inputs.pop("__referred", None) or "{}", dict, levels=2)
        fails, needed = self._still_read(going, before, after, inputs, called, referred)
        idle = self._idle(going, after)
        if before and idle:
            pulumi_engine.warn(
                f"posthog:allowRemovals still allows removals of {', '.join(idle)} that nothing needs any more:"
                " pulumi config rm posthog:allowRemovals"
            )
        needed += [*still_referred_to(going, referred), *self._too_old(before, after, inputs)]
        in_file = bool(inputs.get("__file"))
        doubtful = [] if found else self._doubtful(looks, going, in_file=in_file)
        told = [] if doubtful else [self._placed(look, look.words(in_file=in_file)) for look in looks]
        if not (found or too_much or doubtful or needed):
            for text in told:
                pulumi_engine.warn(text)
        for loss in () if too_much else taken_along:
            pulumi_engine.warn(str(loss))
        for each in () if needed else fails:
            pulumi_engine.warn(str(each))
        refused = [
            *strangers,
            *doubtful,
            *needed,
            *(told if found or too_much or needed else ()),
            *map(str, found),
            *([too_much] if too_much else []),
        ]
        self.run.guard_consulted = not refused
        if not refused:
            self.run.uncounted.passed(counted, after, renamed)
            for text in left_alone(olds, inputs, all_before, before, going):
                pulumi_engine.say(text)
        return CheckResult(inputs, [CheckFailure("", refusal) for refusal in refused])

    def _held(self, before: Managed, after: Managed, renamed: Mapping[str, Mapping[str, str]]) -> Managed:
        """`before`, except for a state that has a guard alone: a run in which all else failed leaves such a one.

        What was never made is neither removed nor renamed. A refresh tells that of some of it, and not of everything.
        """
        going = removals(before, after, renamed)
        if not any(names for parents in going.values() for names in parents.values()):
            return before
        with contextlib.suppress(UnknownOwners):  # then all of it counts
            self.run.know_the_state(pulumi_engine.resource_name())
        return {} if self.run.holdings.has_nothing else before

    def _forgotten(
        self, remembered: Managed, after: Managed, let_pass: Managed
    ) -> tuple[Managed | None, Managed]:
        """What the state has, None where it was not read; and what of it is under a guard and no guard remembers.

        It is read where something of that leaves: where a guard was taken out of the state, a resource came from
        another stack, or an earlier run may not have done what this guard has `let_pass`, which alone counts where the
        state cannot be read. Raises UnknownOwners.
        """
        urn = pulumi_engine.resource_name()
        beside = self.run.refreshed.beside(names_of(remembered) | names_of(after))
        if not beside and not let_pass:
            return None, {}
        try:
            guarded = self.run.guarded(urn)
        except UnknownOwners:
            if beside:
                raise
            return None, left_of(let_pass, names_of(remembered))
        rest = guarded.without(name_of(urn), names_of(remembered))
        return guarded.resources, as_in(self.run.refreshed.without_gone(rest), after)

    def _looks(
        self,
        before: Managed,
        after: Managed,
        olds: Props,
        inputs: dict[str, Any],
        called: Mapping[tuple[str, str], str],
    ) -> tuple[Rename, ...]:
        """What was probably renamed; the names that entries have had are noted in `inputs`."""
        before_that, renamed = (_kept(each, "__renamed") for each in (olds, inputs))
        then, now = (_kept(each, "__looks") for each in (olds, inputs))
        earlier = _kept(olds, "__earlier")
        inputs["__earlier"] = json_text(earlier_names(earlier, (before_that, renamed), after))
        if "__looks" in inputs:
            inputs["__looks"] = json_text(unfinished.with_looks(now, then, inputs))
        return probable_renames(
            before,
            after,
            renamed,
            KINDS,
            called,
            (then, now),
            unfinished.with_names_to_be(earlier_names(earlier, (before_that,), before), before_that, before),
            tuple(
                bare(managed, _kept(each, "__lists"), look if "__looks" in each else None)
                for managed, each, look in ((before, olds, then), (after, inputs, now))
            ),
        )

    def _tell_holdings(self, after: Managed, lists: Mapping[str, Mapping[str, Any]], inputs: Props) -> None:
        """Note what is going to be declared, before the engine asks about the first of it."""
        names = [
            (kind, name) for kind, parents in after.items() for each in parents.values() for name in each
        ]
        names += [(kind, name) for kind in lists for name in lists[kind]]
        self.run.holdings.will_declare(names)
        self.run.untried.declared(names)
        for kind, called in _kept(inputs, "__called").items():
            self.run.holdings.own_names |= {(kind, name): theirs for name, theirs in called.items()}
        location = inputs.get("__asked_at")
        for kind, ids in _kept(inputs, "__ids").items() if location else ():
            for id_, name in ids.items():
                claims = claims_of(KINDS[kind], location_of({PROPERTY: location}).organization, None, id_, {})
                self.run.holdings.claimed(
                    claims, sibling(pulumi_engine.resource_name(), KINDS[kind].resource, name)
                )

    def _doubtful(
        self, looks: Iterable[Rename], going: Mapping[str, Mapping[str, list[str]]], *, in_file: bool
    ) -> list[str]:
        """Why nothing is removed that was surely renamed, unless somebody has allowed that it is."""
        counts = {kind: sum(map(len, parents.values())) for kind, parents in going.items()}
        return [
            self._placed(look, look.refusal(counts[look.kind.name], in_file=in_file))
            for look in looks
            if look.sure
            and counts.get(look.kind.name, 0) > self.run.settings.limits.allowed.get(look.kind.name, 0)
        ]

    def _still_read(
        self,
        going: Mapping[str, Mapping[str, list[str]]],
        before: Managed,
        after: Managed,
        inputs: Props,
        called: Mapping[tuple[str, str], str],
        referred: Mapping[str, Mapping[str, str]],
    ) -> tuple[tuple[Broken, ...], list[str]]:
        """What nobody declares and reads a table that is deleted; and why that is not done for what is declared."""
        gone = {
            kind: [each for names in parents.values() for each in names] for kind, parents in going.items()
        }
        names = {kind: names_in(after, kind) for kind in after}
        ours = {
            (kind, name): theirs
            for kind, those in _kept(inputs, "__called").items()
            for name, theirs in those.items()
        }
        formerly = {
            kind: {old: new for old, new in those.items() if new in names.get(kind, ())}
            for kind, those in _kept(inputs, "__renamed").items()
        }
        renamed = {
            kind.name: {
                old: ours.get((kind.name, new), new.rpartition("/")[2])
                for old, new in formerly.get(kind.name, {}).items()
                if old in names_in(before, kind.name) - names.get(kind.name, set())
            }
            for kind in BRING_TABLES
        }
        location = inputs.get("__asked_at")
        if not location or not any(gone.get(kind.name) or renamed[kind.name] for kind in BRING_TABLES):
            return (), []
        try:
            live = self.run.view({PROPERTY: location}).live
            with contextlib.suppress(UnknownOwners):  # then names have to do
                self.run.know_the_state(pulumi_engine.resource_name())
            ids = self.run.holdings.ids_in_state()
            goes = Meant(gone, called, ids, live)
            # What is renamed in this run is in the state by its former name.
            stays = Meant(
                {kind: {*those, *formerly.get(kind, ())} for kind, those in names.items()},
                {**ours, **called},
                ids,
                live,
            )
            refused = [*still_declared(goes, stays, referred, live)]
            return (() if refused else broken(goes, stays, renamed, live)), refused
        except (ApiError, CannotApply) as error:
            return (), [f"nothing is removed, because it cannot be read whose SQL reads it: {error}"]

    def _too_old(self, before: Managed, after: Managed, inputs: Props) -> list[str]:
        """Why what is new and attached to objects cannot be: asked before the first of these objects is made."""
        new = [
            KINDS[kind]
            for kind in after
            if kind in KINDS and KINDS[kind].attached and names_in(after, kind) - names_in(before, kind)
        ]
        if not new or not (location := inputs.get("__asked_at")):
            return []
        with contextlib.suppress(ApiError, CannotApply):  # the error is told where one is read or made
            live = self.run.view({PROPERTY: location}).live
            return [words for kind in new if (words := objection_to_age(kind, live))]
        return []

    def _idle(self, gone: Mapping[str, Mapping[str, list[str]]], after: Managed) -> list[str]:
        """The kinds whose removals are allowed and do not happen.

        What exact lists own, the guard does not see, and what another one looks after it does not judge. Who has not
        seen the refresh does not know what another one looks after: so it is where a setting has just changed.
        """
        if not self.run.refreshed.has_found:
            return []
        exact = {kind.set_of for kind in KINDS.values()} | self.run.refreshed.kinds_beside(names_of(after))
        return [
            kind
            for kind in self.run.settings.limits.allowed
            if kind not in exact and not any(gone.get(kind, {}).values())
        ]

    def _placed(self, look: Rename, text: str) -> str:
        """What is said of a rename, with the place in the file where it would have to be written."""
        desired = self.run.declared()
        entry = desired.by_name.get((look.kind.name, look.after)) if desired else None
        return f"{entry.where}: {text}" if entry else text

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
        """What it is given; raises CannotApply where the state does not say what the stack manages."""
        try:
            managed = _managed(pulumi_engine.stored_input("__managed"))
        except Damaged as error:
            pulumi_engine.fail(CannotApply(DAMAGED.format(error)), self.run.once)
        self.run.refreshed.guard(pulumi_engine.resource_name(), managed)
        self.run.ahead.manages(managed)
        return ReadResult(id_, dict(props))

    def delete(self, id_: str, props: Props) -> None:
        """Nothing in PostHog. Only a stack that may be emptied loses its guard: raises WholeRunRefused for others."""
        try:
            check_consulted(self.run, guarded=True)
        except CannotApply as error:
            pulumi_engine.fail(error, self.run.once)


def _managed(text: Any) -> Managed:
    return json_in("{}" if text in (None, "") else text, dict, levels=3)


def _kept(properties: Props, name: str) -> dict[str, Any]:
    return json_in(properties.get(name) or "{}", dict)


def _taken_over(
    before: Managed,
    after: Managed,
    declared: Mapping[str, Mapping[str, str]],
    called: Mapping[tuple[str, str], str],
) -> Managed:
    """`before` without what a program declares under another resource name: that is taken over, and not removed.

    `declared` says what PostHog must call the resources of `after`, `called` what it calls those of `before` now. Two
    objects of one name below different parents are two: the second one does not take over the first.
    """

    def same(kind: str | None, old: str, new: str) -> bool:
        """Whether the two resources are one object, as far as names tell."""
        theirs = called.get((kind or "", old))
        return old == new or (theirs is not None and declared.get(kind or "", {}).get(new) == theirs)

    result: dict[str, dict[str, dict[str, str]]] = {}
    for kind, parents in before.items():
        above = {name: parent for parent, objects in after.get(kind, {}).items() for name in objects}
        had = {name for objects in parents.values() for name in objects}
        new = [
            (above.get(name, ""), theirs)
            for name, theirs in declared.get(kind, {}).items()
            if name not in had
        ]
        result[kind] = {
            parent: {
                name: key
                for name, key in objects.items()
                if name in above
                or not any(
                    theirs == called.get((kind, name)) and same(KINDS[kind].parent, parent, there)
                    for there, theirs in new
                )
            }
            for parent, objects in parents.items()
        }
    return result


def check_consulted(run: Run, *, guarded: bool) -> None:
    """Raises WholeRunRefused when no program has declared anything: it ended early, or the stack is being destroyed.

    Of what has no guard, nobody but the engine says what the program declares; of what a guard looks after, the guard
    has to have let it pass.
    """
    consulted = run.guard_consulted if guarded else run.holdings.anything_declared
    if not consulted and not destroying():
        raise WholeRunRefused(
            "everything that this stack manages could be removed from PostHog, because no program has declared anything"
            " in this run: it ended early, the stack is being destroyed, or --target names only what is removed;"
            f" if that is meant, say so: {DESTROY} pulumi destroy"
        )
