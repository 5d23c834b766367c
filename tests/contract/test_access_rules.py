"""Access rules: made, changed, healed and removed by PUT, each known by what it is about (posthog-api-access.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.api import Connection, NotServed, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.access_rule import COVERED, LEVELS, TYPES, levels
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.lockouts import lacking, objection_to_losing_rules
from pulumi_posthog.reconcile.losses import Loss, losses_of_rules, refusal_of_losses
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.location import Location
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.variables import KEY_VARIABLE

PROJECT, RESOURCE = KINDS["project_access_rule"], KINDS["resource_access_rule"]


class View:
    """A fresh view of a server, with a role, and what it writes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.posthog = sandbox
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.reader, self.writer = Reader(connection, pace=pace), Writer(connection, pace=pace)
        self.live = self.anew()
        self.applier = Applier(self.live, self.writer)
        self.path = f"/api/organizations/{sandbox.organization}"
        self.project = str(sandbox.info["projects"][0]["id"])
        self.scope = {"project": self.project}

    def anew(self) -> Live:
        return Live(self.reader, self.posthog.organization)

    def role(self, name: str) -> Reference:
        made = self.posthog.call("POST", f"{self.path}/roles/", {"name": name})
        return Reference("role", name, id_=made["id"])

    def membership(self, address: str) -> dict[str, Any]:
        members = self.posthog.all(f"{self.path}/members/")
        return next(each for each in members if each["user"]["email"] == address)

    def rules(self, resource: bool = False) -> list[tuple[Any, ...]]:
        name = "resource_access_controls" if resource else "access_controls"
        found = self.posthog.get(f"/api/projects/{self.project}/{name}/")["access_controls"]
        rows = ((e["resource"], e["role"], e["organization_member"], e["access_level"]) for e in found)
        return sorted(rows, key=str)


@pytest.fixture(scope="module", params=[2026, 2025])
def server(request: pytest.FixtureRequest, started: Callable[..., Sandbox]) -> Sandbox:
    return started("--age", str(request.param))


@pytest.fixture
def view(server: Sandbox) -> Iterator[View]:
    server.call("POST", "/_sandbox/reset")
    it = View(server)
    yield it
    it.reader.close()
    it.writer.close()


def declared(view: View, subject: str) -> dict[str, Any]:
    return {
        "everyone": {},
        "role": {"role": view.role("Analysts")},
        "member": {"member": "bo@acme.io"},
    }[subject]


@pytest.mark.parametrize("subject", ["everyone", "role", "member"])
@pytest.mark.parametrize(
    ("kind", "keyed", "first", "other"),
    [(PROJECT, {}, "none", "member"), (RESOURCE, {"resource": "dashboard"}, "viewer", "editor")],
    ids=["project", "resource"],
)
def test_a_rule_is_made_changed_healed_and_removed(view, kind, keyed, first, other, subject):
    values = {**keyed, **declared(view, subject)}

    made = view.applier.create(kind, view.scope, {**values, "access_level": first})
    again = view.anew().object(kind, view.scope, made.found.id)
    assert (made.adopted, made.ignored) == (False, ())
    assert differences(kind, {**values, "access_level": first}, again.values) == ()

    changed = view.applier.update(kind, view.scope, made.found, {**values, "access_level": other})
    assert changed.ignored == ()
    assert [level for *_, level in view.rules(kind is RESOURCE)] == [other]
    assert changed.found.id == made.found.id

    view.applier.delete(kind, view.scope, made.found.id)
    assert view.rules(kind is RESOURCE) == []
    assert view.anew().object(kind, view.scope, made.found.id) is None


