"""A stack of pipelines in this process: its file, the engine's calls, and the server that it is about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Engine
from harness.functions import PostHog
from pulumi_posthog import config
from pulumi_posthog.api import Connection, Pace, Reader
from pulumi_posthog.export import Exported, export
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack.program import resolved
from pulumi_posthog.values.problem import ConfigError

HEAD = """organization: {host: HOST, id: ORGANIZATION}
projects:
  Web:
    hog_functions:
"""
ENVIRONMENT = {"TOKEN": "Bearer t0ken-t0ken", "SIGNING": "s1gning-s1gning"}


class Stack:
    """A stack, the file it is made from, and the server that it is about."""

    def __init__(self, folder: Path, posthog: PostHog) -> None:
        self.folder, self.posthog, self.engine = folder, posthog, Engine()
        self.environment = dict(ENVIRONMENT)

    def load(self, text: str, *, head: str = HEAD, settings: dict[str, str] | None = None):
        path = self.folder / "posthog.yaml"
        whole = (
            (head + text).replace("HOST", self.posthog.url).replace("ORGANIZATION", self.posthog.organization)
        )
        path.write_text(whole)
        return config.load(path, environment=self.environment, configured=(settings or {}).get)

    def live(self) -> Live:
        pace = Pace(per_minute=100_000, per_hour=1_000_000)
        return Live(
            Reader(Connection(self.posthog.url, self.posthog.key), pace=pace), self.posthog.organization
        )

    def up(self, text: str, *, preview: bool = False, **more: Any):
        live = self.live()
        try:
            desired = resolved(self.load(text, **more), live, say=lambda _: None)
        finally:
            live.reader.close()
        self.posthog.count_anew()
        outcome = self.engine.up(desired, preview=preview)
        if outcome.errors:
            raise outcome.errors[0]
        return [operation for operation in outcome.operations if operation[1][0] != "project"]

    def differences(self, text: str, **more: Any) -> list[str]:
        live = self.live()
        try:
            observed = observe(self.load(text, **more), live)
            assert not observed.unread, observed.unread
            changes = plan(observed.readable, observed.for_plan).changes
        finally:
            live.reader.close()
        return [
            f"{change.action.value} {change.name}: {[d.field.name for d in change.differences]}"
            for change in changes
        ]

    def problems(self, text: str, **more: Any) -> list[str]:
        self.posthog.count_anew()
        with pytest.raises(ConfigError) as error:
            self.up(text, **more)
        assert not self.written()
        return [self.bare(str(problem)) for problem in error.value.problems]

    def written(self) -> Any:
        """What was sent that is no GET, since the last count."""
        return self.posthog.bodies

    def bare(self, text: str) -> str:
        """A message without the folder of its place."""
        return text.replace(str(self.folder) + os.sep, "")

    def exported(self) -> Exported:
        """What exists, as a file, which takes the place of this one and declares nothing that differs."""
        live = self.live()
        try:
            exported = export(live)
        finally:
            live.reader.close()
        assert exported.unread == ()
        (self.folder / "posthog.yaml").write_text(exported.files["posthog.yaml"])
        desired = config.load(self.folder / "posthog.yaml", environment={}, offline=True)
        live = self.live()
        try:
            observed = observe(desired, live)
        finally:
            live.reader.close()
        assert not observed.unread
        assert not plan(observed.readable, observed.for_plan)
        return exported
