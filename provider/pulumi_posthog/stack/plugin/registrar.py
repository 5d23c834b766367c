"""Declarations -> the engine, by its own protocol: level by level, and each level all at once.

The engine takes what is in something only when that is there, so parents are a level of their own; within a level the
order says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc

from pulumi_posthog.reconcile.desired import Key
from pulumi_posthog.stack.declarations import GUARD, Declaration, ids_in, with_ids
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.plugin.protocol.registering import alias_pb2, resource_pb2
from pulumi_posthog.stack.plugin.wire import Secret, received, sent
from pulumi_posthog.stack.untried import because_of_what_failed
from pulumi_posthog.stack.urn import COMPONENT, PLUGIN_TYPE, TYPE, moved
from pulumi_posthog.values.version import __version__


class NotTried(Exception):
    """Something failed; the engine has said why, and the message says what was not tried because of that: `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        super().__init__(because_of_what_failed(names) if names else "not everything could be done")


class Stopped(Exception):
    """The engine takes no more: it has said why."""


@dataclass(frozen=True)
class Made:
    """What the engine knows of a resource: `id` is NOT_YET_KNOWN where only `pulumi up` will know it."""

    urn: str
    id: Any
    answered: Any = None  # a protobuf Struct, which is taken apart only where somebody reads it

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the provider has answered: the outputs by name, secret ones as `Secret`."""
        return received(self.answered) if self.answered is not None else {}


@dataclass
class Registrar:
    """Registers declarations below a component or a stack, `parent` being its URN, with that provider's reference.

    `protect` and `retain` are what the component was given, and None in a stack. `aliases` says what else a resource
    may be called in the state, from what is declared and the URN of its parent, None without one. `made` is what the
    engine has taken, in the beginning what somebody else registered.
    """

    monitor: Any
    parent: str
    aliases: Callable[[Declaration, str | None], Iterable[Any]]
    provider: str = ""
    protect: bool | None = None
    retain: bool | None = None
    made: dict[Key, Made] = field(default_factory=dict)

    def register(self, declarations: Iterable[Declaration]) -> None:
        """Register all of them. Raises NotTried when something failed and the rest was done, and Stopped."""
        failed: dict[Key, Declaration] = {}
        not_tried: list[str] = []
        for level in levels(declarations):
            calls = []
            for declaration in level:
                if any(key not in self.made for key in needs(declaration)):
                    not_tried.append(declaration.about)
                    continue
                calls.append((declaration, self.monitor.RegisterResource.future(self._request(declaration))))
            for declaration, call in calls:
                try:
                    answer = call.result()
                except grpc.RpcError as error:
                    raise Stopped from error
                if answer.result != resource_pb2.Result.SUCCESS:
                    failed[declaration.key] = declaration
                else:
                    self.made[declaration.key] = Made(answer.urn, answer.id or NOT_YET_KNOWN, answer.object)
        if failed or not_tried:
            raise NotTried(sorted(not_tried))

    def _request(self, declaration: Declaration) -> Any:
        properties, from_others = {}, {}
        for name, value in declaration.properties.items():
            if ids := list(ids_in(value)):
                properties[name] = with_ids(value, lambda key: self.made[key].id)
                from_others[name] = [self.made[key].urn for key in ids]
            elif name in declaration.secrets and value is not None:
                properties[name] = Secret(value)
            else:
                properties[name] = value
        if declaration.type == GUARD:
            properties["__version"] = __version__
        followed = [self.made[key].urn for key in declaration.follows]
        followed += [urn for urns in from_others.values() for urn in urns]
        dependencies = resource_pb2.RegisterResourceRequest.PropertyDependencies
        return resource_pb2.RegisterResourceRequest(
            type=f"{PLUGIN_TYPE}{declaration.type}",
            name=declaration.name,
            parent=self.made[declaration.parent].urn if declaration.parent else self.parent,
            custom=True,
            object=sent(properties),
            dependencies=list(dict.fromkeys(followed)),
            # Of one without any, the engine takes each property for dependent on all that the resource follows, keeps
            # that in the state, and asks what would be if none of them were known.
            propertyDependencies={
                name: dependencies(urns=from_others.get(name, ()))
                for name in from_others or [*properties][:1]
            },
            provider=self.provider,
            protect=self.protect,
            # Said in any case: what says nothing is retained where its parent is, as every project is.
            retainOnDelete=declaration.retained or bool(self.retain),
            deletedWith=self.made[declaration.deleted_with].urn if declaration.deleted_with else "",
            additionalSecretOutputs=declaration.secret_outputs,
            aliases=list(
                self.aliases(declaration, self.made[declaration.parent].urn if declaration.parent else None)
            ),
            aliasSpecs=True,
            acceptSecrets=True,
            supportsPartialValues=True,
            supportsResultReporting=True,
        )


def needs(declaration: Declaration) -> tuple[Key, ...]:
    """What has to be there before it."""
    ids = ids_in(declaration.properties)
    return (*((declaration.parent,) if declaration.parent else ()), *declaration.follows, *ids)


def levels(declarations: Iterable[Declaration]) -> list[list[Declaration]]:
    """The declarations by how many of them have to be there before them, one after the other."""
    depths: dict[Key, int] = {}
    result: list[list[Declaration]] = []
    for declaration in declarations:
        depth = 1 + max((depths.get(key, -1) for key in needs(declaration)), default=-1)
        depths[declaration.key] = depth
        result += [[] for _ in range(depth + 1 - len(result))]
        result[depth].append(declaration)
    return result


def in_component(declaration: Declaration, parent: str | None) -> Iterator[Any]:
    """What a resource of a component was before: under its earlier names, of the dynamic provider, and of a program.

    The engine adds what follows from the earlier names of `parent`, but only in the run that moves it.
    """
    for beginning in (PLUGIN_TYPE, TYPE):
        before: Mapping[str, Any] = {"parentUrn": moved(parent, beginning)} if parent else {"noParent": True}
        yield from _named(declaration, beginning, {}, before)


def in_stack(declaration: Declaration, parent: str | None, stack: str) -> Iterator[Any]:
    """What a resource of a program was before: under its earlier names, of the dynamic provider, and of a component.

    `stack` is what the URNs of its resources begin with. Of `parent` the same holds as in a component.
    """
    mine = f"{PLUGIN_TYPE}{declaration.type}"
    if not parent:
        yield from _named(declaration, PLUGIN_TYPE, {})
        yield from _named(declaration, TYPE, {})
        for name in (declaration.name, *declaration.previously):
            yield alias_pb2.Alias(urn=f"{stack}::{COMPONENT}${mine}::{name}")
        return
    yield from _named(declaration, PLUGIN_TYPE, {}, {"parentUrn": moved(parent, PLUGIN_TYPE, component=True)})
    yield from _named(declaration, TYPE, {}, {"parentUrn": moved(parent, TYPE)})


def _named(declaration: Declaration, beginning: str, *places: Mapping[str, Any]) -> Iterator[Any]:
    """Its names in each of the places, except the one that it has now."""
    for name in (declaration.name, *declaration.previously):
        for place in places:
            if (name, beginning, place) != (declaration.name, PLUGIN_TYPE, {}):
                spec = alias_pb2.Alias.Spec(name=name, type=f"{beginning}{declaration.type}", **place)
                yield alias_pb2.Alias(spec=spec)
