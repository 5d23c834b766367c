"""The resources for programs written in Python. Generated from the kinds: do not edit.

    web = Project("Web", name="Web", timezone="Europe/Berlin")
    PipelineDestination("orders", project=web.id, plugin="https://github.com/...", name="Orders", order=1)

A field that is left out is not managed; None says null to PostHog. Where the organization lives comes from
`address`, or from the stack's configuration (`Address.configured`).
"""

from __future__ import annotations

from pulumi_posthog.stack.typed.action import Action
from pulumi_posthog.stack.typed.alert import Alert
from pulumi_posthog.stack.typed.annotation import Annotation
from pulumi_posthog.stack.typed.batch_export import BatchExport
from pulumi_posthog.stack.typed.cohort import Cohort
from pulumi_posthog.stack.typed.dashboard import Dashboard
from pulumi_posthog.stack.typed.data_color_theme import DataColorTheme
from pulumi_posthog.stack.typed.domain import Domain
from pulumi_posthog.stack.typed.early_access_feature import EarlyAccessFeature
from pulumi_posthog.stack.typed.evaluation import Evaluation
from pulumi_posthog.stack.typed.event_definition import EventDefinition
from pulumi_posthog.stack.typed.experiment import Experiment
from pulumi_posthog.stack.typed.experiment_holdout import ExperimentHoldout
from pulumi_posthog.stack.typed.experiment_saved_metric import ExperimentSavedMetric
from pulumi_posthog.stack.typed.external_data_source import ExternalDataSource
from pulumi_posthog.stack.typed.feature_flag import FeatureFlag
from pulumi_posthog.stack.typed.file_system_entry import FileSystemEntry
from pulumi_posthog.stack.typed.hog_function import HogFunction
from pulumi_posthog.stack.typed.insight import Insight
from pulumi_posthog.stack.typed.insight_variable import InsightVariable
from pulumi_posthog.stack.typed.object_access_rule import ObjectAccessRule
from pulumi_posthog.stack.typed.organization_member import OrganizationMember
from pulumi_posthog.stack.typed.organization_settings import OrganizationSettings
from pulumi_posthog.stack.typed.pipeline_destination import PipelineDestination
from pulumi_posthog.stack.typed.project import Project
from pulumi_posthog.stack.typed.project_access_rule import ProjectAccessRule
from pulumi_posthog.stack.typed.project_secret_api_key import ProjectSecretApiKey
from pulumi_posthog.stack.typed.property_definition import PropertyDefinition
from pulumi_posthog.stack.typed.proxy_record import ProxyRecord
from pulumi_posthog.stack.typed.resource_access_rule import ResourceAccessRule
from pulumi_posthog.stack.typed.role import Role
from pulumi_posthog.stack.typed.role_members import RoleMembers
from pulumi_posthog.stack.typed.role_membership import RoleMembership
from pulumi_posthog.stack.typed.site_app import SiteApp
from pulumi_posthog.stack.typed.subscription import Subscription
from pulumi_posthog.stack.typed.survey import Survey
from pulumi_posthog.stack.typed.warehouse_saved_query import WarehouseSavedQuery

__all__ = [
    "Action",
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
    "Experiment",
    "ExperimentHoldout",
    "ExperimentSavedMetric",
    "ExternalDataSource",
    "FeatureFlag",
    "FileSystemEntry",
    "HogFunction",
    "Insight",
    "InsightVariable",
    "ObjectAccessRule",
    "OrganizationMember",
    "OrganizationSettings",
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
]
