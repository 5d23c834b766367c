"""`pulumi-posthog init`: the repository that it makes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from cli.lab import ORGANIZATION, Lab, made
from harness.stack import IN_CI
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.requirement import of_record, requirement

HERE = Path(__file__).parents[2]


def test_the_example_is_a_good_configuration(lab: Lab):
    folder = made(lab)

    inside = replace(lab, folder=folder)
    assert inside.run("validate").status == 0
    assert (folder / "__main__.py").read_text() == (
        'import pulumi_posthog\n\npulumi_posthog.deploy("posthog.yaml")\n'
    )
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    assert project["options"] == {"refresh": "always"}
    assert project["plugins"] == {"providers": [{"name": "posthog", "path": ".venv/bin"}]}
    assert project["runtime"]["options"]["virtualenv"] == ".venv"


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


def test_what_applies_saves_the_state_once_and_compares_side_by_side(lab: Lab):
    """tests/e2e/test_kill.py shows that a kill then costs a second run and nothing else."""
    workflows = made(lab) / ".github/workflows"
    workflow = yaml.safe_load((workflows / "apply.yml").read_text())
    of_pulls = yaml.safe_load((workflows / "pull-request.yml").read_text())
    (lab.folder / "gitlab").mkdir()
    gitlab = replace(lab, folder=lab.folder / "gitlab")
    pipeline = yaml.safe_load((made(gitlab, "--ci", "gitlab") / ".gitlab-ci.yml").read_text())

    assert IN_CI.items() <= workflow["jobs"]["apply"]["env"].items()
    assert IN_CI.items() <= pipeline["apply"]["variables"].items()
    preview = {"PULUMI_PARALLEL_DIFF": IN_CI["PULUMI_PARALLEL_DIFF"]}
    assert of_pulls["jobs"]["preview"]["env"] == pipeline["preview"]["variables"] == preview


def actionlint(folder: Path) -> tuple[int, str]:
    """What it says about all workflows of a folder that is a repository of its own."""
    program = Path(sys.executable).with_name("actionlint")
    if not program.is_file():
        missing = "there is no actionlint: run python3 tools/test_programs.py"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    (folder / ".git").mkdir()
    done = subprocess.run([program, "-no-color"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def zizmor(*paths: Path) -> tuple[int, str]:
    """What it says at its strictest, without the network: unpinned actions, secrets and rights too wide, injections."""
    program = Path(sys.executable).with_name("zizmor")
    options = ("--offline", "--no-progress", "--persona", "auditor", "--strict-collection", "--no-ignores")
    done = subprocess.run(
        [program, *options, "--quiet", "--format", "plain", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [(), ("--from-live",)])
def test_the_workflows_pass_zizmor(lab: Lab, arguments: tuple[str, ...]):
    status, said = zizmor(made(lab, *arguments))

    assert status == 0, said


def test_the_workflows_of_this_repository_pass_actionlint(tmp_path: Path):
    shutil.copytree(HERE / ".github", tmp_path / ".github")

    assert actionlint(tmp_path) == (0, "")


def test_what_is_in_this_repository_passes_zizmor():
    status, said = zizmor(HERE / "action.yml", HERE / ".github")

    assert status == 0, said


def test_the_workflow_on_the_page_about_ci_passes_both(tmp_path: Path):
    (block,) = re.findall(r"```yaml\n# (\S+)\n(.*?)```", (HERE / "docs/how-to/ci.md").read_text(), re.DOTALL)
    (tmp_path / block[0]).parent.mkdir(parents=True)
    (tmp_path / block[0]).write_text(block[1])

    assert zizmor(tmp_path)[0] == 0
    assert actionlint(tmp_path) == (0, "")


@pytest.mark.parametrize(
    ("good", "bad", "audit"),
    [
        (r"checkout@\w{40} # v\S+", "checkout@v4", "unpinned-uses"),
        ("persist-credentials: false", "persist-credentials: true", "artipacked"),
        (r"permissions: \{\}", "permissions: write-all", "excessive-permissions"),
        ("    environment: production\n", "", "secrets-outside-env"),
    ],
)
def test_zizmor_finds_what_is_unsafe(lab: Lab, good: str, bad: str, audit: str):
    folder = made(lab)
    workflow = folder / ".github/workflows/apply.yml"
    text = workflow.read_text()
    assert re.search(good, text)
    workflow.write_text(re.sub(good, bad, text))

    status, said = zizmor(folder)

    assert status != 0
    assert audit in said


def jobs_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    workflows = {
        path.name: yaml.safe_load(path.read_text()) for path in folder.glob(".github/workflows/*.yml")
    }
    return [(f"{name} {key}", job) for name, each in workflows.items() for key, job in each["jobs"].items()]


def test_no_secret_is_there_while_something_is_installed_or_an_action_of_others_runs(lab: Lab):
    jobs = jobs_of(made(lab, "--from-live"))

    assert len(jobs) == 5
    for name, job in jobs:
        assert "secrets." not in json.dumps(job.get("env", {})), name
        assert job["timeout-minutes"], name
        for step in job["steps"]:
            handed = json.dumps({**step.get("env", {}), **step.get("with", {})})
            if "uses" in step or "pip install" in step["run"]:
                assert "secrets." not in handed, (name, step)


TEMPLATES = HERE / "provider/pulumi_posthog/cli/templates"


@pytest.mark.parametrize(
    "file",
    [HERE / "action.yml", *sorted((HERE / ".github").rglob("*.yml")), *sorted(TEMPLATES.glob("git*/*.yml"))],
    ids=lambda file: f"{file.parent.name}-{file.stem}",
)
def test_python_is_isolated_and_each_package_has_its_hash_wherever_a_job_runs_it(file: Path):
    text = re.sub(r"\\\n\s*", "", file.read_text())
    calls = [line.strip() for line in text.splitlines() if re.search(r"(?<![\w-])python3?\"? ", line)]

    assert calls or file.stem == "dependabot"
    assert [call for call in calls if not re.search(r"python3?\"? -I ", call)] == []
    assert [
        call for call in calls if "pip install" in call and not re.search("--require-hashes|--no-deps", call)
    ] == []


def test_who_has_the_secrets_cannot_write_to_the_pull_request_and_the_other_way_round(lab: Lab):
    for name, job in jobs_of(made(lab)):
        rights = set(job["permissions"].items())
        has_secrets = "secrets." in json.dumps(job["steps"])

        assert rights <= {("contents", "read"), ("pull-requests", "write"), ("issues", "write")}
        assert not (has_secrets and ("pull-requests", "write") in rights), name


@pytest.mark.parametrize("known", [True, False])
def test_each_step_with_the_key_is_told_which_host_may_have_it(lab: Lab, known: bool):
    host = ["--host", lab.posthog.url] if known else []
    assert lab.run("init", "acme", "--organization", ORGANIZATION, *host).status == 0

    steps = [step for _, job in jobs_of(lab.folder / "acme") for step in job["steps"]]
    hosts = {
        step["env"].get("POSTHOG_HOST") for step in steps if "POSTHOG_PERSONAL_API_KEY" in step.get("env", {})
    }

    assert hosts == {lab.posthog.url if known else "${{ vars.POSTHOG_HOST }}"}


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
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
      - uses: ./
        with: {inputs}
"""


