"""Random configurations, random things that go wrong, and what must hold whatever happens."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from hypothesis import strategies as st

from harness.access import LISTS, RULES, access_by_hand, identities, rules_of
from harness.charted import (
    CHARTS,
    MADE,
    assert_about,
    assert_still_placed,
    charts_by_hand,
    charts_of,
    name_of,
    ours,
    placed_by_hand,
)
from harness.engine import Outcome, Refused
from harness.model import Model, models
from harness.pipelines import destinations_of, exports_of, functions_of, pipelines_by_hand
from harness.releases import assert_refers, cohorts_of, flags_of, releases_by_hand
from harness.sandbox import Sandbox
from harness.sourced import KIND as SOURCE
from harness.sourced import of_another_sort, sources_by_hand, sources_of
from harness.surveyed import FAMILIES, all_of
from pulumi_posthog.values.reference import references_in

NUMBERS = itertools.count()  # no name by hand twice
# Each strikes one request, the {after}th that matches: whatever it is, it happens somewhere in the middle.
FAULTS = (
    "503-after POST /api/ times=1 after={after}",
    "reset-after POST /api/ times=1 after={after}",
    "503-after POST /api/projects/ times=1 after={after}",
    "reset-before POST /api/ times=1 after={after}",
    "503 POST /api/ times=1 after={after}",
    "503-after PATCH /api/ times=1 after={after}",
    "503-after PUT /api/ times=1 after={after}",
    "reset-before PUT /api/ times=1 after={after}",
    "reset-after DELETE /api/ times=1 after={after}",
    "cut GET /api/ times=1 after={after}",
    "cut GET /api/ times=6 after={after}",
    "short-page GET /api/ times=6 after={after}",
    "html GET /api/ times=6 after={after}",
    "429 * /api/ times=2 retry_after=0 after={after}",
)


# Why something is kept that nobody declares any more.
KEPT = re.compile(
    r"does not manage|other flags depend on it|remove the cohort|used as criteria"
    r"|in use with early access|linked to (active|running) experiment"
)


def by_hand(posthog: Sandbox, dice: random.Random) -> None:
    """Somebody changes something in PostHog."""
    organization = f"/api/organizations/{posthog.organization}"
    # In an order of their own, so that the same dice do the same.
    roles = sorted(posthog.all(f"{organization}/roles/"), key=lambda role: str(role["name"]))
    projects = sorted(posthog.all(f"{organization}/projects/"), key=lambda project: str(project["name"]))
    role = dice.choice(roles) if roles else None
    project = dice.choice(projects)
    match dice.randrange(15):
        case 0 if role:
            posthog.call("DELETE", f"{organization}/roles/{role['id']}/")
        case 1 if role and role["members"]:
            membership = min(role["members"], key=lambda each: str(each["user"]["email"]))
            posthog.call("DELETE", f"{organization}/roles/{role['id']}/role_memberships/{membership['id']}/")
        case 2:
            posthog.call("PATCH", f"{organization}/projects/{project['id']}/", {"timezone": "Asia/Tokyo"})
            same = random.Random()
            same.setstate(dice.getstate())  # what comes after is as it was
            charts_by_hand(posthog, project["id"], same)
        case 3:
            posthog.call("POST", f"{organization}/roles/", {"name": f"By hand {next(NUMBERS)}"})
        case 4:
            for row in file_system_of(posthog, project["id"]):
                if row["type"] == "folder":
                    posthog.call("DELETE", f"/api/projects/{project['id']}/file_system/{row['id']}/")
                    break
        case 5:
            for config in destinations_of(posthog, project["id"]):
                path = f"/api/projects/{project['id']}/pipeline_destination_configs/{config['id']}/"
                posthog.call("PATCH", path, {"enabled": "true", "config": "{}"}, form=True)
                break
        case turn if turn in range(6, 14):
            (pipelines_by_hand, releases_by_hand, access_by_hand)[turn % 3](posthog, project["id"], dice)
        case _:
            posthog.call("PATCH", f"{organization}/projects/{project['id']}/", {"anonymize_ips": True})
            same = random.Random()
            same.setstate(dice.getstate())
            sources_by_hand(posthog, project["id"], same)


@dataclass(frozen=True)
class Disturbance:
    """What goes wrong during one run."""

    faults: tuple[str, ...] = ()
    killed_at: int | None = None
    killed_after: bool = False
    meanwhile: bool = False  # somebody edits a view just before the run writes it; not with the command line
    another: bool = False  # before it, somebody looks at a file that says another sort of source
    side_by_side: bool = False  # Pulumi compares with PULUMI_PARALLEL_DIFF
    hidden: bool = False  # rules hide what there is from the owner of the key; not with the command line
    forgotten: bool = False  # before it, the guard is taken out of the state; not with the command line
    edits: int = 0
    seed: int = 0


DISTURBANCES = st.builds(
    Disturbance,
    faults=st.lists(
        st.builds(lambda fault, after: fault.format(after=after), st.sampled_from(FAULTS), st.integers(0, 7)),
        max_size=3,
    ).map(tuple),
    killed_at=st.none() | st.integers(0, 35),
    killed_after=st.booleans(),
    forgotten=st.sampled_from((False, False, True)),
    meanwhile=st.booleans(),
    another=st.booleans(),
    side_by_side=st.booleans(),
    edits=st.integers(0, 2),
    seed=st.integers(0, 2**16),
)
ROUNDS = st.lists(st.tuples(models(), DISTURBANCES), min_size=1, max_size=3)


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
        names += [(path, c["name"]) for c in destinations_of(posthog, project["id"])]
        names += [(path, *each) for each in identities(rules_of(posthog, project["id"]))]
        names += [(path, "export", each["name"]) for each in exports_of(posthog, project["id"])]
        names += [(path, each["type"], each["name"]) for each in functions_of(posthog, project["id"])]
        names += [(path, "flag", each["key"]) for each in flags_of(posthog, project["id"])]
        names += [(path, "cohort", each["name"]) for each in cohorts_of(posthog, project["id"])]
        names += [(path, "source", each["prefix"]) for each in sources_of(posthog, project["id"])]
        for kind in MADE:
            names += [(path, kind, each[name_of(kind)]) for each in ours(posthog, project["id"], kind)]
        for kind in FAMILIES:
            names += [(path, kind, each["name"]) for each in all_of(posthog, project["id"], kind)]
        names += [
            (path, row["type"], row["ref"] or row["path"], row["shortcut"])
            for row in file_system_of(posthog, project["id"])
        ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


class Driver(Protocol):
    """Something that brings PostHog to a model: the engine in this process, or the command line."""

    def disturbed(self, model: Model, disturbance: Disturbance) -> None:
        """One run during which things go wrong; it may fail, and a clear error is fine."""

    def up(self, model: Model) -> Outcome:
        """One run in peace."""

    def preview(self, model: Model) -> Outcome:
        """What a run would do."""


Rounds = Sequence[tuple[Model, Disturbance]]


def converge(driver: Driver, posthog: Sandbox, rounds: Rounds) -> None:
    """Disturbed runs, then some in peace: nothing is lost, nothing is there twice, and there is an end to it.

    Raises AssertionError where one of that does not hold.
    """
    strangers = undeclared(posthog)
    for model, disturbance in rounds:
        one_round(driver, posthog, model, disturbance)

    last = rounds[-1][0]
    placed = placed_by_hand(posthog, last.entries)
    for _ in range(4):
        outcome = driver.up(last)
        if not outcome.operations and not outcome.errors:
            break
    assert_still_placed(posthog, placed, last.entries)
    assert_no_twins(posthog)
    assert strangers <= undeclared(posthog), "something that nobody declared is gone"
    if any(disturbance.killed_at is not None for _, disturbance in rounds):
        # What was made when the runner died is nobody's: a folder that holds it, or what it uses, is rightly kept.
        kept = [error for error in outcome.errors if KEPT.search(str(error))]
        if kept:
            assert len(kept) == len(outcome.errors), outcome.errors
            assert {operation for operation, _ in outcome.operations} <= {"delete"}
            return
    assert outcome.errors == []
    assert outcome.operations == [], "it does not converge"
    posthog.count_anew()
    assert driver.preview(last).operations == []
    assert posthog.writes() == {}
    assert_referred(posthog, last)


def assert_referred(posthog: Sandbox, model: Model) -> None:
    """What has a name in place of an id has the id of that one, and of no other."""
    for kind, name, parent, fields in model.entries:
        for reference in references_in(dict(fields)):
            if reference.kind == "role" or kind in RULES:
                continue  # what is about a role, or about an object, is known by it: `preview` finds no difference
            above = next(dict(row[3])["name"] for row in model.entries if row[:2] == ("project", parent))
            projects = posthog.all(f"/api/organizations/{posthog.organization}/projects/")
            project = next(each["id"] for each in projects if each["name"] == above)
            if kind in CHARTS:
                assert_about(posthog, project, kind)
                continue
            if kind in ("feature_flag", "cohort", *FAMILIES):
                assert_refers(posthog, project, kind, dict(fields))
                continue
            ids = {(each["type"], each["name"]): each for each in functions_of(posthog, project)}
            target = next(dict(row[3]) for row in model.entries if row[:2] == reference.target)
            holder, meant = (ids[each["type"], each["name"]] for each in (dict(fields), target))
            assert holder["inputs"]["to"]["value"] == meant["id"], f"{kind} {name}: {reference!r}"


def one_round(driver: Driver, posthog: Sandbox, model: Model, disturbance: Disturbance) -> None:
    """A disturbed run, after which somebody changes things by hand."""
    if disturbance.another:
        assert_not_another(driver, posthog, model)
    placed = placed_by_hand(posthog, model.entries)
    if disturbance.faults:
        posthog.call("POST", "/_sandbox/faults", {"specs": list(disturbance.faults)})
    try:
        driver.disturbed(model, disturbance)
    finally:
        posthog.call("DELETE", "/_sandbox/faults")
    assert_still_placed(posthog, placed, model.entries)
    dice = random.Random(disturbance.seed)
    for _ in range(disturbance.edits):
        by_hand(posthog, dice)


def assert_not_another(driver: Driver, posthog: Sandbox, model: Model) -> None:
    """A source that is there is not replaced: what would take another one is refused in the preview."""
    projects = posthog.all(f"/api/organizations/{posthog.organization}/projects/")
    there = {each["name"] for each in projects if sources_of(posthog, each["id"])}
    if not any(row[0] == SOURCE and row[2] in there for row in model.entries):
        return
    other = dataclasses.replace(model, entries=tuple(map(of_another_sort, model.entries)))
    try:
        errors = driver.preview(other).errors
    except Refused:
        return
    assert any("never changes" in str(error) for error in errors), "another source would take its place"


def file_system_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The rows of a project's file system."""
    return list(posthog.all(f"/api/projects/{project}/file_system/?limit=1000"))


