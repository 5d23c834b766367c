"""Every setting of a project, as data: where it is written, its type, default and merging (3.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from rest_framework import serializers

from pulumi_posthog.sandbox.families.projects import validation as rules
from pulumi_posthog.sandbox.families.projects.closed_lists import CURRENCIES, TIMEZONES
from pulumi_posthog.sandbox.rules.switches import SWITCHES

AnyField = serializers.Field[Any, Any, Any, Any]
Surface = Literal["project", "environment"]
Merge = Literal["replace", "top", "deep", "modifiers", "nested", "sources", "conversations"]


@dataclass(frozen=True)
class Setting:
    """One writable column of the environment."""

    name: str
    written: str
    """`23`, `P`, `E` or `26`, the column G of the page."""
    field: Callable[..., AnyField]
    nullable: bool = True
    default: Any = None
    merge: Merge = "replace"
    anybody: bool = False
    """In 2026 writable by members who are not project admins."""
    ages: tuple[int, int] = (2024, 2026)
    options: tuple[tuple[str, Any], ...] = ()

    def exists(self, surface: Surface) -> bool:
        """Whether the running age has it at such a URL at all."""
        if not self.ages[0] <= SWITCHES.age <= self.ages[1]:
            return False
        if self.written == "26":
            return SWITCHES.age >= 2026
        if self.written == "E" and SWITCHES.age == 2025:
            return surface == "environment"
        return True

    def input(self) -> AnyField:
        """The field that checks what is sent."""
        return self.field(required=False, allow_null=self.nullable, **dict(self.options))


def text(max_length: int | None = None, **options: Any) -> AnyField:
    return serializers.CharField(max_length=max_length, **options)


def texts(**options: Any) -> AnyField:
    return serializers.ListField(child=serializers.CharField(), **options)


def domains(**options: Any) -> AnyField:
    """Null items are dropped afterwards, blank ones are refused."""
    return rules.Domains(child=serializers.CharField(max_length=200, allow_null=True), **options)


def flag(**options: Any) -> AnyField:
    return serializers.BooleanField(**options)


def json(**options: Any) -> AnyField:
    return serializers.JSONField(**options)


def choice(choices: Any, **options: Any) -> AnyField:
    return serializers.ChoiceField(choices=choices, **options)


def setting(name: str, written: str, field: Callable[..., AnyField], **rest: Any) -> Setting:
    """A row of the table; what is left over are options of its field."""
    known = {key: rest.pop(key) for key in ("nullable", "default", "merge", "anybody", "ages") if key in rest}
    return Setting(name, written, field, options=tuple(rest.items()), **known)


SETTINGS = (
    setting("timezone", "23", choice, choices=TIMEZONES, nullable=False, default="UTC"),
    setting("app_urls", "23", rules.app_urls, nullable=False, default=[]),
    setting("recording_domains", "23", domains),
    setting("anonymize_ips", "23", flag, nullable=False, default=False),
    setting("is_demo", "23", flag, nullable=False, default=False),
    setting("completed_snippet_onboarding", "23", flag, nullable=False, default=False, anybody=True),
    setting("has_completed_onboarding_for", "P", json, anybody=True),
    setting("onboarding_tasks", "E", json, anybody=True),
    setting("test_account_filters", "23", rules.PropertyFilters, nullable=False, default=[]),
    setting("test_account_filters_default_checked", "23", flag),
    setting("path_cleaning_filters", "23", rules.PathCleaningFilters, default=[]),
    setting("data_attributes", "23", rules.JSONList, nullable=False, default=["data-attr"]),
    setting("person_display_name_properties", "23", rules.display_names),
    setting("correlation_config", "23", json, default={}),
    setting("live_events_columns", "23", texts),
    setting("autocapture_opt_out", "P", flag),
    setting("autocapture_exceptions_opt_in", "P", flag, anybody=True),
    setting("autocapture_exceptions_errors_to_ignore", "P", rules.ErrorsToIgnore),
    setting("autocapture_web_vitals_opt_in", "P", flag, anybody=True),
    setting("autocapture_web_vitals_allowed_metrics", "P", rules.JSONList, anybody=True),
    setting("capture_console_log_opt_in", "23", flag, default=True),
    setting("capture_performance_opt_in", "23", flag, default=True),
    setting("capture_dead_clicks", "E", flag, default=False),
    setting("heatmaps_opt_in", "P", flag),
    setting("surveys_opt_in", "P", flag, anybody=True),
    setting("survey_config", "P", rules.JSONObject, merge="top"),
    setting("session_recording_opt_in", "23", flag, nullable=False, default=False, anybody=True),
    setting("session_recording_sample_rate", "P", rules.sample_rate),
    setting(
        "session_recording_minimum_duration_milliseconds", "P", rules.integer, min_value=0, max_value=30000
    ),
    setting("session_recording_linked_flag", "P", rules.LinkedFlag),
    setting("session_recording_network_payload_capture_config", "P", rules.NetworkPayloadCapture),
    setting("session_recording_masking_config", "P", rules.Masking),
    setting("session_recording_url_trigger_config", "E", rules.URLMatches, default=[]),
    setting("session_recording_url_blocklist_config", "E", rules.URLMatches, default=[]),
    setting("session_recording_event_trigger_config", "E", texts, default=[]),
    setting("session_recording_trigger_match_type_config", "E", text, max_length=24),
    setting("session_recording_trigger_groups", "26", rules.TriggerGroups),
    setting(
        "session_recording_retention_period",
        "E",
        choice,
        choices=("30d", "90d", "1y", "5y"),
        nullable=False,
        default="30d",
    ),
    setting("session_replay_config", "P", rules.SessionReplay, merge="deep"),
    setting("week_start_day", "P", choice, choices=(0, 1)),
    setting("primary_dashboard", "23", rules.integer, anybody=True),
    setting("inject_web_apps", "23", flag),
    setting("extra_settings", "P", json),
    setting("modifiers", "P", rules.Modifiers, merge="modifiers"),
    setting("flags_persistence_default", "P", flag, default=False),
    setting("feature_flag_confirmation_enabled", "E", flag, default=False),
    setting("feature_flag_confirmation_message", "E", text, allow_blank=True),
    setting("default_evaluation_environments_enabled", "E", flag, default=False, ages=(2025, 2025)),
    setting("default_evaluation_contexts_enabled", "26", flag, default=False),
    setting("require_evaluation_contexts", "26", flag, default=False),
    setting("cookieless_server_hash_mode", "E", choice, choices=(0, 1, 2), default=0),
    setting("human_friendly_comparison_periods", "E", flag, default=False),
    setting("default_data_theme", "E", rules.integer),
    setting("base_currency", "E", choice, choices=CURRENCIES, nullable=False, default="USD"),
    setting("experiment_recalculation_time", "E", rules.time_of_day, ages=(2024, 2025)),
    setting("web_analytics_pre_aggregated_tables_enabled", "E", flag, default=False),
    setting(
        "revenue_analytics_config",
        "E",
        rules.RevenueAnalytics,
        merge="nested",
        default={"base_currency": "USD", "events": [], "goals": [], "filter_test_accounts": False},
    ),
    setting(
        "marketing_analytics_config",
        "E",
        rules.MarketingAnalytics,
        merge="sources",
        default={
            "sources_map": {},
            "conversion_goals": [],
            "attribution_window_days": 90,
            "attribution_mode": "last_touch",
        },
    ),
    setting("customer_analytics_config", "26", rules.JSONObject, merge="nested", default={}),
    setting("workflows_config", "26", rules.JSONObject, merge="nested", default={}),
    setting("logs_settings", "26", rules.LogsSettings),
    setting("receive_org_level_activity_logs", "26", flag, default=False),
    setting("business_model", "26", choice, choices=("b2b", "b2c", "other")),
    setting("conversations_enabled", "26", flag),
    setting("conversations_settings", "26", rules.JSONObject, merge="conversations"),
    setting("proactive_tasks_enabled", "26", flag),
    setting("slack_incoming_webhook", "23", text, max_length=500, allow_blank=True, ages=(2024, 2025)),
    setting("access_control", "23", rules.AccessControlSwitch, nullable=False, default=False),
)

BY_NAME = {each.name: each for each in SETTINGS}
DROPPED_ON_CREATE = (
    "revenue_analytics_config",
    "marketing_analytics_config",
    "customer_analytics_config",
    "workflows_config",
)


@cache
def serializer_class(age: int, surface: Surface) -> type[serializers.Serializer[Any]]:
    """What a project or environment of that age takes; `SWITCHES.age` is that age while it is built."""
    assert age == SWITCHES.age  # noqa: S101 - the cache is keyed by it
    fields: dict[str, Any] = {"name": serializers.CharField(max_length=200, required=False)}
    if surface == "project":
        fields["product_description"] = serializers.CharField(
            max_length=1000, required=False, allow_null=True, allow_blank=True
        )
    fields.update({each.name: each.input() for each in SETTINGS if each.exists(surface)})
    name = "Project" if surface == "project" else "Environment"
    return type(f"{name}{age}", (serializers.Serializer,), fields)


def defaults() -> dict[str, Any]:
    """A fresh environment; copied by the caller's JSON column."""
    return {each.name: each.default for each in SETTINGS if each.default is not None}
