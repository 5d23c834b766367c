"""More than a thousand resources in one stack: it works, and requests grow with collections, not with objects."""

import pytest

pytestmark = pytest.mark.e2e

ROLES = 600
FOLDERS = 500
PAGE = 100  # PostHog's own page: roles are first asked for without a limit, which old servers refuse


def test_eleven_hundred_resources_are_made_and_then_cost_only_a_few_gets(stack):
    # One save of the state at the end: whatever a kill would lose, the next run finds and takes over.
    stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
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


def test_a_change_by_hand_among_a_thousand_is_one_update(stack):
    stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "1"
    stack.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(ROLES)))
    assert stack.up("--suppress-outputs").status == 0
    posthog = stack.posthog
    role = posthog.role("Role 77")["id"]
    posthog.call("DELETE", f"/api/organizations/{posthog.organization}/roles/{role}/")
    posthog.count_anew()

    run = stack.up("--suppress-outputs")

    assert run.changes == {"created": 1, "unchanged": ROLES + 1}, run.text[-3000:]
    assert sum(posthog.writes().values()) == 1
