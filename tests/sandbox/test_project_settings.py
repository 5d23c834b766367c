"""Section 3.4 of the API page: each setting of a project, what it takes and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.steps import an_object, with_feature, without_feature
from sandbox.table import ALL_AGES, API, DENIED, FAILED, ONE, PATCH, Row, check, table, validation

# Per setting: ages at the project URL, values that are taken as they are, may it be null?
NULLABLE, NOT_NULL = True, False
EVERY = (2024, 2025, 2026)
ENVIRONMENT_2025 = (2024, 2026)
NEW = (2026,)
OLD = (2024, 2025)
BOOLEANS = (True, False)
OBJECTS: tuple[Any, ...] = ({"a": 1}, {})

PLAIN: dict[str, tuple[tuple[int, ...], tuple[Any, ...], bool]] = {
    "timezone": (EVERY, ("Europe/Berlin", "US/Pacific", "UTC"), NOT_NULL),
    "app_urls": (EVERY, (["https://b.io", "https://a.io"], []), NOT_NULL),
    "recording_domains": (EVERY, (["https://b.io", "https://a.io"], []), NULLABLE),
    "anonymize_ips": (EVERY, BOOLEANS, NOT_NULL),
    "is_demo": (EVERY, BOOLEANS, NOT_NULL),
    "completed_snippet_onboarding": (EVERY, BOOLEANS, NOT_NULL),
    "has_completed_onboarding_for": (EVERY, OBJECTS, NULLABLE),
    "onboarding_tasks": (ENVIRONMENT_2025, OBJECTS, NULLABLE),
    "test_account_filters": (EVERY, ([{"key": "email", "type": "person", "value": "x"}], []), NOT_NULL),
    "test_account_filters_default_checked": (EVERY, BOOLEANS, NULLABLE),
    "path_cleaning_filters": (EVERY, ([{"alias": "/user/\\1", "regex": "/user/(\\d+)"}], []), NULLABLE),
    "data_attributes": (EVERY, (["data-test"], []), NOT_NULL),
    "person_display_name_properties": (EVERY, (["name", "email"], []), NULLABLE),
    "correlation_config": (EVERY, OBJECTS, NULLABLE),
    "live_events_columns": (EVERY, (["event", "person"], []), NULLABLE),
    "autocapture_opt_out": (EVERY, BOOLEANS, NULLABLE),
    "autocapture_exceptions_opt_in": (EVERY, BOOLEANS, NULLABLE),
    "autocapture_exceptions_errors_to_ignore": (EVERY, (["ResizeObserver"], []), NOT_NULL),
    "autocapture_web_vitals_opt_in": (EVERY, BOOLEANS, NULLABLE),
    "autocapture_web_vitals_allowed_metrics": (EVERY, (["CLS"], []), NULLABLE),
    "capture_console_log_opt_in": (EVERY, BOOLEANS, NULLABLE),
    "capture_performance_opt_in": (EVERY, BOOLEANS, NULLABLE),
    "capture_dead_clicks": (ENVIRONMENT_2025, BOOLEANS, NULLABLE),
    "heatmaps_opt_in": (EVERY, BOOLEANS, NULLABLE),
    "surveys_opt_in": (EVERY, BOOLEANS, NULLABLE),
    "survey_config": (EVERY, ({"appearance": {"color": "red"}},), NULLABLE),
    "session_recording_opt_in": (EVERY, BOOLEANS, NOT_NULL),
    "session_recording_sample_rate": (EVERY, ("0.50", "1.00", "0.00"), NULLABLE),
    "session_recording_minimum_duration_milliseconds": (EVERY, (0, 2000, 30000), NULLABLE),
    "session_recording_linked_flag": (
        EVERY,
        ({"id": 3, "key": "flag"}, {"id": 3, "key": "f", "variant": "a"}),
        NULLABLE,
    ),
    "session_recording_network_payload_capture_config": (
        EVERY,
        ({"recordHeaders": True, "recordBody": False}, {}),
        NULLABLE,
    ),
    "session_recording_masking_config": (
        EVERY,
        ({"maskAllInputs": True, "maskTextSelector": "*"}, {}),
        NULLABLE,
    ),
    "session_recording_url_trigger_config": (
        ENVIRONMENT_2025,
        ([{"url": "/a", "matching": "regex"}], []),
        NULLABLE,
    ),
    "session_recording_url_blocklist_config": (
        ENVIRONMENT_2025,
        ([{"url": "/a", "matching": "regex"}], []),
        NULLABLE,
    ),
    "session_recording_event_trigger_config": (ENVIRONMENT_2025, (["$pageview"], []), NULLABLE),
    "session_recording_trigger_match_type_config": (ENVIRONMENT_2025, ("all", "any"), NULLABLE),
    "session_recording_trigger_groups": (
        NEW,
        ({"version": 2, "groups": [{"id": "a", "sampleRate": 0.5, "conditions": {}, "minDurationMs": 1}]},),
        NULLABLE,
    ),
    "session_recording_retention_period": (ENVIRONMENT_2025, ("90d", "1y", "30d"), NOT_NULL),
    "session_replay_config": (EVERY, ({"record_canvas": True}, {"ai_config": {"opt_in": True}}), NULLABLE),
    "week_start_day": (EVERY, (0, 1), NULLABLE),
    "inject_web_apps": (EVERY, BOOLEANS, NULLABLE),
    "extra_settings": (EVERY, OBJECTS, NULLABLE),
    "modifiers": (EVERY, ({"personsOnEventsMode": "disabled"},), NULLABLE),
    "flags_persistence_default": (EVERY, BOOLEANS, NULLABLE),
    "feature_flag_confirmation_enabled": (ENVIRONMENT_2025, BOOLEANS, NULLABLE),
    "feature_flag_confirmation_message": (ENVIRONMENT_2025, ("Sure?", ""), NULLABLE),
    "default_evaluation_contexts_enabled": (NEW, BOOLEANS, NULLABLE),
    "require_evaluation_contexts": (NEW, BOOLEANS, NULLABLE),
    "cookieless_server_hash_mode": (ENVIRONMENT_2025, (0, 1, 2), NULLABLE),
    "human_friendly_comparison_periods": (ENVIRONMENT_2025, BOOLEANS, NULLABLE),
    "base_currency": (ENVIRONMENT_2025, ("EUR", "USD"), NOT_NULL),
    "web_analytics_pre_aggregated_tables_enabled": (ENVIRONMENT_2025, BOOLEANS, NULLABLE),
    "receive_org_level_activity_logs": (NEW, BOOLEANS, NULLABLE),
    "business_model": (NEW, ("b2b", "b2c", "other"), NULLABLE),
    "conversations_enabled": (NEW, BOOLEANS, NULLABLE),
    "conversations_settings": (NEW, ({"greeting": "Hi"},), NULLABLE),
    "slack_incoming_webhook": (OLD, ("https://hooks.slack.com/x",), NULLABLE),
    "access_control": (OLD, BOOLEANS, NOT_NULL),
}
# Settings with rules of their own, below.
PECULIAR = {
    "primary_dashboard",
    "default_data_theme",
    "experiment_recalculation_time",
    "revenue_analytics_config",
    "marketing_analytics_config",
    "customer_analytics_config",
    "workflows_config",
    "logs_settings",
    "proactive_tasks_enabled",
    "default_evaluation_environments_enabled",
}

ENVIRONMENT = "/api/environments/{project}/"


def url_of(age: int, ages: tuple[int, ...]) -> str:
    """Where the setting is written in that age."""
    return ONE if age in ages else ENVIRONMENT


def taken() -> list[Any]:
    return [
        pytest.param(age, name, ages, values, id=f"{age}-{name}")
        for name, (ages, values, _) in PLAIN.items()
        for age in ALL_AGES
        if age in ages or (age == 2025 and ages == ENVIRONMENT_2025)
    ]


@pytest.mark.parametrize(("age", "name", "ages", "values"), taken())
def test_a_setting_answers_what_was_sent(
    api: API, age: int, name: str, ages: tuple[int, ...], values: tuple[Any, ...]
) -> None:
    url = url_of(age, ages)
    for value in values:
        # Some settings are merged: each value is tried on a cleared one.
        api.send(PATCH(url, {name: None}))
        answer = api.send(PATCH(url, {name: value}))
        assert (answer.status, answer.body[name]) == (200, value)
        assert api.get(url)[name] == value


@pytest.mark.parametrize(("age", "name", "ages", "_values"), taken())
def test_null_is_taken_only_where_the_page_says_so(
    api: API, age: int, name: str, ages: tuple[int, ...], _values: tuple[Any, ...]
) -> None:
    answer = api.send(PATCH(url_of(age, ages), {name: None}))

    if PLAIN[name][2] is NULLABLE:
        assert (answer.status, answer.body[name]) == (200, None)
    else:
        assert (answer.status, answer.body["attr"]) == (400, name)


@pytest.mark.parametrize(
    ("age", "name"),
    [(age, name) for name, (ages, *_) in PLAIN.items() for age in ALL_AGES if age not in ages],
)
def test_a_setting_of_another_age_or_url_is_dropped(api: API, age: int, name: str) -> None:
    before = api.get(ONE)
    answer = api.send(PATCH(ONE, {name: PLAIN[name][1][0]}))

    if name == "access_control":
        assert answer.error == (400, "validation_error", "invalid_input", "access_control")
        return
    assert answer.status == 200
    assert answer.body.get(name, "<missing>") == before.get(name, "<missing>") == "<missing>"


def test_the_tables_of_sandbox_and_test_name_the_same_settings() -> None:
    from pulumi_posthog.sandbox.families.projects.settings import BY_NAME

    assert set(BY_NAME) == PLAIN.keys() | PECULIAR


RULES = (
    Row(
        "time zones keep their case",
        PATCH(ONE, {"timezone": "europe/berlin"}),
        400,
        validation("invalid_choice", "timezone"),
    ),
    Row(
        "texts of lists are trimmed",
        PATCH(ONE, {"app_urls": [" https://acme.io "]}),
        200,
        {"app_urls": ["https://acme.io"]},
    ),
    Row(
        "null items are dropped",
        PATCH(ONE, {"app_urls": ["https://a.io", None]}),
        200,
        {"app_urls": ["https://a.io"]},
    ),
    Row(
        "of recording domains too", PATCH(ONE, {"recording_domains": [None]}), 200, {"recording_domains": []}
    ),
    Row(
        "an item has 200 characters at most",
        PATCH(ONE, {"app_urls": ["x" * 201]}),
        400,
        validation("max_length", "app_urls__0"),
    ),
    Row(
        "a list is a list",
        PATCH(ONE, {"app_urls": "https://acme.io"}),
        400,
        {"code": "not_a_list", "attr": "app_urls"},
    ),
    Row(
        "2026 refuses a wildcard for a whole domain",
        PATCH(ONE, {"app_urls": ["https://*.io"]}),
        400,
        validation("invalid_input", "app_urls"),
        ages=(2026,),
    ),
    Row(
        "2026 takes a wildcard for subdomains",
        PATCH(ONE, {"app_urls": ["https://*.acme.io"]}),
        200,
        {"app_urls": ["https://*.acme.io"]},
        ages=(2026,),
    ),
    Row(
        "older servers take any wildcard", PATCH(ONE, {"app_urls": ["https://*.io"]}), 200, ages=(2024, 2025)
    ),
    Row(
        "2026 looks into filters",
        PATCH(ONE, {"test_account_filters": [{"key": "x", "type": "llama"}]}),
        400,
        validation("invalid_input", "test_account_filters"),
        ages=(2026,),
    ),
    Row(
        "older servers do not",
        PATCH(ONE, {"test_account_filters": [{"key": "x", "type": "llama"}]}),
        200,
        ages=(2024, 2025),
    ),
    Row(
        "2026 compiles path cleaning rules",
        PATCH(ONE, {"path_cleaning_filters": [{"alias": "x", "regex": "("}]}),
        400,
        validation("invalid_input", "path_cleaning_filters"),
        ages=(2026,),
    ),
    Row(
        "2026 refuses empty ones",
        PATCH(ONE, {"path_cleaning_filters": [{"alias": "x", "regex": ""}]}),
        400,
        ages=(2026,),
    ),
    Row(
        "2026 looks for back-references",
        PATCH(ONE, {"path_cleaning_filters": [{"alias": "\\2", "regex": "(a)"}]}),
        400,
        ages=(2026,),
    ),
    Row(
        "older servers take any rule",
        PATCH(ONE, {"path_cleaning_filters": [{"alias": "x", "regex": "("}]}),
        200,
        ages=(2024, 2025),
    ),
    Row(
        "a display name has 400 characters at most",
        PATCH(ONE, {"person_display_name_properties": ["x" * 401]}),
        400,
        validation("max_length", "person_display_name_properties__0"),
    ),
    Row(
        "errors to ignore have 300 characters in all",
        PATCH(ONE, {"autocapture_exceptions_errors_to_ignore": ["x" * 300]}),
        400,
        validation("invalid_input", "autocapture_exceptions_errors_to_ignore"),
    ),
    Row("errors to ignore are texts", PATCH(ONE, {"autocapture_exceptions_errors_to_ignore": [1]}), 400),
    Row(
        "a sample rate answers a text with two places",
        PATCH(ONE, {"session_recording_sample_rate": 0.5}),
        200,
        {"session_recording_sample_rate": "0.50"},
    ),
    Row(
        "a sample rate may be sent as a text",
        PATCH(ONE, {"session_recording_sample_rate": "1"}),
        200,
        {"session_recording_sample_rate": "1.00"},
    ),
    Row(
        "a sample rate has two places",
        PATCH(ONE, {"session_recording_sample_rate": 0.555}),
        400,
        validation("max_decimal_places", "session_recording_sample_rate"),
    ),
    Row(
        "a sample rate is 1 at most",
        PATCH(ONE, {"session_recording_sample_rate": 1.5}),
        400,
        validation("max_value", "session_recording_sample_rate"),
    ),
    Row(
        "a sample rate is 0 at least",
        PATCH(ONE, {"session_recording_sample_rate": -0.5}),
        400,
        validation("min_value", "session_recording_sample_rate"),
    ),
    Row(
        "a recording is 30 seconds at most",
        PATCH(ONE, {"session_recording_minimum_duration_milliseconds": 30001}),
        400,
        validation("max_value", "session_recording_minimum_duration_milliseconds"),
    ),
    Row(
        "a linked flag has an id and a key",
        PATCH(ONE, {"session_recording_linked_flag": {"id": 1}}),
        400,
        validation("invalid_input", "session_recording_linked_flag"),
    ),
    Row(
        "and nothing else", PATCH(ONE, {"session_recording_linked_flag": {"id": 1, "key": "a", "x": 1}}), 400
    ),
    Row(
        "2026 makes its id a number",
        PATCH(ONE, {"session_recording_linked_flag": {"id": "7", "key": "a"}}),
        200,
        {"session_recording_linked_flag": {"id": 7}},
        ages=(2026,),
    ),
    Row(
        "payloads know two keys",
        PATCH(ONE, {"session_recording_network_payload_capture_config": {"x": True}}),
        400,
    ),
    Row("masking knows three keys", PATCH(ONE, {"session_recording_masking_config": {"x": True}}), 400),
    Row("masking has types", PATCH(ONE, {"session_recording_masking_config": {"maskAllInputs": "yes"}}), 400),
    Row(
        "trigger groups are of version 2",
        PATCH(ONE, {"session_recording_trigger_groups": {"version": 1, "groups": []}}),
        400,
        ages=(2026,),
    ),
    Row(
        "rates of trigger groups are 1 at most",
        PATCH(
            ONE,
            {
                "session_recording_trigger_groups": {
                    "version": 2,
                    "groups": [{"id": "a", "sampleRate": 2, "conditions": {}}],
                }
            },
        ),
        400,
        ages=(2026,),
    ),
    Row(
        "replay knows two keys",
        PATCH(ONE, {"session_replay_config": {"x": 1}}),
        400,
        validation("invalid_input", "session_replay_config"),
    ),
    Row(
        "a week begins on Sunday or Monday",
        PATCH(ONE, {"week_start_day": 2}),
        400,
        validation("invalid_choice", "week_start_day"),
    ),
    Row(
        "modifiers have known names",
        PATCH(ONE, {"modifiers": {"x": 1}}),
        400,
        validation("invalid_input", "modifiers"),
    ),
    Row(
        "currencies are a closed list",
        PATCH(ONE, {"base_currency": "XXX"}),
        400,
        validation("invalid_choice", "base_currency"),
        ages=(2024, 2026),
    ),
    Row(
        "a dashboard of the project",
        PATCH(ONE, {"primary_dashboard": "{dashboard}"}),
        200,
        {"primary_dashboard": "{dashboard}"},
    ),
    Row("no dashboard", PATCH(ONE, {"primary_dashboard": None}), 200, {"primary_dashboard": None}),
    Row(
        "a dashboard that is not there",
        PATCH(ONE, {"primary_dashboard": 99999}),
        400,
        validation("does_not_exist", "primary_dashboard"),
    ),
    Row(
        "a dashboard of another project",
        PATCH("/api/projects/@current/", {"primary_dashboard": "{dashboard}"}),
        400,
        validation("invalid_input", "primary_dashboard"),
        given=[
            lambda api: api.send(
                __import__("sandbox.table", fromlist=["POST"]).POST("/api/projects/", {"name": "Second"})
            )
        ],
    ),
    Row(
        "a theme answers the global one while the plan has no themes",
        PATCH(ONE, {"default_data_theme": 7}),
        200,
        {"default_data_theme": 1},
        given=[without_feature("data_color_themes")],
        ages=(2026,),
    ),
    Row(
        "a theme answers itself with them",
        PATCH(ONE, {"default_data_theme": 7}),
        200,
        {"default_data_theme": 7},
        ages=(2026,),
    ),
    Row(
        "a retention within the plan",
        PATCH(ONE, {"session_recording_retention_period": "1y"}),
        200,
        ages=(2026,),
    ),
    Row(
        "a retention above the plan",
        PATCH(ONE, {"session_recording_retention_period": "5y"}),
        403,
        DENIED,
        ages=(2026,),
    ),
    Row(
        "a retention without any record of a plan",
        PATCH(ONE, {"session_recording_retention_period": "90d"}),
        500,
        FAILED,
        given=[without_feature("session_replay_data_retention")],
        ages=(2026,),
    ),
    Row(
        "a retention of another length",
        PATCH(ONE, {"session_recording_retention_period": "2y"}),
        400,
        validation("invalid_choice", "session_recording_retention_period"),
        ages=(2026,),
    ),
    Row(
        "when experiments are calculated",
        PATCH(ENVIRONMENT, {"experiment_recalculation_time": "02:00"}),
        200,
        {"experiment_recalculation_time": "02:00:00"},
        ages=(2025,),
    ),
    Row(
        "which 2026 has elsewhere",
        PATCH(ENVIRONMENT, {"experiment_recalculation_time": "02:00"}),
        200,
        {"experiment_recalculation_time": "<missing>"},
        ages=(2026,),
    ),
    Row(
        "evaluation environments are of 2025",
        PATCH(ENVIRONMENT, {"default_evaluation_environments_enabled": True}),
        200,
        {"default_evaluation_environments_enabled": True},
        ages=(2025,),
    ),
    Row(
        "proactive tasks are for nobody",
        PATCH(ONE, {"proactive_tasks_enabled": True}),
        403,
        DENIED,
        ages=(2026,),
    ),
    Row("proactive tasks may be off", PATCH(ONE, {"proactive_tasks_enabled": False}), 200, ages=(2026,)),
    Row(
        "access control is gone in 2026",
        PATCH(ONE, {"access_control": False}),
        400,
        validation("invalid_input", "access_control"),
        ages=(2026,),
    ),
    Row("but for null", PATCH(ONE, {"access_control": None}), 200, ages=(2026,)),
    Row(
        "a long retention of logs is for plans that have it",
        PATCH(ONE, {"logs_settings": {"retention_days": 30}}),
        403,
        DENIED,
        ages=(2026,),
    ),
    Row(
        "logs are kept 14 or 30 days",
        PATCH(ONE, {"logs_settings": {"retention_days": 15}}),
        400,
        ages=(2026,),
    ),
    Row(
        "a change of the retention of logs is noted",
        PATCH(ONE, {"logs_settings": {"retention_days": 30}}),
        200,
        lambda _api: {"logs_settings": {"retention_days": 30}},
        given=[with_feature("logs_retention")],
        ages=(2026,),
    ),
    Row(
        "another within a day is refused",
        PATCH(ONE, {"logs_settings": {"retention_days": 14}}),
        400,
        validation("invalid_input", None),
        given=[with_feature("logs_retention"), PATCH(ONE, {"logs_settings": {"retention_days": 30}})],
        ages=(2026,),
    ),
    Row(
        "marketing windows are 1 to 90 days",
        PATCH(ONE, {"marketing_analytics_config": {"attribution_window_days": 91}}),
        400,
        validation("invalid_input", "marketing_analytics_config__attribution_window_days"),
        ages=(2026,),
    ),
)


@table(RULES)
def test_settings_have_rules(api: API, row: Row) -> None:
    check(api, row)


MERGES: tuple[tuple[str, str, list[Any], Any, tuple[int, ...]], ...] = (
    (
        "at the top level",
        "survey_config",
        [{"a": {"x": 1}, "b": 1}, {"a": {"y": 2}}],
        {"a": {"y": 2}, "b": 1},
        EVERY,
    ),
    ("null clears", "survey_config", [{"a": 1}, None], None, EVERY),
    (
        "two levels deep",
        "session_replay_config",
        [{"ai_config": {"a": 1, "b": 1}}, {"record_canvas": True}, {"ai_config": {"b": 2}}],
        {"ai_config": {"a": 1, "b": 2}, "record_canvas": True},
        EVERY,
    ),
    (
        "modifiers since 2026",
        "modifiers",
        [{"debug": True}, {"timings": True}],
        {"debug": True, "timings": True},
        NEW,
    ),
    ("modifiers not before", "modifiers", [{"debug": True}, {"timings": True}], {"timings": True}, OLD),
    (
        "partially",
        "revenue_analytics_config",
        [{"base_currency": "EUR"}, {"filter_test_accounts": True}],
        {"base_currency": "EUR", "events": [], "goals": [], "filter_test_accounts": True},
        NEW,
    ),
    (
        "an empty object is ignored",
        "revenue_analytics_config",
        [{"base_currency": "EUR"}, {}, None],
        {"base_currency": "EUR", "events": [], "goals": [], "filter_test_accounts": False},
        NEW,
    ),
    (
        "customer analytics partially",
        "customer_analytics_config",
        [{"a": 1}, {"b": 2}],
        {"a": 1, "b": 2},
        NEW,
    ),
    ("workflows partially", "workflows_config", [{"a": 1}, {"b": 2}], {"a": 1, "b": 2}, NEW),
    ("unmerged settings are replaced", "extra_settings", [{"a": 1}, {"b": 2}], {"b": 2}, EVERY),
)


@pytest.mark.parametrize(
    ("age", "name", "sent", "kept"),
    [
        pytest.param(age, name, sent, kept, id=f"{age}: {name}: {says}")
        for says, name, sent, kept, ages in MERGES
        for age in ages
    ],
)
def test_settings_are_merged(api: API, age: int, name: str, sent: list[Any], kept: Any) -> None:
    for value in sent:
        assert api.send(PATCH(ONE, {name: value})).status == 200

    assert api.get(ONE)[name] == kept


def test_sources_of_marketing_merge_one_by_one_and_null_removes_one(api: API) -> None:
    for sources in ({"a": {"x": 1}, "b": {"x": 2}}, {"a": None, "c": {"x": 3}}):
        api.send(PATCH(ONE, {"marketing_analytics_config": {"sources_map": sources}}))

    assert api.get(ONE)["marketing_analytics_config"]["sources_map"] == {"b": {"x": 2}, "c": {"x": 3}}


def test_the_widget_token_comes_and_goes_with_the_widget_and_cannot_be_sent(api: API) -> None:
    on = api.send(
        PATCH(ONE, {"conversations_settings": {"widget_enabled": True, "widget_public_token": "mine"}})
    )
    off = api.send(PATCH(ONE, {"conversations_settings": {"widget_enabled": False}}))

    assert len(on.body["conversations_settings"]["widget_public_token"]) == 32
    assert off.body["conversations_settings"] == {"widget_enabled": False}


@pytest.mark.parametrize(
    ("age", "url"), [(2024, ONE), (2025, ONE), (2026, ONE), (2025, ENVIRONMENT), (2026, ENVIRONMENT)]
)
def test_a_cohort_in_a_filter_answers_with_its_name_at_any_depth(api: API, age: int, url: str) -> None:
    an_object("cohort", "cohort", "Our own people")(api)
    ours = {"type": "cohort", "key": "id", "value": api.names["cohort"], "operator": "not_in"}
    unknown = {"type": "cohort", "key": "id", "value": 99999}
    mail = {"type": "person", "key": "email", "value": "x"}
    group = {"type": "AND", "key": "", "values": [ours, mail]} if age < 2026 else mail

    sent = api.send(PATCH(url, {"test_account_filters": [{**ours, "cohort_name": "mine"}, unknown, group]}))

    named = {**ours, "cohort_name": "Our own people"}
    shown = [named, unknown, {**group, "values": [named, mail]} if "values" in group else mail]
    assert sent.body["test_account_filters"] == shown
    assert api.get(url)["test_account_filters"] == shown


def test_a_cohort_that_is_renamed_is_answered_under_its_new_name(api: API) -> None:
    from pulumi_posthog.sandbox.families.objects import ProjectObject

    an_object("cohort", "cohort", "Our own people")(api)
    api.send(PATCH(ONE, {"test_account_filters": [{"type": "cohort", "key": "id", "value": "{cohort}"}]}))

    ProjectObject.objects.filter(pk=api.names["cohort"]).update(name="Staff")

    (found,) = api.get(ONE)["test_account_filters"]
    assert found["cohort_name"] == "Staff"


def test_the_retention_of_logs_is_dated_by_the_server(api: API) -> None:
    with_feature("logs_retention")(api)

    answer = api.send(PATCH(ONE, {"logs_settings": {"retention_days": 30}}))

    assert answer.body["logs_settings"]["retention_last_updated"].endswith("Z")


def test_only_organization_admins_receive_organization_level_logs(api: API) -> None:
    from sandbox.steps import a_key

    a_key("bo_key", "bo@acme.io")(api)

    answer = api.send(PATCH(ONE, {"receive_org_level_activity_logs": True}, key="{bo_key}"))

    assert answer.error == (403, "authentication_error", "permission_denied", None)
