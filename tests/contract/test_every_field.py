"""Every field of every kind but the project (tests/contract/test_fields.py), on servers of every age.

Created, read back, no difference; changed, one request with that field only; changed by hand, found and healed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Invalid, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Type
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.lifecycle import way
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.secret_text import SecretText

SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"
BAR = "https://github.com/PostHog/notification-bar-app"


def trends(event: str) -> dict[str, Any]:
    """How often something happened, drawn."""
    return {
        "kind": "InsightVizNode",
        "source": {"kind": "TrendsQuery", "series": [{"event": event, "math": "dau"}], "interval": "week"},
    }


def criteria(plan: str) -> dict[str, Any]:
    """Who is in a cohort: persons with that plan."""
    leaf = {"type": "person", "key": "plan", "operator": "exact", "value": [plan]}
    return {"properties": {"type": "OR", "values": [{"type": "AND", "values": [leaf]}]}}


def counted(event: str) -> dict[str, Any]:
    """A metric of an experiment: how often an event is sent."""
    source = {"kind": "EventsNode", "event": event}
    return {"kind": "ExperimentMetric", "metric_type": "mean", "name": "How often", "source": source}


# What an object is made with, and another value for each field.
GIVEN: dict[str, dict[str, Any]] = {
    "role": {"name": "Analysts", "feature_flags_access_level": 21},
    "role_members": {"members": ["ana@acme.io", "bo@acme.io"]},
    "pipeline_destination": {
        "plugin": SNOWFLAKE,
        "name": "Orders",
        "description": "All of them",
        "enabled": True,
        "order": 3,
        "config": {"account": "acme", "database": "orders"},
    },
    "site_app": {
        "plugin": BAR,
        "name": "Bar",
        "description": "On top",
        "enabled": True,
        "order": 3,
        "config": {"notification": "Hello", "position": "top"},
    },
    "file_system_entry": {"path": "Marketing/Site", "type": "link", "href": "https://one.io"},
    "hog_function": {
        "name": "Orders",
        "type": "destination",
        "description": "All of them",
        "enabled": False,
        "hog": "return inputs.to",
        "inputs_schema": [{"key": "to", "type": "string"}],
        "inputs": {"to": "orders"},
        "filters": {"events": [{"id": "order_paid", "name": "order_paid", "type": "events", "order": 0}]},
        "masking": {"ttl": 60, "hash": "{person.id}"},
        "icon_url": "/static/orders.png",
    },
    "batch_export": {
        "name": "Orders",
        "type": "HTTP",
        "interval": "week",
        "config": {"url": "https://us.i.posthog.com/batch/", "token": SecretText("hush", "!env TOKEN")},
        "model": "events",
        "paused": False,
        "filters": [{"key": "$browser", "operator": "exact", "type": "event", "value": ["Safari"]}],
        "start_at": "2026-01-01T00:00:00Z",
        "end_at": "2036-12-31T00:00:00Z",
        "timezone": "Europe/Berlin",
        "offset_hour": 3,
        "offset_day": 1,
    },
    "data_color_theme": {"name": "Acme", "colors": ["#1d4aff", "#621da6"]},
    "project_secret_api_key": {"label": "Flags", "scopes": ["feature_flag:read"]},
    "cohort": {"name": "Payers", "description": "All of them", "filters": criteria("pro")},
    "action": {
        "name": "Paid",
        "description": "All of them",
        "steps": [{"event": "order_paid", "url": "/orders"}],
        "tags": ["orders"],
        "pinned_at": False,
        "post_to_slack": False,
        "slack_message_format": "Paid!",
    },
    "early_access_feature": {
        "name": "Orders",
        "feature_flag": "a flag",
        "stage": "draft",
        "description": "All of them",
        "documentation_url": "https://acme.io/orders",
        "payload": {"page": "orders"},
        "assignee": {"type": "user", "id": 1},
    },
    "experiment_holdout": {
        "name": "Orders",
        "description": "All of them",
        "filters": [{"properties": [], "rollout_percentage": 5}],
    },
    "experiment_saved_metric": {
        "name": "Orders",
        "description": "All of them",
        "query": counted("order_paid"),
        "tags": ["orders"],
    },
    "experiment": {
        "name": "Orders",
        "feature_flag_key": "orders",
        "description": "More of them",
        "type": "product",
        "status": "draft",
        "metrics": [counted("order_paid")],
        "metrics_secondary": [counted("order_seen")],
        "parameters": {"minimum_detectable_effect": 30},
        "exposure_criteria": {"filterTestAccounts": True},
        "stats_config": {"method": "bayesian"},
        "scheduling_config": {"timeseries": False},
        "running_time_calculation": {"exposure_estimate_config": {"metric": "funnel"}},
        "excluded_variants": [],
        "only_count_matured_users": False,
        "conclusion": None,
        "conclusion_comment": "None yet",
    },
    "survey": {
        "name": "Orders",
        "description": "All of them",
        "type": "popover",
        "status": "draft",
        "questions": [{"type": "open", "question": "What should we improve?"}],
        "conditions": {"url": "/orders", "urlMatchType": "icontains"},
        "appearance": {"backgroundColor": "#eeeded"},
        "schedule": "once",
        "iteration_count": 2,
        "iteration_frequency_days": 30,
        "responses_limit": 100,
        "linked_flag": "a flag",
        "targeting_flag_filters": {"groups": [{"rollout_percentage": 25}]},
        "response_sampling_start_date": "2035-01-01T00:00:00Z",
        "response_sampling_interval_type": "day",
        "response_sampling_interval": 3,
        "response_sampling_limit": 50,
        "enable_partial_responses": False,
        "enable_iframe_embedding": False,
        "base_language": "en",
        "translations": {"de": {"name": "Umfrage"}},
        "form_content": {"type": "form"},
    },
    "insight": {
        "name": "Weekly signups",
        "description": "New accounts",
        "query": trends("signed_up"),
        "tags": ["growth"],
        "favorited": False,
    },
    "insight_variable": {
        "code_name": "country",
        "name": "Country",
        "type": "List",
        "default_value": "DE",
        "values": ["DE", "FR"],
        "is_multi": False,
        "values_query": None,
    },
    "external_data_source": {
        "prefix": "shop",
        "source_type": "Postgres",
        "access_method": "warehouse",
        "description": "All of it",
        "job_inputs": {"host": "db.acme.io", "password": SecretText("hush", "!env TOKEN")},
        "schemas": {
            "users": {"should_sync": True, "sync_type": "full_refresh"},
            "orders": {"should_sync": True},
        },
    },
    "warehouse_saved_query": {
        "name": "paying",
        "query": {"kind": "HogQLQuery", "query": "select 1 as plan"},
        "description": "All of them",
        "sync_frequency": "6hour",
        "incremental": {"enabled": False},
        "folder_id": None,
        "dag_id": None,
    },
    "dashboard": {
        "name": "Growth",
        "description": "On Mondays",
        "pinned": False,
        "tags": ["growth"],
        "tiles": [{"text": {"body": "# Growth"}, "layouts": {"sm": {"x": 0, "y": 0, "w": 6, "h": 1}}}],
        "filters": {"date_from": "-30d", "properties": []},
        "breakdown_colors": [],
        "data_color_theme_id": None,
        "restriction_level": 21,
    },
    "alert": {
        "name": "Collapsed",
        "insight": "an insight",
        "condition": {"type": "relative_decrease"},
        "threshold": {"configuration": {"type": "percentage", "bounds": {"upper": "30%"}}},
        "config": {"type": "TrendsAlertConfig", "series_index": 0},
        "subscribed_users": ["ana@acme.io"],
        "calculation_interval": "daily",
        "enabled": True,
        "skip_weekend": False,
        "schedule_restriction": {"blocked_windows": [{"start": "22:00", "end": "07:00"}]},
        "detector_config": None,
        "investigation_agent_enabled": False,
        "investigation_gates_notifications": False,
        "investigation_inconclusive_action": "notify",
    },
    "subscription": {
        "title": "Mondays",
        "insight": "an insight",
        "target_type": "email",
        "target_emails": ["ann@example.com", "bob@example.com"],
        "frequency": "monthly",
        "interval": 1,
        "byweekday": ["monday"],
        "bysetpos": 1,
        "count": None,
        "start_date": "2026-01-05T08:00:00Z",
        "until_date": None,
        "enabled": True,
    },
    "annotation": {
        "content": "Prices changed",
        "date_marker": "2026-03-01T09:00:00Z",
        "scope": "project",
        "creation_type": "USR",
        "emoji": "🚀",
        "hidden_in_user_interface": False,
    },
    "feature_flag": {
        "key": "orders",
        "name": "All of them",
        "filters": {"groups": [{"rollout_percentage": 50}]},
        "active": True,
        "tags": ["orders"],
        "evaluation_contexts": ["checkout"],
        "evaluation_runtime": "server",
        "bucketing_identifier": "distinct_id",
        "ensure_experience_continuity": False,
        "is_remote_configuration": False,
    },
}
# Where a field means something only of an object that is otherwise.
INSTEAD: dict[tuple[str, str], dict[str, Any]] = {
    ("survey", "status"): {
        "name": "Orders",
        "type": "popover",
        "status": "running",
        "conditions": {"url": "/orders"},
    },
    ("feature_flag", "archived"): {"key": "orders", "active": False, "archived": False},
    ("hog_function", "execution_order"): {
        "name": "Trim",
        "type": "transformation",
        "hog": "return event",
        "execution_order": 2,
    },
    ("hog_function", "mappings"): {
        "name": "Orders",
        "type": "destination",
        "hog": "return inputs.to",
        "inputs_schema": [{"key": "to", "type": "string"}],
        "mappings": [
            {"name": "Paid", "inputs": {"to": "paid"}, "inputs_schema": [{"key": "to", "type": "string"}]}
        ],
    },
    ("batch_export", "model"): {
        name: value for name, value in GIVEN["batch_export"].items() if name != "filters"
    },
    ("batch_export", "interval"): {
        **{name: value for name, value in GIVEN["batch_export"].items() if "offset" not in name},
        "interval": "hour",
    },
    ("batch_export", "hogql_query"): {**GIVEN["batch_export"], "hogql_query": "select event from events"},
}
# Servers before these do not answer it (4.3).
ANSWERED_SINCE = {("batch_export", "hogql_query"): 2026}
# What PostHog wants to have beside a field, or packs it into (posthog-api-cdp.md 4.3).
SAMPLING = {"response_sampling_interval_type", "response_sampling_interval", "response_sampling_limit"}
SENT: dict[tuple[str, str], set[str]] = {
    ("warehouse_saved_query", "query"): {"query", "edited_history_id"},
    ("external_data_source", "schemas"): {"should_sync"},
    ("subscription", "target_emails"): {"target_value"},
    ("experiment", "metrics"): {"metrics", "allow_unknown_events"},
    ("experiment", "metrics_secondary"): {"metrics_secondary", "allow_unknown_events"},
    ("survey", "status"): {"end_date"},
    ("survey", "linked_flag"): {"linked_flag_id"},
    **{
        ("survey", name): {"iteration_count", "iteration_frequency_days"}
        for name in ("iteration_count", "iteration_frequency_days")
    },
    **{("survey", name): SAMPLING for name in SAMPLING},
    ("batch_export", "config"): {"destination"},
    ("batch_export", "offset_hour"): {"offset_hour", "offset_day", "interval"},
    ("batch_export", "offset_day"): {"offset_hour", "offset_day", "interval"},
}
OTHER: dict[str, dict[str, Any]] = {
    "role": {"name": "Analytics", "feature_flags_access_level": 37},
    "role_members": {"members": ["bo@acme.io", "cy@acme.io"]},
    "pipeline_destination": {
        "name": "Sales",
        "description": "Some of them",
        "enabled": False,
        "order": 7,
        "config": {"account": "acme", "database": "sales"},
    },
    "site_app": {
        "name": "Banner",
        "description": "Below",
        "enabled": False,
        "order": 7,
        "config": {"notification": "Bye", "position": "top"},
    },
    "file_system_entry": {"path": "Growth/Site", "href": "https://two.io"},
    "hog_function": {
        "name": "Sales",
        "description": "Some of them",
        "enabled": True,
        "hog": "return 1",
        "inputs_schema": [{"key": "to", "type": "string", "label": "Where to"}],
        "inputs": {"to": "sales"},
        "filters": {"events": [], "properties": [{"key": "plan", "type": "person", "value": "free"}]},
        "masking": {"ttl": 120, "hash": "{person.id}", "threshold": 3},
        "icon_url": "/static/sales.png",
        "execution_order": 3,
        "mappings": [
            {"name": "Sold", "inputs": {"to": "sold"}, "inputs_schema": [{"key": "to", "type": "string"}]}
        ],
    },
    "batch_export": {
        "name": "Sales",
        "config": {"url": "https://eu.i.posthog.com/batch/", "token": SecretText("hush", "!env TOKEN")},
        "interval": "day",
        "model": "persons",
        "paused": True,
        "filters": [],
        "start_at": "2026-02-01T00:00:00Z",
        "end_at": "2036-11-30T00:00:00Z",
        "timezone": "Asia/Tokyo",
        "offset_hour": 5,
        "offset_day": 2,
        "hogql_query": "select uuid from events",
    },
    "data_color_theme": {"name": "Acme dark", "colors": ["#621da6", "#1d4aff"]},
    "project_secret_api_key": {"label": "Endpoints", "scopes": ["endpoint:read", "feature_flag:read"]},
    "cohort": {"name": "Free", "description": "Some of them", "filters": criteria("free")},
    "action": {
        "name": "Sold",
        "description": "Some of them",
        "steps": [{"event": "sold", "url": "/sales", "url_matching": "regex"}],
        "tags": ["sales"],
        "pinned_at": True,
        "post_to_slack": True,
        "slack_message_format": "Sold!",
    },
    "early_access_feature": {
        "name": "Sales",
        "stage": "beta",
        "description": "Some of them",
        "documentation_url": "https://acme.io/sales",
        "payload": {"page": "sales"},
        "assignee": {"type": "user", "id": 2},
    },
    "experiment_holdout": {
        "name": "Sales",
        "description": "Some of them",
        "filters": [{"properties": [], "rollout_percentage": 10}],
    },
    "experiment_saved_metric": {
        "name": "Sales",
        "description": "Some of them",
        "query": counted("sold"),
        "tags": ["sales"],
    },
    "experiment": {
        "name": "Sales",
        "description": "Fewer of them",
        "type": "web",
        "metrics": [counted("sold")],
        "metrics_secondary": [counted("seen")],
        "parameters": {"minimum_detectable_effect": 10},
        "exposure_criteria": {"filterTestAccounts": False},
        "stats_config": {"method": "frequentist"},
        "scheduling_config": {"timeseries": True},
        "running_time_calculation": {"exposure_estimate_config": {"metric": "mean"}},
        "excluded_variants": ["test"],
        "only_count_matured_users": True,
        "conclusion": "won",
        "conclusion_comment": "At last",
    },
    "survey": {
        "name": "Sales",
        "description": "Some of them",
        "type": "api",
        "status": "stopped",
        "questions": [
            {"type": "open", "question": "What should we improve?"},
            {"type": "rating", "question": "How was it?", "display": "emoji", "scale": 5},
        ],
        "conditions": {"url": "/sales", "urlMatchType": "exact"},
        "appearance": {"backgroundColor": "#000000"},
        "schedule": "recurring",
        "iteration_count": 3,
        "iteration_frequency_days": 7,
        "responses_limit": None,
        "linked_flag": None,
        "targeting_flag_filters": {"groups": [{"rollout_percentage": 50}]},
        "response_sampling_start_date": "2036-01-01T00:00:00Z",
        "response_sampling_interval_type": "week",
        "response_sampling_interval": 4,
        "response_sampling_limit": 1000,
        "enable_partial_responses": True,
        "enable_iframe_embedding": True,
        "base_language": "de",
        "translations": {"de": {"name": "Bestellungen"}},
        "form_content": {"type": "doc"},
    },
    "insight": {
        "name": "Weekly orders",
        "description": "All of them",
        "query": trends("ordered"),
        "tags": ["sales", "weekly"],
        "favorited": True,
    },
    "insight_variable": {
        "name": "Land",
        "default_value": ["FR"],
        "values": ["FR", "DE", "US"],
        "is_multi": True,
        "values_query": "select 1",
    },
    "external_data_source": {
        "description": "Some of it",
        "job_inputs": {"host": "db.acme.com", "password": SecretText("hush", "!env TOKEN")},
        "schemas": {"users": {"should_sync": False}, "orders": {"should_sync": True}},
    },
    "warehouse_saved_query": {
        "name": "free",
        "query": {"query": "select 2 as plan\n"},
        "description": "Some of them",
        "sync_frequency": "never",
        "incremental": {
            "enabled": True,
            "incremental_key": "at",
            "unique_key": ["id"],
            "lookback_seconds": 60,
        },
        "folder_id": "0190c6ee-97e3-0000-e45b-4b8d2a9d1f00",
        "dag_id": "0190c6ee-97e3-0000-e45b-4b8d2a9d1f01",
    },
    "dashboard": {
        "name": "Sales",
        "description": "On Fridays",
        "pinned": True,
        "tags": ["sales", "weekly"],
        "tiles": [
            {
                "text": {"body": "# Growth"},
                "layouts": {"sm": {"x": 6, "y": 0, "w": 6, "h": 1}},
                "color": "red",
            },
            {"text": {"body": "# Sales"}},
        ],
        "filters": {"interval": "week"},
        "breakdown_colors": [{"breakdownValue": "DE", "colorToken": "preset-1"}],
        "restriction_level": 37,
    },
    "alert": {
        "name": "Soared",
        "condition": {"type": "relative_increase"},
        "threshold": {"configuration": {"type": "percentage", "bounds": {"lower": "5%", "upper": "33.3%"}}},
        "config": {"type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": True},
        "subscribed_users": ["bo@acme.io", "ana@acme.io"],
        "calculation_interval": "weekly",
        "enabled": False,
        "skip_weekend": True,
        "schedule_restriction": {"blocked_windows": [{"start": "20:00", "end": "21:00"}]},
        "investigation_agent_enabled": True,
        "investigation_gates_notifications": True,
        "investigation_inconclusive_action": "suppress",
    },
    "subscription": {
        "title": "Fridays",
        "target_emails": ["cy@example.com", "bob@example.com"],
        "frequency": "yearly",
        "interval": 2,
        "byweekday": ["friday", "monday"],
        "bysetpos": -1,
        "count": 12,
        "start_date": "2026-02-06T09:30:00+01:00",
        "until_date": "2036-02-06T08:30:00Z",
        "enabled": False,
    },
    "annotation": {
        "content": "Prices changed back",
        "date_marker": "2026-03-02T09:30:00+01:00",
        "scope": "organization",
        "creation_type": "GIT",
        "emoji": "🔥",
        "hidden_in_user_interface": True,
    },
    "feature_flag": {
        "key": "sales",
        "name": "Some of them",
        "filters": {"groups": [{"rollout_percentage": 75}]},
        "active": False,
        "archived": True,
        "tags": ["sales"],
        "evaluation_contexts": ["account"],
        "evaluation_runtime": "client",
        "bucketing_identifier": "device_id",
        "ensure_experience_continuity": True,
        "is_remote_configuration": True,
    },
}
# Why a kind, or a field, is not tried here.
WAIVED = {
    "domain.domain": "replaces",
    "domain.jit_provisioning_enabled": "wants a verified domain: test_small_kinds.py",
    "domain.sso_enforcement": "wants a verified domain: test_small_kinds.py",
    "proxy_record.domain": "replaces",
    "project": "has tests of its own: test_fields.py",
    "project_access_rule": "has tests of its own: test_access_rules.py",
    "resource_access_rule": "has tests of its own: test_access_rules.py",
    "object_access_rule": "has tests of its own: test_object_rules.py",
    "organization_settings": "has tests of its own: test_organization_settings.py",
    "organization_member": "has tests of its own: test_members.py",
    "evaluation": "has tests of its own: test_evaluations.py",
    "event_definition": "has tests of its own: test_definitions.py",
    "property_definition": "has tests of its own: test_definitions.py",
    "cohort.folder": "is sent once, when it is made",
    "cohort.is_static": "replaces",
    "cohort.query": "replaces",
    "action.folder": "is sent once, when it is made",
    "early_access_feature.folder": "is sent once, when it is made",
    "early_access_feature.feature_flag": "replaces",
    "experiment.folder": "is sent once, when it is made",
    "experiment.feature_flag_key": "replaces",
    "experiment.status": "has no way back: test_experiments.py",
    "experiment.holdout": "names another object: test_experiments.py",
    "experiment.saved_metrics_ids": "names other objects: test_experiments.py",
    "survey.linked_insight": "names an insight: test_surveys.py",
    "survey.folder": "is sent once, when it is made",
    "insight.folder": "is sent once, when it is made",
    "insight_variable.code_name": "replaces",
    "insight_variable.type": "what belongs to a list has no meaning in another one: test_insight_variables.py",
    "dashboard.folder": "is sent once, when it is made",
    "dashboard.variables": "names variables: test_insight_variables.py",
    "dashboard.data_color_theme_id": "names a theme: test_dashboards.py",
    "dashboard.quick_filter_ids": "names what no key can make: test_dashboards.py",
    "alert.insight": "names an insight: test_alerts.py",
    "alert.detector_config": "is a form of PostHog's own: test_alerts.py",
    "subscription.insight": "names an insight: test_subscriptions.py",
    "subscription.dashboard": "names a dashboard: test_subscriptions.py",
    "subscription.dashboard_export_insights": "names insights: test_subscriptions.py",
    "subscription.target_type": "changes what says where: test_subscriptions.py",
    "subscription.target_value": "is what another target has: test_subscriptions.py",
    "subscription.integration_id": "names what no key can make: test_subscriptions.py",
    "subscription.invite_message": "is sent once, when it is made",
    "annotation.dashboard_item": "names an insight: test_annotations.py",
    "annotation.dashboard_id": "names a dashboard: test_annotations.py",
    "feature_flag.folder": "is sent once, when it is made",
    "feature_flag.encrypted_payloads": "PostHog's answer is never kept: test_feature_flags.py",
    "external_data_source.prefix": "never changes: test_sources.py",
    "external_data_source.source_type": "never changes: test_sources.py",
    "external_data_source.access_method": "never changes: test_sources.py",
    "role_membership": "every field replaces: there is nothing to change",
    "hog_function.type": "replaces",
    "hog_function.template": "replaces",
    "batch_export.type": "replaces",
    "batch_export.integration": "another one is of another warehouse: test_pipelines_requests.py",
    "pipeline_destination.plugin": "replaces",
    "site_app.plugin": "replaces",
    "file_system_entry.type": "replaces",
    "file_system_entry.ref": "replaces",
    "file_system_entry.shortcut": "replaces",
}
# What is sent along with every change: what was read, so that PostHog refuses to undo what somebody else did
# meanwhile; an action's name, because old servers fail without it; a survey's conditions, lest it loses actions.
BESIDE = {"survey": {"conditions"}, "action": {"name"}, "feature_flag": {"version", "original_flag"}}
CASES = [(kind, field) for kind, fields in OTHER.items() for field in fields]
each_field = pytest.mark.parametrize(("name", "field"), CASES, ids=[".".join(case) for case in CASES])


def test_no_field_is_forgotten():
    every = {f"{kind.name}.{field.name}" for kind in KINDS.values() for field in kind.writable}
    tried = {f"{kind}.{field}" for kind, field in CASES}
    waived = {name for name in every if name in WAIVED or name.partition(".")[0] in WAIVED}

    assert tried | waived == every
    assert not tried & waived


class View:
    """A fresh view of a server, and what it writes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.posthog = sandbox
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.live = Live(Reader(connection, pace=pace), sandbox.organization)
        self.writer = Writer(connection, pace=pace)
        self.applier = Applier(self.live, self.writer)

    def close(self) -> None:
        self.live.reader.close()
        self.writer.close()

    def anew(self) -> Live:
        return Live(self.live.reader, self.live.organization_id)


