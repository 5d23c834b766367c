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
"""


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
    assert run.changes["created"] == 11, run.text


def test_the_second_run_sends_only_gets_and_changes_nothing(everything):
    run = succeeded(everything.up())

    assert run.changes == {"unchanged": 11}, run.text
    requests = everything.posthog.requests()
    assert set(requests["by_method"]) == {"GET"}, requests
    assert requests["total"] <= 4 + 3 * 1 + 1, requests["by_path"]


def test_everything_is_in_posthog_as_declared(everything):
    posthog = everything.posthog
    project = posthog.project("Web")

    assert project["timezone"] == "Europe/Berlin"
    assert project["anonymize_ips"] is True
    assert project["app_urls"] == ["https://acme.io"]
    assert project["session_recording_sample_rate"] == "0.50"
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    assert posthog.members("Editors") == ["cy@acme.io"]
    (destination,) = posthog.all(f"/api/projects/{project['id']}/pipeline_destination_configs/")
    assert destination["name"] == "Orders to Snowflake"
    assert destination["enabled"] is True
    assert destination["config"]["account"] == "acme"
    assert destination["config"]["password"].startswith("****")
    paths = {row["path"] for row in posthog.all(f"/api/projects/{project['id']}/file_system/?limit=1000")}
    assert {"Marketing", "Marketing/Launch board"} <= paths


def test_a_change_by_hand_shows_field_by_field_in_a_bare_preview_and_is_healed(everything):
    posthog = everything.posthog
    project = posthog.project("Web")["id"]
    posthog.call(
        "PATCH", f"/api/organizations/{posthog.organization}/projects/{project}/", {"timezone": "UTC"}
    )
    posthog.count_anew()

    preview = succeeded(everything.preview())

    assert re.search(r'~ timezone\s*: "UTC" => "Europe/Berlin"', preview.text), preview.text
    assert "workflows_config" not in preview.text, "what nobody declared is not shown"
    assert preview.changes == {"update": 1, "unchanged": 10}, preview.text
    assert set(posthog.requests()["by_method"]) == {"GET"}
    succeeded(everything.up())
    assert posthog.project("Web")["timezone"] == "Europe/Berlin"
    assert posthog.writes() == {f"PATCH /api/organizations/{posthog.organization}/projects/{project}/": 1}


def test_a_role_deleted_by_hand_comes_back_with_its_members(everything):
    posthog = everything.posthog
    role = posthog.role("Analysts")["id"]
    posthog.call("DELETE", f"/api/organizations/{posthog.organization}/roles/{role}/")

    succeeded(everything.up())

    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    assert succeeded(everything.preview()).changes == {"unchanged": 11}


def test_a_stranger_in_an_exact_list_is_found_and_removed(everything):
    posthog = everything.posthog
    dee = next(member["uuid"] for member in posthog.info["members"] if member["email"] == "dee@acme.io")
    for role in ("Analysts", "Editors"):
        path = f"/api/organizations/{posthog.organization}/roles/{posthog.role(role)['id']}/role_memberships/"
        posthog.call("POST", path, {"user_uuid": dee})

    preview = succeeded(everything.preview())

    assert "dee@acme.io" in preview.text
    assert preview.changes == {"update": 1, "unchanged": 10}, preview.text
    succeeded(everything.up())
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    assert posthog.members("Editors") == ["cy@acme.io", "dee@acme.io"]


def test_a_destination_is_updated_with_its_config_alone_and_keeps_its_secret(everything):
    posthog = everything.posthog
    everything.write(EVERYTHING.replace("database: orders", "database: sales"))

    preview = succeeded(everything.preview())

    assert '"orders" => "sales"' in preview.text
    assert "hush" not in preview.text
    succeeded(everything.up())
    project = posthog.project("Web")["id"]
    (destination,) = posthog.all(f"/api/projects/{project}/pipeline_destination_configs/")
    assert destination["config"]["database"] == "sales"
    assert destination["config"]["password"].startswith("****")
    assert posthog.writes() == {
        f"PATCH /api/projects/{project}/pipeline_destination_configs/{destination['id']}/": 1
    }


def test_a_rotated_secret_is_sent_and_shows_which_one_changed(everything):
    everything.environment["SNOWFLAKE_PASSWORD"] = "another-hush"

    preview = succeeded(everything.preview())

    assert "config_fingerprints" in preview.text
    assert "another-hush" not in preview.text
    succeeded(everything.up())
    assert len(everything.posthog.writes()) == 1
    assert succeeded(everything.up()).changes == {"unchanged": 11}


def test_a_destination_with_another_plugin_is_replaced(everything):
    everything.write(
        EVERYTHING.replace("https://github.com/PostHog/snowflake-export-plugin", "Customer.io").replace(
            "config: {account: acme, username: exporter, password: !env SNOWFLAKE_PASSWORD, database: orders}",
            "config: {}",
        )
    )

    assert "replace" in succeeded(everything.preview()).text
    succeeded(everything.up())
    project = everything.posthog.project("Web")["id"]
    (destination,) = everything.posthog.all(f"/api/projects/{project}/pipeline_destination_configs/")
    assert destination["name"] == "Orders to Snowflake"
    assert succeeded(everything.preview()).changes == {"unchanged": 11}


def test_what_leaves_the_file_leaves_posthog_but_a_project_stays(everything):
    posthog = everything.posthog
    everything.write("roles:\n  Analysts:\n    members: [ana@acme.io, bo@acme.io]\n")
    everything.set("allowRemovals", "file_system_entry=2")

    succeeded(everything.up())

    assert posthog.role("Editors") is None
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    project = posthog.project("Web")["id"]
    assert posthog.all(f"/api/projects/{project}/pipeline_destination_configs/") == []
    rows = {row["path"] for row in posthog.all(f"/api/projects/{project}/file_system/?limit=1000")}
    assert "Marketing" not in rows
    assert "Unfiled/Dashboards/Launch board" in rows


def test_destroy_removes_what_the_stack_made_and_leaves_projects(everything):
    everything.environment["POSTHOG_ALLOW_DESTROY"] = "true"

    succeeded(everything.destroy())

    assert everything.posthog.role("Analysts") is None
    assert everything.posthog.project("Web") is not None


def test_refresh_takes_over_what_was_changed_by_hand(everything):
    posthog = everything.posthog
    project = posthog.project("Web")["id"]
    posthog.call(
        "PATCH", f"/api/organizations/{posthog.organization}/projects/{project}/", {"timezone": "UTC"}
    )

    succeeded(everything.refresh())

    web = next(r for urn, r in everything.state().items() if re.search("posthog:(index:)?Project::Web$", urn))
    assert web["inputs"]["timezone"] == "UTC"


def test_an_existing_object_is_taken_over_by_its_natural_key_and_said_so(stack):
    posthog = stack.posthog
    organization = posthog.organization
    role = posthog.call("POST", f"/api/organizations/{organization}/roles/", {"name": "analysts"})["id"]
    project = posthog.get(f"/api/organizations/{organization}/projects/")["results"][0]
    posthog.count_anew()
    stack.write(f"projects:\n  {project['name']}:\n    timezone: Europe/Paris\nroles:\n  Analysts: {{}}\n")

    preview = succeeded(stack.preview())

    assert f'project "{project["name"]}" exists in PostHog already (id {project["id"]})' in preview.text
    assert f'role "Analysts" exists in PostHog already (id {role}): it is taken over' in preview.text
    assert "'UTC' => 'Europe/Paris'" in preview.text
    succeeded(stack.up())
    assert not [path for path in posthog.writes() if path.startswith("POST ")]
    assert posthog.role("Analysts")["id"] == role


def test_secrets_are_in_no_state_and_no_output(everything):
    secrets = ("hush-hush-very-secret", everything.posthog.key)
    run = everything.up("--logtostderr", "-v=3")
    texts = [run.text] + [
        path.read_text(errors="replace") for path in everything.folder.rglob("*") if path.is_file()
    ]

    assert not [secret for secret in secrets for text in texts if secret in text]


def test_a_role_can_be_renamed_in_place(everything):
    posthog = everything.posthog
    role = posthog.role("Analysts")["id"]
    everything.write(EVERYTHING.replace("  Analysts:\n", "  Analytics team:\n    previously: Analysts\n"))

    succeeded(everything.up())

    assert posthog.role("Analytics team")["id"] == role
    assert posthog.members("Analytics team") == ["ana@acme.io", "bo@acme.io"]
    assert posthog.writes() == {f"PATCH /api/organizations/{posthog.organization}/roles/{role}/": 1}
    assert succeeded(everything.preview()).changes == {"unchanged": 11}


def test_a_program_may_use_the_api_token_as_a_secret(everything):
    web = next(r for urn, r in everything.state().items() if re.search("posthog:(index:)?Project::Web$", urn))

    assert "ciphertext" in json.dumps(web["outputs"]["api_token"])


def test_a_folder_can_be_renamed_with_what_is_in_it(everything):
    posthog = everything.posthog
    project = posthog.project("Web")["id"]
    path = f"/api/projects/{project}/file_system/"
    posthog.call("POST", path, {"path": "Marketing/Theirs", "type": "insight", "ref": "abc", "meta": {}})
    before = {row["id"] for row in posthog.all(f"{path}?limit=1000")}
    everything.write(
        EVERYTHING.replace(
            "Marketing: {type: folder}", "Growth: {type: folder, previously: Marketing}"
        ).replace("Marketing/Launch", "Growth/Launch")
    )

    succeeded(everything.up())

    rows = posthog.all(f"{path}?limit=1000")
    assert {row["id"] for row in rows} == before
    assert {"Growth", "Growth/Launch board", "Growth/Theirs"} <= {row["path"] for row in rows}
    assert succeeded(everything.preview()).changes == {"unchanged": 11}


def test_a_preview_names_the_members_that_a_first_up_will_remove(stack):
    posthog = stack.posthog
    organization = f"/api/organizations/{posthog.organization}"
    role = posthog.call("POST", f"{organization}/roles/", {"name": "Existing"})["id"]
    dee = next(member["uuid"] for member in posthog.info["members"] if member["email"] == "dee@acme.io")
    posthog.call("POST", f"{organization}/roles/{role}/role_memberships/", {"user_uuid": dee})
    stack.write("roles:\n  Existing:\n    members: [bo@acme.io]\n")

    preview = succeeded(stack.preview())

    assert "'dee@acme.io' => 'bo@acme.io'" in preview.text, preview.text
    succeeded(stack.up())
    assert posthog.members("Existing") == ["bo@acme.io"]


def test_a_project_that_leaves_the_file_is_shown_as_kept(everything):
    everything.write("roles:\n  Analysts:\n    members: [ana@acme.io, bo@acme.io]\n")
    everything.set("allowRemovals", "file_system_entry=2")

    assert "[retain]" in succeeded(everything.preview()).text


def test_a_project_and_its_destination_can_be_renamed_in_place(everything):
    posthog = everything.posthog
    project = posthog.project("Web")["id"]
    configs = f"/api/projects/{project}/pipeline_destination_configs/"
    (before,) = posthog.all(configs)
    posthog.count_anew()
    everything.write(
        EVERYTHING.replace("  Web:\n", "  Shop:\n    previously: Web\n").replace(
            "      Orders to Snowflake:\n", "      Orders:\n        previously: Orders to Snowflake\n"
        )
    )

    succeeded(everything.up())

    assert posthog.project("Shop")["id"] == project
    (after,) = posthog.all(configs)
    assert (after["id"], after["name"]) == (before["id"], "Orders")
    assert posthog.writes() == {
        f"PATCH /api/organizations/{posthog.organization}/projects/{project}/": 1,
        f"PATCH {configs}{before['id']}/": 1,
    }
    assert set(succeeded(everything.preview()).changes) == {"unchanged"}


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
