"""What an early access feature of the file and of PostHog differ in (posthog-api-release.md 6)."""

from __future__ import annotations

from pulumi_posthog.kinds.early_access_feature import EARLY_ACCESS_FEATURE
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.values.reference import Reference

ANSWER = {
    "id": "0190",
    "name": "Dark mode",
    "stage": "beta",
    "feature_flag": {"id": 12, "key": "dark-mode", "filters": {"feature_enrollment": True}},
    "payload": None,
    "assignee": {"type": "user", "id": 3},
}


def test_it_is_known_by_the_id_of_its_flag_and_nobody_has_to_say_who_takes_care_of_it():
    live = EARLY_ACCESS_FEATURE.values(ANSWER)
    flag = Reference("feature_flag", "dark-mode", id_="12")
    declared = {"name": "Dark mode", "stage": "beta", "feature_flag": flag, "payload": {}}

    assert differences(EARLY_ACCESS_FEATURE, declared, live) == ()
    assert EARLY_ACCESS_FEATURE.natural_key(declared) == EARLY_ACCESS_FEATURE.natural_key(live)
    other = {**declared, "feature_flag": flag.at("13"), "assignee": {"type": "user", "id": 4}}
    assert [each.field.name for each in differences(EARLY_ACCESS_FEATURE, other, live)] == [
        "feature_flag",
        "assignee",
    ]


def test_a_program_may_give_the_id_of_a_flag_or_its_key():
    flag = EARLY_ACCESS_FEATURE.field("feature_flag")

    assert (flag.is_id("12"), flag.is_id("dark-mode")) == (True, False)
