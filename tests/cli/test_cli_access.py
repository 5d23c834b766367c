"""`pulumi-posthog access`: who may do what, in every form, and what a file would make of it."""

from __future__ import annotations

import csv
import io

import pytest

from cli.lab import Lab, declared

FILE = """members: {cy@acme.io: absent, eve@acme.io: member}
roles: {Analysts: {members: [bo@acme.io, eve@acme.io]}}
projects: {Web: {access: {everyone: member}}}
"""


@pytest.fixture
def ruled(lab: Lab) -> Lab:
    """An organization whose project Web is closed, open to a role, and to one person."""
    posthog = lab.posthog
    organization = f"/api/organizations/{posthog.organization}"
    members = {each["user"]["email"]: each for each in posthog.all(f"{organization}/members/")}
    role, project = posthog.role("Analysts")["id"], posthog.project("Web")["id"]
    rules = f"/api/projects/{project}/access_controls/"
    posthog.call("PUT", rules, {"access_level": "none"})
    posthog.call("PUT", rules, {"access_level": "member", "role": role})
    posthog.call("PUT", rules, {"access_level": "admin", "organization_member": members["cy@acme.io"]["id"]})
    types = f"/api/projects/{project}/resource_access_controls/"
    posthog.call("PUT", types, {"resource": "dashboard", "access_level": "editor"})
    posthog.call("PUT", types, {"resource": "dashboard", "access_level": "viewer", "role": role})
    board = posthog.call("POST", f"/api/projects/{project}/dashboards/", {"name": "Board"})["id"]
    own = f"/api/projects/{project}/dashboards/{board}/access_controls/"
    posthog.call("PUT", own, {"access_level": "none"})
    posthog.call("PUT", own, {"access_level": "manager", "role": role})
    return lab


def test_it_tells_who_may_do_what_and_why_and_writes_nothing(ruled: Lab):
    ruled.posthog.count_anew()

    run = ruled.run("access", "--member", "BO@acme.io", "--project", "web", "--format", "json")

    rows = [(each["resource"], each["may"], each["newer"], each["why"]) for each in run.json["access"]]
    assert (run.status, rows) == (
        0,
        [
            ("project", "member", "member", ["role Analysts: member", "everyone: none"]),
            ("dashboard", "editor", "viewer", ["role Analysts: viewer", "everyone: editor"]),
        ],
    )
    assert run.json["access"][0]["level"] == "member"
    assert run.json["access"][0]["roles"] == ["Analysts"]
    assert ruled.posthog.writes() == {}
    projects = len(ruled.posthog.all(f"/api/organizations/{ruled.posthog.organization}/projects/"))
    assert run.json["requests"] <= 6 + 2 * projects


def test_a_file_is_answered_before_it_is_applied(ruled: Lab):
    ruled.write(FILE, "next.yaml")

    run = ruled.run(
        "access",
        "--from",
        "next.yaml",
        "--diff",
        "--project",
        "Web",
        "--resource",
        "project",
        "--format",
        "csv",
    )

    rows = list(csv.DictReader(io.StringIO(run.out)))
    assert [
        (each["member"], each["change"], each["before"], each["after"], each["why"]) for each in rows
    ] == [
        ("cy@acme.io", "loses", "admin", "nothing", "not in the organization"),
        ("dee@acme.io", "gains", "none", "member", "everyone: member"),
        ("eve@acme.io", "gains", "nothing", "member", "role Analysts: member, everyone: member"),
    ]


OBJECT = """projects:
  Web: {dashboards: {Board: {access: {mode: exact, members: {dee@acme.io: viewer}}}}}
"""


