"""One organization in several stacks, each with a file of its own: `examples/split`."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.stack import DOORS, HEADER, Run, Stack

pytestmark = pytest.mark.e2e

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "examples" / "split"
STACKS = {
    "people": 2 + 2,
    "web": 1 + 1,
}  # what each declares: roles and their members, a project and a folder


@pytest.fixture
def split(tmp_path, posthog):
    folder = tmp_path / "split"
    stack = Stack(folder, posthog)
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    for name in STACKS:
        made = stack.pulumi("stack", "init", name)
        assert made.status == 0, made.text
    return stack


def up(split, name) -> Run:
    return split.pulumi("up", "--yes", "--skip-preview", "--diff", "--stack", name)


def test_the_stacks_run_side_by_side_and_leave_each_other_alone(split):
    with ThreadPoolExecutor(len(STACKS)) as pool:
        runs = list(pool.map(lambda name: up(split, name), STACKS))

    assert [run.status for run in runs] == [0, 0], "\n".join(run.text for run in runs)
    for run, own in zip(runs, STACKS.values(), strict=True):
        assert run.changes == {"created": own + 2}, run.text  # and the stack itself, and its guard
    split.posthog.count_anew()
    for name, own in STACKS.items():
        run = split.pulumi("preview", "--diff", "--stack", name)
        assert run.changes == {"unchanged": own + 2}, run.text
    assert split.posthog.writes() == {}
    assert split.posthog.members("Support") == ["bo@acme.io", "cy@acme.io"]
    assert split.posthog.project("Web")["timezone"] == "Europe/Berlin"


def test_another_stack_works_in_a_project_that_it_knows_by_reference(split):
    boards = ("--cwd", "boards")
    assert up(split, "web").status == 0
    assert split.pulumi("stack", "init", "all", *boards).status == 0

    run = split.pulumi("up", "--yes", "--skip-preview", "--diff", *boards)

    assert run.status == 0, run.text
    web = split.posthog.project("Web")
    output = split.pulumi("stack", "output", "projects", "--stack", "web")
    assert output.text.strip() == f'{{"Web":"{web["id"]}"}}'
    rows = split.posthog.all(f"/api/projects/{web['id']}/file_system/")
    assert {row["path"] for row in rows if row["path"].startswith("Boards/")} == {
        f"Boards/Q{number}" for number in range(1, 5)
    }
    split.posthog.count_anew()
    for run in (split.pulumi("preview", *boards), split.pulumi("preview", "--stack", "web")):
        assert set(run.changes) == {"unchanged"}, run.text
    assert split.posthog.writes() == {}


FIRST = """\
roles:
  Support:
    members: [bo@acme.io, cy@acme.io]
  Old: {}
  Analysts: {}
"""
GIVEN_UP = """\
roles:
  Support:
    state: unmanaged
    members: [bo@acme.io, cy@acme.io]
  Analysts: {}
"""


@pytest.mark.parametrize("door", DOORS)
def test_a_role_moves_to_another_stack_in_three_pull_requests(tmp_path, posthog, door):
    stack = Stack(tmp_path / "stack", posthog, door=door)
    stack.write(FIRST)
    assert stack.up().status == 0
    role, old = posthog.role("Support"), posthog.role("Old")["id"]
    assert stack.pulumi("stack", "init", "other").status == 0
    (stack.folder / "other.yaml").write_text(HEADER + FIRST.partition("  Old")[0])
    stack.set("file", "other.yaml")
    refused = stack.preview()
    assert refused.status != 0
    assert 'role "Support" is managed by another stack (test)' in refused.text, refused.text
    assert stack.pulumi("stack", "select", "test").status == 0

    # The first: given up here. What leaves the file beside it is deleted as ever.
    stack.write(GIVEN_UP)
    posthog.count_anew()
    preview, run = stack.preview(), stack.up("--refresh=false")
    assert 'role "Support" is no longer managed here, and stays in PostHog' in preview.text
    assert run.status == 0, run.text
    assert posthog.writes() == {f"DELETE /api/organizations/{posthog.organization}/roles/{old}/": 1}
    assert (posthog.role("Old"), posthog.role("Support")) == (None, role)
    again = stack.preview()
    assert (set(again.changes), "Support" in again.text) == ({"unchanged"}, False), again.text
    report = stack.command("drift", "--undeclared")
    assert "drift: 1 not declared" in report.text, report.text
    assert ("roles.Engineering" in report.text, "Support" in report.text) == (True, False), report.text

    # The second: another stack takes it over; no state of this one claims it any more.
    taken_over = stack.up("--stack", "other")
    assert taken_over.status == 0, taken_over.text
    assert posthog.role("Support") == role

    # The third: the line that gave it up leaves the first file.
    stack.write("roles:\n  Analysts: {}\n")
    last = stack.up("--stack", "test")
    assert (last.status, set(last.changes)) == (0, {"unchanged"}), last.text
    assert posthog.role("Support") == role
