"""What is still declared comes to other names: by hand, in the file, or both. None of it may be lost by any run.

A round begins with a model that was applied in peace. Then keys, ids, spellings and forms of lists change, so that
everything of the model is declared afterwards as well. Runs of every sort follow, some of which are refused.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hypothesis import strategies as st

from harness.access import RULES, identities, make_rule, rules_of
from harness.charted import CHARTS, MADE, charts_of, name_of
from harness.drivers import InProcess
from harness.engine import GUARD, Killed, Outcome, Refused
from harness.model import Model, models
from harness.pipelines import change_function, destinations_of, exports_of, functions_of
from harness.rows import Row, refer_to
from harness.sandbox import Sandbox
from harness.world import file_system_of
from pulumi_posthog.api import ApiError
from pulumi_posthog.reconcile.errors import CannotApply, HalfMade
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.values.reference import references_in, replaced

NAMED = ("insight", "alert", "subscription", "dashboard")  # what PostHog lets people call otherwise
NEW = {"Web": "Prod", "Shop": "Store"}
STEPS = (
    "role key by hand too",
    "role key with id",
    "role key with previously",
    "project key by hand too",
    "project key with previously",
    "destination key by hand too",
    "function key by hand too",
    "function key with id",
    "function key with previously",
    "export key by hand too",
    "chart key by hand too",
    "chart key with previously",
    "folder by hand too",
    "dashboard elsewhere",
    "address in another case",
    "address of a rule in another case",
    "list becomes exact",
    "list becomes additive",
    "rules become exact",
    "role by hand and exact rules",
    "another logical name",
    "no longer managed",
)
# After these a run has to ask what was meant; after all others it knows.
DOUBTFUL = frozenset(
    (
        "role key by hand too",
        "role key with id",
        "project key by hand too",
        "destination key by hand too",
        "function key by hand too",
        "function key with id",
        "export key by hand too",
        "chart key by hand too",
        "folder by hand too",
        "dashboard elsewhere",
        "another logical name",
    )
)


@dataclass(frozen=True)
class Sort:
    """What sort of run it is. With a share of `targets` (0..1) it is about so much of what the state has."""

    refresh: bool = True
    continue_on_error: bool = False
    killed_at: int | None = None
    targets: float | None = None


SORTS = st.lists(
    st.builds(
        Sort,
        refresh=st.booleans(),
        continue_on_error=st.booleans(),
        killed_at=st.none() | st.integers(0, 20),
        targets=st.sampled_from((None, None, 0.2, 0.5, 0.8)),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
CHANGES = st.lists(st.sampled_from(STEPS), min_size=1, max_size=3, unique=True).map(tuple)
ROUND = st.tuples(models().filter(lambda model: bool(model.entries)), CHANGES, SORTS, st.integers(0, 2**16))


@dataclass
class World:
    """A model, and what somebody does to PostHog beside it."""

    posthog: Sandbox
    dice: random.Random
    rows: list[Row]
    previously: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    applied: frozenset[str] = frozenset()  # the names that the last run has applied
    unmanaged: list[Row] = field(default_factory=list)  # `state: unmanaged`
    exact: list[tuple[str, str | None]] = field(default_factory=list)
    live: dict[str, str] = field(default_factory=dict)  # a declared name -> what PostHog calls it until a run

    @property
    def model(self) -> Model:
        """What the file says now."""
        every = (tuple(self.rows), dict(self.previously), dict(self.ids), tuple(self.unmanaged))
        return Model(*every, tuple(self.exact))

    def one(self, kind: str, fits: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> Row | None:
        """Any entry of a kind."""
        found = [row for row in self.rows if row[0] == kind and fits(dict(row[3]))]
        return self.dice.choice(found) if found else None

    def rename(self, row: Row, name: str, /, **fields: Any) -> None:
        """Give an entry another name, and all that is below it with it."""
        _, before, parent, old = row
        after = f"{parent}/{name}" if parent else name
        place, moved = self.rows.index(row), {(row[0], before): after}
        self.rows[place] = (row[0], after, parent, _fields({**dict(old), **fields}))
        for index, (kind, inner, above, values) in enumerate(self.rows):
            # An exact list has its parent's own name.
            if above == before and index != place:
                below = after if inner == before else f"{after}{inner.removeprefix(before)}"
                self.rows[index] = (kind, below, after, values)
                self._carry((kind, inner), (kind, below))
                moved[kind, inner] = below
        for kind, inner in self.rules_about((row[0], before)):
            # A file calls a rule as it calls whom the rule is about.
            index = next(place for place, each in enumerate(self.rows) if each[:2] == (kind, inner))
            below = f"{inner.removesuffix(before)}{after}"
            self.rows[index] = (kind, below, *self.rows[index][2:])
            self._carry((kind, inner), (kind, below))
        self._carry((row[0], before), (row[0], after))
        if row[0] == "project":
            self.exact = [(kind, after if above == before else above) for kind, above in self.exact]
        for target, new in moved.items():
            self._follow(target, new)

    def rules_about(self, target: tuple[str, str]) -> list[tuple[str, str]]:
        """The access rules about an entry: a role."""
        return [
            row[:2]
            for row in self.rows
            if row[0] in RULES and any(each.target == target for each in references_in(dict(row[3])))
        ]

    def _follow(self, target: tuple[str, str], name: str) -> None:
        """Whoever refers to an entry calls it by its new name."""

        def followed(value: Any) -> Any:
            return replaced(value, lambda each: refer_to(target[0], name) if each.target == target else each)

        self.rows = [
            (kind, own, parent, tuple((key, followed(value)) for key, value in fields))
            for kind, own, parent, fields in self.rows
        ]

    def _carry(self, before: tuple[str, str], after: tuple[str, str]) -> None:
        for noted in (self.previously, self.ids):
            if before in noted:
                noted[after] = noted.pop(before)  # type: ignore[assignment]

    # -- PostHog -------------------------------------------------------------------------------------------------

    @property
    def organization(self) -> str:
        return f"/api/organizations/{self.posthog.organization}"

    def role(self, name: str) -> Mapping[str, Any]:
        name = self.live.get(name, name)
        return next(each for each in self.posthog.all(f"{self.organization}/roles/") if each["name"] == name)

    def project(self, name: str) -> Mapping[str, Any]:
        name = self.live.get(name, name)
        projects = self.posthog.all(f"{self.organization}/projects/")
        return next(each for each in projects if each["name"] == name)

    def below(self, row: Row, collection: str) -> list[Mapping[str, Any]]:
        project = self.live_project(row)
        return list(self.posthog.all(f"/api/projects/{project}/{collection}/?limit=1000"))

    def live_project(self, row: Row) -> Any:
        above = next(each for each in self.rows if each[:2] == ("project", row[2]))
        return self.project(dict(above[3])["name"])["id"]

    # -- the steps -----------------------------------------------------------------------------------------------

    def step(self, name: str) -> None:
        """Do one of `STEPS`, where there is something to do it to."""
        getattr(self, f"_{name.replace(' ', '_')}")()

    def _role_key_by_hand_too(self) -> None:
        if row := self.one("role"):
            new = f"{dict(row[3])['name']} team"
            id_ = self.role(dict(row[3])["name"])["id"]
            self.posthog.call("PATCH", f"{self.organization}/roles/{id_}/", {"name": new})
            self.rename(row, new, name=new)

    def _role_key_with_id(self) -> None:
        if row := self.one("role"):
            old, new = dict(row[3])["name"], f"{dict(row[3])['name']} (id)"
            self.ids["role", new] = str(self.role(old)["id"])
            self.live[new] = self.live.get(old, old)
            self.rename(row, new, name=new)

    def _role_key_with_previously(self) -> None:
        if row := self.one("role", self._named_as_in_the_state):
            self._declared_rename(row, f"{dict(row[3])['name']} now")

    def _project_key_by_hand_too(self) -> None:
        if row := self.one("project", lambda fields: fields["name"] in NEW):
            old = dict(row[3])["name"]
            id_ = self.project(old)["id"]
            self.posthog.call("PATCH", f"{self.organization}/projects/{id_}/", {"name": NEW[old]})
            self.rename(row, NEW[old], name=NEW[old])

    def _project_key_with_previously(self) -> None:
        if row := self.one(
            "project", lambda fields: fields["name"] in NEW and self._named_as_in_the_state(fields)
        ):
            self._declared_rename(row, NEW[dict(row[3])["name"]])

    def _named_as_in_the_state(self, fields: Mapping[str, Any]) -> bool:
        """`previously` has to say what the stack has: a name that nobody has applied says nothing."""
        return fields["name"] in self.applied

    def _declared_rename(self, row: Row, new: str) -> None:
        """As the loader has it: whatever is below says `previously`, too."""
        old = dict(row[3])["name"]
        self.live[new] = self.live.get(old, old)
        before = [(kind, name) for kind, name, parent, _ in self.rows if parent == row[1]]
        before += self.rules_about(row[:2])
        place = {name: self.rows.index(each) for each in self.rows if (name := each[:2]) in before}
        self.rename(row, new, name=new)
        self.previously[row[0], new] = (row[1],)
        for (kind, name), index in place.items():
            after = (kind, self.rows[index][1])
            self.previously[after] = (name, *self.previously.get(after, ()))

    def _destination_key_by_hand_too(self) -> None:
        if row := self.one("pipeline_destination"):
            old, new = dict(row[3])["name"], f"{dict(row[3])['name']} again"
            for each in self.below(row, "pipeline_destination_configs"):
                if each["name"] == old:
                    path = (
                        f"/api/projects/{self.live_project(row)}/pipeline_destination_configs/{each['id']}/"
                    )
                    self.posthog.call("PATCH", path, {"name": new}, form=True)
            self.rename(row, new, name=new)

    def _function_key_by_hand_too(self) -> None:
        if row := self.one("hog_function"):
            new = f"{dict(row[3])['name']} again"
            change_function(self.posthog, self.live_project(row), self._function(row)["id"], {"name": new})
            self.rename(row, new, name=new)

    def _function_key_with_id(self) -> None:
        if row := self.one("hog_function"):
            new = f"{dict(row[3])['name']} (id)"
            id_ = str(self._function(row)["id"])
            self.rename(row, new, name=new)
            self.ids["hog_function", f"{row[2]}/{new}"] = id_

    def _function_key_with_previously(self) -> None:
        if row := self.one("hog_function", self._named_as_in_the_state):
            self.rename(row, new := f"{dict(row[3])['name']} now", name=new)
            self.previously["hog_function", f"{row[2]}/{new}"] = (row[1],)

    def _function(self, row: Row) -> Mapping[str, Any]:
        # Whatever it is called by now: each step puts something behind its name.
        first, type_ = dict(row[3])["name"].partition(" ")[0], dict(row[3])["type"]
        return next(
            each
            for each in functions_of(self.posthog, self.live_project(row))
            if each["name"].partition(" ")[0] == first and each["type"] == type_
        )

    def _export_key_by_hand_too(self) -> None:
        if row := self.one("batch_export"):
            old, new = dict(row[3])["name"], f"{dict(row[3])['name']} again"
            project = self.live_project(row)
            for each in exports_of(self.posthog, project):
                if each["name"] == old:
                    path = f"/api/projects/{project}/batch_exports/{each['id']}/"
                    self.posthog.call("PATCH", path, {"name": new})
            self.rename(row, new, name=new)

    def _chart_key_by_hand_too(self) -> None:
        if row := self.dice.choice([each for each in self.rows if each[0] in NAMED] or [None]):
            key = name_of(row[0])
            old, project = dict(row[3])[key], self.live_project(row)
            new = f"{old} again"
            for each in charts_of(self.posthog, project, row[0]):
                if each[key] == old:
                    path = f"/api/projects/{project}/{CHARTS[row[0]]}/{each['id']}/"
                    self.posthog.call("PATCH", path, {key: new})
            self.rename(row, new, **{key: new})

    def _chart_key_with_previously(self) -> None:
        if row := self.one("dashboard", self._named_as_in_the_state) or self.one(
            "insight", self._named_as_in_the_state
        ):
            self.rename(row, new := f"{dict(row[3])['name']} now", name=new)
            self.previously[row[0], f"{row[2]}/{new}"] = (row[1],)

    def _folder_by_hand_too(self) -> None:
        inner = {dict(row[3]).get("path", "").rpartition("/")[0] for row in self.rows}
        row = self.one(
            "file_system_entry", lambda fields: fields["type"] == "folder" and fields["path"] not in inner
        )
        if row:
            old, new = dict(row[3])["path"], f"{dict(row[3])['path']} moved"
            for each in self.below(row, "file_system"):
                if each["type"] == "folder" and each["path"] == old:
                    path = f"/api/projects/{self.live_project(row)}/file_system/{each['id']}/"
                    self.posthog.call("PATCH", path, {"path": new})
            self.rename(row, new, path=new)

    def _dashboard_elsewhere(self) -> None:
        if row := self.one("file_system_entry", lambda fields: fields["type"] == "dashboard"):
            self.rename(row, "Elsewhere/Board", path="Elsewhere/Board")

    def _address_in_another_case(self) -> None:
        if row := self.one("role_membership"):
            # The loader has PostHog's spelling in the fields; the name is that of the file.
            self.rename(row, dict(row[3])["user"].upper())

    def _address_of_a_rule_in_another_case(self) -> None:
        if row := self.one("project_access_rule", lambda fields: "member" in fields):
            self.rename(row, f"members/{dict(row[3])['member'].upper()}")

    def _list_becomes_exact(self) -> None:
        row = self.one("role_membership")
        if row is None:
            return
        listed = [each for each in self.rows if each[0] == "role_membership" and each[2] == row[2]]
        members = tuple(sorted(dict(each[3])["user"] for each in listed))
        self.rows = [each for each in self.rows if each not in listed]
        self.rows.append(("role_members", str(row[2]), row[2], (("members", members),)))
        self.previously = {
            name: earlier for name, earlier in self.previously.items() if name[0] != "role_membership"
        }

    def _list_becomes_additive(self) -> None:
        if row := self.one("role_members"):
            self.rows.remove(row)
            self.previously.pop((row[0], row[1]), None)
            self.rows += [
                ("role_membership", f"{row[2]}/{person}", row[2], (("user", person),))
                for person in dict(row[3])["members"]
            ]

    def _rules_become_exact(self) -> None:
        """The file says that there are no others, and somebody makes one by hand."""
        if row := self.one("project_access_rule") or self.one("resource_access_rule"):
            self.exact.append((row[0], row[2]))
            make_rule(self.posthog, self.live_project(row), "dee@acme.io")

    def _role_by_hand_and_exact_rules(self) -> None:
        """A role has another name for a while, which the next run takes back."""
        self._rules_become_exact()
        if row := self.one("role", self._named_as_in_the_state):
            id_ = self.role(dict(row[3])["name"])["id"]
            self.posthog.call("PATCH", f"{self.organization}/roles/{id_}/", {"name": "By hand"})
            self.live[dict(row[3])["name"]] = "By hand"

    def _another_logical_name(self) -> None:
        row = self.one("role") or self.one("project")
        if row:
            self.rename(row, f"{row[1]}-resource")

    def _no_longer_managed(self) -> None:
        kinds = ("role", "project", "pipeline_destination", "file_system_entry")
        named = {
            each.target
            for row in self.rows
            for each in references_in(dict(row[3]))
            if row[0] != "hog_function"
        }
        rows = [row for row in self.rows if row[0] in kinds and row[:2] not in named]
        if not rows:
            return
        row = self.dice.choice(rows)
        self.unmanaged.append(row)
        # With it, the file says nothing of what is below it any more.
        self.rows = [each for each in self.rows if each is not row and each[2] != row[1]]


def _fields(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items(), key=str))


def belongings(posthog: Sandbox, of: Mapping[str, set[Any]] | None = None) -> dict[str, set[Any]]:
    """The ids of everything that a run may remove, who is in which role, and what is filed where somebody put it.

    By what they are, and of which project. With `of`, an earlier answer, only of what it has any: what was not there
    cannot be lost.
    """
    organization = f"/api/organizations/{posthog.organization}"
    found: dict[str, set[Any]] = {"roles": set(), "people": set()}
    for role in posthog.all(f"{organization}/roles/"):
        found["roles"].add(role["id"])
        found["people"] |= {(role["id"], each["user"]["email"]) for each in role["members"]}
    for project in posthog.all(f"{organization}/projects/"):
        for what, look in BELONGINGS.items():
            name = f"{what} of {project['id']}"
            if of is None or of.get(name):
                rows = look(posthog, project["id"])
                found[name] = set(identities(rows)) if what == "rules" else {row["id"] for row in rows}
    return found


def _filed(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    return [row for row in file_system_of(posthog, project) if not row["path"].startswith("Unfiled/")]


BELONGINGS: Mapping[str, Callable[[Sandbox, Any], list[Mapping[str, Any]]]] = {
    "destinations": destinations_of,
    "functions": functions_of,
    "exports": exports_of,
    "rules": rules_of,
    "rows": _filed,
    **{kind: partial(charts_of, kind=kind) for kind in MADE},
}


def lost_of(before: Mapping[str, set[Any]], posthog: Sandbox) -> dict[str, set[Any]]:
    """What there was and is not any more."""
    now = belongings(posthog, before)
    lost = {what: ids - now.get(what, set()) for what, ids in before.items()}
    return {what: ids for what, ids in lost.items() if ids}


def keep_all(
    driver: InProcess,
    posthog: Sandbox,
    model: Model,
    changes: tuple[str, ...],
    sorts: tuple[Sort, ...],
    seed: int,
    limits: Limits | None = None,
) -> None:
    """Whatever sort of run comes, and whether it is refused or not: what is declared before and after is there.

    `limits` hold for the runs after the changes. Raises AssertionError where something is lost, or where it does not
    come to rest, which only `DOUBTFUL` changes may keep it from.
    """
    for _ in range(3):
        if not driver.up(model).operations:
            break
    before = belongings(posthog)
    names = frozenset(dict(row[3]).get("name", "") for row in model.entries)
    world = World(posthog, random.Random(seed), list(model.entries), applied=names)
    for change in changes:
        # A program has no word for it: its resources say `retain_on_delete`.
        if change != "no longer managed" or driver.engine.guarded:
            world.step(change)

    process.run.settings.limits = limits or process.run.settings.limits
    for sort in sorts:
        _run(driver, world, sort)
        _nothing_lost(before, posthog, (changes, sort))
    outcome = Outcome()
    for _ in range(4):
        try:
            outcome = driver.up(world.model)
        except Refused as refusal:
            if not set(changes) & DOUBTFUL:
                raise AssertionError(f"{changes} may not be refused") from refusal
            outcome = Outcome()
        _nothing_lost(before, posthog, (changes, "in peace"))
        if not outcome.operations and not outcome.errors:
            break
    assert outcome.errors == []
    assert outcome.operations == [], f"{changes}: it does not come to rest"


def _run(driver: InProcess, world: World, sort: Sort) -> None:
    targets = None
    if sort.targets is not None:
        # What nobody declares any more is among them: only that can be lost.
        known = sorted({GUARD, *driver.engine.state})
        gone = {name for name in driver.engine.state if name not in {row[:2] for row in world.rows}}
        targets = frozenset(gone | set(world.dice.sample(known, int(len(known) * sort.targets))))
    driver.reaper.left, driver.reaper.after = sort.killed_at, True
    try:
        driver.engine.up(
            world.model.desired(driver.posthog),
            refresh=sort.refresh,
            continue_on_error=sort.continue_on_error,
            chosen=targets,
        )
    except (Killed, Refused, ApiError, CannotApply, HalfMade):
        pass
    finally:
        driver.reaper.left = None


def _nothing_lost(before: Mapping[str, set[Any]], posthog: Sandbox, told: object) -> None:
    lost = lost_of(before, posthog)
    assert lost == {}, f"lost by {told}"
