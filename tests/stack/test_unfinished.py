"""What a guard remembers of what it has let pass."""

from __future__ import annotations

from pulumi_posthog.stack import unfinished

BEFORE = {
    "role": {"": {"Kept": "", "Gone": "a"}},
    "hog_function": {"Web": {"Web/Gone": "b"}},
    "alert": {"": {}},
}
AFTER = {"role": {"": {"Kept": "", "New name": ""}}}


def test_what_has_no_entry_of_its_name_any_more_is_remembered_with_what_it_was_in():
    assert unfinished.passed(BEFORE, AFTER) == {
        "role": {"": {"Gone": "a"}},
        "hog_function": {"Web": {"Web/Gone": "b"}},
    }
    assert unfinished.passed(BEFORE, BEFORE) == {}


def test_what_it_declared_is_remembered_for_what_was_let_pass_and_for_nothing_else():
    then = {"role": {"Kept": "1", "Gone": "2", "Long gone": "3"}}
    guard = {unfinished.PROPERTY: '{"role": {"": {"Gone": ""}}}'}

    assert unfinished.with_looks({"role": {"Kept": "4"}}, then, guard) == {"role": {"Kept": "4", "Gone": "2"}}


def test_the_name_that_something_was_to_get_is_one_of_its_names_while_it_has_the_old_one():
    moved = {"role": {"Gone": "New name", "Renamed": "Kept"}}

    assert unfinished.with_names_to_be({"role": {"Gone": ["Older"]}}, moved, BEFORE) == {
        "role": {"Gone": ["Older", "New name"]}
    }
