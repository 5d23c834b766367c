"""Who may do what, with the real Pulumi, through both doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.sandbox import Sandbox
from harness.stack import Stack

pytestmark = pytest.mark.e2e

HEADER = """organization:
  host: !env POSTHOG_HOST
  id: !env POSTHOG_ORGANIZATION_ID
"""


def test_settings_are_taken_over_changed_healed_and_forgotten(stack: Stack):
    path = f"/api/organizations/{stack.posthog.organization}/"
    stack.write(
        "  settings: {enforce_2fa: true, default_role: Everybody}\nroles: {Everybody: {}}\n", header=HEADER
    )

    refused = stack.preview()

    assert refused.status != 0
    assert "pulumi config set posthog:allowRisks organization.settings.enforce_2fa" in refused.text
    stack.set("allowRisks", "organization.settings.enforce_2fa")
    made = stack.up()
    assert made.status == 0, made.text
    live = stack.posthog.get(path)
    role = stack.posthog.role("Everybody")["id"]
    assert (live["enforce_2fa"], live["default_role_id"]) == (True, role)

    stack.posthog.call("PATCH", path, {"default_role_id": None})
    healed = stack.up()
    assert healed.status == 0, healed.text
    assert stack.posthog.get(path)["default_role_id"] == role

    stack.write("roles: {Everybody: {}}\n", header=HEADER)
    stack.posthog.count_anew()
    left = stack.up()
    assert left.status == 0, left.text
    assert "stay in PostHog as they are" in left.text
    assert stack.posthog.writes() == {}


PEOPLE = """members:
  ana@acme.io: admin
  bo@acme.io: admin
  eve@acme.io: {level: member, projects: {Web: member}}
projects: {Web: {access: {members: {eve@acme.io: admin}}}}
"""


def test_people_are_invited_once_promoted_and_put_out(stack: Stack):
    path = f"/api/organizations/{stack.posthog.organization}"

    def levels() -> dict[str, int]:
        return {each["user"]["email"]: each["level"] for each in stack.posthog.all(f"{path}/members/")}

    before = levels()
    stack.posthog.call("POST", f"{path}/projects/", {"name": "Web"})
    stack.write(PEOPLE)
    preview = stack.preview()
    assert preview.status == 0, preview.text
    assert stack.posthog.all(f"{path}/invites/") == []
    made = stack.up()
    assert made.status == 0, made.text
    assert "eve@acme.io" in made.text
    assert levels() == {**before, "bo@acme.io": 8}
    (invite,) = stack.posthog.all(f"{path}/invites/")
    assert invite["target_email"] == "eve@acme.io"
    assert invite["id"] not in json.dumps(stack.state()) + made.text

    stack.posthog.count_anew()
    again = stack.up()
    assert again.status == 0, again.text
    assert "eve@acme.io is invited and has not joined yet" in again.text
    assert stack.posthog.writes() == {}

    # Nobody leaves for not being mentioned; the key's owner never, an admin by name, others by a word.
    stack.write("members: {ada@acme.io: absent, bo@acme.io: absent}\n")
    refused = stack.up()
    assert refused.status != 0
    assert "ada@acme.io owns the key that this runs with, and would leave the organization" in refused.text
    assert "posthog:allowDeletions organization_member/bo@acme.io" in refused.text
    stack.write("members: {cy@acme.io: absent, eve@acme.io: absent}\n")
    left = stack.up()
    assert left.status == 0, left.text
    assert "cy@acme.io leaves the organization and loses no role and no rule" in left.text
    expected = {**before, "bo@acme.io": 8}
    del expected["cy@acme.io"]
    assert levels() == expected
    assert stack.posthog.all(f"{path}/invites/") == []
    assert sum(stack.posthog.writes().values()) == 2

    # These and nobody else: whoever is not there leaves, and a run says what that takes along.
    names = {1: "member", 8: "admin", 15: "owner"}
    items = "".join(
        f"    {each}: {names[level]}\n" for each, level in expected.items() if each != "dee@acme.io"
    )
    stack.write(f"members:\n  mode: exact\n  items:\n{items}")
    only = stack.up()
    assert only.status == 0, only.text
    assert "dee@acme.io leaves the organization and loses no role and no rule" in only.text
    assert levels() == {each: level for each, level in expected.items() if each != "dee@acme.io"}


RULES = """roles: {Analysts: {members: [bo@acme.io]}}
projects:
  Web:
    access: {everyone: none, roles: {Analysts: admin}, members: {cy@acme.io: member}}
    resource_access: {dashboard: {everyone: viewer, roles: {Analysts: editor}}}
    dashboards: {Board: {access: {everyone: none, roles: {Analysts: manager}}}}
