"""The types of resources that the plugin has: who decides about each, and what form its properties have."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack.form import Fault
from pulumi_posthog.stack.handlers.guard import GuardHandler
from pulumi_posthog.stack.handlers.kind import KindHandler
from pulumi_posthog.stack.location import PROPERTY, Location
from pulumi_posthog.stack.plugin import inputs
from pulumi_posthog.stack.plugin.wire import Secret, opened
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import PLUGIN_TYPE
from pulumi_posthog.values.spelling import one_line

Properties = dict[str, Any]
CHECK, GUARD, PERSONS = "Check", "Guard", "AbsentPersons"
ASKED = ("project", "query", "event", "last", "expect", "within", "every", "timeout")


@dataclass(frozen=True)
class Form:
    """The form of a type's properties, between what Pulumi has and what the handlers know."""

    given: Callable[[str, Mapping[str, Any]], tuple[Properties, list[Fault]]]
    taken: Callable[[Mapping[str, Any]], Properties]
    answered: Callable[[Mapping[str, Any], frozenset[str]], Properties]
    shown: frozenset[str]
    located: bool = True  # whether it is in an organization


@dataclass(frozen=True)
class Resource:
    """A type of resource: its name, the form, the kind where it is one.

    `handler` makes what decides in a run: check, diff, read, create, update, delete.
    """

    name: str
    handler: Callable[[Run], Any]
    form: Form
    kind: Kind | None = None


def at(properties: Properties, address: tuple[str, str] | None) -> list[Fault]:
    """Put in where a resource is, unless its program has said so; what is wrong if it is not known."""
    if PROPERTY in properties or "__host" in properties:
        return []
    if address is None:
        return [
            Fault(
                "",
                "which PostHog organization?\n  hint: `pulumi config set posthog:host https://eu.posthog.com` and"
                " `pulumi config set posthog:organization <id>`",
            )
        ]
    properties.update(Location(*address).as_property)
    return []


def _of_kind(kind: Kind) -> Form:
    return Form(
        given=lambda _, news: inputs.given(kind, news),
        taken=functools.partial(inputs.taken, kind),
        answered=functools.partial(inputs.answered, kind),
        shown=inputs.shown(kind),
    )


def _plain(
    given: Callable[[str, Properties], list[Fault]],
    *,
    shown: tuple[str, ...],
    secret: tuple[str, ...] = (),
    located: bool = True,
) -> Form:
    def received(name: str, news: Mapping[str, Any]) -> tuple[Properties, list[Fault]]:
        properties = dict(opened(news))
        return properties, given(name, properties)

    def answered(properties: Mapping[str, Any], more: frozenset[str]) -> Properties:
        return {
            name: Secret(value) if name in secret or name in more else value
            for name, value in properties.items()
            if name != "__provider" and value is not None
        }

    return Form(received, lambda stored: dict(opened(stored)), answered, frozenset(shown), located)


def _guard(_: str, properties: Properties) -> list[Fault]:
    if "__managed" in properties:
        return []
    return [Fault("", "a guard is made by `deploy()` and by `with guarded():`, and by no other program")]


def _check(name: str, properties: Properties) -> list[Fault]:
    faults = []
    for each in properties:
        if not each.startswith("__") and each not in ASKED:
            from pulumi_posthog.values.suggestion import suggestion

            faults.append(
                Fault(each, f'a check has no property "{one_line(each)}"\n  hint: {suggestion(each, ASKED)}')
            )
    faults += [
        Fault(each, f'a check needs "{one_line(each)}"')
        for each in ("project", "expect")
        if each not in properties
    ]
    properties.setdefault("__name", name)
    properties.setdefault("__of", "project")
    if "project" in properties:
        properties.setdefault("__subject", properties["project"])
    return faults


def _persons(_: str, properties: Properties) -> list[Fault]:
    if "__origins" in properties:
        return []
    return [
        Fault(
            "",
            "absent persons are declared in a posthog.yaml, or by AbsentPersons of Python, without their names",
        )
    ]


def _handler_of_check(run: Run) -> Any:
    from pulumi_posthog.stack.handlers.check import CheckHandler

    return CheckHandler(run)


def _handler_of_persons(run: Run) -> Any:
    from pulumi_posthog.stack.handlers.absent_persons import AbsentPersonsHandler

    return AbsentPersonsHandler(run)


RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (
        *(
            Resource(kind.resource, functools.partial(KindHandler, kind), _of_kind(kind), kind)
            for kind in KINDS.values()
        ),
        Resource(GUARD, GuardHandler, _plain(_guard, shown=(), located=False)),
        Resource(CHECK, _handler_of_check, _plain(_check, shown=ASKED)),
        Resource(
            PERSONS,
            _handler_of_persons,
            _plain(
                _persons,
                shown=("project", "absent", "delete_events", "present"),
                secret=("receipts", "digest_key"),
            ),
        ),
    )
}


def resource_of(type_: str) -> Resource | str:
    """The type `posthog:index:NAME`, or why there is none."""
    name = type_.removeprefix(PLUGIN_TYPE)
    found = RESOURCES.get(name)
    if found is not None and type_.startswith(PLUGIN_TYPE):
        return found
    from pulumi_posthog.values.suggestion import suggestion

    return f'there is no resource type "{one_line(type_)}"\n  hint: {suggestion(type_.rpartition(":")[2], RESOURCES)}'
