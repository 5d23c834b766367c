"""`pulumi-posthog drift` beside a stack: what is pending in Git is told from what was changed live."""

from __future__ import annotations

import hashlib
import json

import pytest

from cli.lab import ORGANIZATION, Lab, state_of, told
from pulumi_posthog.stack.state import IS_SECRET, KIND_OF_VALUE


def test_with_a_state_what_is_pending_in_git_is_told_from_what_was_changed_live(lab: Lab):
    guests = lab.posthog.role("Guests")["id"]
    (lab.folder / "state.json").write_text(state_of({"Guests": guests, "Gone": "0", "Old": "1"}))
    lab.call("PATCH", f"roles/{guests}/", {"name": "Visitors"})
    lab.write("roles:\n  Guests: {}\n  Gone: {}\n  New: {}\n")

    assert told(lab, "--stack-state", "state.json") == {
        "changed_live": ["roles.Guests.name"],
        "gone": ["roles.Gone"],
        "pending_in_git": ["roles.New", "roles.Old"],
    }


FIELDS = {"project", "path", "type", "name", "timezone", "role", "members", "plugin", "config"}


def program_of(lab: Lab, **more: object) -> str:
    """The state of a program without YAML: a project, a folder, a destination with a secret, and who has a role."""
    type_, at = "posthog:index:", json.dumps({"host": lab.posthog.url, "organization": ORGANIZATION})
    web, guests = str(lab.posthog.project("Web")["id"]), lab.posthog.role("Analysts")["id"]
    (orders,) = lab.call("GET", f"/api/projects/{web}/pipeline_destination_configs/")["results"]
    (folder,) = (
        row
        for row in lab.call("GET", f"/api/projects/{web}/file_system/?search=Marketing")["results"]
        if row["path"] == "Marketing"
    )
    config = json.dumps({"account": "acme", "username": "ana", "database": "orders"})
    secret = {KIND_OF_VALUE: IS_SECRET, "ciphertext": "v1:abc"}
    rows = [
        ("Guard", "program", "guard", {"__managed": "{}"}),
        # The state of a program may have a child before its parent.
        ("FileSystemEntry", "m", folder["id"], {"project": web, "path": "Marketing", "type": "folder"}),
        ("Project", "web", web, {"name": "Web", "timezone": "Europe/Berlin"}),
        ("Role", "first", guests, {"name": "Analysts"}),
        ("RoleMembers", "first", guests, {"role": guests, "members": {"ana@acme.io": "", "bo@acme.io": ""}}),
        (
            "PipelineDestination",
            "orders",
            str(orders["id"]),
            {
                "project": web,
                "plugin": orders["plugin"],
                "name": "Orders to Snowflake",
                "config": config,
                "secret_config": secret,
                "config_fingerprints": {"password": "1"},
            },
        ),
    ]
    resources = [
        {
            "urn": f"urn:pulumi:t::p::{type_}{resource}::{name}",
            "type": f"{type_}{resource}",
            "id": id_,
            "inputs": {
                **inputs,
                "__at": at,
                "__declared": " ".join(sorted({*inputs} & FIELDS)),
            }
            | more,
        }
        for resource, name, id_, inputs in rows
    ]
    return json.dumps({"version": 3, "deployment": {"resources": resources}})


def test_without_a_file_a_stack_says_what_a_program_last_applied(lab: Lab):
    lab.pulumi(program_of(lab))
    (lab.folder / "posthog.yaml").unlink()

    assert told(lab, "--stack", "prod") == {}

    lab.call("PATCH", lab.project("Web"), {"timezone": "Asia/Tokyo"})
    lab.posthog.call(
        "DELETE", f"/api/organizations/{ORGANIZATION}/roles/{lab.posthog.role('Analysts')['id']}/"
    )
    run = lab.run("drift", "--stack", "prod", "--format", "json")
    assert (run.status, run.json["file"]) == (7, "stack prod")
    assert {(each["status"], each["path"]) for each in run.json["findings"]} == {
        ("changed_live", "projects.Web.timezone"),
        ("gone", "roles.Analysts"),
        ("gone", "roles.Analysts.members"),
    }
    assert "PostHog is compared with what stack prod last applied" in run.err


def test_without_a_file_a_stack_that_says_nothing_clear_is_one_error(lab: Lab):
    (lab.folder / "posthog.yaml").unlink()

    for state, said in (
        (json.dumps({"deployment": {"resources": []}}), "has nothing of PostHog"),
        (program_of(lab, __at="{"), "what it remembers cannot be read"),
        ("[]", "is not the state of a Pulumi stack"),
    ):
        (lab.folder / "state.json").write_text(state)
        run = lab.run("drift", "--stack-state", "state.json")
        assert (run.status, "Traceback" in run.text) == (2, False), run.text
        assert said in run.err

    accepted = lab.run("drift", "--stack-state", "state.json", "--accept")
    assert (accepted.status, "--accept writes into the configuration" in accepted.err) == (2, True)


def test_what_the_rails_would_refuse_is_said_before_anybody_runs_an_update(lab: Lab):
    lab.pulumi(state_of({f"Role {number}": str(number) for number in range(12)}))

    run = lab.run("drift", "--stack", "prod", "--format", "json")

    assert run.status == 5
    refused = [each for each in run.json["findings"] if each["status"] == "would_be_refused"]
    assert [each["path"] for each in refused] == ["roles"]
    assert "allowRemovals role=12" in refused[0]["hint"]


