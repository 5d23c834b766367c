"""The resources for programs written in Python. Generated from the kinds: do not edit.

    web = Project("Web", name="Web", timezone="Europe/Berlin")
    PipelineDestination("orders", project=web.id, plugin="https://github.com/...", name="Orders", order=1)

A field that is left out is not managed; None says null to PostHog. Where the organization lives comes from
`address`, or from the stack's configuration (`Address.configured`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Entity, declared


class OrganizationSettings(Entity):
    """The settings of the organization. Changing them takes an organization admin.

    Arguments:
        name: The organization's name, as people see it.
        logo_media_id: The id of an uploaded picture, which PostHog shows as the organization's
            logo.
        is_member_join_email_enabled: Whether members get a mail when somebody joins. Since the
            middle of 2026 each user sets it alone.
        enforce_2fa: Whether everybody must log in with a second factor. Servers of 2026 want a plan
            that has it.
        members_can_invite: Whether members below admin may invite people.
        members_can_use_personal_api_keys: Whether members below admin may use personal API keys.
        allow_publicly_shared_resources: Whether dashboards and insights may be shared by a public
            link; false stops the links that there are. Servers of 2026 want a plan that has it.
        default_experiment_stats_method: How new experiments are evaluated.
        default_role: The name of the role that everybody gets who joins; people who are there do
            not get it.
        default_anonymize_ips: Whether new projects drop IP addresses; PostHog in the EU begins with
            true.
        members_can_create_projects: Whether members below admin may create projects.
        members_can_see_org_members: Whether members below admin see all other members.
        enforce_verified_domains: Whether only people with an address in a verified domain may use
            the organization.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str] | Unset = UNSET,
        logo_media_id: pulumi.Input[str] | Unset | None = UNSET,
        is_member_join_email_enabled: pulumi.Input[bool] | Unset = UNSET,
        enforce_2fa: pulumi.Input[bool] | Unset | None = UNSET,
        members_can_invite: pulumi.Input[bool] | Unset | None = UNSET,
        members_can_use_personal_api_keys: pulumi.Input[bool] | Unset = UNSET,
        allow_publicly_shared_resources: pulumi.Input[bool] | Unset = UNSET,
        default_experiment_stats_method: pulumi.Input[Literal["bayesian", "frequentist", ""]]
        | Unset
        | None = UNSET,
        default_role: pulumi.Input[str] | Unset | None = UNSET,
        default_anonymize_ips: pulumi.Input[bool] | Unset = UNSET,
        members_can_create_projects: pulumi.Input[bool] | Unset = UNSET,
        members_can_see_org_members: pulumi.Input[bool] | Unset = UNSET,
        enforce_verified_domains: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["organization_settings"]
        values: dict[str, Any] = {
            "name": name,
            "logo_media_id": logo_media_id,
            "is_member_join_email_enabled": is_member_join_email_enabled,
            "enforce_2fa": enforce_2fa,
            "members_can_invite": members_can_invite,
            "members_can_use_personal_api_keys": members_can_use_personal_api_keys,
            "allow_publicly_shared_resources": allow_publicly_shared_resources,
            "default_experiment_stats_method": default_experiment_stats_method,
            "default_role": default_role,
            "default_anonymize_ips": default_anonymize_ips,
            "members_can_create_projects": members_can_create_projects,
            "members_can_see_org_members": members_can_see_org_members,
            "enforce_verified_domains": enforce_verified_domains,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class Project(Entity):
    """A project with its settings. On servers of 2026 and newer, changing most of them takes a
    project admin; creating a project takes an organization admin.

    Arguments:
        name: Unique within the organization, whatever its case.
        product_description: What the product is that the project measures; PostHog's assistant
            reads it.
        is_demo: A new project is filled with demo data, which is waited for; an organization has
            one such project.
        timezone: The time zone of dates, charts and daily reports.
        week_start_day: The day on which weeks begin in charts: `0` Sunday, `1` Monday.
        base_currency: The currency that amounts are converted to.
        business_model: Whom the product is sold to: businesses, consumers, or others.
        app_urls: Where the toolbar may run and web experiments may be edited; newer servers refuse
            `*` in the domain.
        primary_dashboard: The dashboard on the project's home page, by its name or its id; it must
            be one of this project's. Any member may change it.
        anonymize_ips: Drop the IP address of every event. New projects may start with the
            organization's own default.
        cookieless_server_hash_mode: How visitors without cookies are told apart: `0` not at all,
            `1` by a stateless hash, `2` by a stateful one.
        access_control: Make the project private. Newer servers have access controls in its place
            and refuse it.
        receive_org_level_activity_logs: Send what happens in the organization to this project's
            activity notifications. Needs an organization admin.
        slack_incoming_webhook: The Slack address for action messages, a secret; deprecated in
            favour of destinations.
        test_account_filters: Filters that keep your own people and tests out of charts. A new
            project starts with some of PostHog's.
        test_account_filters_default_checked: Whether new charts leave internal and test users out.
        path_cleaning_filters: Rules, in their order, that rewrite addresses in path and web
            analytics.
        data_attributes: HTML attributes by which the toolbar and actions find elements.
        person_display_name_properties: Person properties that name a person, the first that is set;
            `null` for PostHog's own choice.
        correlation_config: What correlation analysis leaves out: `excluded_person_property_names`,
            `excluded_event_names`, ...
        live_events_columns: The columns of the activity page, for everybody in the project.
        human_friendly_comparison_periods: Compare with four weeks ago in place of a month ago.
        default_data_theme: The id of the colour theme of new charts; without colour themes in the
            plan PostHog answers its own.
        modifiers: How queries run, for all of the project; keys that are not declared are left
            alone.
        autocapture_opt_out: Do not capture clicks and page views by themselves.
        autocapture_exceptions_opt_in: Capture unhandled errors by themselves. Any member may change
            it.
        autocapture_exceptions_errors_to_ignore: Regular expressions of error messages that are not
            captured, 300 characters of JSON in all.
        autocapture_web_vitals_opt_in: Capture web vitals of every page. Any member may change it.
        autocapture_web_vitals_allowed_metrics: Which web vitals are captured: `LCP`, `CLS`, `FCP`,
            `INP`; `null` for all. Any member may change it.
        capture_console_log_opt_in: Record the browser's console with sessions.
        capture_performance_opt_in: Record network requests and their times with sessions.
        capture_dead_clicks: Capture clicks that nothing answers.
        heatmaps_opt_in: Collect where people click, move and scroll.
        surveys_opt_in: Let surveys show on your site. Any member may change it.
        survey_config: How surveys look unless they say otherwise (`appearance`); keys that are not
            declared are left alone.
        session_recording_opt_in: Record sessions. Any member may change it.
        session_recording_sample_rate: The share of sessions that is recorded, 0 to 1 with two
            decimal places; `null` for all.
        session_recording_minimum_duration_milliseconds: Sessions shorter than this are not kept, in
            milliseconds.
        session_recording_linked_flag: Record only people for whom this feature flag is on, or has
            this variant.
        session_recording_network_payload_capture_config: What is recorded of network requests:
            `recordHeaders`, `recordBody`.
        session_recording_masking_config: What recordings hide: every input, texts under a CSS
            selector, elements under one.
        recording_domains: The origins that may record sessions; none, or `null`: all of them.
        session_recording_url_trigger_config: Begin to record on pages with these addresses.
        session_recording_url_blocklist_config: Pause recording on pages with these addresses.
        session_recording_event_trigger_config: Begin to record at events of these names.
        session_recording_trigger_match_type_config: Whether all triggers must be met to record, or
            any one.
        session_recording_trigger_groups: Groups of triggers, each with a sample rate of its own;
            `version` is 2.
        session_recording_retention_period: How long recordings are kept; longer than the plan
            allows is refused. Self-hosted projects start with 5y.
        session_replay_config: Recording of canvases and summaries by AI; keys that are not declared
            are left alone, two levels deep.
        flags_persistence_default: Whether new feature flags keep their value for a person who logs
            in.
        feature_flag_confirmation_enabled: Ask before a change of a feature flag is saved.
        feature_flag_confirmation_message: What is asked then; `null` for PostHog's own words.
        default_evaluation_environments_enabled: Give new feature flags the project's default
            evaluation environments; later called contexts.
        default_evaluation_contexts_enabled: Give new feature flags the project's default evaluation
            contexts.
        require_evaluation_contexts: Refuse new feature flags without an evaluation context.
        experiment_recalculation_time: When experiments are calculated each day, as "HH:MM:SS" in
            UTC; `null` for PostHog's own choice.
        web_analytics_pre_aggregated_tables_enabled: Answer web analytics from prepared tables,
            faster and a little less exact.
        revenue_analytics_config: Which events carry revenue, and in which currency it is shown;
            keys that are not declared are left alone.
        marketing_analytics_config: Sources of ad costs, conversion goals and attribution; a source
            that is not declared is left alone, `null` removes it.
        customer_analytics_config: Settings of customer analytics; keys that are not declared are
            left alone.
        workflows_config: Settings of workflows; keys that are not declared are left alone.
        logs_settings: How long logs are kept, 14 or 30 days as the plan allows; it can be changed
            once a day.
        conversations_enabled: Offer support conversations on your site.
        conversations_settings: How support conversations look and work; keys that are not declared
            are left alone.
        proactive_tasks_enabled: Let PostHog propose tasks of its own; refused for most
            organizations.
        extra_settings: Free settings that PostHog's support may name; keys that are not declared,
            such as the server's own, are left alone.
        rotate_api_token: Any text, such as `2026-11`: when it changes to another one, PostHog
            replaces the project's `api_token`, and every SDK stops until it has the new one. The
            first one replaces nothing. PostHog lets no key with scopes do that: with one, the run
            is refused and changes nothing.
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
        test_account_filters: pulumi.Input[Sequence[Any]] | Unset = UNSET,
        test_account_filters_default_checked: pulumi.Input[bool] | Unset | None = UNSET,
        path_cleaning_filters: pulumi.Input[Sequence[Any]] | Unset | None = UNSET,
        data_attributes: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        person_display_name_properties: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        correlation_config: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        live_events_columns: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        human_friendly_comparison_periods: pulumi.Input[bool] | Unset | None = UNSET,
        default_data_theme: pulumi.Input[int] | Unset | None = UNSET,
        modifiers: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
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
        session_recording_linked_flag: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        session_recording_network_payload_capture_config: pulumi.Input[Mapping[str, Any]]
        | Unset
        | None = UNSET,
        session_recording_masking_config: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        recording_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        session_recording_url_trigger_config: pulumi.Input[Sequence[Any]] | Unset | None = UNSET,
        session_recording_url_blocklist_config: pulumi.Input[Sequence[Any]] | Unset | None = UNSET,
        session_recording_event_trigger_config: pulumi.Input[Sequence[pulumi.Input[str]]]
        | Unset
        | None = UNSET,
        session_recording_trigger_match_type_config: pulumi.Input[Literal["all", "any"]]
        | Unset
        | None = UNSET,
        session_recording_trigger_groups: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        session_recording_retention_period: pulumi.Input[Literal["30d", "90d", "1y", "5y"]] | Unset = UNSET,
        session_replay_config: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        flags_persistence_default: pulumi.Input[bool] | Unset | None = UNSET,
        feature_flag_confirmation_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        feature_flag_confirmation_message: pulumi.Input[str] | Unset | None = UNSET,
        default_evaluation_environments_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        default_evaluation_contexts_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        require_evaluation_contexts: pulumi.Input[bool] | Unset | None = UNSET,
        experiment_recalculation_time: pulumi.Input[str] | Unset | None = UNSET,
        web_analytics_pre_aggregated_tables_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        revenue_analytics_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        marketing_analytics_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        customer_analytics_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        workflows_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        logs_settings: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        conversations_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        conversations_settings: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        proactive_tasks_enabled: pulumi.Input[bool] | Unset | None = UNSET,
        extra_settings: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        rotate_api_token: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["project"]
        values: dict[str, Any] = {
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
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class Role(Entity):
    """A role of the organization.

    Arguments:
        name: Unique within the organization, whatever its case.
        feature_flags_access_level: What the role may do with feature flags: 21 view, 37 edit.
    """

    created_at: pulumi.Output[str]
    is_default: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        feature_flags_access_level: pulumi.Input[Literal[21, 37]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role"]
        values: dict[str, Any] = {
            "name": name,
            "feature_flags_access_level": feature_flags_access_level,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class RoleMembership(Entity):
    """One member of one role, declared beside others that are left alone.

    Arguments:
        user: The member's e-mail address.
    """

    joined_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        user: pulumi.Input[str],
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role_membership"]
        values: dict[str, Any] = {
            "role": role,
            "user": user,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class RoleMembers(Entity):
    """Exactly these members of one role: others are removed, within the limits.

    Arguments:
        members: The members' e-mail addresses.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        members: pulumi.Input[Sequence[pulumi.Input[str]]],
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role_members"]
        values: dict[str, Any] = {
            "role": role,
            "members": members,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class PipelineDestination(Entity):
    """A plugin configuration that exports a project's events.

    Arguments:
        plugin: The installed plugin: its URL, or its name where that is unique.
        name: Shown in PostHog.
        description: Shown in PostHog; without it, the plugin's own is shown.
        enabled: Whether events are sent.
        order: Its place among the project's plugins; without it, its place in the file when it is
            created.
        config: The plugin's own settings. Write secrets as `!env NAME` or `!secret name`, and files
            as `!file path`.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        plugin: pulumi.Input[int | str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        order: pulumi.Input[int] | Unset = UNSET,
        config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        config_files: pulumi.Input[Mapping[str, pulumi.Input[str]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["pipeline_destination"]
        values: dict[str, Any] = {
            "project": project,
            "plugin": plugin,
            "name": name,
            "description": description,
            "enabled": enabled,
            "order": order,
            "config": config,
            "secret_config": secret_config,
            "config_files": config_files,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class SiteApp(Entity):
    """A plugin configuration that injects a web app into the project's pages.

    Arguments:
        plugin: The installed plugin: its URL, or its name where that is unique.
        name: Shown in PostHog.
        description: Shown in PostHog; without it, the plugin's own is shown.
        enabled: Whether events are sent.
        order: Its place among the project's plugins; without it, its place in the file when it is
            created.
        config: The plugin's own settings. Write secrets as `!env NAME` or `!secret name`, and files
            as `!file path`.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        plugin: pulumi.Input[int | str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        order: pulumi.Input[int] | Unset = UNSET,
        config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        config_files: pulumi.Input[Mapping[str, pulumi.Input[str]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["site_app"]
        values: dict[str, Any] = {
            "project": project,
            "plugin": plugin,
            "name": name,
            "description": description,
            "enabled": enabled,
            "order": order,
            "config": config,
            "secret_config": secret_config,
            "config_files": config_files,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class HogFunction(Entity):
    """What PostHog does with events: a destination, a transformation, a site app, by a template or
    your own code.

    Arguments:
        name: Shown in PostHog.
        type: What it is; PostHog does not take it from the template.
        template: The id of the template that it is made from, such as `template-webhook`.
        description: Shown in PostHog; without it, the template's own.
        enabled: Whether it runs.
        hog: Its code, in Hog or, for a site's page, TypeScript: `!text fn.hog`. A template brings
            its own.
        inputs_schema: Which inputs the code takes. A template brings its own.
        inputs: The values of its inputs, by key. Write secrets as `!env NAME` or `!secret name`, an
            integration as `slack/Acme`, a Liquid template as `{value: ..., templating: liquid}`.
        filters: Which events it is for: `events`, `actions`, `properties`, `filter_test_accounts`,
            `source`.
        mappings: Of a destination: what it does for which events, in place of the events of
            `filters`.
        masking: How often it may run for what `hash` says is the same: `ttl` in seconds, and a
            `threshold`.
        icon_url: Its picture; without it, the template's own.
        execution_order: Of a transformation: its place; without it, its place among those of the
            file.
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        type: pulumi.Input[
            Literal[
                "destination",
                "site_destination",
                "internal_destination",
                "source_webhook",
                "site_app",
                "transformation",
                "transformation_log",
            ]
        ]
        | Unset = UNSET,
        template: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        hog: pulumi.Input[str] | Unset = UNSET,
        inputs_schema: pulumi.Input[Sequence[Any]] | Unset = UNSET,
        inputs: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_inputs: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        filters: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        mappings: pulumi.Input[Sequence[Any]] | Unset = UNSET,
        masking: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        icon_url: pulumi.Input[str] | Unset | None = UNSET,
        execution_order: pulumi.Input[int] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["hog_function"]
        values: dict[str, Any] = {
            "project": project,
            "name": name,
            "type": type,
            "template": template,
            "description": description,
            "enabled": enabled,
            "hog": hog,
            "inputs_schema": inputs_schema,
            "inputs": inputs,
            "secret_inputs": secret_inputs,
            "filters": filters,
            "mappings": mappings,
            "masking": masking,
            "icon_url": icon_url,
            "execution_order": execution_order,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class BatchExport(Entity):
    """A copy of a project's events, persons or sessions in a storage or a warehouse, at intervals.

    Arguments:
        type: Where to: the `type` of PostHog's `destination`. New servers take `AwsS3` in place of
            `S3`.
        interval: How often. Those of minutes have to be switched on by PostHog.
        name: Shown in PostHog.
        config: The `config` of PostHog's `destination`. Write secrets, the user too, as `!env NAME`
            or `!secret X`.
        integration: The integration with the credentials, as in `aws-s3/Acme`; new servers need
            one.
        model: What is exported.
        paused: Whether it stands still.
        filters: Which events: property filters.
        hogql_query: The query of a `hogql` export. Servers before mid 2026 do not answer it: no
            change is seen there.
        start_at: Nothing before it, as in 2026-01-31T00:00:00Z.
        end_at: Nothing after it, as in 2026-12-31T00:00:00Z.
        timezone: In which the offsets are meant; it is not the project's.
        offset_hour: At which hour of the day.
        offset_day: On which day of the week, 0 is Sunday.
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        type: pulumi.Input[
            Literal[
                "S3",
                "AwsS3",
                "S3Compatible",
                "Snowflake",
                "Postgres",
                "Redshift",
                "BigQuery",
                "Databricks",
                "AzureBlob",
                "HTTP",
                "NoOp",
            ]
        ],
        interval: pulumi.Input[Literal["hour", "day", "week", "every 5 minutes", "every 15 minutes"]],
        name: pulumi.Input[str] | Unset = UNSET,
        config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        integration: pulumi.Input[int | str] | Unset | None = UNSET,
        model: pulumi.Input[Literal["events", "persons", "sessions", "hogql"]] | Unset = UNSET,
        paused: pulumi.Input[bool] | Unset = UNSET,
        filters: pulumi.Input[Sequence[Any]] | Unset | None = UNSET,
        hogql_query: pulumi.Input[str] | Unset = UNSET,
        start_at: pulumi.Input[str] | Unset | None = UNSET,
        end_at: pulumi.Input[str] | Unset | None = UNSET,
        timezone: pulumi.Input[str] | Unset = UNSET,
        offset_hour: pulumi.Input[int] | Unset | None = UNSET,
        offset_day: pulumi.Input[int] | Unset | None = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["batch_export"]
        values: dict[str, Any] = {
            "project": project,
            "type": type,
            "interval": interval,
            "name": name,
            "config": config,
            "secret_config": secret_config,
            "integration": integration,
            "model": model,
            "paused": paused,
            "filters": filters,
            "hogql_query": hogql_query,
            "start_at": start_at,
            "end_at": end_at,
            "timezone": timezone,
            "offset_hour": offset_hour,
            "offset_day": offset_day,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class FileSystemEntry(Entity):
    """A folder, an item or a shortcut in a project's file system.

    Arguments:
        path: Segments joined by /; a / inside a segment is written \\/ and a \\ is written \\\\.
        type: folder, or the type of the object behind the row.
        ref: Id or short id of the object behind the row, or `!ref` and its kind and name.
        href: Where a click leads.
        shortcut: Whether the row is a shortcut to an object filed elsewhere.
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        path: pulumi.Input[str],
        type: pulumi.Input[
            Literal[
                "folder",
                "action",
                "cohort",
                "dashboard",
                "early_access_feature",
                "experiment",
                "feature_flag",
                "insight",
                "link",
                "notebook",
                "session_recording_playlist",
                "survey",
                "hog_function/broadcast",
                "hog_function/campaign",
                "hog_function/destination",
                "hog_function/internal_destination",
                "hog_function/site_app",
                "hog_function/site_destination",
                "hog_function/transformation",
            ]
        ],
        ref: pulumi.Input[str] | Unset | None = UNSET,
        href: pulumi.Input[str] | Unset | None = UNSET,
        shortcut: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["file_system_entry"]
        values: dict[str, Any] = {
            "project": project,
            "path": path,
            "type": type,
            "ref": ref,
            "href": href,
            "shortcut": shortcut,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class Evaluation(Entity):
    """An evaluation of what a project's language models answer.

    Arguments:
        name: Shown in PostHog.
        description: Shown in PostHog.
        enabled: Whether new generations are evaluated.
        prompt: What the judging model is told; servers of late 2025 have `evaluation_config` in its
            place.
        evaluation_type: How it judges, such as `llm_judge`; the first servers with evaluations know
            `prompt` alone.
        evaluation_config: What that type of evaluation needs, such as `prompt`.
        output_type: What it answers, such as `boolean`.
        output_config: What that type of output needs.
        conditions: Which generations are evaluated: each condition as PostHog answers it.
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str],
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        prompt: pulumi.Input[str] | Unset = UNSET,
        evaluation_type: pulumi.Input[str] | Unset = UNSET,
        evaluation_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        output_type: pulumi.Input[str] | Unset = UNSET,
        output_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        conditions: pulumi.Input[Sequence[Any]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["evaluation"]
        values: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "enabled": enabled,
            "prompt": prompt,
            "evaluation_type": evaluation_type,
            "evaluation_config": evaluation_config,
            "output_type": output_type,
            "output_config": output_config,
            "conditions": conditions,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class ProjectAccessRule(Entity):
    """Who may do what in the project: `none` hides it, `member` opens and uses it, `admin` changes
    its settings and these rules, too. Organization admins stand above all rules.

    Arguments:
        access_level: What they may do.
        role: The role that the rule is about; without it and `member`, everyone.
        member: The e-mail address of the member that the rule is about.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        access_level: pulumi.Input[Literal["none", "member", "admin"]],
        role: pulumi.Input[str] | Unset = UNSET,
        member: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["project_access_rule"]
        values: dict[str, Any] = {
            "project": project,
            "access_level": access_level,
            "role": role,
            "member": member,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class ResourceAccessRule(Entity):
    """Who may do what with all objects of a type in the project: `viewer` sees them, `editor`
    changes them, `manager` changes their access rules, too, and `none` hides them.

    Arguments:
        resource: The type of the objects.
        access_level: What they may do.
        role: The role that the rule is about; without it and `member`, everyone.
        member: The e-mail address of the member that the rule is about.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        resource: pulumi.Input[
            Literal[
                "action",
                "activity_log",
                "toolbar",
                "feature_flag",
                "dashboard",
                "insight",
                "notebook",
                "session_recording",
                "revenue_analytics",
                "survey",
                "experiment",
                "web_analytics",
                "customer_analytics",
                "early_access_feature",
                "endpoint",
                "export",
                "external_data_source",
                "warehouse_objects",
                "heatmap",
                "hog_flow",
                "llm_analytics",
                "evaluation",
                "tagger",
                "llm_skill",
                "ai_observability_clusters",
                "sharing_configuration",
                "ticket",
                "error_tracking",
                "logs",
                "mcp_analytics",
                "metrics",
                "tracing",
                "replay_scanner",
                "llm_playground",
            ]
        ],
        access_level: pulumi.Input[Literal["none", "viewer", "editor", "manager"]],
        role: pulumi.Input[str] | Unset = UNSET,
        member: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["resource_access_rule"]
        values: dict[str, Any] = {
            "project": project,
            "resource": resource,
            "access_level": access_level,
            "role": role,
            "member": member,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


__all__ = [
    "Address",
    "BatchExport",
    "Evaluation",
    "FileSystemEntry",
    "HogFunction",
    "OrganizationSettings",
    "PipelineDestination",
    "Project",
    "ProjectAccessRule",
    "ResourceAccessRule",
    "Role",
    "RoleMembers",
    "RoleMembership",
    "SiteApp",
]
