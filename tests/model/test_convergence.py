"""Random configurations, random live objects, random faults and kills: repeated `up` always gets there.

`make test` runs a few hundred examples, `make soak` thousands; hypothesis prints the seed of a failure. The same
engine calls as Pulumi's, in one process; `tests/e2e` runs the real one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from harness.engine import Engine, Killed, Refused
from harness.sandbox import Sandbox
from harness.soak import examples
from pulumi_posthog.api import ApiError, Reader
from pulumi_posthog.apply import HalfMade, Impossible
from pulumi_posthog.desired import Desired, Entry, SecretText
from pulumi_posthog.dynamic import KEY_VARIABLE, Session
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.rails import Limits

PEOPLE = ("ada@acme.io", "ana@acme.io", "bo@acme.io", "cy@acme.io", "dee@acme.io")
# Each strikes one request, the {after}th that matches: whatever it is, it happens somewhere in the middle.
FAULTS = (
    "503-after POST /api/ times=1 after={after}",
    "reset-after POST /api/ times=1 after={after}",
    "503-after POST /api/projects/ times=1 after={after}",
    "reset-before POST /api/ times=1 after={after}",
    "503 POST /api/ times=1 after={after}",
    "503-after PATCH /api/ times=1 after={after}",
    "reset-after DELETE /api/ times=1 after={after}",
    "cut GET /api/ times=1 after={after}",
    "html GET /api/ times=6 after={after}",
    "429 * /api/ times=2 retry_after=0 after={after}",
)


@pytest.fixture(autouse=True)
def at_hand(monkeypatch: pytest.MonkeyPatch, posthog: Sandbox) -> Iterator[None]:
    """The key and a pace that does not wait; rails that let everything pass, for they have tests of their own."""
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_MINUTE", "1000000")
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_HOUR", "10000000")
    monkeypatch.setattr(Session, "limits", Limits(number=1000, share=1.0, allowed=dict.fromkeys(KINDS, 1000)))
    # Waiting between tries is tried elsewhere.
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    yield
    Session.forget()


@dataclass(frozen=True)
class Model:
    """A configuration, before it has an address: what each entry declares."""

    entries: tuple[tuple[str, str, str | None, tuple[tuple[str, Any], ...]], ...]

    def desired(self, posthog: Sandbox) -> Desired:
        return Desired(
            host=posthog.url,
            organization=posthog.organization,
            entries=tuple(
                Entry(kind=KINDS[kind], name=name, parent=parent, fields=dict(fields), place=place)
                for place, (kind, name, parent, fields) in enumerate(self.entries, 1)
            ),
        )


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A small organization: up to two projects and three roles with what is in them."""
    entries: list[Any] = []

    def entry(kind: str, name: str, parent: str | None = None, /, **fields: Any) -> None:
        given = tuple(sorted(((key, value) for key, value in fields.items() if value is not ...), key=str))
        entries.append((kind, name, parent, given))

    def maybe(*values: Any) -> Any:
        return draw(st.sampled_from((..., *values)))

    for project in draw(st.sets(st.sampled_from(("Web", "Shop")))):
        entry(
            "project",
            project,
            None,
            name=project,
            timezone=maybe("UTC", "Europe/Berlin"),
            anonymize_ips=maybe(True, False),
            surveys_opt_in=maybe(True, None),
            app_urls=maybe((), ("https://acme.io",)),
        )
        for destination in draw(st.sets(st.sampled_from(("Orders", "Users")))):
            entry(
                "pipeline_destination",
                f"{project}/{destination}",
                project,
                name=destination,
                plugin=1,
                enabled=maybe(True, False),
                config=maybe(
                    {"account": draw(st.sampled_from("ab")), "password": SecretText("hush", "!env P")}
                ),
            )
        folders = draw(st.sampled_from(((), ("M",), ("M", "M/N"))))
        for folder in folders:
            entry("file_system_entry", f"{project}/{folder}", project, path=folder, type="folder")
        if draw(st.booleans()):
            path = "/".join((*folders[-1:], "Board"))
            entry("file_system_entry", f"{project}/{path}", project, path=path, type="dashboard", ref="4242")
    for role in draw(st.sets(st.sampled_from(("Analysts", "Editors", "Ops")))):
        entry("role", role, None, name=role)
        members = draw(st.sets(st.sampled_from(PEOPLE[1:])))
        match draw(st.sampled_from(("none", "exact", "additive"))):
            case "exact":
                entry("role_members", role, role, members=tuple(sorted(members)))
            case "additive":
                for person in sorted(members):
                    entry("role_membership", f"{role}/{person}", role, user=person)
    return Model(tuple(entries))


