"""`examples/pipelines` against the PostHog of today: a destination, transformations and a batch export."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.generations import Generation
from harness.pipeline_stack import Stack
from harness.run import begin_anew
from pulumi_posthog.values.variables import KEY_VARIABLE

EXAMPLE = Path(__file__).parents[2] / "examples" / "pipelines"
SECRETS = {"ORDERS_HOOK_TOKEN": "t0ken-t0ken", "COPY_PROJECT_TOKEN": "c0py-c0py-c0py"}


def test_the_example_is_made_and_then_there_is_nothing_to_do(tmp_path):
    text = (EXAMPLE / "posthog.yaml").read_text()
    text = text.replace("!env POSTHOG_HOST", "HOST").replace("!env POSTHOG_ORGANIZATION_ID", "ORGANIZATION")
    folder = tmp_path / "stack"
    folder.mkdir()
    shutil.copy(EXAMPLE / "score.hog", folder)
    with Generation("later 2026", tmp_path) as posthog, pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, posthog.key)
        patch.chdir(folder)
        begin_anew()
        stack = Stack(folder, posthog)
        stack.environment = dict(SECRETS)

        made = stack.up(text, head="")

        names = ("Orders to our service", "GeoIP", "Score", "Copy in the USA")
        assert {name for _, (_, name) in made} == {f"Default project/{name}" for name in names}
        assert stack.up(text, head="") == []
        assert posthog.bodies == []
        assert stack.differences(text, head="") == []
        functions = posthog.functions("Default project")
        (export,) = posthog.all(f"/api/projects/{posthog.project_id('Default project')}/batch_exports/")
        begin_anew()
    # A destination has no place among those that events pass on their way in.
    assert [(each["name"], each["execution_order"], each["enabled"]) for each in functions] == [
        ("GeoIP", 1, True),
        ("Score", 2, True),
        ("Orders to our service", None, True),
    ]
    assert (export["name"], export["interval"], export["offset_hour"]) == ("Copy in the USA", "day", 3)
