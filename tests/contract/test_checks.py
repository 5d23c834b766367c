"""Health checks against a server that fails for a while."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Pace, Reader
from pulumi_posthog.checks.condition import condition
from pulumi_posthog.checks.declared import Check, Query
from pulumi_posthog.checks.outcome import State
from pulumi_posthog.checks.running import run


@pytest.fixture
def reader(posthog: Sandbox) -> Iterator[Reader]:
    with Reader(Connection(posthog.url, posthog.key), pace=Pace()) as reader:
        yield reader


def check(within: int) -> Check:
    return Check(
        name="Web/alive",
        key="alive",
        subject=("project", "Web"),
        project="Web",
        ask=Query("select count() from events"),
        expect=condition(">= 0"),
        within=within,
        every=1,
    )


def test_a_server_that_is_too_busy_is_asked_again_within_the_time(posthog, reader):
    posthog.call("POST", "/_sandbox/faults", {"spec": "512 POST /query/ times=2"})

    outcome = run(check(within=30), reader, "1")

    assert (outcome.state, outcome.attempts) == (State.HOLDS, 3)


def test_without_time_the_first_failure_is_the_end(posthog, reader):
    posthog.call("POST", "/_sandbox/faults", {"spec": "512 POST /query/ times=2"})

    outcome = run(check(within=0), reader, "1")

    assert (outcome.state, outcome.attempts, outcome.seen) == (State.NOT_RUN, 1, None)
    assert outcome.error is not None