@pytest.fixture(scope="module", params=[2026, 2025, 2024])
def server(request: pytest.FixtureRequest, started: Callable[..., Sandbox]) -> tuple[int, Sandbox]:
    return request.param, started("--age", str(request.param), "--legacy-destinations")


class Made:
    """One object with everything in it that GIVEN says, of a kind that the server has."""

    def __init__(self, view: View, age: int, name: str, field: str = "") -> None:
        self.kind, self.view = KINDS[name], view
        self.scope: dict[str, str] = {}
        if self.kind.parent:
            parent = view.applier.create(KINDS[self.kind.parent], {}, {"name": f"Of {name}"}).found
            self.scope = {self.kind.parent: parent.id}
        values = {**INSTEAD.get((name, field), GIVEN[name])}
        if "plugin" in values:
            values["plugin"] = view.live.refer("plugin", values["plugin"])
        for place in {"feature_flag", "linked_flag"} & values.keys():
            flag = {"key": "opened", "filters": {"groups": [{"rollout_percentage": 0}]}}
            values[place] = view.applier.create(KINDS["feature_flag"], self.scope, flag).found.id
        if values.get("insight"):
            insight = {"name": "Weekly signups", "query": trends("signed_up")}
            values["insight"] = int(view.applier.create(KINDS["insight"], self.scope, insight).found.id)
        self.values = {
            key: value
            for key, value in values.items()
            if self.kind.field(key).since <= age <= (self.kind.field(key).until or age)
        }
        self.found = view.applier.create(self.kind, self.scope, self.values).found

    def again(self):
        return self.view.anew().object(self.kind, self.scope, self.found.id)


