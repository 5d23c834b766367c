"""Random configurations, random things that go wrong, and what must hold whatever happens."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hypothesis import strategies as st

from harness import rows
from harness.access import LISTS, RULES, access_by_hand, access_of, identities, in_tree, rules_of
from harness.charted import (
    CHARTS,
    MADE,
    assert_about,
    assert_still_placed,
    charts_by_hand,
    charts_of,
    drawn_charts,
    drawn_data,
    name_of,
    ours,
    placed_by_hand,
)
from harness.engine import Outcome
from harness.pipelines import exports_of, functions_of, pipelines_by_hand
from harness.releases import assert_refers, cohorts_of, drawn, flags_of, releases_by_hand
from harness.rows import VARIABLE
from harness.sandbox import Sandbox
from harness.sourced import sources_of
from harness.surveyed import FAMILIES, all_of
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.links import in_order
from pulumi_posthog.reconcile.tables import views_of
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.reference import Reference, references_in
from pulumi_posthog.values.secret_text import SecretText

PLUGIN = "https://github.com/PostHog/snowflake-export-plugin"
CONFIG = {"username": "exporter", "database": "orders"}  # what the plugin needs
NUMBERS = itertools.count()  # no name by hand twice
PEOPLE = ("ada@acme.io", "ana@acme.io", "bo@acme.io", "cy@acme.io", "dee@acme.io")
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


BY_KEY = ("hog_function", "batch_export", "feature_flag", "cohort", *FAMILIES, *CHARTS)
SECTIONS = {kind: KINDS[kind].section.rpartition(".")[2] for kind in BY_KEY}


# Why something is kept that nobody declares any more.
KEPT = re.compile(
    r"does not manage|other flags depend on it|remove the cohort|used as criteria"
    r"|in use with early access|linked to (active|running) experiment"
)


@dataclass(frozen=True)
class Model:
    """A configuration, before it has an address: what each entry declares."""

    entries: tuple[tuple[str, str, str | None, tuple[tuple[str, Any], ...]], ...]
    # Of kind and name: what an entry was called before, and the id that it is said to have.
    previously: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unmanaged: tuple[tuple[str, str, str | None, tuple[tuple[str, Any], ...]], ...] = ()  # `state: unmanaged`

    exact: tuple[tuple[str, str | None], ...] = ()  # of which nothing else may be

    def desired(self, posthog: Sandbox) -> Desired:
        entries, _ = in_order(self._entry(place, *row) for place, row in enumerate(self.entries, 1))
        return Desired(
            exact=dict.fromkeys(self.exact, Position("posthog.yaml", 1, 1)),
            host=posthog.url,
            organization=posthog.organization,
            entries=entries,
            unmanaged=tuple(self._entry(place, *row) for place, row in enumerate(self.unmanaged, 1)),
        )

    def _entry(
        self, place: int, kind: str, name: str, parent: str | None, fields: tuple[tuple[str, Any], ...]
    ) -> Entry:
        return Entry(
            kind=KINDS[kind],
            name=name,
            parent=parent,
            fields=dict(fields),
            place=place,
            id=self.ids.get((kind, name)),
            follows=tuple(self._followed(KINDS[kind], parent, dict(fields))),
            previously=self.previously.get((kind, name), ()),
        )

    def _followed(
        self, kind: Kind, parent: str | None, fields: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """What is made first because its name stands in a field, or in SQL."""
        for named, name in views_of(kind, fields):
            if (key := (named, f"{parent}/{name}")) in {row[:2] for row in self.entries}:
                yield key
        for field_ in kind.fields:
            key = (field_.follows or "", f"{parent}/{fields.get(field_.name)}")
            if key in {row[:2] for row in self.entries}:
                yield key

    def yaml(self) -> str:
        """The same as a file has it, below the organization."""
        tree: dict[str, Any] = {"settings": {}, "projects": {}, "roles": {}}
        for kind, name, parent, fields in self.entries:
            values = {key: _in_yaml(value) for key, value in fields if key != "name"}
            if (kind, name) in self.previously:
                values["previously"] = list(self.previously[kind, name])
            if kind == "project":
                tree["projects"][name] = values
            elif kind == "role":
                tree["roles"][name] = values
            elif kind == "pipeline_destination":
                section = tree["projects"][parent].setdefault("pipeline_destinations", {})
                section[dict(fields)["name"]] = {**values, "plugin": PLUGIN}
            elif kind in SECTIONS:
                section = tree["projects"][parent].setdefault(SECTIONS[kind], {})
                key, called = name.removeprefix(f"{parent}/"), KINDS[kind].own_name(dict(fields))
                for own in ("key", "title", "code_name"):
                    values.pop(own, None)
                section[key] = values if key == called else {"name": called, **values}
            elif kind == "file_system_entry":
                tree["projects"][parent].setdefault("file_system", {})[values.pop("path")] = values
            elif kind == "role_members":
                tree["roles"][parent]["members"] = values["members"]
            elif kind == "organization_settings":
                tree["settings"] = {
                    key: str(each.name) if isinstance(each, Reference) else each for key, each in fields
                }
            elif kind in RULES or kind == "organization_member":
                in_tree(tree, kind, name, parent, values)
            else:
                exact = tree["roles"][parent].setdefault("members", {"mode": "additive", "items": []})
                exact["items"].append(values["user"])
        return "".join(
            # The settings stand below the organization, which the text follows.
            _with_tags(f"{'  ' * (section == 'settings')}{section}: {json.dumps(inner)}\n")
            for section, inner in tree.items()
            if inner
        )


def _in_yaml(value: Any) -> Any:
    if isinstance(value, SecretText):
        return f"!env {VARIABLE}"
    if isinstance(value, dict):
        return {key: _in_yaml(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _with_tags(text: str) -> str:
    return re.sub(r'"!(env|ref) ([^"]*)"', r'!\1 "\2"', text)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A small organization: up to two projects and three roles with what is in them."""
    entries: list[Any] = []

    def entry(kind: str, name: str, parent: str | None = None, /, **fields: Any) -> None:
        entries.append(rows.row(kind, name, parent, **fields))

    def maybe(*values: Any) -> Any:
        return draw(st.sampled_from((..., *values)))

    projects = sorted(draw(st.sets(st.sampled_from(("Web", "Shop")))))
    for project in projects:
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
                    {
                        **CONFIG,
                        "account": draw(st.sampled_from("ab")),
                        "password": SecretText("hush", f"!env {VARIABLE}"),
                    }
                ),
            )
        functions = draw(
            st.sampled_from(
                ((), (), ("Hook",), ("Hook", "Relay"), ("Trim",), ("Trim", "Hook"), ("Hook", "Twin", "Relay"))
            )
        )
        for place, function in enumerate(functions, 1):
            other = draw(st.booleans()) and "Hook" in functions[: place - 1]
            to = rows.refer_to("hog_function", f"{project}/Hook") if other else draw(st.sampled_from("xy"))
            early = function in ("Trim", "Twin")
            entries.append(
                rows.function(
                    project,
                    "Hook" if function == "Twin" else function,
                    to,
                    key=function,
                    type="transformation" if early else "destination",
                    enabled=maybe(True, False),
                    execution_order=draw(st.sampled_from((2, 3))) if early else ...,
                )
            )
        if draw(st.sampled_from((True, False, False))):
            every = draw(st.sampled_from(("hour", "day")))
            entries.append(rows.export(project, interval=every, paused=maybe(True, False)))
        entries += drawn(draw, project)
        entries += drawn_charts(draw, project)
        entries += drawn_data(draw, project)
        folders = draw(st.sampled_from(((), ("M",), ("M", "M/N"))))
        for folder in folders:
            entry("file_system_entry", f"{project}/{folder}", project, path=folder, type="folder")
        if draw(st.booleans()):
            path = "/".join((*folders[-1:], "Board"))
            entry("file_system_entry", f"{project}/{path}", project, path=path, type="dashboard", ref="4242")
    roles = sorted(draw(st.sets(st.sampled_from(("Analysts", "Editors", "Ops")))))
    # Whoever joins would be put out again of a role whose list is exact: this one's never is, in no round, because a
    # default role stays one when the settings leave the file.
    joinable = [role for role in roles if role == "Ops"]
    for role in roles:
        entry("role", role, None, name=role)
        members = draw(st.sets(st.sampled_from(PEOPLE[1:])))
        match draw(st.sampled_from(("none", "additive", *(("exact",) if role not in joinable else ())))):
            case "exact":
                entry("role_members", role, role, members=tuple(sorted(members)))
            case "additive":
                for person in sorted(members):
                    entry("role_membership", f"{role}/{person}", role, user=person)
    flags = [each for each in entries if each[0] == "feature_flag"]
    return Model((*entries, *draw(access_of(projects, roles, joinable, flags))))


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
            for row in posthog.all(f"/api/projects/{project['id']}/file_system/?limit=1000"):
                if row["type"] == "folder":
                    posthog.call("DELETE", f"/api/projects/{project['id']}/file_system/{row['id']}/")
                    break
        case 5:
            for config in posthog.all(f"/api/projects/{project['id']}/pipeline_destination_configs/"):
                path = f"/api/projects/{project['id']}/pipeline_destination_configs/{config['id']}/"
                posthog.call("PATCH", path, {"enabled": "true", "config": "{}"}, form=True)
                break
        case turn if turn in range(6, 14):
            (pipelines_by_hand, releases_by_hand, access_by_hand)[turn % 3](posthog, project["id"], dice)
        case _:
            posthog.call("PATCH", f"{organization}/projects/{project['id']}/", {"anonymize_ips": True})


