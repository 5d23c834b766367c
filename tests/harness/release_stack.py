"""A stack whose one project has what a team releases, on a sandbox of some age, in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from harness.pipeline_stack import Stack
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import Change, plan
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.values.variables import KEY_VARIABLE

HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
AGES = ("2026 later", "2026", "2025", "2024")
ENDS = ("2026 later", "2024")
every_age = pytest.mark.parametrize("web", AGES, indirect=True)
"""For what the contract says to differ between the ages; all else is tested with the newest and the oldest."""


class Web(Stack):
    """A stack, and what is in its one project."""

    age = ""
    posthog: Any  # a sandbox, whose requests are counted, and not a server of the tests' own

    @property
    def path(self) -> str:
        """The project's URL path."""
        return f"/api/projects/{self.posthog.project('Web')['id']}"

    def all(self, family: str) -> list[Any]:
        """Everything in the list of a family, as "surveys"."""
        if family == "actions":  # which has no pages
            return list(self.posthog.get(f"{self.path}/{family}/")["results"])
        return list(self.posthog.all(f"{self.path}/{family}/?limit=1000"))

    def one(self, family: str, name: str, key: str = "name") -> Any:
        """The one of that name."""
        (found,) = (each for each in self.all(family) if each[key] == name)
        return found

    def by_hand(self, family: str, id_: Any, body: Mapping[str, Any]) -> Any:
        """Somebody changes an object on PostHog's page."""
        return self.posthog.call("PATCH", f"{self.path}/{family}/{id_}/", dict(body))

    def asked(self, family: str) -> dict[str, int]:
        """The requests about a family since the last count, without their parameters."""
        counts: dict[str, int] = {}
        for request, number in self.posthog.requests()["by_path"].items():
            method, _, path = request.partition(" ")
            if path.startswith(f"{self.path}/{family}/"):
                what = f"{method} {path.partition('?')[0].removeprefix(self.path)}"
                counts[what] = counts.get(what, 0) + number
        return counts

    def run(self, text: str, **more: Any) -> Any:
        """`up` of what stands below the project."""
        return self.up(text, head=HEAD, **more)

    def written(self) -> dict[str, int]:
        """What was sent that is no GET, since the last count."""
        return dict(self.posthog.writes())

    def notes(self, text: str) -> list[str]:
        """What `drift` says of objects beside its findings."""
        live = self.live()
        try:
            return [self.bare(note) for note in observe(self.load(text, head=HEAD), live).notes]
        finally:
            live.reader.close()

    def plan(self, text: str) -> Sequence[Change]:
        """What `pulumi-posthog drift` and `estimate` say that a run would do."""
        live = self.live()
        try:
            observed = observe(self.load(text, head=HEAD), live)
            return plan(observed.readable, observed.for_plan).changes
        finally:
            live.reader.close()

    def differs(self, text: str) -> list[str]:
        """What a run would do."""
        return self.differences(text, head=HEAD)


A_Web = TypeVar("A_Web", bound=Web)


@contextlib.contextmanager
def web_of(
    started: Callable[..., Sandbox],
    age: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    of: type[A_Web] = Web,  # type: ignore[assignment]
    **allowed: int,
) -> Iterator[A_Web]:
    """A stack on a sandbox of an age of `AGES`; so many removals are allowed."""
    year, _, later = age.partition(" ")
    form = "--later-2026" if later else "--no-later-2026"
    sandbox = started("--age", year, *([form] if year == "2026" else []))
    monkeypatch.setenv(KEY_VARIABLE, sandbox.key)
    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed=allowed))
    monkeypatch.chdir(folder)
    begin_anew()
    web = of(folder, sandbox)  # type: ignore[arg-type]
    web.age = age
    yield web
    begin_anew()