@pytest.fixture
def view(server) -> Iterator[View]:
    server[1].call("POST", "/_sandbox/reset")
    view = View(server[1])
    yield view
    view.close()


class Workshop:
    """One object at a time, kept from one of its fields to the next: making it costs more than changing it."""

    def __init__(self, age: int, sandbox: Sandbox) -> None:
        self.age, self.sandbox = age, sandbox
        self.place: tuple[str, str] | None = None
        self.made: Made | None = None

    def object(self, name: str, field: str) -> Made:
        """An object as GIVEN, or INSTEAD for that field, says; the caller leaves it as it was, or calls `spoil`."""
        place = (name, field if (name, field) in INSTEAD else "")
        if self.made is None or self.place != place:
            self.spoil()
            self.sandbox.call("POST", "/_sandbox/reset")
            self.made, self.place = Made(View(self.sandbox), self.age, name, field), place
        return self.made

    def spoil(self) -> None:
        """The next one is made anew, in a PostHog as after its start."""
        if self.made is not None:
            self.made.view.close()
        self.made = None


@pytest.fixture(scope="module")
def workshop(server) -> Iterator[Workshop]:
    workshop = Workshop(*server)
    yield workshop
    workshop.spoil()


@pytest.mark.parametrize("name", GIVEN)
def test_what_was_created_reads_back_without_a_difference(server, view, name):
    if server[0] < KINDS[name].since:
        pytest.skip(f"a server of {server[0]} does not know it")
    it = Made(view, server[0], name)

    assert differences(it.kind, it.values, it.again().values) == ()


