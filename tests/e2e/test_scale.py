"""More than a thousand resources in one stack: it works, and requests grow with collections, not with objects."""

import shutil

import pytest

from harness.stack import IN_CI

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]

ROLES = 950
FOLDERS = 50  # few: PostHog is given one at a time
PROJECTS = 8
PAGE = 100  # PostHog's own page: roles are first asked for without a limit, which old servers refuse


def test_a_thousand_resources_are_made_and_then_cost_only_a_few_gets(stack):
    # One save of the state at the end: whatever a kill would lose, the next run finds and takes over.
    stack.environment.update(IN_CI)
    folders = "".join(f"      Folder {number}: {{type: folder}}\n" for number in range(FOLDERS))
    roles = "".join(f"  Role {number}: {{}}\n" for number in range(ROLES))
    stack.write(f"projects:\n  Web:\n    timezone: Europe/Berlin\n    file_system:\n{folders}roles:\n{roles}")
    run = stack.up("--suppress-outputs")
    assert run.status == 0, run.text[-3000:]
    assert run.changes["created"] == 2 + 1 + FOLDERS + ROLES
    posthog = stack.posthog
    posthog.count_anew()

    run = stack.preview()

    assert run.changes == {"unchanged": 3 + FOLDERS + ROLES}, run.text[-3000:]
    requests = posthog.requests()
    assert set(requests["by_method"]) == {"GET"}
    # The organization; the roles, and again in one page as there are more than PAGE; the project and its files.
    assert requests["total"] <= 5, requests["by_path"]


def test_a_change_by_hand_among_hundreds_is_one_update(stack):
    stack.environment.update(IN_CI)
    stack.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(PAGE * 2)))
    assert stack.up("--suppress-outputs").status == 0
    posthog = stack.posthog
    role = posthog.role("Role 77")["id"]
    posthog.call("DELETE", f"/api/organizations/{posthog.organization}/roles/{role}/")
    posthog.count_anew()
    # As the README says for thousands of objects: Pulumi cannot make the folder of its own log, and works without one.
    logs = stack.folder / "home" / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.touch()

    run = stack.up("--suppress-outputs")

    assert run.changes == {"created": 1, "unchanged": PAGE * 2 + 1}, run.text[-3000:]
    assert sum(posthog.writes().values()) == 1
    assert logs.read_bytes() == b""


@pytest.fixture
def eight(stack):
    """A stack with projects that have a folder and two destinations each; a server whose answers take a while."""
    stack.begin("eight", apply_eight)
    stack.posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 300})
    return stack


def apply_eight(stack):
    url = "https://github.com/PostHog/snowflake-export-plugin"
    config = "{account: acme, username: exporter, database: ORDERS, dbschema: PUBLIC}"
    stack.write(
        "projects:\n"
        + "".join(
            f"  Project {number}:\n    file_system: {{Reports: {{type: folder}}}}\n    pipeline_destinations:\n"
            f"      One: {{plugin: {url}, order: 1, config: {config}}}\n"
            f"      Two: {{plugin: {url}, order: 2, config: {config}}}\n"
            for number in range(PROJECTS)
        )
    )
    run = stack.up()
    assert run.status == 0, run.text


@pytest.mark.parametrize(
    "what", ["a preview", "a preview without a state", "a preview that does not refresh"]
)
def test_the_lists_of_many_projects_are_read_side_by_side(eight, what):
    if what == "a preview without a state":
        eight.pulumi("stack", "init", "another")
        eight.set("otherStates", "none")  # the first one has all of it
    eight.posthog.count_anew()

    run = eight.preview(*(["--refresh=false"] if what == "a preview that does not refresh" else []))

    assert run.status == 0, run.text
    requests = eight.posthog.requests()
    assert requests["total"] <= 4 + 3 * PROJECTS, requests["by_path"]
    assert set(requests["by_path"].values()) == {1}, requests["by_path"]
    for family in ("projects", "file_system", "pipeline_destination_configs"):
        # Eight readers have two lists of each project to read; one by one it would be 1.
        assert requests["at_once"][f"GET {family}"] >= 3, requests["at_once"]


def test_what_nothing_is_managed_in_is_not_read(eight):
    (eight.folder / "posthog.yaml").write_text(
        (eight.folder / "posthog.yaml").read_text().split("  Project 1:")[0]
        + "".join(f"  Project {number}: {{}}\n" for number in range(1, PROJECTS))
    )
    assert (
        eight.up("--config", "posthog:allowRemovals=pipeline_destination=14,file_system_entry=7").status == 0
    )
    eight.posthog.count_anew()

    run = eight.preview()

    assert run.changes == {"unchanged": 1 + 1 + PROJECTS + 3}, run.text
    paths = eight.posthog.requests()["by_path"]
    assert sum("pipeline_destination" in path for path in paths) == 1, paths
    assert sum("file_system" in path for path in paths) == 1, paths
