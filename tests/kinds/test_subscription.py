"""What a subscription of the file and of PostHog differ in, and what is wrong with one (posthog-api-analytics.md 5)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.subscription import misfits
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import UNKNOWN

SUBSCRIPTION = KINDS["subscription"]
SIGNUPS = Reference("insight", "Signups", id_="12", others={"13": "Orders"})
ORDERS = Reference("insight", "Orders", id_="13", others={"12": "Signups"})
MAIL = {"insight": 12, "target_type": "email", "target_emails": ["ann@example.com"]}
BOARD = {"dashboard": 3, "target_type": "email", "target_emails": ["ann@example.com"]}


@pytest.mark.parametrize(
    ("values", "places"),
    [
        (MAIL, []),
        ({**MAIL, "dashboard": 3}, ["dashboard"]),
        ({**MAIL, "insight": None}, [""]),
        ({**MAIL, "target_type": "slack"}, ["target_emails"]),
        ({**MAIL, "target_emails": []}, ["target_type"]),
        ({**MAIL, "target_emails": None, "target_type": "webhook"}, ["target_type"]),
        ({**MAIL, "target_emails": None, "target_type": "webhook", "target_value": UNKNOWN}, []),
        ({**MAIL, "integration_id": 7}, ["integration_id"]),
        ({**MAIL, "dashboard_export_insights": [12]}, ["dashboard_export_insights"]),
        ({**BOARD, "dashboard_export_insights": []}, ["dashboard_export_insights"]),
        ({**BOARD, "dashboard_export_insights": [*range(7)]}, ["dashboard_export_insights"]),
        ({**BOARD, "dashboard_export_insights": [12]}, []),
        ({**MAIL, "start_date": "next week"}, ["start_date"]),
        ({**MAIL, "start_date": "2026-01-05", "until_date": "2026-01-04T23:00:00Z"}, ["until_date"]),
        ({**MAIL, "start_date": "2026-01-05", "until_date": "2026-01-06"}, []),
    ],
)
def test_what_posthog_refuses_or_cannot_send_has_its_place(values, places):
    assert [place for place, _, _ in SUBSCRIPTION.checked(values)] == places


def test_what_newer_servers_want_is_told():
    assert len([*SUBSCRIPTION.noted(BOARD)]) == 1
    assert len([*SUBSCRIPTION.noted({"insight": 1, "target_type": "slack"})]) == 1
    assert [*SUBSCRIPTION.noted(MAIL)] == []


def test_addresses_and_insights_are_sets_and_no_address_is_a_secret():
    there = SUBSCRIPTION.values(
        {
            "id": 1,
            "target_type": "email",
            "target_value": "bob@example.com, ann@example.com,bob@example.com",
            "dashboard_export_insights": [{"id": 13}, {"id": 12}],
        }
    )

    assert "target_value" not in there
    declared = {
        "target_emails": ["bob@example.com", "ann@example.com"],
        "dashboard_export_insights": [SIGNUPS, ORDERS],
    }
    assert differences(SUBSCRIPTION, declared, there) == ()
    one = {**declared, "dashboard_export_insights": [SIGNUPS]}
    assert [each.field.name for each in differences(SUBSCRIPTION, one, there)] == [
        "dashboard_export_insights"
    ]
    assert SUBSCRIPTION.confided is not None
    assert [*SUBSCRIPTION.confided({"target_type": "email", "target_value": "ann@example.com"})] == []
    assert [*SUBSCRIPTION.confided({"target_type": "slack", "target_value": "C1|#x"})] == ["C1|#x"]


@pytest.mark.parametrize(
    ("live", "desired", "anew"),
    [
        ({"insight": 12, "dashboard": None}, {"insight": 13}, False),
        ({"insight": 12, "dashboard": None}, {"dashboard": 3}, True),
        ({"insight": None, "dashboard": 3}, {"insight": 12}, True),
    ],
)
def test_only_from_an_insight_to_a_dashboard_and_back_it_is_made_anew(live, desired, anew):
    changed = differences(SUBSCRIPTION, desired, SUBSCRIPTION.values(live))

    assert any(each.field.replaces(each.live, each.desired) for each in changed) is anew


def test_an_insight_that_is_sent_has_to_be_on_the_dashboard_as_far_as_that_is_known():
    board: dict[str, Any] = {"tiles": [{"insight": SIGNUPS}, {"text": {"body": "a"}}]}
    answered = {"tiles": [{"insight": {"id": 12}}, {"insight": {"id": 13}, "deleted": True}]}
    both = {"dashboard_export_insights": [SIGNUPS, ORDERS]}

    assert [place for place, _, _ in misfits(both, board)] == ["dashboard_export_insights.1"]
    assert [place for place, _, _ in misfits(both, answered)] == ["dashboard_export_insights.1"]
    assert [*misfits(both, {})] == []
