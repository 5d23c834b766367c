"""Which of the remembered objects a run could delete."""

from __future__ import annotations

import pytest

from pulumi_posthog.stack.refresh import Refresh

MANAGED = {"role": {"": {"A": "", "B": "", "C::d": ""}}}
TYPE = "pulumi-python:dynamic/posthog:Role"


def urn(name: str) -> str:
    return f"urn:pulumi:prod::acme::{TYPE}::{name}"


def test_what_was_found_could_be_deleted_and_nothing_else():
    seen = Refresh()
    seen.found("role", urn("A"))
    seen.found("role", urn("C::d"))
    seen.found("role_membership", urn("B"))
    seen.guard(urn("guard"))

    assert seen.deletable(MANAGED) == {"role": {"": {"A": "", "C::d": ""}}}


@pytest.mark.parametrize(
    ("found", "guard"),
    [
        ((), None),
        (("A",), None),
        ((), urn("guard")),
        (("A",), ""),
        (("A", None), urn("guard")),
    ],
    ids=["no refresh", "no refresh of the guard", "of nothing else", "no URN", "no URN of another"],
)
def test_where_it_is_not_certain_everything_could(found, guard):
    seen = Refresh()
    for name in found:
        seen.found("role", "" if name is None else urn(name))
    if guard is not None:
        seen.guard(guard)

    assert seen.deletable(MANAGED) == MANAGED


def test_a_refresh_is_whole_when_all_that_is_remembered_was_looked_at():
    seen = Refresh()
    told = [seen.whole]
    seen.guard(urn("guard"), MANAGED)
    for name in ("A", "B"):
        seen.found("role", urn(name))
        told.append(seen.whole)
    seen.gone("role", urn("C::d"))
    told.append(seen.whole)
    seen.guard(urn("guard"), {"role": {"": {"E": ""}}})
    told.append(seen.whole)
    seen.found("role", urn("E"))
    told.append(seen.whole)
    seen.found("role", "")
    told.append(seen.whole)

    assert told == [False, False, False, True, False, True, False]
