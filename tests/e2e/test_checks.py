"""Health checks in `pulumi up`: they run after what they follow has changed, and fail the run by name."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from harness.stack import DYNAMIC_DOOR, PLUGIN_DOOR, Run, Stack
from harness.waiting import eventually

EVENTS = "GET /api/projects/1/events/"
DELIVERED = "select count() from events where event = 'delivered'"


def asked(stack: Stack) -> int:
    """How often a check asked for events."""
    return int(stack.posthog.requests()["by_path"].get(EVENTS, 0))


def write(stack: Stack, timezone: str = "UTC", event: str = "order", more: str = "") -> None:
    stack.write(
        f"""\
projects:
  Default project:
    timezone: {timezone}
    checks:
      orders: {{events: {{event: {event}, last: 1h}}, expect: "> 0", description: Nobody can order.}}
{more}"""
    )


def arrive(stack: Stack, event: str = "order") -> None:
    stack.posthog.call(
        "POST", "/_sandbox/events", {"events": [{"event": event, "distinct_id": "a", "seconds_ago": 5}]}
    )


def up(stack: Stack) -> Run:
    stack.posthog.count_anew()
    return stack.up()


def paths(stack: Stack) -> set[str]:
    return {row["path"] for row in stack.posthog.all("/api/projects/1/file_system/")}


def test_a_check_runs_after_a_change_in_its_project_and_fails_the_run_by_name_until_it_holds(stack):
    old = "    file_system: {Old: {type: folder}}\n"
    write(stack, more=old)
    stack.set("checks", "never")
    assert (up(stack).status, asked(stack)) == (0, 0)
    stack.set("checks", "sometimes")
    wrong = stack.preview()
    assert 'posthog:checks is "sometimes": it must be one of always, changed, never' in wrong.text
    assert "Traceback" not in wrong.text

    # What never ran has not passed.
    stack.set("checks", "changed")
    failed = up(stack)
    assert (failed.status != 0, asked(stack)) == (True, 1)
    assert (
        'posthog.yaml:8:7: check "orders" of project "Default project" does not hold: 0, expected > 0'
        in failed.text
    )
    assert "Nobody can order." in failed.text
    assert "Traceback" not in failed.text
    again = up(stack)
    assert (again.status != 0, asked(stack)) == (True, 1)
    arrive(stack)
    healed = up(stack)
    assert (healed.status, asked(stack)) == (0, 1), healed.text
    assert "holds: 1, expected > 0" in healed.text

    # Nothing changed: nothing is asked, and nothing but read; but where it always runs.
    quiet = up(stack)
    assert (quiet.status, asked(stack), stack.posthog.writes()) == (0, 0, {})
    stack.set("checks", "always")
    assert (up(stack).status, asked(stack)) == (0, 1)
    stack.set("checks", "changed")

    # Changed in the file: a preview says that the check would run, and runs none.
    write(stack, timezone="Europe/Berlin", more=old)
    stack.posthog.count_anew()
    preview = stack.preview()
    assert "1 health check runs in `pulumi up`" in preview.text
    assert preview.changes["update"] == 2, preview.text
    assert asked(stack) == 0
    assert (up(stack).status, asked(stack)) == (0, 1)

    # Changed by hand, put right, and checked.
    stack.posthog.call("PATCH", "/api/projects/1/", {"timezone": "Asia/Tokyo"})
    assert (up(stack).status, asked(stack)) == (0, 1)
    assert stack.posthog.project("Default project")["timezone"] == "Europe/Berlin"

    # Another question: the check itself has changed. It fails; what was done stays, and so does what leaves the file.
    write(stack, "Europe/Berlin", "refund", "    file_system: {New: {type: folder}}\n")
    assert (up(stack).status != 0, asked(stack)) == (True, 1)
    assert {"Old", "New"} <= paths(stack)
    arrive(stack, "refund")
    assert (up(stack).status, asked(stack)) == (0, 1)
    assert paths(stack) & {"Old", "New"} == {"New"}

    # No longer declared: it is removed from the state, and PostHog hears nothing of it.
    stack.write(
        "projects: {Default project: {timezone: Europe/Berlin, file_system: {New: {type: folder}}}}\n"
    )
    gone = up(stack)
    assert (gone.status, stack.posthog.writes()) == (0, {})
    assert not [urn for urn in stack.state() if ":Check::" in urn]


def test_a_hog_function_is_checked_when_it_has_changed_and_not_with_the_rest(stack):
    def write(path: str, timezone: str = "UTC") -> None:
        stack.write(
            f"""\
projects:
  Default project:
    timezone: {timezone}
    hog_functions:
      Orders to our service:
        template: template-webhook
        enabled: true
        inputs: {{url: https://hooks.acme.io/{path}, headers: {{Authorization: !env SNOWFLAKE_PASSWORD}}}}
        check: {{query: {DELIVERED}, expect: "> 0"}}
"""
        )

    def queries() -> int:
        return int(stack.posthog.requests()["by_path"].get("POST /api/projects/1/query/", 0))

    arrive(stack, "delivered")
    write("orders")
    first = up(stack)
    assert (first.status, queries()) == (0, 1), first.text

    write("orders", timezone="Europe/Berlin")
    assert (up(stack).status, queries()) == (0, 0)
    write("sales", timezone="Europe/Berlin")
    assert (up(stack).status, queries()) == (0, 1)

    # A new token shows in nothing that is compared as text, and is a change all the same.
    stack.environment["SNOWFLAKE_PASSWORD"] = "hush-hush-quite-another"
    rotated = up(stack)
    assert (rotated.status, queries()) == (0, 1), rotated.text
    assert (up(stack).status, queries()) == (0, 0)
    assert "hush" not in str(stack.state())


# Pulumi tells its plugins of the first one, and a dynamic provider hears only that nobody waits any more.
@pytest.mark.parametrize(("door", "times"), [(PLUGIN_DOOR, 1), (DYNAMIC_DOOR, 2)])
def test_ctrl_c_cancels_the_query_of_a_check(lone_stack, times):
    stack = lone_stack
    stack.posthog.call("PATCH", "/_sandbox/settings", {"query_seconds": 600})
    stack.write(
        "projects: {Default project: {checks: {slow: {query: select count() from events, expect: '> 0'}}}}\n"
    )
    stack.posthog.count_anew()

    def sent(method: str) -> bool:
        return method in stack.posthog.requests()["by_method"]

    with subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=stack.folder,
        env=stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert eventually(lambda: sent("POST"))
        for _ in range(times - 1):
            os.kill(process.pid, signal.SIGINT)
            time.sleep(2)
            assert process.poll() is None
            assert not sent("DELETE")
        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=60)

    assert process.returncode != 0
    assert eventually(lambda: sent("DELETE"))
