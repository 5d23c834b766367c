"""What every PostHog resource is to Pulumi: a custom resource that our dynamic provider looks after.

Not `pulumi.dynamic.Resource`: that one fails at the 981st resource of a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_posthog.kinds.field import UNSET
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack import door
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.declarations import secret_outputs_of, secrets_of, with_files
from pulumi_posthog.stack.guard_block import current, options
from pulumi_posthog.stack.left_out import watch
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.order import placed
from pulumi_posthog.stack.properties import secret_name
from pulumi_posthog.stack.sdk_repairs import registering
from pulumi_posthog.values.spelling import one_line


class Resource(pulumi.CustomResource):
    """A resource of any kind, from properties as `to_properties` makes them."""

    def __init__(
        self,
        kind: Kind,
        resource_name: str,
        properties: Mapping[str, Any],
        address: Address,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        secrets, secret_outputs = secrets_of(kind), list(secret_outputs_of(kind))
        block = current()
        location = Location(address.host, address.organization, guarded=block is not None)
        properties = with_files(kind, placed(kind, properties))
        registering(f'{kind.title} "{one_line(resource_name)}"')
        super().__init__(
            door.type_of(kind.resource),
            resource_name,
            {
                **{field.name: None for field in kind.fields if field.read_only},
                **{
                    name: pulumi.Output.secret(value) if name in secrets and value is not None else value
                    for name, value in properties.items()
                },
                **location.as_property,
                **door.of_kind(kind.name),
            },
            options(
                kind.resource,
                pulumi.ResourceOptions(additional_secret_outputs=secret_outputs) if secret_outputs else None,
                opts,
            ),
        )
        if block:
            block.add(kind, resource_name, properties, self, opts, location)
        else:
            watch(kind, resource_name, self, opts)


def declared(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a typed resource -> properties; objects become JSON text, which keeps numbers and order.

    Outputs may be anywhere in `values`; fields that are UNSET are left out and None is said as null.
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
