"""Every kind through the real Pulumi CLI: made, changed, replaced, removed, taken over, healed."""

import json
import re

import pytest

from harness.stack import DOORS

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("legacy_destinations")]


@pytest.fixture(params=DOORS)
def door(request):
    """All of this holds through both of our providers."""
    return request.param


EVERYTHING = """\
projects:
  Web:
    timezone: Europe/Berlin
    anonymize_ips: true
    app_urls: [https://acme.io]
    session_recording_sample_rate: 0.5
    pipeline_destinations:
      Orders to Snowflake:
        plugin: https://github.com/PostHog/snowflake-export-plugin
        enabled: true
        order: 1
        config: {account: acme, username: exporter, password: !env SNOWFLAKE_PASSWORD, database: orders}
    evaluations:
      On topic:
        enabled: true
        evaluation_type: llm_judge
        evaluation_config: {prompt: Is the answer about what was asked?}
        output_type: boolean
    file_system:
      Marketing: {type: folder}
      Marketing/Launch board: {type: dashboard, ref: "4242"}
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
  Editors:
    members: {mode: additive, items: [cy@acme.io]}
  Support:
    members: [cy@acme.io]
"""
CONFIGS = "/api/projects/{}/pipeline_destination_configs/"


def succeeded(run):
    assert run.status == 0, run.text
    return run


@pytest.fixture
def everything(stack):
    """A stack that has applied EVERYTHING."""
    stack.begin("everything", apply_everything)
    return stack


def apply_everything(stack):
    stack.write(EVERYTHING)
    run = succeeded(stack.up())
    assert run.changes["created"] == 13, run.text


def of_project(stack):
    """The Web project's path and the only destination in it."""
    posthog = stack.posthog
    id_ = posthog.project("Web")["id"]
    (destination,) = posthog.all(CONFIGS.format(id_))
    return f"/api/organizations/{posthog.organization}/projects/{id_}/", destination


def test_what_was_declared_is_in_posthog_and_the_second_run_sends_only_gets(everything):
    posthog = everything.posthog
    project = posthog.project("Web")
    assert project["timezone"] == "Europe/Berlin"
    assert project["anonymize_ips"] is True
    assert project["app_urls"] == ["https://acme.io"]
    assert project["session_recording_sample_rate"] == "0.50"
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    assert posthog.members("Editors") == ["cy@acme.io"]
    (destination,) = posthog.all(CONFIGS.format(project["id"]))
    assert destination["name"] == "Orders to Snowflake"
    assert destination["enabled"] is True
    assert destination["config"]["account"] == "acme"
    assert destination["config"]["password"].startswith("****")
    paths = {row["path"] for row in posthog.all(f"/api/projects/{project['id']}/file_system/?limit=1000")}
    assert {"Marketing", "Marketing/Launch board"} <= paths
    # A program may use the token, as a secret.
    assert "ciphertext" in json.dumps(web(everything)["outputs"]["api_token"])
    posthog.count_anew()

    run = succeeded(everything.up())

    assert run.changes == {"unchanged": 13}, run.text
    requests = posthog.requests()
    assert set(requests["by_method"]) == {"GET"}, requests
    assert requests["total"] <= 4 + 3 * 1 + 1, requests["by_path"]


def web(stack):
    """The project as the state has it."""
    return next(
        each for urn, each in stack.state().items() if re.search("posthog:(index:)?Project::Web$", urn)
    )


