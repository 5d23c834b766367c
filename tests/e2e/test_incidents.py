"""What went wrong on somebody's worst night, replayed: nothing is lost and nothing is made twice.

Each test is named after what happened.
"""

import itertools
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.drivers import delete_empty_attributes, descendants, kill, take_the_lock_away
from harness.stack import DOORS, Stack
from harness.waiting import eventually

pytestmark = pytest.mark.e2e


@pytest.fixture(params=DOORS)
def door(request):
    """All of this holds through both of our providers."""
    return request.param


NINE = [f"Role {number}" for number in range(9)]


def roles_file(names):
    return "roles:\n" + "".join(f"  {name}: {{}}\n" for name in names)


@pytest.fixture
def nine_roles(stack):
    """A stack with nine roles, applied."""
    stack.begin("nine_roles", apply_nine_roles)
    return stack


def apply_nine_roles(stack):
    stack.write(roles_file(NINE))
    run = stack.up()
    assert run.status == 0, run.text


def role_names(posthog):
    return {role["name"] for role in posthog.all(f"/api/organizations/{posthog.organization}/roles/")}


def assert_refused(stack, run, *texts):
    assert run.status != 0, run.text
    assert "Traceback" not in run.text
    for text in texts:
        assert text in run.text, run.text
    assert stack.posthog.writes() == {}
    assert set(NINE) <= role_names(stack.posthog)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("roles: {}\n", "declares nothing"),
        ("roles:\n  Role 0: {}\n  Role 1: [\n", "posthog.yaml:"),
    ],
    ids=["empty", "nothing declared", "cut in the middle"],
)
def test_an_empty_or_cut_file_was_read_as_an_empty_target(nine_roles, content, said):
    nine_roles.write(
        content,
        header=""
        if not content
        else "organization: {host: !env POSTHOG_HOST, id: !env POSTHOG_ORGANIZATION_ID}\n",
    )

    # Without the option Pulumi deletes less.
    assert_refused(nine_roles, nine_roles.up("--continue-on-error"), said)


def test_an_include_that_matched_nothing_emptied_the_organization(nine_roles):
    nine_roles.write("roles: !include roles/*.yaml\n")

    assert_refused(nine_roles, nine_roles.up(), "posthog.yaml:4:8", "roles/*.yaml")


def test_most_roles_left_the_file_in_a_bad_merge(nine_roles):
    nine_roles.write(roles_file(NINE[:2]))

    for run in (nine_roles.preview(), nine_roles.up("--continue-on-error")):
        assert_refused(nine_roles, run, *NINE[2:], "pulumi config set posthog:allowRemovals role=7")

    nine_roles.set("allowRemovals", "role=7")
    allowed = nine_roles.up()
    assert allowed.status == 0, allowed.text
    assert "pulumi config rm" not in allowed.text
    assert role_names(nine_roles.posthog) & set(NINE) == {"Role 0", "Role 1"}
    assert "pulumi config rm posthog:allowRemovals" in nine_roles.preview().text


def test_members_were_stripped_though_no_team_was_removed_and_the_owner_of_the_key_locked_themselves_out(
    stack,
):
    posthog = stack.posthog
    people = [member["email"] for member in posthog.info["members"]]
    declared = "roles:\n  Everybody:\n    members: [{}]\n  Admins:\n    members: [{}]\n"
    stack.write(declared.format(", ".join(people), "ada@acme.io, ana@acme.io"))
    assert stack.up().status == 0
    posthog.count_anew()
    stack.write(declared.format(people[0], "ada@acme.io, ana@acme.io"))

    for run in (stack.preview(), stack.up()):
        assert run.status != 0
        assert f"{len(people) - 1} of {len(people)} role memberships" in run.text, run.text
    assert posthog.members("Everybody") == sorted(people)
    assert posthog.writes() == {}

    stack.write(declared.format(", ".join(people), "ana@acme.io"))
    run = stack.up()
    assert run.status != 0
    assert "ada@acme.io owns the key" in run.text
    assert stack.posthog.members("Admins") == ["ada@acme.io", "ana@acme.io"]


def test_a_role_was_taken_over_and_its_members_stripped_by_the_first_up(stack):
    posthog = stack.posthog
    organization = f"/api/organizations/{posthog.organization}"
    role = posthog.call("POST", f"{organization}/roles/", {"name": "Everybody"})["id"]
    for member in posthog.info["members"]:
        path = f"{organization}/roles/{role}/role_memberships/"
        posthog.call("POST", path, {"user_uuid": member["uuid"]})
    posthog.count_anew()
    stack.write("roles:\n  Everybody:\n    members: [ada@acme.io]\n")

    for run in (stack.preview(), stack.up()):
        assert run.status != 0, run.text
        assert "4 of 5 role memberships" in run.text
    assert posthog.writes() == {}


