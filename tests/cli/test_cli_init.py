"""`pulumi-posthog init`: the repository that it makes, and the scripts that its workflows run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.lab import COMMAND, ORGANIZATION, Lab, Run
from harness import github


@dataclass(frozen=True)
class Repository:
    """What `init` made, with a GitHub of its own."""

    lab: Lab
    folder: Path

    def script(self, name: str, *arguments: str, **environment: str) -> Run:
        """One of the workflows' steps."""
        done = subprocess.run(
            [sys.executable, f"ci/{name}", *arguments],
            cwd=self.folder,
            env={
                **self.lab.environment,
                "GITHUB_REPOSITORY": "acme/posthog",
                "PULL_REQUEST": "3",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert self.lab.posthog.key not in done.stdout + done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    @property
    def github(self) -> dict[str, Any]:
        """Issues, comments, and the log of what was asked."""
        return github.told(self.lab.folder / "github.json")


def made(lab: Lab, *arguments: str) -> Path:
    run = lab.run("init", "acme", "--host", lab.posthog.url, "--organization", ORGANIZATION, *arguments)
    assert run.status == 0, run.err
    return lab.folder / "acme"


@pytest.fixture
def repository(lab: Lab) -> Repository:
    folder = made(lab)
    (folder / "posthog.yaml").write_text((lab.folder / "posthog.yaml").read_text())
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/pulumi-posthog").symlink_to(COMMAND)
    github.put(lab.folder / "bin", lab.folder / "github.json")
    return Repository(lab, folder)


def test_the_example_is_a_good_configuration(lab: Lab):
    folder = made(lab)

    inside = replace(lab, folder=folder)
    assert inside.run("validate").status == 0
    assert (folder / "__main__.py").read_text() == (
        'import pulumi_posthog\n\npulumi_posthog.deploy("posthog.yaml")\n'
    )
    assert yaml.safe_load((folder / "Pulumi.yaml").read_text())["options"] == {"refresh": "always"}


def test_an_organization_that_is_not_known_yet_comes_from_the_environment(lab: Lab):
    assert lab.run("init", "acme").status == 0

    inside = replace(lab, folder=lab.folder / "acme")
    assert inside.run("validate").status == 0
    run = inside.run("drift", POSTHOG_HOST=lab.posthog.url, POSTHOG_ORGANIZATION_ID=ORGANIZATION)
    assert run.status in (0, 7)


def test_a_living_organization_is_exported_and_differs_in_nothing(lab: Lab):
    folder = made(lab, "--from-live")

    assert replace(lab, folder=folder).run("drift").status == 0


@pytest.mark.parametrize(("ci", "present"), [("github", True), ("gitlab", False), ("none", False)])
def test_workflows_are_those_of_the_ci_that_was_asked_for(lab: Lab, ci: str, present: bool):
    folder = made(lab, "--ci", ci)

    assert (folder / ".github/workflows").exists() is present
    assert (folder / ".gitlab-ci.yml").exists() is (ci == "gitlab")
    for path in (*folder.glob(".github/workflows/*.yml"), *folder.glob(".gitlab-ci.yml")):
        text = path.read_text()
        assert yaml.safe_load(text)
        assert "$$" not in text
        for script in ("preview.py", "comment.py", "drift_issue.py"):
            assert script not in text or (folder / "ci" / script).exists()


def test_what_applies_saves_the_state_once(lab: Lab):
    """tests/e2e/test_kill.py shows that a kill then costs a second run and nothing else."""
    workflow = yaml.safe_load((made(lab) / ".github/workflows/apply.yml").read_text())
    (lab.folder / "gitlab").mkdir()
    gitlab = replace(lab, folder=lab.folder / "gitlab")
    pipeline = yaml.safe_load((made(gitlab, "--ci", "gitlab") / ".gitlab-ci.yml").read_text())

    fast = {"PULUMI_SKIP_CHECKPOINTS": "1", "PULUMI_PARALLEL": "16"}
    assert fast.items() <= workflow["jobs"]["apply"]["env"].items()
    assert fast.items() <= pipeline["apply"]["variables"].items()


def actionlint(folder: Path) -> tuple[int, str]:
    """What it says about all workflows of a folder that is a repository of its own."""
    program = Path(sys.executable).with_name("actionlint")
    if not program.is_file():
        missing = "there is no actionlint: run python3 tools/test_programs.py"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    (folder / ".git").mkdir()
    done = subprocess.run([program, "-no-color"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("arguments", [(), ("--from-live",)])
def test_the_workflows_pass_actionlint(lab: Lab, arguments: tuple[str, ...]):
    assert actionlint(made(lab, *arguments)) == (0, "")


def test_actionlint_finds_what_is_wrong_with_a_workflow(lab: Lab):
    folder = made(lab)
    workflow = folder / ".github/workflows/apply.yml"
    workflow.write_text(workflow.read_text().replace("environment: production", "enviroment: production"))

    status, said = actionlint(folder)

    assert status == 1
    assert 'unexpected key "enviroment"' in said


USES_OURS = """\
on: push
jobs:
  posthog:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./
        with: {inputs}
"""


@pytest.mark.parametrize(
    ("inputs", "said"), [({"command": "drift", "stack": "prod"}, ""), ({"comand": "drift"}, '"comand"')]
)
def test_our_action_is_one_that_workflows_can_use(tmp_path: Path, inputs: dict[str, str], said: str):
    shutil.copy(Path(__file__).parents[2] / "action.yml", tmp_path)
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/ours.yml").write_text(USES_OURS.format(inputs=json.dumps(inputs)))

    status, found = actionlint(tmp_path)

    assert status == bool(said)
    assert said in found


@pytest.mark.parametrize("ci", ["github", "gitlab"])
@pytest.mark.parametrize("known", [True, False])
def test_what_the_configuration_takes_from_the_environment_is_handed_on(lab: Lab, ci: str, known: bool):
    arguments = ["--host", lab.posthog.url, "--from-live"] if known else []
    assert lab.run("init", "acme", "--ci", ci, *arguments).status == 0
    folder = lab.folder / "acme"

    text = re.sub("#.*", "", (folder / "posthog.yaml").read_text())
    variables = re.findall(r"!env (\w+)", text)

    assert variables == (
        ["WEB_ORDERS_TO_SNOWFLAKE_PASSWORD"] if known else ["POSTHOG_HOST", "POSTHOG_ORGANIZATION_ID"]
    )
    readme = (folder / "README.md").read_text()
    assert all(f"export {each}=" in readme and f"`{each}`" in readme for each in variables)
    for name, job in (("pull-request", "preview"), ("apply", "apply")) if ci == "github" else ():
        workflow = yaml.safe_load((folder / f".github/workflows/{name}.yml").read_text())
        assert set(variables) <= workflow["jobs"][job]["env"].keys()


def test_json_lists_what_was_written_and_what_has_to_be_set(lab: Lab):
    run = lab.run("init", "acme", "--host", lab.posthog.url, "--from-live", "--format", "json")

    assert run.status == run.json["exit_code"] == 0
    written = {path.relative_to(lab.folder / "acme").as_posix() for path in (lab.folder / "acme").rglob("*")}
    assert set(run.json["written"]) <= written
    assert "posthog.yaml" in run.json["written"]
    assert run.json["variables"] == ["WEB_ORDERS_TO_SNOWFLAKE_PASSWORD"]


def test_a_folder_that_is_not_empty_is_left_alone(lab: Lab):
    (lab.folder / "acme").mkdir()
    (lab.folder / "acme/posthog.yaml").write_text("mine")

    run = lab.run("init", "acme")

    assert run.status == 5
    assert (lab.folder / "acme/posthog.yaml").read_text() == "mine"
    assert lab.run("init", "acme", "--force").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a b"], "cannot be the name of a Pulumi project"),
        (["acme", "--ci", "gitlb"], "did you mean gitlab"),
        (["acme", "--stack", "; rm"], "cannot be the name of a stack"),
        (["acme", "--from-live"], "which PostHog?"),
    ],
)
def test_bad_input_is_one_line_and_a_hint_and_nothing_is_written(lab: Lab, arguments: list[str], said: str):
    run = lab.run("init", *arguments)

    assert run.status == 2
    assert said in run.err
    assert not (lab.folder / "acme").exists()


# -- the scripts ---------------------------------------------------------------------------------------------------


def test_a_pull_request_has_one_comment_that_is_kept_up_to_date(repository: Repository):
    repository.lab.pulumi(json.dumps({"deployment": {"resources": []}}))
    preview = repository.script("preview.py", "prod")
    assert preview.status == 6  # the stand-in for Pulumi previews nothing

    assert repository.script("comment.py").status == 0
    (repository.folder / "preview.txt").write_text("~ timezone\n```\n" + "x" * 100_000)
    assert repository.script("comment.py").status == 0

    (comment,) = repository.github["comments"]
    assert comment["body"].startswith("<!-- pulumi-posthog drift -->")
    assert "~ timezone" in comment["body"]
    assert "cut here" in comment["body"]
    assert len(comment["body"]) < 65_536


def test_a_preview_ends_with_what_kept_it_from_looking(repository: Repository):
    repository.lab.pulumi(json.dumps({"deployment": {"resources": []}}))

    assert repository.script("preview.py", "prod", POSTHOG_PERSONAL_API_KEY="phx_nobody").status == 3


def test_drift_opens_one_issue_updates_it_and_closes_it(repository: Repository):
    lab = repository.lab

    def change(**settings: Any) -> None:
        lab.call("PATCH", lab.project("Web"), settings)

    def issue() -> dict[str, Any]:
        (found,) = repository.github["issues"]
        return dict(found)

    assert repository.script("drift_issue.py").status == 0
    assert repository.github["issues"] == []

    change(timezone="UTC")
    assert repository.script("drift_issue.py").status == 7
    assert "projects.Web.timezone" in issue()["body"]

    assert repository.script("drift_issue.py").status == 0  # red once is enough
    change(anonymize_ips=False)
    assert repository.script("drift_issue.py").status == 7
    assert "projects.Web.anonymize_ips" in issue()["body"]

    unreadable = repository.script("drift_issue.py", POSTHOG_PERSONAL_API_KEY=lab.key_without("project:read"))
    assert unreadable.status == 4
    assert issue()["state"] == "open"

    change(timezone="Europe/Berlin", anonymize_ips=True)
    assert repository.script("drift_issue.py").status == 0
    assert issue()["state"] == "closed"
