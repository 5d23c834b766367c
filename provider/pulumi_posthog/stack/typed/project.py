"""Project for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ProjectTestAccountFilterArgs(TypedDict, total=False):
    """What is in `test_account_filters.*`.

    key: The property's name. For a cohort, it is `id`.
    type: What has the property: `person`, `event`, `cohort`, ...
    operator: `exact`, `is_not`, `icontains`, `not_in`, ...
    value: What it is compared with. For a cohort, it is the cohort's id.
    """

    key: Required[pulumi.Input[str | float]]
    type: Required[pulumi.Input[str]]
    operator: pulumi.Input[str | None]
    value: pulumi.Input[Any]


class ProjectPathCleaningFilterArgs(TypedDict, total=False):
    """What is in `path_cleaning_filters.*`.

    alias: The replacement for the text that matches.
    regex: The regular expression that the address must match.
    """

    alias: Required[pulumi.Input[str]]
    regex: Required[pulumi.Input[str]]


class ProjectModifiersArgs(TypedDict, total=False):
    """What is in `modifiers`."""

    bounceRateDurationSeconds: pulumi.Input[Any]
    bounceRatePageViewMode: pulumi.Input[Any]
    convertToProjectTimezone: pulumi.Input[Any]
    customChannelTypeRules: pulumi.Input[Any]
    dataWarehouseEventsModifiers: pulumi.Input[Any]
    debug: pulumi.Input[Any]
    inCohortVia: pulumi.Input[Any]
    materializationMode: pulumi.Input[Any]
    optimizeJoinedFilters: pulumi.Input[Any]
    personsArgMaxVersion: pulumi.Input[Any]
    personsJoinMode: pulumi.Input[Any]
    personsOnEventsMode: pulumi.Input[Any]
    propertyGroupsMode: pulumi.Input[Any]
    sessionTableVersion: pulumi.Input[Any]
    sessionsV2JoinMode: pulumi.Input[Any]
    useMaterializedViews: pulumi.Input[Any]
    usePresortedEventsTable: pulumi.Input[Any]
    useWebAnalyticsPreAggregatedTables: pulumi.Input[Any]


class ProjectSessionRecordingLinkedFlagArgs(TypedDict, total=False):
    """What is in `session_recording_linked_flag`.

    id: The flag's id.
    key: The flag's key.
    variant: The variant that is recorded.
    """

    id: Required[pulumi.Input[int]]
    key: Required[pulumi.Input[str]]
    variant: pulumi.Input[str | None]


class ProjectSessionRecordingNetworkPayloadCaptureConfigArgs(TypedDict, total=False):
    """What is in `session_recording_network_payload_capture_config`."""

    recordHeaders: pulumi.Input[bool]
    recordBody: pulumi.Input[bool]


class ProjectSessionRecordingMaskingConfigArgs(TypedDict, total=False):
    """What is in `session_recording_masking_config`."""

    maskAllInputs: pulumi.Input[bool]
    maskTextSelector: pulumi.Input[str]
    blockSelector: pulumi.Input[str]


class ProjectSessionRecordingUrlTriggerConfigArgs(TypedDict, total=False):
    """What is in `session_recording_url_trigger_config.*`.

    url: The regular expression that a page's address must match.
    matching: How it is matched: `regex`.
    """

    url: Required[pulumi.Input[str]]
    matching: Required[pulumi.Input[str]]


class ProjectSessionRecordingUrlBlocklistConfigArgs(TypedDict, total=False):
    """What is in `session_recording_url_blocklist_config.*`.

    url: The regular expression that a page's address must match.
    matching: How it is matched: `regex`.
    """

    url: Required[pulumi.Input[str]]
    matching: Required[pulumi.Input[str]]


class ProjectSessionRecordingTriggerGroupsGroupArgs(TypedDict, total=False):
    """What is in `session_recording_trigger_groups.groups.*`.

    id: A name that no other group has.
    name: Shown in PostHog.
    sampleRate: The share that is recorded.
    minDurationMs: The shortest session that is kept, in milliseconds.
    conditions: Which sessions the group is about.
    """

    id: Required[pulumi.Input[str]]
    name: pulumi.Input[str]
    sampleRate: Required[pulumi.Input[float]]
    minDurationMs: pulumi.Input[int | None]
    conditions: Required[pulumi.Input[Mapping[str, Any]]]


class ProjectSessionRecordingTriggerGroupsArgs(TypedDict, total=False):
    """What is in `session_recording_trigger_groups`."""

    version: Required[pulumi.Input[Literal[2]]]
    groups: Required[
        pulumi.Input[
            Sequence[pulumi.Input[ProjectSessionRecordingTriggerGroupsGroupArgs | Mapping[str, Any]]]
        ]
    ]


class ProjectSessionReplayConfigArgs(TypedDict, total=False):
    """What is in `session_replay_config`."""

    record_canvas: pulumi.Input[bool | None]
    ai_config: pulumi.Input[Mapping[str, Any] | None]


class ProjectRevenueAnalyticsConfigArgs(TypedDict, total=False):
    """What is in `revenue_analytics_config`."""

    base_currency: pulumi.Input[Any]
    events: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    goals: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    filter_test_accounts: pulumi.Input[bool]


class ProjectMarketingAnalyticsConfigArgs(TypedDict, total=False):
    """What is in `marketing_analytics_config`."""

    sources_map: pulumi.Input[Mapping[str, Any]]
    conversion_goals: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    attribution_window_days: pulumi.Input[int]
    attribution_mode: pulumi.Input[str]
    campaign_name_mappings: pulumi.Input[Mapping[str, Any]]


class ProjectLogsSettingsArgs(TypedDict, total=False):
    """What is in `logs_settings`."""

    retention_days: pulumi.Input[Literal[14, 30]]


class Project(Resource):
    """A project with its settings. On servers of 2026 and newer, only a project admin can change
    most of them. Only an organization admin can create a project.

    Arguments:
        name: A name that is unique within the organization, whatever its case.
        product_description: A description of the product that the project measures. PostHog's
            assistant reads it.
        is_demo: Whether PostHog fills the new project with demo data. A run waits for the data. An
            organization can have one such project.
        timezone: The time zone of dates, charts and daily reports.
        week_start_day: The day on which weeks begin in charts: `0` Sunday, `1` Monday.
        base_currency: The currency that amounts are converted to.
        business_model: Whom the product is sold to: businesses, consumers, or others.
        app_urls: The addresses where the toolbar may run and web experiments may be edited. Newer
            servers refuse `*` in the domain.
        primary_dashboard: The dashboard on the project's home page, by its name or its id. It must
            be in this project. Any member may change it.
        anonymize_ips: Drop the IP address of every event. New projects may start with the
            organization's own default.
        cookieless_server_hash_mode: How PostHog recognizes visitors without cookies: `0` not at
            all, `1` by a stateless hash, `2` by a stateful one.
        access_control: Make the project private. Newer servers refuse this, because they have
            access controls instead.
        receive_org_level_activity_logs: Send what happens in the organization to this project's
            activity notifications. Needs an organization admin.
        slack_incoming_webhook: The Slack address for action messages. It is a secret. It is
            deprecated: use destinations.
        test_account_filters: Filters that keep your own people and tests out of charts. A new
            project starts with PostHog's filters.
        test_account_filters_default_checked: Whether new charts leave internal and test users out.
        path_cleaning_filters: Rules, in their order, that rewrite addresses in path and web
            analytics.
        data_attributes: HTML attributes by which the toolbar and actions find elements.
        person_display_name_properties: Person properties whose first set value is shown as a
            person's name. `null` means PostHog's own choice.
        correlation_config: What correlation analysis leaves out: `excluded_person_property_names`,
            `excluded_event_names`, ...
        live_events_columns: The columns of the activity page, for everybody in the project.
        human_friendly_comparison_periods: Compare with four weeks ago instead of a month ago.
        default_data_theme: The id of the colour theme of new charts. If the plan has no colour
            themes, PostHog answers its own id.
        modifiers: How queries run in the whole project. Keys that are not declared stay as they
            are.
        autocapture_opt_out: Do not capture clicks and page views automatically.
        autocapture_exceptions_opt_in: Capture unhandled errors automatically. Any member may change
            it.
        autocapture_exceptions_errors_to_ignore: Regular expressions of error messages that are not
            captured, 300 characters of JSON in all.
        autocapture_web_vitals_opt_in: Capture web vitals of every page. Any member may change it.
        autocapture_web_vitals_allowed_metrics: Which web vitals are captured: `LCP`, `CLS`, `FCP`,
            `INP`; `null` for all. Any member may change it.
        capture_console_log_opt_in: Record the browser's console with sessions.
        capture_performance_opt_in: Record network requests and their times with sessions.
        capture_dead_clicks: Capture dead clicks: clicks that have no effect.
        heatmaps_opt_in: Collect where people click, move and scroll.
        surveys_opt_in: Let surveys show on your site. Any member may change it.
        survey_config: How surveys look by default (`appearance`). Keys that are not declared stay
            as they are.
        session_recording_opt_in: Record sessions. Any member may change it.
        session_recording_sample_rate: The share of sessions that is recorded, from 0 to 1 with two
            decimal places. `null` means all.
        session_recording_minimum_duration_milliseconds: Sessions shorter than this are not kept. It
            is in milliseconds.
        session_recording_linked_flag: Record only people for whom this feature flag is on, or has
            this variant.
        session_recording_network_payload_capture_config: What is recorded of network requests:
            `recordHeaders`, `recordBody`.
        session_recording_masking_config: What recordings hide: every input, texts under a CSS
            selector, elements under one.
        recording_domains: The origins that may record sessions. An empty list or `null` means all
            of them.
        session_recording_url_trigger_config: Begin to record on pages with these addresses.
        session_recording_url_blocklist_config: Pause recording on pages with these addresses.
        session_recording_event_trigger_config: Begin to record at events of these names.
        session_recording_trigger_match_type_config: Whether all triggers must be met to record, or
            any one.
        session_recording_trigger_groups: Groups of triggers, each with its own sample rate.
            `version` is 2.
        session_recording_retention_period: How long recordings are kept. PostHog refuses more than
            the plan allows. Self-hosted projects start with 5y.
        session_replay_config: Recording of canvases and summaries by AI. Keys that are not declared
            stay as they are, two levels deep.
        flags_persistence_default: Whether new feature flags keep their value for a person who logs
            in.
        feature_flag_confirmation_enabled: Ask before a change of a feature flag is saved.
        feature_flag_confirmation_message: The text of that question. `null` means PostHog's own
            text.
        default_evaluation_environments_enabled: Give new feature flags the project's default
            evaluation environments; later called contexts.
        default_evaluation_contexts_enabled: Give new feature flags the project's default evaluation
            contexts.
        require_evaluation_contexts: Refuse new feature flags without an evaluation context.
        experiment_recalculation_time: When experiments are calculated each day, as "HH:MM:SS" in
            UTC; `null` for PostHog's own choice.
        web_analytics_pre_aggregated_tables_enabled: Answer web analytics from prepared tables. This
            is faster and a little less exact.
        revenue_analytics_config: Which events contain revenue, and in which currency it is shown.
            Keys that are not declared stay as they are.
        marketing_analytics_config: Sources of ad costs, conversion goals and attribution. A source
            that is not declared stays as it is. `null` removes a source.
        customer_analytics_config: Settings of customer analytics. Keys that are not declared stay
            as they are.
        workflows_config: Settings of workflows. Keys that are not declared stay as they are.
        logs_settings: How long logs are kept: 14 or 30 days, as the plan allows. It can be changed
            once a day.
        conversations_enabled: Offer support conversations on your site.
        conversations_settings: How support conversations look and work. Keys that are not declared
            stay as they are.
        proactive_tasks_enabled: Let PostHog propose tasks. PostHog refuses this for most
            organizations.
        extra_settings: Settings that PostHog's support may name. Keys that are not declared, such
            as the server's own, stay as they are.
        rotate_api_token: Any text, such as `2026-11`. The first value does nothing. Each later
            change replaces the project's `api_token`, and every SDK stops until it has the new one.
            PostHog does not allow this with a scoped key: the run is refused and changes nothing.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        uuid: The project's UUID.
        api_token: The project's token. SDKs use it to send events.
        created_at: When the project was made.
    """

    uuid: pulumi.Output[str]
    api_token: pulumi.Output[str]
    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        product_description: pulumi.Input[str] | Unset | None = UNSET,
        is_demo: pulumi.Input[bool] | Unset = UNSET,
        timezone: pulumi.Input[str] | Unset = UNSET,
        week_start_day: pulumi.Input[Literal[0, 1]] | Unset | None = UNSET,
        base_currency: pulumi.Input[str] | Unset = UNSET,
        business_model: pulumi.Input[Literal["b2b", "b2c", "other"]] | Unset | None = UNSET,
        app_urls: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        primary_dashboard: pulumi.Input[int | str] | Unset | None = UNSET,
        anonymize_ips: pulumi.Input[bool] | Unset = UNSET,
        cookieless_server_hash_mode: pulumi.Input[Literal[0, 1, 2]] | Unset | None = UNSET,
        access_control: pulumi.Input[bool] | Unset = UNSET,
        receive_org_level_activity_logs: pulumi.Input[bool] | Unset | None = UNSET,
        slack_incoming_webhook: pulumi.Input[str] | Unset | None = UNSET,
        test_account_filters: pulumi.Input[
            Sequence[pulumi.Input[ProjectTestAccountFilterArgs | Mapping[str, Any]]]
        ]
        | Unset = UNSET,
        test_account_filters_default_checked: pulumi.Input[bool] | Unset | None = UNSET,
        path_cleaning_filters: pulumi.Input[
            Sequence[pulumi.Input[ProjectPathCleaningFilterArgs | Mapping[str, Any]]]
        ]
        | Unset
        | None = UNSET,
        data_attributes: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        person_display_name_properties: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        correlation_config: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        live_events_columns: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        human_friendly_comparison_periods: pulumi.Input[bool] | Unset | None = UNSET,
        default_data_theme: pulumi.Input[int] | Unset | None = UNSET,
        modifiers: pulumi.Input[ProjectModifiersArgs | Mapping[str, Any]] | Unset | None = UNSET,
        autocapture_opt_out: pulumi.Input[bool] | Unset | None = UNSET,
        autocapture_exceptions_opt_in: pulumi.Input[bool] | Unset | None = UNSET,
        autocapture_exceptions_errors_to_ignore: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        autocapture_web_vitals_opt_in: pulumi.Input[bool] | Unset | None = UNSET,
        autocapture_web_vitals_allowed_metrics: pulumi.Input[Sequence[pulumi.Input[str]]]
        | Unset
        | None = UNSET,
        capture_console_log_opt_in: pulumi.Input[bool] | Unset | None = UNSET,
        capture_performance_opt_in: pulumi.Input[bool] | Unset | None = UNSET,
        capture_dead_clicks: pulumi.Input[bool] | Unset | None = UNSET,
        heatmaps_opt_in: pulumi.Input[bool] | Unset | None = UNSET,
        surveys_opt_in: pulumi.Input[bool] | Unset | None = UNSET,
        survey_config: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        session_recording_opt_in: pulumi.Input[bool] | Unset = UNSET,
        session_recording_sample_rate: pulumi.Input[float] | Unset | None = UNSET,
        session_recording_minimum_duration_milliseconds: pulumi.Input[int] | Unset | None = UNSET,
        session_recording_linked_flag: pulumi.Input[ProjectSessionRecordingLinkedFlagArgs]
        | Unset
        | None = UNSET,
        session_recording_network_payload_capture_config: pulumi.Input[
            ProjectSessionRecordingNetworkPayloadCaptureConfigArgs
        ]
        | Unset
        | None = UNSET,
        session_recording_masking_config: pulumi.Input[ProjectSessionRecordingMaskingConfigArgs]
        | Unset
        | None = UNSET,
        recording_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        session_recording_url_trigger_config: pulumi.Input[
            Sequence[pulumi.Input[ProjectSessionRecordingUrlTriggerConfigArgs]]
        ]
        | Unset
        | None = UNSET,
        session_recording_url_blocklist_config: pulumi.Input[
            Sequence[pulumi.Input[ProjectSessionRecordingUrlBlocklistConfigArgs]]
        ]
        | Unset
        | None = UNSET,
        session_recording_event_trigger_config: pulumi.Input[Sequence[pulumi.Input[str]]]
        | Unset
        | None = UNSET,
        session_recording_trigger_match_type_config: pulumi.Input[Literal["all", "any"]]
        | Unset
        | None = UNSET,
        session_recording_trigger_groups: pulumi.Input[
            ProjectSessionRecordingTriggerGroupsArgs | Mapping[str, Any]
        ]
        | Unset
        | None = UNSET,
        session_recording_retention_period: pulumi.Input[Literal["30d", "90d", "1y", "5y"]] | Unset = UNSET,
        session_replay_config: pulumi.Input[ProjectSessionReplayConfigArgs] | Unset | None = UNSET,
        flags_persistence_default: pulumi.Input[bool] | Unset | None = UNSET,
        feature_flag_confirmation_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        feature_flag_confirmation_message: pulumi.Input[str] | Unset | None = UNSET,
        default_evaluation_environments_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        default_evaluation_contexts_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        require_evaluation_contexts: pulumi.Input[bool] | Unset | None = UNSET,
        experiment_recalculation_time: pulumi.Input[str] | Unset | None = UNSET,
        web_analytics_pre_aggregated_tables_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        revenue_analytics_config: pulumi.Input[ProjectRevenueAnalyticsConfigArgs | Mapping[str, Any]]
        | Unset = UNSET,
        marketing_analytics_config: pulumi.Input[ProjectMarketingAnalyticsConfigArgs | Mapping[str, Any]]
        | Unset = UNSET,
        customer_analytics_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        workflows_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        logs_settings: pulumi.Input[ProjectLogsSettingsArgs | Mapping[str, Any]] | Unset | None = UNSET,
        conversations_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        conversations_settings: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        proactive_tasks_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        extra_settings: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        rotate_api_token: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["project"]
        given: dict[str, Any] = {
            "name": name,
            "product_description": product_description,
            "is_demo": is_demo,
            "timezone": timezone,
            "week_start_day": week_start_day,
            "base_currency": base_currency,
            "business_model": business_model,
            "app_urls": app_urls,
            "primary_dashboard": primary_dashboard,
            "anonymize_ips": anonymize_ips,
            "cookieless_server_hash_mode": cookieless_server_hash_mode,
            "access_control": access_control,
            "receive_org_level_activity_logs": receive_org_level_activity_logs,
            "slack_incoming_webhook": slack_incoming_webhook,
            "test_account_filters": test_account_filters,
            "test_account_filters_default_checked": test_account_filters_default_checked,
            "path_cleaning_filters": path_cleaning_filters,
            "data_attributes": data_attributes,
            "person_display_name_properties": person_display_name_properties,
            "correlation_config": correlation_config,
            "live_events_columns": live_events_columns,
            "human_friendly_comparison_periods": human_friendly_comparison_periods,
            "default_data_theme": default_data_theme,
            "modifiers": modifiers,
            "autocapture_opt_out": autocapture_opt_out,
            "autocapture_exceptions_opt_in": autocapture_exceptions_opt_in,
            "autocapture_exceptions_errors_to_ignore": autocapture_exceptions_errors_to_ignore,
            "autocapture_web_vitals_opt_in": autocapture_web_vitals_opt_in,
            "autocapture_web_vitals_allowed_metrics": autocapture_web_vitals_allowed_metrics,
            "capture_console_log_opt_in": capture_console_log_opt_in,
            "capture_performance_opt_in": capture_performance_opt_in,
            "capture_dead_clicks": capture_dead_clicks,
            "heatmaps_opt_in": heatmaps_opt_in,
            "surveys_opt_in": surveys_opt_in,
            "survey_config": survey_config,
            "session_recording_opt_in": session_recording_opt_in,
            "session_recording_sample_rate": session_recording_sample_rate,
            "session_recording_minimum_duration_milliseconds": session_recording_minimum_duration_milliseconds,
            "session_recording_linked_flag": session_recording_linked_flag,
            "session_recording_network_payload_capture_config": session_recording_network_payload_capture_config,
            "session_recording_masking_config": session_recording_masking_config,
            "recording_domains": recording_domains,
            "session_recording_url_trigger_config": session_recording_url_trigger_config,
            "session_recording_url_blocklist_config": session_recording_url_blocklist_config,
            "session_recording_event_trigger_config": session_recording_event_trigger_config,
            "session_recording_trigger_match_type_config": session_recording_trigger_match_type_config,
            "session_recording_trigger_groups": session_recording_trigger_groups,
            "session_recording_retention_period": session_recording_retention_period,
            "session_replay_config": session_replay_config,
            "flags_persistence_default": flags_persistence_default,
            "feature_flag_confirmation_enabled": feature_flag_confirmation_enabled,
            "feature_flag_confirmation_message": feature_flag_confirmation_message,
            "default_evaluation_environments_enabled": default_evaluation_environments_enabled,
            "default_evaluation_contexts_enabled": default_evaluation_contexts_enabled,
            "require_evaluation_contexts": require_evaluation_contexts,
            "experiment_recalculation_time": experiment_recalculation_time,
            "web_analytics_pre_aggregated_tables_enabled": web_analytics_pre_aggregated_tables_enabled,
            "revenue_analytics_config": revenue_analytics_config,
            "marketing_analytics_config": marketing_analytics_config,
            "customer_analytics_config": customer_analytics_config,
            "workflows_config": workflows_config,
            "logs_settings": logs_settings,
            "conversations_enabled": conversations_enabled,
            "conversations_settings": conversations_settings,
            "proactive_tasks_enabled": proactive_tasks_enabled,
            "extra_settings": extra_settings,
            "rotate_api_token": rotate_api_token,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
