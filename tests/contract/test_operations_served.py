"""Every operation of the table against a server of every age: carried out with the scopes that the table names."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, NotForKeys, NotFound, NotOffered, Pace, Writer
from pulumi_posthog.api.operations import FAMILIES, OPERATIONS, Operation

AGES = (2024, 2025, 2026)
ENDS = (AGES[0], AGES[-1])
COPY = {
    "name": "Copy",
    "interval": "day",
    "destination": {
        "type": "HTTP",
        "config": {"url": "https://us.i.posthog.com/batch/", "token": "phc_another_project"},
    },
}
SURVEY = {"name": "NPS", "type": "popover", "questions": [{"type": "open", "question": "Why?"}]}
HOLDOUT = {"name": "Global", "filters": [{"properties": [], "rollout_percentage": 5}]}
COUNTED = {"kind": "EventsNode", "event": "$pageview"}
METRIC = {
    "name": "Views",
    "query": {"kind": "ExperimentMetric", "metric_type": "mean", "source": COUNTED},
}
FEATURE = {"name": "Dark mode", "stage": "draft"}
ANNOTATION = {"content": "Release", "date_marker": "2026-03-01T09:00:00Z", "scope": "project"}
SOURCE = {
    "source_type": "Stripe",
    "payload": {"stripe_secret_key": "sk", "schemas": [{"name": "Customer", "should_sync": True}]},
}
VIEW = {"name": "paying", "query": {"kind": "HogQLQuery", "query": "select 1"}}
ALERT = {
    "name": "Collapsed",
    "subscribed_users": [],
    "threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 100}}},
    "condition": {"type": "absolute_value"},
    "config": {"type": "TrendsAlertConfig", "series_index": 0},
}
SUBSCRIPTION = {
    "title": "Mondays",
    "target_type": "email",
    "target_value": "ana@acme.io",
    "frequency": "weekly",
    "start_date": "2026-01-05T08:00:00Z",
}
VARIABLE = {"name": "Country", "type": "String"}
INSIGHT = {
    "name": "Weekly signups",
    "saved": True,
    "query": {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}},
}
SECRET_KEY = {"label": "mine", "scopes": ["feature_flag:read"]}
THEME = {"name": "Acme", "colors": ["#1d4aff"]}
SNOWFLAKE, NOTIFICATION_BAR = "Snowflake Export", "Notification Bar"


@dataclass(frozen=True)
class World:
    """A server, and things on it that an operation can be about; they are made when they are asked for."""

    posthog: Sandbox
    age: int

    @cached_property
    def project(self) -> int:
        return int(self.posthog.info["projects"][0]["id"])

    @cached_property
    def organization(self) -> str:
        return self.posthog.organization

    @cached_property
    def role(self) -> str:
        return str(self.make(f"/api/organizations/{self.organization}/roles/", {"name": "Guests"}))

    @cached_property
    def membership(self) -> str:
        path = f"/api/organizations/{self.organization}/roles/{self.role}/role_memberships/"
        return str(self.make(path, {"user_uuid": self.member}))

    @cached_property
    def member(self) -> str:
        return str(self.posthog.info["members"][-1]["uuid"])

    @cached_property
    def annotation(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/annotations/", ANNOTATION))

    def definition(self, what: str) -> str:
        """The id of the definition of an event, or of a property of events, that has come in."""
        return str(self.posthog.get(f"/api/projects/{self.project}/{what}_definitions/")["results"][0]["id"])

    @cached_property
    def insight(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/insights/", INSIGHT))

    @cached_property
    def trend(self) -> int:
        query = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"event": "left"}]}}
        body = {"name": "Leavers", "saved": True, "query": query}
        return int(self.make(f"/api/projects/{self.project}/insights/", body))

    @cached_property
    def alert(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/alerts/", {**ALERT, "insight": self.trend}))

    @cached_property
    def subscription(self) -> int:
        body = {**SUBSCRIPTION, "insight": self.trend}
        return int(self.make(f"/api/projects/{self.project}/subscriptions/", body))

    @cached_property
    def variable(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/insight_variables/", VARIABLE))

    @cached_property
    def view(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/warehouse_saved_queries/", VIEW))

    @cached_property
    def source(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/external_data_sources/", SOURCE))

    @cached_property
    def table(self) -> str:
        source = self.posthog.get(f"/api/projects/{self.project}/external_data_sources/{self.source}/")
        return str(source["schemas"][0]["id"])

    @cached_property
    def domain(self) -> str:
        return str(self.make(f"/api/organizations/{self.organization}/domains/", {"domain": "acme.io"}))

    @cached_property
    def proxy(self) -> str:
        return str(
            self.make(f"/api/organizations/{self.organization}/proxy_records/", {"domain": "e.acme.io"})
        )

    @cached_property
    def secret_key(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/project_secret_api_keys/", SECRET_KEY))

    @cached_property
    def theme(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/data_color_themes/", THEME))

    @cached_property
    def new_project(self) -> int:
        return int(self.make(f"/api/organizations/{self.organization}/projects/", {"name": "New"}))

    @cached_property
    def person(self) -> int:
        return int(self.below("persons/")["results"][0]["id"])

    @cached_property
    def event(self) -> str:
        return str(self.below("events/")["results"][0]["id"])

    @cached_property
    def dashboard(self) -> int:
        return int(self.posthog.get(f"/api/projects/{self.project}/")["primary_dashboard"])

    @cached_property
    def export(self) -> int:
        body = {"export_format": "image/png", "dashboard": self.dashboard}
        return int(self.make(f"/api/projects/{self.project}/exports/", body))

    @cached_property
    def query(self) -> str:
        self.posthog.call("PATCH", "/_sandbox/settings", {"query_seconds": 60})
        body = {"query": {"kind": "HogQLQuery", "query": "select 1"}, "refresh": "async"}
        answer = self.posthog.call("POST", f"/api/projects/{self.project}/query/", body)
        return str(answer["query_status"]["id"])

    @cached_property
    def evaluation(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/evaluations/", self.evaluation_fields))

    @property
    def evaluation_fields(self) -> dict[str, Any]:
        if self.age < 2026:
            return {"name": "Polite", "prompt": "Is it polite?"}
        kind = {"evaluation_type": "llm_judge", "evaluation_config": {"prompt": "Is it polite?"}}
        return {"name": "Polite", **kind, "output_type": "boolean", "output_config": {}}

    @cached_property
    def function(self) -> str:
        fields = {"type": "transformation", "name": "Score", "hog": "return event"}
        return str(self.make(f"/api/projects/{self.project}/hog_functions/", fields))

    @cached_property
    def flag(self) -> int:
        fields = {"key": "orders", "active": False, "filters": {"groups": [{"rollout_percentage": 1}]}}
        return int(self.make(f"/api/projects/{self.project}/feature_flags/", fields))

    @cached_property
    def cohort(self) -> int:
        fields = {"name": "Partners", "is_static": True, "_create_static_person_ids": [self.partner]}
        return int(self.make(f"/api/projects/{self.project}/cohorts/", fields))

    @cached_property
    def partner(self) -> str:
        return str(self.below("persons/")["results"][0]["uuid"])

    @cached_property
    def action(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/actions/", {"name": "Paid"}))

    @cached_property
    def feature(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/early_access_feature/", FEATURE))

    @cached_property
    def survey(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/surveys/", SURVEY))

    @cached_property
    def experiment(self) -> int:
        began = {"name": "Checkout", "feature_flag_key": "checkout", "start_date": "2026-01-01T00:00:00Z"}
        return int(self.make(f"/api/projects/{self.project}/experiments/", began))

    @cached_property
    def paused(self) -> int:
        self.posthog.call("POST", f"/api/projects/{self.project}/experiments/{self.experiment}/pause/")
        return self.experiment

    @cached_property
    def holdout(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/experiment_holdouts/", HOLDOUT))

    @cached_property
    def metric(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/experiment_saved_metrics/", METRIC))

    @property
    def scheduled_fields(self) -> dict[str, Any]:
        change = {"operation": "update_status", "value": True}
        about = {"record_id": str(self.flag), "model_name": "FeatureFlag"}
        return {**about, "payload": change, "scheduled_at": "2036-01-01T00:00:00Z"}

    @cached_property
    def scheduled(self) -> int:
        return int(self.make(f"/api/projects/{self.project}/scheduled_changes/", self.scheduled_fields))

    @cached_property
    def batch_export(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/batch_exports/", COPY))

    @cached_property
    def row(self) -> str:
        return str(self.make(f"/api/projects/{self.project}/file_system/", {"path": "Old", "type": "folder"}))

    def plugin(self, name: str) -> int:
        return next(int(each["id"]) for each in self.posthog.info["plugins"] if each["name"] == name)

    def config(self, family: str, plugin: str) -> int:
        body = {"plugin": self.plugin(plugin), "order": 1}
        answer = self.posthog.call("POST", f"/api/projects/{self.project}/{family}/", body, form=True)
        return int(answer["id"])

    def make(self, path: str, body: dict[str, Any]) -> Any:
        return self.posthog.call("POST", path, body)["id"]

    def below(self, path: str) -> Any:
        return self.posthog.get(f"/api/projects/{self.project}/{path}")


class Anything:
    """Stands for a world where it does not matter what an operation is about."""

    evaluation_fields: ClassVar[dict[str, Any]] = {}
    scheduled_fields: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, _name: str) -> str:
        return "1"

    def plugin(self, _name: str) -> int:
        return 1

    def config(self, _family: str, _plugin: str) -> int:
        return 1


Arguments = Callable[[Any], dict[str, Any]]


def none(_world: Any) -> dict[str, Any]:
    return {}


def person(**more: Any) -> Arguments:
    return lambda world: {"id": world.person, **more}


def config(family: str, plugin: str, **more: Any) -> Arguments:
    return lambda world: {"id": world.config(family, plugin), **more}


def configs(name: str, family: str, plugin: str) -> dict[str, Arguments]:
    """The same for both families of configured plugins."""
    return {
        f"{name}.list": none,
        f"{name}.create": lambda world: {"plugin": world.plugin(plugin), "order": 1, "config": {"a": "b"}},
        f"{name}.get": config(family, plugin),
        f"{name}.update": config(family, plugin, order=2, config={"a": "c"}),
        f"{name}.replace": lambda world: {
            "id": world.config(family, plugin),
            "plugin": world.plugin(plugin),
            "order": 3,
        },
        f"{name}.delete": config(family, plugin),
        f"{name}.rearrange": lambda _world: {"orders": {"1": 1}},
        f"{name}.frontend": lambda _world: {"id": 1},
        f"{name}.job": lambda _world: {"id": 1},
    }


EXAMPLES: dict[str, Arguments] = {
    "Projects.list": none,
    "Projects.create": lambda _world: {"body": {"name": "Another"}},
    "Projects.get": lambda world: {"id": world.project},
    "Projects.update": lambda world: {"id": world.project, "body": {"anonymize_ips": True}},
    "Projects.replace": lambda world: {"id": world.project, "body": {"anonymize_ips": True}},
    "Projects.delete": lambda world: {"id": world.new_project},
    "Projects.activity": lambda world: {"id": world.project},
    "Projects.is_generating_demo_data": lambda world: {"id": world.project},
    "Projects.reset_token": lambda world: {"id": world.project},
    "ActivityLog.list": lambda _world: {"scopes": "Team,Project"},
    "Roles.list": none,
    "Roles.create": lambda _world: {"name": "Analysts"},
    "Roles.get": lambda world: {"id": world.role},
    "Roles.update": lambda world: {"id": world.role, "name": "Visitors"},
    "Roles.replace": lambda world: {"id": world.role, "name": "Visitors"},
    "Roles.delete": lambda world: {"id": world.role},
    "RoleMemberships.list": none,
    "RoleMemberships.create": lambda world: {"user_uuid": world.member},
    "RoleMemberships.delete": lambda world: {"id": world.membership},
    "HogFunctions.list": lambda _world: {"type": "transformation", "full": True, "limit": 10},
    "HogFunctions.create": lambda _world: {"body": {"name": "Mine", "hog": "return event"}},
    "HogFunctions.get": lambda world: {"id": world.function},
    "HogFunctions.update": lambda world: {"id": world.function, "body": {"description": "Ours"}},
    "HogFunctions.replace": lambda world: {"id": world.function, "body": {"description": "Ours"}},
    "HogFunctions.delete": lambda _world: {"id": "1"},
    "HogFunctions.rearrange": lambda world: {"orders": {world.function: 1}},
    "HogFunctionTemplates.list": lambda _world: {"types": "destination,transformation", "limit": 1000},
    "HogFunctionTemplates.get": lambda _world: {"id": "template-webhook"},
    "BatchExports.list": lambda _world: {"limit": 10},
    "BatchExports.create": lambda _world: {"body": COPY},
    "BatchExports.get": lambda world: {"id": world.batch_export},
    "BatchExports.update": lambda world: {"id": world.batch_export, "body": {"paused": True}},
    "BatchExports.replace": lambda world: {"id": world.batch_export, "body": COPY},
    "BatchExports.delete": lambda world: {"id": world.batch_export},
    "BatchExports.pause": lambda world: {"id": world.batch_export},
    "BatchExports.unpause": lambda world: {"id": world.batch_export},
    "OrganizationBatchExports.list": none,
    "Integrations.list": none,
    **configs("PipelineDestinations", "pipeline_destination_configs", SNOWFLAKE),
    **configs("SiteApps", "pipeline_frontend_apps_configs", NOTIFICATION_BAR),
    "FileSystem.list": lambda _world: {"search": "Old", "limit": 10},
    "FileSystem.create": lambda _world: {"path": "New", "type": "folder"},
    "FileSystem.get": lambda world: {"id": world.row},
    "FileSystem.update": lambda world: {"id": world.row, "path": "Newer"},
    "FileSystem.delete": lambda world: {"id": world.row},
    "FileSystem.count": lambda world: {"id": world.row},
    "FileSystem.link": lambda world: {"id": world.row, "new_path": "Link"},
    "FileSystem.move": lambda world: {"id": world.row, "new_path": "Moved"},
    "Persons.list": lambda _world: {"search": "a", "limit": 2, "offset": 1},
    "Persons.get": person(),
    "Persons.update": person(properties={"plan": "paid"}),
    "Persons.replace": person(properties={"plan": "paid"}),
    "Persons.delete": person(delete_events=True),
    "Persons.bulk_delete": lambda world: {"ids": [world.person], "delete_events": True},
    "Persons.delete_property": person(unset="plan"),
    "Persons.update_property": person(key="plan", value="paid"),
    "Persons.split": person(),
    "Persons.activity": person(),
    "Persons.all_activity": none,
    "Persons.cohorts": lambda world: {"person_id": world.person},
    "Persons.values": lambda _world: {"key": "plan"},
    "Persons.properties_timeline": lambda _world: {"id": 1},
    "Persons.funnel": none,
    "Persons.calculate_funnel": none,
    "Persons.funnel_correlation": none,
    "Persons.calculate_funnel_correlation": none,
    "Persons.lifecycle": none,
    "Persons.path": none,
    "Persons.calculate_path": none,
    "Persons.retention": none,
    "Persons.stickiness": none,
    "Persons.trends": none,
    "Events.list": lambda _world: {"event": "$pageview", "limit": 2},
    "Events.get": lambda world: {"id": world.event},
    "Events.values": lambda _world: {"key": "$browser"},
    "Insights.list": lambda _world: {"basic": True, "saved": True, "order": "id", "limit": 10},
    "Insights.create": lambda _world: {"body": INSIGHT},
    "Insights.get": lambda world: {"id": world.insight, "basic": True},
    "Insights.update": lambda world: {"id": world.insight, "body": {"name": "Signups"}},
    "Insights.replace": lambda world: {"id": world.insight, "body": INSIGHT},
    "Insights.delete": lambda world: {"id": world.insight},
    "Dashboards.list": lambda _world: {"search": "App", "limit": 10},
    "Dashboards.create": lambda _world: {"body": {"name": "Growth"}},
    "Dashboards.get": lambda world: {"id": world.dashboard},
    "Dashboards.update": lambda world: {"id": world.dashboard, "body": {"name": "Growth"}},
    "Dashboards.replace": lambda world: {"id": world.dashboard, "body": {"name": "Growth"}},
    "Dashboards.delete": lambda world: {"id": world.dashboard},
    "InsightVariables.list": lambda _world: {"page": 1},
    "InsightVariables.create": lambda _world: {"body": VARIABLE},
    "InsightVariables.get": lambda world: {"id": world.variable},
    "InsightVariables.update": lambda world: {"id": world.variable, "body": {"name": "Land"}},
    "InsightVariables.replace": lambda world: {"id": world.variable, "body": VARIABLE},
    "InsightVariables.delete": lambda world: {"id": world.variable},
    "ProjectAccessControls.list": none,
    "ProjectAccessControls.set": lambda _world: {"body": {"access_level": "none"}},
    "ResourceAccessControls.list": none,
    "ResourceAccessControls.set": lambda _world: {"body": {"resource": "dashboard", "access_level": None}},
    "WarehouseSavedQueries.list": lambda _world: {"page": 1, "search": "pay"},
    "WarehouseSavedQueries.create": lambda _world: {"body": VIEW},
    "WarehouseSavedQueries.get": lambda world: {"id": world.view},
    "WarehouseSavedQueries.update": lambda world: {"id": world.view, "body": {"name": "payers"}},
    "WarehouseSavedQueries.replace": lambda world: {"id": world.view, "body": {**VIEW, "soft_update": True}},
    "WarehouseSavedQueries.delete": lambda world: {"id": world.view},
    "WarehouseSavedQueries.materialize": lambda world: {"id": world.view, "sync_frequency": "6hour"},
    "WarehouseSavedQueries.revert_materialization": lambda world: {"id": world.view},
    "WarehouseSavedQueries.run": lambda world: {"id": world.view},
    "ExternalDataSources.list": lambda _world: {"limit": 10},
    "ExternalDataSources.create": lambda _world: {"body": SOURCE},
    "ExternalDataSources.get": lambda world: {"id": world.source},
    "ExternalDataSources.update": lambda world: {
        "id": world.source,
        "body": {"job_inputs": {"region": "eu"}},
    },
    "ExternalDataSources.delete": lambda world: {"id": world.source},
    "ExternalDataSchemas.list": lambda _world: {"limit": 10},
    "ExternalDataSchemas.get": lambda world: {"id": world.table},
    "ExternalDataSchemas.update": lambda world: {"id": world.table, "body": {"should_sync": False}},
    "Domains.list": lambda _world: {"limit": 10},
    "Domains.create": lambda _world: {"body": {"domain": "acme.io"}},
    "Domains.get": lambda world: {"id": world.domain},
    "Domains.update": lambda world: {"id": world.domain, "body": {"sso_enforcement": ""}},
    "Domains.replace": lambda world: {"id": world.domain, "body": {"domain": "acme.io"}},
    "Domains.delete": lambda world: {"id": world.domain},
    "Domains.verify": lambda world: {"id": world.domain},
    "ProxyRecords.list": none,
    "ProxyRecords.create": lambda _world: {"domain": "e.acme.io"},
    "ProxyRecords.delete": lambda world: {"id": world.proxy},
    "ProxyRecords.retry": lambda _world: {"id": "1"},
    "ProjectSecretApiKeys.list": lambda _world: {"limit": 10},
    "ProjectSecretApiKeys.create": lambda _world: SECRET_KEY,
    "ProjectSecretApiKeys.get": lambda world: {"id": world.secret_key},
    "ProjectSecretApiKeys.update": lambda world: {"id": world.secret_key, "body": {"label": "ours"}},
    "ProjectSecretApiKeys.replace": lambda world: {"id": world.secret_key, "body": SECRET_KEY},
    "ProjectSecretApiKeys.delete": lambda world: {"id": world.secret_key},
    "ProjectSecretApiKeys.roll": lambda world: {"id": world.secret_key},
    "DataColorThemes.list": none,
    "DataColorThemes.create": lambda _world: THEME,
    "DataColorThemes.get": lambda world: {"id": world.theme},
    "DataColorThemes.update": lambda world: {"id": world.theme, "body": {"name": "Ours"}},
    "DataColorThemes.replace": lambda world: {"id": world.theme, "body": THEME},
    "DataColorThemes.delete": lambda world: {"id": world.theme},
    "Insights.trend": none,
    "Insights.calculate_trend": lambda _world: {"body": {"events": [{"id": "$pageview"}]}},
    "Queries.create": lambda _world: {"query": {"kind": "HogQLQuery", "query": "select 1"}},
    "Queries.get": lambda world: {"id": world.query},
    "Queries.cancel": lambda world: {"id": world.query},
    "Queries.chat": none,
    "Exports.list": none,
    "Exports.create": lambda world: {"export_format": "image/png", "dashboard": world.dashboard},
    "Exports.get": lambda world: {"id": world.export},
    "Exports.content": lambda world: {"id": world.export, "target": io.BytesIO()},
    "Evaluations.list": lambda _world: {"enabled": True},
    "Evaluations.create": lambda world: {"body": world.evaluation_fields},
    "Evaluations.get": lambda world: {"id": world.evaluation},
    "Evaluations.update": lambda world: {"id": world.evaluation, "body": {"enabled": True}},
    "Evaluations.replace": lambda world: {"id": world.evaluation, "body": world.evaluation_fields},
    "Evaluations.delete": lambda world: {"id": world.evaluation},
    "FeatureFlags.list": lambda _world: {"active": "true", "archived": "true", "limit": 10},
    "FeatureFlags.create": lambda _world: {"body": {"key": "mine", "filters": {"groups": [{}]}}},
    "FeatureFlags.get": lambda world: {"id": world.flag},
    "FeatureFlags.update": lambda world: {"id": world.flag, "body": {"name": "Ours"}},
    "FeatureFlags.replace": lambda world: {"id": world.flag, "body": {"key": "orders", "name": "Ours"}},
    "FeatureFlags.bulk_delete": lambda world: {"ids": [world.flag]},
    "FeatureFlags.all_activity": none,
    "FeatureFlags.delete": lambda world: {"id": world.flag},
    "FeatureFlags.status": lambda world: {"id": world.flag},
    "FeatureFlags.dependent_flags": lambda world: {"id": world.flag},
    "FeatureFlags.enable": lambda world: {"id": world.flag},
    "FeatureFlags.disable": lambda world: {"id": world.flag},
    "FeatureFlags.archive": lambda world: {"id": world.flag},
    "FeatureFlags.unarchive": lambda world: {"id": world.flag},
    "FeatureFlags.activity": lambda world: {"id": world.flag},
    "Annotations.list": lambda _world: {"scope": "project", "search": "Release", "limit": 10},
    "Annotations.create": lambda _world: {"body": ANNOTATION},
    "Annotations.get": lambda world: {"id": world.annotation},
    "Annotations.update": lambda world: {"id": world.annotation, "body": {"content": "Outage"}},
    "Annotations.replace": lambda world: {"id": world.annotation, "body": ANNOTATION},
    "Annotations.delete": lambda world: {"id": world.annotation},
    "Alerts.list": lambda world: {"insight": world.trend, "limit": 10},
    "Alerts.create": lambda world: {"body": {**ALERT, "insight": world.trend}},
    "Alerts.get": lambda world: {"id": world.alert},
    "Alerts.update": lambda world: {"id": world.alert, "body": {"enabled": False}},
    "Alerts.replace": lambda world: {"id": world.alert, "body": {**ALERT, "insight": world.trend}},
    "Alerts.delete": lambda world: {"id": world.alert},
    "Subscriptions.list": lambda world: {"insight": world.trend, "limit": 10},
    "Subscriptions.create": lambda world: {"body": {**SUBSCRIPTION, "insight": world.trend}},
    "Subscriptions.get": lambda world: {"id": world.subscription},
    "Subscriptions.update": lambda world: {"id": world.subscription, "body": {"frequency": "daily"}},
    "Subscriptions.replace": lambda world: {
        "id": world.subscription,
        "body": {**SUBSCRIPTION, "insight": world.trend},
    },
    "Subscriptions.delete": lambda world: {"id": world.subscription},
    "EventDefinitions.list": lambda _world: {"search": "$page", "limit": 10},
    "EventDefinitions.create": lambda _world: {"body": {"name": "signed_up", "description": "Of late"}},
    "EventDefinitions.get": lambda world: {"id": world.definition("event")},
    "EventDefinitions.update": lambda world: {"id": world.definition("event"), "body": {"verified": True}},
    "EventDefinitions.delete": lambda world: {"id": world.definition("event")},
    "PropertyDefinitions.list": lambda _world: {"type": "event", "limit": 10},
    "PropertyDefinitions.get": lambda world: {"id": world.definition("property")},
    "PropertyDefinitions.update": lambda world: {
        "id": world.definition("property"),
        "body": {"property_type": "String"},
    },
    "PropertyDefinitions.delete": lambda world: {"id": world.definition("property")},
    "ScheduledChanges.list": lambda world: {"record_id": str(world.flag), "limit": 10},
    "ScheduledChanges.create": lambda world: {"body": world.scheduled_fields},
    "ScheduledChanges.get": lambda world: {"id": world.scheduled},
    "ScheduledChanges.update": lambda world: {
        "id": world.scheduled,
        "body": {"scheduled_at": "2037-01-01T00:00:00Z"},
    },
    "ScheduledChanges.delete": lambda world: {"id": world.scheduled},
    "Cohorts.list": lambda _world: {"type": "static", "limit": 10},
    "Cohorts.create": lambda _world: {"body": {"name": "Ours", "is_static": True}},
    "Cohorts.get": lambda world: {"id": world.cohort},
    "Cohorts.update": lambda world: {"id": world.cohort, "body": {"name": "Ours"}},
    "Cohorts.replace": lambda world: {"id": world.cohort, "body": {"name": "Ours", "is_static": True}},
    "Cohorts.delete": lambda world: {"id": world.cohort},
    "Cohorts.add_persons": lambda world: {"id": world.cohort, "person_ids": [world.partner]},
    "Cohorts.remove_person": lambda world: {"id": world.cohort, "person_id": world.partner},
    "Cohorts.used_in": lambda world: {"id": world.cohort},
    "Cohorts.activity": lambda world: {"id": world.cohort},
    "Cohorts.all_activity": none,
    "Actions.list": none,
    "Actions.create": lambda _world: {"body": {"name": "Left", "steps": [{"event": "left"}]}},
    "Actions.get": lambda world: {"id": world.action},
    "Actions.update": lambda world: {"id": world.action, "body": {"name": "Paid", "description": "Ours"}},
    "Actions.replace": lambda world: {"id": world.action, "body": {"name": "Paid", "description": "Ours"}},
    "Actions.delete": lambda world: {"id": world.action},
    "Actions.references": lambda world: {"id": world.action},
    "Actions.activity": lambda world: {"id": world.action},
    "Actions.all_activity": none,
    "EarlyAccessFeatures.list": lambda _world: {"limit": 10},
    "EarlyAccessFeatures.create": lambda _world: {"body": FEATURE},
    "EarlyAccessFeatures.get": lambda world: {"id": world.feature},
    "EarlyAccessFeatures.update": lambda world: {"id": world.feature, "body": {"stage": "beta"}},
    "EarlyAccessFeatures.replace": lambda world: {"id": world.feature, "body": {**FEATURE, "stage": "beta"}},
    "EarlyAccessFeatures.delete": lambda world: {"id": world.feature},
    "Surveys.list": lambda _world: {"search": "NPS", "limit": 10},
    "Surveys.create": lambda _world: {"body": SURVEY},
    "Surveys.get": lambda world: {"id": world.survey},
    "Surveys.update": lambda world: {"id": world.survey, "body": {"description": "Ours", "conditions": {}}},
    "Surveys.delete": lambda world: {"id": world.survey},
    "Surveys.activity": lambda world: {"id": world.survey},
    "Surveys.all_activity": none,
    "Experiments.list": lambda _world: {"archived": "true", "limit": 10},
    "Experiments.create": lambda _world: {"body": {"name": "Cart", "feature_flag_key": "cart"}},
    "Experiments.get": lambda world: {"id": world.experiment},
    "Experiments.update": lambda world: {"id": world.experiment, "body": {"description": "Ours"}},
    "Experiments.delete": lambda world: {"id": world.experiment},
    "Experiments.pause": lambda world: {"id": world.experiment},
    "Experiments.resume": lambda world: {"id": world.paused},
    "ExperimentHoldouts.list": lambda _world: {"limit": 10},
    "ExperimentHoldouts.create": lambda _world: {"body": HOLDOUT},
    "ExperimentHoldouts.get": lambda world: {"id": world.holdout},
    "ExperimentHoldouts.update": lambda world: {"id": world.holdout, "body": {"description": "Ours"}},
    "ExperimentHoldouts.delete": lambda world: {"id": world.holdout},
    "ExperimentSavedMetrics.list": lambda _world: {"limit": 10},
    "ExperimentSavedMetrics.create": lambda _world: {"body": METRIC},
    "ExperimentSavedMetrics.get": lambda world: {"id": world.metric},
    "ExperimentSavedMetrics.update": lambda world: {"id": world.metric, "body": {"description": "Ours"}},
    "ExperimentSavedMetrics.delete": lambda world: {"id": world.metric},
}


@pytest.fixture
def world(started: Callable[..., Sandbox], age: int) -> World:
    return World(started("--age", str(age), "--legacy-destinations"), age)


def carried_out(world: World, row: Operation, prefix: str, about: Any = None) -> list[str]:
    """Carries out an operation below one prefix, with a key that has its scopes alone; the requests it took."""
    family = next(each for each in FAMILIES if row in each.operations())
    only_here = type(family.__name__, (family,), {"PREFIXES": (prefix,)})
    scopes = (row.scope or "*").split()
    key = world.posthog.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]
    parents: dict[str, int | str] = {}
    for name in ("organization", "project", "role"):
        if f"{{{name}}}" in prefix:
            parents[name] = getattr(about if about and name == "role" else world, name)
    arguments = EXAMPLES[row.name](about or world)
    world.posthog.count_anew()
    with Writer(
        Connection(world.posthog.url, key), pace=Pace(per_minute=100_000, per_hour=1_000_000)
    ) as client:
        try:
            getattr(only_here(client, **parents), row.function.__name__)(**arguments)
        finally:
            requests = world.posthog.requests()["log"]
    return [str(each) for each in requests]


def is_reachable(age: int, row: Operation, prefix: str) -> bool:
    """Whether a server has it, for keys; below /environments there is nothing before 2025 (posthog-api.md 0.1)."""
    return row.served_by(age) and row.scoped_since <= age and (age >= 2025 or "/environments/" not in prefix)


def cases(*, reachable: bool) -> list[Any]:
    """Operations by age and prefix: of the oldest and the newest age, and of those between where both differ."""
    return [
        pytest.param(age, row, prefix, id=f"{age} {row.name} {prefix.split('/')[2]}")
        for age in AGES
        for row in OPERATIONS
        for prefix in row.prefixes
        if row.scope
        and is_reachable(age, row, prefix) is reachable
        and (age in ENDS or is_reachable(ENDS[0], row, prefix) is not is_reachable(ENDS[1], row, prefix))
    ]


def test_every_operation_has_an_example():
    assert {row.name for row in OPERATIONS} == EXAMPLES.keys()


@pytest.mark.parametrize(("age", "row", "prefix"), cases(reachable=True))
def test_an_operation_takes_one_request_and_the_scopes_that_the_table_names(
    world: World, row: Operation, prefix: str
):
    if 405 in row.answers:
        with pytest.raises(NotOffered) as refused:
            carried_out(world, row, prefix)
        assert refused.value.status == 405
        return

    requests = carried_out(world, row, prefix)

    (request,) = requests
    method, path, status = request.split()
    assert method == row.method
    assert path.startswith(prefix.partition("{")[0])
    assert int(status) in row.answers


@pytest.mark.parametrize(("age", "row", "prefix"), cases(reachable=False))
def test_what_a_server_has_not_it_refuses_whatever_the_scopes(world: World, row: Operation, prefix: str):
    with pytest.raises((NotFound, NotOffered)) as refused:
        carried_out(world, row, prefix, about=Anything())

    if isinstance(refused.value, NotFound):
        assert refused.value.detail == "Endpoint not found."
    assert world.posthog.requests()["total"] == 1


@pytest.mark.parametrize("age", AGES)
def test_what_no_key_may_do_is_not_even_asked(world: World):
    for row in OPERATIONS:
        if row.scope is None:
            with pytest.raises(NotForKeys):
                carried_out(world, row, row.prefixes[0])

            assert world.posthog.requests()["total"] == 0
