"""action.yml: the script of its last step, run as GitHub would."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.stack import IN_CI, Stack

pytestmark = pytest.mark.e2e

ACTION = yaml.safe_load((Path(__file__).parents[2] / "action.yml").read_text())
STEP = ACTION["runs"]["steps"][-1]


def installed(folder: Path) -> Path:
    """A runner's temporary folder with what the step before leaves there: Python with this package."""
    python = folder / "pulumi-posthog/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o700)
    return folder


def run(stack: Stack, command: str) -> subprocess.CompletedProcess[str]:
    """The last step with the inputs' defaults, below the stack's folder."""
    defaults = {name: given["default"] for name, given in ACTION["inputs"].items()}
    inputs = {**defaults, "command": command, "stack": "test"}
    environment = {
        name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")] if "${{" in value else value
        for name, value in STEP["env"].items()
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=stack.folder,
        env={**stack.environment, **environment, "RUNNER_TEMP": str(installed(stack.folder.parent))},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_command_does_what_its_description_says(stack):
    stack.write("roles:\n  Analysts: {}\n")

    assert run(stack, "validate").returncode == 0
    assert run(stack, "drift").returncode == 7
    assert "3 to create" in run(stack, "preview").stdout
    assert stack.posthog.role("Analysts") is None
    assert run(stack, "up").returncode == 0
    assert stack.posthog.role("Analysts")
    assert run(stack, "drift").returncode == 0
    assert run(stack, "check").returncode == 0


def test_another_command_is_refused_by_name(stack):
    done = run(stack, "destroy")

    assert done.returncode == 2
    assert '::error::command is "destroy"' in done.stdout


@pytest.mark.parametrize("planted", ["yaml.py", "pulumi_posthog/__init__.py", "sitecustomize.py"])
@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_module_of_the_branch_never_runs_in_place_of_an_installed_one(tmp_path, command, planted):
    (tmp_path / planted).parent.mkdir(exist_ok=True)
    (tmp_path / planted).write_text("raise SystemExit('taken over')\n")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "pulumi").write_text("#!/bin/sh\necho pulumi ran\n")
    (tmp_path / "pulumi").chmod(0o700)
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "COMMAND": command,
        "FILE": "posthog.yaml",
        "STACK": "test",
        "RUNNER_TEMP": str(installed(tmp_path / "runner")),
        "PYTHONSAFEPATH": STEP["env"]["PYTHONSAFEPATH"],
    }

    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert not (tmp_path / "__pycache__").exists()
    name = planted.partition("/")[0]
    said = f"::error title=pulumi-posthog::{name} would run in place of an installed package: rename it\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, said, "")


@pytest.mark.parametrize(
    "said",
    [{}, {"PULUMI_SKIP_CHECKPOINTS": "0"}, {"PULUMI_PARALLEL": "4"}, {"PULUMI_PARALLEL_DIFF": "0"}],
)
def test_it_is_fast_unless_the_job_says_otherwise(tmp_path, said):
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\nenv | grep ^PULUMI_ | sort\n")
    pulumi.chmod(0o700)
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "COMMAND": "up",
        "FILE": "posthog.yaml",
        "STACK": "test",
        "RUNNER_TEMP": str(installed(tmp_path)),
    }

    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=tmp_path,
        env={**environment, **said},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == sorted(f"{name}={value}" for name, value in {**IN_CI, **said}.items())


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_log_has_no_marks_of_pulumi_and_ends_with_its_status(tmp_path, command):
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(
        "#!/bin/sh\n"
        "echo '    <{%fg 2%}>+ 1 created<{%reset%}>'\n"
        "echo '    <{%fg 1%}>1 failed<{%reset%}>' >&2\n"
        "exit 6\n"
    )
    pulumi.chmod(0o700)
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "COMMAND": command,
        "FILE": "posthog.yaml",
        "STACK": "test",
        "RUNNER_TEMP": str(installed(tmp_path)),
    }

    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (6, "    + 1 created\n    1 failed\n", "")
