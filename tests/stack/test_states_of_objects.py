"""What Pulumi sees of a kind whose objects pass through states: previews, refusals, and what a kill leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harness.run import begin_anew
from harness.trials import HOST, ID, TRIAL, Trials
from pulumi_posthog.reconcile.errors import CannotApply, HalfMade
from pulumi_posthog.stack import read_ahead
from pulumi_posthog.stack.handlers.call import Call, serving
from pulumi_posthog.stack.handlers.kind import KindHandler
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.run import Run
from pulumi_posthog.stack.urn import TYPE

URN = f"urn:pulumi:web::web::{TYPE}Trial::Web/Checkout"
PLACE = {"project": "1", **Location(HOST, ID).as_property}


class Stack:
    """One resource of a stack, and the calls that the engine makes about it."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.id: str | None = None
        self.state: dict[str, Any] = {}
        self.said: list[str] = []

    def _call(self, method: str, *arguments: Any) -> Any:
        run = Run()
        run.view = lambda _properties: self.trials.view  # type: ignore[method-assign, assignment, return-value]
        handler = KindHandler(TRIAL, run)
        with serving(Call(URN, self.said.append, self.said.append)):
            if method != "check":
                run.holdings.declares(TRIAL.name, URN)
            return getattr(handler, method)(*arguments)

    def check(self, **declared: Any) -> Any:
        self.trials.connect()
        return self._call("check", self.state, {**PLACE, "name": "Checkout", **declared})

    def diff(self, **declared: Any) -> Any:
        self._refresh()
        return self._call("diff", self.id, self.state, self.check(**declared).inputs)

    def _refresh(self) -> None:
        self.trials.connect()
        if self.id:
            self.state = self._call("read", self.id, self.state).inputs

    def up(self, **declared: Any) -> None:
        """One run."""
        self._refresh()
        checked = self.check(**declared)
        if checked.failures:
            raise CannotApply(checked.failures[0].reason)
        if self.id is None:
            made = self._call("create", checked.inputs)
            self.id, self.state = made.id, dict(made.outs)
        elif self._call("diff", self.id, self.state, checked.inputs).changes:
            self.state = dict(self._call("update", self.id, self.state, checked.inputs).outs)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setitem(read_ahead.BELOW, TRIAL.name, ())  # type: ignore[arg-type]
    begin_anew()
    yield Stack(Trials())
    begin_anew()


def test_a_state_is_a_field_like_any_other_in_a_preview_and_moves_in_a_run(stack):
    stack.up(status="draft")
    assert stack.state["status"] == "draft"

    assert stack.diff(status="running").changes
    assert stack.trials.status("Checkout") == "draft"
    stack.up(status="running")

    assert (stack.state["status"], stack.trials.status("Checkout")) == ("running", "running")
    assert not stack.diff(status="running").changes


def test_what_somebody_does_by_hand_is_seen_and_set_back(stack):
    stack.up(status="running")
    stack.trials.rows[0] |= {"active": False}

    diff = stack.diff(status="running")

    assert (diff.changes, stack.state["status"]) == (True, "paused")
    stack.up(status="running")
    assert stack.trials.status("Checkout") == "running"


def test_a_state_that_cannot_be_reached_stops_the_preview(stack):
    stack.up(status="running")
    stack.trials.rows[0] |= {"end_date": "2026-03-01T00:00:00Z"}
    stack.trials.sent = []

    with pytest.raises(
        CannotApply, match=r"no way .*: status: stopped => running\n  hint: write `status: stopped`"
    ):
        stack.diff(status="running")

    assert stack.trials.sent == []


def test_a_refresh_of_what_is_no_longer_declared_refuses_nothing(stack):
    stack.up(status="running")
    stack.trials.rows[0] |= {"end_date": "2026-03-01T00:00:00Z"}
    run = Run()
    run.view = lambda _properties: stack.trials.view
    stack.trials.connect()

    with serving(Call(URN, print, print)):
        diff = KindHandler(TRIAL, run).diff(stack.id, stack.state, stack.state)

    assert diff.changes


def test_a_new_one_that_cannot_be_made_so_is_refused_when_it_is_checked(stack):
    (failure,) = stack.check(status="stopped").failures

    assert failure.reason == (
        "a new trial would run for a moment, and people would see it (status: draft => stopped)\n"
        "  hint: let it run first"
    )
    assert stack.trials.sent == []


def test_one_that_exists_is_not_taken_over_into_a_state_that_it_cannot_reach(stack):
    stack.trials.has("Checkout", "stopped")

    (failure,) = stack.check(status="running").failures

    assert (
        "PostHog has no way from one to the other for this trial: status: stopped => running"
        in failure.reason
    )


def test_one_that_exists_is_taken_over_with_the_move_that_brings_it_where_it_is_declared(stack):
    stack.trials.has("Checkout", "paused")

    stack.up(status="running")

    assert 'status: "paused" => "running"' in "\n".join(stack.said)
    assert stack.trials.sent == [("POST", "1/resume/", {})]


def test_a_run_that_failed_before_the_last_move_is_finished_by_the_next(stack):
    stack.trials.refuse = {"pause"}
    with pytest.raises(HalfMade):
        stack.up(status="paused")
    assert stack.trials.status("Checkout") == "running"

    # What a kill leaves behind is nothing in the state, and an object on its way.
    stack.trials.refuse, stack.trials.sent = set(), []
    stack.up(status="paused")

    assert stack.trials.sent == [("POST", "1/pause/", {})]
    assert (stack.id, stack.state["status"]) == ("1", "paused")
    assert len(stack.trials.rows) == 1
