"""A run that saves its state once, at the end, and is killed before: nothing is made twice, and the next one converges.

`PULUMI_SKIP_CHECKPOINTS=1` makes a first run many times faster, for otherwise each change rewrites the whole state.
A kill then loses all of it; but what exists is taken over, so that it costs a second run and nothing else.
"""

import re
import subprocess
import time

import pytest

from harness.drivers import descendants, kill, take_the_lock_away
from harness.stack import IN_CI

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]

ROLES = 25
FOLDERS = 8
DESTINATIONS = 8
LATENCY_MS = 60
PLUGIN = "https://github.com/PostHog/snowflake-export-plugin"
CONFIG = "{account: acme, username: exporter, database: ORDERS, dbschema: PUBLIC, password: !env SNOWFLAKE_PASSWORD}"


def text():
    roles = "".join(f"  Role {number}:\n    members: [ana@acme.io]\n" for number in range(ROLES))
    folders = "".join(f"      Folder {number}: {{type: folder}}\n" for number in range(FOLDERS))
    destinations = "".join(
        f"      Destination {place}: {{plugin: {PLUGIN}, order: {place}, config: {CONFIG}}}\n"
        for place in range(1, DESTINATIONS + 1)
    )
    return (
        f"projects:\n  Shop:\n    timezone: Europe/Paris\n    file_system:\n{folders}"
        f"    pipeline_destinations:\n{destinations}roles:\n{roles}"
    )


def start(stack, *arguments):
    """`pulumi up` under way."""
    return subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--diff", "--non-interactive", *arguments],
        cwd=stack.folder,
        env=stack.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_writes(posthog, count, running):
    """Until so many requests have written something."""
    for _ in range(3_000):
        if sum(posthog.writes().values()) >= count:
            return
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    raise AssertionError(f"not even {count} writes in a minute")


def assert_each_once(posthog):
    """Everything that is declared is there, and nothing of it twice."""
    names = [role["name"] for role in posthog.all(f"/api/organizations/{posthog.organization}/roles/")]
    assert sorted(name for name in names if name.startswith("Role ")) == sorted(
        f"Role {number}" for number in range(ROLES)
    )
    shops = [project for project in posthog.info["projects"] if project["name"] == "Shop"]
    assert len(shops) == 1
    base = f"/api/projects/{shops[0]['id']}"
    paths = [row["path"] for row in posthog.all(f"{base}/file_system/") if row["path"].startswith("Folder")]
    assert sorted(paths) == sorted(f"Folder {number}" for number in range(FOLDERS))
    destinations = [row["name"] for row in posthog.all(f"{base}/pipeline_destination_configs/")]
    assert sorted(destinations) == sorted(f"Destination {place}" for place in range(1, DESTINATIONS + 1))
    assert all(posthog.members(f"Role {number}") == ["ana@acme.io"] for number in (0, ROLES - 1))


@pytest.mark.parametrize(
    ("victims", "writes"),
    [("the engine", 1), ("everything", 20), ("the engine", 55)],
    ids=str,
)
def test_a_state_that_was_never_saved_costs_a_second_run(stack, writes, victims):
    stack.environment.update(IN_CI)
    posthog = stack.posthog
    stack.write(text())
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": LATENCY_MS})
    posthog.count_anew()
    running = start(stack)
    wait_for_writes(posthog, writes, running)
    family = descendants(running.pid)

    kill([running.pid] if victims == "the engine" else family)
    running.wait()
    # The next runner does not wait for what the first one has left behind: its requests may still be under way.
    take_the_lock_away(stack)
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
    run = stack.up()

    kill(family)
    assert run.status == 0, run.text
    assert_each_once(posthog)
    posthog.count_anew()
    again = stack.up()
    assert set(again.changes) == {"unchanged"}, again.text
    assert posthog.writes() == {}


def test_a_kill_in_the_middle_of_deletes_and_changes_is_caught_up_with(stack):
    stack.environment.update(IN_CI)
    posthog = stack.posthog
    stack.write(text())
    assert stack.up().status == 0
    stack.set("allowRemovals", f"role={ROLES},role_membership={ROLES}")
    keep = text().partition("roles:\n")[0].replace("Europe/Paris", "Europe/Berlin")
    stack.write(keep + "roles:\n  Role 0:\n    members: [bo@acme.io]\n")
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": LATENCY_MS})
    posthog.count_anew()
    running = start(stack)
    wait_for_writes(posthog, ROLES // 2, running)
    family = descendants(running.pid)

    kill(family)
    running.wait()
    # The worst moment: Pulumi has just begun to write what it notes beside the state in a folder.
    (attributes,) = (stack.folder / "state").rglob("test.json.attrs")
    attributes.write_text("")
    assert "failed to load checkpoint: EOF" in stack.pulumi("cancel", "--yes").text
    take_the_lock_away(stack)
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
    run = stack.up()

    assert run.status == 0, run.text
    names = [role["name"] for role in posthog.all(f"/api/organizations/{posthog.organization}/roles/")]
    assert [name for name in names if name.startswith("Role ")] == ["Role 0"]
    assert posthog.members("Role 0") == ["bo@acme.io"]
    assert posthog.project("Shop")["timezone"] == "Europe/Berlin"
    assert set(stack.preview().changes) == {"unchanged"}


SURVEY = """\
projects:
  Shop:
    surveys:
      What is missing: {type: popover, status: running, questions: [{type: open, question: What is missing?}]}
"""


def test_a_kill_between_two_moves_of_a_survey_leaves_one_for_the_next_run(stack):
    posthog = stack.posthog
    stack.write(SURVEY)
    assert stack.up().status == 0
    stack.write(SURVEY.replace("running", "archived"))
    preview = stack.preview()
    # The dynamic provider's answer shows in columns.
    assert re.search('~ status *: "running" => "archived"', preview.text), preview.text
    # The second move does not arrive, and is tried again and again until the kill.
    posthog.call("POST", "/_sandbox/faults", {"spec": "reset-before PATCH /surveys/ after=1"})
    posthog.count_anew()
    running = start(stack)
    wait_for_writes(posthog, 1, running)

    family = descendants(running.pid)
    kill([running.pid, *family])
    running.wait()
    take_the_lock_away(stack)

    surveys = f"/api/projects/{posthog.project('Shop')['id']}/surveys/"
    (between,) = posthog.all(surveys)
    assert (between["end_date"] is None, between["archived"]) == (False, False)
    posthog.call("DELETE", "/_sandbox/faults")
    assert re.search('~ status *: "stopped" => "archived"', stack.preview().text)
    posthog.count_anew()
    run = stack.up()
    assert run.status == 0, run.text
    assert posthog.writes() == {f"PATCH {surveys}{between['id']}/": 1}
    (after,) = posthog.all(surveys)
    assert (after["end_date"], after["archived"]) == (between["end_date"], True)
    assert set(stack.up().changes) == {"unchanged"}
