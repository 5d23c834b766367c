"""check, diff, read, create, update and delete of an object of any kind, decided once."""

from __future__ import annotations

import contextlib
from typing import Any

from pulumi_posthog.api import ApiError
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile import addresses, behind, people, stepping_aside
from pulumi_posthog.reconcile.adoption import adoptable, objection_to_takeover
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import Difference, differences, why_it_rests
from pulumi_posthog.reconcile.errors import CannotApply, HalfMade
from pulumi_posthog.reconcile.existing import Standing
from pulumi_posthog.reconcile.lockouts import Verdict, lacking, objection_to_losing_rules, verdict
from pulumi_posthog.reconcile.objections import (
    contradiction,
    objection_to_absence,
    objection_to_age,
    objection_to_change,
    objection_to_creation,
    objection_to_deletion,
    objection_to_differences,
    objection_to_list,
)
from pulumi_posthog.reconcile.recasing import possible
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.announcements import (
    announce,
    say_changes,
    say_ignored,
    say_renewals,
    say_set_back,
)
from pulumi_posthog.stack.handlers import beside
from pulumi_posthog.stack.handlers.beyond_guards import check_counted
from pulumi_posthog.stack.handlers.clean import clean, told_here
from pulumi_posthog.stack.handlers.guard import check_consulted
from pulumi_posthog.stack.handlers.naming import resolve
from pulumi_posthog.stack.handlers.results import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
    replaced,
)
from pulumi_posthog.stack.handlers.scope import elsewhere, is_placed, scope_now, scope_of
from pulumi_posthog.stack.holdings import IN_EXACT_LISTS
from pulumi_posthog.stack.host_now import Props, objection_to_move, relocated
from pulumi_posthog.stack.keeping import (
    claim_items,
    claims_for,
    given_up,
    kept_by_another,
    recognised,
    steps_aside,
    taken_by_another,
)
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.properties import (
    all_declared,
    checked,
    declared_names,
    outputs,
    placed,
    recorded,
    rotated,
    secret_name,
    stored,
    to_values,
    trigger_differs,
    triggered,
    unsent,
    wanted,
    with_digests,
)
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.stack.view import View
from pulumi_posthog.values.local_file import UnreadableFile
from pulumi_posthog.values.spelling import one_line


