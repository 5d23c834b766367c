"""Every operation of PostHog's reference as a typed method, and the table of them all.

`Persons(reader, project=42).iterate(search="ana")`: a family is made of a client and what it is below.
"""

from typing import Final

from pulumi_posthog.api.operations.access import (
    DataColorThemes,
    Domains,
    ProjectAccessControls,
    ProjectSecretApiKeys,
    ProxyRecords,
    ResourceAccessControls,
)
from pulumi_posthog.api.operations.alerts import Alerts, Subscriptions
from pulumi_posthog.api.operations.annotations import Annotations
from pulumi_posthog.api.operations.batch_exports import (
    BatchExports,
    Integrations,
    OrganizationBatchExports,
)
from pulumi_posthog.api.operations.dashboards import Dashboards, InsightVariables
from pulumi_posthog.api.operations.definitions import EventDefinitions, PropertyDefinitions
from pulumi_posthog.api.operations.evaluations import Evaluations
from pulumi_posthog.api.operations.events import Events
from pulumi_posthog.api.operations.experiments import (
    ExperimentHoldouts,
    Experiments,
    ExperimentSavedMetrics,
)
from pulumi_posthog.api.operations.exports import Exports
from pulumi_posthog.api.operations.feature_flags import FeatureFlags, ScheduledChanges
from pulumi_posthog.api.operations.file_system import FileSystem
from pulumi_posthog.api.operations.hog_functions import HogFunctions, HogFunctionTemplates
from pulumi_posthog.api.operations.insights import Insights
from pulumi_posthog.api.operations.operation import Operation, Operations
from pulumi_posthog.api.operations.persons import Persons
from pulumi_posthog.api.operations.pipelines import PipelineDestinations, SiteApps
from pulumi_posthog.api.operations.projects import ActivityLog, Projects
from pulumi_posthog.api.operations.queries import Queries, QueryResult
from pulumi_posthog.api.operations.releases import Actions, Cohorts, EarlyAccessFeatures, Surveys
from pulumi_posthog.api.operations.roles import RoleMemberships, Roles
from pulumi_posthog.api.operations.warehouse import (
    ExternalDataSchemas,
    ExternalDataSources,
    WarehouseSavedQueries,
)

FAMILIES: Final[tuple[type[Operations], ...]] = (
    Projects,
    ActivityLog,
    Roles,
    RoleMemberships,
    HogFunctions,
    HogFunctionTemplates,
    BatchExports,
    OrganizationBatchExports,
    Integrations,
    PipelineDestinations,
    SiteApps,
    FileSystem,
    Persons,
    Events,
    Insights,
    Queries,
    Exports,
    Evaluations,
    FeatureFlags,
    ScheduledChanges,
    Cohorts,
    Actions,
    EarlyAccessFeatures,
    Surveys,
    Experiments,
    ExperimentHoldouts,
    ExperimentSavedMetrics,
    Annotations,
    Dashboards,
    Alerts,
    Subscriptions,
    InsightVariables,
    WarehouseSavedQueries,
    ExternalDataSources,
    ExternalDataSchemas,
    EventDefinitions,
    PropertyDefinitions,
    ProjectAccessControls,
    ResourceAccessControls,
    Domains,
    ProxyRecords,
    ProjectSecretApiKeys,
    DataColorThemes,
)
OPERATIONS: Final[tuple[Operation, ...]] = tuple(row for family in FAMILIES for row in family.operations())

__all__ = [
    "FAMILIES",
    "OPERATIONS",
    "Actions",
    "ActivityLog",
    "Alerts",
    "Annotations",
    "BatchExports",
    "Cohorts",
    "Dashboards",
    "DataColorThemes",
    "Domains",
    "EarlyAccessFeatures",
    "Evaluations",
    "EventDefinitions",
    "Events",
    "ExperimentHoldouts",
    "ExperimentSavedMetrics",
    "Experiments",
    "Exports",
    "ExternalDataSchemas",
    "ExternalDataSources",
    "FeatureFlags",
    "FileSystem",
    "HogFunctionTemplates",
    "HogFunctions",
    "InsightVariables",
    "Insights",
    "Integrations",
    "Operation",
    "Operations",
    "OrganizationBatchExports",
    "Persons",
    "PipelineDestinations",
    "ProjectAccessControls",
    "ProjectSecretApiKeys",
    "Projects",
    "PropertyDefinitions",
    "ProxyRecords",
    "Queries",
    "QueryResult",
    "ResourceAccessControls",
    "RoleMemberships",
    "Roles",
    "ScheduledChanges",
    "SiteApps",
    "Subscriptions",
    "Surveys",
    "WarehouseSavedQueries",
]
