"""The same file in a second project: names mean what that project has, and afterwards the two are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import Web, web_of
from pulumi_posthog.cli.closing import one_command
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.verbs.diff import diff

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n"


def body_of(example: str) -> str:
    """What the example's project has, but for what the whole organization has, and what a new project has not seen."""
    _, _, body = (EXAMPLES / example / "posthog.yaml").read_text().partition("  Default project:\n")
    body, _, _ = body.partition("    # What comes in has a definition")
    return "".join(line for line in body.splitlines(keepends=True) if "scope: organization" not in line)


def ids_in(value: Any) -> set[int]:
    """The ids of cohorts and actions that a document refers to, at any depth."""
    if isinstance(value, list):
        return set().union(*map(ids_in, value))
    if not isinstance(value, dict):
        return set()
    own = set().union(*map(ids_in, value.values()))
    if value.get("type") == "cohort":
        own.add(value["value"])
    if value.get("kind") == "ActionsNode":
        own.add(value["id"])
    return own


def compared(web: Web) -> int:
    """The exit status of the comparison of the two projects, as they live in PostHog."""
    with one_command():
        return diff(from_="Staging", to="Production", host=web.posthog.url)


@pytest.mark.parametrize("example", ["release", "analytics"])
def test_a_second_project_gets_the_same_and_refers_to_its_own(
    started, tmp_path, monkeypatch, capsys, example
):
    body = body_of(example)
    staging, both = f"  Staging:\n{body}", f"  Staging:\n{body}  Production:\n{body}"
    with web_of(started, "2026", tmp_path, monkeypatch) as web:
        web.environment["SHOP_PASSWORD"] = "hush-hush-hush"
        first = web.up(staging, head=HEAD)

        second = web.up(both, head=HEAD)

        assert [(what, kind, name.replace("Production/", "Staging/")) for what, (kind, name) in second] == [
            (what, kind, name) for what, (kind, name) in first
        ]
        assert web.up(both, head=HEAD) == []
        assert web.posthog.writes() == {}
        path = f"/api/projects/{web.posthog.project('Production')['id']}"
        own = {each["id"] for each in web.posthog.all(f"{path}/cohorts/?limit=1000")}
        own |= {each["id"] for each in web.posthog.get(f"{path}/actions/")["results"]}
        family = {"release": "feature_flags", "analytics": "insights"}[example]
        referred = ids_in(web.posthog.all(f"{path}/{family}/?limit=1000"))
        assert referred
        assert referred <= own

        monkeypatch.chdir(tmp_path)
        assert compared(web) == Exit.NOTHING, capsys.readouterr()
        flag = web.posthog.all(f"{path}/{family}/?limit=1000")[-1]
        web.posthog.call("PATCH", f"{path}/{family}/{flag['id']}/", {"name": "by hand"})
        assert compared(web) == Exit.DIFFERENT
