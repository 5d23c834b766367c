"""Keep a PostHog organization in Git: YAML in, only the needed API calls out, through Pulumi.

import pulumi_posthog

pulumi_posthog.deploy("posthog.yaml")                  # a whole organization, written in YAML
with pulumi_posthog.guarded():                         # or resources in a program of your own
    pulumi_posthog.Role("analysts", name="Analysts")
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_posthog.values.lasting import lasting
from pulumi_posthog.values.version import __version__ as __version__

if TYPE_CHECKING:
    from pulumi_posthog.stack.absent_persons import AbsentPersons, PersonsFrom
    from pulumi_posthog.stack.address import Address
    from pulumi_posthog.stack.existing import (
        ExistingCohort,
        ExistingMember,
        ExistingProject,
        get_cohort,
        get_member,
        get_project,
    )
    from pulumi_posthog.stack.guard_block import guarded
    from pulumi_posthog.stack.health_check import HealthCheck
    from pulumi_posthog.stack.program import deploy
    from pulumi_posthog.stack.typed import (
        Action,
        Alert,
        Annotation,
        BatchExport,
        Cohort,
        Dashboard,
        DataColorTheme,
        Domain,
        EarlyAccessFeature,
        Evaluation,
        EventDefinition,
        Experiment,
        ExperimentHoldout,
        ExperimentSavedMetric,
        ExternalDataSource,
        FeatureFlag,
        FileSystemEntry,
        HogFunction,
        Insight,
        InsightVariable,
        ObjectAccessRule,
        OrganizationMember,
        OrganizationSettings,
        PipelineDestination,
        Project,
        ProjectAccessRule,
        ProjectSecretApiKey,
        PropertyDefinition,
        ProxyRecord,
        ResourceAccessRule,
        Role,
        RoleMembers,
        RoleMembership,
        SiteApp,
        Subscription,
        Survey,
        WarehouseSavedQuery,
    )


__all__ = [
    "AbsentPersons",
    "Action",
    "Address",
    "Alert",
    "Annotation",
    "BatchExport",
    "Cohort",
    "Dashboard",
    "DataColorTheme",
    "Domain",
    "EarlyAccessFeature",
    "Evaluation",
    "EventDefinition",
    "ExistingCohort",
    "ExistingMember",
    "ExistingProject",
    "Experiment",
    "ExperimentHoldout",
    "ExperimentSavedMetric",
    "ExternalDataSource",
    "FeatureFlag",
    "FileSystemEntry",
    "HealthCheck",
    "HogFunction",
    "Insight",
    "InsightVariable",
    "ObjectAccessRule",
    "OrganizationMember",
    "OrganizationSettings",
    "PersonsFrom",
    "PipelineDestination",
    "Project",
    "ProjectAccessRule",
    "ProjectSecretApiKey",
    "PropertyDefinition",
    "ProxyRecord",
    "ResourceAccessRule",
    "Role",
    "RoleMembers",
    "RoleMembership",
    "SiteApp",
    "Subscription",
    "Survey",
    "WarehouseSavedQuery",
    "deploy",
    "get_cohort",
    "get_member",
    "get_project",
    "guarded",
]

# The module of `stack` that each name is in; all others are typed resources.
_MODULES = {
    "AbsentPersons": "absent_persons",
    "Address": "address",
    "ExistingCohort": "existing",
    "ExistingMember": "existing",
    "ExistingProject": "existing",
    "HealthCheck": "health_check",
    "PersonsFrom": "absent_persons",
    "deploy": "program",
    "get_cohort": "existing",
    "get_member": "existing",
    "get_project": "existing",
    "guarded": "guard_block",
}


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> Any:
        # Late, because the command line needs none of it and Pulumi's SDK takes half a second to import.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = f"{__name__}.stack.{_MODULES.get(name, 'typed')}"
        if module not in sys.modules:
            with lasting():
                import_module(module)
        return getattr(import_module(module), name)  # which waits for another thread that is importing it

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
