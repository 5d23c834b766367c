"""What is about to go, limits -> allowed, or refused."""

import json

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import (
    Limits,
    LimitsError,
    erasure_refusal,
    list_refusal,
    refusals,
    removals,
    with_listed,
)


def roles(*names):
    return {"role": {"": dict.fromkeys(names, "")}}


NINE = [f"Role {number}" for number in range(9)]


def gone(before, after, limits=None, moved=None):
    return [refusal.names for refusal in refusals(before, after, limits or Limits(), KINDS, moved or {})]


def test_one_object_may_always_go():
    assert gone(roles("Analysts"), {}) == []


def test_most_of_a_small_set_may_not():
    assert gone(roles(*NINE), roles("Role 0", "Role 1")) == [tuple(NINE[2:])]


def test_a_few_of_many_may_go():
    assert gone(roles(*NINE), roles(*NINE[3:])) == []


def test_an_explicit_permission_counts_for_its_kind_only():
    assert gone(roles(*NINE), {}, Limits(allowed={"role": 9})) == []
    assert gone(roles(*NINE), {}, Limits(allowed={"role_membership": 9})) == [tuple(NINE)]


def test_one_each_from_many_parents_is_many():
    before = {
        "file_system_entry": {f"P{n}": {f"P{n}/a": "", f"P{n}/b": "", f"P{n}/c": ""} for n in range(20)}
    }
    after = {"file_system_entry": {f"P{n}": {f"P{n}/a": "", f"P{n}/b": ""} for n in range(20)}}

    assert [len(names) for names in gone(before, after)] == [20]


def test_a_rename_is_no_removal():
    assert (
        gone(roles(*NINE), roles(*(f"{name}!" for name in NINE)), moved={"role": {n: f"{n}!" for n in NINE}})
        == []
    )


def test_a_replacement_is_a_removal():
    before = {"role_membership": {"R": {f"R/{n}": f"user {n}" for n in range(9)}}}
    after = {"role_membership": {"R": {f"R/{n}": f"another {n}" for n in range(9)}}}

    assert [len(names) for names in gone(before, after)] == [9]


def test_a_few_persons_may_be_erased_and_more_with_the_setting():
    assert erasure_refusal(10, "Web", Limits()) is None
    assert "posthog:maxErasures 11" in erasure_refusal(11, "Web", Limits())
    assert erasure_refusal(11, "Web", Limits.from_settings({"maxErasures": "11"}, KINDS)) is None
    assert "1 person " in erasure_refusal(1, "Web", Limits(erasures=0))


@pytest.mark.parametrize("value", ["-1", "1.5", "many"])
def test_the_number_of_erasures_is_a_whole_number(value):
    with pytest.raises(LimitsError, match="posthog:maxErasures"):
        Limits.from_settings({"maxErasures": value}, KINDS)


def test_a_refusal_names_everything_and_the_setting_that_allows_it():
    (refusal,) = refusals(roles(*NINE), {}, Limits(), KINDS, {})

    text = str(refusal)

    assert all(name in text for name in NINE)
    assert "pulumi config set posthog:allowRemovals role=9" in text


def test_seven_of_nine_members_are_refused_though_no_resource_goes():
    people = [f"p{number}@acme.io" for number in range(9)]
    kind = KINDS["role_membership"]

    assert list_refusal(kind, "Analysts", people, people[:2], Limits()).names == tuple(people[2:])
    assert list_refusal(kind, "Analysts", people, people[6::-1], Limits()) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"maxRemovals": "many"}, 'posthog:maxRemovals is "many"'),
        ({"maxRemovals": "-1"}, "0 or more"),
        ({"maxRemovalShare": "3"}, "between 0 and 1"),
        ({"allowRemovals": "roles=3"}, "KIND is one of"),
        ({"allowRemovals": "role"}, "KIND=NUMBER"),
    ],
)
def test_limits_that_make_no_sense_are_named(settings, message):
    with pytest.raises(LimitsError, match=message):
        Limits.from_settings(settings, KINDS)


def test_limits_come_from_stack_configuration():
    settings = {
        "maxRemovals": "3",
        "allowRemovals": "role=4, role_membership=7",
        "allowDeletions": "project/Old",
    }

    assert Limits.from_settings(settings, KINDS) == Limits(
        number=3, allowed={"role": 4, "role_membership": 7}, deletions=frozenset({"project/Old"})
    )


def test_whom_an_exact_list_declares_now_stays_and_the_total_counts_as_before():
    people = {f"Ops/{who}": json.dumps({"user": f"{who}@acme.io"}) for who in ("ana", "bo", "cy")}
    before = {"role_membership": {"Ops": people, "Lab": people}}
    lists = {"role_members": {"Data": {"parent": "Data", "items": ["ANA@acme.io", "bo@acme.io"]}}}
    moved = {"role": {"Ops": "Data"}}

    after = with_listed(before, {}, lists, moved)

    kept = {name: key for name, key in people.items() if name != "Ops/cy"}
    assert after == {"role_membership": {"Data": kept}}
    assert removals({"role_membership": {"Ops": people}}, after, moved) == {
        "role_membership": {"Ops": ["Ops/cy"]}
    }
