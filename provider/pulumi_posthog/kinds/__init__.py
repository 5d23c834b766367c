"""All kinds, parents before their children. The order of work follows from who refers to whom, not from this list."""

from collections.abc import Mapping

from pulumi_posthog.kinds.access_rule import OBJECT_ACCESS_RULE, PROJECT_ACCESS_RULE, RESOURCE_ACCESS_RULE
from pulumi_posthog.kinds.action import ACTION
from pulumi_posthog.kinds.alert import ALERT
from pulumi_posthog.kinds.annotation import ANNOTATION
from pulumi_posthog.kinds.batch_export import BATCH_EXPORT
from pulumi_posthog.kinds.cohort import COHORT
from pulumi_posthog.kinds.dashboard import DASHBOARD
from pulumi_posthog.kinds.data_color_theme import DATA_COLOR_THEME
from pulumi_posthog.kinds.definitions import EVENT_DEFINITION, PROPERTY_DEFINITION
from pulumi_posthog.kinds.domain import DOMAIN
from pulumi_posthog.kinds.early_access_feature import EARLY_ACCESS_FEATURE
from pulumi_posthog.kinds.evaluation import EVALUATION
from pulumi_posthog.kinds.experiment import EXPERIMENT, EXPERIMENT_HOLDOUT, EXPERIMENT_SAVED_METRIC
from pulumi_posthog.kinds.external_data_source import EXTERNAL_DATA_SOURCE
from pulumi_posthog.kinds.feature_flag import FEATURE_FLAG
from pulumi_posthog.kinds.file_system_entry import FILE_SYSTEM_ENTRY
from pulumi_posthog.kinds.hog_function import HOG_FUNCTION
from pulumi_posthog.kinds.insight import INSIGHT
from pulumi_posthog.kinds.insight_variable import INSIGHT_VARIABLE
from pulumi_posthog.kinds.lookups import GROUP_TYPE, INTEGRATION, MEMBER, PLUGIN
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.organization_member import ORGANIZATION_MEMBER
from pulumi_posthog.kinds.organization_settings import ORGANIZATION_SETTINGS
from pulumi_posthog.kinds.pipeline_destination import PIPELINE_DESTINATION, SITE_APP
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.project_secret_api_key import PROJECT_SECRET_API_KEY
from pulumi_posthog.kinds.proxy_record import PROXY_RECORD
from pulumi_posthog.kinds.role import ROLE
from pulumi_posthog.kinds.role_membership import ROLE_MEMBERS, ROLE_MEMBERSHIP
from pulumi_posthog.kinds.subscription import SUBSCRIPTION
from pulumi_posthog.kinds.survey import SURVEY
from pulumi_posthog.kinds.warehouse_saved_query import WAREHOUSE_SAVED_QUERY
from pulumi_posthog.kinds.words import Lookup

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        ORGANIZATION_SETTINGS,
        ORGANIZATION_MEMBER,
        DOMAIN,
        PROXY_RECORD,
        PROJECT,
        ROLE,
        ROLE_MEMBERSHIP,
        ROLE_MEMBERS,
        PIPELINE_DESTINATION,
        SITE_APP,
        HOG_FUNCTION,
        BATCH_EXPORT,
        FILE_SYSTEM_ENTRY,
        ACTION,
        COHORT,
        FEATURE_FLAG,
        EXPERIMENT_HOLDOUT,
        EXPERIMENT_SAVED_METRIC,
        EXPERIMENT,
        EARLY_ACCESS_FEATURE,
        SURVEY,
        EVALUATION,
        DATA_COLOR_THEME,
        PROJECT_SECRET_API_KEY,
        INSIGHT_VARIABLE,
        EXTERNAL_DATA_SOURCE,
        WAREHOUSE_SAVED_QUERY,
        INSIGHT,
        DASHBOARD,
        ALERT,
        SUBSCRIPTION,
        ANNOTATION,
        EVENT_DEFINITION,
        PROPERTY_DEFINITION,
        PROJECT_ACCESS_RULE,
        RESOURCE_ACCESS_RULE,
        OBJECT_ACCESS_RULE,
    )
}
# By what Pulumi calls their resources, without what all types of ours begin with.
BY_RESOURCE: Mapping[str, Kind] = {kind.resource: kind for kind in KINDS.values()}
LOOKUPS: Mapping[str, Lookup] = {lookup.name: lookup for lookup in (MEMBER, PLUGIN)}
# What `!ref` may name beside the kinds: it is in PostHog, and nothing here manages it.
NAMED: Mapping[str, Lookup] = {lookup.name: lookup for lookup in (INTEGRATION, GROUP_TYPE)}