def test_a_dry_run_wrote(stack):
    stack.posthog.count_anew()
    stack.write(
        "projects:\n  Web:\n    timezone: Europe/Berlin\n    file_system:\n      Marketing: {type: folder}\n"
        "roles:\n  Analysts:\n    members: [ana@acme.io]\n"
    )

    run = stack.preview()

    assert run.status == 0, run.text
    assert set(stack.posthog.requests()["by_method"]) == {"GET"}


@pytest.mark.usefixtures("legacy_destinations")
def test_a_create_was_repeated_after_its_answer_was_lost(stack, door):
    posthog = stack.posthog
    # What is lost in one way through one provider is lost in the other way through the other.
    faults = itertools.cycle(
        ("reset-after", "502-after") if door == DOORS[0] else ("502-after", "reset-after")
    )
    stack.write(
        "projects:\n  Web:\n    timezone: UTC\n    file_system:\n      Marketing: {type: folder}\n"
        "    pipeline_destinations:\n      Orders: {plugin: Customer.io, order: 1, config: {}}\n"
        "roles:\n  Analysts:\n    members: [ana@acme.io]\n"
        "  Editors:\n    members: {mode: additive, items: [bo@acme.io]}\n"
    )
    for path in (
        "projects/$",
        "roles/$",
        "role_memberships/$",
        "pipeline_destination_configs/$",
        "file_system/$",
    ):
        posthog.call("POST", "/_sandbox/faults", {"spec": f"{next(faults)} POST {path} times=1"})

    run = stack.up()

    assert run.status == 0, run.text
    organization = f"/api/organizations/{posthog.organization}"
    names = [project["name"] for project in posthog.all(f"{organization}/projects/")]
    assert names.count("Web") == 1
    assert sorted(role_names(posthog) & {"Analysts", "Editors"}) == ["Analysts", "Editors"]
    assert posthog.members("Analysts") == ["ana@acme.io"]
    project = posthog.project("Web")["id"]
    assert len(posthog.all(f"/api/projects/{project}/pipeline_destination_configs/")) == 1
    paths = [row["path"] for row in posthog.all(f"/api/projects/{project}/file_system/?limit=1000")]
    assert paths.count("Marketing") == 1
    posthog.count_anew()
    assert stack.up().status == 0
    assert posthog.writes() == {}


def test_a_weak_key_was_told_403_and_everything_was_taken_for_gone(nine_roles):
    weak = nine_roles.posthog.call("POST", "/_sandbox/keys", {"scopes": ["user:read", "project:read"]})["key"]
    before = nine_roles.state()
    nine_roles.environment["POSTHOG_PERSONAL_API_KEY"] = weak
    nine_roles.posthog.count_anew()

    for run in (nine_roles.preview(), nine_roles.up(), nine_roles.refresh()):
        assert_refused(nine_roles, run, "organization:read")
    assert nine_roles.state().keys() == before.keys()


def test_a_half_read_list_was_taken_for_the_whole(nine_roles):
    before = nine_roles.state()
    nine_roles.posthog.call("POST", "/_sandbox/faults", {"spec": "cut GET /roles/ times=50"})

    runs = (nine_roles.preview(), nine_roles.refresh(), nine_roles.up())

    nine_roles.posthog.call("DELETE", "/_sandbox/faults")
    for run in runs:
        assert_refused(nine_roles, run)
    assert nine_roles.state().keys() == before.keys()


def test_an_update_sent_back_stale_values_of_fields_nobody_had_declared(stack):
    posthog = stack.posthog
    stack.write("projects:\n  Web:\n    timezone: Europe/Berlin\n")
    assert stack.up().status == 0
    project = posthog.project("Web")["id"]
    path = f"/api/organizations/{posthog.organization}/projects/{project}/"
    posthog.call("PATCH", path, {"anonymize_ips": True, "app_urls": ["https://by-hand.io"]})
    stack.write("projects:\n  Web:\n    timezone: Europe/Paris\n")

    assert stack.up().status == 0

    web = posthog.project("Web")
    assert (web["timezone"], web["anonymize_ips"], web["app_urls"]) == (
        "Europe/Paris",
        True,
        ["https://by-hand.io"],
    )


