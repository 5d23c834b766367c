"""What a survey of the file and of PostHog differ in (posthog-api-release.md 7)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds.survey import SURVEY, alongside, kept_by
from pulumi_posthog.reconcile.differences import differences

QUESTIONS = [
    {"id": "a", "type": "rating", "question": "How was it?"},
    {"id": "b", "type": "open", "question": "Why?"},
]


def survey(**more: Any) -> dict[str, Any]:
    return {"id": "0190", "name": "NPS", "type": "popover", **more}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"start_date": None}, "draft"),
        ({"start_date": "2026-01-01T00:00:00Z"}, "running"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-02-01T00:00:00Z"}, "stopped"),
        ({"start_date": None, "archived": True}, "archived"),
    ],
)
def test_its_state_is_what_its_dates_say(answer: dict[str, Any], status: str):
    assert SURVEY.values(survey(**answer))["status"] == status


def test_actions_are_known_by_their_ids_and_questions_by_what_they_ask():
    whole = {"id": 7, "name": "Paid", "steps": [{"event": "paid"}]}
    live = SURVEY.values(survey(conditions={"actions": {"values": [whole]}}, questions=QUESTIONS))

    declared = {
        "conditions": {"actions": {"values": [{"id": 7}]}},
        "questions": [{"type": "rating", "question": "How was it?"}, {"type": "open", "question": "Why?"}],
    }
    assert differences(SURVEY, declared, live) == ()


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ([("open", "Why?"), ("rating", "How was it?")], ["b", "a"]),
        ([("rating", "How is it?"), ("open", "Why?")], ["a", "b"]),
        ([("open", "What?"), ("open", "Why?")], [None, "b"]),
    ],
    ids=["in another order", "another wording", "another question in its place"],
)
def test_a_question_that_stays_keeps_its_id(asked: list[tuple[str, str]], ids: list[str | None]):
    body = {"questions": [{"type": kind, "question": text} for kind, text in asked]}

    sent = alongside(body, survey(questions=QUESTIONS))

    assert [each.get("id") for each in sent["questions"]] == ids


def test_every_patch_has_the_conditions_and_what_belongs_together():
    answer = survey(
        conditions={"url": "/app", "actions": {"values": [{"id": 7, "name": "Paid"}]}},
        iteration_count=3,
        iteration_frequency_days=30,
    )

    assert alongside({"iteration_count": 4}, answer) == {
        "iteration_count": 4,
        "iteration_frequency_days": 30,
        "conditions": {"url": "/app", "actions": {"values": [{"id": 7}]}},
    }


@pytest.mark.parametrize(
    ("key", "own"), [("survey-targeting-0123456789", True), ("vip", False), (None, True)]
)
def test_one_whose_people_a_flag_of_somebody_chooses_is_left_alone(key: str | None, own: bool):
    flag = {"id": 4, "key": key, "filters": {"groups": [{}]}} if key else None
    values = SURVEY.values(survey(targeting_flag=flag))

    assert (kept_by(values) is None) is own
    assert (values["targeting_flag_filters"] is not None) is (own and key is not None)
