"""What is still declared comes to other names, and no run loses any of it: random renames, ids, lists and runs.

With the safety taken out, the examples that are written here fail, each in its own way.
"""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import harness.engine
from harness.access import dashboard_rule, project_rule, rules_of
from harness.charted import dashboard, insight, tile
from harness.engine import GUARD, Refused
from harness.model import CONFIG, Model
from harness.moves import ROUND, Sort, belongings, keep_all, lost_of
from harness.pipelines import destinations_of
from harness.rows import EVENTS, HOOK, RELAY, WEB
from harness.soak import examples
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile import exact_rules
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.holdings import Holdings

PEACE = (Sort(),)
WIDE = Limits(number=1000, share=1.0, allowed=dict.fromkeys(KINDS, 1000))
ROLE = ("role", "Ops", None, (("name", "Ops"),))
ADDITIVE = ("role_membership", "Ops/ana@acme.io", "Ops", (("user", "ana@acme.io"),))
ORDERS = (
    "pipeline_destination",
    "Web/Orders",
    "Web",
    (("config", {**CONFIG, "account": "a"}), ("name", "Orders"), ("plugin", 1)),
)
FOLDER = ("file_system_entry", "Web/M", "Web", (("path", "M"), ("type", "folder")))
BOARD = (
    "file_system_entry",
    "Web/M/Board",
    "Web",
    (("path", "M/Board"), ("ref", "4242"), ("type", "dashboard")),
)
LOSSES = {
    "role key by hand too": Model((ROLE,)),
    "role key with id": Model((ROLE,)),
    "project key by hand too": Model((WEB, ORDERS, FOLDER)),
    "destination key by hand too": Model((WEB, ORDERS)),
    "function key by hand too": Model((WEB, HOOK, RELAY)),
    "function key with id": Model((WEB, HOOK, RELAY)),
    "export key by hand too": Model((WEB, EVENTS)),
    "chart key by hand too": Model((WEB, insight("Web"), dashboard("Web", tile("Web")))),
    "folder by hand too": Model((WEB, FOLDER)),
    "dashboard elsewhere": Model((WEB, BOARD)),
    "address in another case": Model((ROLE, ADDITIVE)),
    "address of a rule in another case": Model((WEB, project_rule("Web", "admin", member="bo@acme.io"))),
    "list becomes exact": Model((ROLE, ADDITIVE)),
    "another logical name": Model((ROLE,)),
}


@settings(**examples(16))
@given(ROUND, st.booleans(), st.booleans())
def test_what_is_still_declared_is_there_after_every_run(anew, posthog, monkeypatch, drawn, guarded, tight):
    monkeypatch.setattr(process.run.settings, "limits", WIDE)
    model, changes, sorts, seed = drawn

    keep_all(anew(guarded=guarded), posthog, model, changes, sorts, seed, Limits() if tight else WIDE)


@pytest.mark.parametrize("refresh", [True, False])
@pytest.mark.parametrize("change", LOSSES)
def test_with_the_safety_nothing_is_lost(anew, posthog, change, refresh):
    keep_all(anew(), posthog, LOSSES[change], (change,), (Sort(refresh=refresh),), 0)


# With all that there was among the targets, the guard is one of them; with some of it, a program has none to ask.
@pytest.mark.parametrize(
    ("targets", "guarded"),
    [(0.0, True), (0.0, False), (0.5, False), (1.0, True)],
    ids=["what goes", "what goes, unguarded", "some, unguarded", "all there was"],
)
@pytest.mark.parametrize("change", LOSSES)
def test_nothing_is_lost_where_the_engine_does_not_ask_about_what_is_new(
    anew, posthog, change, targets, guarded
):
    keep_all(anew(guarded=guarded), posthog, LOSSES[change], (change,), (Sort(targets=targets),), 0)


@pytest.mark.parametrize("change", LOSSES)
def test_without_that_safety_the_model_test_fails(anew, posthog, monkeypatch, change):
    monkeypatch.setattr(Holdings, "anything_declared", True)
    monkeypatch.setattr(Holdings, "unasked", lambda _: None)
    monkeypatch.setattr("harness.engine.objection", lambda *_: None)

    with pytest.raises(AssertionError, match="lost by"):
        keep_all(anew(guarded=False), posthog, LOSSES[change], (change,), (Sort(targets=0.0),), 0)


@pytest.mark.parametrize("change", LOSSES)
def test_without_it_the_model_test_fails(anew, posthog, monkeypatch, change):
    monkeypatch.setattr(Holdings, "give_up", lambda *_: None)

    with pytest.raises(AssertionError, match="lost by"):
        keep_all(anew(), posthog, LOSSES[change], (change,), PEACE, 0)


