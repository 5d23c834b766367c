"""Names that are nearly the same, and people who are there no more: with the real Pulumi CLI and `drift`."""

import sqlite3

import pytest

from harness.stack import Stack

pytestmark = pytest.mark.e2e


def assert_settled(stack):
    """The next run finds nothing to do, and says nothing of it."""
    stack.posthog.count_anew()
    run = stack.up()
    assert run.status == 0, run.text
    assert set(run.changes) <= {"unchanged"}, run.text
    assert stack.posthog.writes() == {}
    return run


# -- a person who has left -----------------------------------------------------------------------------------------

TEAM = """\
roles:
  Analysts:
    members:
      - ana@acme.io
      - bo@acme.io
  Editors:
    members: {mode: additive, items: [ana@acme.io, bo@acme.io]}
"""


@pytest.fixture
def bo_has_left(stack):
    """A stack with two roles that name bo, whom the HR system has taken out of the organization since."""
    stack.begin("bo_has_left", apply_and_let_bo_go)
    return stack


def apply_and_let_bo_go(stack):
    stack.write(TEAM)
    run = stack.up()
    assert run.status == 0, run.text
    posthog, organization = stack.posthog, f"/api/organizations/{stack.posthog.organization}"
    bo = next(
        member["user"]["uuid"]
        for member in posthog.all(f"{organization}/members/")
        if member["user"]["email"] == "bo@acme.io"
    )
    posthog.call("DELETE", f"{organization}/members/{bo}/")


@pytest.mark.parametrize("refresh", [True, False], ids=["with a refresh", "without"])
def test_somebody_left_and_all_other_work_went_on(bo_has_left, refresh):
    stack, flag = bo_has_left, f"--refresh={'true' if refresh else 'false'}"
    stack.write(TEAM + "  Reviewers:\n    members: [ana@acme.io]\n")

    preview = stack.preview(flag)
    first = stack.up(flag)
    second = stack.up(flag)

    for run in (preview, first, second):
        assert run.status == 0, run.text
        assert 'no member of the organization has the e-mail address "bo@acme.io" any more' in run.text
        assert "take it out of what is declared" in run.text
        assert "did you mean" not in run.text
    assert stack.posthog.members("Reviewers") == ["ana@acme.io"]
    assert stack.posthog.members("Analysts") == stack.posthog.members("Editors") == ["ana@acme.io"]
    assert set(second.changes) <= {"unchanged"}, second.text


def test_whoever_left_is_gone_in_drift_with_a_stack_and_without(bo_has_left):
    for arguments in ((), ("--stack", "test")):
        run = bo_has_left.command("drift", *arguments)

        assert run.status == 7, run.text
        assert "2 gone" in run.text, run.text
        assert "roles.Analysts.members" in run.text
        assert "take the address out of the file" in run.text
        assert "no member of the organization has that address" in run.text


def test_whoever_left_may_be_taken_out_of_the_file_and_all_is_silent(bo_has_left):
    bo_has_left.write(TEAM.replace("      - bo@acme.io\n", "").replace(", bo@acme.io", ""))

    run = bo_has_left.up()

    assert run.status == 0, run.text
    assert_settled(bo_has_left)
    assert bo_has_left.command("drift").status == 0


def test_beside_somebody_who_left_an_address_that_never_was_stops_everything(bo_has_left):
    stack = bo_has_left
    stack.write(TEAM.replace("- bo", "- bob@acme.io\n      - bo") + "  Reviewers: {}\n")

    for run in (stack.preview(), stack.up()):
        assert run.status != 0
        assert (
            'posthog.yaml:8:9: no member of the organization has the e-mail address "bob@acme.io"' in run.text
        )
    assert stack.posthog.writes() == {}
    assert stack.command("drift", "--stack", "test").status == 2


# -- two members whose addresses differ by case alone --------------------------------------------------------------


@pytest.fixture
def two_anas(tmp_path, sandboxes):
    """A stack beside a sandbox in which bo's address is ana's in another case."""
    database = tmp_path / "posthog.sqlite3"
    posthog = sandboxes("--db", str(database))
    with sqlite3.connect(database, timeout=30) as connection:
        connection.execute("UPDATE sandbox_user SET email = 'ANA@acme.io' WHERE email = 'bo@acme.io'")
    connection.close()
    return Stack(tmp_path / "stack", posthog)


def test_of_two_spellings_the_exact_one_is_meant_and_an_exact_list_has_no_other(two_anas):
    stack = two_anas
    stack.write("roles:\n  Analysts:\n    members: [ana@acme.io]\n")
    assert stack.up().status == 0
    assert stack.posthog.members("Analysts") == ["ana@acme.io"]
    organization = f"/api/organizations/{stack.posthog.organization}"
    other = next(
        member["user"]["uuid"]
        for member in stack.posthog.all(f"{organization}/members/")
        if member["user"]["email"] == "ANA@acme.io"
    )
    role = stack.posthog.role("Analysts")["id"]
    stack.posthog.call("POST", f"{organization}/roles/{role}/role_memberships/", {"user_uuid": other})

    seen = stack.command("drift")
    run = stack.up()

    assert seen.status == 7
    assert "[ANA@acme.io] is in PostHog, and is not declared" in seen.text
    assert run.status == 0, run.text
    assert stack.posthog.members("Analysts") == ["ana@acme.io"]
    assert_settled(stack)


def test_both_spellings_may_be_declared_and_one_that_is_neither_is_a_question(two_anas):
    stack = two_anas
    stack.write(
        "roles:\n  Analysts:\n    members: [ana@acme.io, ANA@acme.io]\n"
        "  Editors:\n    members: {mode: additive, items: [ANA@acme.io]}\n"
    )
    assert stack.up().status == 0
    assert stack.posthog.members("Analysts") == ["ANA@acme.io", "ana@acme.io"]
    assert stack.posthog.members("Editors") == ["ANA@acme.io"]
    assert_settled(stack)

    stack.write("roles:\n  Analysts:\n    members: [Ana@acme.io]\n")
    run = stack.up()

    assert run.status != 0
    assert 'posthog.yaml:6:15: 2 members of the organization answer to "Ana@acme.io"' in run.text
    assert stack.posthog.writes() == {}


# -- a change of case alone ----------------------------------------------------------------------------------------


def test_a_change_of_case_alone_is_done(stack):
    stack.write("projects:\n  web:\n    timezone: UTC\nroles:\n  analysts:\n    members: [ana@acme.io]\n")
    assert stack.up().status == 0
    role, project = stack.posthog.role("analysts")["id"], stack.posthog.project("web")["id"]
    stack.write(
        "projects:\n  Web:\n    previously: web\n    timezone: UTC\n"
        "roles:\n  Analysts:\n    previously: analysts\n    members: [ana@acme.io]\n"
    )

    run = stack.up()

    assert run.status == 0, run.text
    assert stack.posthog.role("Analysts")["id"] == role
    assert stack.posthog.project("Web")["id"] == project
    assert_settled(stack)
    assert stack.command("drift").status == 0


def test_where_the_server_refuses_a_change_of_case_the_preview_says_so(tmp_path, started):
    stack = Stack(tmp_path / "stack", started("--age", "2025"))
    stack.write("roles:\n  analysts: {}\n")
    assert stack.up().status == 0
    stack.write("roles:\n  Analysts: {previously: analysts}\n")

    preview, run = stack.preview(), stack.up()

    for each in (preview, run):
        assert each.status == 0, each.text
        assert 'PostHog keeps the name "analysts"' in each.text
        assert "third name" in each.text
    assert stack.posthog.role("analysts")
