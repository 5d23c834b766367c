"""What a flag of the file and a flag of PostHog differ in, and what is sent (posthog-api-release.md 2)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds.feature_flag import FEATURE_FLAG, alongside, checked, noted, to_api
from pulumi_posthog.reconcile.differences import details, differences
from pulumi_posthog.values.secret_text import MASK, SecretText

GROUP: dict[str, Any] = {"properties": [], "rollout_percentage": 50}
VARIANTS = [
    {"key": "control", "name": "", "rollout_percentage": 50},
    {"key": "test", "name": "", "rollout_percentage": 50},
]
# As a server of 2026 answers it.
ANSWER: dict[str, Any] = {
    "id": 7,
    "key": "new-checkout",
    "name": "",
    "version": 3,
    "active": True,
    "tags": ["payments", "growth"],
    "filters": {
        "groups": [
            {
                "properties": [
                    {
                        "key": "id",
                        "type": "cohort",
                        "value": 4,
                        "operator": "in",
                        "cohort_name": "Beta",
                        "negation": None,
                    }
                ],
                "rollout_percentage": 50,
                "variant": None,
                "sort_key": "abc",
                "aggregation_group_type_index": None,
                "exposure_frozen": True,
            }
        ],
        "multivariate": None,
        "payloads": {"true": '{"color": "green"}'},
        "aggregation_group_type_index": None,
        "feature_enrollment": True,
        "holdout": {"id": 1, "exclusion_percentage": 10},
    },
}
DECLARED: dict[str, Any] = {
    "key": "new-checkout",
    "tags": ["Growth", "payments", "growth"],
    "filters": {
        "groups": [
            {
                "properties": [{"key": "id", "type": "cohort", "value": 4, "operator": "in"}],
                "rollout_percentage": 50,
            }
        ],
        "payloads": {"true": {"color": "green"}},
    },
}


def changed(declared: dict[str, Any], answer: dict[str, Any] = ANSWER) -> dict[str, Any]:
    """The rows of what differs: path -> (live, declared)."""
    found = differences(FEATURE_FLAG, declared, FEATURE_FLAG.values(answer))
    return {path: (live, wanted) for each in found for path, live, wanted in details(each)}


def with_filters(**filters: Any) -> dict[str, Any]:
    return {**DECLARED, "filters": {**DECLARED["filters"], **filters}}


def test_what_the_server_adds_and_others_keep_in_it_is_no_difference():
    assert changed(DECLARED) == {}


def test_a_rollout_reads_as_one_number_that_becomes_another():
    group = {**DECLARED["filters"]["groups"][0], "rollout_percentage": 75}

    assert changed(with_filters(groups=[group])) == {"filters['groups'][0]['rollout_percentage']": (50, 75)}


@pytest.mark.parametrize(
    ("live", "path"),
    [
        ({"multivariate": {"variants": VARIANTS}}, "filters['multivariate']"),
        ({"payloads": {}}, "filters['payloads']"),
        ({"aggregation_group_type_index": 0}, "filters['aggregation_group_type_index']"),
    ],
)
def test_what_somebody_added_or_took_out_by_hand_is_a_difference(live: dict[str, Any], path: str):
    answer = {**ANSWER, "filters": {**ANSWER["filters"], **live}}

    assert [*changed(DECLARED, answer)] == [path]


def test_a_rollout_of_null_is_one_of_a_hundred():
    answer = {**ANSWER, "filters": {"groups": [{"properties": [], "rollout_percentage": None}]}}

    assert (
        changed({"key": "new-checkout", "filters": {"groups": [{"rollout_percentage": 100}]}}, answer) == {}
    )


def test_a_patch_has_the_complete_filters_and_what_was_read():
    body = {"filters": {"groups": [GROUP]}}

    assert alongside(body, ANSWER) == {
        "filters": {
            "groups": [{**GROUP, "exposure_frozen": True}],
            "multivariate": None,
            "payloads": {},
            "aggregation_group_type_index": None,
            "feature_enrollment": True,
            "holdout": {"id": 1, "exclusion_percentage": 10},
        },
        "version": 3,
        "original_flag": ANSWER,
    }


def test_a_deletion_is_sent_alone():
    assert alongside({"deleted": True}, ANSWER) == {"deleted": True}


def test_an_encrypted_payload_is_masked_where_a_key_is_shown_it_and_sent_along_where_a_patch_would_lose_it():
    answer = {
        **ANSWER,
        "has_encrypted_payloads": True,
        "filters": {"groups": [GROUP], "payloads": {"true": '"hush"'}},
    }
    declared = {
        "key": "new-checkout",
        "filters": {"groups": [GROUP]},
        "encrypted_payloads": {"true": SecretText('"hush"', "!env HUSH")},
    }

    values = FEATURE_FLAG.values(answer)

    assert values["encrypted_payloads"] == {"true": MASK}
    assert "hush" not in repr(values)
    assert differences(FEATURE_FLAG, declared, values) == ()
    assert differences(FEATURE_FLAG, declared, values, rotated=lambda _field, _key: True)
    assert alongside({"filters": {"groups": [GROUP]}}, answer)["filters"]["payloads"] == {"true": '"hush"'}


def test_an_encrypted_payload_makes_a_remote_configuration():
    secret = SecretText('"hush"', "!env HUSH")
    declared = {"key": "k", "filters": {"groups": [GROUP]}, "encrypted_payloads": {"true": secret}}

    assert to_api(declared, {}) == {
        "key": "k",
        "filters": {"groups": [GROUP], "payloads": {"true": secret}},
        "has_encrypted_payloads": True,
        "is_remote_configuration": True,
        "_should_create_usage_dashboard": False,
    }


def conditions(*, of: int | None = None, **condition: Any) -> dict[str, Any]:
    """Filters with one condition; of a flag for persons, or for groups of a type."""
    return {"groups": [{"properties": [condition]}], "aggregation_group_type_index": of}


@pytest.mark.parametrize(
    "filters",
    [
        conditions(type="person", key="a", operator="exact", value=["b"]),
        conditions(type="group", key="a", operator="exact", value=["b"], of=1),
        conditions(type="cohort", key="id", operator="not_in", value=9),
        conditions(type="flag", key="9", operator="flag_evaluates_to", value=True),
    ],
)
def test_conditions_that_posthog_takes_are_taken(filters: dict[str, Any]):
    assert [*checked({"key": "k", "filters": filters})] == []


def test_devices_in_variants_that_persons_keep_are_refused():
    fields = {"key": "k", "ensure_experience_continuity": True, "bucketing_identifier": "device_id"}

    assert [each[0] for each in checked(fields | {"filters": {"groups": [GROUP]}})] == [
        "ensure_experience_continuity"
    ]


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        (
            {"multivariate": {"variants": [{"key": "a", "rollout_percentage": 90}]}, "groups": [GROUP]},
            "filters.multivariate.variants",
        ),
        (
            {
                "multivariate": {
                    "variants": [
                        {"key": "a", "rollout_percentage": 50},
                        {"key": "a", "rollout_percentage": 50},
                    ]
                },
                "groups": [GROUP],
            },
            "filters.multivariate.variants.1",
        ),
        ({"groups": [GROUP, {**GROUP, "variant": "test"}]}, "filters.groups.1.variant"),
        ({"groups": []}, "filters.groups"),
        ({"groups": [GROUP], "payloads": {"test": 1}}, "filters.payloads.test"),
        ({"groups": [GROUP], "payloads": {"true": "no JSON"}}, "filters.payloads.true"),
        (
            {
                "multivariate": {"variants": [{"key": "a b", "rollout_percentage": 100}]},
                "groups": [GROUP],
            },
            "filters.multivariate.variants.0.key",
        ),
        (conditions(type="event", key="a"), "filters.groups.0.properties.0"),
        (conditions(type="group", key="a"), "filters.groups.0.properties.0"),
        (conditions(type="person", key="a", of=0), "filters.groups.0.properties.0"),
        (conditions(type="person", key="a", operator="in"), "filters.groups.0.properties.0"),
        (conditions(type="flag", key="9", operator="exact"), "filters.groups.0.properties.0"),
    ],
)
def test_what_newer_servers_take_without_a_word_is_refused(filters: dict[str, Any], place: str):
    assert [each[0] for each in checked({"key": "k", "filters": filters})] == [place]


def test_thirds_come_to_a_hundred():
    shares = (33.33, 33.33, 33.34)
    variants = [{"key": str(place), "rollout_percentage": share} for place, share in enumerate(shares)]

    assert [*checked({"filters": {"groups": [GROUP], "multivariate": {"variants": variants}}})] == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"key": "k"}, 1), ({"key": "k", "active": False}, 0), ({"key": "k", "filters": {}}, 0)],
)
def test_a_flag_that_is_on_for_everybody_is_told(fields: dict[str, Any], told: int):
    assert len([*noted(fields)]) == told
