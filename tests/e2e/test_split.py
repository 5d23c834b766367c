"""One organization in several stacks, each with a file of its own: `examples/split`."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.stack import Run, Stack

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


def test_what_leaves_one_file_is_removed_by_its_stack_alone(split):
    for name in STACKS:
        assert up(split, name).status == 0
    people = split.folder / "people.yaml"
    people.write_text(people.read_text().partition("  Support:")[0])
    # Two people lose it.
    split.pulumi("config", "set", "posthog:allowRemovals", "role_membership=2", "--stack", "people")
    split.posthog.count_anew()

    web, people_run = up(split, "web"), up(split, "people")

    assert set(web.changes) == {"unchanged"}, web.text
    assert people_run.status == 0, people_run.text
    assert people_run.changes["deleted"] == 2
    assert split.posthog.role("Support") is None
    assert split.posthog.role("Analysts") is not None
    assert sum(split.posthog.writes().values()) == 1
