"""What brings an object from one state to another, in which order, and what is refused before anything is sent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from harness.trials import SCOPE, TRIAL, Trials
from pulumi_posthog.api import Forbidden
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile import lifecycle
from pulumi_posthog.reconcile.applied import Applied
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply, HalfMade
from pulumi_posthog.reconcile.plan import Action, Change
from pulumi_posthog.reconcile.requests import writes_of, writes_to_make

LIVING = [kind for kind in (*KINDS.values(), TRIAL) if kind.lifecycle]


@pytest.fixture
def trials() -> Trials:
    return Trials()


def update(trials: Trials, id_: str, **desired: Any) -> Applied:
    trials.connect()
    found = trials.live.object(TRIAL, SCOPE, id_)
    assert found is not None
    return trials.applier.update(TRIAL, SCOPE, found, desired)


def create(trials: Trials, **desired: Any) -> Applied:
    trials.connect()
    return trials.applier.create(TRIAL, SCOPE, desired)


def sent(trials: Trials) -> list[tuple[str, str, Any]]:
    """What was sent, with a word in place of each time."""
    pattern = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
    return [
        (
            method,
            path,
            {name: "(now)" if pattern.match(str(value)) else value for name, value in body.items()},
        )
        for method, path, body in trials.sent
    ]


@pytest.mark.parametrize("kind", LIVING, ids=lambda kind: kind.name)
def test_the_states_of_a_kind_are_the_choices_of_its_field_and_each_can_be_reached_or_says_why_not(
    kind: Kind,
):
    life = kind.lifecycle
    assert life is not None
    field = kind.field(life.field)
    states = set(field.choices) or {False, True}

    assert field.default in states
    assert {state for move in life.moves for state in (move.before, move.after)} == states
    assert {state for pair in life.refused for state in pair} <= states
    assert set(life.made_as) <= states
    for state in states - {field.default}:
        reason = lifecycle.objection_to_making(kind, {life.field: state})
        assert reason is None or (field.default, state) in life.refused


@pytest.mark.parametrize(
    ("before", "after", "requests"),
    [
        ("draft", "running", [("PATCH", "1/", {"start_date": "(now)"})]),
        ("running", "paused", [("POST", "1/pause/", {})]),
        ("paused", "running", [("POST", "1/resume/", {})]),
        ("running", "stopped", [("POST", "1/end/", {"conclusion": "won"})]),
        ("draft", "paused", [("PATCH", "1/", {"start_date": "(now)"}), ("POST", "1/pause/", {})]),
        (
            "paused",
            "archived",
            [("POST", "1/end/", {"conclusion": "won"}), ("PATCH", "1/", {"archived": True})],
        ),
        ("archived", "stopped", [("PATCH", "1/", {"archived": False})]),
    ],
)
def test_a_state_is_reached_by_the_fewest_moves_one_after_another(trials, before, after, requests):
    trials.has("Checkout", before)

    applied = update(trials, "1", status=after)

    assert sent(trials) == requests
    assert (trials.status("Checkout"), applied.found.values["status"], applied.ignored) == (after, after, ())


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (
            "draft",
            "stopped",
            "this trial would run for a moment, and people would see it (status: draft => stopped)\n"
            "  hint: let it run first",
        ),
        (
            "stopped",
            "running",
            "PostHog has no way from one to the other for this trial: status: stopped => running\n"
            "  hint: write `status: stopped`, or leave `status` out",
        ),
        (
            "frozen",
            "running",
            "PostHog has no way from one to the other for this trial: status: frozen => running\n"
            "  hint: leave `status` out",
        ),
    ],
)
def test_a_move_that_posthog_has_no_way_for_is_refused_and_nothing_is_sent(trials, before, after, reason):
    trials.has("Checkout", before)

    with pytest.raises(CannotApply) as refused:
        update(trials, "1", goal="More orders", status=after)

    assert str(refused.value) == reason
    assert trials.sent == []


def test_other_fields_change_after_moves_that_come_first_and_before_the_rest(trials):
    trials.has("Checkout", "running")
    update(trials, "1", goal="More orders", status="paused")
    update(trials, "1", goal="Less returns", status="running")

    assert sent(trials) == [
        ("POST", "1/pause/", {}),
        ("PATCH", "1/", {"goal": "More orders"}),
        ("PATCH", "1/", {"goal": "Less returns"}),
        ("POST", "1/resume/", {}),
    ]


def test_a_new_one_is_made_completed_and_then_moved(trials):
    applied = create(trials, name="Checkout", goal="Orders", owner="ana", status="running")

    assert sent(trials) == [
        ("POST", "", {"name": "Checkout", "goal": "Orders"}),
        ("PATCH", "1/", {"owner": "ana"}),
        ("PATCH", "1/", {"start_date": "(now)"}),
    ]
    assert (applied.found.values["status"], applied.ignored) == ("running", ())


def test_a_new_one_that_cannot_get_its_state_is_not_made(trials):
    with pytest.raises(
        CannotApply, match=r"a new trial would run for a moment, .*\(status: draft => archived\)"
    ):
        create(trials, name="Checkout", status="archived")

    assert trials.sent == []


def test_a_new_one_is_begun_in_its_first_state_when_that_is_declared(trials):
    create(trials, name="Checkout", status="draft")

    assert sent(trials) == [("POST", "", {"name": "Checkout"})]


def test_after_a_failure_in_between_the_next_run_goes_on_from_there(trials):
    trials.refuse = {"pause"}
    with pytest.raises(HalfMade) as half:
        create(trials, name="Checkout", status="paused")
    assert (half.value.found.id, trials.status("Checkout")) == ("1", "running")

    trials.refuse, trials.sent = set(), []
    again = create(trials, name="Checkout", status="paused")

    assert again.adopted
    assert sent(trials) == [("POST", "1/pause/", {})]


def test_a_move_whose_answer_was_lost_is_looked_up_and_not_sent_twice(trials):
    trials.has("Checkout", "running")
    trials.lose_answers_of = {"pause/"}

    applied = update(trials, "1", status="paused")

    assert sent(trials) == [("POST", "1/pause/", {})]
    assert applied.found.values["status"] == "paused"


def test_a_move_that_somebody_else_has_made_meanwhile_is_none_any_more(trials):
    trials.has("Checkout", "running")
    found = trials.live.object(TRIAL, SCOPE, "1")
    trials.rows[0] |= {"active": False}  # paused by hand: PostHog refuses to pause it again

    applied = trials.applier.update(TRIAL, SCOPE, found, {"status": "paused"})

    assert applied.found.values["status"] == "paused"


def test_what_posthog_refuses_is_raised_when_nothing_has_moved(trials):
    trials.has("Checkout", "running")
    trials.refuse = {"pause"}

    with pytest.raises(Forbidden, match="You may not do that"):
        update(trials, "1", status="paused")


def test_a_server_without_the_action_is_said_to_be_too_old(trials):
    trials.has("Checkout", "running")
    trials.unknown = {"pause"}

    with pytest.raises(
        CannotApply, match=r"this trial stays running: .*To become paused, it needs a server of 2026"
    ):
        update(trials, "1", status="paused")


def test_a_move_that_posthog_passes_over_is_told_and_not_repeated(trials):
    trials.has("Checkout", "draft")
    trials.deaf_to = {"start_date"}

    applied = update(trials, "1", status="running")

    assert len(trials.sent) == 1
    assert [(each.field.name, each.live, each.desired) for each in applied.ignored] == [
        ("status", "draft", "running")
    ]


def test_a_state_that_is_not_declared_is_left_alone(trials):
    trials.has("Checkout", "paused")

    update(trials, "1", goal="More orders")

    assert trials.status("Checkout") == "paused"
    assert differences(TRIAL, {"name": "Checkout"}, {"name": "Checkout", "status": "paused"}) == ()


def test_an_answer_that_does_not_say_the_state_gives_none():
    assert "status" not in TRIAL.values({"id": 1, "name": "Checkout"})


def test_the_requests_of_moves_are_counted(trials):
    live = {"name": "Checkout", "goal": "", "status": "paused"}
    entry = Entry(
        kind=TRIAL,
        name="Web/Checkout",
        fields={"name": "Checkout", "goal": "x", "owner": "y", "status": "paused"},
    )

    def of(**desired: Any) -> int:
        changed = differences(TRIAL, desired, live)
        return writes_of(Change(Action.UPDATE, TRIAL, "Web/Checkout", "1", changed, entry))

    assert writes_to_make(entry) == 4  # POST, PATCH of the owner, start, pause
    assert (of(status="archived"), of(status="archived", goal="x"), of(goal="x")) == (2, 3, 1)
