"""`pulumi-posthog drift`: what differs, who did it, and what the exit status says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.lab import DECLARED, ORGANIZATION, Lab, told


def test_what_is_as_declared_is_no_drift(lab: Lab):
    run = lab.run("drift")

    assert run.status == 0
    assert "PostHog is as declared (10 objects compared)" in run.out
    assert run.err == ""


def test_a_setting_changed_by_hand_is_told_with_both_values_and_who_did_it(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    run = lab.run("drift", "--format", "json")

    assert run.status == 7
    (found,) = run.json["findings"]
    assert (found["status"], found["path"]) == ("changed_live", "projects.Web.timezone")
    assert (found["live"], found["declared"]) == ("UTC", "Europe/Berlin")
    assert found["who"]["name"] == "ada@acme.io (the owner of this key)"
    assert found["where"]["line"] == 7


def test_who_it_was_is_told_of_each_kind_as_far_as_posthog_logs_it(lab: Lab):
    web = lab.posthog.project("Web")["id"]
    lab.call(
        "PATCH", lab.project("Web"), {"timezone": "UTC", "survey_config": {"appearance": {"color": "blue"}}}
    )
    configs = f"/api/projects/{web}/pipeline_destination_configs/"
    (destination,) = lab.posthog.all(configs)
    lab.call("PATCH", f"{configs}{destination['id']}/", {"enabled": False})
    config = {"account": "else", "username": "ana", "database": "orders"}
    lab.call("PATCH", f"{configs}{destination['id']}/", {"config": json.dumps(config)}, form=True)
    analysts = lab.posthog.role("Analysts")
    lab.call("DELETE", f"roles/{analysts['id']}/role_memberships/{analysts['members'][0]['id']}/")
    lab.call("DELETE", f"roles/{lab.posthog.role('Guests')['id']}/")

    run = lab.run("drift", "--format", "json")

    ada = "ada@acme.io (the owner of this key)"
    web_, orders = "projects.Web", "projects.Web.pipeline_destinations.Orders to Snowflake"
    gone = analysts["members"][0]["user"]["email"]
    assert {each["path"]: each["who"] and each["who"]["name"] for each in run.json["findings"]} == {
        f"{web_}.timezone": ada,
        f"{web_}.survey_config.appearance.color": ada,
        f"{orders}.enabled": ada,
        f"{orders}.config.account": ada,
        f"roles.Analysts.members[{gone}]": None,
        "roles.Guests": None,
    }
    assert all(each["who"]["when"] for each in run.json["findings"] if each["who"])
    assert lab.run("drift").out.count("(who: unknown)") == 2


def test_everything_that_happens_in_a_week_is_told_apart(lab: Lab):
    analysts, guests = lab.posthog.role("Analysts"), lab.posthog.role("Guests")
    bo = next(each for each in analysts["members"] if each["user"]["email"] == "bo@acme.io")
    dee = next(each for each in lab.posthog.info["members"] if each["email"] == "dee@acme.io")
    lab.call("DELETE", f"roles/{analysts['id']}/role_memberships/{bo['id']}/")
    lab.call("POST", f"roles/{analysts['id']}/role_memberships/", {"user_uuid": dee["uuid"]})
    lab.call("DELETE", f"roles/{guests['id']}/")
    lab.call("POST", "roles/", {"name": "Strangers"})
    web = lab.posthog.project("Web")["id"]
    (destination,) = lab.posthog.all(f"/api/projects/{web}/pipeline_destination_configs/")
    config = {"account": "else", "username": "ana", "database": "orders"}
    lab.call(
        "PATCH",
        f"/api/projects/{web}/pipeline_destination_configs/{destination['id']}/",
        {"config": json.dumps(config)},
        form=True,
    )

    assert told(lab, "--undeclared") == {
        "changed_live": [
            "projects.Web.pipeline_destinations.Orders to Snowflake.config.account",
            "roles.Analysts.members[bo@acme.io]",
            "roles.Analysts.members[dee@acme.io]",
        ],
        "gone": ["roles.Guests"],
        "not_declared": ["projects.Default project", "roles.Strangers"]
        if lab.posthog.project("Default project")
        else ["roles.Strangers"],
    }


def test_what_nobody_declared_is_told_only_on_request(lab: Lab):
    lab.call("POST", "roles/", {"name": "Strangers"})

    assert lab.run("drift").status == 0
    assert lab.run("drift", "--undeclared", "--only", "role").status == 7


def test_members_beside_additive_ones_are_nobodys_business_unless_asked_for(lab: Lab):
    role = lab.posthog.role("Engineering")
    dee = next(each for each in lab.posthog.info["members"] if each["email"] == "dee@acme.io")
    lab.call("POST", f"roles/{role['id']}/role_memberships/", {"user_uuid": dee["uuid"]})

    assert lab.run("drift").status == 0
    assert told(lab, "--undeclared")["not_declared"] == ["roles.Engineering.members.dee@acme.io"]


def test_only_what_differs_is_attributed_and_a_key_that_may_not_ask_says_unknown(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    run = lab.run("drift", "--format", "json", POSTHOG_PERSONAL_API_KEY=lab.key_without("activity_log:read"))

    assert run.status == 7
    assert run.json["findings"][0]["who"] is None
    assert "who changed what is unknown" in run.err


def test_a_list_that_cannot_be_read_is_never_taken_for_an_empty_one(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    key = lab.key_without("plugin:read")
    run = lab.run("drift", "--format", "json", POSTHOG_PERSONAL_API_KEY=key)

    assert run.status == 4
    assert key not in run.text
    assert told(lab, POSTHOG_PERSONAL_API_KEY=key) == {
        "changed_live": ["projects.Web.timezone"],
        "could_not_look": ["projects.Web.pipeline_destinations.Orders to Snowflake"],
    }


@pytest.mark.parametrize(
    ("fault", "unread"),
    [
        ("html GET /roles/ status=404", ["roles.Analysts", "roles.Analysts.members", "roles.Engineering"]),
        ("short-page GET /file_system/", ["projects.Web.file_system.Marketing"]),
    ],
)
def test_a_failing_list_leaves_the_rest_of_the_report_alone(lab: Lab, fault: str, unread: list[str]):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    lab.call("POST", "/_sandbox/faults", {"spec": fault})

    found = told(lab)

    assert found["changed_live"] == ["projects.Web.timezone"]
    assert set(unread) <= set(found["could_not_look"])
    assert "gone" not in found


def test_a_project_that_cannot_be_seen_hides_what_lies_in_it_without_calling_it_gone(lab: Lab):
    web = lab.posthog.project("Web")["id"]
    lab.call("POST", "/_sandbox/faults", {"spec": f"html GET /projects/{web}/$ status=404"})

    assert told(lab) == {
        "could_not_look": [
            "projects.Web",
            "projects.Web.pipeline_destinations.Orders to Snowflake",
            "projects.Web.file_system.Marketing",
            "projects.Web.file_system.Marketing/Launches",
        ]
    }


def test_two_projects_of_one_name_are_a_question_and_no_guess(old_lab: Lab):
    lab = old_lab
    lab.call("POST", "projects/", {"name": "Shop"})

    run = lab.run("drift", "--format", "json", "--only", "project")

    assert run.status == 4
    (found,) = [each for each in run.json["findings"] if each["path"] == "projects.Shop"]
    assert found["status"] == "could_not_look"
    assert "id" in found["hint"]


def test_what_lies_in_a_project_that_does_not_exist_yet_is_simply_not_there(lab: Lab):
    lab.write("projects:\n  New:\n    file_system:\n      Launch: {type: folder}\n")

    assert told(lab) == {"gone": ["projects.New", "projects.New.file_system.Launch"]}


# -- requests ------------------------------------------------------------------------------------------------------


def test_a_look_takes_four_requests_and_three_for_each_project(lab: Lab):
    lab.call("DELETE", "/_sandbox/requests")

    assert lab.run("drift").status == 0

    by_path = lab.posthog.requests()["by_path"]
    sent = {path: count for path, count in by_path.items() if path.startswith("GET /api/")}
    assert sum(sent.values()) <= 4 + 3 * 2
    assert not [path for path in by_path if not path.startswith("GET ") and "/_sandbox/" not in path]


def test_many_roles_and_members_take_no_more(lab: Lab):
    lab.call("POST", "/_sandbox/bulk", {"members": 200, "roles": 200})
    exported = lab.run("export", "--host", lab.posthog.url, "--output", "many.yaml", "--project", "Web")
    roles = lab.run("export", "--host", lab.posthog.url, "--only", "role_membership")
    assert exported.status == roles.status == 0
    (lab.folder / "many.yaml").write_text(
        (lab.folder / "many.yaml").read_text() + "\n" + roles.out.partition("\n\n")[2].partition("\n\n")[2]
    )
    lab.call("DELETE", "/_sandbox/requests")

    run = lab.run("drift", "many.yaml", "--format", "json")

    assert run.status == 0, run.out
    assert run.json["compared"] > 400
    assert run.json["requests"] <= 10  # one for each list, of whatever length; flags have two


# -- ignore rules, baseline, --fail-on ----------------------------------------------------------------------------


def rule(path: str, until: str = "2999-12-31") -> str:
    return f'- {{path: "{path}", reason: a trial, owner: ana@acme.io, until: {until}}}\n'


def test_an_ignore_rule_hides_a_difference_and_says_why(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    (lab.folder / "ignore.yaml").write_text(rule("projects.*.timezone"))

    run = lab.run("drift", "--format", "json", "--ignore-file", "ignore.yaml")

    assert run.status == 0
    assert run.json["findings"][0]["ignored"] == "a trial (ana@acme.io, until 2999-12-31)"


def test_rules_may_stand_in_the_configuration_itself(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC", "anonymize_ips": False})
    options = f"options:\n  drift:\n    ignore:\n    {rule('projects.*.timezone')}"
    lab.write(f"{DECLARED}{options}")

    assert told(lab) == {"changed_live": ["projects.Web.anonymize_ips"]}

    lab.write(f"{DECLARED}{options.replace('owner: ana@acme.io, ', '')}")
    run = lab.run("drift")
    assert run.status == 2
    assert re.search(r'posthog.yaml:\d+:\d+: options.drift.ignore\[0\] lacks "owner"', run.err)


def test_a_rule_that_is_over_hides_nothing_and_says_so(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    (lab.folder / "ignore.yaml").write_text(rule("projects.*.timezone", "2020-01-01"))

    run = lab.run("drift", "--ignore-file", "ignore.yaml")

    assert run.status == 7
    assert "ended on 2020-01-01" in run.err


def test_no_rule_hides_a_removal(lab: Lab):
    lab.call("DELETE", f"roles/{lab.posthog.role('Guests')['id']}/")
    (lab.folder / "ignore.yaml").write_text(rule("*"))

    assert lab.run("drift", "--ignore-file", "ignore.yaml").status == 7


def test_a_rule_without_an_owner_or_an_end_is_refused(lab: Lab):
    (lab.folder / "ignore.yaml").write_text("- {path: projects.*, reason: because}\n")

    run = lab.run("drift", "--ignore-file", "ignore.yaml")

    assert run.status == 2
    assert 'has no "owner"' in run.err
    assert 'has no "until"' in run.err


def test_against_a_baseline_only_what_is_new_counts(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    (lab.folder / "before.json").write_text(lab.run("drift", "--format", "json").out)

    assert lab.run("drift", "--baseline", "before.json").status == 0
    lab.call("PATCH", lab.project("Web"), {"anonymize_ips": False})
    assert told(lab, "--baseline", "before.json") == {"changed_live": ["projects.Web.anonymize_ips"]}


def test_another_value_than_in_the_baseline_is_new(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    (lab.folder / "before.json").write_text(lab.run("drift", "--format", "json").out)
    lab.call("PATCH", lab.project("Web"), {"timezone": "Asia/Tokyo"})

    assert lab.run("drift", "--baseline", "before.json").status == 7


@pytest.mark.parametrize(("fail_on", "status"), [("gone", 0), ("changed-live", 7), ("none", 0), ("all", 7)])
def test_what_ends_with_7_can_be_chosen(lab: Lab, fail_on: str, status: int):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    assert lab.run("drift", "--fail-on", fail_on).status == status


# -- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "said"),
    [
        (["nowhere.yaml"], {}, 2, "there is no file nowhere.yaml"),
        (["--format", "jsn"], {}, 2, "did you mean json?"),
        (["--only", "rol"], {}, 2, "did you mean role?"),
        (["--fail-on", "chnged-live"], {}, 2, "did you mean changed-live?"),
        (["--output", "report.pdf"], {}, 2, ".html"),
        (["--baseline", "nowhere.json"], {}, 2, "nowhere.json"),
        (["--baseline", "posthog.yaml"], {}, 2, "is not a report"),
        (["--stack-state", "posthog.yaml"], {}, 2, "is not the state of a Pulumi stack"),
        ([], {"POSTHOG_PERSONAL_API_KEY": ""}, 3, "set POSTHOG_PERSONAL_API_KEY"),
        ([], {"POSTHOG_PERSONAL_API_KEY": "phc_project_token_of_web"}, 3, "begins with phx_"),
    ],
)
def test_bad_input_is_one_line_and_a_hint(
    lab: Lab, arguments: list[str], environment: dict[str, str], status: int, said: str
):
    run = lab.run("drift", *arguments, **environment)

    assert run.status == status
    assert said in run.err
    assert run.err.startswith("error: ")
    assert "hint: " in run.err or said in run.err
    assert "Traceback" not in run.text


def test_a_wrong_organization_is_said_once(lab: Lab):
    path = lab.write()
    path.write_text(path.read_text().replace(ORGANIZATION, ORGANIZATION.replace("c0de", "dead")))

    run = lab.run("drift")

    assert run.status == 2
    assert run.err.count("error:") == 1
    assert "shows this key no organization" in run.err


def test_a_host_that_nobody_answers_at_is_an_api_failure(lab: Lab):
    path = lab.write()
    path.write_text(path.read_text().replace(lab.posthog.url, "http://127.0.0.1:9"))

    run = lab.run("drift", POSTHOG_MAX_WAIT="1")

    assert run.status in (4, 9)
    assert "127.0.0.1:9" in run.err


def test_the_configuration_is_all_that_drift_needs(lab: Lab, tmp_path: Path):
    """No Pulumi, no state, not even the values of the secrets."""
    run = lab.run("drift", str(lab.write(DECLARED)), SNOWFLAKE_PASSWORD="", PATH="/nowhere")

    assert run.status == 0


def test_what_is_gone_and_looks_renamed_is_told_with_the_way_to_be_sure(lab: Lab):
    analysts = lab.posthog.role("Analysts")
    web = lab.posthog.project("Web")["id"]
    (destination,) = lab.posthog.all(f"/api/projects/{web}/pipeline_destination_configs/")
    lab.call("PATCH", f"roles/{analysts['id']}/", {"name": "Research"})  # the same members
    lab.call("PATCH", f"roles/{lab.posthog.role('Guests')['id']}/", {"name": "Guest"})  # a name near it
    lab.call(
        "PATCH",
        f"/api/projects/{web}/pipeline_destination_configs/{destination['id']}/",
        {"name": "Warehouse"},  # the same configuration
    )
    lab.call("POST", "roles/", {"name": "Strangers"})  # like none of them

    run = lab.run("drift", "--format", "json")

    told = {each["path"]: each["summary"] for each in run.json["findings"] if each["status"] == "gone"}
    assert {
        path: message.rpartition("; ")[2].split(" (id")[0] for path, message in told.items() if ";" in message
    } == {
        "roles.Analysts": '"Research"',
        "roles.Guests": '"Guest"',
        "projects.Web.pipeline_destinations.Orders to Snowflake": '"Warehouse"',
    }
    assert "--stack" in lab.run("drift").out