@dataclass(frozen=True)
class Disturbance:
    """What goes wrong during one run."""

    faults: tuple[str, ...] = ()
    killed_at: int | None = None
    killed_after: bool = False
    meanwhile: bool = False  # somebody edits a view just before the run writes it; not with the command line
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
    meanwhile=st.booleans(),
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
        names += [(path, c["name"]) for c in posthog.all(f"{path}/pipeline_destination_configs/")]
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
            for row in posthog.all(f"{path}/file_system/?limit=1000")
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


def census(posthog: Sandbox) -> dict[tuple[str, str], set[str]]:
    """(kind, id of the parent) -> ids of what is there, of the kinds that a run may delete."""
    organization = f"/api/organizations/{posthog.organization}"
    roles = posthog.all(f"{organization}/roles/")
    found = {("role", ""): {str(role["id"]) for role in roles}}
    for role in roles:
        found["membership", str(role["id"])] = {str(each["id"]) for each in role["members"]}
    for project in posthog.all(f"{organization}/projects/"):
        path = f"/api/projects/{project['id']}"
        configs = posthog.all(f"{path}/pipeline_destination_configs/")
        filed = posthog.all(f"{path}/file_system/?limit=1000")
        found["destination", path] = {str(each["id"]) for each in configs}
        found["function", path] = {str(each["id"]) for each in functions_of(posthog, project["id"])}
        found["cohort", path] = {str(each["id"]) for each in cohorts_of(posthog, project["id"])}
        sources = sources_of(posthog, project["id"])
        found["table", path] = {str(table["id"]) for each in sources for table in each["schemas"]}
        for kind in MADE:
            found[kind, path] = {str(each["id"]) for each in charts_of(posthog, project["id"], kind)}
        for kind in FAMILIES:
            found[kind, path] = {str(each["id"]) for each in all_of(posthog, project["id"], kind)}
        found["flag", path] = {str(each["id"]) for each in flags_of(posthog, project["id"])}
        found["export", path] = {str(each["id"]) for each in exports_of(posthog, project["id"])}
        for list_ in LISTS:
            rules = [each for each in rules_of(posthog, project["id"]) if each["list"] == list_]
            found[list_, path] = set(map(str, identities(rules)))
        of_flags = [each for each in rules_of(posthog, project["id"]) if each["resource"] == "feature_flag"]
        found["object_rules", path] = set(
            map(str, identities(each for each in of_flags if each["list"] not in LISTS))
        )
        found["file", path] = {str(each["id"]) for each in filed}
    return found


def lose_little(driver: Driver, posthog: Sandbox, rounds: Rounds) -> None:
    """No single run takes more of one kind away, below one parent, than the limits of a new stack allow."""
    for model, disturbance in rounds:
        before = census(posthog)
        # What somebody does by hand comes after the count, and before the next one.
        one_round(driver, posthog, model, dataclasses.replace(disturbance, edits=0))
        after = census(posthog)
        for (kind, parent), ids in before.items():
            if kind == "membership" and parent not in after["role", ""]:
                continue  # it went with its role, which counts
            gone = len(ids - after.get((kind, parent), set()))
            assert gone <= max(1, min(10, len(ids) / 3)), f"{gone} of {len(ids)}: {kind} of {parent}"
        dice = random.Random(disturbance.seed)
        for _ in range(disturbance.edits):
            by_hand(posthog, dice)
