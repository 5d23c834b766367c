"""A health check for programs in Python, as `checks:` declares it in YAML."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_posthog.kinds import BY_RESOURCE
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.stack import door
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.declarations import CHECK
from pulumi_posthog.stack.dynamic.check import check_provider_string
from pulumi_posthog.stack.existing import ExistingProject
from pulumi_posthog.stack.guard_block import options
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.resources import Resource
from pulumi_posthog.stack.sdk_repairs import registering
from pulumi_posthog.stack.typed.project import Project
from pulumi_posthog.stack.urn import own_name
from pulumi_posthog.values.spelling import one_line


class HealthCheck(pulumi.CustomResource):
    """Asks PostHog's data a question after a change, and fails the run when the answer is another than expected.

    Nothing in PostHog changes by it. `pulumi up` asks when something in `of` has changed in the same run, and again
    while it does not hold; a preview never asks.

    Arguments:
        project: Whose data is asked: a resource of this program, or what `get_project` found.
        expect: The condition, such as "> 0", "between 10 and 20" or "== 'ok'".
        query: HogQL, which gives one row. Either this or `last` is given.
        event: Count the events of this name only.
        last: Count the events of so long, such as "1h", in place of a query.
        within: How long to ask again until it holds, such as "10m". Without it, it is asked once.
        every: The time between two attempts.
        timeout: How long one query may run before it is cancelled.
        description: What to look at when it does not hold; shown then.
        of: The resource whose changes make it run; without it, the project.
        follows: Resources that are changed before it is asked, beside `project` and `of`.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: Project | ExistingProject,
        expect: str,
        query: str | None = None,
        event: str | None = None,
        last: str | None = None,
        within: str | None = None,
        every: str | None = None,
        timeout: str | None = None,
        description: str = "",
        of: Resource | None = None,
        follows: Sequence[pulumi.Resource] = (),
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        address = address_of(project, address)
        asked = {
            "query": query,
            "event": event,
            "last": last,
            "expect": expect,
            "within": within,
            "every": every,
            "timeout": timeout,
            "__description": description or None,
        }
        after = [each for each in (*follows, *([of] if of else [])) if each is not None]
        if isinstance(project, Project):
            after.append(project)
        registering(f'health check "{one_line(resource_name)}"')
        super().__init__(
            door.type_of(CHECK),
            resource_name,
            {
                **{name: value for name, value in asked.items() if value is not None},
                "project": project.id,
                "__of": _kind_of(of) if of else PROJECT.name,
                "__subject": (of or project).id,
                "__owner": name_of_project(project) if of is None else _registered_name(of),
                "__in": name_of_project(project),
                "__name": resource_name,
                "__key": resource_name,
                **Location(address.host, address.organization).as_property,
                **door.properties(check_provider_string),
            },
            options(CHECK, pulumi.ResourceOptions(depends_on=after), opts),
        )


def address_of(project: Project | ExistingProject, given: Address | None) -> Address:
    """Where something of a project is: as the program says, where the project was found, or as it is configured.

    Raises as `Address.configured`.
    """
    return (
        given or (project.address if isinstance(project, ExistingProject) else None) or Address.configured()
    )


def name_of_project(project: Project | ExistingProject) -> pulumi.Input[str]:
    """What PostHog calls a project; of one whose name the program leaves open, what the program calls it."""
    name: pulumi.Input[str] | None = getattr(project, "name", None)
    return _registered_name(project) if name is None and isinstance(project, Project) else (name or "")


def _registered_name(resource: pulumi.Resource) -> str:
    return str(resource.pulumi_resource_name)


def _kind_of(resource: Resource) -> str:
    return BY_RESOURCE[own_name(resource.pulumi_resource_type) or ""].name
