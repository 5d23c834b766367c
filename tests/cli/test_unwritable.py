"""What is written where nobody may write, or where somebody else writes meanwhile: one line, and no file is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.lab import COMMAND, Lab

# Rights mean nothing to root, except without this.
WITHOUT_ROOTS_POWERS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
RIGHTS = "  hint: check the"


@pytest.fixture
def closed(lab: Lab):
    """The lab's folder, in which nobody may write."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere here: there is no setpriv")
    lab.call("PATCH", lab.project("Web"), {"timezone": "Asia/Tokyo"})
    lab.folder.chmod(0o555)
    yield lab
    lab.folder.chmod(0o755)


def run(lab: Lab, *arguments: str) -> tuple[int, str, str]:
    """The command as somebody to whom rights apply: status, output, errors."""
    before = WITHOUT_ROOTS_POWERS if os.geteuid() == 0 else ()
    given = [lab.posthog.url if each == "HOST" else each for each in arguments]
    done = subprocess.run(
        [*before, str(COMMAND), *given],
        cwd=lab.folder,
        env=lab.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def texts(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["init", "acme"], 2),
        (["init", "acme", "--from-live", "--host", "HOST"], 2),
        (["export", "--host", "HOST", "--output", "out.yaml"], 2),
        (["accept", "--yes"], 5),
        (["drift", "--output", "report.html"], 2),
    ],
    ids=lambda given: " ".join(given[:2]) if isinstance(given, list) else "",
)
def test_a_folder_in_which_nobody_may_write_stays_as_it_is(closed: Lab, arguments: list[str], status: int):
    before = texts(closed.folder)

    ended, _, err = run(closed, *arguments)

    said = err.splitlines()
    assert ended == status, err
    assert "Permission denied" in said[-2], err
    assert said[-1].startswith(RIGHTS), err
    assert "Traceback" not in err
    assert texts(closed.folder) == before


def test_json_says_so_as_well(closed: Lab):
    status, out, _ = run(closed, "init", "acme", "--format", "json")

    (failure,) = json.loads(out)["failures"]
    assert (status, "acme: Permission denied" in failure["message"]) == (2, True)


def test_a_file_that_somebody_edits_while_posthog_is_asked_keeps_the_edit(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "Asia/Tokyo"})
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 1_000})
    lab.posthog.count_anew()
    process = lab.start("accept", "--yes")
    lab.posthog.await_request()

    edited = lab.folder / "posthog.yaml"
    edited.write_text(f"{edited.read_text()}# mine\n")
    before = texts(lab.folder)
    _, err = process.communicate(timeout=120)

    assert process.returncode == 5, err
    assert "posthog.yaml was changed meanwhile, and nothing was written\n  hint: run it again\n" in err
    assert texts(lab.folder) == before