@pytest.mark.parametrize("sort", [Sort(), Sort(refresh=False), Sort(targets=0.0)])
@pytest.mark.parametrize("change", ["role key with previously", "project key with previously"])
def test_rules_come_along_with_what_is_renamed(anew, posthog, change, sort):
    keep_all(anew(), posthog, Model((WEB, ROLE, *RULES)), (change,), (sort,), 0)


NO_OTHERS = ("rules become exact", "role by hand and exact rules")


@pytest.mark.parametrize(
    "sort", [Sort(), Sort(refresh=False), Sort(killed_at=12), Sort(continue_on_error=True)]
)
@pytest.mark.parametrize("change", NO_OTHERS)
def test_rules_that_are_declared_stay_where_no_others_may_be(anew, posthog, change, sort):
    driver = anew()

    keep_all(driver, posthog, Model((WEB, ROLE, *RULES)), (change,), (sort,), 0)

    project = next(each.id for name, each in driver.engine.state.items() if name[0] == "project")
    found = rules_of(posthog, project)
    assert len([each for each in found if each["list"] == "access_controls"]) == sum(
        row[0] == "project_access_rule" for row in RULES
    )


def test_without_the_doubt_a_rule_of_a_role_that_has_another_name_for_a_while_is_lost(
    anew, posthog, monkeypatch
):
    kept = exact_rules._kept
    monkeypatch.setattr(exact_rules, "_kept", lambda *arguments: (kept(*arguments)[0], None))
    monkeypatch.setattr("pulumi_posthog.stack.handlers.kind.taken_by_another", lambda *_: None)
    monkeypatch.setattr(Holdings, "keeper", lambda *_: None)

    with pytest.raises(AssertionError, match="lost by"):
        keep_all(anew(), posthog, Model((WEB, ROLE, *RULES)), NO_OTHERS[1:], PEACE, 0)


# -- what the guard knows beside names -----------------------------------------------------------------------------

BO = ("role_membership", "Ops/bo@acme.io", "Ops", (("user", "bo@acme.io"),))
ALPHA = ("role", "Alpha", None, (("name", "Alpha"),))
DATA = ("role", "Data", None, (("name", "Data"),))


@pytest.fixture
def tight(monkeypatch):
    """The limits as a new stack has them."""
    monkeypatch.setattr(process.run.settings, "limits", Limits())


def role_id(posthog, name):
    roles = posthog.all(f"/api/organizations/{posthog.organization}/roles/")
    return next((each["id"] for each in roles if each["name"] == name), None)


def test_an_additive_list_that_becomes_exact_removes_nobody_and_is_not_refused(anew, posthog):
    model = Model((ROLE, ADDITIVE, BO))

    keep_all(anew(), posthog, model, ("list becomes exact",), PEACE, 0, Limits())


def test_whom_an_exact_list_leaves_out_still_counts(anew, posthog, tight):
    driver = anew()
    people = [(*BO[:1], f"Ops/{who}@acme.io", "Ops", (("user", f"{who}@acme.io"),)) for who in PEOPLE]
    driver.up(Model((ROLE, *people)))
    shorter = ("role_members", "Ops", "Ops", (("members", ("ana@acme.io",)),))

    with pytest.raises(Refused, match=r'2 of 3 role memberships of "Ops" would be removed'):
        driver.up(Model((ROLE, shorter)))


PEOPLE = ("ana", "bo", "cy")


@pytest.mark.parametrize("members", [(), ("ana@acme.io",)], ids=["nobody", "one"])
@pytest.mark.parametrize("between", [0, 1], ids=["at once", "after another run"])
def test_a_rename_that_is_taken_back_is_refused_until_it_is_said(anew, posthog, tight, members, between):
    driver = anew()

    def model(role, **previously):
        name = role[1]
        rows = ((role), ("role_members", name, name, (("members", members),)))[: 1 + bool(members)]
        return Model(rows, previously={("role", name): tuple(previously.values())})

    driver.up(model(ALPHA))
    id_ = role_id(posthog, "Alpha")
    driver.up(model(DATA, was="Alpha"))
    for _ in range(between):
        driver.up(model(DATA))

    with pytest.raises(Refused, match=r"(?s)name=\"Data\".*hint: .* posthog:allowRemovals role=1"):
        driver.up(model(ALPHA))
    assert role_id(posthog, "Data") == id_

    driver.up(model(ALPHA, was="Data"))
    assert role_id(posthog, "Alpha") == id_


