"""What the budgets are measured with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.engine import Engine
from harness.run import begin_anew
from harness.sandbox import Sandbox
from harness.stack import HEADER

sys.path.append(str(Path(__file__).resolve().parent.parent.parent))  # `benchmarks` knows how to measure


@pytest.fixture
def requests_of_a_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Sandbox, str], int]]:
    """YAML -> how many requests a preview takes that has nothing to change, of program and provider together.

    The providers run in this process, in the order in which Pulumi calls them.
    """

    def requests(posthog: Sandbox, text: str) -> int:
        from pulumi_posthog import config
        from pulumi_posthog.stack.program import live_for
        from pulumi_posthog.stack.resolution import resolved

        monkeypatch.setenv("POSTHOG_HOST", posthog.url)
        monkeypatch.setenv("POSTHOG_ORGANIZATION_ID", posthog.organization)
        monkeypatch.setenv("POSTHOG_PERSONAL_API_KEY", posthog.key)
        monkeypatch.setenv("POSTHOG_REQUESTS_PER_MINUTE", "100000")
        monkeypatch.setenv("POSTHOG_REQUESTS_PER_HOUR", "100000")
        file = tmp_path / "posthog.yaml"
        file.write_text(HEADER + text)
        desired = config.load(file, environment=os.environ)
        engine = Engine()

        def program():
            live = live_for(desired)
            try:
                return resolved(desired, live, say=lambda _text: None)
            finally:
                live.reader.close()

        made = engine.up(program())
        assert not made.errors
        posthog.count_anew()
        outcome = engine.up(program(), preview=True)
        assert outcome.operations == []
        assert posthog.writes() == {}
        return int(posthog.requests()["total"])

    yield requests
    begin_anew()  # closes the connections