def test_a_person_has_the_users_id_in_a_role_and_the_memberships_id_in_a_rule(view):
    role, bo = view.role("Analysts"), view.membership("bo@acme.io")
    membership = KINDS["role_membership"]

    view.applier.create(membership, {"role": role.id}, {"user": "bo@acme.io"})
    view.applier.create(PROJECT, view.scope, {"member": "Bo@acme.io", "access_level": "admin"})

    assert view.posthog.role("Analysts")["members"][0]["user"]["uuid"] == bo["user"]["uuid"]
    assert view.rules() == [("project", None, bo["id"], "admin")]
    (found,) = view.anew().find(PROJECT, view.scope, {"member": "bo@acme.io"})
    assert found.values["member"] == "bo@acme.io"


def test_one_rule_has_one_id_whoever_looks_and_no_two_have_the_same(view):
    role, bo = view.role("Analysts"), view.membership("bo@acme.io")["id"]
    for values in ({}, {"role": role}, {"member": "bo@acme.io"}):
        view.applier.create(PROJECT, view.scope, {**values, "access_level": "member"})
        for resource in ("dashboard", "insight"):
            view.applier.create(
                RESOURCE, view.scope, {"resource": resource, **values, "access_level": "viewer"}
            )

    assert set(view.anew().collection(PROJECT, view.scope)) == {
        f"{view.project}/everyone",
        f"{view.project}/{role.id}",
        f"{view.project}/{bo}",
    }
    assert set(view.anew().collection(RESOURCE, view.scope)) == {
        f"{view.project}/{resource}/{subject}"
        for resource in ("dashboard", "insight")
        for subject in ("everyone", role.id, bo)
    }


def test_a_rule_that_is_there_is_taken_over_and_others_are_left_alone(view):
    role = view.role("Analysts")
    path = f"/api/projects/{view.project}/access_controls/"
    view.posthog.call("PUT", path, {"access_level": "member", "role": role.id})
    view.posthog.call("PUT", path, {"access_level": "none"})

    applied = view.applier.create(PROJECT, view.scope, {"role": role, "access_level": "admin"})

    assert applied.adopted is True
    assert view.rules() == sorted(
        [("project", None, None, "none"), ("project", role.id, None, "admin")], key=str
    )


def test_a_level_that_is_already_so_is_not_sent(view):
    view.applier.create(PROJECT, view.scope, {"access_level": "member"})
    view.posthog.count_anew()

    view.applier.create(PROJECT, view.scope, {"access_level": "member"})

    assert view.posthog.writes() == {}


def test_two_reads_answer_for_all_rules_of_a_project(view):
    roles = [view.role(f"Role {number}") for number in range(6)]
    for role in roles:
        view.applier.create(PROJECT, view.scope, {"role": role, "access_level": "member"})
        view.applier.create(
            RESOURCE, view.scope, {"resource": "dashboard", "role": role, "access_level": "viewer"}
        )
    fresh = view.anew()
    view.posthog.count_anew()

    for role in roles:
        assert fresh.find(PROJECT, view.scope, {"role": role})
        assert fresh.find(RESOURCE, view.scope, {"resource": "dashboard", "role": role})

    assert sum(view.posthog.requests()["by_path"].values()) == 2


def test_a_rule_about_somebody_unknown_sends_nothing(view):
    view.posthog.count_anew()

    with pytest.raises(CannotApply, match=r"nobody@acme\.io"):
        view.applier.create(PROJECT, view.scope, {"member": "nobody@acme.io", "access_level": "admin"})

    assert view.posthog.writes() == {}


def test_a_rule_about_a_role_that_has_no_id_yet_sends_nothing(view):
    view.posthog.count_anew()

    with pytest.raises(CannotApply, match="role/Later"):
        view.applier.create(
            PROJECT, view.scope, {"role": Reference("role", "Later"), "access_level": "admin"}
        )

    assert view.posthog.writes() == {}


def test_an_old_server_has_no_rules_and_says_so(started):
    view = View(started("--age", "2024"))

    with pytest.raises(NotServed, match="no list of project access rule objects"):
        view.live.collection(PROJECT, view.scope)
    view.reader.close()
    view.writer.close()