Census = dict[tuple[str, str], set[str]]


def census(posthog: Sandbox, of: Census | None = None) -> Census:
    """(kind, id of the parent) -> ids of what is there, of the kinds that a run may delete.

    With `of`, an earlier one, only of the kinds of which it has any: what was not there cannot be taken away.
    """
    organization = f"/api/organizations/{posthog.organization}"
    roles = posthog.all(f"{organization}/roles/")
    found = {("role", ""): {str(role["id"]) for role in roles}}
    for role in roles:
        found["membership", str(role["id"])] = {str(each["id"]) for each in role["members"]}
    for project in posthog.all(f"{organization}/projects/"):
        path = f"/api/projects/{project['id']}"
        for kind, look in LOOKS.items():
            if of is None or of.get((kind, path)):
                found[kind, path] = {str(each["id"]) for each in look(posthog, project["id"])}
        if of is None or any(of.get((list_, path)) for list_ in (*LISTS, "object_rules")):
            rules = rules_of(posthog, project["id"])
            for list_ in LISTS:
                found[list_, path] = set(
                    map(str, identities(each for each in rules if each["list"] == list_))
                )
            of_flags = (each for each in rules if each["resource"] == "feature_flag")
            found["object_rules", path] = set(
                map(str, identities(each for each in of_flags if each["list"] not in LISTS))
            )
    return found


