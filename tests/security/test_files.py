"""What a proposed configuration names on the machine that runs it: only files of its own, in bounded time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_posthog.config import searching


@pytest.mark.parametrize(
    "path",
    [".git/config", ".env", ".env.production", ".venv/pyvenv.cfg", ".ssh/id_rsa", "Pulumi.production.yaml"],
)
@pytest.mark.parametrize("exists", [False, True])
def test_what_runs_need_is_no_file_of_a_configuration(proposed, path: str, exists: bool):
    if exists:
        (proposed.folder / path).parent.mkdir(exist_ok=True)
        (proposed.folder / path).write_text("a: 1\n")

    sent = proposed.refused(f"projects: {{Web: {{persons: {{absent: [!file {path}]}}}}}}\n", {}, offline=True)
    included = proposed.refused(f"roles: !include {path}\n", {}, offline=True)

    assert any("a file that no configuration reads" in each for each in sent)
    assert included == [f"posthog.yaml:2:8: !include of {path}, which no configuration reads"]


def test_a_link_to_what_runs_need_is_no_file_either(proposed):
    (proposed.folder / ".git").mkdir()
    (proposed.folder / ".git/config").write_text("a: 1\n")
    (proposed.folder / "roles.yaml").symlink_to(".git/config")

    assert proposed.refused("roles: !include roles.yaml\n", {}) == [
        "posthog.yaml:2:8: !include of roles.yaml, which no configuration reads"
    ]


def test_whether_a_file_outside_exists_is_not_told(proposed, tmp_path: Path):
    (tmp_path / "in").mkdir()
    os.chdir(tmp_path / "in")
    proposed.folder = tmp_path / "in"
    (tmp_path / "there.yaml").write_text("A: {}\n")

    said = [proposed.refused(f"roles: !include ../{name}.yaml\n", {})[0] for name in ("there", "gone")]

    assert said[0].replace("there", "gone") == said[1]


@pytest.mark.parametrize("pattern", ["../**/*.yaml", "../*/*", "a/../../*.yaml"])
def test_a_pattern_outside_is_refused_before_anything_is_searched(proposed, monkeypatch, pattern: str):
    monkeypatch.setattr(os, "walk", lambda *_: pytest.fail("it searches"))

    (said,) = proposed.refused(f"roles: !include '{pattern}'\n", {})

    assert "outside the configuration's folder" in said


def test_a_pattern_that_goes_up_and_down_for_ever_is_not_begun(proposed):
    (said,) = proposed.refused(f"roles: !include '{'*/../' * 20}*.yaml'\n", {})

    assert "`..` before its first wildcard only" in said


def test_a_pattern_looks_at_so_many_files_and_no_more(proposed, monkeypatch):
    monkeypatch.setattr(searching, "ENTRIES_LOOKED_AT", 10)
    (proposed.folder / "roles").mkdir()
    for number in range(20):
        (proposed.folder / f"roles/{number}.yaml").write_text("A: {}\n")

    (said,) = proposed.refused("roles: !include '**/*.yaml'\n", {})

    assert "more than 10 files and folders" in said


def test_many_wildcards_compare_each_part_once(monkeypatch):
    calls = []
    compare = searching.fnmatchcase
    monkeypatch.setattr(searching, "fnmatchcase", lambda *args: calls.append(args) or compare(*args))

    assert not searching._matches(["a"] * 30 + ["x"], ["**", "a"] * 15 + ["b"])

    assert len(calls) <= 31 * 31


@pytest.mark.parametrize(
    ("parts", "pattern", "same"),
    [
        ("a/b/c.yaml", "a/**/c.yaml", True),
        ("a/c.yaml", "a/**/c.yaml", True),
        ("c.yaml", "**/*.yaml", True),
        ("a/c.yaml", "*.yaml", False),
        ("a/b/c.yaml", "*/*.yaml", False),
        ("a/b", "**", True),
    ],
)
def test_a_pattern_means_what_it_says(parts: str, pattern: str, same: bool):
    assert searching._matches(parts.split("/"), pattern.split("/")) is same


def test_the_main_file_is_no_link_out_of_its_folder(proposed, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "other.yaml").write_text("roles: {A: {}}\n")
    (folder / "posthog.yaml").symlink_to("../other.yaml")

    assert refusal(folder) == ["posthog.yaml is a link out of its folder\n  hint: put the file itself there"]


@pytest.mark.parametrize("what", ["fifo", "device", "folder"])
def test_the_main_file_is_a_file(tmp_path: Path, what: str):
    path = tmp_path / "posthog.yaml"
    if what == "fifo":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        path = Path("/dev/zero")

    (said,) = refusal(path.parent, path.name)

    assert said.startswith((f"{path.name} is not a file", f"{path.name} cannot be read"))


def refusal(folder: Path, name: str = "posthog.yaml") -> list[str]:
    from pulumi_posthog import config
    from pulumi_posthog.values.problem import ConfigError

    os.chdir(folder)
    with pytest.raises(ConfigError) as caught:
        config.load(Path(name), environment={})
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("tag", ["!include", "!file", "!text"])
@pytest.mark.parametrize("name", ["round", "x" * 300, "a/" * 3_000 + "b", "'*/round'", "'x\x01'"])
def test_links_in_a_circle_and_names_that_are_too_long_are_no_tracebacks(proposed, tag: str, name: str):
    (proposed.folder / "round").symlink_to("circle")
    (proposed.folder / "circle").symlink_to("round")

    for offline in (True, False):
        said = proposed.refused(f"roles: {tag} {name}\n", {}, offline=offline)
        assert all("\n" not in each.partition("\n  hint: ")[0] for each in said)


def test_the_main_file_in_a_circle_of_links_cannot_be_read(tmp_path: Path):
    (tmp_path / "posthog.yaml").symlink_to("posthog.yaml")

    (said,) = refusal(tmp_path)

    assert said.startswith("posthog.yaml")
