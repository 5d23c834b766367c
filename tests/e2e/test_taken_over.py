"""What comes to another resource name is taken over under the new one and then given up under the old one: it stays.

Each test is named after what happened.
"""

from __future__ import annotations

import json

import pytest

from harness.stack import DOORS, Run, Stack

pytestmark = pytest.mark.e2e


def organization(stack: Stack) -> str:
    return f"/api/organizations/{stack.posthog.organization}"


def rename_role(stack: Stack, name: str, new: str) -> str:
    """Somebody renames a role on PostHog's page; its id."""
    role = stack.posthog.role(name)
    stack.posthog.call("PATCH", f"{organization(stack)}/roles/{role['id']}/", {"name": new})
    return str(role["id"])


def refused(run: Run, *texts: str) -> None:
    assert run.status != 0, run.text
    assert "Traceback" not in run.text
    for text in texts:
        assert text in run.text, run.text


def quiet(run: Run) -> None:
    assert run.status == 0, run.text
    assert set(run.changes) <= {"unchanged"}, run.text


def test_a_role_was_renamed_on_the_page_and_then_in_the_file(stack):
    stack.write("roles:\n  Alpha: {members: [ana@acme.io]}\n  Ops: {}\n")
    assert stack.up().status == 0
    id_ = rename_role(stack, "Alpha", "Data team")
    stack.write("roles:\n  Data team: {members: [ana@acme.io]}\n  Ops: {}\n")
    stack.posthog.count_anew()

    for run in (stack.preview(), stack.up("--continue-on-error")):
        refused(run, 'looks like what was "Alpha"', "`previously: Alpha`", "posthog.yaml:5:")
    stack.set("allowRemovals", "role=1")  # it is no other role for that
    for run in (stack.up(), stack.up("--refresh=false", "--continue-on-error")):
        refused(run, 'is what the stack has as "Alpha"', "previously: Alpha", "posthog.yaml:5:")
    assert stack.posthog.writes() == {}

    stack.write("roles:\n  Data team: {previously: Alpha, members: [ana@acme.io]}\n  Ops: {}\n")
    assert stack.up().status == 0
    assert (stack.posthog.role("Data team")["id"], stack.posthog.members("Data team")) == (
        id_,
        ["ana@acme.io"],
    )
    stack.write("roles:\n  Data team: {members: [ana@acme.io]}\n  Ops: {}\n")
    quiet(stack.up())


def test_what_was_taken_out_of_the_file_was_removed_although_a_refresh_had_compared_it(stack):
    stack.write("roles:\n  Alpha: {}\n  Ops: {members: {mode: additive, items: [ana@acme.io, bo@acme.io]}}\n")
    assert stack.up().status == 0
    rename_role(stack, "Alpha", "Data team")
    stack.write("roles:\n  Ops: {members: {mode: additive, items: [bo@acme.io]}}\n")

    run = stack.up()

    assert run.status == 0, run.text
    assert "kept" not in run.text
    assert (stack.posthog.role("Alpha"), stack.posthog.role("Data team")) == (None, None)
    assert stack.posthog.members("Ops") == ["bo@acme.io"]
    quiet(stack.up())


PROJECT = """\
projects:
  {name}:
    file_system:
      Campaigns: {{type: folder}}
      Sales/KPIs: {{type: dashboard, ref: "3"}}
roles:
  Ops: {{members: {{mode: additive, items: [ana@acme.io]}}}}
"""


def test_a_project_was_renamed_on_the_page_and_then_in_the_file(stack):
    stack.write(PROJECT.format(name="Web"))
    assert stack.up().status == 0
    project = stack.posthog.project("Web")["id"]
    rows = f"/api/projects/{project}/file_system/?limit=1000"
    before = {row["id"] for row in stack.posthog.all(rows)}
    stack.posthog.call("PATCH", f"{organization(stack)}/projects/{project}/", {"name": "Prod"})
    stack.write(PROJECT.format(name="Prod"))

    for run in (stack.preview(), stack.up("--continue-on-error")):
        refused(run, 'project "Prod" looks like what was "Web"', "`previously: Web`")
    assert {row["id"] for row in stack.posthog.all(rows)} == before


def test_an_address_was_written_in_another_case_in_an_additive_list(stack):
    stack.write("roles:\n  Ops: {members: {mode: additive, items: [ANA@acme.io, bo@acme.io]}}\n")
    assert stack.up().status == 0
    before = {each["id"] for each in stack.posthog.role("Ops")["members"]}
    stack.write("roles:\n  Ops: {members: {mode: additive, items: [ana@acme.io, bo@acme.io]}}\n")

    run = stack.up()

    assert run.status == 0, run.text
    assert {each["id"] for each in stack.posthog.role("Ops")["members"]} == before
    quiet(stack.up())


