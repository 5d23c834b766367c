"""Kind -> Pulumi's dynamic provider: translates and decides nothing. The only place with pulumi.dynamic.

Module and class names here stand in every state for ever: refresh and delete run what the state names.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import pickle
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from pulumi.dynamic import (  # noqa: TID251 - this is the one door
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_posthog import addresses, engine
from pulumi_posthog.actions import CannotAct
from pulumi_posthog.announcements import announce, say_ignored, say_newly_declared
from pulumi_posthog.api import ApiError
from pulumi_posthog.apply import HalfMade, Impossible, existing
from pulumi_posthog.attachment import UnreadableFile, project_folder
from pulumi_posthog.checks.setting import SettingError, setting
from pulumi_posthog.keeping import claim_items, claims_for, kept_by_another, recognised
from pulumi_posthog.kind import Deletion, Field, Kind, Type
from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.live import Found, Scope
from pulumi_posthog.location import location_of
from pulumi_posthog.masking import harmless, tells
from pulumi_posthog.objections import (
    contradiction,
    objection_to_absence,
    objection_to_creation,
    objection_to_deletion,
    objection_to_list,
    objection_to_takeover,
    own_name,
)
from pulumi_posthog.ownership import UnknownOwners
from pulumi_posthog.places import told
from pulumi_posthog.plan import differences
from pulumi_posthog.properties import (
    checked,
    declared_names,
    outputs,
    recorded,
    rotated,
    secret_name,
    to_values,
    trigger_differs,
    triggered,
    unsent,
    wanted,
    with_digests,
)
from pulumi_posthog.rails import SETTINGS, Limits, LimitsError, items, refusals, removals
from pulumi_posthog.recasing import possible
from pulumi_posthog.renames import probable_renames
from pulumi_posthog.session import Others, Session
from pulumi_posthog.urn import name_of

P = ParamSpec("P")
R = TypeVar("R")
Self_ = TypeVar("Self_", bound=ResourceProvider)
Props = Mapping[str, Any]
CALLS_SIDE_BY_SIDE = 16  # as many as there are connections; Pulumi's own limit is --parallel, 4 for each core
MAKING = (
    "check",
    "diff",
    "create",
    "update",
)  # what keeps a new resource from taking over what an old one gives up
DESTROY_VARIABLE = "POSTHOG_ALLOW_DESTROY"


def clean(method: Callable[Concatenate[Self_, P], R]) -> Callable[Concatenate[Self_, P], R]:
    """Let what the user can put right reach the terminal as one line instead of a traceback."""

    @functools.wraps(method)
    def call(self: Self_, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return cast("R", harmless_check(method(self, *args, **kwargs)))
        except (ApiError, CannotAct, Impossible, UnreadableFile, UnknownOwners) as error:
            if method.__name__ in MAKING:
                Session.holdings.failure(engine.resource_name())
            engine.fail(error, text=_told(error))

    return cast("Callable[Concatenate[Self_, P], R]", call)


def harmless_check(answer: object) -> object:
    """What `check` answers, as it may be shown. What is declared is sent as it is, so the API key in it is refused."""
    if isinstance(answer, CheckResult):
        answer.failures = [
            CheckFailure(each.property, harmless(each.reason)) for each in answer.failures or ()
        ]
        if tells(answer.inputs):
            answer.failures.append(
                CheckFailure("", "the API key of this run stands in it, and would be sent")
            )
    return answer


def stored(kind: Kind, properties: Props) -> dict[str, Any]:
    """Properties as the state may hold and Pulumi may show them: PostHog's texts are other people's."""
    # Secrets are compared with what is declared, and so are triggers, which PostHog knows nothing of.
    names = {field.name for field in kind.fields if not field.trigger and field.name != kind.parent}
    return {name: harmless(value) if name in names else value for name, value in properties.items()}


class KindProvider(ResourceProvider):
    """The provider of all resources of one kind; knows the kind by name, since it is pickled into the state."""

    def __init__(self, kind: str) -> None:
        # Nothing else: an attribute that varies would be a change of every resource, and a name cannot go stale.
        self.kind = kind

    def configure(self, req: ConfigureRequest) -> None:
        """Find the key, in case the environment has none, and the limits in the stack configuration."""
        configured(req)

    @clean
    def check(self, _olds: Any, news: Any) -> CheckResult:
        """Complete the declared properties from the live ones, and say when an existing object is taken over."""
        result = self._check(_olds, news)
        if result.failures:
            Session.holdings.failure(engine.resource_name())
        return result

    def _check(self, _olds: Any, news: Any) -> CheckResult:
        kind, olds = KINDS[self.kind], _olds or {}
        if objection := Session.objection_to_move(_olds, news):
            return CheckResult(news, [CheckFailure("", objection)])
        inputs = checked(kind, olds, news)
        refusal = self._resolve(kind, inputs) or self._address(kind, inputs, olds)
        refusal = refusal or self._objection(kind, inputs)
        if refusal:
            return CheckResult(inputs, [CheckFailure("", refusal)])
        if not olds and not inputs.get("__absent") and not addresses.nobody(kind, inputs):
            refusal = self._taking_over(kind, inputs)
        if not olds:
            Session.of(inputs).touch(kind, inputs)
        return CheckResult(inputs, [CheckFailure("", refusal)] if refusal else [])

    @clean
    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """Compare what is declared with what PostHog has, not with what the state remembers."""
        kind, urn = KINDS[self.kind], engine.resource_name()
        result = self._diff(_id, _olds, _news)
        Session.holdings.compared(claims_for(kind, _olds, _id), urn, replaced=bool(result.replaces))
        if not kind.parent or engine.known(_news.get(kind.parent)):
            claim_items(kind, _scope(kind, _news), _news, urn)
        if result.changes:
            Session.of(_news).touch(kind, _news, _id)
        return result

    def _diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        kind = KINDS[self.kind]
        if addresses.nobody(kind, _news):
            return DiffResult(changes=False)
        if kind.parent and not engine.known(_news.get(kind.parent)):
            return replaced([kind.parent])
        if kind.parent and str(_olds.get(kind.parent)) != str(_news.get(kind.parent)):
            return replaced([kind.parent])
        live = Session.of(_news).live
        if kind is PROJECT:
            Session.ahead.compared(live)
        found = live.object(kind, _scope(kind, _news), _id)
        absent = bool(_news.get("__absent"))
        problem = contradiction(kind, _news.get("__id"), _id) or (
            objection_to_absence(kind, found, to_values(kind, _news)) if found and absent else None
        )
        if problem:
            raise Impossible(problem)
        if found is None:
            return DiffResult(changes=False) if absent else replaced(["id"])
        if absent:
            return DiffResult(changes=True)
        changed = differences(
            kind,
            wanted(kind, _olds, _news),
            found.values,
            rotated=lambda field, key: rotated(_olds, _news, field, key),
        )
        changed = possible(kind, changed, live, engine.warn)
        say_newly_declared(kind, changed, _olds)
        unknown = [name for name in declared_names(_news) if not engine.known(_news.get(name))]
        replaces = [d.field.name for d in changed if d.field.replace_on_changes]
        if replaces:
            return replaced(replaces)
        for field in triggered(kind, _olds, _news):
            engine.say(
                f"{field.name} changes, so PostHog will replace the {_renewed(field)} of this {kind.title}"
            )
        # One that comes under a guard is stored anew: what deletes it reads what was stored.
        guarded_now = location_of(_news).guarded and not location_of(_olds).guarded
        # So is one whose PostHog has moved: the next run asks where the state says.
        moved = location_of(_news).host != location_of(_olds).host
        return DiffResult(
            changes=bool(changed or unknown or guarded_now or moved) or trigger_differs(kind, _olds, _news)
        )

    @clean
    def read(self, id_: str, props: Any) -> ReadResult:
        """What PostHog has now; an id of None says that the object is gone, and nothing else says so."""
        props = Session.relocated(props)
        kind, live, urn = KINDS[self.kind], Session.of(props).live, engine.resource_name()
        found = live.object(kind, _scope(kind, props), id_)
        left = addresses.leavers(kind, props, found, live)
        Session.holdings.recorded(claims_for(kind, props, id_), urn)
        if found is None:
            Session.refreshed.gone(kind.name, urn)
            if props.get("__absent"):
                return ReadResult(id_, dict(props), inputs=dict(props))
            if left:
                kept = {**props, addresses.LEFT: left}  # so that the next run knows the address
                return ReadResult(id_, kept, inputs=kept)
            return ReadResult(None, {})  # None is the servicer's own way to say "gone"
        Session.refreshed.found(kind.name, urn, own_name(kind, found.values))
        Session.ahead.found(live, kind.name, name_of(urn), id_)
        inputs = stored(kind, recorded(kind, found.values, with_digests(kind, props, engine.stored_input)))
        inputs |= {addresses.LEFT: left} if left else {}
        plain = {
            secret_name(field) for field in kind.fields
        } - props.keys()  # what a provider adds is no secret
        outs = {name: value for name, value in inputs.items() if name not in plain}
        return ReadResult(id_, {**outs, **stored(kind, outputs(kind, found.values))}, inputs=inputs)

    @clean
    def create(self, props: Any) -> CreateResult:
        """Take over what is there already, or make it."""
        kind, session, scope = KINDS[self.kind], Session.of(props), _scope(KINDS[self.kind], props)
        if props.get("__absent"):
            return self._remove(kind, session, scope, props)
        if addresses.nobody(kind, props):
            return CreateResult(f"left:{props[addresses.LEFT][0]}", dict(props))
        urn = engine.resource_name()
        claim_items(kind, scope, props, urn)
        try:
            applied = session.applier.create(
                kind, scope, to_values(kind, props), id_=props.get("__id"), defaults=_defaults(kind, props)
            )
        except HalfMade as half:
            Session.holdings.made(claims_for(kind, props, half.found.id), urn)
            Session.holdings.failure(urn)
            outs = _outs(kind, half.found, props)
            engine.fail(half, text=_told(half), created_id=half.found.id, outs=outs)
        Session.holdings.made(claims_for(kind, props, applied.found.id), urn)
        say_ignored(kind, applied)
        return CreateResult(applied.found.id, _outs(kind, applied.found, props))

    @clean
    def update(self, _id: str, _olds: Any, _news: Any) -> UpdateResult:
        """Send the declared fields that differ."""
        kind, session, scope = KINDS[self.kind], Session.of(_news), _scope(KINDS[self.kind], _news)
        if _news.get("__absent"):
            return UpdateResult(self._remove(kind, session, scope, _news, _id).outs)
        found = session.live.object(kind, scope, _id)
        if found is None:
            raise Impossible(
                f"this {kind.title} vanished from PostHog while it was updated: run again to make it anew"
            )
        # First: a refusal then leaves everything as it was, and what fails later finds the trigger recorded.
        renewed = triggered(kind, _olds, _news)
        for field in renewed:
            found = session.applier.act(kind, scope, found, field, _olds[field.name])
        try:
            applied = session.applier.update(
                kind,
                scope,
                found,
                wanted(kind, _olds, _news),
                rotated=lambda field, key: rotated(_olds, _news, field, key),
            )
        except (ApiError, Impossible, UnreadableFile) as error:
            if renewed:
                Session.holdings.failure(engine.resource_name())
                half = HalfMade(found, error)
                half.__cause__ = error
                outs = _outs(kind, found, unsent(kind, _olds, _news))
                engine.fail(half, text=_told(half), created_id=_id, outs=outs)
            raise
        say_ignored(kind, applied)
        return UpdateResult(_outs(kind, applied.found, _news))

    @clean
    def delete(self, _id: str, _props: Any) -> None:
        """Remove the object; what is guarded stays in PostHog and is only forgotten here."""
        kind = KINDS[self.kind]
        if kind.deletion is Deletion.NEVER:
            if not _props.get("__absent"):
                engine.say(f"this {kind.title} stays in PostHog and is no longer managed here")
            return
        if kind.deletion is not Deletion.FORGET:
            if location_of(_props).guarded:
                check_consulted()
            kept = kept_by_another(kind, _props, _id, engine.resource_name())
            if kept:
                engine.say(kept)
                return
            Session.of(_props).applier.delete(kind, _scope(kind, _props), _id)

    @staticmethod
    def _resolve(kind: Kind, inputs: dict[str, Any]) -> str | None:
        """Put ids in the place of names (a plugin's URL), where a program gave a name; why not, if not."""
        for field in kind.writable:
            value = inputs.get(field.name)
            if field.refers_to in LOOKUPS and field.type is Type.INTEGER and isinstance(value, str):
                inputs[field.name] = Session.of(inputs).live.refer(str(field.refers_to), value)
                if inputs[field.name] is None:
                    return (
                        f'the organization has no {field.refers_to} "{value}": install it, or check its name'
                    )
        return None

    @staticmethod
    def _address(kind: Kind, inputs: dict[str, Any], olds: Props) -> str | None:
        """Put PostHog's spelling in the place of addresses, and leave out who has left; why not, if not."""
        if addresses.person_field(kind) is None:
            return None
        known = Session.addresses | addresses.remembered(kind, olds)
        found = addresses.put(kind, _scope_now(kind, inputs), inputs, known, Session.of(inputs).live)
        for text in found.left:
            engine.warn(_told(Impossible(addresses.GONE.format(text))))
        return _told(Impossible(found.problem)) if found.problem else None

    @staticmethod
    def _objection(kind: Kind, inputs: Props) -> str | None:
        """Why the rails do not allow what is declared, as far as that can be known yet."""
        absent = bool(inputs.get("__absent"))
        scope = _scope_now(kind, inputs)
        if scope is None or not (absent or kind.exact_list_of):
            return None
        live, values = Session.of(inputs).live, to_values(kind, inputs)
        if absent:
            return objection_to_deletion(kind, values, live, Session.limits)
        return objection_to_list(kind, scope, values, live, Session.limits)

    def _taking_over(self, kind: Kind, inputs: Props) -> str | None:
        """Say what is there already and would be taken over; or why it may not be."""
        scope, values = _scope_now(kind, inputs), to_values(kind, inputs)
        if scope is None:
            # Its parent is made in this run: there is nothing in it yet.
            return self._creation_refused(kind, inputs, values)
        if kind is PROJECT:
            Session.ahead.look_up_projects(Session.of(inputs).live)
        matches, problem = existing(Session.of(inputs).live, kind, scope, values, inputs.get("__id"))
        if problem:
            return problem
        found = next(iter(matches), None)
        refusal = objection_to_takeover(kind, scope, values, found, Others.owners(), Session.limits)
        if found is not None:
            with contextlib.suppress(UnknownOwners):
                if Session.guard_remembers:
                    Session.know_the_state(engine.resource_name())
            renamed, said = recognised(kind, inputs, found, engine.resource_name())
            if renamed:
                refusal = refusal or _told(Impossible(renamed))
            if said:
                engine.say(said)
        if refusal is None and found is None:
            refusal = self._creation_refused(kind, inputs, values)
        if refusal is None and found is not None:
            changed = differences(kind, values, found.values)
            changed = possible(kind, changed, Session.of(inputs).live, engine.warn)
            announce(kind, values, found, changed)
            if len(matches) > 1:
                others = ", ".join(match.id for match in matches[1:])
                engine.say(
                    f"PostHog has {len(matches)} of it, and the oldest counts: ids {others} are left alone"
                )
        return refusal

    @staticmethod
    def _creation_refused(kind: Kind, inputs: Props, values: Props) -> str | None:
        refusal = objection_to_creation(kind, values, Session.of(inputs).live)
        return refusal and _told(Impossible(refusal))

    def _remove(
        self, kind: Kind, session: Session, scope: Scope, props: Props, id_: str | None = None
    ) -> CreateResult:
        values = to_values(kind, props)
        if id_ is None:
            matches = session.live.find(kind, scope, values)
            id_ = matches[0].id if matches else f"absent:{values.get('name')}"
        if not id_.startswith("absent:"):
            kept = kept_by_another(kind, props, id_, engine.resource_name())
            if kept:
                raise Impossible(kept)
            session.applier.delete(kind, scope, id_, even_guarded=True)
        return CreateResult(id_, {**props, "state": "absent"})


def configured(req: ConfigureRequest) -> None:
    """Take over what the stack configuration says; a limit that makes no sense stops the run."""
    engine.serve_side_by_side(CALLS_SIDE_BY_SIDE)
    Others.sources = tuple(items(req.config.get("posthog:otherStates")))
    Session.key_from_config = req.config.get("posthog:personalApiKey")
    try:
        Session.checks = setting(req.config.get("posthog:checks"))
        Session.limits = Limits.from_settings(
            {name: req.config.get(f"posthog:{name}") for name in SETTINGS}, KINDS
        )
    except (LimitsError, SettingError) as error:
        engine.fail(error)


class GuardProvider(ResourceProvider):
    """Remembers what the stack manages and refuses a run that would remove too much of it.

    Its `check` sees the old list and the new one before any other resource is touched, for all depend on it. Its
    `read` answers without inputs, so that a refresh leaves the list alone, and its `diff` never says "changed",
    so that the list is stored without being shown.
    """

    def configure(self, req: ConfigureRequest) -> None:
        """Find the limits in the stack configuration."""
        configured(req)

    def check(self, _olds: Any, news: Any) -> CheckResult:
        """Compare what the stack managed with what it will manage."""
        inputs = {name: value for name, value in news.items() if name != "__provider"}
        if inputs.get("__file"):
            Session.file = project_folder() / inputs["__file"]
        before = Session.refreshed.deletable(json.loads((_olds or {}).get("__managed") or "{}"))
        Session.guard_remembers = Session.guard_remembers or bool(_olds)
        after, renamed = json.loads(news["__managed"]), json.loads(news.get("__renamed") or "{}")
        Session.ahead.manages(after)
        found = refusals(before, after, Session.limits, KINDS, renamed)
        looks = probable_renames(before, after, renamed, KINDS, Session.refreshed.called)
        Session.addresses = addresses.of_guard(_olds or {})
        strangers = addresses.strangers(inputs.pop("__strangers", None), Session.addresses)
        idle = self._idle(removals(before, after, renamed))
        if before and idle:
            engine.warn(
                f"posthog:allowRemovals still allows removals of {', '.join(idle)} that nothing needs any more:"
                " pulumi config rm posthog:allowRemovals"
            )
        for look in () if found else looks:
            engine.warn(str(look))
        refused = [*strangers, *(map(str, looks) if found else ()), *map(str, found)]
        Session.guard_consulted = not refused
        return CheckResult(inputs, [CheckFailure("", refusal) for refusal in refused])

    @staticmethod
    def _idle(gone: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
        """The kinds whose removals are allowed and do not happen; what exact lists own, the guard does not see."""
        exact = {kind.exact_list_of for kind in KINDS.values()}
        return [
            kind
            for kind in Session.limits.allowed
            if kind not in exact and not any(gone.get(kind, {}).values())
        ]

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """Never a change that anybody would see."""
        return DiffResult(changes=False)

    def create(self, props: Any) -> CreateResult:
        """There is nothing of it in PostHog."""
        return CreateResult("guard", dict(props))

    def read(self, id_: str, props: Any) -> ReadResult:
        """What it is given."""
        managed = json.loads(engine.stored_input("__managed") or "{}")
        Session.refreshed.guard(engine.resource_name(), managed)
        Session.ahead.manages(managed)
        return ReadResult(id_, dict(props))

    def delete(self, _id: str, _props: Any) -> None:
        """Nothing in PostHog, but only a stack that may be emptied loses its guard."""
        try:
            check_consulted()
        except Impossible as error:
            engine.fail(error)


def check_consulted() -> None:
    """Refuse to delete when no program has declared anything: it ended early, or the stack is being destroyed."""
    # Not a setting of the stack: `pulumi destroy` sees those of the last `up`, and they stay set for ever.
    if not Session.guard_consulted and os.environ.get(DESTROY_VARIABLE) != "true":
        raise Impossible(
            "everything that this stack manages would be removed from PostHog, for no program has declared anything"
            f" in this run; if that is meant, say so: {DESTROY_VARIABLE}=true pulumi destroy"
        )


def _scope(kind: Kind, properties: Props) -> dict[str, str]:
    return {kind.parent: str(properties[kind.parent])} if kind.parent else {}


def _defaults(kind: Kind, props: Props) -> dict[str, Any]:
    place = props.get("__place")
    return {field.name: place for field in kind.fields if field.default_position and place is not None}


def _scope_now(kind: Kind, inputs: Props) -> dict[str, str] | None:
    """The scope, as far as it can be known before the parent has an id; None when it cannot."""
    if not kind.parent or engine.known(inputs.get(kind.parent)):
        return _scope(kind, inputs)
    names = location_of(inputs).parent
    if not names:
        return None
    parents = Session.of(inputs).live.find(KINDS[kind.parent], {}, json.loads(names))
    return {kind.parent: parents[0].id} if len(parents) == 1 else None


def replaced(fields: list[str]) -> DiffResult:
    """A change for which the object is deleted and made anew."""
    # Names are unique in PostHog, so the old one has to go before the new one comes.
    return DiffResult(changes=True, replaces=fields, delete_before_replace=True)


def _told(error: Exception) -> str:
    return told(error, engine.resource_name(), Session.file)


def _renewed(field: Field) -> str:
    return field.trigger.renews if field.trigger else ""


def _outs(kind: Kind, found: Found, props: Props) -> dict[str, Any]:
    values = {**found.values}
    return stored(kind, {**recorded(kind, values, props), **outputs(kind, values)})


@functools.cache
def provider_string(kind: str | None) -> str:
    """The pickled provider of a kind, or of the guard: by reference, the same on every run, host and Python."""
    return pickled_provider(KindProvider(kind) if kind else GuardProvider())


def pickled_provider(provider: ResourceProvider) -> str:
    """A provider as resources carry it."""
    return base64.b64encode(pickle.dumps(provider, protocol=4)).decode()
