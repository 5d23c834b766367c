"""A token that is renewed by a trigger, through the real Pulumi CLI."""

import pytest

from harness.stack import Stack

pytestmark = pytest.mark.e2e

DECLARED = "projects:\n  Web:\n    timezone: UTC\n    rotate_api_token: 2026-10\n"


def succeeded(run):
    assert run.status == 0, run.text
    return run


@pytest.fixture
def allowed(tmp_path, started):
    """A stack whose key is from before there were scopes."""
    return Stack(tmp_path / "old", started("--age", "2024"))


def token(stack):
    return stack.posthog.project("Web")["api_token"]


def trigger_in_state(stack):
    web = next(r for urn, r in stack.state().items() if urn.endswith(":Project::Web"))
    return web["outputs"].get("rotate_api_token")


def test_the_first_trigger_renews_nothing_and_another_one_renews_once(allowed):
    allowed.write(DECLARED.replace("    rotate_api_token: 2026-10\n", ""))
    succeeded(allowed.up())
    first = token(allowed)
    allowed.write(DECLARED)
    assert "rotate_api_token" in succeeded(allowed.preview()).text
    succeeded(allowed.up())
    assert (token(allowed), trigger_in_state(allowed)) == (first, "2026-10")
    assert set(succeeded(allowed.up()).changes) == {"unchanged"}

    allowed.write(DECLARED.replace("2026-10", "2026-11"))
    preview = succeeded(allowed.preview())
    assert '"2026-10" => "2026-11"' in preview.text
    assert "PostHog will replace the api_token of this project" in preview.text
    assert token(allowed) == first
    allowed.posthog.count_anew()
    succeeded(allowed.up())

    second = token(allowed)
    assert second != first
    assert list(allowed.posthog.writes().values()) == [1]
    assert set(succeeded(allowed.up()).changes) == {"unchanged"}
    assert token(allowed) == second


def test_what_fails_after_the_renewal_does_not_renew_again(allowed):
    allowed.write(DECLARED)
    succeeded(allowed.up())
    allowed.write(DECLARED.replace("2026-10", "2026-11").replace("UTC", "CET"))
    allowed.posthog.call(
        "POST", "/_sandbox/faults", {"spec": "repeated-request PATCH /projects/[0-9]+/$ times=1"}
    )
    first = token(allowed)

    assert allowed.up().status != 0
    second = token(allowed)
    succeeded(allowed.up())

    assert second != first
    assert token(allowed) == second
    assert allowed.posthog.project("Web")["timezone"] == "CET"


def test_a_refused_renewal_changes_nothing_and_is_not_taken_for_done(stack):
    stack.write(DECLARED)
    succeeded(stack.up())
    first = token(stack)
    stack.write(DECLARED.replace("2026-10", "2026-11").replace("UTC", "CET"))
    stack.posthog.count_anew()

    run = stack.up()

    assert run.status != 0
    assert "renew it by hand, in the project's settings in PostHog" in run.text
    assert "Traceback" not in run.text
    assert token(stack) == first
    assert stack.posthog.project("Web")["timezone"] == "UTC"
    assert trigger_in_state(stack) == "2026-10"
    # As the hint says.
    stack.write(DECLARED.replace("UTC", "CET"))
    succeeded(stack.up())
    assert set(succeeded(stack.up()).changes) == {"unchanged"}