@each_field
def test_a_change_is_one_request_with_that_field_only_and_by_hand_it_is_found_and_healed(
    server, workshop, monkeypatch, name, field
):
    kind, age = KINDS[name], server[0]
    since = max(kind.since, kind.field(field).since, ANSWERED_SINCE.get((name, field), 0))
    until = kind.field(field).until
    if not since <= age <= (until or age):
        pytest.skip(f"a server of {age} does not know it")
    if age == 2025 and since < age and not until:
        pytest.skip("it is known before and after that, too")
    it = workshop.object(name, field)
    sent = []
    patch = Writer.patch
    monkeypatch.setattr(
        Writer,
        "patch",
        lambda self, path, body, **more: (sent.append(body), patch(self, path, body, **more))[1],
    )
    try:
        is_changed_by_one_request(it, field, sent)
        is_found_and_healed(it, field)
    except BaseException:
        workshop.spoil()
        raise


def is_changed_by_one_request(it: Made, field: str, sent: list[Mapping[str, Any]]) -> None:
    name, before = it.kind.name, it.again()
    wanted = {**it.values, field: OTHER[name][field]}
    view = View(it.view.posthog)
    view.posthog.count_anew()

    applied = view.applier.update(it.kind, it.scope, before, wanted)
    view.close()

    if not it.kind.set_of:  # such a list is written member by member
        life, now = it.kind.lifecycle, before.values.get(field)
        action = life and life.field == field and (way(life, now, wanted[field]) or ())[0].action
        beside = BESIDE.get(name, set())
        assert [set(body) for body in sent] == ([] if action else [SENT.get((name, field), {field}) | beside])
        assert list(view.posthog.writes().values()) == [1]
    assert applied.ignored == ()
    assert differences(it.kind, wanted, it.again().values) == ()


