"""A sandbox of each generation, and a stack of pipelines in its project Web."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from contract.generations import ENVIRONMENT
from harness.generations import GENERATIONS, Generation
from harness.pipeline_stack import Stack
from harness.run import begin_anew
from pulumi_posthog.api import Writer
from pulumi_posthog.values.variables import KEY_VARIABLE


@pytest.fixture(scope="module", params=GENERATIONS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with Generation(request.param, tmp_path_factory.mktemp("posthog")) as posthog:
        yield posthog


@pytest.fixture
def posthog(server: Generation) -> Generation:
    server.call("POST", "/_sandbox/reset")
    server.call("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Web"})
    return server


@pytest.fixture
def stack(tmp_path: Path, posthog: Generation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    stack = Stack(tmp_path, posthog)
    stack.environment = dict(ENVIRONMENT)
    yield stack
    begin_anew()


@pytest.fixture
def patches(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The bodies of all PATCH requests."""
    sent: list[Mapping[str, Any]] = []
    patch = Writer.patch
    monkeypatch.setattr(
        Writer,
        "patch",
        lambda self, path, body, **more: (sent.append(body), patch(self, path, body, **more))[1],
    )
    return sent