def test_one_object_is_told_by_its_own_rules_and_those_of_its_type(ruled: Lab):
    ruled.posthog.count_anew()
    now = ruled.run("access", "--project", "Web", "--resource", "dashboard/Board", "--format", "json")
    found = {each["member"]: (each["may"], each["newer"], each["why"]) for each in now.json["access"]}
    asked = {each: n for each, n in ruled.posthog.requests()["by_path"].items() if "/dashboards/" in each}

    ruled.write(OBJECT, "next.yaml")
    what = ("--project", "Web", "--resource", "dashboard/Board", "--format", "json")
    then = ruled.run("access", "--from", "next.yaml", "--diff", *what)

    assert (now.status, then.status) == (0, 0), now.text + then.text
    # Who is hidden from the project does nothing in it, whatever the object says.
    assert found["dee@acme.io"][:2] == ("none", "none")
    why = [
        "role Analysts: manager",
        "everyone: none",
        "dashboard: role Analysts: viewer",
        "dashboard: everyone: editor",
    ]
    assert found["bo@acme.io"] == ("manager", "manager", why)
    assert found["cy@acme.io"][:2] == ("editor", "none")
    assert len(asked) == sum(asked.values()) == 2, asked
    rows = [(each["member"], each["change"], each["before"], each["after"]) for each in then.json["changes"]]
    assert rows == [
        ("bo@acme.io", "loses", "manager", "editor (newer: viewer)"),
        ("cy@acme.io", "gains", "editor (newer: none)", "editor"),
    ]


def test_two_objects_of_one_name_are_told_apart_by_their_ids(ruled: Lab):
    project = ruled.posthog.project("Web")["id"]
    path = f"/api/projects/{project}/dashboards/"
    (first,) = (each["id"] for each in ruled.posthog.all(path) if each["name"] == "Board")
    second = ruled.posthog.call("POST", path, {"name": "Board"})["id"]
    ruled.posthog.call("PUT", f"{path}{second}/access_controls/", {"access_level": "viewer"})
    what = ("--project", "Web", "--resource", "dashboard/Board", "--format", "json")

    now = ruled.run("access", *what)
    ruled.write(
        OBJECT.replace("{dashboards", "{access: {everyone: member}, dashboards").replace(
            "{access: {mode", f"{{id: {second}, access: {{mode"
        ),
        "next.yaml",
    )
    then = ruled.run("access", "--from", "next.yaml", *what)

    def of_cy(run):
        rows = [each for each in run.json["access"] if each["member"] == "cy@acme.io"]
        return {each["resource"]: each["why"] for each in rows}

    of_type = ["dashboard: everyone: editor"]
    assert of_cy(now) == {
        f"dashboard/Board (id {first})": ["everyone: none", *of_type],
        f"dashboard/Board (id {second})": ["everyone: viewer", *of_type],
    }
    # The second one's rules are exactly those of the file.
    assert of_cy(then) == {
        f"dashboard/Board (id {first})": ["everyone: none", *of_type],
        f"dashboard/Board (id {second})": ["everyone: editor"],
    }


@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv"])
def test_every_form_has_the_person_and_the_reason(ruled: Lab, form: str):
    run = ruled.run("access", "--member", "bo@acme.io", "--project", "Web", "--format", form)

    assert run.status == 0, run.text
    assert "Analysts: member" in " ".join(run.out.split())
    assert "everyone:" in run.out
    if form == "html":
        assert "<li><code>may</code> is the result of PostHog&#x27;s older way to decide" in run.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--member", "bob@acme.io"), '--member: there is no "bob@acme.io"'),
        (("--project", "Wob"), '--project: there is no "Wob"'),
        (("--resource", "dashbord"), "did you mean dashboard?"),
        (("--resource", "cohort/Beta"), '--resource: there is no "cohort"'),
        (("--resource", "dashboard/No such"), "there is no dashboard No such in any project"),
        (("--diff",), "give --from FILE, too"),
        (("--format", "pdf"), '--format: there is no "pdf"'),
    ],
)
def test_what_it_does_not_know_is_told(lab: Lab, arguments: tuple[str, ...], words: str):
    run = lab.run("access", *arguments)

    assert run.status == 2
    assert words in run.err


def test_a_key_that_may_not_read_rules_is_told_and_nothing_is_guessed(lab: Lab):
    run = lab.run("access", POSTHOG_PERSONAL_API_KEY=lab.key_without("access_control:read"))

    assert run.status != 0
    assert run.out == ""


