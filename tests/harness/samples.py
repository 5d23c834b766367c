"""Two valid values for every field, so that one test can go through all of them."""

from __future__ import annotations

from typing import Any

from pulumi_posthog.kinds.field import Field, Type

# What PostHog checks beyond type, choices and range (posthog-api.md 3.4).
PARTICULAR: dict[str, tuple[Any, Any]] = {
    "timezone": ("Europe/Berlin", "America/New_York"),
    "base_currency": ("EUR", "GBP"),
    "path_cleaning_filters": ([{"alias": "/a", "regex": "^/a/.*$"}], [{"alias": "/b", "regex": "^/b$"}]),
    "test_account_filters": (
        [{"key": "email", "type": "person", "value": "@acme.io", "operator": "not_icontains"}],
        [{"key": "$host", "type": "event", "value": "localhost", "operator": "is_not"}],
    ),
    "survey_config": ({"appearance": {"color": "red"}}, {"appearance": {"color": "blue"}}),
    "session_replay_config": ({"record_canvas": True}, {"record_canvas": False}),
    "modifiers": ({"bounceRateDurationSeconds": 10}, {"bounceRateDurationSeconds": 20}),
    "session_recording_linked_flag": ({"id": 1, "key": "a"}, {"id": 2, "key": "b"}),
    "session_recording_network_payload_capture_config": ({"recordBody": True}, {"recordBody": False}),
    "session_recording_masking_config": ({"maskAllInputs": True}, {"maskAllInputs": False}),
    "session_recording_trigger_groups": (
        {"version": 2, "groups": [{"id": "a", "sampleRate": 0.5, "conditions": {}}]},
        {"version": 2, "groups": []},
    ),
    "experiment_recalculation_time": ("03:00:00", "04:30:00"),
    "revenue_analytics_config": ({"base_currency": "EUR"}, {"base_currency": "GBP"}),
    "marketing_analytics_config": ({"attribution_window_days": 30}, {"attribution_window_days": 60}),
    "logs_settings": ({"retention_days": 14}, {"retention_days": 30}),
    "extra_settings": ({"mine": 1}, {"mine": 2}),
}  # fmt: skip
BY_TYPE: dict[Type, tuple[Any, Any]] = {
    Type.STRING: ("one", "two"),
    Type.INTEGER: (1, 2),
    Type.DECIMAL: (0.25, 0.5),
    Type.BOOLEAN: (True, False),
    Type.STRINGS: (["one"], ["two", "one"]),
    Type.OBJECT: ({"one": 1}, {"one": 2}),
    Type.LIST: ([{"url": "https://one.io", "matching": "regex"}], []),
}


def samples(field: Field) -> tuple[Any, Any]:
    """Two different values that PostHog accepts."""
    if field.name in PARTICULAR:
        return PARTICULAR[field.name]
    if len(field.choices) > 1:
        return field.choices[0], field.choices[1]
    return BY_TYPE[field.type]
