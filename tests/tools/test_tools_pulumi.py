"""Which Pulumi will do, and what is said when none can be had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import pulumi_command
from steps import Ended, ToolError, refuse_if_known

from .conftest import script


@pytest.mark.parametrize("version", ["v3.216.0", "3.259.0", "v3.1000.2", "v3.300.0-alpha.x1"])
def test_a_recent_version_will_do(version: str):
    assert pulumi_command.is_recent(version)


@pytest.mark.parametrize("version", ["v3.215.9", "v2.300.0", "v4.0.0", "", "command not found", "v3"])
def test_another_version_will_not_do(version: str):
    assert not pulumi_command.is_recent(version)


def test_parts_are_found_beside_what_a_link_leads_to(pulumi_on_path: Callable[..., Path], tmp_path: Path):
    pulumi_on_path("v3.250.0", folder=tmp_path / "opt" / "pulumi")
    links = tmp_path / "links"
    links.mkdir()
    (links / "pulumi").symlink_to(tmp_path / "opt" / "pulumi" / "pulumi")

    found = pulumi_command.on_path(str(links))

    assert found is not None
    assert found.objection() is None
    assert found.parts["pulumi-language-python"].parent == tmp_path / "opt" / "pulumi"


def test_a_pulumi_that_fails_is_objected_to(tmp_path: Path):
    script(tmp_path / "pulumi", "exit 1")

    found = pulumi_command.on_path(str(tmp_path))

    assert found is not None
    assert "is version (unknown)" in str(found.objection())


def test_there_may_be_none(tmp_path: Path):
    assert pulumi_command.on_path(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "no space is left"),
        ("dial tcp: lookup modules.example: no such host", "the network does not answer"),
        ("NewConnectionError: Failed to establish a new connection", "the network does not answer"),
    ],
)
def test_a_cause_that_can_be_told_is_told(line: str, said: str):
    with pytest.raises(ToolError, match=said) as caught:
        refuse_if_known(Ended(1, ("before", line)), "it failed")

    assert "hint: " in str(caught.value)


def test_a_cause_that_cannot_be_told_is_left_to_the_caller():
    refuse_if_known(Ended(1, ("something else",)), "it failed")
