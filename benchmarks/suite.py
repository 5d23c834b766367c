"""One organization -> what every command costs there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.environment import ROOT
from benchmarks.organizations import Organization
from benchmarks.processes import Used, cpu_of
from benchmarks.stacks import UNLIMITED, Stack, arguments, floor, ours
from harness.sandbox import Sandbox
from harness.stack import DOORS, IN_CI

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
    door: str = ""  # "dynamic" or "plugin", where our provider is at work
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

    def cheapest(step: str, verb: str) -> Row:
        runs = (row(step, stack.pulumi(*arguments(verb), **IN_CI)) for _ in range(repeat))
        return min(runs, key=cpu_seconds)

    yield row("first up, one save", stack.pulumi(*arguments("up"), **IN_CI))
    for verb in ("preview", "up"):
        yield cheapest(f"no-op {verb}", verb)
    with stack.without_log():
        without = cheapest("no-op preview, no log", "preview")
    yield without
    yield row("destroy, one save", stack.pulumi(*arguments("destroy"), **IN_CI))


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
    doors: Sequence[str] = DOORS,
) -> Iterator[Row]:
    """All steps through each of `doors`, which have a server each.

    With `only`, no others than those whose name holds it (and what must come before).
    `limited` has the server and the client keep to the limits of PostHog Cloud. Steps that change nothing are
    measured `repeat` times, and the cheapest is kept.
    """
    with ExitStack() as servers:
        contestants = []
        for door in doors:
            posthog = servers.enter_context(Sandbox(LEGACY, *(CLOUD if limited else ()), real=True))
            posthog.call("POST", "/_sandbox/bulk", dict(organization.fill))
            emails = [member["email"] for member in posthog.info["members"]]
            posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": latency_ms})
            allowed = {} if limited else UNLIMITED
            stack = ours(folder / door, posthog, organization.yaml(emails), door=door, **allowed)
            first = door == doors[0]
            contestants.append(Measurement(organization, latency_ms, posthog, stack, door, first, only))
        for steps in zip(*(contestant.steps() for contestant in contestants), strict=True):
            yield from measured_in_turn(steps, repeat)


def measured_in_turn(steps: Sequence[Step], repeat: int) -> Iterator[Row]:
    """The same step of each contestant, one after the other and again: so that they have the same neighbours."""
    best: dict[str, Row] = {}
    for _ in range(repeat if steps[0].harmless else 1):
        for step in steps:
            if (row := step.measure()) is not None:
                best[step.door] = min(best.get(step.door, row), row, key=cpu_seconds)
    yield from best.values()


@dataclass(frozen=True)
class Step:
    """One command of one contestant; `harmless` if it can be run again, since it changes nothing."""

    door: str
    measure: Callable[[], Row | None]
    harmless: bool


@dataclass(frozen=True)
class Measurement:
    """The steps of one organization at one latency, through one door, in their order.

    Only the `first` contestant measures what has nothing to do with the door.
    """

    organization: Organization
    latency_ms: int
    posthog: Sandbox
    stack: Stack
    door: str
    first: bool
    only: str | None

    def steps(self) -> Iterator[Step]:
        """What to measure. Each is measured before the next is asked for, because that begins where this ended.

        All but the first two have what our workflows set.
        """
        drift = ("pulumi-posthog", "drift", "--format", "json")
        yield self._aside("validate", lambda: self.stack.run("pulumi-posthog", "validate"))
        if self.organization.resources <= CHECKPOINTS_UP_TO:
            yield self._step("first up", lambda: self._pulumi("up"))
            yield self._step("destroy", lambda: self._pulumi("destroy"))
        yield self._step("first up, one save", lambda: self._pulumi("up", **IN_CI), needed=True)
        yield self._aside("GET each object, 10 workers", self._get_each)
        yield self._aside("drift", lambda: self.stack.run(*drift))
        yield self._step("no-op preview", lambda: self._pulumi("preview", **IN_CI), harmless=True)
        yield self._step("no-op preview, no log", self._preview_without_log, harmless=True)
        yield self._step("no-op up", lambda: self._pulumi("up", **IN_CI), harmless=True)
        if self._wanted("up after 1 % by hand"):
            self.organization.change(self.posthog, max(1, self.organization.resources // 200))
        yield self._step("up after 1 % by hand", lambda: self._pulumi("up", **IN_CI))
        yield self._step("destroy, one save", lambda: self._pulumi("destroy", **IN_CI))

    def _preview_without_log(self) -> Used:
        with self.stack.without_log():
            return self._pulumi("preview", **IN_CI)

    def _pulumi(self, verb: str, **environment: str) -> Used:
        return self.stack.pulumi(*arguments(verb), **environment)

    def _get_each(self) -> Used:
        file = self.stack.folder / "paths.txt"
        file.write_text("\n".join(self.organization.objects(self.posthog)))
        self.posthog.count_anew()
        script = ROOT / "benchmarks" / "each_object.py"
        return self.stack.run("python3", str(script), self.posthog.url, self.posthog.key, str(file))

    def _wanted(self, name: str) -> bool:
        return self.only is None or self.only in name

    def _aside(self, name: str, run: Callable[[], Used]) -> Step:
        """A step that is the same through each door."""
        wanted = self.first and self._wanted(name)
        return Step("", lambda: self._measured(name, run, "") if wanted else None, harmless=True)

    def _step(
        self, name: str, run: Callable[[], Used], *, needed: bool = False, harmless: bool = False
    ) -> Step:
        wanted = needed or self._wanted(name)
        return Step(
            self.door,
            lambda: self._measured(name, run, self.door, needed=needed) if wanted else None,
            harmless,
        )

    def _measured(self, name: str, run: Callable[[], Used], door: str, *, needed: bool = False) -> Row:
        self.posthog.count_anew()
        before = cpu_of(self.posthog.process.pid)
        used = run()
        server = cpu_of(self.posthog.process.pid) - before
        if used.status and needed:
            raise RuntimeError(f"{self.organization.name}: {name} failed:\n{used.text[-3000:]}")
        seen = self.posthog.requests()
        row = made(self.organization, self.latency_ms, name, used, int(seen["total"]), door)
        refused = int(seen["by_status"].get("429", 0))
        return replace(row, refused=refused, asking=float(seen["seconds"]), server_cpu=server)


def made(
    organization: Organization, latency_ms: int, step: str, used: Used, requests: int | None, door: str = ""
) -> Row:
    """A measurement as a row."""
    return Row(
        organization.name,
        latency_ms,
        step,
        used.status,
        requests,
        used.wall,
        used.cpu,
        door=door,
        cpu_of=used.cpu_of,
        peak_of=used.peak_of,
    )