"""


def rules_of(posthog, project: str) -> dict[str, list[tuple[str, str]]]:
    """What everyone, roles and members have: by the name of the list, (resource, level); of a dashboard last."""
    path = f"/api/projects/{posthog.project(project)['id']}"
    found: dict[str, list[tuple[str, str]]] = {"everyone": [], "role": [], "member": []}
    boards = [f"dashboards/{each['id']}/access_controls" for each in posthog.all(f"{path}/dashboards/")]
    for name in ("access_controls", "resource_access_controls", *boards):
        for rule in posthog.get(f"{path}/{name}/")["access_controls"]:
            subject = "role" if rule["role"] else "member" if rule["organization_member"] else "everyone"
            found[subject].append((rule["resource"], rule["access_level"]))
    return found


def test_a_newcomers_day_of_rules(stack: Stack):
    stack.write(RULES)
    made = stack.up()
    assert made.status == 0, made.text
    assert rules_of(stack.posthog, "Web") == {
        "everyone": [("project", "none"), ("dashboard", "viewer"), ("dashboard", "none")],
        "role": [("project", "admin"), ("dashboard", "editor"), ("dashboard", "manager")],
        "member": [("project", "member")],
    }
    stack.posthog.count_anew()
    again = stack.up()
    assert again.status == 0, again.text
    assert stack.posthog.writes() == {}

    # The file says that there are no others, and somebody lets in a person by hand.
    stack.write(RULES.replace("access: {everyone", "access: {mode: exact, everyone"))
    path = f"/api/projects/{stack.posthog.project('Web')['id']}"
    dee = next(
        each["id"]
        for each in stack.posthog.all(f"/api/organizations/{stack.posthog.organization}/members/")
        if each["user"]["email"] == "dee@acme.io"
    )
    body = {"organization_member": dee, "access_level": "admin"}
    stack.posthog.call("PUT", f"{path}/access_controls/", body)
    closed = stack.up()
    assert closed.status == 0, closed.text
    assert "is removed, because it is not in the file: members dee@acme.io: admin" in closed.text
    assert rules_of(stack.posthog, "Web")["member"] == [("project", "member")]
    settled = [stack.up() for _ in range(2)]
    assert [each.status for each in settled] == [0, 0], settled[0].text + settled[1].text
    assert settled[1].changes.keys() == {"unchanged"}

    # The role gets another name, and keeps its id, its member and its rules.
    role = stack.posthog.role("Analysts")["id"]
    stack.write(
        RULES.replace("Analysts: {members", "Data team: {previously: Analysts, members").replace(
            "Analysts:", "Data team:"
        )
    )
    preview = stack.preview()
    assert preview.status == 0, preview.text
    assert "replace" not in preview.text
    renamed = stack.up()
    assert renamed.status == 0, renamed.text
    assert stack.posthog.role("Data team")["id"] == role
    assert rules_of(stack.posthog, "Web")["role"] == [
        ("project", "admin"),
        ("dashboard", "editor"),
        ("dashboard", "manager"),
    ]

    # Rules leave the file and PostHog, and so does the role; rules that nobody declared stay.
    path = f"/api/projects/{stack.posthog.project('Web')['id']}/resource_access_controls/"
    stack.posthog.call("PUT", path, {"resource": "insight", "access_level": "none"})
    stack.write(
        "projects:\n  Web:\n    access: {members: {cy@acme.io: admin}}\n    dashboards: {Board: {}}\n"
    )
    stack.set("allowRemovals", "project_access_rule=2,resource_access_rule=2,object_access_rule=2")
    left = stack.up()
    assert left.status == 0, left.text
    assert rules_of(stack.posthog, "Web") == {
        "everyone": [("insight", "none")],
        "role": [],
        "member": [("project", "admin")],
    }


@pytest.mark.parametrize("refresh", [True, False], ids=["with a refresh", "without"])
def test_what_was_hidden_from_the_key_was_made_a_second_time(stack: Stack, refresh: bool):
    posthog = stack.posthog
    bo = posthog.key_of("bo@acme.io")
    project, name = (posthog.info["projects"][0][key] for key in ("id", "name"))
    board = posthog.call("POST", f"/api/projects/{project}/dashboards/", {"name": "Growth"})["id"]
    declared = f"projects:\n  {name}:\n    cohorts: {{Beta: {{}}}}\n"
    row = f"    file_system: {{Board: {{type: dashboard, ref: '{board}'}}}}\n"
    stack.write(declared + "    dashboards: {Growth: {}}\n" + row)
    stack.environment["POSTHOG_PERSONAL_API_KEY"] = bo
    made = stack.up()
    assert made.status == 0, made.text
    before = stack.state()
    path = f"/api/projects/{project}/dashboards/{board}/"
    posthog.call("PUT", f"{path}access_controls/", {"access_level": "none"})
    posthog.count_anew()

    drift = stack.command("drift")
    assert drift.status == 4
    assert "drift: 2 could not look\n" in drift.text, drift.text
    assert "hidden from the owner of this key with the dashboard behind it" in " ".join(drift.text.split())
    flag = f"--refresh={'true' if refresh else 'false'}"
    runs = [stack.preview(flag), stack.up(flag)]
    stack.write(declared)  # and what is not declared any more is not forgotten
    runs.append(stack.up(flag))

    for run in runs:
        assert run.status != 0, run.text
        assert f"GET {path}: PostHog answered 403" in run.text
    assert posthog.writes() == {}
    assert stack.state().keys() == before.keys()


def test_members_who_were_hidden_from_the_key_were_told_to_have_left(
    tmp_path: Path, started: Callable[..., Sandbox]
):
    posthog = started("--age", "2026", "--later-2026")
    bo = posthog.key_of("bo@acme.io")
    stack = Stack(tmp_path / "hidden", posthog)
    stack.write("roles: {Analysts: {members: [ana@acme.io, bo@acme.io]}}\n")
    made = stack.up()
    assert made.status == 0, made.text
    path = f"/api/organizations/{posthog.organization}/"
    posthog.call("PATCH", path, {"members_can_see_org_members": False})
    stack.environment["POSTHOG_PERSONAL_API_KEY"] = bo
    posthog.count_anew()

    drift = stack.command("drift")
    runs = [drift, stack.preview(), stack.up(), stack.up("--refresh=false")]

    assert drift.status == 4
    for run in runs:
        assert run.status != 0, run.text
        assert "the organization shows its members to admins only" in run.text
        assert "any more" not in run.text
    assert posthog.writes() == {}
