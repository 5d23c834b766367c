"""A project holds what an organization collects; its settings are declared with it (posthog-api.md 3.4).

Left out, because nobody should keep them in a file: `inject_web_apps`, which follows the site apps,
and what the user interface remembers: `completed_snippet_onboarding`, `has_completed_onboarding_for` and
`onboarding_tasks`.
"""

from collections.abc import Mapping
from typing import Any, Final

from pulumi_posthog.kinds.field import Field, Trigger, Type
from pulumi_posthog.kinds.model import Busy, Deletion, Kind
from pulumi_posthog.kinds.words import IdPlace, Page

TIME_OF_DAY: Final = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
NAME: Final[Mapping[str, Any]] = {"type": "string", "minLength": 1}
# What a new project has (posthog-api.md 3.4, 3.5); a key that is empty says nothing either.
FRESH_REVENUE: Final[Mapping[str, Any]] = {"base_currency": "USD"}
FRESH_MARKETING: Final[Mapping[str, Any]] = {"attribution_window_days": 90, "attribution_mode": "last_touch"}
SERVERS_OWN: Final = frozenset({"recorder_script"})  # of `extra_settings`


def is_within(value: Any, fresh: Mapping[str, Any]) -> bool:
    """Whether an object says no more than that of a new project."""
    return all(
        item in (None, "", False, [], {}) or item == fresh.get(key) for key, item in (value or {}).items()
    )


def is_only_internal_users(value: Any) -> bool:
    """Whether filters are the one that PostHog makes: without the cohort of a project's own people."""
    filters = value or []
    return len(filters) == 1 and {**filters[0], "value": None} == {
        "key": "id",
        "type": "cohort",
        "value": None,
        "operator": "not_in",
    }


PROPERTY_FILTER: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "key": {
            "type": ["string", "number"],
            "description": "The property's name. For a cohort, it is `id`.",
        },
        "type": {"type": "string", "description": "What has the property: `person`, `event`, `cohort`, ..."},
        "operator": {
            "type": ["string", "null"],
            "description": "`exact`, `is_not`, `icontains`, `not_in`, ...",
        },
        "value": {"description": "What it is compared with. For a cohort, it is the cohort's id."},
    },
    "required": ["key", "type"],
}
URL_MATCH: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "url": {**NAME, "description": "The regular expression that a page's address must match."},
        "matching": {"type": "string", "description": "How it is matched: `regex`."},
    },
    "required": ["url", "matching"],
    "additionalProperties": False,
}
TRIGGER_GROUP: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {**NAME, "description": "A name that no other group has."},
        "name": {"type": "string", "description": "Shown in PostHog."},
        "sampleRate": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "The share that is recorded.",
        },
        "minDurationMs": {
            "type": ["integer", "null"],
            "minimum": 0,
            "maximum": 30_000,
            "description": "The shortest session that is kept, in milliseconds.",
        },
        "conditions": {"type": "object", "description": "Which sessions the group is about."},
    },
    "required": ["id", "sampleRate", "conditions"],
}
# Keys that PostHog 2026 knows, for completion only: a newer server may know more.
MODIFIERS: Final = (
    "bounceRateDurationSeconds",
    "bounceRatePageViewMode",
    "convertToProjectTimezone",
    "customChannelTypeRules",
    "dataWarehouseEventsModifiers",
    "debug",
    "inCohortVia",
    "materializationMode",
    "optimizeJoinedFilters",
    "personsArgMaxVersion",
    "personsJoinMode",
    "personsOnEventsMode",
    "propertyGroupsMode",
    "sessionTableVersion",
    "sessionsV2JoinMode",
    "useMaterializedViews",
    "usePresortedEventsTable",
    "useWebAnalyticsPreAggregatedTables",
)


def switch(name: str, doc: str, **options: Any) -> Field:
    """A setting that is on, off or, where PostHog lets it, undecided."""
    return Field(name=name, type=Type.BOOLEAN, doc=doc, **{"nullable": True, "default": None, **options})