def test_a_rename_that_is_taken_back_may_be_meant_as_another_object(anew, posthog, monkeypatch, tight):
    driver = anew()
    driver.up(Model((ALPHA,)))
    driver.up(Model((DATA,), previously={("role", "Data"): ("Alpha",)}))
    id_ = role_id(posthog, "Data")
    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed={"role": 1}))

    driver.up(Model((ALPHA,)))

    assert (role_id(posthog, "Data"), role_id(posthog, "Alpha") == id_) == (None, False)


def test_what_is_replaced_before_an_entry_with_its_id_is_asked_about_is_kept(anew, posthog):
    driver = anew()
    driver.up(Model((WEB, ORDERS)))
    project = next(each.id for name, each in driver.engine.state.items() if name[0] == "project")
    row = next(each for name, each in driver.engine.state.items() if name[0] == "pipeline_destination")
    other = dict(ORDERS[3], plugin=2)
    model = Model(
        (
            WEB,
            (*ORDERS[:3], tuple(other.items())),
            ("pipeline_destination", "Web/Kept", "Web", dict_of("Kept")),
        ),
        ids={("pipeline_destination", "Web/Kept"): row.id},
    )

    driver.engine.up(model.desired(posthog), continue_on_error=True)

    found = destinations_of(posthog, project)
    assert row.id in {str(each["id"]) for each in found if not each.get("deleted")}


def dict_of(name):
    return (*(pair for pair in ORDERS[3] if pair[0] != "name"), ("name", name))


def swapped(posthog, *turns):
    """Somebody gives roles each other's names on PostHog's page."""
    path = f"/api/organizations/{posthog.organization}/roles/"
    ids = {name: role_id(posthog, name) for name, _ in turns}
    for name, new in (*((name, f"{name} aside") for name in ids), *turns):
        posthog.call("PATCH", f"{path}{ids[name]}/", {"name": new})
    return ids


@pytest.mark.parametrize("refresh", [True, False])
@pytest.mark.parametrize(
    "turns",
    [
        (("Alpha", "Data"), ("Data", "Alpha")),
        (("Alpha", "Data"), ("Data", "Ops"), ("Ops", "Alpha")),
        (("Alpha", "Data"), ("Data", "Ops"), ("Ops", "Other")),
        (("Ops", "Data"), ("Data", "Alpha"), ("Alpha", "Other")),
    ],
    ids=["two", "three in a round", "a chain", "a chain the other way"],
)
def test_names_that_were_swapped_come_back_in_one_run(anew, posthog, refresh, turns):
    driver, model = anew(), Model((ALPHA, DATA, ROLE))
    driver.up(model)
    ids = swapped(posthog, *turns)

    outcome = driver.engine.up(model.desired(posthog), refresh=refresh)

    assert outcome.errors == []
    assert {name: role_id(posthog, name) for name in ids} == ids
    assert driver.up(model).operations == []


def test_a_name_that_nobody_gives_up_is_told_in_the_preview(anew, posthog, capsys):
    driver = anew()
    driver.up(Model((ALPHA,)))
    path = f"/api/organizations/{posthog.organization}/roles/"
    posthog.call("PATCH", f"{path}{role_id(posthog, 'Alpha')}/", {"name": "Beta"})
    other = posthog.call("POST", path, {"name": "ALPHA"})["id"]
    capsys.readouterr()

    driver.preview(Model((ALPHA,)))

    assert (
        f'role {other} has the name "ALPHA" now, and PostHog lets only one have it' in capsys.readouterr().err
    )


@pytest.mark.parametrize("known", [True, False], ids=["the stack has it", "it is new to the stack"])
def test_what_is_declared_absent_and_meant_by_another_is_refused_in_the_preview(
    anew, posthog, monkeypatch, known
):
    monkeypatch.setattr(
        process.run.settings,
        "limits",
        Limits(deletions=frozenset({"project/Web"}), allowed=dict.fromkeys(KINDS, 9)),
    )
    driver = anew()
    if known:
        driver.up(Model((WEB,)))
        project = next(each.id for name, each in driver.engine.state.items() if name[0] == "project")
    else:
        path = f"/api/organizations/{posthog.organization}/projects/"
        project = str(posthog.call("POST", path, {"name": "Web"})["id"])
    desired = Model(
        (WEB, ("project", "Prod", None, (("name", "Prod"),))), ids={("project", "Prod"): project}
    ).desired(posthog)
    absent = dataclasses.replace(desired.entries[0], absent=True)
    desired = dataclasses.replace(desired, entries=(absent, *desired.entries[1:]))

    with pytest.raises((Refused, CannotApply), match='managed as "Prod" now'):
        driver.engine.up(desired, preview=True)


