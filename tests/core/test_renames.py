"""What goes while a look-alike comes is told as a probable rename."""

from __future__ import annotations

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.renames import probable_renames


def told(before, after, moved=None, called=None):
    found = probable_renames(before, after, moved or {}, KINDS, called)
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