IDENTITY = (
    Field(
        name="name",
        doc="A name that is unique within the organization, whatever its case.",
        required=True,
        max_length=200,
        caseless=True,
        from_key=True,
    ),
    Field(
        name="product_description",
        doc="A description of the product that the project measures. PostHog's assistant reads it.",
        nullable=True,
        default=None,
        max_length=1000,
    ),
    Field(
        name="is_demo",
        type=Type.BOOLEAN,
        doc=(
            "Whether PostHog fills the new project with demo data. A run waits for the data. An "
            "organization can have one such project."
        ),
        default=False,
    ),
    Field(
        name="timezone",
        doc="The time zone of dates, charts and daily reports.",
        choices_from="timezones",
        default="UTC",
    ),
    Field(
        name="week_start_day",
        type=Type.INTEGER,
        doc="The day on which weeks begin in charts: `0` Sunday, `1` Monday.",
        choices=(0, 1),
        nullable=True,
        default=None,
    ),
    Field(
        name="base_currency",
        doc="The currency that amounts are converted to.",
        choices_from="currencies",
        default="USD",
    ),
    Field(
        name="business_model",
        doc="Whom the product is sold to: businesses, consumers, or others.",
        choices=("b2b", "b2c", "other"),
        nullable=True,
        default=None,
        since=2026,
    ),
    Field(
        name="app_urls",
        type=Type.STRINGS,
        doc=(
            "The addresses where the toolbar may run and web experiments may be edited. Newer servers "
            "refuse `*` in the domain."
        ),
        items={**NAME, "maxLength": 200},
        default=[],
    ),
    Field(
        name="primary_dashboard",
        type=Type.INTEGER,
        doc=(
            "The dashboard on the project's home page, by its name or its id. It must be in this project. "
            "Any member may change it."
        ),
        names="dashboard",
        nullable=True,
        on_create=False,
    ),
)

PRIVACY = (
    switch(
        "anonymize_ips",
        "Drop the IP address of every event. New projects may start with the organization's own default.",
        nullable=False,
        default=False,
    ),
    Field(
        name="cookieless_server_hash_mode",
        type=Type.INTEGER,
        doc=(
            "How PostHog recognizes visitors without cookies: `0` not at all, `1` by a stateless hash, "
            "`2` by a stateful one."
        ),
        choices=(0, 1, 2),
        nullable=True,
        default=0,
    ),
    switch(
        "access_control",
        "Make the project private. Newer servers refuse this, because they have access controls instead.",
        nullable=False,
        default=False,
        until=2025,
    ),
    switch(
        "receive_org_level_activity_logs",
        "Send what happens in the organization to this project's activity notifications. Needs an "
        "organization admin.",
        default=False,
        since=2026,
    ),
    Field(
        name="slack_incoming_webhook",
        doc="The Slack address for action messages. It is a secret. It is deprecated: use destinations.",
        nullable=True,
        default=None,
        max_length=500,
        secret=True,
        until=2025,
    ),
)

EVENTS = (
    Field(
        name="test_account_filters",
        type=Type.LIST,
        doc="Filters that keep your own people and tests out of charts. A new project starts with PostHog's filters.",
        items=PROPERTY_FILTER,
        # What cohorts and groups are called, which PostHog writes beside their ids (posthog-api-release.md 2.6).
        hidden_keys=("cohort_name", "group_key_names"),
        ids=(IdPlace(path="*.value", names="cohort", where=("type", "cohort")),),
        on_create=False,
        fresh=is_only_internal_users,
    ),
    switch(
        "test_account_filters_default_checked",
        "Whether new charts leave internal and test users out.",
    ),
    Field(
        name="path_cleaning_filters",
        type=Type.LIST,
        doc="Rules, in their order, that rewrite addresses in path and web analytics.",
        items={
            "type": "object",
            "properties": {
                "alias": {"type": "string", "description": "The replacement for the text that matches."},
                "regex": {**NAME, "description": "The regular expression that the address must match."},
            },
            "required": ["alias", "regex"],
        },
        nullable=True,
        default=[],
    ),
    Field(
        name="data_attributes",
        type=Type.STRINGS,
        doc="HTML attributes by which the toolbar and actions find elements.",
        items=NAME,
        default=["data-attr"],
    ),
    Field(
        name="person_display_name_properties",
        type=Type.STRINGS,
        doc="Person properties whose first set value is shown as a person's name. `null` means PostHog's own choice.",
        items={**NAME, "maxLength": 400},
        nullable=True,
        default=None,
    ),
    Field(
        name="correlation_config",
        type=Type.OBJECT,
        doc="What correlation analysis leaves out: `excluded_person_property_names`, `excluded_event_names`, ...",
        nullable=True,
        default={},
    ),
    Field(
        name="live_events_columns",
        type=Type.STRINGS,
        doc="The columns of the activity page, for everybody in the project.",
        nullable=True,
        default=None,
    ),
    switch(
        "human_friendly_comparison_periods",
        "Compare with four weeks ago instead of a month ago.",
        default=False,
    ),
    Field(
        name="default_data_theme",
        type=Type.INTEGER,
        doc="The id of the colour theme of new charts. If the plan has no colour themes, PostHog answers its own id.",
        nullable=True,
        default=None,
        fresh=lambda _: (
            True
        ),  # the id of a theme, which no file can name: PostHog's own where nobody chose one
    ),
    Field(
        name="modifiers",
        type=Type.OBJECT,
        doc="How queries run in the whole project. Keys that are not declared stay as they are.",
        keys={name: {} for name in MODIFIERS},
        nullable=True,
        default=None,
        merge_levels=1,
        # Servers before 2026 replace the whole.
        sent_whole=True,
    ),
)

