"""The list of families from which routes, pages, changes by hand, seeds and many objects at once follow."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model

from pulumi_posthog.sandbox.families import (
    actions,
    alerts,
    batch_exports,
    color_themes,
    domains,
    early_access_features,
    external_data_sources,
    group_types,
    invites,
    project_secret_keys,
    proxy_records,
    saved_queries,
    scheduled_changes,
    subscriptions,
)
from pulumi_posthog.sandbox.families.annotations import ANNOTATIONS
from pulumi_posthog.sandbox.families.cohorts import view as cohorts
from pulumi_posthog.sandbox.families.dashboards import view as dashboards
from pulumi_posthog.sandbox.families.definitions import view as definitions
from pulumi_posthog.sandbox.families.evaluations import EVALUATIONS
from pulumi_posthog.sandbox.families.experiments import holdouts, saved_metrics
from pulumi_posthog.sandbox.families.experiments import view as experiments
from pulumi_posthog.sandbox.families.feature_flags import view as feature_flags
from pulumi_posthog.sandbox.families.hog_functions import view as hog_functions
from pulumi_posthog.sandbox.families.insight_variables import INSIGHT_VARIABLES
from pulumi_posthog.sandbox.families.insights import view as insights
from pulumi_posthog.sandbox.families.integrations import INTEGRATIONS
from pulumi_posthog.sandbox.families.ruled import RuledView
from pulumi_posthog.sandbox.families.surveys import view as surveys
from pulumi_posthog.sandbox.rules.family import Family, FamilyView, view_of

VIEWS: tuple[type[FamilyView], ...] = (
    invites.VIEW,
    domains.VIEW,
    proxy_records.VIEW,
    color_themes.VIEW,
    group_types.VIEW,
    project_secret_keys.VIEW,
    actions.VIEW,
    cohorts.VIEW,
    feature_flags.VIEW,
    saved_metrics.VIEW,
    holdouts.VIEW,
    experiments.VIEW,
    early_access_features.VIEW,
    surveys.VIEW,
    scheduled_changes.VIEW,
    view_of(EVALUATIONS, RuledView),
    view_of(INTEGRATIONS),
    hog_functions.VIEW,
    batch_exports.VIEW,
    view_of(INSIGHT_VARIABLES),
    dashboards.VIEW,
    insights.VIEW,
    alerts.VIEW,
    subscriptions.VIEW,
    view_of(ANNOTATIONS),
    definitions.EVENTS,
    definitions.PROPERTIES,
    saved_queries.VIEW,
    external_data_sources.VIEW,
    view_of(external_data_sources.EXTERNAL_DATA_SCHEMAS),
)
FAMILIES: tuple[Family, ...] = tuple(view.family for view in VIEWS)
"""In the order in which seeds make them: what others name comes first."""


def family_of(row: Model) -> Family | None:
    """Whose row it is; None for what is not in the list."""
    return next((family for family in FAMILIES if isinstance(row, family.model)), None)


def of_organizations() -> Iterator[Family]:
    """Families whose objects belong to an organization."""
    return (family for family in FAMILIES if family.parent == "organization")


def of_projects() -> Iterator[Family]:
    """Families whose objects belong to a project."""
    return (family for family in FAMILIES if family.parent == "project")
