"""Keep a PostHog organization in Git: YAML in, only the needed API calls out, through Pulumi.

import pulumi_posthog

pulumi_posthog.deploy("posthog.yaml")                  # a whole organization, written in YAML
with pulumi_posthog.guarded():                         # or resources in a program of your own
    pulumi_posthog.Role("analysts", name="Analysts")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_posthog.values.version import __version__  # noqa: F401 - part of the face

if TYPE_CHECKING:
    from pulumi_posthog.stack.address import Address
    from pulumi_posthog.stack.guard_block import guarded
    from pulumi_posthog.stack.program import deploy
    from pulumi_posthog.stack.typed import (
        BatchExport,
        Evaluation,
        FeatureFlag,
        FileSystemEntry,
        HogFunction,
        OrganizationMember,
        OrganizationSettings,
        PipelineDestination,
        Project,
        ProjectAccessRule,
        ResourceAccessRule,
        Role,
        RoleMembers,
        RoleMembership,
        SiteApp,
    )


__all__ = [
    "Address",
    "BatchExport",
    "Evaluation",
    "FeatureFlag",
    "FileSystemEntry",
    "HogFunction",
    "OrganizationMember",
    "OrganizationSettings",
    "PipelineDestination",
    "Project",
    "ProjectAccessRule",
    "ResourceAccessRule",
    "Role",
    "RoleMembers",
    "RoleMembership",
    "SiteApp",
    "deploy",
    "guarded",
]


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> Any:
        # Late, because the command line needs none of it and Pulumi's SDK takes half a second to import.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = {"deploy": "program", "guarded": "guard_block", "Address": "address"}.get(name, "typed")
        return getattr(import_module(f"{__name__}.stack.{module}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