@pytest.mark.parametrize(
    "program",
    [
        "raise RuntimeError('half way')",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import sys\nsys.exit(0)",
        "pass",
    ],
    ids=["raises", "is killed", "exits early", "does nothing"],
)
def test_a_program_that_died_half_way_looked_like_a_smaller_one(nine_roles, program):
    (nine_roles.folder / "__main__.py").write_text(program)

    run = nine_roles.up("--continue-on-error")  # without the option Pulumi deletes less

    assert run.status != 0, run.text
    assert nine_roles.posthog.writes() == {}
    assert set(NINE) <= role_names(nine_roles.posthog)


def test_the_wrong_stack_was_destroyed(nine_roles):
    run = nine_roles.destroy()

    assert_refused(nine_roles, run, "POSTHOG_ALLOW_DESTROY=true pulumi destroy")


def test_the_key_belonged_to_another_organization(nine_roles):
    nine_roles.environment["POSTHOG_ORGANIZATION_ID"] = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
    nine_roles.posthog.count_anew()

    assert_refused(nine_roles, nine_roles.up(), "shows this key no organization", "check organization.host")


def test_a_runner_was_killed_in_the_middle_of_a_create(lone_stack):
    posthog = lone_stack.posthog
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 1500})
    lone_stack.write(roles_file(NINE[:3]))
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
    running = subprocess.Popen(
        command,
        cwd=lone_stack.folder,
        env=lone_stack.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert eventually(lambda: posthog.requests()["by_method"].get("POST"))
    family = descendants(running.pid)
    running.send_signal(signal.SIGKILL)
    running.wait()
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
    time.sleep(3)  # the provider lives on and goes on with its POST
    kill(family)
    delete_empty_attributes(lone_stack)

    locked = lone_stack.up()
    assert "locked" in locked.text
    take_the_lock_away(lone_stack)
    lone_stack.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    run = lone_stack.up()

    assert run.status == 0, run.text
    names = [role["name"] for role in posthog.all(f"/api/organizations/{posthog.organization}/roles/")]
    assert sorted(name for name in names if name in NINE) == NINE[:3]


def test_one_bad_object_stopped_all_the_others(stack):
    posthog = stack.posthog
    posthog.call("POST", "/_sandbox/faults", {"spec": "500 POST /projects/$ times=50"})
    stack.write(
        "projects:\n  Web:\n    timezone: UTC\n    file_system:\n      Marketing: {type: folder}\n"
        + roles_file(NINE)
    )

    run = stack.up("--continue-on-error")

    assert run.status != 0
    assert set(NINE) <= role_names(posthog)
    # Done, and failed; what was not tried, because what it is in had failed, is what is left in the next preview.
    assert run.changes == {"created": 2 + len(NINE), "errored": 1}, run.text
    assert 'project "Web"' in run.text
    assert (
        "not tried, because what they are in or follow has failed:\n  posthog.yaml:8:7: file system"
        in run.text
    )
    assert "Traceback" not in run.text
    posthog.call("DELETE", "/_sandbox/faults")
    left = stack.preview()
    assert left.changes == {"create": 2, "unchanged": 2 + len(NINE)}, left.text


def test_the_next_name_of_what_was_never_made_was_taken_for_a_rename(stack):
    stack.posthog.call("POST", "/_sandbox/faults", {"spec": "500 POST /roles/$ times=50"})
    stack.write("roles:\n  Analysts: {members: [ana@acme.io]}\n  Editors: {members: [bo@acme.io]}\n")
    failed = stack.up("--continue-on-error")
    assert (failed.status != 0, "Analysts" in role_names(stack.posthog)) == (True, False), failed.text
    stack.posthog.call("DELETE", "/_sandbox/faults")
    stack.write("roles:\n  Research: {members: [ana@acme.io]}\n")

    run = stack.up()

    assert run.status == 0, run.text
    assert "looks like" not in run.text
    assert "Research" in role_names(stack.posthog)
    # What was made since is not renamed without a word.
    stack.write("roles:\n  Science: {members: [ana@acme.io]}\n")
    refused = stack.preview()
    assert (refused.status != 0, 'looks like what was "Research"' in refused.text) == (True, True), (
        refused.text
    )


def test_an_output_of_what_failed_ended_in_a_traceback(stack):
    stack.posthog.call("POST", "/_sandbox/faults", {"spec": "500 POST /projects/$ times=50"})
    stack.write("projects:\n  Web: {}\n" + roles_file(NINE))
    (stack.folder / "__main__.py").write_text(
        "import pulumi\nimport pulumi_posthog\n\n"
        'web = pulumi_posthog.deploy("posthog.yaml")["project", "Web"]\npulumi.export("web", web.id)\n'
    )

    run = stack.up("--continue-on-error")

    assert run.status != 0
    assert set(NINE) <= role_names(stack.posthog)
    assert (
        "not tried, because what they are in or follow has failed:\n  the outputs of the stack\n" in run.text
    )
    assert "Traceback" not in run.text


def test_what_lies_in_a_project_that_could_not_be_changed_was_taken_for_gone(stack):
    declared = "projects:\n  Web:\n    timezone: {}\n    file_system:\n      Marketing: {{type: folder}}\n"
    stack.write(declared.format("UTC"))
    assert stack.up().status == 0
    posthog = stack.posthog
    posthog.call("POST", "/_sandbox/faults", {"spec": "500 PATCH /projects/ times=50"})
    stack.write(declared.format("Europe/Berlin") + roles_file(NINE))
    posthog.count_anew()

    run = stack.up("--continue-on-error")

    assert run.status != 0
    assert run.changes == {"created": len(NINE), "errored": 1, "unchanged": 2}, run.text
    assert "  posthog.yaml:8:7: file system" in run.text
    assert not any(path.startswith("DELETE") for path in posthog.writes())
    posthog.call("DELETE", "/_sandbox/faults")
    left = stack.preview()
    assert left.changes == {"update": 1, "unchanged": 3 + len(NINE)}, left.text


def test_a_half_made_project_was_made_again(stack):
    posthog = stack.posthog
    stack.write(
        "projects:\n  Web:\n    timezone: Europe/Berlin\n    anonymize_ips: true\n"
        "    file_system:\n      Marketing: {type: folder}\n"
    )
    posthog.call("POST", "/_sandbox/faults", {"spec": "503 PATCH /projects/ times=50"})
    half = stack.up()
    posthog.call("DELETE", "/_sandbox/faults")
    assert half.status != 0
    assert "Traceback" not in half.text, half.text
    assert half.text.count("not tried when this failed") in (1, 2), (
        half.text
    )  # Pulumi tells it again at the end
    assert re.search(r'not tried when this failed .*:\n\s+file system entry "Web/Marketing"\n', half.text)
    project = posthog.project("Web")
    assert project["anonymize_ips"] is False
    posthog.count_anew()

    run = stack.up()

    assert run.status == 0, run.text
    path = f"/api/organizations/{posthog.organization}/projects/{project['id']}/"
    folders = f"POST /api/projects/{project['id']}/file_system/"
    assert posthog.writes() == {f"PATCH {path}": 1, folders: 1}
    assert posthog.project("Web")["anonymize_ips"] is True
    assert stack.preview().changes == {"unchanged": 4}


def test_two_runs_at_once_wrote_over_each_other(lone_stack):
    posthog = lone_stack.posthog
    lone_stack.write(roles_file(NINE[:2]))
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 1500})
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
    with subprocess.Popen(
        command,
        cwd=lone_stack.folder,
        env=lone_stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as first:
        posthog.await_request()
        second = lone_stack.up()
        said, _ = first.communicate(timeout=120)

    assert "the stack is currently locked" in second.text
    assert second.status != 0
    assert first.returncode == 0, said
    posthog.call("PATCH", "/_sandbox/settings", {"latency_ms": 0})
    assert lone_stack.up().changes == {"unchanged": 4}


def test_two_stacks_fought_over_one_object_without_knowing(stack, tmp_path, door):
    stack.write("roles:\n  Analysts: {}\n")
    assert stack.up().status == 0
    other = Stack(tmp_path / "other", stack.posthog, door=door)
    other.write("roles:\n  Analysts: {}\n")

    run = other.up()

    assert "exists in PostHog already" in run.text
    roles = [
        role["name"] for role in stack.posthog.all(f"/api/organizations/{stack.posthog.organization}/roles/")
    ]
    assert roles.count("Analysts") == 1


def test_two_stacks_wrote_one_setting_and_nobody_knew_who_was_last(stack, tmp_path):
    posthog = stack.posthog
    stack.write("projects:\n  Web: {timezone: Europe/Berlin}\n")
    assert stack.up().status == 0
    ana = posthog.key_of("ana@acme.io")
    other = Stack(tmp_path / "other", posthog, POSTHOG_PERSONAL_API_KEY=ana)
    other.write("projects:\n  Web: {timezone: Europe/Paris}\n")
    assert other.up().status == 0

    drift = subprocess.run(
        [Path(sys.executable).with_name("pulumi-posthog"), "drift"],
        cwd=stack.folder,
        env=stack.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert drift.returncode == 7
    assert "Europe/Paris" in drift.stdout
    assert "ana@acme.io" in drift.stdout
