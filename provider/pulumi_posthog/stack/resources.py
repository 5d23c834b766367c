"""What every PostHog resource is to Pulumi: a custom resource that our dynamic provider looks after.

Not `pulumi.dynamic.Resource`: that one fails at the 981st resource of a program.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_posthog.erasures.declared import Erasure
from pulumi_posthog.kinds.model import UNSET, Kind
from pulumi_posthog.stack import door
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.dynamic.pickled import provider_string
from pulumi_posthog.stack.guard_block import Current
from pulumi_posthog.stack.left_out import watch
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.properties import files_name, secret_name
from pulumi_posthog.stack.sdk_repairs import registering
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.spelling import one_line


class Entity(pulumi.CustomResource):
    """A resource of any kind, from properties as `to_properties` makes them.

    `outputs` says whether the program may read what PostHog answers (`created_at`): each costs the SDK some work.
    `where` is the place in a file that declares it, which is `guarded`, and `parent_names` are those of its parent
    there (`Location.parent`).
    """

    def __init__(
        self,
        kind: Kind,
        resource_name: str,
        properties: Mapping[str, Any],
        address: Address,
        opts: pulumi.ResourceOptions | None = None,
        *,
        outputs: bool = True,
        where: str = "",
        guarded: bool = False,
        parent_names: str = "",
    ) -> None:
        secret_outputs = [field.name for field in kind.fields if field.read_only and field.secret]
        # Those of a file have a guard already.
        block = None if guarded else Current.block
        location = Location(
            address.host, address.organization, guarded=guarded or block is not None, parent=parent_names
        )
        secrets = {
            name
            for field in kind.fields
            if field.secret
            for name in ((secret_name(field),) if field.as_json_text else (field.name,))
        }
        for field in kind.fields:
            if files_name(field) in properties:
                # `check` puts their digests there, and only what the program calls secret stays so in the state.
                properties = {secret_name(field): json_text({}), **properties}
        named = f'{kind.title} "{one_line(resource_name)}"'
        registering(f"{where}: {named}" if where else named)
        super().__init__(
            door.type_of(kind.resource),
            resource_name,
            {
                **{field.name: None for field in kind.fields if outputs and field.read_only},
                **{
                    name: pulumi.Output.secret(value) if name in secrets and value is not None else value
                    for name, value in properties.items()
                },
                **location.as_property,
                **door.properties(provider_string(kind.name)),
            },
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions.merge(
                    pulumi.ResourceOptions(additional_secret_outputs=secret_outputs)
                    if secret_outputs
                    else None,
                    block.options() if block else None,
                ),
                door.options(kind.resource, opts),
            ),
        )
        if block:
            block.add(kind, resource_name, properties, self, opts, location)
        elif not guarded:
            watch(kind, resource_name, self, opts)


def declared(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a typed resource -> properties; objects become JSON text, which keeps numbers and order.

    Outputs may stand anywhere in `values`; fields that are UNSET are left out and None is said as null.
    """
    texts = {name for field in kind.fields if field.as_json_text for name in (field.name, secret_name(field))}
    given = {name: value for name, value in values.items() if value is not UNSET}
    result = {
        name: pulumi.Output.json_dumps(value, sort_keys=True, ensure_ascii=False) if name in texts else value
        for name, value in given.items()
        if value is not None
    }
    if len(result) < len(given):
        result["__nulls"] = sorted(given.keys() - result.keys())
    return result


class AbsentPersons(pulumi.CustomResource):
    """Persons whom a project shall not have. What names them stays outside of Pulumi: it gets the origins alone.

    `receipts` tell of every erasure (`erasures.receipt`); they are secret, for a terminal that fills with them on every
    run is read by nobody. `present` is how many of the persons there were.
    """

    receipts: pulumi.Output[list[Mapping[str, Any]]]

    def __init__(
        self,
        erasure: Erasure,
        project: Entity,
        address: Address,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        # Late: few files declare them, and a program starts sooner without.
        from pulumi_posthog.stack.dynamic.absent_persons import absent_persons_provider_string

        registering(f'absent persons of project "{one_line(erasure.project)}"')
        super().__init__(
            door.type_of("AbsentPersons"),
            erasure.project,
            {
                "project": project.id,
                "absent": [origin.source for origin in erasure.origins],
                "delete_events": erasure.delete_events,
                "present": 0,
                "receipts": None,
                "digest_key": None,
                "__name": erasure.project,
                "__origins": json_text([dataclasses.asdict(origin) for origin in erasure.origins]),
                **Location(address.host, address.organization).as_property,
                **door.properties(absent_persons_provider_string()),
            },
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(additional_secret_outputs=["digest_key", "receipts"]),
                door.options("AbsentPersons", opts),
            ),
        )


class CheckResource(pulumi.CustomResource):
    """A health check that `pulumi up` runs, from properties as `checks.resource.properties_of_check` makes them."""

    def __init__(
        self,
        resource_name: str,
        properties: Mapping[str, Any],
        address: Address,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_posthog.stack.dynamic.check import check_provider_string

        registering(f'health check "{one_line(resource_name)}"')
        super().__init__(
            door.type_of("Check"),
            resource_name,
            {
                **properties,
                **Location(address.host, address.organization).as_property,
                **door.properties(check_provider_string()),
            },
            door.options("Check", opts),
        )
