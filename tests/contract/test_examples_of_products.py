"""Examples of what teams build, against the PostHog of today: made, then nothing to do, then written back as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.release_stack import web_of

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "age"), [("release", "2026"), ("release", "2026 later"), ("analytics", "2026")]
)
def test_the_example_is_made_and_then_there_is_nothing_to_do(started, tmp_path, monkeypatch, example, age):
    text = (EXAMPLES / example / "posthog.yaml").read_text()
    text = text.replace("!env POSTHOG_HOST", "HOST").replace("!env POSTHOG_ORGANIZATION_ID", "ORGANIZATION")
    with web_of(started, age, tmp_path, monkeypatch) as web:
        web.environment["SHOP_PASSWORD"] = "hush-hush-hush"
        made = web.up(text, head="")

        assert {operation for operation, _ in made} == {"create"}
        assert web.up(text, head="") == []
        assert web.posthog.writes() == {}
        assert web.differences(text, head="") == []
        exported = web.exported().files["posthog.yaml"]
    for kind, name in {name for _, name in made}:
        assert name.removeprefix("Default project/") in exported, kind