def test_what_was_done_by_hand_shows_field_by_field_in_a_bare_preview_and_is_healed(everything):
    posthog = everything.posthog
    organization = f"/api/organizations/{posthog.organization}"
    ids = {name: posthog.role(name)["id"] for name in ("Analysts", "Editors", "Support")}
    dee = next(member["uuid"] for member in posthog.info["members"] if member["email"] == "dee@acme.io")
    project, _ = of_project(everything)
    posthog.call("PATCH", project, {"timezone": "UTC"})
    posthog.call("DELETE", f"{organization}/roles/{ids['Support']}/")
    for name in ("Analysts", "Editors"):  # one list is exact, and the other additive
        posthog.call("POST", f"{organization}/roles/{ids[name]}/role_memberships/", {"user_uuid": dee})
    posthog.count_anew()

    preview = succeeded(everything.preview())

    assert re.search(r'~ timezone\s*: "UTC" => "Europe/Berlin"', preview.text), preview.text
    assert "workflows_config" not in preview.text, "what nobody declared is not shown"
    assert "dee@acme.io" in preview.text
    assert preview.changes == {"create": 2, "update": 2, "changes": 4, "unchanged": 9}, preview.text
    succeeded(everything.refresh())
    assert web(everything)["inputs"]["timezone"] == "UTC", "a refresh takes over what was changed by hand"
    assert set(posthog.requests()["by_method"]) == {"GET"}

    succeeded(everything.up())

    assert posthog.project("Web")["timezone"] == "Europe/Berlin"
    assert posthog.members("Support") == ["cy@acme.io"]
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    assert posthog.members("Editors") == ["cy@acme.io", "dee@acme.io"]
    written = posthog.writes()
    assert written.pop(f"PATCH {project}") == 1
    assert sorted(path.split()[0] for path in written) == ["DELETE", "POST", "POST"], written
    assert succeeded(everything.preview()).changes == {"unchanged": 13}


def test_a_destination_is_changed_with_its_config_alone_keeps_its_secret_and_is_replaced(everything):
    posthog = everything.posthog
    project, before = of_project(everything)
    one = f"{CONFIGS.format(project.split('/')[-2])}{before['id']}/"
    posthog.count_anew()

    # Its config: the secret is not sent, and stays.
    sales = EVERYTHING.replace("database: orders", "database: sales")
    everything.write(sales)
    preview = succeeded(everything.preview())
    assert '"orders" => "sales"' in preview.text
    assert "hush" not in preview.text
    succeeded(everything.up())
    _, after = of_project(everything)
    assert after["config"]["database"] == "sales"
    assert after["config"]["password"].startswith("****")
    assert posthog.writes() == {f"PATCH {one}": 1}

    # Another secret is sent, and which one it is shows.
    everything.environment["SNOWFLAKE_PASSWORD"] = "another-hush"
    posthog.count_anew()
    preview = succeeded(everything.preview())
    assert "config_fingerprints" in preview.text
    assert "another-hush" not in preview.text
    rotated = succeeded(everything.up())
    assert rotated.changes == {"updated": 1, "unchanged": 12}
    assert posthog.writes() == {f"PATCH {one}": 1}

    # Another plugin: another destination of that name. And nothing is left of the secret's change.
    everything.write(
        sales.replace("https://github.com/PostHog/snowflake-export-plugin", "Customer.io").replace(
            "config: {account: acme, username: exporter, password: !env SNOWFLAKE_PASSWORD, database: sales}",
            "config: {}",
        )
    )
    replaced = succeeded(everything.up())
    assert replaced.changes == {"replaced": 1, "unchanged": 12}, replaced.text
    _, after = of_project(everything)
    assert (after["name"], after["id"] != before["id"]) == ("Orders to Snowflake", True)
    assert succeeded(everything.preview()).changes == {"unchanged": 13}


def test_everything_that_has_a_name_can_be_renamed_in_place_at_once(everything):
    posthog = everything.posthog
    role = posthog.role("Analysts")["id"]
    project, before = of_project(everything)
    files = f"/api/projects/{project.split('/')[-2]}/file_system/"
    posthog.call("POST", files, {"path": "Marketing/Theirs", "type": "insight", "ref": "abc", "meta": {}})
    rows_before = {row["id"] for row in posthog.all(f"{files}?limit=1000")}
    posthog.count_anew()
    everything.write(
        EVERYTHING.replace("  Web:\n", "  Shop:\n    previously: Web\n")
        .replace("      Orders to Snowflake:\n", "      Orders:\n        previously: Orders to Snowflake\n")
        .replace("Marketing: {type: folder}", "Growth: {type: folder, previously: Marketing}")
        .replace("Marketing/Launch", "Growth/Launch")
        .replace("  Analysts:\n", "  Analytics team:\n    previously: Analysts\n")
    )

    succeeded(everything.up())

    assert posthog.project("Shop")["id"] == int(project.split("/")[-2])
    configs = CONFIGS.format(project.split("/")[-2])
    (after,) = posthog.all(configs)
    assert (after["id"], after["name"]) == (before["id"], "Orders")
    assert posthog.role("Analytics team")["id"] == role
    assert posthog.members("Analytics team") == ["ana@acme.io", "bo@acme.io"]
    rows = posthog.all(f"{files}?limit=1000")
    assert {row["id"] for row in rows} == rows_before
    assert {"Growth", "Growth/Launch board", "Growth/Theirs"} <= {row["path"] for row in rows}
    written = posthog.writes()
    moved = {path: times for path, times in written.items() if path.startswith(f"POST {files}")}
    assert {path: times for path, times in written.items() if path not in moved} == {
        f"PATCH /api/organizations/{posthog.organization}/roles/{role}/": 1,
        f"PATCH {project}": 1,
        f"PATCH {configs}{before['id']}/": 1,
    }
    assert sum(moved.values()) == 1, moved
    assert succeeded(everything.preview()).changes == {"unchanged": 13}