CAPTURE = (
    switch("autocapture_opt_out", "Do not capture clicks and page views automatically."),
    switch(
        "autocapture_exceptions_opt_in", "Capture unhandled errors automatically. Any member may change it."
    ),
    Field(
        name="autocapture_exceptions_errors_to_ignore",
        type=Type.STRINGS,
        doc="Regular expressions of error messages that are not captured, 300 characters of JSON in all.",
        max_json_length=300,
        # What PostHog has before anybody sets it, and takes from nobody.
        default=None,
    ),
    switch("autocapture_web_vitals_opt_in", "Capture web vitals of every page. Any member may change it."),
    Field(
        name="autocapture_web_vitals_allowed_metrics",
        type=Type.STRINGS,
        doc="Which web vitals are captured: `LCP`, `CLS`, `FCP`, `INP`; `null` for all. Any member may change it.",
        nullable=True,
        default=None,
    ),
    switch("capture_console_log_opt_in", "Record the browser's console with sessions.", default=True),
    switch(
        "capture_performance_opt_in", "Record network requests and their times with sessions.", default=True
    ),
    switch("capture_dead_clicks", "Capture dead clicks: clicks that have no effect.", default=False),
    switch("heatmaps_opt_in", "Collect where people click, move and scroll."),
    switch("surveys_opt_in", "Let surveys show on your site. Any member may change it."),
    Field(
        name="survey_config",
        type=Type.OBJECT,
        doc="How surveys look by default (`appearance`). Keys that are not declared stay as they are.",
        nullable=True,
        default=None,
        merge_levels=1,
    ),
)

RECORDING = (
    switch(
        "session_recording_opt_in",
        "Record sessions. Any member may change it.",
        nullable=False,
        default=False,
    ),
    Field(
        name="session_recording_sample_rate",
        type=Type.DECIMAL,
        doc="The share of sessions that is recorded, from 0 to 1 with two decimal places. `null` means all.",
        minimum=0,
        maximum=1,
        decimal_places=2,
        nullable=True,
        default=None,
    ),
    Field(
        name="session_recording_minimum_duration_milliseconds",
        type=Type.INTEGER,
        doc="Sessions shorter than this are not kept. It is in milliseconds.",
        minimum=0,
        maximum=30_000,
        nullable=True,
        default=None,
    ),
    Field(
        name="session_recording_linked_flag",
        type=Type.OBJECT,
        doc="Record only people for whom this feature flag is on, or has this variant.",
        keys={
            "id": {"type": "integer", "description": "The flag's id."},
            "key": {**NAME, "description": "The flag's key."},
            "variant": {"type": ["string", "null"], "description": "The variant that is recorded."},
        },
        open_keys=False,
        required_keys=("id", "key"),
        nullable=True,
        default=None,
    ),
    Field(
        name="session_recording_network_payload_capture_config",
        type=Type.OBJECT,
        doc="What is recorded of network requests: `recordHeaders`, `recordBody`.",
        keys={"recordHeaders": {"type": "boolean"}, "recordBody": {"type": "boolean"}},
        open_keys=False,
        nullable=True,
        default=None,
    ),
    Field(
        name="session_recording_masking_config",
        type=Type.OBJECT,
        doc="What recordings hide: every input, texts under a CSS selector, elements under one.",
        keys={
            "maskAllInputs": {"type": "boolean"},
            "maskTextSelector": {"type": "string"},
            "blockSelector": {"type": "string"},
        },
        open_keys=False,
        nullable=True,
        default=None,
    ),
    Field(
        name="recording_domains",
        type=Type.STRINGS,
        doc="The origins that may record sessions. An empty list or `null` means all of them.",
        items={**NAME, "maxLength": 200},
        nullable=True,
        default=None,
    ),
    Field(
        name="session_recording_url_trigger_config",
        type=Type.LIST,
        doc="Begin to record on pages with these addresses.",
        items=URL_MATCH,
        nullable=True,
        default=[],
    ),
    Field(
        name="session_recording_url_blocklist_config",
        type=Type.LIST,
        doc="Pause recording on pages with these addresses.",
        items=URL_MATCH,
        nullable=True,
        default=[],
    ),
    Field(
        name="session_recording_event_trigger_config",
        type=Type.STRINGS,
        doc="Begin to record at events of these names.",
        items=NAME,
        nullable=True,
        default=[],
    ),
    Field(
        name="session_recording_trigger_match_type_config",
        doc="Whether all triggers must be met to record, or any one.",
        choices=("all", "any"),
        nullable=True,
        default=None,
    ),
    Field(
        name="session_recording_trigger_groups",
        type=Type.OBJECT,
        doc="Groups of triggers, each with its own sample rate. `version` is 2.",
        keys={
            "version": {"type": "integer", "enum": [2]},
            "groups": {"type": "array", "items": TRIGGER_GROUP},
        },
        required_keys=("version", "groups"),
        nullable=True,
        default=None,
        since=2026,
    ),
    Field(
        name="session_recording_retention_period",
        doc=(
            "How long recordings are kept. PostHog refuses more than the plan allows. Self-hosted "
            "projects start with 5y."
        ),
        choices=("30d", "90d", "1y", "5y"),
        default="30d",
        on_create=False,
    ),
    Field(
        name="session_replay_config",
        type=Type.OBJECT,
        doc=(
            "Recording of canvases and summaries by AI. Keys that are not declared stay as they are, two "
            "levels deep."
        ),
        keys={"record_canvas": {"type": ["boolean", "null"]}, "ai_config": {"type": ["object", "null"]}},
        open_keys=False,
        nullable=True,
        default=None,
        merge_levels=2,
    ),
)