class KindHandler:
    """Decides about the resources of one kind. What goes wrong is raised as `clean` says."""

    def __init__(self, kind: Kind, run: Run) -> None:
        self.kind = kind
        self.run = run

    @clean
    def check(self, olds: Props, news: Props) -> CheckResult:
        """Complete the declared properties from the live ones, and say when an existing object is taken over."""
        self.run.holdings.declares(self.kind.name, pulumi_engine.resource_name())
        result = self._check(olds, news)
        if result.failures:
            self.run.failed(pulumi_engine.resource_name())
        elif not result.inputs.get("__absent"):
            self.run.uses.noted(pulumi_engine.resource_name(), self.kind, result.inputs)
        if said := self.run.first_look.asked(pulumi_engine.resource_name()):
            pulumi_engine.say(said)
        return result

    def _check(self, olds: Props, news: Props) -> CheckResult:
        kind, olds = self.kind, olds or {}
        if objection := objection_to_move(olds, news):
            return CheckResult(dict(news), [CheckFailure("", objection)])
        inputs = checked(kind, olds, news)
        refusal = resolve(kind, inputs, olds, self.run)
        refusal = refusal or beside.objection(kind, inputs, self.run)
        refusal = refusal or self._objection(kind, inputs) or self._locking_out(kind, inputs)
        if refusal:
            return CheckResult(inputs, [CheckFailure("", refusal)])
        if not olds and not inputs.get("__absent") and not addresses.nobody(kind, inputs):
            refusal = self._taking_over(kind, inputs)
        if not olds:
            self.run.view(inputs).mark_changed(kind, inputs)
        return CheckResult(inputs, [CheckFailure("", refusal)] if refusal else [])

    @clean
    def diff(self, id_: str, olds: Props, news: Props) -> DiffResult:
        """Compare what is declared with what PostHog has, not with what the state remembers."""
        kind, urn = self.kind, pulumi_engine.resource_name()
        result = self._diff(id_, olds, news)
        if self.run.holdings.is_declared(urn):  # a refresh compares what is not declared any more, too
            self.run.holdings.compared(claims_for(kind, olds, id_), urn, replaced=bool(result.replaces))
            if is_placed(kind, news):
                claim_items(self.run, kind, scope_of(kind, news), news, urn)
            if not result.changes:
                self.run.untried.settled(urn)
        if result.changes:
            self.run.view(news).mark_changed(kind, news, id_)
        return result

    def _diff(self, id_: str, olds: Props, news: Props) -> DiffResult:
        kind = self.kind
        if addresses.nobody(kind, news):
            return DiffResult(changes=False)
        if moved := elsewhere(kind, olds, news):
            return replaced(moved)
        live = self.run.view(news).live
        if kind is PROJECT:
            self.run.ahead.compared(live)
        found = live.object(kind, scope_of(kind, news), id_, all_declared(kind, news))
        if found is None:
            behind.check_gone(kind, scope_of(kind, olds), to_values(kind, olds), live)
        absent = bool(news.get("__absent"))
        problem = contradiction(kind, news.get("__id"), id_, found) or (
            (
                objection_to_absence(kind, found, to_values(kind, news))
                or taken_by_another(self.run, kind, news, id_, pulumi_engine.resource_name())
            )
            if found and absent
            else None
        )
        if problem:
            raise CannotApply(problem)
        if found is None and kind.restored and not absent:
            # What would be made anew all the same is not brought back first.
            before = differences(kind, to_values(kind, news), to_values(kind, olds))
            anew = [each.field.name for each in before if each.field.replaces(each.live, each.desired)]
            if anew:
                return replaced(anew)
            pulumi_engine.say(f"this {kind.title} was deleted in PostHog, and comes back with its id")
            return DiffResult(changes=True)
        if found is None:
            return DiffResult(changes=False) if absent else replaced(["id"])
        if absent:
            return DiffResult(changes=True)
        changed = differences(
            kind,
            wanted(kind, olds, news),
            found.values,
            rotated=lambda field, key: rotated(olds, news, field, key),
        )
        changed = possible(kind, changed, live, pulumi_engine.warn)
        refusal = objection_to_differences(kind, changed, found)
        if refusal and self.run.holdings.is_declared(pulumi_engine.resource_name()):
            raise CannotApply(refusal)
        taken = stepping_aside.holder(kind, scope_of(kind, news), found, changed, live)
        if taken is not None and self.run.holdings.is_declared(pulumi_engine.resource_name()):
            aside = steps_aside(self.run, kind, news, taken[0], pulumi_engine.resource_name())
            (pulumi_engine.say if aside else pulumi_engine.warn)(
                self._told(CannotApply(stepping_aside.words(kind, *taken, aside=aside)))
            )
        self._say_awaited(found)
        self._say_resting(found, to_values(kind, news))
        say_changes(kind, changed, olds)
        self._say_set_back(changed)
        unknown = [name for name in declared_names(kind, news) if not pulumi_engine.known(news.get(name))]
        replaces = [d.field.name for d in changed if d.field.replaces(d.live, d.desired)]
        if replaces:
            return replaced(replaces)
        say_renewals(kind, olds, news, found, live)
        # One that comes under a guard is stored anew: what deletes it reads what was stored.
        guarded_now = location_of(news).guarded and not location_of(olds).guarded
        # So is one whose PostHog has moved: the next run asks where the state says.
        host_moved = location_of(news).host != location_of(olds).host
        return DiffResult(
            changes=bool(changed or unknown or guarded_now or host_moved) or trigger_differs(kind, olds, news)
        )

    def _say_awaited(self, found: Found) -> None:
        """Say what a person has to do before all of an object works."""
        awaited = self.kind.awaited(found.answer) if self.kind.awaited else None
        if awaited and self.run.holdings.is_declared(pulumi_engine.resource_name()):
            pulumi_engine.say(
                f'{self.kind.title} "{one_line(str(self.kind.own_name(found.values)))}" {awaited}'
            )

    def _say_resting(self, found: Found, values: Props) -> None:
        """Say why an object stays in the state to which PostHog has brought it."""
        resting = why_it_rests(self.kind, values, found.values)
        if resting and self.run.holdings.is_declared(pulumi_engine.resource_name()):
            pulumi_engine.warn(
                f'{self.kind.title} "{one_line(str(self.kind.own_name(found.values)))}" {resting}'
            )

    def _say_set_back(self, changed: tuple[Difference, ...]) -> None:
        """Say of what `drift` passes over that this run does not; a refresh, which compares too, sets nothing back."""
        urn = pulumi_engine.resource_name()
        if self.run.ignored and self.run.holdings.is_declared(urn):
            say_set_back(changed, self.run.ignored.get(self.kind.name, {}).get(name_of(urn) or "", {}))

    @clean
    def read(self, id_: str, props: Props) -> ReadResult:
        """What PostHog has now; an id of None says that the object is gone, and nothing else says so."""
        props = relocated(props)
        kind, live, urn = self.kind, self.run.view(props).live, pulumi_engine.resource_name()
        found = live.object(kind, scope_of(kind, props), id_, all_declared(kind, props))
        if found is None:
            behind.check_gone(kind, scope_of(kind, props), to_values(kind, props), live)
        left = addresses.leavers(kind, props, found, live)
        self.run.holdings.recorded(claims_for(kind, props, id_), urn)
        if found is None:
            self.run.refreshed.gone(kind.name, urn)
            if props.get("__absent"):
                return ReadResult(id_, dict(props), inputs=dict(props))
            if kind.restored:
                # It can come back, and only by its id: the state continues having it.
                return ReadResult(id_, dict(props), inputs=dict(props))
            if left:
                kept = {**props, addresses.LEFT: left}  # so that the next run knows the address
                return ReadResult(id_, kept, inputs=kept)
            return ReadResult(None, {})  # None is the servicer's own way to say "gone"
        guarded = kind.guarded and location_of(props).guarded
        self.run.refreshed.found(kind.name, urn, kind.own_name(found.values), guarded=guarded)
        self.run.ahead.found(live, kind.name, name_of(urn), id_)
        inputs = stored(
            kind, recorded(kind, found.values, with_digests(kind, props, pulumi_engine.stored_input))
        )
        inputs |= {addresses.LEFT: left} if left else {}
        plain = {
            secret_name(field) for field in kind.fields
        } - props.keys()  # what a provider adds is no secret
        outs = {name: value for name, value in inputs.items() if name not in plain}
        return ReadResult(id_, {**outs, **stored(kind, outputs(kind, found.values))}, inputs=inputs)

    @clean
    def create(self, props: Props) -> CreateResult:
        """Take over what is there already, or make it."""
        kind, urn = self.kind, pulumi_engine.resource_name()
        self.run.untried.begun(urn)
        view, scope = self.run.view(props), scope_of(kind, props)
        if props.get("__absent"):
            return self._remove(kind, view, scope, props)
        if addresses.nobody(kind, props):
            return CreateResult(f"left:{props[addresses.LEFT][0]}", dict(props))
        claim_items(self.run, kind, scope, props, urn)
        try:
            applied = view.applier.create(
                kind, scope, to_values(kind, props), id_=props.get("__id"), defaults=placed(kind, props)
            )
        except HalfMade as half:
            self.run.holdings.made(claims_for(kind, props, half.found.id), urn)
            self.run.failed(urn)
            outs = _outs(kind, half.found, props)
            pulumi_engine.fail(
                half, self.run.once, text=self._told(half), created_id=half.found.id, outs=outs
            )
        self.run.holdings.made(claims_for(kind, props, applied.found.id), urn)
        self._say_awaited(applied.found)
        say_ignored(kind, applied)
        return CreateResult(applied.found.id, _outs(kind, applied.found, props))

    @clean
    def update(self, id_: str, olds: Props, news: Props) -> UpdateResult:
        """Send the declared fields that differ."""
        self.run.untried.begun(pulumi_engine.resource_name())
        kind, view, scope = self.kind, self.run.view(news), scope_of(self.kind, news)
        if news.get("__absent"):
            return UpdateResult(self._remove(kind, view, scope, news, id_).outs)
        found = view.live.object(kind, scope, id_, all_declared(kind, news))
        if found is None and kind.restored:
            found = view.applier.restore(kind, scope, id_)
        if found is None:
            raise CannotApply(
                f"this {kind.title} vanished from PostHog while it was updated: run again to make it anew"
            )
        # First: a refusal then leaves everything as it was, and what fails later finds the trigger recorded.
        renewed = triggered(kind, olds, news)
        for field in renewed:
            found = view.applier.act(kind, scope, found, field, olds.get(field.name), to_values(kind, news))
        try:
            applied = view.applier.update(
                kind,
                scope,
                found,
                wanted(kind, olds, news),
                rotated=lambda field, key: rotated(olds, news, field, key),
                steps_aside=lambda other: steps_aside(
                    self.run, kind, news, other, pulumi_engine.resource_name()
                ),
            )
        except (ApiError, CannotApply, UnreadableFile) as error:
            if renewed:
                self.run.failed(pulumi_engine.resource_name())
                half = HalfMade(found, error)
                half.__cause__ = error
                outs = _outs(kind, found, unsent(kind, olds, news))
                pulumi_engine.fail(half, self.run.once, text=self._told(half), created_id=id_, outs=outs)
            raise
        say_ignored(kind, applied)
        return UpdateResult(_outs(kind, applied.found, news))

    @clean
    def delete(self, id_: str, props: Props) -> None:
        """Remove the object; what is guarded stays in PostHog and is only forgotten here."""
        kind = self.kind
        self.run.untried.begun(pulumi_engine.resource_name(), goes=True)
        if kind.singleton:
            pulumi_engine.say(f"the {kind.title} stay in PostHog as they are and are no longer managed here")
        if kind.deletion is Deletion.NEVER:
            if not props.get("__absent"):
                pulumi_engine.say(f"this {kind.title} stays in PostHog and is no longer managed here")
            return
        if props.get("__absent"):
            return  # it is gone already
        if kind.deletion is not Deletion.FORGET:
            check_consulted(self.run, guarded=location_of(props).guarded)
            kept = given_up(self.run, kind, props, id_, pulumi_engine.resource_name())
            kept = kept or kept_by_another(self.run, kind, props, id_, pulumi_engine.resource_name())
            if kept:
                pulumi_engine.say(kept)
                return
            check_counted(self.run, kind, props, pulumi_engine.resource_name())
            if user := self.run.uses.user_of(kind, id_, props, pulumi_engine.resource_name()):
                raise CannotApply(
                    f'this {kind.title} is not deleted: "{one_line(str(name_of(user)))}", which stays, names it\n'
                    f"  hint: take it out there first, or declare the {kind.title} again"
                )
            if losing := objection_to_losing_rules(
                kind, scope_of(kind, props), id_, None, self.run.view(props).live
            ):
                raise CannotApply(losing)
            if self.run.view(props).live.object(kind, scope_of(kind, props), id_, ()) is None:
                behind.check_gone(
                    kind, scope_of(kind, props), to_values(kind, props), self.run.view(props).live
                )
            self.run.view(props).applier.delete(kind, scope_of(kind, props), id_)

    def _told(self, error: Exception) -> str:
        return told_here(error, self.run)

    def _objection(self, kind: Kind, inputs: Props) -> str | None:
        """Why the limits do not allow what is declared, as far as that can be known yet."""
        absent = bool(inputs.get("__absent"))
        scope = scope_now(kind, inputs, self.run)
        if kind.invitation:
            return self._to_people(kind, inputs, absent=absent)
        if scope is None or not (absent or kind.set_of or kind.caps or kind.kept_by):
            return None
        if kind.caps or kind.kept_by:
            view = self.run.view(inputs)
            return objection_to_change(kind, scope, to_values(kind, inputs), view.live, view.moves)
        live, values = self.run.view(inputs).live, to_values(kind, inputs)
        if absent:
            taken = (
                taken_by_another(self.run, kind, inputs, each.id, pulumi_engine.resource_name())
                for each in live.find(kind, scope, values)[:1]
            )
            refusal = next(taken, None)
            if refusal or kind.deletion is not Deletion.NEVER:
                return refusal  # what has to be allowed by name is asked about, and no rule is
            return objection_to_deletion(kind, values, live, self.run.settings.limits)
        return objection_to_list(kind, scope, values, live, self.run.settings.limits)

    def _to_people(self, kind: Kind, inputs: Props, *, absent: bool) -> str | None:
        """Why that may not be done to a person; who is to be invited counts against the limit of mails."""
        live, values = self.run.view(inputs).live, to_values(kind, inputs)
        refusal = people.objection(kind, values, absent=absent, live=live, limits=self.run.settings.limits)
        if refusal is None and not absent and not live.find(kind, {}, values):
            self.run.invited |= {str(kind.own_name(values))}
            if len(self.run.invited) > self.run.settings.limits.invitations:
                refusal = people.too_many_invitations(sorted(self.run.invited), self.run.settings.limits)
        return refusal and self._told(CannotApply(refusal))

    def _locking_out(self, kind: Kind, inputs: Props) -> str | None:
        """Why what is declared shuts out somebody who must not be; says who else is, and what the plan lacks."""
        scope, live, values = (
            scope_now(kind, inputs, self.run),
            self.run.view(inputs).live,
            to_values(kind, inputs),
        )
        for feature, field in lacking(kind, values, live).items():
            self.run.warn_once(
                f"{field.name if field else f'a {kind.title}'} needs the plan feature {feature}, which this"
                " organization does not have: PostHog keeps it without effect, or refuses it"
            )
        found = (
            verdict(kind, scope, values, live, self.run.settings.limits) if scope is not None else Verdict()
        )
        for warning in found.warnings:
            pulumi_engine.warn(warning)
        return found.refusal and self._told(CannotApply(found.refusal))

    def _taking_over(self, kind: Kind, inputs: Props) -> str | None:
        """Say what is there already and would be taken over; or why it may not be."""
        scope, values = scope_now(kind, inputs, self.run), to_values(kind, inputs)
        if scope is None:
            # Its parent is made in this run: there is nothing in it yet.
            self.run.first_look.stands(pulumi_engine.resource_name(), Standing.MADE)
            too_old = objection_to_age(kind, self.run.view(inputs).live)
            return too_old or self._creation_refused(kind, inputs, values)
        if kind is PROJECT:
            self.run.ahead.look_up_projects(self.run.view(inputs).live)
        matches, problem = adoptable(self.run.view(inputs).live, kind, scope, values, inputs.get("__id"))
        if problem:
            return problem
        found = next(iter(matches), None)
        owners = self.run.owners(
            location_of(inputs).organization,
            pulumi_engine.resource_name(),
            # Who is in a list may be somebody else's list to say, whether or not anybody is in it yet.
            conflicts=found is not None or bool(kind.set_of) or kind.name in IN_EXACT_LISTS,
        )
        refusal = objection_to_takeover(kind, scope, values, found, owners, self.run.settings.limits)
        if found is not None:
            with contextlib.suppress(UnknownOwners):
                if self.run.guard_remembers:
                    self.run.know_the_state(pulumi_engine.resource_name())
            renamed, said = recognised(self.run, kind, inputs, found, pulumi_engine.resource_name())
            if renamed:
                refusal = refusal or self._told(CannotApply(renamed))
            if said:
                pulumi_engine.say(said)
        if refusal is None and found is None:
            self.run.first_look.stands(pulumi_engine.resource_name(), Standing.MADE)
            refusal = self._creation_refused(kind, inputs, values)
        if refusal is None and found is not None:
            changed = differences(kind, values, found.values)
            changed = possible(kind, changed, self.run.view(inputs).live, pulumi_engine.warn)
            stays = objection_to_differences(kind, changed, found)
            refusal = stays and self._told(CannotApply(stays))
            brief = self.run.first_look.is_brief()
            stands = announce(kind, values, found, changed, brief=brief)
            self._say_resting(found, values)
            self.run.first_look.stands(pulumi_engine.resource_name(), stands)
            if len(matches) > 1:
                others = ", ".join(match.id for match in matches[1:])
                pulumi_engine.say(
                    f"PostHog has {len(matches)} of it, and the oldest is used: ids {others} are left alone"
                )
        return refusal

    def _creation_refused(self, kind: Kind, inputs: Props, values: Props) -> str | None:
        refusal = objection_to_creation(kind, values, self.run.view(inputs).live)
        refusal = refusal or beside.objection_to_making(kind, inputs, values, self.run)
        for words in kind.noted(values) if kind.noted and not refusal else ():
            pulumi_engine.say(f'{kind.title} "{one_line(str(kind.own_name(values)))}" {words}')
        scope = scope_now(kind, inputs, self.run)
        had = self.run.view(inputs).deleted.told(kind, scope, values) if scope and not refusal else None
        if had:
            pulumi_engine.warn(f'{kind.title} "{one_line(str(kind.own_name(values)))}" {had}')
        return refusal and self._told(CannotApply(refusal))

    def _remove(
        self, kind: Kind, view: View, scope: Scope, props: Props, id_: str | None = None
    ) -> CreateResult:
        values = to_values(kind, props)
        if id_ is None:
            matches = view.live.find(kind, scope, values)
            id_ = matches[0].id if matches else f"absent:{kind.own_name(values)}"
        if not id_.startswith("absent:"):
            kept = kept_by_another(self.run, kind, props, id_, pulumi_engine.resource_name(), stays=True)
            if kept:
                raise CannotApply(kept)
            view.applier.delete(kind, scope, id_, even_guarded=True)
        return CreateResult(id_, {**props, "state": "absent"})


def _outs(kind: Kind, found: Found, props: Props) -> dict[str, Any]:
    values = {**found.values}
    return stored(kind, {**recorded(kind, values, props), **outputs(kind, values)})
