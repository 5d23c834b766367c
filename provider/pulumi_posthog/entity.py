"""What every PostHog resource is to Pulumi: a custom resource that our dynamic provider looks after.

Not `pulumi.dynamic.Resource`: that one fails at the 981st resource of a program.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Mapping
from typing import Any

from pulumi.runtime import settings
from pulumi.runtime.mocks import MockMonitor

import pulumi
from pulumi_posthog.dynamic import provider_string
from pulumi_posthog.erasures.declared import Erasure
from pulumi_posthog.guard_block import Current
from pulumi_posthog.kinds.model import UNSET, Kind
from pulumi_posthog.location import PROPERTY, Location
from pulumi_posthog.ownership import UnknownOwners, hosts_of_stack
from pulumi_posthog.properties import files_name, secret_name
from pulumi_posthog.sdk import registering
from pulumi_posthog.stack import door
from pulumi_posthog.values import host as values_host
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.local_file import project_folder


@dataclasses.dataclass(frozen=True)
class Address:
    """Where resources live: PostHog's URL and the organization's id."""

    host: str
    organization: str

    @classmethod
    def configured(cls) -> Address:
        """From `pulumi config set posthog:host` and `posthog:organization`, or POSTHOG_HOST and
        POSTHOG_ORGANIZATION_ID; raises ValueError when one is missing, or the key may not be sent to the host."""
        config = pulumi.Config("posthog")
        host = config.get("host") or os.environ.get("POSTHOG_HOST")
        organization = config.get("organization") or os.environ.get("POSTHOG_ORGANIZATION_ID")
        if not host or not organization:
            raise ValueError(
                "which PostHog organization? `pulumi config set posthog:host https://eu.posthog.com` and"
                " `pulumi config set posthog:organization <id>`"
            )
        try:
            return cls(agreed(values_host.permitted(host, os.environ)), organization)
        except values_host.HostRefused as error:
            raise KeySentNowhere(f"{error.problem}\n  hint: {error.hint}") from None


class KeySentNowhere(pulumi.RunError, ValueError):
    """The API key may not be sent to the configured host. Pulumi shows it as one error, without a traceback."""


@functools.cache
def agreed(host: str) -> str:
    """A host that was checked, when the key may be sent there; raises ValueError.

    Only a file names a host where POSTHOG_HOST is not set, and each resource's own state would be asked too late:
    a program looks at PostHog before, and a new resource has no state. So the whole state is asked, which takes a
    second, once in a run; where POSTHOG_HOST is set, or the host is PostHog's own, it is not.
    """
    if not values_host.only_declared(host, os.environ) or isinstance(settings.get_monitor(), MockMonitor):
        return host
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        return values_host.agreed(host, os.environ, hosts_of_stack(stack, project_folder()))
    except UnknownOwners as error:
        raise values_host.HostRefused(
            f"nobody but the file says that the API key may be sent to {host}: {error}",
            f"if it may, say so: export {values_host.VARIABLE}={host}",
        ) from None


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
        named = f'{kind.title} "{resource_name}"'
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
        from pulumi_posthog.absent_persons_provider import absent_persons_provider_string

        registering(f'absent persons of project "{erasure.project}"')
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
        from pulumi_posthog.check_provider import check_provider_string

        registering(f'health check "{resource_name}"')
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


class Guard(pulumi.CustomResource):
    """Remembers what the stack manages; everything else depends on it (`rails`)."""

    def __init__(
        self,
        managed: str,
        renamed: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: str = "guard",
        file: str | None = None,
        addresses: str | None = None,
        strangers: str | None = None,
        called: str | None = None,
        looks: str | None = None,
        location: Location | None = None,
    ) -> None:
        super().__init__(
            door.type_of("Guard"),
            name,
            {
                "__managed": managed,
                "__renamed": renamed,
                "__file": file,
                "__addresses": addresses,
                "__strangers": strangers,
                "__called": called,
                "__looks": looks,
                # Under a name of its own: a guard never changes to Pulumi, and what it had last may be an old address.
                "__asked_at": location.as_property[PROPERTY] if location else None,
                **door.properties(provider_string(None)),
                **door.version(),
            },
            door.options("Guard", opts),
        )