# -- without a refresh ---------------------------------------------------------------------------------------------


def renamed_by_hand(posthog, *turns):
    for name, new in turns:
        path = f"/api/organizations/{posthog.organization}/roles/{role_id(posthog, name)}/"
        posthog.call("PATCH", path, {"name": new})


def named(*names):
    return Model(tuple(("role", name, None, (("name", name),)) for name in names))


def test_several_that_only_their_ids_tell_are_named_where_the_limits_refuse(
    anew, posthog, tight, monkeypatch
):
    monkeypatch.setattr("harness.engine._own_names", lambda _: {})  # a file does not say them
    driver = anew()
    driver.up(named("Alpha", "Data", "Ops"))
    renamed_by_hand(posthog, ("Alpha", "Research"), ("Data", "Night shift"))
    desired = named("Research", "Night shift", "Ops").desired(posthog)
    posthog.count_anew()

    with pytest.raises(Refused) as refused:
        driver.engine.up(desired, refresh=False)

    said = str(refused.value)
    assert "2 of 3 roles would be removed or replaced" in said
    for before, after in (("Alpha", "Research"), ("Data", "Night shift")):
        assert f'role "{after}" looks like what was "{before}": if it was renamed, write' in said
    # The list of roles, which whoever looks for a role to take over reads in any case.
    roles = f"GET /api/organizations/{posthog.organization}/roles/"
    assert posthog.requests()["by_path"][roles] == 1


def test_what_a_program_calls_as_somebody_did_by_hand_is_no_removal_without_a_refresh_either(
    anew, posthog, tight
):
    driver = anew()
    driver.up(named("Alpha", "Data", "Ops"))
    ids = {role_id(posthog, name) for name in ("Alpha", "Data")}
    renamed_by_hand(posthog, ("Alpha", "Research"), ("Data", "Night shift"))

    driver.engine.up(named("Research", "Night shift", "Ops").desired(posthog), refresh=False)

    assert {role_id(posthog, name) for name in ("Research", "Night shift")} == ids


def test_whom_a_role_takes_along_counts_by_its_id_where_somebody_has_renamed_it(anew, posthog, tight):
    driver = anew()
    people = tuple(f"{who}@acme.io" for who in PEOPLE)
    lists = (("role_members", "Ops", "Ops", (("members", people),)),)
    driver.up(Model((ROLE, ALPHA, *lists)))
    renamed_by_hand(posthog, ("Ops", "Night shift"))

    with pytest.raises(Refused, match=r'3 people lose role "Night shift"'):
        driver.engine.up(Model((ALPHA,)).desired(posthog), refresh=False)


def test_an_empty_role_that_gets_another_key_is_told(anew, posthog, tight, capsys):
    driver = anew()
    driver.up(named("Alpha", "Ops"))
    capsys.readouterr()

    driver.up(named("Research", "Ops"))

    assert 'role "Research" looks like what was "Alpha": if it was renamed, write' in capsys.readouterr().err


# -- what is given up ----------------------------------------------------------------------------------------------

RULES = (
    project_rule("Web", "admin", role="Ops"),
    dashboard_rule("Web", "viewer", member="bo@acme.io"),
    project_rule("Web", "none"),
)
EXACT = ("role_members", "Ops", "Ops", (("members", ("ana@acme.io", "bo@acme.io")),))
GIVEN_UP = {
    "a role": (Model((ROLE,)), Model((WEB,), unmanaged=(ROLE,))),
    "a role and whom an exact list names": (Model((ROLE, EXACT)), Model((WEB,), unmanaged=(ROLE,))),
    "a role and people beside others": (Model((ROLE, ADDITIVE, BO)), Model((WEB,), unmanaged=(ROLE,))),
    "a project and what is in it": (Model((WEB, ORDERS, FOLDER, BOARD)), Model((ROLE,), unmanaged=(WEB,))),
    "a project and its rules": (Model((WEB, ROLE, *RULES)), Model((ROLE,), unmanaged=(WEB,))),
    "a destination": (Model((WEB, ORDERS)), Model((WEB,), unmanaged=(ORDERS,))),
    "a folder": (Model((WEB, FOLDER)), Model((WEB,), unmanaged=(FOLDER,))),
    "everything": (Model((WEB, ORDERS, ROLE, EXACT)), Model((), unmanaged=(WEB, ROLE))),
}