FLAGS = (
    switch(
        "flags_persistence_default",
        "Whether new feature flags keep their value for a person who logs in.",
        default=False,
    ),
    switch(
        "feature_flag_confirmation_enabled", "Ask before a change of a feature flag is saved.", default=False
    ),
    Field(
        name="feature_flag_confirmation_message",
        doc="The text of that question. `null` means PostHog's own text.",
        nullable=True,
        default=None,
    ),
    switch(
        "default_evaluation_environments_enabled",
        "Give new feature flags the project's default evaluation environments; later called contexts.",
        default=False,
        since=2025,
        until=2025,
    ),
    switch(
        "default_evaluation_contexts_enabled",
        "Give new feature flags the project's default evaluation contexts.",
        default=False,
        since=2026,
    ),
    switch(
        "require_evaluation_contexts",
        "Refuse new feature flags without an evaluation context.",
        default=False,
        since=2026,
    ),
    Field(
        name="experiment_recalculation_time",
        doc=(
            'When experiments are calculated each day, as "HH:MM:SS" in UTC; `null` for PostHog\'s own '
            "choice."
        ),
        pattern=TIME_OF_DAY,
        pattern_words="a time of day, as in 02:00:00",
        nullable=True,
        default=None,
        until=2025,
    ),
)

ANALYTICS = (
    switch(
        "web_analytics_pre_aggregated_tables_enabled",
        "Answer web analytics from prepared tables. This is faster and a little less exact.",
        default=False,
    ),
    Field(
        name="revenue_analytics_config",
        type=Type.OBJECT,
        doc=(
            "Which events contain revenue, and in which currency it is shown. Keys that are not declared "
            "stay as they are."
        ),
        keys={
            "base_currency": {"$ref": "#/$defs/currencies"},
            "events": {"type": "array", "items": {"type": "object"}},
            "goals": {"type": "array", "items": {"type": "object"}},
            "filter_test_accounts": {"type": "boolean"},
        },
        on_create=False,
        fresh=lambda value: is_within(value, FRESH_REVENUE),
        merge_levels=1,
    ),
    Field(
        name="marketing_analytics_config",
        type=Type.OBJECT,
        doc=(
            "Sources of ad costs, conversion goals and attribution. A source that is not declared stays "
            "as it is. `null` removes a source."
        ),
        keys={
            "sources_map": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
            "conversion_goals": {"type": "array", "items": {"type": "object"}},
            "attribution_window_days": {"type": "integer", "minimum": 1, "maximum": 90},
            "attribution_mode": {"type": "string"},
            "campaign_name_mappings": {"type": "object"},
        },
        on_create=False,
        fresh=lambda value: is_within(value, FRESH_MARKETING),
        merge_levels=2,
        merged_keys=("sources_map",),
    ),
    Field(
        name="customer_analytics_config",
        type=Type.OBJECT,
        doc="Settings of customer analytics. Keys that are not declared stay as they are.",
        on_create=False,
        fresh=lambda value: is_within(value, {}),
        merge_levels=1,
        since=2026,
    ),
    Field(
        name="workflows_config",
        type=Type.OBJECT,
        doc="Settings of workflows. Keys that are not declared stay as they are.",
        on_create=False,
        fresh=lambda value: is_within(value, {}),
        merge_levels=1,
        since=2026,
    ),
)

