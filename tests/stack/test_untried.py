"""What a run was going to do and had not begun when something failed, is named; once, and no more than ten."""

import pytest

from pulumi_posthog.stack.untried import HEAD, Untried

ROLES = [("role", name) for name in ("Alpha", "Beta", "Gamma")]


def urn(kind, name):
    return f"urn:pulumi:dev::acme::posthog:index:{kind}::{name}"


@pytest.fixture
def untried():
    """A run that a guard was told of three roles and a project, and which takes a role out."""
    untried = Untried()
    untried.declared([("project", "Web"), *ROLES])
    untried.going([("role", "Old"), ("project", "Shop")])
    return untried


def test_what_has_begun_or_needs_nothing_or_has_failed_is_not_named(untried):
    untried.settled(urn("Project", "Web"))
    untried.begun(urn("Role", "Alpha"))

    assert untried.when_failed(urn("Role", "Beta")) == f'{HEAD}\n  role "Gamma"\n  removal of role "Old"'


def test_a_project_that_leaves_the_file_stays_so_its_removal_is_nothing_to_try(untried):
    untried.begun(urn("Role", "Alpha"))

    assert "Shop" not in untried.when_failed(urn("Role", "Alpha"))


def test_it_is_said_once(untried):
    untried.begun(urn("Role", "Alpha"))

    assert untried.when_failed(urn("Role", "Alpha"))
    assert untried.when_failed(urn("Role", "Beta")) is None


def test_before_anything_has_begun_as_in_a_preview_nothing_is_said(untried):
    assert untried.when_failed(urn("Role", "Alpha")) is None


def test_ten_are_named_and_the_rest_is_counted(untried):
    untried.declared([("role", f"Role {number:02}") for number in range(20)])
    untried.begun(urn("Role", "Alpha"))

    rows = untried.when_failed(urn("Role", "Alpha")).splitlines()

    assert (len(rows), rows[0], rows[1], rows[-1]) == (12, HEAD, '  project "Web"', "  and 14 more")


def test_without_a_guard_nobody_knows():
    untried = Untried()
    untried.begun(urn("Role", "Alpha"))

    assert untried.when_failed(urn("Role", "Alpha")) is None
