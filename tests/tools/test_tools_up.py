"""`make up` tells a story and checks it; whatever became of an earlier one, the next begins anew."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import up

from .conftest import REPOSITORY, SYSTEM_PATH, Checkout


@pytest.fixture
def example(checkout: Checkout) -> Iterator[Checkout]:
    """A checkout with examples/acme that uses the packages we run on."""
    shutil.copytree(REPOSITORY / "examples" / "acme", checkout.folder / "examples" / "acme")
    (checkout.folder / ".venv").symlink_to(sys.prefix)
    checkout.environment["PATH"] = SYSTEM_PATH
    yield checkout
    checkout.run("tools/down.py")


@pytest.mark.parametrize("before", ["nothing", "a file", "a link"])
def test_the_file_with_the_key_is_nobody_elses_from_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
):
    place, elsewhere, rights = tmp_path / "environment", tmp_path / "elsewhere", []
    if before == "a file":
        place.write_text("old")
        place.chmod(0o644)
    elif before == "a link":
        elsewhere.touch(mode=0o644)
        place.symlink_to(elsewhere)
    monkeypatch.setattr(up, "ENVIRONMENT_FILE", place)
    fdopen = os.fdopen

    def opened(number: int, *rest: str, **more: str):
        rights.append(os.fstat(number).st_mode)
        return fdopen(number, *rest, **more)

    monkeypatch.setattr(os, "fdopen", opened)

    umask = os.umask(0)
    try:
        up.write_environment(SimpleNamespace(variables={"POSTHOG_PERSONAL_API_KEY": "phx_x y"}))
    finally:
        os.umask(umask)

    assert [each & 0o777 for each in (*rights, place.lstat().st_mode)] == [0o600, 0o600]
    assert "export POSTHOG_PERSONAL_API_KEY='phx_x y'\n" in place.read_text()
    assert not elsewhere.exists() or elsewhere.read_text() == ""


@pytest.mark.e2e
def test_the_story_holds_and_one_that_was_killed_half_way_does_not_trouble_it(example: Checkout):
    with subprocess.Popen(
        [sys.executable, "tools/up.py"],
        cwd=example.folder,
        env=example.environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        locks = example.folder / ".run" / "up"
        give_up = time.monotonic() + 60
        while not list(locks.glob("state-*/.pulumi/locks/**/*.json")) and time.monotonic() < give_up:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)

    told = example.run("tools/up.py")
    key_file = example.folder / ".run" / "up" / "environment"
    (key,) = re.findall(r"POSTHOG_PERSONAL_API_KEY=(\S+)", key_file.read_text())
    down = example.run("tools/down.py")

    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert "stopped the sandbox of an earlier `make up`" in told.stdout
    assert "0 to change" in told.stdout
    assert "a last preview finds nothing more to change" in told.stdout
    assert key not in told.stdout
    assert key_file.stat().st_mode & 0o077 == 0
    assert down.stdout.startswith("stopped the sandbox")
    assert "\x1b" not in told.stdout


def test_pulumi_aligns_names_and_the_story_does_not_mind():
    text = '      ~ timezone     : "UTC" => "Europe/Berlin"'

    assert '~ timezone: "UTC" => "Europe/Berlin"' in up.one_space(text)


def test_an_example_that_is_not_there_is_named(example: Checkout):
    (example.folder / "examples" / "acme" / "posthog.yaml").unlink(missing_ok=True)

    ended = example.run("tools/up.py")

    assert ended.returncode == 2
    assert "posthog.yaml is missing" in ended.stderr
    assert "Traceback" not in ended.stderr
