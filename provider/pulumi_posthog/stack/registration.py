"""Configuration -> Pulumi resources of a program in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pulumi.runtime import settings as runtime

import pulumi
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.desired import Key
from pulumi_posthog.stack import pipeline
from pulumi_posthog.stack.declarations import PERSONS, Declaration, declarations
from pulumi_posthog.stack.declared import Declared
from pulumi_posthog.stack.resolution import checks_in_preview
from pulumi_posthog.stack.resources import Resource


def register(configuration: Configuration) -> Mapping[Key, Resource]:
    """Register everything that is declared, parents first; (kind's name, entry's name) -> resource.

    The receipts of erasures are the stack's output `erasures`: project -> receipts.
    """
    declared = list(declarations(configuration))
    resource: Callable[[Key], Resource]
    resources: Mapping[Key, Resource]
    if pipeline.possible():
        begun = pipeline.begun(declared)
        resources, resource = begun, begun.resource
    else:
        made = at_once(declared)
        resources = {key: each for key, each in made.items() if key[0] in KINDS}
        resource = made.__getitem__
    if configuration.checks and runtime.is_dry_run():
        pulumi.log.info(checks_in_preview(len(configuration.checks)))
    receipts = {
        declaration.name: getattr(resource(declaration.key), "receipts")  # noqa: B009 - put there by the SDK
        for declaration in declared
        if declaration.type == PERSONS
    }
    if receipts:
        pulumi.export("erasures", receipts)
    return resources


def at_once(declared: Iterable[Declaration]) -> dict[Key, Declared]:
    """All of them as resources of the SDK."""
    resources: dict[Key, Declared] = {}
    for declaration in declared:
        resources[declaration.key] = Declared(declaration, resources)
    return resources