@pytest.mark.parametrize("refresh", [True, False])
@pytest.mark.parametrize("what", GIVEN_UP)
def test_what_is_given_up_stays_in_posthog_and_the_second_run_is_silent(anew, posthog, tight, what, refresh):
    before, after = GIVEN_UP[what]
    driver = anew()
    driver.up(before)
    there, names = belongings(posthog), set(driver.engine.state)
    posthog.count_anew()

    outcome = driver.engine.up(after.desired(posthog), refresh=refresh)

    assert outcome.errors == []
    assert {name for operation, name in outcome.operations if operation == "delete"} == names - {
        row[:2] for row in after.entries
    }
    assert {each.split()[0] for each in posthog.writes()} <= {"POST"}, "only what is new is written"
    assert lost_of(there, posthog) == {}
    assert driver.up(after).operations == []


@pytest.mark.parametrize("what", GIVEN_UP)
def test_what_is_given_up_is_lost_without_that_safety(anew, posthog, monkeypatch, what):
    monkeypatch.setattr("pulumi_posthog.stack.keeping.kept", lambda *_: False)
    before, after = GIVEN_UP[what]
    driver = anew()
    driver.up(before)
    there = belongings(posthog)

    driver.engine.up(after.desired(posthog), continue_on_error=True)

    assert belongings(posthog) != there


@pytest.mark.parametrize("chosen", [True, False], ids=["with the guard", "alone"])
def test_what_is_given_up_stays_in_a_run_about_it_alone(anew, posthog, tight, chosen):
    driver = anew()
    driver.up(Model((ROLE, EXACT, ALPHA)))
    there = belongings(posthog)
    after = Model((ALPHA,), unmanaged=(ROLE,)).desired(posthog)

    outcome = driver.engine.up(after, chosen=frozenset({*((GUARD,) if chosen else ()), ROLE[:2], EXACT[:2]}))

    assert belongings(posthog) == there
    assert bool(outcome.errors) is not chosen, "without the guard nobody knows that it is given up"


@pytest.mark.parametrize("name", ["OPS", "Operations"])
def test_what_is_given_up_under_another_name_than_the_state_has_stays(anew, posthog, tight, name):
    driver = anew()
    driver.up(Model((ROLE, ALPHA)))
    id_ = role_id(posthog, "Ops")
    if name == "Operations":  # somebody has renamed it on PostHog's page
        posthog.call("PATCH", f"/api/organizations/{posthog.organization}/roles/{id_}/", {"name": name})
    other = ("role", name, None, (("name", name),))

    driver.up(Model((ALPHA,), unmanaged=(other,)))

    assert id_ in belongings(posthog)["roles"]


def test_what_leaves_beside_what_is_given_up_is_deleted_and_counts(anew, posthog, tight):
    driver = anew()
    driver.up(Model((ROLE, ALPHA, DATA)))

    driver.up(Model((DATA,), unmanaged=(ROLE,)))

    assert (role_id(posthog, "Ops") is None, role_id(posthog, "Alpha") is None) == (False, True)


def test_whether_what_leaves_is_given_up_is_not_known_where_posthog_cannot_be_read(anew, posthog, tight):
    driver = anew()
    driver.up(Model((WEB, ORDERS, ROLE)))
    there = belongings(posthog)
    posthog.call("POST", "/_sandbox/faults", {"specs": ["503 GET _configs/ times=50"]})

    outcome = driver.engine.up(Model((ROLE,), unmanaged=(WEB,)).desired(posthog), refresh=False)

    posthog.call("DELETE", "/_sandbox/faults")
    assert outcome.errors
    assert belongings(posthog) == there


def test_what_drift_passes_over_is_set_back_and_said_so(anew, posthog, monkeypatch, capsys):
    driver, declared = anew(), ("project", "Web", None, (("name", "Web"), ("timezone", "UTC")))
    driver.up(Model((declared,)))
    project = next(each.id for name, each in driver.engine.state.items() if name[0] == "project")
    path = f"/api/organizations/{posthog.organization}/projects/{project}/"
    posthog.call("PATCH", path, {"timezone": "Asia/Tokyo"})
    rule = {"project": {"Web": {"timezone": "2026-12-31"}}}
    monkeypatch.setattr(harness.engine, "_of_guard", with_rule(harness.engine._of_guard, rule))
    capsys.readouterr()

    driver.preview(Model((declared,)))

    said = capsys.readouterr().err
    assert said.count("timezone is ignored in drift until 2026-12-31, and set back by this run") == 1


def with_rule(of_guard, rule):
    return lambda desired: {**of_guard(desired), "__ignored": json.dumps(rule)}
