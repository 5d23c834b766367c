"""A repository brings a link, or a folder that is one, where the command is going to write."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.writing import refuse_links, write_file


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_a_link_is_never_written_through(tmp_path: Path, target):
    (tmp_path / "there").write_text("precious")
    (tmp_path / "drift.md").symlink_to(tmp_path / target)

    with pytest.raises(Stop, match=r"drift\.md is a link, and nothing was written"):
        write_file(tmp_path / "drift.md", "new")

    assert (tmp_path / "there").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_of_what_is_written_is_no_link_either(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "projects").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Stop, match="projects is a link"):
        write_file(tmp_path / "repository" / "projects" / "web.yaml", "new", within=tmp_path / "repository")

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_folder_that_the_user_names_may_be_a_link(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "named").symlink_to(tmp_path / "real")

    write_file(tmp_path / "named" / "projects" / "web.yaml", "new", within=tmp_path / "named")

    assert (tmp_path / "real" / "projects" / "web.yaml").read_text() == "new"


def test_a_pipe_is_no_file(tmp_path: Path):
    os.mkfifo(tmp_path / "drift.md")

    with pytest.raises(Stop, match="is not a file"):
        refuse_links(tmp_path / "drift.md")


@pytest.mark.parametrize("before", [None, 0o644], ids=["new", "there before"])
def test_what_may_hold_secrets_is_nobody_elses_to_read(tmp_path: Path, before):
    path = tmp_path / "posthog.yaml"
    if before:
        path.write_text("old")
        path.chmod(before)

    write_file(path, "new", private=True)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
