"""`pulumi-posthog adopt`: what exists, what would be made, and what would change."""

from __future__ import annotations

import json

from cli.lab import SNOWFLAKE, Lab


def test_adopt_tells_what_exists_what_would_be_made_and_what_would_change(lab: Lab):
    geoip = "{type: transformation, template: template-geoip, enabled: true}"
    lab.write(
        f"projects:\n  Web: {{timezone: UTC}}\n  Blog: {{hog_functions: {{GeoIP: {geoip}}}}}\n"
        "roles:\n  Guests: {}\n  New: {}\n"
    )

    run = lab.run("adopt", "--format", "json")

    assert run.status == 0
    rows = {each["path"]: (each["fate"], each["changes"]) for each in run.json["entries"]}
    assert rows == {
        "projects.Web": ("taken over", ["timezone"]),
        "projects.Blog": ("made", []),
        "projects.Blog.hog_functions.GeoIP": ("made", []),
        "roles.Guests": ("taken over", []),
        "roles.New": ("made", []),
    }
    out = lab.run("adopt").out
    assert "3 do not exist, and would be made" in out
    assert "PostHog makes it with its project; then it is taken over" in out


def test_adopt_tells_what_another_stack_has_already(lab: Lab):
    guests = lab.posthog.role("Guests")["id"]
    resource = {
        "urn": "urn:pulumi:t::p::pulumi-python:dynamic/posthog:Role::Guests",
        "type": "pulumi-python:dynamic/posthog:Role",
        "id": guests,
        "inputs": {"name": "Guests", "__declared": "name"},
    }
    (lab.folder / "state.json").write_text(json.dumps({"deployment": {"resources": [resource]}}))
    lab.write("roles:\n  Guests: {}\n")

    elsewhere = lab.run("adopt", "--other-state", "state.json", "--format", "json")
    own = lab.run("adopt", "--stack-state", "state.json", "--format", "json")

    assert (elsewhere.status, elsewhere.json["entries"][0]["fate"]) == (2, "managed elsewhere")
    assert (own.status, own.json["entries"][0]["fate"]) == (0, "managed already")


def test_adopt_asks_when_several_objects_may_be_meant(old_lab: Lab):
    lab = old_lab
    lab.call("POST", "projects/", {"name": "Shop"})
    lab.write("projects:\n  Shop: {}\n")

    run = lab.run("adopt")

    assert run.status == 2
    assert "1 are ambiguous" in run.out
    assert "write the `id`" in run.out


def test_adopt_and_doctor_tell_what_this_server_makes_no_more(lab: Lab):
    orders = "Orders to Snowflake"
    destination = f"{{plugin: {SNOWFLAKE}, enabled: true}}"
    lab.write(
        f"projects:\n  Web:\n    pipeline_destinations: {{{orders}: {destination}, New: {destination}}}\n"
    )

    adopt = lab.run("adopt", "--only", "pipeline_destination", "--format", "json")
    doctor = lab.run("doctor", "--format", "json")

    assert adopt.status == 2
    rows = {each["path"].rpartition(".")[2]: each for each in adopt.json["entries"]}
    assert {name: each["fate"] for name, each in rows.items()} == {
        orders: "taken over",
        "New": "not made by this server",
    }
    assert "would make a hog function in its place, or refuse" in rows["New"]["said"]
    assert "declare it under `hog_functions`" in rows["New"]["hint"]
    assert "are not made by this server" in lab.run("adopt").out
    noted = [each for each in doctor.json["checks"] if each["name"] == "pipeline destinations"]
    assert [(each["outcome"], "since 2025" in each["said"]) for each in noted] == [("noted", True)]
    assert doctor.status == 0


def test_adopt_and_doctor_say_nothing_of_that_where_it_is_made(old_lab: Lab):
    destination = f"{{plugin: {SNOWFLAKE}, enabled: true}}"
    old_lab.write(f"projects:\n  Web:\n    pipeline_destinations: {{New: {destination}}}\n")

    adopt = old_lab.run("adopt", "--only", "pipeline_destination", "--format", "json")

    assert [each["fate"] for each in adopt.json["entries"]] == ["made"]
    assert "pipeline destinations" not in old_lab.run("doctor").out


def test_adopt_says_what_it_could_not_look_at(lab: Lab):
    run = lab.run("adopt", "--format", "json", POSTHOG_PERSONAL_API_KEY=lab.key_without("plugin:read"))

    assert run.status == 4
    assert run.json["counts"]["could not look"] == 1


def test_adopt_goes_on_where_somebody_has_left_the_organization(lab: Lab):
    role = lab.posthog.role("Analysts")["id"]
    resource = {
        "urn": "urn:pulumi:t::p::pulumi-python:dynamic/posthog:RoleMembers::Analysts",
        "type": "pulumi-python:dynamic/posthog:RoleMembers",
        "id": role,
        "inputs": {"role": role, "members": ["ana@acme.io", "gone@acme.io"], "__declared": "members"},
    }
    (lab.folder / "state.json").write_text(json.dumps({"deployment": {"resources": [resource]}}))
    lab.write(
        "roles:\n  Analysts: {members: [ana@acme.io, bo@acme.io, gone@acme.io]}\n"
        "  Engineering: {members: {mode: additive, items: [gone@acme.io]}}\n"
    )

    known = lab.run("adopt", "--stack-state", "state.json", "--format", "json")
    unknown = lab.run("adopt", "--format", "json")

    for each_run in (known, unknown):
        rows = {each["path"]: (each["fate"], each["changes"]) for each in each_run.json["entries"]}
        assert ("left the organization", []) in rows.values()
        assert all(changes == [] for _, changes in rows.values())
        assert 'no member of the organization has the e-mail address "gone@acme.io"' in each_run.err
    assert (known.status, unknown.status) == (0, 2)
