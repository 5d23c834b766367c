"""Hog functions, batch exports and names in place of ids through the real `pulumi`, by both providers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.generations import Generation
from harness.stack import DOORS, HEADER, Stack

pytestmark = pytest.mark.e2e
FILE = f"""\
{HEADER}projects:
  Web:
    hog_functions:
      Second:
        hog: !text second.hog
        enabled: !config secondEnabled
        inputs_schema: [{{key: first, type: string}}, {{key: token, type: string, secret: true}}]
        inputs: {{first: !ref hog_function/First, token: !env HOOK_TOKEN}}
      First: {{template: template-webhook, inputs: {{url: https://a.io}}}}
      First of all: {{name: First, type: transformation, hog: "return event"}}
      Chat: {{template: template-slack, inputs: {{slack_workspace: slack/Acme, channel: C1}}}}
      GeoIP: {{type: transformation, template: template-geoip, enabled: true}}
    batch_exports:
      Copy: {{type: AwsS3, interval: day, integration: aws-s3/Acme,
             config: {{bucket_name: acme, region: eu-central-1, prefix: events/}}}}
"""


@pytest.fixture
def posthog(tmp_path: Path) -> Iterator[Generation]:
    with Generation("later 2026", tmp_path) as server:
        server.call("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Web"})
        for kind in ("slack", "aws-s3"):
            server.integration(kind)
        server.count_anew()
        yield server


@pytest.mark.parametrize("door", DOORS)
def test_from_nothing_to_nothing_to_do_and_back(tmp_path: Path, posthog: Generation, door: str) -> None:
    stack = Stack(tmp_path / "stack", posthog, door=door, HOOK_TOKEN="t0ken-t0ken")
    (stack.folder / "second.hog").write_text("return inputs.first\n")
    stack.pulumi("config", "set", "posthog:secondEnabled", "true")
    (stack.folder / "posthog.yaml").write_text(FILE)

    preview = stack.pulumi("preview", "--diff")
    assert preview.status == 0, preview.text
    assert "!ref hog_function/First" in preview.text
    assert "!ref integration/aws-s3/Acme" in preview.text
    assert posthog.bodies == []

    up = stack.pulumi("up", "--yes", "--skip-preview")
    assert up.status == 0, up.text
    first, second = posthog.function("First"), posthog.function("Second")
    assert second["inputs"]["first"]["value"] == first["id"]
    assert second["inputs"]["token"] == {"secret": True}
    assert (second["enabled"], second["hog"]) == (True, "return inputs.first")

    posthog.count_anew()
    again = stack.pulumi("up", "--yes", "--skip-preview")
    assert again.changes == {"unchanged": 9}, again.text
    assert posthog.bodies == []

    posthog.change(first, deleted=True)
    healed = stack.pulumi("up", "--yes", "--skip-preview")
    assert healed.status == 0, healed.text
    assert posthog.function("First")["id"] == first["id"]
    for run in (preview, up, again, healed, stack.pulumi("stack", "export")):
        assert "t0ken" not in run.text

    other_type = FILE.replace("First: {template", "First: {type: source_webhook, template")
    (stack.folder / "posthog.yaml").write_text(other_type)
    replaced = stack.pulumi("up", "--yes", "--skip-preview")
    assert replaced.status == 0, replaced.text
    made_anew = posthog.function("First", "source_webhook")
    assert posthog.function("Second")["inputs"]["first"]["value"] == made_anew["id"]

    (stack.folder / "posthog.yaml").write_text(other_type.replace("First of all: {", "Early: {"))
    posthog.count_anew()
    doubtful = stack.pulumi("up", "--yes", "--skip-preview")
    assert "write `previously: First of all`" in doubtful.text
    assert posthog.bodies == []
