"""What of a folder would run in place of an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_posthog.cli.shadowing import main, shadowing


@pytest.mark.parametrize(
    "name",
    [
        "pip.py",
        "json.py",
        "yaml/__init__.py",
        "pulumi_posthog/deploy.py",
        "google/protobuf/message.py",
        "httpx.cpython-312-x86_64-linux-gnu.so",
        "httpx.abi3.so",
        "pulumi.pyc",
        "sitecustomize.py",
        "usercustomize/__init__.py",
    ],
)
def test_a_module_that_hides_an_installed_one_is_found(tmp_path: Path, name: str):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()

    assert shadowing(tmp_path) == [name.partition("/")[0]]


def test_a_link_is_found_wherever_it_leads(tmp_path: Path):
    (tmp_path / "yaml").symlink_to("/nowhere")
    (tmp_path / "pulumi").symlink_to("/tmp")

    assert shadowing(tmp_path) == ["pulumi", "yaml"]


def test_what_a_repository_of_ours_has_hides_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in (
        "__main__.py",
        "posthog.yaml",
        "ci/preview.py",
        ".venv/lib/yaml.py",
        "json/notes.txt",
        "teams.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
