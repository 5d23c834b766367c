"""How flags, experiments, surveys and early access features read in a file that an export writes."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds import KINDS

ACTION = {"id": 4, "kind": "ActionsNode", "name": "Signed up"}
EVENT = {"event": "paid", "kind": "EventsNode"}
CONDITION = {"key": "plan", "operator": "exact", "type": "person", "value": ["pro"], "negation": None}
FILTERS = {
    "aggregation_group_type_index": None,
    "groups": [
        {"properties": [CONDITION], "rollout_percentage": 100, "variant": None},
        {"rollout_percentage": None},
    ],
    "multivariate": None,
    "payloads": {},
}
TIDY = {
    "groups": [
        {"properties": [{"type": "person", "key": "plan", "operator": "exact", "value": ["pro"]}]},
        {"rollout_percentage": 100},
    ]
}
VARIANTS = [{"key": "control", "rollout_percentage": 50}, {"key": "test", "rollout_percentage": 50}]
WRITTEN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("feature_flag", {"key": "k", "filters": FILTERS}, {"key": "k", "filters": TIDY}),
    (
        "survey",
        {
            "name": "NPS",
            "questions": [{"display": None, "question": "Why?", "type": "open"}],
            "conditions": {"actions": {"values": [{"id": 4}]}, "url": "/app"},
            "targeting_flag_filters": FILTERS,
        },
        {
            "name": "NPS",
            "questions": [{"type": "open", "question": "Why?"}],
            "conditions": {"url": "/app", "actions": {"values": [{"id": 4}]}},
            "targeting_flag_filters": TIDY,
        },
    ),
    (
        "experiment",
        {
            "name": "Prices",
            "description": "",
            "parameters": {"feature_flag_variants": VARIANTS, "minimum_detectable_effect": 20},
            "exposure_criteria": {"filterTestAccounts": True},
            "metrics": [
                {
                    "goal": None,
                    "kind": "ExperimentMetric",
                    "metric_type": "funnel",
                    "name": "Way",
                    "series": [EVENT, ACTION],
                }
            ],
        },
        {
            "name": "Prices",
            "parameters": {"minimum_detectable_effect": 20},
            "metrics": [
                {
                    "kind": "ExperimentMetric",
                    "metric_type": "funnel",
                    "name": "Way",
                    "series": [{"kind": "EventsNode", "event": "paid"}, {"kind": "ActionsNode", "id": 4}],
                }
            ],
        },
    ),
    (
        "early_access_feature",
        {"name": "Dark mode", "assignee": {"id": 1, "type": "user"}},
        {"name": "Dark mode"},
    ),
    (
        "early_access_feature",
        {"name": "Dark mode", "assignee": {"id": "0190", "type": "role"}},
        {"name": "Dark mode", "assignee": {"type": "role", "id": "0190"}},
    ),
]


@pytest.mark.parametrize(("kind", "values", "written"), WRITTEN)
def test_a_file_has_what_a_person_would_write_in_the_order_in_which_it_is_read(
    kind: str, values: dict[str, Any], written: dict[str, Any]
):
    found = KINDS[kind].in_a_file(values)

    assert found == written
    assert repr(found) == repr(written)