@pytest.mark.parametrize(
    ("inputs", "said"), [({"command": "drift", "stack": "prod"}, ""), ({"comand": "drift"}, '"comand"')]
)
def test_our_action_is_one_that_workflows_can_use(tmp_path: Path, inputs: dict[str, str], said: str):
    shutil.copy(HERE / "action.yml", tmp_path)
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/ours.yml").write_text(USES_OURS.format(inputs=json.dumps(inputs)))

    status, found = actionlint(tmp_path)

    assert status == bool(said)
    assert said in found


RUNS_PULUMI = ("Preview", "Apply")


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
        pulumi = next(step for step in workflow["jobs"][job]["steps"] if step.get("name") in RUNS_PULUMI)
        assert set(variables) <= pulumi["env"].keys()


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
        (["acme", "--host", "https://eu.posthog.com\n      X: y"], "host is not an address"),
        (["acme", "--host", "https://${{ secrets.KEY }}.acme.io"], "host is not an address"),
        (["acme", "--organization", "a: b"], "is not the id of an organization"),
        (["acme", "--package", "--index-url=https://acme.io"], "is not a requirement"),
        (["acme", "--package", "a\nb"], "is not a requirement"),
    ],
)
def test_bad_input_is_one_line_and_a_hint_and_nothing_is_written(lab: Lab, arguments: list[str], said: str):
    run = lab.run("init", *arguments)

    assert run.status == 2
    assert said in run.err
    assert not (lab.folder / "acme").exists()


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (
            {"url": "https://acme.io/p", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            f"pulumi-posthog @ git+https://acme.io/p@{'a' * 40}",
        ),
        (
            {
                "url": "https://acme.io/p",
                "vcs_info": {"vcs": "git", "commit_id": "a" * 40},
                "subdirectory": "x",
            },
            f"pulumi-posthog @ git+https://acme.io/p@{'a' * 40}#subdirectory=x",
        ),
        (
            {"url": "https://acme.io/p.whl", "archive_info": {"hashes": {"sha256": "b" * 64}}},
            f"pulumi-posthog @ https://acme.io/p.whl#sha256={'b' * 64}",
        ),
        ({"url": "file:///p", "dir_info": {"editable": True}}, "pulumi-posthog @ file:///p"),
        ({"url": "https://acme.io/p", "vcs_info": {"vcs": "git", "commit_id": "main"}}, None),
        ({"url": "https://acme.io/p.whl", "archive_info": {}}, None),
    ],
)
def test_the_requirement_is_what_this_was_installed_from_and_stays_the_same(record: Any, line: str | None):
    found = of_record(record)

    assert (found and found.line) == line
    assert bool(found and found.warning) == record["url"].startswith("file:")


def test_a_package_that_was_installed_by_its_name_is_not_written_by_its_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "pulumi_posthog.cli.requirement.distribution", lambda _: SimpleNamespace(read_text=lambda _: None)
    )

    with pytest.raises(Stop) as caught:
        requirement()

    assert caught.value.failure.exit == 5
    assert "anybody can own that name" in caught.value.failure.message
    assert "--package" in (caught.value.failure.hint or "")


def test_a_place_on_this_machine_is_written_with_a_warning_and_another_line_when_it_is_given(lab: Lab):
    run = lab.run("init", "here", "--format", "json")
    (lab.folder / "given").mkdir()
    given = lab.run("init", "given/acme", "--package", "pulumi-posthog @ git+https://acme.io/p@main")

    assert run.json["requirement"].startswith("pulumi-posthog @ file:///")
    assert "CI cannot install that" in run.err
    assert "CI cannot" not in given.err
    written = (lab.folder / "given/acme/requirements.txt").read_text().splitlines()[-1]
    assert written == "pulumi-posthog @ git+https://acme.io/p@main"
