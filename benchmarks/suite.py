"""One organization -> what every command costs there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.environment import ROOT
from benchmarks.organizations import Organization
from benchmarks.processes import Used, cpu_of
from benchmarks.stacks import UNLIMITED, Stack, arguments, floor, ours
from harness.sandbox import Sandbox

# As our workflows and `action.yml` have it.
SAVE_ONCE = {"PULUMI_SKIP_CHECKPOINTS": "1", "PULUMI_PARALLEL": "16"}
# The organizations that are measured have legacy destinations, as many have had since before 2025.
LEGACY = "--legacy-destinations"
CLOUD = ("--rate-limit", "480/min", "--rate-limit", "4800/h")  # posthog-api.md 1.8
CHECKPOINTS_UP_TO = 500  # resources: beyond, one save per change takes minutes (README, "Sizes")


@dataclass(frozen=True)
class Row:
    """One measurement. Seconds and MiB; `requests` is None where nothing is asked of PostHog."""

    size: str
    latency_ms: int
    step: str
    status: int
    requests: int | None
    wall: float
    cpu: float
    refused: int = 0  # of the requests, those that PostHog answered with 429
    asking: float = 0.0  # seconds from the first answer to the last one
    server_cpu: float = 0.0  # seconds of CPU time that the sandbox used: PostHog's would be another machine's
    cpu_of: Mapping[str, float] = field(default_factory=dict)
    peak_of: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        return asdict(self)


def floor_rows(organization: Organization, folder: Path, *, repeat: int = 1) -> Iterator[Row]:
    """Pulumi with as many empty resources; `repeat` as in `rows`."""
    stack = floor(folder / "floor", organization.resources)

    def row(step: str, used: Used) -> Row:
        return made(organization, 0, f"floor: {step}", used, None)

    yield row("first up, one save", stack.pulumi(*arguments("up"), **SAVE_ONCE))
    for verb in ("preview", "up"):
        runs = [row(f"no-op {verb}", stack.pulumi(*arguments(verb))) for _ in range(repeat)]
        yield min(runs, key=cpu_seconds)
    yield row("destroy, one save", stack.pulumi(*arguments("destroy"), **SAVE_ONCE))


def cpu_seconds(row: Row) -> float:
    """What decides which of several measurements is kept: on a busy machine it varies less than the wall time."""
    return row.cpu


def rows(
    organization: Organization,
    latency_ms: int,
    folder: Path,
    *,
    only: str | None,
    limited: bool = False,
    repeat: int = 1,
) -> Iterator[Row]:
    """All steps; with `only`, no others than those whose name holds it (and what must come before).

    `limited` has the server and the client keep to the limits of PostHog Cloud. Steps that change nothing are
    measured `repeat` times, and the cheapest is kept.
    """
    with Sandbox(LEGACY, *(CLOUD if limited else ())) as posthog:
        posthog.call("POST", "/_sandbox/bulk", dict(organization.fill))
        emails = [member["email"] for member in posthog.info["members"]]
        posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": latency_ms})
        allowed = {} if limited else UNLIMITED
        stack = ours(folder / "stack", posthog, organization.yaml(emails), **allowed)
        measurement = Measurement(organization, latency_ms, posthog, stack, only, repeat)
        yield from measurement.rows()


@dataclass(frozen=True)
class Measurement:
    """The steps of one organization at one latency, in their order."""

    organization: Organization
    latency_ms: int
    posthog: Sandbox
    stack: Stack
    only: str | None
    repeat: int = 1

    def rows(self) -> Iterator[Row]:
        """Measure; what is not asked for is left out where nothing later depends on it."""
        command = ("pulumi-posthog", "drift", "--format", "json")
        yield from self._row(
            "validate", lambda: self.stack.run("pulumi-posthog", "validate"), times=self.repeat
        )
        if self.organization.resources <= CHECKPOINTS_UP_TO:
            yield from self._row("first up", lambda: self._pulumi("up"))
            yield from self._row("destroy", lambda: self._pulumi("destroy"))
        yield from self._row("first up, one save", lambda: self._pulumi("up", **SAVE_ONCE), needed=True)
        yield from self._row("GET each object, 10 workers", self._get_each, times=self.repeat)
        yield from self._row("drift", lambda: self.stack.run(*command), times=self.repeat)
        yield from self._row("no-op preview", lambda: self._pulumi("preview"), times=self.repeat)
        yield from self._row("no-op up", lambda: self._pulumi("up"), times=self.repeat)
        if self._wanted("up after 1 % by hand"):
            self.organization.change(self.posthog, max(1, self.organization.resources // 200))
            yield from self._row("up after 1 % by hand", lambda: self._pulumi("up"))
        yield from self._row("destroy, one save", lambda: self._pulumi("destroy", **SAVE_ONCE))

    def _pulumi(self, verb: str, **environment: str) -> Used:
        return self.stack.pulumi(*arguments(verb), **environment)

    def _get_each(self) -> Used:
        file = self.stack.folder / "paths.txt"
        file.write_text("\n".join(self.organization.objects(self.posthog)))
        self.posthog.count_anew()
        script = ROOT / "benchmarks" / "each_object.py"
        return self.stack.run("python3", str(script), self.posthog.url, self.posthog.key, str(file))

    def _wanted(self, step: str) -> bool:
        return self.only is None or self.only in step

    def _row(
        self, step: str, run: Callable[[], Used], *, needed: bool = False, times: int = 1
    ) -> Iterator[Row]:
        if needed or self._wanted(step):
            yield min((self._measured(step, run, needed=needed) for _ in range(times)), key=cpu_seconds)

    def _measured(self, step: str, run: Callable[[], Used], *, needed: bool) -> Row:
        self.posthog.count_anew()
        before = cpu_of(self.posthog.process.pid)
        used = run()
        server = cpu_of(self.posthog.process.pid) - before
        if used.status and needed:
            raise RuntimeError(f"{self.organization.name}: {step} failed:\n{used.text[-3000:]}")
        seen = self.posthog.requests()
        row = made(self.organization, self.latency_ms, step, used, int(seen["total"]))
        refused = int(seen["by_status"].get("429", 0))
        return replace(row, refused=refused, asking=float(seen["seconds"]), server_cpu=server)


def made(organization: Organization, latency_ms: int, step: str, used: Used, requests: int | None) -> Row:
    """A measurement as a row."""
    return Row(
        organization.name,
        latency_ms,
        step,
        used.status,
        requests,
        used.wall,
        used.cpu,
        cpu_of=used.cpu_of,
        peak_of=used.peak_of,
    )