LOOKS: Mapping[str, Callable[[Sandbox, Any], list[Mapping[str, Any]]]] = {
    "destination": destinations_of,
    "file": file_system_of,
    "table": lambda posthog, project: [
        table for each in sources_of(posthog, project) for table in each["schemas"]
    ],
    "function": functions_of,
    "cohort": cohorts_of,
    "flag": flags_of,
    "export": exports_of,
    **{kind: partial(charts_of, kind=kind) for kind in MADE},
    **{kind: partial(all_of, kind=kind) for kind in FAMILIES},
}


def lose_little(driver: Driver, posthog: Sandbox, rounds: Rounds) -> None:
    """No single run takes more of one kind away, below one parent, than the limits of a new stack allow."""
    for model, disturbance in rounds:
        before = census(posthog)
        # What somebody does by hand comes after the count, and before the next one.
        one_round(driver, posthog, model, dataclasses.replace(disturbance, another=False, edits=0))
        after = census(posthog, before)
        for (kind, parent), ids in before.items():
            if kind == "membership" and parent not in after["role", ""]:
                continue  # it went with its role, which counts
            gone = len(ids - after.get((kind, parent), set()))
            assert gone <= max(1, min(10, len(ids) / 3)), f"{gone} of {len(ids)}: {kind} of {parent}"
        dice = random.Random(disturbance.seed)
        for _ in range(disturbance.edits):
            by_hand(posthog, dice)