def test_an_export_has_every_rule_and_everybody_and_differs_in_nothing(ruled: Lab):
    posthog = ruled.posthog
    whole = ruled.run("export", "--host", posthog.url)
    people = ruled.run("export", "--host", posthog.url, "--only", "organization_member")
    assert (whole.status, people.status) == (0, 0), whole.err + people.err

    web = declared(whole.out)["projects"]["Web"]
    assert web["access"] == {
        "everyone": "none",
        "members": {"cy@acme.io": "admin"},
        "roles": {"Analysts": "member"},
    }
    assert web["dashboards"]["Board"]["access"] == {"everyone": "none", "roles": {"Analysts": "manager"}}
    assert web["resource_access"] == {"dashboard": {"everyone": "editor", "roles": {"Analysts": "viewer"}}}
    names = {1: "member", 8: "admin", 15: "owner"}
    everybody = posthog.all(f"/api/organizations/{posthog.organization}/members/")
    assert declared(people.out)["members"] == {
        each["user"]["email"]: {"level": names[each["level"]]} for each in everybody
    }
    posthog.count_anew()
    for place, text in enumerate((whole.out, people.out)):
        (ruled.folder / f"{place}.yaml").write_text(text)
        assert ruled.run("validate", f"{place}.yaml").status == 0
        run = ruled.run("drift", f"{place}.yaml")
        assert run.status == 0, run.text
    assert posthog.writes() == {}


EXACT = """members:
  mode: exact
  items: {ana@acme.io: owner, bo@acme.io: member}
roles: {Analysts: {}}
projects:
  Web:
    access: {mode: exact, everyone: none}  # as the auditors want it
    resource_access:
      # Every type.
      mode: exact
      dashboard: {mode: exact, everyone: editor}
    dashboards:
      Board: {access: {mode: exact, everyone: none}}
"""


SHARED = """roles: {Analysts: {}}
projects:
  Web: {access: &closed {mode: exact, everyone: none}}
  Shop: {access: *closed}
"""


def test_what_has_no_place_in_a_file_that_is_exact_is_accepted_by_name_where_it_belongs(ruled: Lab):
    file = ruled.write(EXACT)
    types = f"/api/projects/{ruled.posthog.project('Web')['id']}/resource_access_controls/"
    ruled.posthog.call("PUT", types, {"resource": "insight", "access_level": "viewer"})
    ruled.posthog.count_anew()
    unasked = ruled.run("accept", "--yes", "--format", "json")
    board = "projects.Web.dashboards.Board.access"
    asked = ("projects.Web.access", "projects.Web.resource_access", "members.cy@acme.io", board)

    run = ruled.run("accept", "--yes", *asked)

    assert (unasked.json["accepted"], run.status) == ([], 0)
    assert file.read_text().removeprefix(ruled.header) == EXACT.replace(
        "items: {ana@acme.io: owner, bo@acme.io: member}",
        "items: {ana@acme.io: owner, bo@acme.io: member, cy@acme.io: {level: member}}",
    ).replace(
        "Board: {access: {mode: exact, everyone: none}}",
        "Board: {access: {mode: exact, everyone: none, roles: {Analysts: manager}}}",
    ).replace(
        "access: {mode: exact, everyone: none}  #",
        "access: {mode: exact, everyone: none, roles: {Analysts: member}, members: {cy@acme.io: admin}}  #",
    ).replace(
        "{mode: exact, everyone: editor}\n",
        "{mode: exact, everyone: editor, roles: {Analysts: viewer}}\n      insight: {everyone: viewer}\n",
    )
    left = ruled.run("drift", "--format", "json").json["findings"]
    assert {each["path"] for each in left if each["path"].startswith(asked)} == set()
    assert ruled.posthog.writes() == {}


def test_what_would_be_accepted_into_another_project_as_well_is_refused(ruled: Lab):
    file = ruled.write(SHARED)

    run = ruled.run("accept", "--yes", "projects.Web.access")

    assert (run.status, run.out) == (5, "")
    assert "the value comes from an anchor that several entries share" in run.err
    assert file.read_text() == ruled.header + SHARED