def test_levels_of_a_type_lie_between_its_lowest_and_its_highest():
    assert levels("dashboard") == LEVELS
    assert levels("action") == ("viewer", "editor", "manager")
    assert levels("activity_log") == ("none", "viewer")
    assert all(default in levels(name) for name, (default, _, _) in TYPES.items())
    assert not set(COVERED) & set(TYPES)
    assert set(COVERED.values()) <= set(TYPES)


def test_a_look_without_a_stack_finds_the_rules_of_roles_whether_or_not_these_are_declared(view, tmp_path):
    name = view.posthog.info["projects"][0]["name"]
    for role in (view.role("Analysts"), view.role("Growth")):
        view.applier.create(PROJECT, view.scope, {"role": role, "access_level": "member"})
    view.applier.create(
        RESOURCE, view.scope, {"resource": "insight", "member": "bo@acme.io", "access_level": "viewer"}
    )
    file = tmp_path / "posthog.yaml"
    file.write_text(
        f"organization: {{host: '{view.posthog.url}', id: {view.posthog.organization}}}\n"
        f"roles: {{Analysts: {{}}}}\nprojects:\n  {name}:\n"
        "    access: {everyone: none, roles: {Analysts: member, Growth: admin}}\n"
        "    resource_access: {insight: {members: {bo@acme.io: viewer}}}\n"
    )
    desired = config.load(file, environment={"POSTHOG_HOST": view.posthog.url})

    observed = observe(desired, view.anew())

    changes = plan(observed.readable, observed.for_plan).changes
    assert {(change.action.value, change.name) for change in changes} == {
        ("create", f"{name}/everyone"),
        ("update", f"{name}/roles/Growth"),
    }


def test_what_the_plan_lacks_is_known_for_rules_and_for_those_of_roles():
    def live(*features: str) -> Any:
        answer = {"available_product_features": [{"key": each} for each in features]}
        return SimpleNamespace(organization=lambda: answer)

    of_role = {"role": Reference("role", "Analysts", id_="r"), "access_level": "member"}

    assert list(lacking(PROJECT, of_role, live())) == ["access_control", "role_based_access"]
    assert list(lacking(PROJECT, of_role, live("access_control"))) == ["role_based_access"]
    assert list(lacking(PROJECT, {"access_level": "member"}, live("access_control"))) == []


# -- what Pulumi sees ----------------------------------------------------------------------------------------