def by_hand(posthog: Sandbox, dice: random.Random) -> None:
    """Somebody changes something in PostHog."""
    organization = f"/api/organizations/{posthog.organization}"
    roles = posthog.all(f"{organization}/roles/")
    projects = posthog.all(f"{organization}/projects/")
    role = dice.choice(roles) if roles else None
    project = dice.choice(projects)
    match dice.randrange(7):
        case 0 if role:
            posthog.call("DELETE", f"{organization}/roles/{role['id']}/")
        case 1 if role and role["members"]:
            membership = dice.choice(role["members"])
            posthog.call("DELETE", f"{organization}/roles/{role['id']}/role_memberships/{membership['id']}/")
        case 2:
            posthog.call("PATCH", f"{organization}/projects/{project['id']}/", {"timezone": "Asia/Tokyo"})
        case 3:
            posthog.call(
                "POST", f"{organization}/roles/", {"name": f"By hand {len(roles)} {dice.randrange(10**9)}"}
            )
        case 4:
            for row in posthog.all(f"/api/projects/{project['id']}/file_system/?limit=1000"):
                if row["type"] == "folder":
                    posthog.call("DELETE", f"/api/projects/{project['id']}/file_system/{row['id']}/")
                    break
        case 5:
            for config in posthog.all(f"/api/projects/{project['id']}/pipeline_destination_configs/"):
                path = f"/api/projects/{project['id']}/pipeline_destination_configs/{config['id']}/"
                posthog.call("PATCH", path, {"enabled": "true", "config": "{}"}, form=True)
                break
        case _:
            posthog.call("PATCH", f"{organization}/projects/{project['id']}/", {"anonymize_ips": True})


class Reaper:
    """Kills the run at its n-th request, before or after PostHog did what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        self.after = False
        exchange = Reader._exchange

        def dying(reader: Reader, *arguments: Any, **options: Any) -> Any:
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    if self.after:
                        exchange(reader, *arguments, **options)
                    self.left = None
                    raise Killed
            return exchange(reader, *arguments, **options)

        monkeypatch.setattr(Reader, "_exchange", dying)


@pytest.fixture
def reaper(monkeypatch: pytest.MonkeyPatch) -> Reaper:
    return Reaper(monkeypatch)


@dataclass(frozen=True)
class Disturbance:
    """What goes wrong during one run."""

    faults: tuple[str, ...] = ()
    killed_at: int | None = None
    killed_after: bool = False
    edits: int = 0
    seed: int = 0


disturbances = st.builds(
    Disturbance,
    faults=st.lists(
        st.builds(lambda fault, after: fault.format(after=after), st.sampled_from(FAULTS), st.integers(0, 7)),
        max_size=3,
    ).map(tuple),
    killed_at=st.none() | st.integers(0, 25),
    killed_after=st.booleans(),
    edits=st.integers(0, 2),
    seed=st.integers(0, 2**16),
)


@settings(**examples(100))
@given(st.lists(st.tuples(models(), disturbances), min_size=1, max_size=3))
def test_repeated_ups_converge_whatever_happens(posthog, reaper, rounds):
    posthog.call("POST", "/_sandbox/reset")
    engine = Engine()
    strangers = undeclared(posthog)
    for model, disturbance in rounds:
        note(f"{model}\n{disturbance}")
        disturbed(engine, model.desired(posthog), posthog, reaper, disturbance)

    desired = rounds[-1][0].desired(posthog)
    for _ in range(4):
        outcome = engine.up(desired)
        if not outcome.operations and not outcome.errors:
            break
    assert_no_twins(posthog)
    assert strangers <= undeclared(posthog), "something that nobody declared is gone"
    if any(disturbance.killed_at is not None for _, disturbance in rounds):
        # What was made when the runner died is nobody's: a folder that holds it is rightly kept.
        outcome.errors = [error for error in outcome.errors if "does not manage" not in str(error)]
        if outcome.operations:
            assert outcome.operations[-1][0] == "delete"
            return
    assert outcome.errors == []
    assert outcome.operations == [], "it does not converge"
    posthog.count_anew()
    assert engine.up(desired, preview=True).operations == []
    assert posthog.writes() == {}


def disturbed(
    engine: Engine, desired: Desired, posthog: Sandbox, reaper: Reaper, disturbance: Disturbance
) -> None:
    """One run during which things go wrong; it may fail, and must not lose anything."""
    if disturbance.faults:
        posthog.call("POST", "/_sandbox/faults", {"specs": list(disturbance.faults)})
    reaper.left, reaper.after = disturbance.killed_at, disturbance.killed_after
    try:
        engine.up(desired)
    except (Killed, Refused, ApiError, Impossible, HalfMade):
        pass  # a clear error is fine; anything else is a bug
    finally:
        reaper.left = None
        posthog.call("DELETE", "/_sandbox/faults")
    dice = random.Random(disturbance.seed)
    for _ in range(disturbance.edits):
        by_hand(posthog, dice)


def undeclared(posthog: Sandbox) -> set[tuple[str, str]]:
    """What the seed has and no model declares: its project, its members."""
    projects = posthog.all(f"/api/organizations/{posthog.organization}/projects/")
    members = posthog.all(f"/api/organizations/{posthog.organization}/members/")
    return {
        ("project", project["name"]) for project in projects if project["name"] not in ("Web", "Shop")
    } | {("member", member["user"]["email"]) for member in members}


def assert_no_twins(posthog: Sandbox) -> None:
    organization = f"/api/organizations/{posthog.organization}"
    projects = posthog.all(f"{organization}/projects/")
    names = [("project", project["name"]) for project in projects]
    for role in posthog.all(f"{organization}/roles/"):
        names.append(("role", role["name"].casefold()))
        names += [(role["name"], membership["user"]["email"]) for membership in role["members"]]
    for project in projects:
        path = f"/api/projects/{project['id']}"
        names += [(path, c["name"]) for c in posthog.all(f"{path}/pipeline_destination_configs/")]
        names += [
            (path, row["type"], row["ref"] or row["path"], row["shortcut"])
            for row in posthog.all(f"{path}/file_system/?limit=1000")
        ]
    assert [name for name, count in Counter(names).items() if count > 1] == []
