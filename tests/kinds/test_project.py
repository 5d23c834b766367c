"""The settings of a project: all of them, as the sandbox, written without looking at the kinds, has them."""

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Type
from pulumi_posthog.sandbox.families.projects.settings import BY_NAME, DROPPED_ON_CREATE

PROJECT = KINDS["project"]
# Nobody should keep these in a file: server-managed, state of the user interface.
LEFT_OUT = {
    "inject_web_apps",
    "completed_snippet_onboarding",
    "has_completed_onboarding_for",
    "onboarding_tasks",
}
# Columns of the project itself, and what is never sent; the others are the environment's.
OF_THE_PROJECT = {"name", "product_description", "rotate_api_token"}
# Null in PostHog's database until somebody writes it, and refused when written.
NULL_UNTIL_WRITTEN = {"autocapture_exceptions_errors_to_ignore"}


def test_every_setting_of_the_api_is_declared_or_left_out_on_purpose():
    assert {field.name for field in PROJECT.writable} - OF_THE_PROJECT == set(BY_NAME) - LEFT_OUT


def test_ages_agree():
    ages = {
        name: (2026 if setting.written == "26" else setting.ages[0], setting.ages[1])
        for name, setting in BY_NAME.items()
        if name not in LEFT_OUT
    }

    # Refused by the newest servers, though the field is still there.
    ages["access_control"] = (2024, 2025)
    assert {
        field.name: (field.since, field.until or 2026)
        for field in PROJECT.writable
        if field.name not in OF_THE_PROJECT
    } == ages


def test_nullability_agrees():
    ours = {field.name for field in PROJECT.writable if field.nullable} - OF_THE_PROJECT
    # Null is ignored there: it clears nothing, so it is not offered.
    ignored = {
        "customer_analytics_config",
        "workflows_config",
        "marketing_analytics_config",
        "revenue_analytics_config",
    }

    assert (
        ours
        == {name for name, setting in BY_NAME.items() if setting.nullable}
        - LEFT_OUT
        - NULL_UNTIL_WRITTEN
        - ignored
    )


def test_defaults_agree():
    ours = {
        field.name: field.default
        for field in PROJECT.writable
        if field.default is not UNSET and field.name not in OF_THE_PROJECT
    }

    assert ours == {name: BY_NAME[name].default for name in ours}


def test_merging_agrees():
    levels = {
        "replace": 0,
        "top": 1,
        "modifiers": 1,
        "nested": 1,
        "conversations": 1,
        "deep": 2,
        "sources": 2,
    }
    ours = {field.name: field.merge_levels for field in PROJECT.writable if field.merge_levels}

    # PostHog replaces it; the live keys are sent along, so that it looks merged.
    assert ours.pop("extra_settings") == 1
    assert PROJECT.field("extra_settings").sent_whole
    assert ours == {name: levels[setting.merge] for name, setting in BY_NAME.items() if levels[setting.merge]}


def test_what_creation_overwrites_is_sent_afterwards():
    late = {field.name for field in PROJECT.writable if not field.on_create}

    assert {*DROPPED_ON_CREATE, "test_account_filters", "primary_dashboard"} <= late
    assert not late & set(PROJECT.created_with)


def test_secrets_are_marked():
    assert {field.name for field in PROJECT.fields if field.secret} == {"slack_incoming_webhook", "api_token"}
    assert PROJECT.field("conversations_settings").normal({"a": 1, "widget_public_token": "x"}) == {"a": 1}


def test_the_time_that_logs_settings_changed_is_not_compared():
    normal = PROJECT.field("logs_settings").normal

    assert normal({"retention_days": 14, "retention_last_updated": "2026-01-01"}) == {"retention_days": 14}


def test_the_servers_own_extra_settings_are_kept_when_others_are_sent():
    field = PROJECT.field("extra_settings")

    assert field.normal({"recorder_script": "x", "mine": 1}) == {"recorder_script": "x", "mine": 1}


def test_a_rate_is_a_number_however_posthog_writes_it():
    field = PROJECT.field("session_recording_sample_rate")

    assert field.type is Type.DECIMAL
    assert field.normal("0.50") == field.normal(0.5) == 0.5
