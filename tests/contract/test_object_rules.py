"""Access rules of single objects: made, healed, removed and exported with the object (posthog-api-access.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.engine import Engine, Refused
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.export import export
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.lockouts import objection_to_losing_rules
from pulumi_posthog.reconcile.losses import losses_of_rules
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.people import losses_of
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.reconcile.requests import looks_of, writes_of
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.resolution import resolved
from pulumi_posthog.values.variables import KEY_VARIABLE

RULE = KINDS["object_access_rule"]


class View:
    """A fresh view of a server's first project, and what people make in it."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.posthog = sandbox
        self.folder = folder
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.reader, self.writer = Reader(connection, pace=pace), Writer(connection, pace=pace)
        self.live = self.anew()
        self.applier = Applier(self.live, self.writer)
        self.project = str(sandbox.info["projects"][0]["id"])
        self.name = str(sandbox.info["projects"][0]["name"])

    def anew(self) -> Live:
        return Live(self.reader, self.posthog.organization)

    def board(self, name: str) -> str:
        return str(
            self.posthog.call("POST", f"/api/projects/{self.project}/dashboards/", {"name": name})["id"]
        )

    def scope(self, board: str) -> Scope:
        return {"project": self.project, "object": f"dashboards/{board}"}

    def path(self, board: str) -> str:
        return f"/api/projects/{self.project}/dashboards/{board}/access_controls/"

    def rules(self, board: str) -> list[tuple[Any, ...]]:
        found = self.posthog.get(self.path(board))["access_controls"]
        return sorted(((e["role"], e["organization_member"], e["access_level"]) for e in found), key=str)

    def load(self, text: str) -> Configuration:
        file = self.folder / "posthog.yaml"
        head = f"organization: {{host: '{self.posthog.url}', id: {self.posthog.organization}}}\n"
        file.write_text(head + text.replace("PROJECT", self.name))
        return config.load(file, environment={"POSTHOG_HOST": self.posthog.url})

    def changes(self, text: str) -> list[tuple[str, str]]:
        observed = observe(self.load(text), self.anew())
        assert observed.unread == {}
        found = plan(observed.readable, observed.for_plan).changes
        return [(each.action.value, each.name) for each in found]


