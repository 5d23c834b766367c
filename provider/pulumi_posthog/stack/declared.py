"""Declaration -> a resource of the SDK, which a program can use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import pulumi
from pulumi_posthog.reconcile.desired import Key
from pulumi_posthog.stack import door
from pulumi_posthog.stack.declarations import CHECK, GUARD, PERSONS, Declaration, with_ids
from pulumi_posthog.stack.resources import Resource
from pulumi_posthog.stack.sdk_repairs import registering
from pulumi_posthog.stack.urn import COMPONENT, PLUGIN_TYPE, moved


class Declared(Resource):
    """A resource that a file declares; `resources` are those that it is in and follows."""

    @classmethod
    def registered(cls, declaration: Declaration, urn: str) -> Self:
        """The resource of a declaration that the engine has already, as `urn`: the SDK asks for what is known of it."""
        resource = cls.__new__(cls)
        pulumi.CustomResource.__init__(
            resource,
            door.type_of(declaration.type),
            declaration.name,
            dict.fromkeys(declaration.properties),
            pulumi.ResourceOptions(urn=urn),
        )
        return resource

    def __init__(self, declaration: Declaration, resources: Mapping[Key, pulumi.CustomResource]) -> None:
        given = {
            name: _given(value, secret=name in declaration.secrets, resources=resources)
            for name, value in declaration.properties.items()
        }
        more: dict[str, Any] = dict(door.version()) if declaration.type == GUARD else {}
        options = pulumi.ResourceOptions(
            parent=resources[declaration.parent] if declaration.parent else None,
            depends_on=[resources[key] for key in declaration.follows],
            retain_on_delete=declaration.retained,
            deleted_with=resources[declaration.deleted_with] if declaration.deleted_with else None,
            aliases=[
                *(pulumi.Alias(name=name) for name in declaration.previously),
                *in_component(declaration, resources),
            ],
            additional_secret_outputs=list(declaration.secret_outputs) or None,
        )
        registering(declaration.about)
        pulumi.CustomResource.__init__(
            self,
            door.type_of(declaration.type),
            declaration.name,
            {**given, **more, **provider_of(declaration)},
            door.options(declaration.type, options),
        )


def in_component(
    declaration: Declaration, resources: Mapping[Key, pulumi.CustomResource]
) -> Iterator[pulumi.Alias | str]:
    """What a resource is called in the plugin's component, under all its names.

    The engine adds the children of what moves, but only in the run that moves it: where that was killed in the middle,
    they have their parent's new name and their own old one.
    """
    names = (declaration.name, *declaration.previously)
    if declaration.parent is None:
        stack = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}"
        yield from (f"{stack}::{COMPONENT}${PLUGIN_TYPE}{declaration.type}::{name}" for name in names)
        return
    parent = resources[declaration.parent].urn.apply(lambda urn: moved(urn, PLUGIN_TYPE, component=True))
    yield from (
        pulumi.Alias(name=name, type_=f"{PLUGIN_TYPE}{declaration.type}", parent=parent) for name in names
    )


def _given(value: Any, *, secret: bool, resources: Mapping[Key, pulumi.CustomResource]) -> Any:
    value = with_ids(value, lambda key: resources[key].id)
    return pulumi.Output.secret(value) if secret and value is not None else value


def provider_of(declaration: Declaration) -> dict[str, Any]:
    """The properties by which a declared resource names the dynamic provider; none where the plugin looks after it."""
    # Late: few files declare these, and a program starts sooner without.
    if declaration.type == CHECK:
        from pulumi_posthog.stack.dynamic.check import check_provider_string

        return door.properties(check_provider_string)
    if declaration.type == PERSONS:
        from pulumi_posthog.stack.dynamic.absent_persons import absent_persons_provider_string

        return door.properties(absent_persons_provider_string)
    return door.of_kind(None if declaration.type == GUARD else declaration.key[0])