def test_a_key_of_an_entry_with_an_id_was_changed(stack):
    role = stack.posthog.call("POST", f"{organization(stack)}/roles/", {"name": "Legacy"})["id"]
    stack.write(f"roles:\n  Alpha: {{id: {role}}}\n  Ops: {{}}\n")
    assert stack.up().status == 0
    stack.write(f"roles:\n  Research: {{id: {role}}}\n  Ops: {{}}\n")

    for run in (stack.preview(), stack.up("--continue-on-error")):
        refused(run, 'is what the stack has as "Alpha"', "previously: Alpha")
    assert stack.posthog.role("Alpha")["id"] == role

    stack.write(f"roles:\n  Research: {{id: {role}, previously: Alpha}}\n  Ops: {{}}\n")
    assert stack.up().status == 0
    assert stack.posthog.role("Research")["id"] == role
    quiet(stack.up())


PROGRAM = """\
import pulumi
import pulumi_posthog as posthog

web = posthog.Project('web', name='Web')
posthog.Role({role!r}, name='Alpha')
posthog.FileSystemEntry({row!r}, project=web.id, path='Sales', type='folder')
"""


@pytest.mark.parametrize("option", ["--refresh=true", "--refresh=false"])
def test_a_program_called_its_resources_otherwise(stack, option):
    stack.set("host", stack.posthog.url)
    stack.set("organization", stack.posthog.organization)
    (stack.folder / "__main__.py").write_text(PROGRAM.format(role="alpha", row="sales"))
    assert stack.up().status == 0
    id_ = stack.posthog.role("Alpha")["id"]
    (stack.folder / "__main__.py").write_text(PROGRAM.format(role="research", row="board"))
    stack.posthog.count_anew()

    run = stack.up(option)

    assert run.status == 0, run.text
    assert 'role "alpha": kept, it is managed as "research" now' in run.text
    assert stack.posthog.role("Alpha")["id"] == id_
    assert stack.posthog.writes() == {}
    quiet(stack.up(option))


def test_two_resources_of_the_state_had_one_object_and_the_first_was_let_go(stack):
    stack.write("roles:\n  Alpha: {}\n  Ops: {}\n")
    assert stack.up().status == 0
    exported = json.loads(stack.pulumi("stack", "export").text)
    resources = exported["deployment"]["resources"]
    alpha = next(each for each in resources if each["urn"].endswith("::Alpha"))
    twin = {**alpha, "urn": alpha["urn"].replace("::Alpha", "::Twin")}
    resources.append(twin)
    (stack.folder / "state.json").write_text(json.dumps(exported))
    assert stack.pulumi("stack", "import", "--file", "state.json").status == 0

    run = stack.up("--refresh=false")

    assert run.status == 0, run.text
    assert 'role "Twin": kept, it is managed as "Alpha" now' in run.text
    assert stack.posthog.role("Alpha")["id"] == alpha["id"]


def test_two_entries_with_an_id_swapped_them(stack):
    ids = [
        stack.posthog.call("POST", f"{organization(stack)}/roles/", {"name": name})["id"]
        for name in ("One", "Two")
    ]
    stack.write(f"roles:\n  One: {{id: {ids[0]}}}\n  Two: {{id: {ids[1]}}}\n")
    assert stack.up().status == 0
    stack.write(f"roles:\n  One: {{id: {ids[1]}}}\n  Two: {{id: {ids[0]}}}\n")
    stack.posthog.count_anew()

    for run in (stack.preview(), stack.up("--continue-on-error")):
        refused(run, "contradicts the stack")
        # Whichever of the two Pulumi asks about first.
        assert any(
            f"`id: {one}` contradicts the stack" in run.text and f"write `id: {other}`" in run.text
            for one, other in (ids, ids[::-1])
        )
    drift = stack.command("drift", "--stack", "test")
    assert drift.status == 5
    assert f"`id: {ids[1]}` contradicts the stack" in drift.text
    assert stack.posthog.writes() == {}


def test_a_project_renamed_on_the_page_was_declared_absent_by_its_old_name(stack):
    stack.write("projects:\n  Web: {}\nroles:\n  Ops: {}\n")
    assert stack.up().status == 0
    project = stack.posthog.project("Web")["id"]
    stack.posthog.call("PATCH", f"{organization(stack)}/projects/{project}/", {"name": "Prod"})
    stack.set("allowDeletions", "project/Web,project/Prod")
    stack.write("projects:\n  Web: {state: absent}\nroles:\n  Ops: {}\n")

    for run in (stack.preview(), stack.up("--continue-on-error")):
        refused(run, 'is called "Prod" in PostHog now')
    assert stack.posthog.project("Prod")["id"] == project


