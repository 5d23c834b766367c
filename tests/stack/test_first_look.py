"""The sentence about what a stack does not have yet: when it comes, and when each object has a line of its own."""

import pytest

from pulumi_posthog.reconcile.existing import Standing
from pulumi_posthog.stack.first_look import FEW, FirstLook


def look(*standings, expected=None):
    first = FirstLook()
    first.expect(len(standings) if expected is None else expected)
    said = []
    for number, standing in enumerate(standings):
        if standing is not None:  # None: the stack has it already
            first.stands(f"urn-{number}", standing)
        said.append(first.asked(f"urn-{number}"))
    return said


def test_it_comes_once_and_after_the_last_object():
    assert look(Standing.AS_DECLARED, None, Standing.SECRETS) == [
        None,
        None,
        "new to this stack: 2 of 2 exist: 1 as declared, 1 gets its secrets again; nothing else is sent",
    ]


def test_what_is_asked_about_twice_counts_once():
    first = FirstLook()
    first.expect(2)
    first.stands("a", Standing.AS_DECLARED)

    assert [first.asked("a"), first.asked("a")] == [None, None]
    assert first.asked("b") == "new to this stack: 1 of 1 exists: 1 as declared; nothing is sent"
    assert first.asked("b") is None


@pytest.mark.parametrize("standings", [(), (None, None), (Standing.MADE, None)])
def test_where_nothing_exists_there_is_nothing_to_say(standings):
    assert set(look(*standings)) <= {None}


def test_a_program_without_a_guard_gets_a_line_for_each_and_no_sentence():
    first = FirstLook()
    first.stands("a", Standing.AS_DECLARED)

    assert (first.asked("a"), first.is_brief({})) == (None, False)


def test_many_are_only_counted_unless_details_are_asked_for():
    first = FirstLook()
    first.expect(FEW)
    few = first.is_brief({})
    first.expect(1)

    assert (few, first.is_brief({}), first.is_brief({"POSTHOG_DETAILS": "true"})) == (False, True, False)
    assert look(*[Standing.AS_DECLARED] * (FEW + 1))[-1].endswith("; POSTHOG_DETAILS=true names each")
