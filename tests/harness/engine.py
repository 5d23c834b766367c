"""A Pulumi engine in a hundred lines: the order of calls of `pulumi up`, for thousands of runs in one process.

It drives the real providers over properties as the program registers them, against a real sandbox; what it leaves
out (serialisation, secrets in the state, parallel work) the tests of the real command line cover.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from harness.run import begin_anew
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile import coming_in, exact_rules, limits, unmanaged
from pulumi_posthog.reconcile.caps import room_first, room_makers
from pulumi_posthog.reconcile.desired import Desired, Entry, Key
from pulumi_posthog.reconcile.links import only_referred_to, targets
from pulumi_posthog.reconcile.renames import looks
from pulumi_posthog.stack.declarations import Holders, ids_of, properties_of, with_ids
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.guard import GuardProvider
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.holdings import claims_of
from pulumi_posthog.stack.left_out import objection
from pulumi_posthog.stack.location import PROPERTY, Location
from pulumi_posthog.stack.resolution import scope_of
from pulumi_posthog.stack.uncounted import Guarded, guarded_in
from pulumi_posthog.stack.urn import TYPE
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.secret_text import plain

UNKNOWN = object()
GUARD = ("guard", "guard")


class Refused(Exception):
    """A check said no; nothing was touched."""


class Killed(BaseException):
    """The runner died here: whatever was under way is not recorded."""


@dataclass
class Resource:
    """One resource in the state."""

    kind: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    after: tuple[tuple[str, str], ...] = ()


@dataclass
class Outcome:
    """What a run did: the names of the resources by operation, and the errors."""

    operations: list[tuple[str, tuple[str, str]]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


class Step:
    """What becomes of one declared resource."""

    def __init__(
        self,
        state: dict[tuple[str, str], Resource],
        name: tuple[str, str],
        properties: dict[str, Any],
        after: tuple[tuple[str, str], ...],
        outcome: Outcome,
        preview: bool,
    ) -> None:
        self.state, self.name, self.properties, self.after = state, name, properties, after
        self.outcome, self.preview = outcome, preview
        self.inputs: Any = None
        self.diff: Any = None

    def _call(self, method: str, *arguments: Any) -> Any:
        return _called(*self.name, method)(*arguments)

    def check(self) -> None:
        """Ask whether it may be so."""
        old = self.state.get(self.name)
        check = self._call("check", copy.deepcopy(old.inputs) if old else {}, _sent(self.properties))
        if check.failures:
            raise Refused("\n".join(failure.reason for failure in check.failures))
        self.inputs = check.inputs

    def create(self, *, again: bool = False) -> Any:
        """Make it; its id, None in a preview. `again` is to make what was deleted for that."""
        self.outcome.operations += [] if again else [("create", self.name)]
        if self.preview:
            return None
        created = self._call("create", _sent(self.inputs))
        self.state[self.name] = Resource(
            self.name[0], created.id, self.inputs, dict(created.outs), self.after
        )
        return created.id

    def compare(self) -> None:
        """Ask what differs."""
        old = self.state[self.name]
        self.diff = self._call("diff", old.id, copy.deepcopy(old.outputs), copy.deepcopy(self.inputs))

    def change(self) -> Any:
        """Do what differs; its id, None of what a preview would make anew."""
        old = self.state[self.name]
        if self.diff.replaces:
            self.outcome.operations.append(("replace", self.name))
            if self.preview:
                return None
            self._call("delete", old.id, old.outputs)
            del self.state[self.name]
            self.check()
            return self.create(again=True)
        if self.diff.changes:
            self.outcome.operations.append(("update", self.name))
            if not self.preview:
                updated = self._call("update", old.id, copy.deepcopy(old.outputs), _sent(self.inputs))
                old.outputs = dict(updated.outs)
        old.inputs, old.after = self.inputs, self.after
        return old.id


class Program:
    """The part of a run that asks about what is declared."""

    def __init__(
        self,
        engine: Engine,
        state: dict[Key, Resource],
        desired: Desired,
        outcome: Outcome,
        preview: bool,
        continue_on_error: bool,
        chosen: frozenset[Key] | None,
    ) -> None:
        self.engine, self.state, self.desired, self.outcome = engine, state, desired, outcome
        self.preview, self.continue_on_error, self.chosen = preview, continue_on_error, chosen
        self.holders = Holders(desired)
        self.ids: dict[Key, Any] = {}
        self.failed: set[Key] = set()

    def register(self, level: list[Entry]) -> None:
        """Do what is to be done about entries that wait for nothing of each other."""
        steps = []
        for step in filter(None, map(self._step, level)):
            with self._trying(step.name):
                step.check()
                if step.name in self.state:
                    steps.append(step)
                else:
                    self.ids[step.name] = step.create()
        for step in reversed(steps):
            with self._trying(step.name):
                step.compare()
        for step in steps:
            if step.name not in self.failed:
                with self._trying(step.name):
                    self.ids[step.name] = step.change()

    def _step(self, entry: Entry) -> Step | None:
        """What is to be done about an entry; None where this run leaves it out."""
        name = (entry.kind.name, entry.name)
        if self.chosen is not None and name not in self.chosen:
            if name in self.state:
                self.ids[name] = self.state[name].id
            else:
                self.failed.add(name)  # it is not made, and so is nothing below it
            return None
        if self.failed & set(after := _after(entry, self.holders)):
            self.failed.add(name)
            return None
        location = Location(self.desired.host, self.desired.organization, guarded=self.engine.guarded)
        properties = {
            **properties_of(entry, self.ids[entry.kind.parent, entry.parent] if entry.parent else None),
            **with_ids(ids_of(entry), self.ids.__getitem__),
            **location.as_property,
        }
        return Step(self.state, name, properties, after, self.outcome, self.preview)

    @contextlib.contextmanager
    def _trying(self, name: Key) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if isinstance(error, Refused) and not self.continue_on_error:
                raise
            self.failed.add(name)
            self.outcome.errors.append(error)


class Engine:
    """A stack's state and the operations on it.

    It is done with a resource before it asks about the next one. `side_by_side` is how Pulumi may do it otherwise, with
    PULUMI_PARALLEL_DIFF: it has asked about all that wait for nothing of each other, and made what is new, before it
    compares the first of them, and the last one registered may be compared first.
    """

    def __init__(self, *, guarded: bool = True) -> None:
        self.side_by_side = False
        self.guarded = guarded  # False: a program in Python without `guarded()`
        self.state: dict[tuple[str, str], Resource] = {}
        self.guard: dict[str, Any] = {}

    def up(
        self,
        desired: Desired,
        *,
        preview: bool = False,
        refresh: bool = True,
        continue_on_error: bool = False,
        chosen: frozenset[tuple[str, str]] | None = None,
    ) -> Outcome:
        """One `pulumi up --skip-preview` in a process of its own; with `preview`, only what it would do.

        With `continue_on_error` it goes on after a refusal or a failure, and deletes what nobody declares. With
        `chosen` it is about those alone, as with `--target`: the engine asks about nothing else, `GUARD` included.
        """
        begin_anew()
        outcome = Outcome()
        state = copy.deepcopy(self.state) if preview else self.state
        # The state is all there is to know: as `pulumi stack export` would have it.
        process.run.holdings.read_state(
            lambda: {
                urn_of(*name): claims_of(KINDS[name[0]], desired.organization, None, each.id, {})
                for name, each in state.items()
            }
        )
        process.run.uncounted.read_state(lambda: self._guarded(state))
        if refresh:
            self._refresh(state, chosen)
        desired = _with_exact_rules(_without_unseen(desired, state))
        if self.guarded and (chosen is None or GUARD in chosen):
            self._ask_guard(desired, preview)
        aliases = _follow_aliases(state, desired)
        program = Program(self, state, desired, outcome, preview, continue_on_error, chosen)
        try:
            for level in self._levels(desired, program.holders):
                program.register(level)
        finally:
            # What could not be changed, or was not tried, keeps its name.
            done = program.ids.keys() if chosen is None else program.ids.keys() & chosen
            _call(state, {now: before for before, now in aliases.items() if now not in done})
        new = [
            (KINDS[kind], name)
            for kind, name in desired.by_name
            if (kind, name) not in state and (chosen is None or (kind, name) not in chosen)
        ]
        if chosen is not None and not self.guarded and not preview:
            # The program's own last word.
            refused = objection(new, desired.by_name, [urn_of(*name) for name in state])
            if refused:
                raise Refused(refused)
        if not outcome.errors or continue_on_error:
            self._delete_the_rest(state, desired, outcome, preview, chosen)
        return outcome

    def _levels(self, desired: Desired, holders: Holders) -> list[list[Entry]]:
        """The entries in groups, of which one is over before the next begins."""
        ordered = list(room_first(desired))
        if not self.side_by_side:
            return [[entry] for entry in ordered]
        makers = room_makers(desired)
        depths: dict[Key, int] = {}
        result: list[list[Entry]] = []
        for entry in ordered:
            key = (entry.kind.name, entry.name)
            before = (*_after(entry, holders), *makers.get(key, ()))
            depths[key] = 1 + max((depths.get(each, -1) for each in before), default=-1)
            result += [[] for _ in range(depths[key] + 1 - len(result))]
            result[depths[key]].append(entry)
        return result

    def _guarded(self, state: dict[tuple[str, str], Resource]) -> Guarded:
        """What of it is under the guard, as a state has it."""
        return guarded_in(
            [
                {"type": f"{TYPE}Guard", "urn": urn_of("role", "guard"), "inputs": self.guard},
                *(
                    {
                        "type": f"{TYPE}{KINDS[kind].resource}",
                        "urn": urn_of(kind, name),
                        "id": each.id,
                        "inputs": each.inputs,
                        "parent": next(
                            (urn_of(*above) for above in each.after if above[0] == KINDS[kind].parent), ""
                        ),
                    }
                    for (kind, name), each in state.items()
                ),
            ]
        )

    def _ask_guard(self, desired: Desired, preview: bool) -> None:
        request = SimpleNamespace(urn=urn_of("role", "guard"))
        checked = GuardProvider().check(self.guard if request else {}, _of_guard(desired))
        if checked.failures:
            raise Refused("\n".join(failure.reason for failure in checked.failures))
        if not preview:
            self.guard = checked.inputs

    def _refresh(
        self, state: dict[tuple[str, str], Resource], chosen: frozenset[tuple[str, str]] | None
    ) -> None:
        for name, resource in list(state.items()):
            if chosen is not None and name not in chosen:
                continue
            result = _called(resource.kind, name[1], "read")(resource.id, copy.deepcopy(resource.outputs))
            if result.id is None:
                del state[name]
            else:
                resource.outputs, resource.inputs = dict(result.outs), dict(result.inputs)
                # The real engine compares what it has read, whether or not the program still declares it.
                _called(resource.kind, name[1], "diff")(
                    resource.id, copy.deepcopy(resource.outputs), copy.deepcopy(resource.inputs)
                )

    def _delete_the_rest(
        self,
        state: dict[tuple[str, str], Resource],
        desired: Desired,
        outcome: Outcome,
        preview: bool,
        chosen: frozenset[tuple[str, str]] | None,
    ) -> None:
        gone = [name for name in state if name not in desired.by_name and (chosen is None or name in chosen)]
        while gone:
            held = {holder for name in gone for holder in state[name].after}
            leaf = next(name for name in gone if name not in held)
            outcome.operations.append(("delete", leaf))
            if not preview:
                try:
                    _called(*leaf, "delete")(state[leaf].id, state[leaf].outputs)
                except Exception as error:
                    outcome.errors.append(error)
                    return
            del state[leaf]
            gone.remove(leaf)


def _after(entry: Entry, holders: Holders) -> tuple[Key, ...]:
    """What is there before it, and deleted after it."""
    parent = ((entry.kind.parent, entry.parent),) if entry.kind.parent and entry.parent else ()
    return (*parent, *holders.of(entry), *targets(entry))


def _follow_aliases(state: dict[Key, Resource], desired: Desired) -> dict[Key, Key]:
    """What has an alias of the state is that resource, under another name; earlier names -> names."""
    names = {}
    for entry in desired.entries:
        for earlier in entry.previously:
            before, now = (entry.kind.name, earlier), (entry.kind.name, entry.name)
            if before in state and now not in state and before not in desired.by_name:
                names[before] = now
    _call(state, names)
    return names


def _call(state: dict[tuple[str, str], Resource], names: dict[tuple[str, str], tuple[str, str]]) -> None:
    """Have the state call resources otherwise."""
    for before, now in names.items():
        if before in state:
            state[now] = state.pop(before)
    for resource in state.values():
        resource.after = tuple(names.get(name, name) for name in resource.after)


def _without_unseen(desired: Desired, state: dict[tuple[str, str], Resource]) -> Desired:
    """As the program does: what PostHog has to see first is left out."""
    if not any(entry.kind.comes_in for entry in desired.entries):
        return desired
    live = process.run.view(Location(desired.host, desired.organization).as_property).live
    return coming_in.without_unseen(
        desired,
        live,
        lambda entry: scope_of(desired, entry.parent, live),
        lambda _key: False,
        lambda project: ("project", project) not in state,
    )[0]


def _with_exact_rules(desired: Desired) -> Desired:
    """As the program does before anything is registered."""
    if not exact_rules.is_exact(desired):
        return desired
    location = Location(desired.host, desired.organization).as_property
    surplus = exact_rules.surplus(desired, process.run.view(location).live)
    if refused := list(exact_rules.refusals(surplus, process.run.settings.limits)):
        raise Refused("\n".join(map(str, refused)))
    return exact_rules.with_surplus(desired, surplus)


def _of_guard(desired: Desired) -> dict[str, Any]:
    return {
        "__managed": json_text(limits.managed(desired)),
        "__renamed": json_text(limits.renamed(desired)),
        "__called": json_text(_own_names(desired)),
        "__looks": json_text(looks(desired)),
        "__lists": json_text(limits.exact_lists(desired)),
        "__ids": json_text(limits.ids(desired)),
        "__referred": json_text(only_referred_to(desired)),
        "__unmanaged": unmanaged.as_text(desired),
        "__asked_at": Location(desired.host, desired.organization).as_property[PROPERTY],
    }


def _own_names(desired: Desired) -> dict[str, dict[str, Any]]:
    """As a program in Python says them."""
    names: dict[str, dict[str, Any]] = {}
    for entry in desired.entries:
        if isinstance(own := entry.kind.own_name(entry.fields), str):
            names.setdefault(entry.kind.name, {})[entry.name] = own
    return names


def urn_of(kind: str, name: str) -> str:
    """Pulumi's name of a resource."""
    return f"urn:pulumi:model::model::{TYPE}{KINDS[kind].resource}::{name}"


def _called(kind: str, name: str, method: str) -> Any:
    """A provider's method, which finds in the calling frames which resource the engine asks about."""

    def call(*arguments: Any) -> Any:
        request = SimpleNamespace(urn=urn_of(kind, name))
        result = getattr(KindProvider(kind), method)(*arguments)
        return result if request else None

    return call


def _sent(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties as they arrive in a provider: every number a float, no None in a dict."""

    def arrived(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: arrived(item) for key, item in value.items() if item is not None}
        if isinstance(value, list | tuple):
            return [arrived(item) for item in value]
        value = plain(value)  # Pulumi carries a secret as the text that it is
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    result: dict[str, Any] = arrived(properties)
    json.dumps(result)  # anything else would not survive the way
    return result