def is_found_and_healed(it: Made, field: str) -> None:
    live = it.again()
    assert [each.field.name for each in differences(it.kind, it.values, live.values)] == [field]

    view = View(it.view.posthog)
    view.applier.update(it.kind, it.scope, view.live.object(it.kind, it.scope, it.found.id), it.values)
    view.close()

    assert differences(it.kind, it.values, it.again().values) == ()


# What a declared field may be that says nothing: null where it may be, and the empty value of its type.
EMPTY: dict[Type, list[Any]] = {
    Type.STRING: [""],
    Type.STRINGS: [[]],
    Type.LIST: [[]],
    Type.OBJECT: [{}],
    Type.JSON: ["", [], {}],
}
EMPTIES = [
    (name, field, value)
    for name, field in CASES
    for value in (
        *([None] if KINDS[name].field(field).nullable else ()),
        *EMPTY.get(KINDS[name].field(field).type, ()),
    )
    if not KINDS[name].field(field).choices or value in (None, *KINDS[name].field(field).choices)
]
# What no file may say so, or what PostHog puts in its place.
FILLED = {
    ("pipeline_destination", "name"): "an entry's key is not empty",
    ("site_app", "name"): "an entry's key is not empty",
    (
        "pipeline_destination",
        "description",
    ): "PostHog answers the plugin's, and a run says that it did not take it",
    ("site_app", "description"): "PostHog answers the plugin's, and a run says that it did not take it",
    (
        "early_access_feature",
        "assignee",
    ): "PostHog answers who made it, and a run says that it did not take it",
    ("feature_flag", "filters"): "the schema wants groups",
    ("survey", "targeting_flag_filters"): "the schema wants groups",
    ("hog_function", "masking"): "the schema wants a hash",
    ("hog_function", "inputs_schema"): "inputs that it does not name are refused",
    ("survey", "response_sampling_interval"): "all four are needed: they are refused when the file is read",
}


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [case for case in EMPTIES if case[:2] not in FILLED],
    ids=lambda part: part or json_text(part),
)
@pytest.mark.parametrize("server", [2026], indirect=True)
def test_an_empty_value_is_refused_or_is_there_afterwards(server, workshop, name, field, value):
    kind, age = KINDS[name], server[0]
    since = max(kind.since, kind.field(field).since, ANSWERED_SINCE.get((name, field), 0))
    if not since <= age <= (kind.field(field).until or age):
        pytest.skip(f"a server of {age} does not know it")
    it = workshop.object(name, field)
    view = View(it.view.posthog)
    try:
        applied = view.applier.update(kind, it.scope, it.again(), {**it.values, field: value})
    except Invalid:
        assert differences(kind, it.values, it.again().values) == ()
        return
    except BaseException:
        workshop.spoil()
        raise
    finally:
        view.close()
    left = differences(kind, {**it.values, field: value}, it.again().values)
    workshop.spoil()

    assert (applied.ignored, left) == ((), ())


