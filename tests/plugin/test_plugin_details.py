"""Which properties a preview marks as changed, and how deep."""

from __future__ import annotations

from pulumi_posthog.stack.plugin.details import details

SHOWN = frozenset({"members", "keys"})


def test_of_a_set_those_who_come_and_go_are_told():
    before, now = {"members": {"ana@acme.io": "member"}}, {"members": {"bo@acme.io": "member"}}

    found = details(before, now, SHOWN)

    assert found == {'members["ana@acme.io"]': "DELETE", 'members["bo@acme.io"]': "ADD"}


def test_of_an_object_the_keys_are_told_by_their_paths():
    before, now = {"keys": {"a": {"b": 1, "c": 2}, "d": [1]}}, {"keys": {"a": {"b": 2}, "d": [1]}, "more": 1}

    found = details(before, now, SHOWN)

    assert found == {'keys["a"]["b"]': "UPDATE", 'keys["a"]["c"]': "DELETE"}


def test_what_is_no_longer_declared_is_no_change():
    assert details({"keys": {"a": 1}}, {}, SHOWN) == {}
