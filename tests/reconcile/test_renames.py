"""What goes while a look-alike comes is told as a probable rename."""

from __future__ import annotations

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.renames import bare, earlier_names, looks, probable_renames


def told(before, after, moved=None, called=None, **more):
    found = probable_renames(before, after, moved or {}, KINDS, called, **more)
    return [(each.kind.name, each.before, each.after, each.key) for each in found]


def roles(*names):
    return {"role": {"": dict.fromkeys(names, "")}}


def test_a_name_that_differs_by_case_or_a_few_letters_looks_renamed():
    assert told(roles("Analysts", "Ops"), roles("Analyst", "Ops")) == [
        ("role", "Analysts", "Analyst", "Analysts")
    ]
    assert told(roles("Alpha"), roles("ALPHA")) == [("role", "Alpha", "ALPHA", "Alpha")]


def test_another_name_does_not():
    assert told(roles("Analysts"), roles("Ops")) == []


def test_what_somebody_renamed_in_posthog_is_known_by_its_new_name():
    assert told(roles("Alpha"), roles("Data team"), called={("role", "Alpha"): "Data team"}) == [
        ("role", "Alpha", "Data team", "Alpha")
    ]


def test_the_same_below_another_name_looks_renamed_and_is_told_once():
    rows = ("Campaigns", "Sales/KPIs")
    before = {
        "project": {"": {"Web": ""}},
        "file_system_entry": {"Web": {f"Web/{row}": "" for row in rows}},
    }
    after = {
        "project": {"": {"Prod": ""}},
        "file_system_entry": {"Prod": {f"Prod/{row}": "" for row in rows}},
    }

    assert told(before, after) == [("project", "Web", "Prod", "Web")]


def test_a_rename_that_is_declared_is_not_told_again():
    assert told(roles("Alpha"), roles("Alphas"), moved={"role": {"Alpha": "Alphas"}}) == []


def test_an_item_of_a_list_has_no_place_to_say_so():
    before = {"role_membership": {"Ops": {"Ops/ana@acme.io": ""}}}
    after = {"role_membership": {"Ops": {"Ops/anna@acme.io": ""}}}

    assert told(before, after) == []


def test_what_has_had_that_name_before_is_surely_renamed():
    (found,) = probable_renames(
        roles("Data"), roles("Alpha"), {}, KINDS, earlier={"role": {"Data": ["Alpha", "Beta"]}}
    )

    assert (found.after, found.sure) == ("Alpha", True)
    assert found.refusal(1, in_file=True) == (
        'role "Alpha" looks like what was "Data": if it was renamed, write `previously: Data` there, and nothing of it'
        " is removed\n"
        '  hint: if "Data" is to be removed and another one made: pulumi config set posthog:allowRemovals role=1'
    )
    assert 'aliases=[pulumi.Alias(name="Data")]' in found.words(in_file=False)


def test_letters_alone_are_no_sure_sign():
    (found,) = probable_renames(roles("Analysts"), roles("Analyst"), {}, KINDS)

    assert not found.sure


def test_the_names_that_an_entry_has_had_are_kept_as_long_as_it_is_there():
    first = earlier_names({}, ({}, {"role": {"Alpha": "Data"}}), roles("Data"))
    second = earlier_names(first, ({"role": {"Alpha": "Data"}}, {}), roles("Data"))
    third = earlier_names(second, ({}, {"role": {"Data": "Lab"}}), roles("Lab"))
    back = earlier_names(third, ({}, {"role": {"Lab": "Alpha"}}), roles("Alpha"))

    assert first == second == {"role": {"Data": ["Alpha"]}}
    assert third == {"role": {"Lab": ["Alpha", "Data"]}}
    assert back == {"role": {"Alpha": ["Data", "Lab"]}}
    assert earlier_names(back, ({}, {}), {}) == {"role": {}}


FOLDER, BOARD = ({"type": "folder"}, {"type": "dashboard", "ref": "3"})


def test_two_folders_look_alike_no_more_than_any_two():
    kind = KINDS["file_system_entry"]
    entries = tuple(
        Entry(kind=kind, name=f"Web/{path}", parent="Web", fields={"path": path, **fields})
        for path, fields in (("A", FOLDER), ("B", BOARD))
    )
    desired = Desired(host="https://eu.posthog.com", organization="o", entries=entries)

    assert list(looks(desired)["file_system_entry"]) == ["Web/B"]


def test_an_earlier_name_that_only_posthog_knows_is_a_sure_sign():
    (found,) = probable_renames(
        roles("Alpha"),
        roles("Lab"),
        {"role": {"Data": "Lab"}},
        KINDS,
        called={("role", "Alpha"): "Data"},
    )

    assert (found.before, found.after, found.key, found.sure) == ("Alpha", "Lab", "Alpha", True)


MEMBERSHIP = {"role_membership": {"Alpha": {"Alpha/ana@acme.io": ""}}}
LIST = {"role_members": {"Alpha": {"parent": "Alpha", "items": []}}}


def test_one_that_is_nothing_but_a_name_gets_another_one_and_may_have_been_renamed():
    (found,) = probable_renames(
        roles("Alpha", "Ops"),
        roles("Research", "Ops"),
        {},
        KINDS,
        bare=({("role", "Alpha"), ("role", "Ops")}, {("role", "Research")}),
    )

    assert (found.before, found.after, found.key, found.sure) == ("Alpha", "Research", "Alpha", False)


def test_of_several_that_are_nothing_but_names_nobody_knows_which_is_which():
    names = [("role", each) for each in ("Alpha", "Beta", "Research", "Sales")]

    assert told(roles("Alpha", "Beta"), roles("Research"), bare=(names, names)) == []
    assert told(roles("Alpha"), roles("Research", "Sales"), bare=(names, names)) == []
    assert told(roles("Alpha"), roles("Research"), bare=(names, ())) == []


def test_nothing_but_a_name_is_what_declares_nothing_and_has_nothing_below_it():
    ops = ("role", "Ops")

    assert bare(roles("Alpha", "Ops"), {}, {}) == {("role", "Alpha"), ops}
    assert bare(roles("Alpha", "Ops"), {}, {"role": {"Alpha": "0123"}}) == {ops}
    assert bare({**roles("Alpha", "Ops"), **MEMBERSHIP}, {}, {}) - {
        ("role_membership", "Alpha/ana@acme.io")
    } == {ops}
    assert bare(roles("Alpha", "Ops"), LIST, {}) == {ops}


def test_a_program_says_no_looks_so_only_a_kind_that_is_nothing_but_a_name_is_known_to_be():
    managed = {**roles("Alpha"), "project": {"": {"Web": ""}}}

    assert bare(managed, {}, None) == {("role", "Alpha")}
