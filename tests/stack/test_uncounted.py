"""What no guard of a run has counted: read from a state, and limited as a guard limits it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.uncounted import Uncounted, guarded_in
from pulumi_posthog.values.json_value import Damaged

HEAD = "urn:pulumi:test::tried::posthog:index"
UNDER = Location("https://acme.io", "org", guarded=True).as_property
BESIDE = Location("https://acme.io", "org").as_property


def role(name: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "posthog:index:Role",
        "urn": f"{HEAD}:Role::{name}",
        "id": name,
        "inputs": dict(UNDER),
        **more,
    }


def membership(name: str, above: str) -> dict[str, Any]:
    return {
        "type": "posthog:index:RoleMembership",
        "urn": f"{HEAD}:RoleMembership::{name}",
        "id": name,
        "inputs": dict(UNDER),
        "parent": f"{HEAD}:Role::{above}",
    }


def guard(name: str, *roles: str, text: str | None = None) -> dict[str, Any]:
    managed = {"role": {"": dict.fromkeys(roles, "")}}
    return {
        "type": "posthog:index:Guard",
        "urn": f"{HEAD}:Guard::{name}",
        "id": "guard",
        "inputs": {"__managed": text or json.dumps(managed)},
    }


def managed(*names: str) -> dict[str, dict[str, dict[str, str]]]:
    return {"role": {"": dict.fromkeys(names, "")}}


def test_it_is_what_a_guard_looks_after_by_the_parents():
    found = guarded_in(
        [
            role("Ops"),
            role("Free", inputs=dict(BESIDE)),
            role("Going", delete=True),
            role("Absent", inputs={**UNDER, "__absent": True}),
            membership("Ops/ana@acme.io", "Ops"),
            {"type": "aws:s3:Bucket", "urn": "urn:pulumi:test::tried::aws:s3:Bucket::Role", "inputs": {}},
        ]
    )

    assert found.resources == {
        "role": {"": {"Ops": ""}},
        "role_membership": {"Ops": {"Ops/ana@acme.io": ""}},
    }


def test_what_the_other_guard_remembers_is_not_this_ones():
    found = guarded_in([guard("guard", "A"), guard("program", "B"), *map(role, "ABC")])

    assert found.without("guard") == managed("A", "C")
    assert found.without("guard", {("role", "A")}) == managed("C")


def test_a_guard_by_another_name_keeps_nothing_from_being_counted():
    found = guarded_in([guard("elsewhere", "A"), role("A")])

    assert found.without("guard") == managed("A")


def test_a_guard_that_cannot_be_read_is_no_empty_one():
    with pytest.raises(Damaged):
        guarded_in([guard("guard", text="{"), role("A")])


@pytest.mark.parametrize(
    ("names", "stays", "renamed", "refused"),
    [
        ("ABCDEF", "A", {}, "5 of 6 roles would be removed"),
        ("ABCDEF", "BCDEF", {}, None),
        ("AB", "CD", {"role": {"A": "C", "B": "D"}}, None),
    ],
    ids=["most", "one", "other names"],
)
def test_its_removal_is_limited(names, stays, renamed, refused):
    seen = Uncounted()
    state = guarded_in(map(role, names))

    seen.passed(frozenset(), managed(*stays), renamed)

    text = seen.refused(state, Limits())
    assert text.startswith(refused) if refused else text is None


def test_what_a_guard_has_counted_leaves_with_its_consent():
    seen = Uncounted()
    state = guarded_in(map(role, "ABCDEF"))

    seen.passed(frozenset(("role", name) for name in "ABCDE"), managed("F"), {})

    assert seen.is_counted("role", "A")
    assert not seen.is_counted("role", "F")
    assert seen.refused(state, Limits()) is None


def test_what_leaves_within_the_limits_is_looked_at_once_in_a_run():
    seen, asked = Uncounted(), []
    state = guarded_in(map(role, "ABCDEF"))
    seen.passed(frozenset(), managed(*"BCDEF"), {})

    def objection(before, after, _renamed):
        asked.append(sorted({*before["role"][""]} - {*after["role"][""]}))
        return "its members lose it"

    assert [seen.refused(state, Limits(), objection) for _ in range(2)] == ["its members lose it"] * 2
    assert asked == [["A"]]
