"""Hog functions and names in place of ids through the real `pulumi`, by both providers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.functions import PostHog
from harness.stack import DOORS, Stack

pytestmark = pytest.mark.e2e
FILE = """\
projects:
  Web:
    hog_functions:
      Second:
        hog: !text second.hog
        enabled: !config secondEnabled
        inputs_schema: [{key: first, type: string}, {key: token, type: string, secret: true}]
        inputs: {first: !ref hog_function/First, token: !env HOOK_TOKEN}
        filters: {actions: [{id: !ref action/Signed up, name: Signed up, type: actions, order: 0}]}
      First: {template: template-webhook, inputs: {url: https://a.io}}
      GeoIP: {type: transformation, template: template-geoip, enabled: true}
"""


@pytest.fixture
def posthog() -> Iterator[PostHog]:
    server = PostHog()
    server.lists["1", "actions"] = [{"id": 41, "name": "Signed up"}]
    yield server
    server.close()


@pytest.mark.parametrize("door", DOORS)
def test_from_nothing_to_nothing_to_do_and_back(tmp_path: Path, posthog: PostHog, door: str) -> None:
    stack = Stack(tmp_path, posthog, door=door, HOOK_TOKEN="t0ken-t0ken")
    (tmp_path / "second.hog").write_text("return inputs.first\n")
    stack.pulumi("config", "set", "posthog:secondEnabled", "true")
    stack.write(FILE)

    preview = stack.pulumi("preview", "--diff")
    assert preview.status == 0, preview.text
    assert "!ref hog_function/First" in preview.text
    assert "!ref action/Signed up" in preview.text
    assert posthog.writes == []

    up = stack.pulumi("up", "--yes", "--skip-preview")
    assert up.status == 0, up.text
    first, second = posthog.named("First"), posthog.named("Second")
    assert second["inputs"]["first"] == {"value": first["id"]}
    assert second["filters"]["actions"][0]["id"] == "41"
    assert (second["enabled"], second["hog"]) == (True, "return inputs.first")
    assert posthog.secrets[second["id"]] == {"token": "t0ken-t0ken"}

    posthog.count_anew()
    again = stack.pulumi("up", "--yes", "--skip-preview")
    assert again.changes == {"unchanged": 6}, again.text
    assert posthog.writes == []

    first["deleted"] = True
    healed = stack.pulumi("up", "--yes", "--skip-preview")
    assert healed.status == 0, healed.text
    assert not first["deleted"]
    for run in (preview, up, again, healed, stack.pulumi("stack", "export")):
        assert "t0ken" not in run.text

    stack.write(
        FILE.replace(
            "First: {template: template-webhook", "First: {type: source_webhook, template: template-webhook"
        )
    )
    replaced = stack.pulumi("up", "--yes", "--skip-preview")
    assert replaced.status == 0, replaced.text
    assert posthog.named("Second")["inputs"]["first"] == {
        "value": posthog.named("First", "source_webhook")["id"]
    }
