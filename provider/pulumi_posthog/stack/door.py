"""Which of our two providers looks after a program's resources: the plugin where Pulumi.yaml names it, else the other.

Moving from one to the other deletes and replaces nothing: each resource has its type of the other provider as an alias.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
from pulumi_posthog.stack.plugin_place import missing, plugin_folder
from pulumi_posthog.stack.program_run import of_run
from pulumi_posthog.stack.urn import PLUGIN_TYPE, TYPE, moved
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.version import __version__

PLUGIN, DYNAMIC = "plugin", "dynamic"


class DoorError(ValueError):
    """A setting that names no provider, or one that is not there."""


class Chosen:
    """Which of the two a program's run has; `plugin` says whether it is the plugin. Raises DoorError."""

    def __init__(self) -> None:
        self.plugin = _by_plugin()


def by_plugin() -> bool:
    """Whether the plugin looks after this program's resources; raises DoorError."""
    return of_run(Chosen).plugin


def _by_plugin() -> bool:
    settings = pulumi.Config("posthog")
    setting = settings.get("provider")
    if setting not in (None, PLUGIN, DYNAMIC):
        raise DoorError(f'posthog:provider is "{one_line(setting)}": it must be "{PLUGIN}" or "{DYNAMIC}"')
    folder = plugin_folder()
    chosen = setting == PLUGIN if setting else folder is not None
    if chosen and (problem := missing(folder)):
        raise DoorError(problem)
    return chosen


def type_of(resource: str) -> str:
    """The type of a resource, with its provider's beginning."""
    return f"{PLUGIN_TYPE if by_plugin() else TYPE}{resource}"


def properties(provider: Callable[[], str]) -> dict[str, Any]:
    """What each resource has beside its properties: `__provider`, pickled, or nothing where the plugin is the one.

    `provider` gives that text, and is called only if it is needed. Raises DoorError.
    """
    return {} if by_plugin() else {"__provider": provider()}


def of_kind(kind: str | None) -> dict[str, Any]:
    """What `properties` gives for the resources of a kind, or for the guard, if `kind` is None."""

    def pickled() -> str:
        # Late, because a program for the plugin starts sooner without all that decides about resources.
        from pulumi_posthog.stack.dynamic.pickled import provider_string

        return provider_string(kind)

    return properties(pickled)


def version() -> Mapping[str, str]:
    """The property by which the plugin sees that the program is of its own version; it is not stored."""
    return {"__version": __version__} if by_plugin() else {}


def options(resource: str, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """`opts` with the type that the resource has with the other provider, under all its names."""
    beginning = TYPE if by_plugin() else PLUGIN_TYPE
    other = f"{beginning}{resource}"
    given = opts.aliases if opts and isinstance(opts.aliases, list | tuple) else ()
    names = [each.name for each in given if isinstance(each, pulumi.Alias) and isinstance(each.name, str)]
    aliases = [pulumi.Alias(type_=other), *(pulumi.Alias(name=name, type_=other) for name in names)]
    if opts and opts.parent:
        parent = opts.parent.urn.apply(lambda urn: moved(urn, beginning))
        aliases += [
            pulumi.Alias(type_=other, parent=parent),
            *(pulumi.Alias(name=name, type_=other, parent=parent) for name in names),
        ]
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=aliases))