def test_a_role_got_quite_another_key_and_has_the_same_people(stack):
    people = "{members: [ada@acme.io, ana@acme.io]}"
    stack.write(f"roles:\n  Engineering: {people}\n  Ops: {{}}\n")
    assert stack.up().status == 0
    stack.write(f"roles:\n  Builders: {people}\n  Ops: {{}}\n")

    for run in (stack.preview(), stack.up("--continue-on-error")):
        refused(run, 'role "Builders" looks like what was "Engineering"', "`previously: Engineering`")
    assert stack.posthog.role("Builders") is None

    stack.write(
        "roles:\n  Builders: {previously: Engineering, members: [ada@acme.io, ana@acme.io]}\n  Ops: {}\n"
    )
    assert stack.up().status == 0
    assert stack.posthog.members("Builders") == ["ada@acme.io", "ana@acme.io"]


def test_a_role_with_several_people_was_taken_out_of_the_file(stack):
    people = "[ada@acme.io, ana@acme.io, bo@acme.io]"
    stack.write(f"roles:\n  Engineering: {{members: {people}}}\n  Ops: {{}}\n")
    assert stack.up().status == 0
    stack.write("roles:\n  Ops: {}\n")

    for run in (stack.up("--continue-on-error"), stack.up("--refresh=false")):
        refused(run, '3 people lose role "Engineering"', "    ana@acme.io", "allowRemovals role_membership=3")
    assert stack.posthog.members("Engineering") == ["ada@acme.io", "ana@acme.io", "bo@acme.io"]

    stack.set("allowRemovals", "role_membership=3")
    assert stack.up().status == 0
    assert stack.posthog.role("Engineering") is None


@pytest.mark.parametrize("door", DOORS)
def test_a_rename_was_taken_back(stack):
    stack.write(
        "roles:\n  Alpha: {members: [ana@acme.io]}\n  Ops: {members: {mode: additive, items: [bo@acme.io]}}\n"
    )
    assert stack.up().status == 0
    id_ = stack.posthog.role("Alpha")["id"]
    # Beside it an additive list becomes exact, which removes nobody.
    rest = "  Ops: {members: [bo@acme.io]}\n"
    stack.write(f"roles:\n  Data: {{previously: Alpha, members: [ana@acme.io]}}\n{rest}")
    run = stack.up()
    assert run.status == 0, run.text
    stack.write(f"roles:\n  Alpha: {{members: [ana@acme.io]}}\n{rest}")
    stack.posthog.count_anew()

    for run in (stack.up("--continue-on-error"), stack.up("--refresh=false")):
        refused(run, 'role "Alpha" looks like what was "Data"', "`previously: Data`", "allowRemovals role=1")
    assert stack.posthog.writes() == {}

    stack.write(f"roles:\n  Alpha: {{previously: Data, members: [ana@acme.io]}}\n{rest}")
    assert stack.up().status == 0
    assert stack.posthog.role("Alpha")["id"] == id_
    assert stack.posthog.members("Ops") == ["bo@acme.io"]
    quiet(stack.up())

    # Two at once, and no refresh that says what PostHog calls them: only their ids tell.
    for old, new in (("Alpha", "Core"), ("Ops", "Night shift")):
        rename_role(stack, old, new)
    stack.write("roles:\n  Core: {}\n  Night shift: {}\n")
    run = stack.up("--refresh=false")
    refused(run, "2 of 2 roles would be removed", "`previously: Alpha`", "`previously: Ops`")
    assert stack.posthog.role("Core")["id"] == id_


def test_two_roles_were_swapped_on_the_page(stack):
    stack.write("roles:\n  Alpha: {members: [ana@acme.io]}\n  Data: {members: [bo@acme.io]}\n")
    assert stack.up().status == 0
    ids = {name: stack.posthog.role(name)["id"] for name in ("Alpha", "Data")}
    for name, new in (("Alpha", "Third"), ("Data", "Alpha"), ("Third", "Data")):
        rename_role(stack, name, new)

    preview, run = stack.preview(), stack.up()

    assert 'has the name "Alpha" now: it gets a third one first' in preview.text
    assert run.status == 0, run.text
    assert {name: stack.posthog.role(name)["id"] for name in ids} == ids
    quiet(stack.up())