@pytest.mark.parametrize(
    "name",
    [name for name in GIVEN if name not in ("role_members", "insight_variable", "external_data_source")],
)
def test_an_object_of_another_name_is_taken_over_by_its_id(server, view, name):
    if server[0] < KINDS[name].since:
        pytest.skip(f"a server of {server[0]} does not know it")
    it = Made(view, server[0], name)
    key = next(field.name for field in it.kind.fields if field.from_key)
    wanted = {**it.values, key: OTHER[name][key]}
    view.posthog.count_anew()

    applied = view.applier.create(it.kind, it.scope, wanted, id_=it.found.id)

    assert (applied.adopted, applied.found.id) == (True, it.found.id)
    assert [path.split()[0] for path in view.posthog.writes()] == ["PATCH"]
    assert differences(it.kind, wanted, it.again().values) == ()


@pytest.mark.parametrize("offset", ["offset_hour", "offset_day"])
def test_an_export_of_a_week_is_made_with_both_offsets_where_one_is_declared(view, server, offset):
    if server[0] < KINDS["batch_export"].field(offset).since:
        pytest.skip(f"a server of {server[0]} does not know it")
    kind, values = KINDS["batch_export"], GIVEN["batch_export"]
    declared = {name: values[name] for name in ("name", "type", "interval", "config", offset)}
    project = view.applier.create(KINDS["project"], {}, {"name": "Of a week"}).found.id

    made = view.applier.create(kind, {"project": project}, declared).found

    live = view.anew().object(kind, {"project": project}, made.id).values
    other = next(name for name in ("offset_hour", "offset_day") if name != offset)
    assert (live[offset], live[other]) == (values[offset], 0)
    assert differences(kind, declared, live) == ()


def test_one_of_two_projects_of_a_name_is_taken_over_by_its_id(view, server):
    if server[0] == 2026:
        pytest.skip("names are unique there")
    path = f"/api/organizations/{view.posthog.organization}/projects/"
    twins = [str(view.posthog.call("POST", path, {"name": "Twin"})["id"]) for _ in range(2)]

    applied = view.applier.create(KINDS["project"], {}, {"name": "Twin", "timezone": "CET"}, id_=twins[1])

    assert applied.found.id == twins[1]
    assert [view.posthog.get(f"{path}{id_}/")["timezone"] for id_ in twins] == ["UTC", "CET"]