def test_who_would_lose_a_role_that_is_taken_out_is_counted(lab: Lab):
    organization = f"/api/organizations/{lab.posthog.organization}"
    role = lab.posthog.call("POST", f"{organization}/roles/", {"name": "Architects"})["id"]
    people = lab.posthog.all(f"{organization}/members/")[:3]
    for each in people:
        path = f"{organization}/roles/{role}/role_memberships/"
        lab.posthog.call("POST", path, {"user_uuid": each["user"]["uuid"]})
    lab.pulumi(state_of({"Architects": role}))

    run = lab.run("drift", "--stack", "prod", "--format", "json")

    assert run.status == 5
    (refused,) = (each for each in run.json["findings"] if each["status"] == "would_be_refused")
    names = ", ".join(sorted(each["user"]["email"] for each in people))
    assert (
        refused["summary"] == f'roles: 3 people lose role "Architects", more than the limits allow: {names}'
    )
    assert refused["hint"].endswith("posthog:allowRemovals role_membership=3")


def test_a_stack_that_does_not_exist_is_one_line_and_a_hint(lab: Lab):
    nowhere = lab.run("drift", "--stack", "nope")
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    run = lab.run("drift", "--stack", "nope")

    assert nowhere.status == run.status == 2
    assert "there is no Pulumi.yaml in" in nowhere.err
    assert "no stack named 'nope' found" in run.err
    assert "pulumi stack ls" in run.err
    assert "Traceback" not in run.err


def select(lab: Lab, content: str = '{"stacks": {"file:///state": "prod"}}') -> None:
    """What `pulumi stack select prod` leaves beside this configuration."""
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    digest = hashlib.sha1(
        str(lab.folder.resolve() / "Pulumi.yaml").encode(), usedforsecurity=False
    ).hexdigest()
    home = lab.folder / ".pulumi/workspaces"
    home.mkdir(parents=True, exist_ok=True)
    (home / f"acme-{digest}-workspace.json").write_text(content)


def of_file(name: str = "posthog.yaml") -> str:
    """A state in which nothing but the guard of that file stands."""
    guard = {
        "type": "pulumi-python:dynamic/posthog:Guard",
        "urn": "urn:pulumi:prod::acme::pulumi-python:dynamic/posthog:Guard::guard",
        "inputs": {"__file": name, "__managed": "{}"},
    }
    return json.dumps({"deployment": {"resources": [guard]}})


@pytest.mark.parametrize(
    "content",
    [
        '{"stacks": {"file:///state": "prod"}}',
        '{"stacks": {"https://elsewhere.acme.io": "other", "file:///state": "prod"}}',
        '{"stack": "prod"}',
    ],
)
def test_the_stack_that_is_selected_beside_the_file_is_taken_into_account(lab: Lab, content: str):
    select(lab, content)
    (lab.folder / ".pulumi/credentials.json").write_text('{"current": "file:///state"}')
    lab.pulumi(of_file())
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    assert told(lab) == {"pending_in_git": ["projects.Web.timezone"]}
    assert told(lab, "--no-stack") == {"changed_live": ["projects.Web.timezone"]}
    assert "the selected stack prod" in lab.run("drift").err


def test_a_stack_that_was_made_from_another_file_is_not_taken_for_this_ones(lab: Lab):
    select(lab)
    lab.pulumi(of_file("other.yaml"))
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    assert told(lab) == {"changed_live": ["projects.Web.timezone"]}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"stacks": []}', '{"stacks": {"a": 3}}'])
def test_what_selects_no_stack_selects_none(lab: Lab, content: str):
    select(lab, content)

    run = lab.run("drift")

    assert (run.status, run.err) == (0, "")


def test_without_pulumi_or_its_stack_the_comparison_goes_on_with_a_note(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    select(lab, '{"stacks": {"file:///state": "nope"}}')
    missing = lab.run("drift")
    lab.pulumi("not a state")
    select(lab)
    broken = lab.run("drift")
    lab.pulumi(of_file())
    program = lab.folder / "bin/pulumi"
    program.write_text(
        program.read_text().replace('echo "{}"', "echo 'error: passphrase must be set' >&2; exit 255")
    )
    locked = lab.run("drift")

    assert [
        (run.status, run.err.count("compared without the selected stack"))
        for run in (missing, broken, locked)
    ] == [(7, 1)] * 3
    assert "no stack named 'nope' found" in missing.err
    assert "is not the state of a Pulumi stack" in broken.err
    assert "passphrase must be set" in locked.err


def test_no_stack_and_a_stack_contradict_each_other(lab: Lab):
    run = lab.run("drift", "--no-stack", "--stack", "prod")

    assert run.status == 2
    assert "--no-stack" in run.err


def test_where_a_program_has_no_file_its_stack_is_named_and_doctor_looks_at_that(lab: Lab):
    select(lab)
    lab.pulumi(program_of(lab))
    (lab.folder / "posthog.yaml").unlink()

    drift, doctor = lab.run("drift"), lab.run("doctor")

    assert (drift.status, drift.out) == (2, "drift: nothing could be compared\n")
    assert drift.err == (
        "error: there is no file posthog.yaml\n"
        "  hint: a program without YAML is compared with what its stack last applied: --stack prod\n"
    )
    assert "ok   configuration: no file posthog.yaml; stack prod last applied 5 objects" in doctor.out
    assert "ok   organization: " in doctor.out

    lab.pulumi('{"deployment": {"resources": []}}')
    where = {"POSTHOG_HOST": lab.posthog.url, "POSTHOG_ORGANIZATION_ID": ORGANIZATION}
    assert "stack prod last applied 0 objects" in lab.run("doctor", **where).out
    nowhere = lab.run("doctor", POSTHOG_HOST="", POSTHOG_ORGANIZATION_ID="")
    assert "FAIL configuration: stack prod does not say which organization" in nowhere.out
    lab.pulumi("not a state")
    broken = lab.run("doctor")
    assert "FAIL configuration: there is no file posthog.yaml; stack prod is not the state of" in broken.out