@pytest.fixture(scope="module", params=[2026, 2025])
def age(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def server(age: int, started: Callable[..., Sandbox]) -> Sandbox:
    return started("--age", str(age))


@pytest.fixture
def view(server: Sandbox, tmp_path: Path) -> Iterator[View]:
    server.call("POST", "/_sandbox/reset")
    it = View(server, tmp_path)
    yield it
    it.reader.close()
    it.writer.close()


BOARD = """projects:
  PROJECT:
    dashboards:
      Board:
        access: {everyone: none, members: {bo@acme.io: editor}}
"""


def test_a_rule_is_made_changed_healed_and_removed(view):
    board = view.board("Board")
    values = {"resource": "dashboard", "resource_id": board, "access_level": "viewer"}

    made = view.applier.create(RULE, view.scope(board), values)
    again = view.anew().object(RULE, view.scope(board), made.found.id)
    assert (made.adopted, made.ignored) == (False, ())
    assert differences(RULE, values, again.values) == ()

    changed = view.applier.update(RULE, view.scope(board), made.found, {**values, "access_level": "none"})
    assert (changed.ignored, changed.found.id) == ((), made.found.id)
    assert view.rules(board) == [(None, None, "none")]

    view.applier.delete(RULE, view.scope(board), made.found.id)
    assert view.rules(board) == []


def test_each_object_that_declares_rules_takes_one_read_and_others_take_none(view):
    for number in range(5):
        view.board(f"Board {number}")
    text = "projects: {PROJECT: {dashboards: {Board 1: {access: {everyone: viewer}}, Board 2: {access: {everyone: none,"
    text += " members: {bo@acme.io: editor, cy@acme.io: viewer}}}, Board 3: {}}}}\n"
    desired = view.load(text)
    view.posthog.count_anew()

    observed = observe(desired, view.anew())

    asked = view.posthog.requests()["by_path"]
    assert observed.unread == {}
    assert sum(count for path, count in asked.items() if path.endswith("access_controls/")) == 2


def test_a_file_is_compared_with_the_rules_of_its_objects(view):
    assert view.changes(BOARD) == [
        ("create", f"{view.name}/Board"),
        ("create", f"{view.name}/Board/dashboard/members/bo@acme.io"),
        ("create", f"{view.name}/Board/dashboard/everyone"),
    ]

    board = view.board("Board")
    view.posthog.call("PUT", view.path(board), {"access_level": "viewer"})

    assert view.changes(BOARD) == [
        ("create", f"{view.name}/Board/dashboard/members/bo@acme.io"),
        ("update", f"{view.name}/Board/dashboard/everyone"),
    ]


def test_an_estimate_knows_what_making_and_removing_rules_takes(view):
    board = view.board("Board")
    view.posthog.call("PUT", view.path(board), {"access_level": "viewer"})
    desired = view.load(BOARD.replace("{everyone: none, ", "{mode: exact, "))
    live = view.anew()
    observed = observe(desired, live)
    changes = plan(observed.readable, observed.for_plan).changes
    applier = Applier(live, view.writer)
    view.posthog.count_anew()

    for change in changes:
        if change.entry.absent:
            applier.delete(RULE, view.scope(board), observed.found[change.kind.name, change.name].id)
        else:
            applier.create(RULE, view.scope(board), change.entry.fields)

    sent = view.posthog.requests()["by_path"]
    assert [each.action.value for each in changes] == ["create", "delete"]
    assert sum(view.posthog.writes().values()) == sum(map(writes_of, changes)) == 2
    assert sum(sent.values()) - 2 == sum(map(looks_of, changes)) == 1


def test_where_there_are_to_be_no_others_only_those_of_that_object_go(view):
    board, other = view.board("Board"), view.board("Other")
    for each in (board, other):
        view.posthog.call("PUT", view.path(each), {"access_level": "viewer"})
    text = BOARD.replace("{everyone: none, ", "{mode: exact, ")
    said: list[str] = []

    wanted = resolved(view.load(text), view.anew(), said.append)

    gone = [(each.name, each.parent, each.fields["resource_id"].id) for each in wanted.entries if each.absent]
    assert gone == [(f"{view.name}/Board/dashboard/everyone", view.name, board)]
    assert said == [
        f'object access rule of "{view.name}/Board" is removed, because it is not in the file: everyone: viewer'
    ]
    assert view.changes(text) == [
        ("create", f"{view.name}/Board/dashboard/members/bo@acme.io"),
        ("delete", f"{view.name}/Board/dashboard/everyone"),
    ]


def test_where_several_objects_have_the_name_nothing_is_removed_and_that_is_said(view):
    for board in (view.board("Board"), view.board("Board")):
        view.posthog.call("PUT", view.path(board), {"access_level": "viewer"})
    said: list[str] = []

    wanted = resolved(
        view.load(BOARD.replace("{everyone: none, ", "{mode: exact, ")), view.anew(), said.append
    )

    assert [each for each in wanted.entries if each.absent] == []
    assert said == [
        f'object access rules of "{view.name}/Board" that are not in the file are left alone in this run, because 2'
        " objects in PostHog have that name: rename the others there, or write its `id`"
    ]


def test_undeclared_rules_are_told_of_objects_that_declare_some(view):
    board = view.board("Board")
    view.posthog.call("PUT", view.path(board), {"access_level": "none"})
    text = BOARD.replace("{everyone: none, ", "{")

    observed = observe(view.load(text), view.anew(), undeclared=True)

    found = [each for each in observed.undeclared if each.found.kind is RULE]
    assert [(each.found.values["access_level"], each.group) for each in found] == [
        ("none", ("object_access_rule", f"dashboard/{view.name}/Board"))
    ]


def test_an_export_has_the_rules_of_objects_and_changes_nothing(view):
    board = view.board("Board")
    view.board("Without")
    view.posthog.call("PUT", view.path(board), {"access_level": "none"})
    people = view.posthog.all(f"/api/organizations/{view.posthog.organization}/members/")
    bo = next(each["id"] for each in people if each["user"]["email"] == "bo@acme.io")
    view.posthog.call("PUT", view.path(board), {"access_level": "editor", "organization_member": bo})

    text = export(view.anew()).files["posthog.yaml"]

    assert text.count("        access:") == 1
    desired = view.load(text.partition("\nprojects:")[2].join(("projects:", "")))
    rules = {each.name: each.fields["access_level"] for each in desired.entries if each.kind is RULE}
    assert rules == {
        f"{view.name}/Board/dashboard/members/bo@acme.io": "editor",
        f"{view.name}/Board/dashboard/everyone": "none",
    }
    observed = observe(desired, view.anew())
    assert plan(observed.readable, observed.for_plan).changes == ()


def test_the_rules_of_an_object_that_is_gone_are_gone_and_of_one_that_is_there_they_are_not(view):
    board = view.board("Board")
    view.posthog.call("PUT", view.path(board), {"access_level": "none"})
    live = view.anew()
    assert len(live.collection(RULE, view.scope(board))) == 1

    view.posthog.call("PATCH", f"/api/projects/{view.project}/dashboards/{board}/", {"deleted": True})

    assert view.anew().collection(RULE, view.scope(board)) == {}


def test_a_rule_is_removed_though_its_object_has_gone_since_it_was_read(view):
    board = view.board("Board")
    view.posthog.call("PUT", view.path(board), {"access_level": "none"})
    ((id_, _),) = view.live.collection(RULE, view.scope(board)).items()
    assert board in view.live.collection(KINDS["dashboard"], {"project": view.project})

    view.posthog.call("PATCH", f"/api/projects/{view.project}/dashboards/{board}/", {"deleted": True})

    view.applier.delete(RULE, view.scope(board), id_)
    assert view.live.collection(RULE, view.scope(board)) == {}


# -- what Pulumi sees ----------------------------------------------------------------------------------------


@pytest.fixture
def place(view: View, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The properties that every rule of the first project has."""
    monkeypatch.setenv(KEY_VARIABLE, view.posthog.key)
    begin_anew()
    where = Location(view.posthog.url, view.posthog.organization).as_property
    yield {**where, "project": view.project, "resource": "dashboard", "access_level": "viewer"}
    begin_anew()


def test_a_rule_of_a_program_is_known_by_its_object_and_healed(view, place):
    board, provider = view.board("Board"), KindProvider(RULE.name)

    inputs = provider.check({}, {**place, "resource_id": int(board), "member": "bo@acme.io"}).inputs
    made = provider.create(inputs)

    assert (made.outs["resource"], made.outs["resource_id"]) == ("dashboard", board)
    assert provider.diff(made.id, made.outs, inputs).changes is False
    ((_, bo, level),) = view.rules(board)
    assert level == "viewer"
    view.posthog.call("PUT", view.path(board), {"organization_member": bo, "access_level": "editor"})
    begin_anew()
    read = provider.read(made.id, made.outs)
    assert read.inputs["access_level"] == "editor"
    assert provider.diff(made.id, read.outs, inputs).changes is True
    provider.update(made.id, read.outs, inputs)
    assert view.rules(board) == [(None, bo, "viewer")]


def test_a_rule_of_another_object_is_another_rule(view, place):
    one, other, provider = view.board("One"), view.board("Other"), KindProvider(RULE.name)
    inputs = provider.check({}, {**place, "resource_id": one}).inputs
    made = provider.create(inputs)

    moved = provider.check(made.outs, {**place, "resource_id": other}).inputs

    assert provider.diff(made.id, made.outs, moved).replaces == ["resource_id"]


def test_a_preview_looks_for_what_has_no_id_yet_by_its_name(view, place):
    provider = KindProvider(RULE.name)
    declared = {**place, "resource_id": "!ref dashboard/Board", "__ids": {"dashboard/Board": NOT_YET_KNOWN}}

    assert provider.check({}, declared).failures == []
    board = view.board("Board")
    view.posthog.call("PUT", view.path(board), {"access_level": "none"})
    begin_anew()
    inputs = provider.check({}, declared).inputs

    olds = {**inputs, "__ids": {"dashboard/Board": board}}
    assert provider.diff("", olds, inputs).replaces == ["resource_id"]
    known = provider.check({}, {**declared, "__ids": {"dashboard/Board": board}}).inputs
    made = provider.create(known)
    assert made.outs["resource_id"] == "!ref dashboard/Board"
    assert view.rules(board) == [(None, None, "viewer")]


def test_a_rule_that_goes_with_its_object_is_gone(view, place):
    board, provider = view.board("Board"), KindProvider(RULE.name)
    made = provider.create(provider.check({}, {**place, "resource_id": board}).inputs)

    view.posthog.call("PATCH", f"/api/projects/{view.project}/dashboards/{board}/", {"deleted": True})
    begin_anew()

    assert provider.read(made.id, made.outs).id is None


@pytest.mark.parametrize("field", ["resource_id", "project"])
def test_what_is_no_id_leads_nowhere_and_nothing_is_sent(view, place, field):
    board, provider = view.board("Board"), KindProvider(RULE.name)
    view.posthog.count_anew()

    for text in ("..", f"9999/../{board}", "%2e%2e", f"{board}?b=1", f"{board}#", "\n", "", f"{board}/x"):
        given = {**place, "resource_id": board, "access_level": "none", field: text}
        for call in (partial(provider.check, {}), provider.create):
            begin_anew()
            with pytest.raises(Exception, match=r"is not an id of a|it is not known what"):
                call(given)

    assert view.posthog.writes() == {}


# -- what nobody loses by the way ------------------------------------------------------------------------------


class OfMember(Live):
    """The same organization, seen with the key of somebody below admin."""

    def __init__(self, view: View, address: str) -> None:
        super().__init__(view.reader, view.posthog.organization)
        people = view.posthog.all(f"/api/organizations/{view.posthog.organization}/members/")
        self.person = next(each for each in people if each["user"]["email"] == address)

    def organization(self):
        return {**super().organization(), "membership_level": 1}

    def me(self):
        return self.person["user"]


def test_the_owner_of_the_key_keeps_the_rule_by_which_the_rules_of_an_object_are_changed(view):
    board, project = view.board("Board"), KINDS["project_access_rule"]
    values = {"resource": "dashboard", "resource_id": board, "access_level": "manager"}
    mine, hers = (
        view.applier.create(RULE, view.scope(board), {**values, "member": each}).found
        for each in ("bo@acme.io", "ada@acme.io")
    )

    def refused(address: str, id_: str, level: str | None) -> str:
        live = OfMember(view, address)
        text = objection_to_losing_rules(RULE, view.scope(board), id_, level, live)
        return (text or "").partition("\n")[0]

    alone = (
        "bo@acme.io owns the key that this runs with, and may change access rules of this dashboard by this rule alone:"
        " without it, the next change is refused"
    )
    assert [refused("bo@acme.io", mine.id, level) for level in ("editor", None, "manager")] == [
        alone,
        alone,
        "",
    ]
    # Whoever made it may always, and so may an admin of the project.
    assert refused("ada@acme.io", hers.id, None) == ""
    view.applier.create(project, {"project": view.project}, {"member": "bo@acme.io", "access_level": "admin"})
    assert refused("bo@acme.io", mine.id, None) == ""


def test_rules_of_objects_that_go_with_a_member_are_told_where_the_server_lists_them(view, age):
    board, person = view.board("Board"), KINDS["organization_member"]
    values = {"resource": "dashboard", "resource_id": board, "member": "bo@acme.io", "access_level": "editor"}
    view.applier.create(RULE, view.scope(board), values)
    live = view.anew()

    told = list(losses_of(live.find(person, {}, {"email": "bo@acme.io"}), live))

    lost = f'project "{view.name}": dashboard Board: editor' if age == 2026 else "no role and no rule"
    assert told == [f"bo@acme.io leaves the organization and loses {lost}"]


def test_rules_of_objects_that_go_with_a_role_are_told_where_the_server_lists_them(view, age):
    role = view.posthog.call(
        "POST", f"/api/organizations/{view.posthog.organization}/roles/", {"name": "Analysts"}
    )
    for name in ("One", "Other"):
        view.posthog.call("PUT", view.path(view.board(name)), {"access_level": "editor", "role": role["id"]})
    gone = {"role": ["Analysts"], RULE.name: [f"{view.name}/Other/dashboard/roles/Analysts"]}

    found = losses_of_rules(gone, {}, view.anew())

    told = [('1 access rule is lost with role "Analysts"', (f"{view.name}: dashboard One: editor",))]
    assert [(str(each), each.names) for each in found] == (told if age == 2026 else [])


@pytest.mark.parametrize("guarded", [True, False], ids=["by the guard", "in its check"])
def test_an_old_server_refuses_a_rule_before_its_object_is_made(started, tmp_path, monkeypatch, guarded):
    view = View(started("--age", "2024"), tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, view.posthog.key)
    view.posthog.count_anew()

    with pytest.raises(Refused) as refused:
        Engine(guarded=guarded).up(view.load(BOARD), preview=not guarded)

    assert str(refused.value) == (
        "this server has no object access rule objects: it is older than 2025\n"
        "  hint: take `access` out of the entries of its objects"
    )
    assert view.posthog.writes() == {}
    view.reader.close()
    view.writer.close()
