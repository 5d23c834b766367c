"""Pulumi's name of a resource -> what is in it: `urn:pulumi:STACK::PROJECT::TYPES::NAME`.

It is split from the left, because the resource's own name may have anything in it, `::` included. TYPES are the types
of its parents and its own, joined by `$` (https://www.pulumi.com/docs/iac/concepts/resources/names/).
"""

from __future__ import annotations

from pulumi_posthog.values.spelling import one_line

TYPE = "pulumi-python:dynamic/posthog:"  # before the name of each type of ours, of the dynamic provider
COMPONENT = "posthog:index:Organization"  # the type of the component in which the plugin registers a file
PLUGIN_TYPE = "posthog:index:"  # the same, of the provider plugin
FILE_GUARD, BLOCK_GUARD = "guard", "program"  # the names of the guards that one program may have


def name_of(urn: str) -> str | None:
    """The resource's own name; None where `urn` is no name of a resource."""
    parts = urn.split("::", 3)
    return parts[3] if len(parts) == 4 else None


def shown_name(urn: str) -> str:
    """The resource's own name, fit for a message; all of `urn` where it is no name of a resource."""
    return one_line(name_of(urn) or urn)


def type_of(urn: str) -> str | None:
    """The name of the resource's own type without what all types of ours begin with; None where it is not ours."""
    parts = urn.split("::", 3)
    return own_name(parts[2].rpartition("$")[2]) if len(parts) == 4 else None


def own_name(type_: str) -> str | None:
    """The name of a type without what all types of ours begin with, of either provider; None where it is not ours."""
    return next(
        (type_.removeprefix(prefix) for prefix in (TYPE, PLUGIN_TYPE) if type_.startswith(prefix)), None
    )


def moved(urn: str, beginning: str, *, component: bool = False) -> str:
    """What a resource is called if all types of ours in its URN begin so, in a `component` of the plugin or outside.

    Where a run that moves a stack was killed in the middle, what is in the resource has it as a parent under that name
    still: Pulumi tries the earlier names of a parent only in the run that moves the parent.
    """
    stack, project, types, name = urn.split("::", 3)
    chain = [each for each in types.split("$") if each != COMPONENT]
    chain = [f"{beginning}{own}" if (own := own_name(each)) else each for each in chain]
    return "::".join((stack, project, "$".join([*([COMPONENT] if component else []), *chain]), name))


def sibling(urn: str, resource: str, name: str) -> str:
    """A resource of ours beside another one in the same stack; `resource` is its type without its beginning."""
    stack, _, rest = urn.partition("::")
    return "::".join((stack, rest.partition("::")[0], f"{TYPE}{resource}", name))