PRODUCTS = (
    Field(
        name="logs_settings",
        type=Type.OBJECT,
        doc="How long logs are kept: 14 or 30 days, as the plan allows. It can be changed once a day.",
        keys={"retention_days": {"type": "integer", "enum": [14, 30]}},
        nullable=True,
        default=None,
        hidden_keys=("retention_last_updated",),
        since=2026,
    ),
    switch("conversations_enabled", "Offer support conversations on your site.", since=2026),
    Field(
        name="conversations_settings",
        type=Type.OBJECT,
        doc="How support conversations look and work. Keys that are not declared stay as they are.",
        nullable=True,
        default=None,
        merge_levels=1,
        # Made and cleared by the server, and secret.
        hidden_keys=("widget_public_token",),
        since=2026,
    ),
    switch(
        "proactive_tasks_enabled",
        "Let PostHog propose tasks. PostHog refuses this for most organizations.",
        since=2026,
    ),
    Field(
        name="extra_settings",
        type=Type.OBJECT,
        doc=(
            "Settings that PostHog's support may name. Keys that are not declared, such as the server's "
            "own, stay as they are."
        ),
        nullable=True,
        on_create=False,
        fresh=lambda value: set(value or ()) <= SERVERS_OWN,
        merge_levels=1,
        # PostHog replaces the whole: the server's own keys have to be sent along, so none is hidden here.
        sent_whole=True,
    ),
)

TOKEN = (
    Field(
        name="rotate_api_token",
        doc=(
            "Any text, such as `2026-11`. The first value does nothing. Each later change replaces the "
            "project's `api_token`, and every SDK stops until it has the new one. PostHog does not allow "
            "this with a scoped key: the run is refused and changes nothing."
        ),
        write_only=True,
        trigger=Trigger(
            path="reset_token/", renews="api_token", by_hand="in the project's settings in PostHog"
        ),
    ),
)

OUTPUTS = (
    Field(name="uuid", doc="The project's UUID.", read_only=True),
    Field(
        name="api_token",
        doc="The project's token. SDKs use it to send events.",
        read_only=True,
        secret=True,
    ),
    Field(name="created_at", doc="When the project was made.", read_only=True),
)

PROJECT = Kind(
    name="project",
    resource="Project",
    section="projects",
    doc=(
        "A project with its settings. On servers of 2026 and newer, only a project admin can change most "
        "of them. Only an organization admin can create a project."
    ),
    purpose=(
        "Each product or environment has a separate project, with its own events, people and settings. "
        "Declare projects to have the same time zone, privacy and recording settings everywhere, and to "
        "see when somebody changes one."
    ),
    page=Page("*Settings*, *Project*", "/project/{id}/settings/project"),
    collection="/api/organizations/{organization}/projects/",
    natural_keys=(("name",),),
    read_scope="project:read",
    write_scope="project:write",
    listed_in_full=False,
    second_url="/api/environments/{id}/",
    second_url_unless="base_currency",
    created_with=("name", "timezone", "is_demo"),
    busy=Busy(
        path="is_generating_demo_data/",
        answer="is_generating_demo_data",
        sign="is_demo",
        words="generating demo data",
    ),
    deletion=Deletion.NEVER,
    has_settings=True,
    activity_scopes=("Team", "Project"),
    checks="checks",
    checks_by_name=True,
    persons="persons",
    unmanaged={
        "group_types": (
            "events make group types, and no key may name them: write the names on PostHog's page"
        ),
    },
    fields=(
        *IDENTITY,
        *PRIVACY,
        *EVENTS,
        *CAPTURE,
        *RECORDING,
        *FLAGS,
        *ANALYTICS,
        *PRODUCTS,
        *TOKEN,
        *OUTPUTS,
    ),
)