def test_what_leaves_the_file_leaves_posthog_but_a_project_is_shown_as_kept_and_stays(everything):
    posthog = everything.posthog
    everything.write(
        "roles:\n  Analysts:\n    members: [ana@acme.io, bo@acme.io]\n  Support:\n    members: [cy@acme.io]\n"
    )
    everything.set("allowRemovals", "file_system_entry=2")

    assert "[retain]" in succeeded(everything.preview()).text
    succeeded(everything.up())

    assert posthog.role("Editors") is None
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    project = posthog.project("Web")["id"]
    assert posthog.all(CONFIGS.format(project)) == []
    rows = {row["path"] for row in posthog.all(f"/api/projects/{project}/file_system/?limit=1000")}
    assert "Marketing" not in rows
    assert "Unfiled/Dashboards/Launch board" in rows


def test_destroy_removes_what_the_stack_made_and_leaves_projects(everything):
    everything.environment["POSTHOG_ALLOW_DESTROY"] = "true"

    succeeded(everything.destroy())

    assert everything.posthog.role("Analysts") is None
    assert everything.posthog.project("Web") is not None


def test_existing_objects_are_taken_over_by_their_names_and_said_so_and_who_loses_a_role(stack):
    posthog = stack.posthog
    organization = f"/api/organizations/{posthog.organization}"
    role = posthog.call("POST", f"{organization}/roles/", {"name": "analysts"})["id"]
    dee = next(member["uuid"] for member in posthog.info["members"] if member["email"] == "dee@acme.io")
    posthog.call("POST", f"{organization}/roles/{role}/role_memberships/", {"user_uuid": dee})
    project = posthog.get(f"{organization}/projects/")["results"][0]
    posthog.count_anew()
    stack.write(
        f"projects:\n  {project['name']}:\n    timezone: Europe/Paris\n"
        "roles:\n  Analysts: {members: [bo@acme.io]}\n"
    )

    preview = succeeded(stack.preview())

    assert f'project "{project["name"]}" exists in PostHog already (id {project["id"]})' in preview.text
    assert f'role "Analysts" exists in PostHog already (id {role}): it is taken over' in preview.text
    assert '"UTC" => "Europe/Paris"' in preview.text
    assert '"dee@acme.io" => "bo@acme.io"' in preview.text, preview.text
    succeeded(stack.up())
    assert [path for path in posthog.writes() if path.startswith("POST ")] == [
        f"POST {organization}/roles/{role}/role_memberships/"
    ]
    assert posthog.role("Analysts")["id"] == role
    assert posthog.members("Analysts") == ["bo@acme.io"]


def test_destinations_have_the_order_of_the_file_and_moving_one_is_one_request(stack):
    first = "      A: {plugin: Customer.io, config: {}}\n"
    second = "      B: {plugin: Customer.io, config: {}}\n"
    stack.write(f"projects:\n  Web:\n    pipeline_destinations:\n{first}{second}")
    succeeded(stack.up())
    configs = f"/api/projects/{stack.posthog.project('Web')['id']}/pipeline_destination_configs/"

    assert [(row["name"], row["order"]) for row in stack.posthog.all(configs)] == [("A", 1), ("B", 2)]
    stack.posthog.count_anew()
    stack.write(
        "projects:\n  Web:\n    pipeline_destinations:\n"
        f"{first.replace('config', 'order: 3, config')}{second.replace('config', 'order: 2, config')}"
    )
    succeeded(stack.up())

    assert [(row["name"], row["order"]) for row in stack.posthog.all(configs)] == [("B", 2), ("A", 3)]
    assert list(stack.posthog.writes().values()) == [1]
