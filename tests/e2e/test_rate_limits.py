"""PostHog's limits per key: a run waits, says so and ends well; it never fails for them, nor waits for ever."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.sandbox import Sandbox
from harness.stack import Stack

pytestmark = pytest.mark.e2e

PER_MINUTE = 60
STARTING = 45  # seconds that a busy machine may need around the requests themselves


def roles_file(first, count):
    return "roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(first, first + count))


def role_names(posthog):
    roles = posthog.all(f"/api/organizations/{posthog.organization}/roles/?limit=1000")
    return sorted(role["name"] for role in roles if role["name"].startswith("Role "))


def refused(posthog):
    return sum(entry.endswith(" 429") for entry in posthog.requests()["log"])


def test_a_run_of_more_than_a_minute_allows_waits_says_so_and_is_never_refused(tmp_path):
    with Sandbox("--rate-limit", f"{PER_MINUTE}/min") as posthog:
        stack = Stack(tmp_path / "stack", posthog, POSTHOG_REQUESTS_PER_MINUTE=str(PER_MINUTE))
        stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
        stack.write(roles_file(0, PER_MINUTE + 5))
        posthog.count_anew()
        began = time.monotonic()

        run = stack.up()

        seconds = time.monotonic() - began
        assert run.status == 0, run.text
        assert run.changes["created"] == PER_MINUTE + 5 + 2
        assert f"PostHog allows {PER_MINUTE} requests a minute: waiting" in run.text
        # Program and provider are two processes with a budget each: only they can get into each other's way.
        assert refused(posthog) <= 5
        assert 55 < seconds < 62 + STARTING


def test_a_stricter_server_than_believed_is_obeyed(tmp_path):
    with Sandbox("--rate-limit", "10/s") as posthog:
        stack = Stack(tmp_path / "stack", posthog)
        stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
        posthog.call("POST", "/_sandbox/bulk", {"projects": 20})
        projects = "".join(f"  {each['name']}: {{timezone: UTC}}\n" for each in posthog.info["projects"])
        stack.write(f"projects:\n{projects}{roles_file(0, 30)}")

        run, drift, preview = stack.up(), stack.command("drift"), stack.preview()

        assert run.status == 0, run.text
        assert drift.status == 0, drift.text
        assert set(preview.changes) == {"unchanged"}, preview.text
        assert role_names(posthog) == sorted(f"Role {number}" for number in range(30))


def test_two_runners_that_share_a_key_both_end_well(tmp_path):
    with Sandbox("--rate-limit", "10/s") as posthog:
        stacks = [Stack(tmp_path / name, posthog) for name in ("one", "two")]
        for place, stack in enumerate(stacks):
            stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
            stack.write(roles_file(place * 25, 25))
        posthog.count_anew()

        with ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(Stack.up, stacks))

        assert [run.status for run in runs] == [0, 0], "\n".join(run.text for run in runs)
        assert role_names(posthog) == sorted(f"Role {number}" for number in range(50))


def test_a_server_that_refuses_for_ever_ends_the_run(tmp_path):
    with Sandbox("--fault", "429 * /api/ retry_after=2") as posthog:
        stack = Stack(tmp_path / "stack", posthog, POSTHOG_MAX_WAIT="5")
        stack.write(roles_file(0, 3))
        began = time.monotonic()

        drift, preview = stack.command("drift"), stack.preview()

        assert time.monotonic() - began < 10 + STARTING
        assert drift.status == 9, drift.text
        for text in (drift.text, preview.text):
            assert "PostHog has had too many requests with this key" in text
            assert "more than is left of the 5 s that this run may wait" in text
            assert "allow a longer wait" in text
            assert "Traceback" not in text
        assert preview.status != 0
        assert posthog.writes() == {}


def test_an_hour_that_is_used_up_is_said_before_anything_is_waited_for(tmp_path, posthog):
    stack = Stack(tmp_path / "stack", posthog, POSTHOG_REQUESTS_PER_HOUR="4", POSTHOG_MAX_WAIT="60")
    stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
    stack.write(roles_file(0, 10))

    run = stack.up()

    assert run.status != 0
    assert "PostHog allows 4 requests an hour: the next request is possible in 60 min" in run.text
    assert "Traceback" not in run.text
    # What was made before is in the state: nothing is half done, and nothing unsaid.
    made = [urn for urn in stack.state() if ":Role::" in urn]
    assert len(made) == len(role_names(posthog))