@pytest.fixture
def place(view: View, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The properties that every rule of the first project has."""
    monkeypatch.setenv(KEY_VARIABLE, view.posthog.key)
    begin_anew()
    where = Location(view.posthog.url, view.posthog.organization).as_property
    yield {**where, "project": view.project}
    begin_anew()


def test_a_rule_is_known_by_its_id_and_its_role_by_its_name(view, place):
    role = view.role("Analysts")
    provider = KindProvider(PROJECT.name)

    inputs = provider.check({}, {**place, "role": "Analysts", "access_level": "member"}).inputs
    made = provider.create(inputs)

    assert made.id == f"{view.project}/{role.id}"
    assert made.outs["role"] == "!ref role/Analysts"
    assert provider.diff(made.id, made.outs, inputs).changes is False
    begin_anew()
    assert provider.read(made.id, made.outs).id == made.id


def test_a_rule_that_somebody_removed_is_seen_and_one_that_somebody_changed_is_healed(view, place):
    provider = KindProvider(PROJECT.name)
    inputs = provider.check({}, {**place, "member": "bo@acme.io", "access_level": "member"}).inputs
    made = provider.create(inputs)
    body = {"organization_member": view.membership("bo@acme.io")["id"]}
    path = f"/api/projects/{view.project}/access_controls/"

    view.posthog.call("PUT", path, {**body, "access_level": "admin"})
    begin_anew()
    read = provider.read(made.id, made.outs)
    assert read.inputs["access_level"] == "admin"
    assert provider.diff(made.id, read.outs, inputs).changes is True
    provider.update(made.id, read.outs, inputs)
    assert [level for *_, level in view.rules()] == ["member"]

    view.posthog.call("PUT", path, {**body, "access_level": None})
    begin_anew()
    assert provider.read(made.id, made.outs).id is None


def test_admin_for_everyone_has_to_be_asked_for_by_name(view, place, monkeypatch):
    provider, given = KindProvider(PROJECT.name), {**place, "access_level": "admin"}
    name = view.posthog.info["projects"][0]["name"]

    (failure,) = provider.check({}, given).failures

    assert failure.reason == (
        "access_level: admin for everyone lets every member of the organization change the project's access rules\n"
        f"  hint: if that is meant, say so: pulumi config set posthog:allowRisks projects.{name}.access.everyone"
    )
    monkeypatch.setattr(
        process.run.settings, "limits", Limits(risks=frozenset({f"projects.{name}.access.everyone"}))
    )
    assert provider.check({}, given).failures == []
    assert provider.check({}, {**given, "member": "bo@acme.io"}).failures == []


def test_rules_that_go_with_a_role_are_told_and_more_than_one_is_refused(view):
    role, name = view.role("Analysts"), view.posthog.info["projects"][0]["name"]
    view.applier.create(PROJECT, view.scope, {"role": role, "access_level": "admin"})
    for resource in ("dashboard", "insight"):
        view.applier.create(
            RESOURCE, view.scope, {"resource": resource, "role": role, "access_level": "viewer"}
        )
    gone = {"role": ["Analysts"], "resource_access_rule": [f"{name}/insight/roles/Analysts"]}

    found = losses_of_rules(gone, {}, view.anew())

    assert [(str(each), each.names) for each in found] == [
        ('1 access rule is lost with role "Analysts"', (f"{name}: admin",)),
        ('1 access rule is lost with role "Analysts"', (f"{name}: dashboard: viewer",)),
    ]
    assert refusal_of_losses(found, Limits()) is None
    everything = losses_of_rules({"role": ["Analysts"]}, {}, view.anew())
    assert "posthog:allowRemovals resource_access_rule=2" in (refusal_of_losses(everything, Limits()) or "")
    allowed = Limits(allowed={"resource_access_rule": 2})
    assert refusal_of_losses(everything, allowed) is None


def test_a_rule_that_goes_with_a_role_and_one_that_is_removed_are_two(view):
    role, name = view.role("Analysts"), view.posthog.info["projects"][0]["name"]
    for resource in ("dashboard", "insight"):
        view.applier.create(
            RESOURCE, view.scope, {"resource": resource, "role": role, "access_level": "viewer"}
        )
    gone = {"role": ["Analysts"], "resource_access_rule": [f"{name}/insight/roles/Analysts"]}
    found = losses_of_rules(gone, {}, view.anew())
    removed = {name: gone["resource_access_rule"]}
    two = {"resource_access_rule": (removed, 2)}

    refused = refusal_of_losses(found, Limits(), two)

    assert refused == (
        f'1 access rule is lost with role "Analysts":\n    {name}: dashboard: viewer\n'
        "  that is more than the limits allow, with 1 that the run removes besides\n"
        "  hint: if that is meant, say so: pulumi config set posthog:allowRemovals resource_access_rule=2"
    )
    # Of many rules, two are few.
    assert refusal_of_losses(found, Limits(), {"resource_access_rule": (removed, 9)}) is None
    assert (
        refusal_of_losses(
            found,
            Limits(allowed={"resource_access_rule": 2}),
            two,
        )
        is None
    )


def test_somebody_whom_a_run_takes_out_of_a_role_that_goes_counts_once():
    kind, role = KINDS["role_membership"], KINDS["role"]
    lost = Loss(kind, role, "Visitors", ("bo@acme.io", "cy@acme.io"), key="Guests")

    def refusal(**removed: list[str]) -> str | None:
        return refusal_of_losses([lost], Limits(), {kind.name: (removed, 9)})

    assert refusal(Guests=["Guests/bo@acme.io", "Guests/cy@acme.io"]) is None
    # A program names its resources as it likes.
    assert refusal(Guests=["bo", "cy"]) is None
    assert refusal(Guests=["Guests/bo@acme.io", "cy"]) is None
    six = [f"Others/{number}@acme.io" for number in range(6)]
    assert "role_membership=8" in (refusal(Others=six) or "")
    assert "role_membership=7" in (refusal(Others=six[1:], Guests=["Guests/bo@acme.io"]) or "")


def test_no_rule_is_read_when_no_role_goes(view):
    fresh = view.anew()
    view.posthog.count_anew()

    assert losses_of_rules({"role": [], "project_access_rule": ["Web/everyone"]}, {}, fresh) == ()
    assert sum(view.posthog.requests()["by_path"].values()) == 0


def test_what_goes_with_a_member_meanwhile_is_gone_and_no_failure(view):
    role = view.role("Analysts")
    membership = view.applier.create(
        KINDS["role_membership"], {"role": role.id}, {"user": "bo@acme.io"}
    ).found
    rule = view.applier.create(PROJECT, view.scope, {"member": "bo@acme.io", "access_level": "member"}).found
    view.posthog.call("DELETE", f"{view.path}/members/{view.membership('bo@acme.io')['user']['uuid']}/")

    view.applier.delete(KINDS["role_membership"], {"role": role.id}, membership.id)
    view.applier.delete(PROJECT, view.scope, rule.id)

    assert (view.posthog.role("Analysts")["members"], view.rules()) == ([], [])


class OfMember(Live):
    """The same organization, seen with the key of somebody below admin."""

    def __init__(self, view: View, address: str) -> None:
        super().__init__(view.reader, view.posthog.organization)
        self.person = view.membership(address)

    def organization(self):
        return {**super().organization(), "membership_level": self.person["level"]}

    def me(self):
        return self.person["user"]


def test_the_owner_of_the_key_keeps_the_rule_by_which_the_rules_are_changed(view):
    mine = view.applier.create(PROJECT, view.scope, {"member": "bo@acme.io", "access_level": "admin"}).found
    other = view.applier.create(PROJECT, view.scope, {"member": "cy@acme.io", "access_level": "admin"}).found
    asked = (PROJECT, view.scope, mine.id)

    refused = [
        objection_to_losing_rules(*asked, level, OfMember(view, "bo@acme.io")) for level in ("member", None)
    ]

    assert [(text or "").partition("\n")[0] for text in refused] == [
        "bo@acme.io owns the key that this runs with, and may change access rules of this project by this rule alone:"
        " without it, the next change is refused"
    ] * 2
    assert objection_to_losing_rules(*asked, "admin", OfMember(view, "bo@acme.io")) is None
    # Somebody else's, and an organization admin's, may go.
    assert (
        objection_to_losing_rules(PROJECT, view.scope, other.id, None, OfMember(view, "bo@acme.io")) is None
    )
    assert objection_to_losing_rules(*asked, None, OfMember(view, "ana@acme.io")) is None


def test_the_owner_of_the_key_may_lose_one_of_two_such_rules(view):
    role = view.role("Admins")
    view.applier.create(KINDS["role_membership"], {"role": role.id}, {"user": "bo@acme.io"})
    mine = view.applier.create(PROJECT, view.scope, {"member": "bo@acme.io", "access_level": "admin"}).found
    view.applier.create(PROJECT, view.scope, {"role": role, "access_level": "admin"})

    assert objection_to_losing_rules(PROJECT, view.scope, mine.id, None, OfMember(view, "bo@acme.io")) is None


def test_somebody_who_has_left_is_left_out(view, place, monkeypatch):
    provider = KindProvider(PROJECT.name)
    monkeypatch.setattr(process.run, "addresses", frozenset({"GONE@ACME.IO", "gone@acme.io"}))
    view.posthog.count_anew()

    inputs = provider.check({}, {**place, "member": "gone@acme.io", "access_level": "member"}).inputs
    made = provider.create(inputs)

    assert made.id == "left:gone@acme.io"
    assert view.posthog.writes() == {}
