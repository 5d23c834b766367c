"""The other verbs, and what is true of all of them."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cli.lab import COMMAND, DECLARED, SNOWFLAKE, Lab, on_a_terminal
from pulumi_posthog.cli.application import VERBS, application, run
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.readiness import Outcome
from pulumi_posthog.cli.verbs.doctor import clock
from pulumi_posthog.cli.verbs.sandbox import sandbox
from pulumi_posthog.sandbox import Options

BROKEN = "projects:\n  Web: {timzone: Mars, anonymize_ips: maybe}\n"

# -- validate ------------------------------------------------------------------------------------------------------


def test_a_good_file_is_said_to_be_good(lab: Lab):
    run = lab.run("validate", POSTHOG_PERSONAL_API_KEY="", SNOWFLAKE_PASSWORD="")

    assert (run.status, run.out) == (0, "posthog.yaml: 10 objects declared, nothing wrong\n")


def test_every_problem_is_told_at_once_with_its_place_and_a_hint(lab: Lab):
    lab.write(BROKEN)

    run = lab.run("validate")

    assert run.status == 2
    assert (
        'posthog.yaml:6:9: project "Web" has no field "timzone"\n  hint: did you mean "timezone"?' in run.out
    )
    assert "anonymize_ips" in run.out
    assert run.err == "2 problems\n"


def test_several_files_are_checked_in_one_go(lab: Lab):
    lab.write(BROKEN, "broken.yaml")

    run = lab.run("validate", "broken.yaml", "posthog.yaml", "nowhere.yaml")

    assert run.status == 2
    assert "broken.yaml:6:9" in run.out
    assert "there is no file nowhere.yaml" in run.out
    assert "posthog.yaml: 10 objects declared" in run.out


@pytest.mark.parametrize(("declared", "status"), [(DECLARED, 0), (BROKEN, 2)])
def test_validate_is_complete_in_every_format(lab: Lab, declared: str, status: int):
    lab.write(declared)

    runs = {form: lab.run("validate", "--format", form) for form in ("text", "json", "sarif", "github")}

    assert {run.status for run in runs.values()} == {status}
    assert runs["json"].json["exit_code"] == status
    assert len(runs["json"].json["problems"]) == status
    (sarif,) = runs["sarif"].json["runs"]
    assert len(sarif["results"]) == status
    lines = runs["github"].out.splitlines()
    assert len(lines) == status
    assert all(
        re.match(r"::error title=pulumi-posthog,file=posthog.yaml,line=6,col=\d+::", line) for line in lines
    )


# -- schema and explain --------------------------------------------------------------------------------------------


def test_the_schema_is_the_one_that_is_committed(lab: Lab):
    assert (
        "timezone" in lab.run("schema").json["properties"]["projects"]["additionalProperties"]["properties"]
    )


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", ["organization", "projects", "roles"]),
        ("projects", ["timezone", "file_system", "project:write to change"]),
        ("projects.timezone", ["Africa/Abidjan", '"UTC"', "is not managed"]),
        ("projects.Web.timezone", ["Africa/Abidjan"]),
        ("projects.*.file_system", ["folder"]),
        ("projects.Web.pipeline_destinations.Orders.config", ["!env NAME", "cannot be seen"]),
        (
            "projects.pipeline_destinations",
            ["no new ones since 2025", "in its place, or refuse"],
        ),
        ("projects.session_recording_sample_rate", ["at most 2", "or null"]),
        ("roles.feature_flags_access_level", ["21, 37", "up to 2024"]),
        ("roles.Analysts", ["members"]),
        ("projects.insights", ["Its alerts are lost for good"]),
        ("roles.members", ["Exactly these"]),
        ("organization.host", ["eu.posthog.com", "required"]),
        ("options", ["drift"]),
        ("options.drift.ignore", ["list", "never a removal", "owner", "2026-12-31"]),
        ("options.drift.ignore.until", ["The last day", "required"]),
    ],
)
def test_a_key_is_explained(capsys: pytest.CaptureFixture[str], path: str, said: list[str]):
    assert run(["explain", path]) == 0
    text = capsys.readouterr().out
    assert run(["explain", path, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert all(each in text for each in said), text
    assert document["doc"].split()[0] in text


def test_an_explanation_in_a_terminal(lab: Lab):
    assert "projects.timezone\nThe time zone" in lab.run("explain", "projects.Web.timezone").out


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("projcts", "did you mean projects?"),
        ("projects.timzone", "did you mean timezone?"),
        ("projects.Web.timzone", "did you mean timezone?"),
        ("organization.hst", "did you mean host?"),
        ("organization.host.name", "there is nothing below it"),
        ("options.drft", "did you mean drift?"),
    ],
)
def test_an_unknown_key_is_answered_with_the_closest_one(
    capsys: pytest.CaptureFixture[str], path: str, said: str
):
    assert run(["explain", path]) == 2
    assert said in capsys.readouterr().err


# -- adopt ---------------------------------------------------------------------------------------------------------


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
        assert 'nobody in the organization has the e-mail address "gone@acme.io"' in each_run.err
    assert (known.status, unknown.status) == (0, 2)


# -- doctor --------------------------------------------------------------------------------------------------------


def outcomes(lab: Lab, **environment: str) -> tuple[int, dict[str, str]]:
    run = lab.run("doctor", "--format", "json", **environment)
    assert run.json["exit_code"] == run.status
    return run.status, {each["name"]: each["outcome"] for each in run.json["checks"]}


def test_doctor_passes_where_nothing_is_missing(lab: Lab):
    status, found = outcomes(lab)

    assert status == 0
    assert "failed" not in found.values()
    for name in (
        "Python",
        "configuration",
        "key",
        "clock",
        "organization",
        "membership",
        "plugin:read",
        "server",
    ):
        assert found[name] == "passed", name


def test_doctor_names_the_scopes_that_the_file_needs_and_the_key_lacks(lab: Lab):
    status, found = outcomes(lab, POSTHOG_PERSONAL_API_KEY=lab.key_without("plugin:read", "file_system:read"))

    assert status == 3
    assert found["plugin:read"] == found["file_system:read"] == "failed"
    assert found["project:read"] == "passed"


def test_doctor_asks_for_no_more_scopes_than_the_file_needs(lab: Lab):
    lab.write("roles:\n  Guests: {}\n")

    run = lab.run("doctor")

    assert "scopes needed: activity_log:read, organization:write, user:read" in run.out


def test_doctor_names_the_scopes_of_what_is_only_referred_to_and_of_what_a_write_changes_as_well(lab: Lab):
    flag = "{groups: [{properties: [{type: cohort, key: id, operator: in, value: !ref cohort/Ours}]}]}"
    feature = "early_access_features: {Dark: {stage: draft, feature_flag: dark}}"
    lab.write(f"projects:\n  Web:\n    {feature}\n    feature_flags: {{dark: {{filters: {flag}}}}}\n")

    run = lab.run("doctor")

    assert (
        "scopes needed: activity_log:read, cohort:read, early_access_feature:write, feature_flag:write,"
        in run.out
    )


@pytest.mark.parametrize(
    ("environment", "status"),
    [({"POSTHOG_PERSONAL_API_KEY": ""}, 3), ({"POSTHOG_PERSONAL_API_KEY": "phx_nobody_has_this"}, 3)],
)
def test_doctor_says_what_is_wrong_with_a_key(lab: Lab, environment: dict[str, str], status: int):
    assert outcomes(lab, **environment) == (status, {**outcomes(lab, **environment)[1], "key": "failed"})


def test_doctor_tells_a_broken_file_and_an_organization_that_the_key_does_not_see(lab: Lab):
    path = lab.write()
    path.write_text(path.read_text().replace("0191c0de", "0191dead"))
    wrong = lab.run("doctor")
    lab.write(BROKEN)
    broken = lab.run("doctor")

    assert (wrong.status, "FAIL organization" in wrong.out) == (2, True)
    assert "shows this key no organization 0191dead" in wrong.out
    assert (broken.status, "FAIL configuration" in broken.out) == (2, True)


def stand_in(lab: Lab, script: str) -> None:
    """A `pulumi` that does this."""
    (lab.folder / "bin/pulumi").write_text(f"#!/bin/sh\n{script}\n")


@pytest.mark.parametrize(
    ("script", "check", "said"),
    [
        ("echo v3.100.0", "Pulumi", "v3.100.0"),
        ("echo broken >&2; exit 1", "Pulumi", "does not say its version: broken"),
        (
            'test "$1" = version && echo v3.259.0 && exit\n'
            "echo 'error: no way to postgres://ana:hush-hush-very-secret@db/state' >&2; exit 255",
            "state backend",
            "it cannot be used: no way to postgres://ana:***@db/state",
        ),
    ],
)
def test_doctor_says_what_keeps_pulumi_from_working_beside_a_pulumi_project(
    lab: Lab, script: str, check: str, said: str
):
    stand_in(lab, script)
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")

    run = lab.run("doctor", "--format", "json")

    assert run.status == 3
    found = {each["name"]: each for each in run.json["checks"]}
    assert found[check]["outcome"] == "failed"
    assert said in found[check]["said"]


def test_without_a_pulumi_project_doctor_only_notes_that_pulumi_cannot_be_used(lab: Lab):
    stand_in(lab, "exit 1")

    status, found = outcomes(lab)

    assert (status, found["Pulumi"]) == (0, "noted")


def test_doctor_ends_with_a_verdict_and_names_variables_of_the_file_that_are_not_set(lab: Lab):
    assert lab.run("doctor").out.splitlines()[-1].startswith("ready: none of ")
    assert outcomes(lab, SNOWFLAKE_PASSWORD="")[1]["variables"] == "noted"
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")

    run = lab.run("doctor", SNOWFLAKE_PASSWORD="")

    assert run.status == 2
    assert "FAIL variables: not set: SNOWFLAKE_PASSWORD" in run.out
    assert re.fullmatch(r"not ready: 1 of \d+ checks failed: variables", run.out.splitlines()[-1])
    assert outcomes(lab)[1]["variables"] == "passed"


@pytest.mark.parametrize("how", ["a file", "what Pulumi says"])
def test_doctor_says_that_a_stack_is_locked(lab: Lab, how: str):
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    locks = lab.folder / "state/.pulumi/locks/organization/acme"
    (locks / "dev").mkdir(parents=True)
    stand_in(
        lab,
        'case "$1" in version) echo v3.259.0;;\n'
        f""" whoami) echo '{{"user": "ana", "url": "file://{lab.folder}/state"}}';;\n"""
        """ stack) echo '[{"name": "dev", "updateInProgress": '${BUSY:-false}'}]';; esac""",
    )
    assert outcomes(lab, PULUMI_STACK="dev")[1]["stack"] == "passed"

    if how == "a file":
        (locks / "dev/0f1e.json").write_text("{}")
    run = lab.run("doctor", PULUMI_STACK="dev", BUSY="true" if how != "a file" else "false")

    assert run.status == 2
    assert "FAIL stack: dev is locked: an update is under way, or was killed" in run.out
    assert "`pulumi cancel`" in run.out
    stand_in(lab, 'test "$1" = version && echo v3.259.0 && exit\necho []')
    assert outcomes(lab, PULUMI_STACK="dev")[1]["key"] == "failed"


class Behind(BaseHTTPRequestHandler):
    """A server whose clock is an hour behind."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) - 3600)

    def log_message(self, *_: object) -> None:
        """Nobody wants to read it."""


def test_doctor_tells_a_clock_that_is_wrong():
    with HTTPServer(("127.0.0.1", 0), Behind) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        (check,) = list(clock(f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()

    assert check.outcome is Outcome.NOTED
    assert re.match(r"360\d s ahead of http", check.said)
    assert check.hint == "set this machine's clock"


def test_doctor_says_which_settings_an_older_server_does_not_know(old_lab: Lab):
    old_lab.write("projects:\n  Web: {business_model: b2b}\n")

    run = old_lab.run("doctor")

    assert run.status == 2
    assert "answers like one of 2024" in run.out
    assert "projects.business_model is declared" in run.out


# -- estimate ------------------------------------------------------------------------------------------------------


def test_an_estimate_counts_the_requests_of_a_preview_and_an_update(lab: Lab):
    lab.write(DECLARED.replace("Europe/Berlin", "UTC").replace("  Guests: {}", "  Guests: {}\n  New: {}"))

    run = lab.run("estimate", "--format", "json")

    assert run.status == 0
    assert run.json["writes"] == 2
    assert run.json["up"]["requests"] == run.json["preview"]["requests"] + 2
    assert "no wait for the rate limit" in lab.run("estimate").out


def test_offline_an_estimate_is_the_most_that_it_can_be(lab: Lab):
    online = lab.run("estimate", "--format", "json").json
    offline = lab.run("estimate", "--offline", "--format", "json", POSTHOG_PERSONAL_API_KEY="").json

    assert offline["writes"] > online["writes"] == 0
    assert offline["reads"] >= online["reads"]


def test_an_estimate_says_that_secrets_are_sent_to_take_over_what_is_as_declared(lab: Lab):
    run = lab.run("estimate")

    said = "0 writes, as PostHog is now; 1 more write if the stack does not have them yet: it sends their secrets"
    assert said in run.out


def test_the_rate_limit_makes_time_of_many_requests(lab: Lab):
    lab.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(5000)))

    found = lab.run("estimate", "--offline", "--format", "json").json

    assert found["preview"]["seconds"] == 0
    assert found["up"]["seconds"] == 3600


def test_insights_have_a_budget_of_their_own_which_makes_more_time_of_them(lab: Lab):
    query = "{kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: paid}]}}"
    lab.write(
        "projects:\n  Web:\n    insights:\n"
        + "".join(f"      Chart {number}: {{query: {query}}}\n" for number in range(1300))
    )

    found = lab.run("estimate", "--format", "json").json
    people = lab.run("estimate").out
    own = lab.run("estimate", "--format", "json", POSTHOG_REQUESTS_PER_HOUR="100000").json

    assert (found["reads_apart"], found["writes_apart"]) == ({"analytics": 1}, {"analytics": 1300})
    assert (found["preview"]["seconds"], found["up"]["seconds"]) == (0, 3600)
    assert "In the budget of analytics, which has some of them: 240 and 1,200." in " ".join(people.split())
    assert own["up"]["seconds"] == 1300 // 240 * 60
    offline = lab.run("estimate", "--offline", "--format", "json", POSTHOG_PERSONAL_API_KEY="").json
    assert (offline["reads_apart"], offline["writes_apart"]) == ({"analytics": 1}, {"analytics": 1300})


# -- sandbox -------------------------------------------------------------------------------------------------------


def test_the_sandbox_has_all_its_switches():
    assert {each.name for each in dataclasses.fields(Options)} == set(inspect.signature(sandbox).parameters)


def test_the_sandbox_serves_until_it_is_told_to_stop(lab: Lab):
    variables = {"PYTHONUNBUFFERED": "1", "POSTHOG_SANDBOX_KEY": "phx_of_this_test"}
    with lab.start("sandbox", "--port", "0", **variables) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        process.communicate(timeout=20)

    assert "http://127.0.0.1:" in first
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("flag", "variable"),
    [
        ("--key", "POSTHOG_SANDBOX_KEY"),
        ("--extra-key", "POSTHOG_SANDBOX_EXTRA_KEYS"),
        ("--admin-password", "POSTHOG_SANDBOX_ADMIN_PASSWORD"),
    ],
)
def test_the_sandbox_takes_no_secret_from_the_command_line(lab: Lab, flag: str, variable: str):
    run = lab.run("sandbox", flag, "phx_on_the_command_line")

    assert (run.status, run.out) == (2, "")
    assert run.err == (
        f"error: {flag}: everybody on this machine can read arguments; set {variable} instead\n"
        "  hint: see pulumi-posthog sandbox --help\n"
    )


def test_a_switch_that_makes_no_sense_is_one_line(lab: Lab):
    run = lab.run("sandbox", "--age", "1999")

    assert (run.status, run.out) == (2, "")
    assert run.err == (
        "error: --age is one of 2024, 2025, 2026, not 1999\n  hint: see pulumi-posthog sandbox --help\n"
    )


# -- all verbs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["60", "80"])
def test_the_list_of_verbs_says_of_each_a_whole_sentence(columns: str):
    done = subprocess.run(
        [COMMAND, "--help"],
        env={**os.environ, "COLUMNS": columns},
        capture_output=True,
        text=True,
        check=True,
    )

    verbs = done.stdout.partition("Commands:\n")[2].splitlines()
    assert len(verbs) == len(VERBS)
    assert [line for line in verbs if not line.endswith(".") or line.endswith("...")] == []


WITH_JSON = sorted({*VERBS} - {"sandbox"})  # which has nothing to report


def test_every_verb_but_the_sandbox_writes_json():
    verbs = {command.name: command.callback for command in application().registered_commands}

    without = [name for name, verb in verbs.items() if "form" not in inspect.signature(verb).parameters]

    assert without == ["sandbox"]


JSON_SITUATIONS = [
    *((verb, ["--unknown"], {}, 2) for verb in WITH_JSON),
    *((verb, ["nowhere.yaml"], {}, 2) for verb in ("adopt", "doctor", "drift", "estimate", "validate")),
    ("explain", ["projcts"], {}, 2),
    ("export", [], {}, 2),
    ("init", ["a b"], {}, 2),
    *((verb, [], {"POSTHOG_PERSONAL_API_KEY": ""}, 3) for verb in ("adopt", "doctor", "drift", "estimate")),
    ("export", ["--host", "HOST"], {"POSTHOG_PERSONAL_API_KEY": "phx_nobody"}, 3),
    ("init", ["acme", "--from-live", "--host", "HOST"], {"POSTHOG_PERSONAL_API_KEY": "phx_nobody"}, 3),
    *((verb, [], {"POSTHOG_PERSONAL_API_KEY": "NO PLUGINS"}, 4) for verb in ("adopt", "drift", "estimate")),
    ("export", ["--host", "HOST"], {"POSTHOG_PERSONAL_API_KEY": "NO PLUGINS"}, 4),
    ("export", ["--host", "HOST", "--output", "posthog.yaml"], {}, 5),
    ("init", ["bin"], {}, 5),
    ("export-asset", ["a.doc", "--dashboard", "1"], {}, 2),
    ("export-asset", ["a.png", "--dashboard", "1", "--project", "1"], {"POSTHOG_PERSONAL_API_KEY": ""}, 3),
    ("export-asset", ["posthog.yaml", "--as", "png", "--dashboard", "1"], {}, 5),
    ("query", [""], {}, 2),
    ("diff", ["--from", "nowhere.yaml", "--to", "Web"], {}, 2),
    ("diff", ["--from", "posthog.yaml:Web", "--to", "posthog.yaml:Shop"], {}, 7),
    ("diff", ["--from", "Web", "--to", "Web"], {"POSTHOG_PERSONAL_API_KEY": "NO PLUGINS"}, 4),
    *(
        (verb, [], {"POSTHOG_REQUESTS_PER_MINUTE": "1", "POSTHOG_MAX_WAIT": "1"}, 9)
        for verb in ("adopt", "drift", "estimate")
    ),
    ("export", ["--host", "HOST"], {"POSTHOG_REQUESTS_PER_MINUTE": "1", "POSTHOG_MAX_WAIT": "1"}, 9),
]


@pytest.mark.parametrize(("verb", "arguments", "environment", "status"), JSON_SITUATIONS)
def test_json_is_whole_and_says_the_exit_status_whatever_that_is(
    lab: Lab, verb: str, arguments: list[str], environment: dict[str, str], status: int
):
    given = [lab.posthog.url if each == "HOST" else each for each in arguments]
    key = lab.key_without("plugin:read")
    environment = {name: key if value == "NO PLUGINS" else value for name, value in environment.items()}

    run = lab.run(verb, *given, "--format", "json", **environment)

    assert run.status == status, run.err
    assert run.json["exit_code"] == status


def test_http_comes_without_what_its_library_needs_for_others():
    """Of what is installed it takes click, rich and pygments with it, and trio: 0.1 s of each start."""
    program = (
        "import sys, pulumi_posthog.api as api;"
        "api.Reader(api.Connection('https://eu.posthog.com', 'phx_a'), pace=api.Pace.from_environment({})).close();"
        "heavy = {'click', 'rich', 'pygments', 'importlib.metadata', 'trio', 'anyio'} & set(sys.modules);"
        "sys.exit(f'imports {heavy}' if heavy else 0);"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("run", ["import asyncio; asyncio.run(asked())", "import trio; trio.run(asked)"])
def test_a_program_with_http_of_its_own_has_its_event_loop(run: str):
    program = textwrap.dedent("""
        import pulumi_posthog.api, httpx
        async def asked():
            async with httpx.AsyncClient() as client:
                await client.get("http://127.0.0.1:9/")
    """)

    done = subprocess.run([sys.executable, "-c", program + run], capture_output=True, text=True, check=False)

    assert "\nhttpx.ConnectError: " in done.stderr
    assert "RuntimeError" not in done.stderr


@pytest.mark.parametrize("verb", [[], *([verb] for verb in VERBS)])
def test_help_needs_nothing_but_the_command_line(verb: list[str]):
    """Not HTTP, not Pulumi, not Django: their import alone would take longer than anybody waits for help."""
    program = (
        "import sys; from pulumi_posthog.cli.application import run; status = run(sys.argv[1:]);"
        "heavy = {'httpx', 'pulumi', 'django', 'rich', 'deepdiff', 'jsonschema', 'yaml'} & set(sys.modules);"
        "sys.exit(f'imports {heavy}' if heavy else status)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, *verb, "--help"],
        env={**os.environ, "COLUMNS": "60"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: pulumi-posthog")
    assert max(map(len, done.stdout.splitlines())) <= 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "no such command 'frobnicate'"),
        (["drfit"], "drift"),
        (["drift", "--fromat", "json"], "--format"),
        (["drift", "--who", "many"], "--who"),
        (["drift", "a.yaml", "b.yaml"], "b.yaml"),
        (["explain", "--format"], "--format"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_a_hint(lab: Lab, arguments: list[str], said: str):
    run = lab.run(*arguments)

    assert run.status == 2
    assert said in run.err
    assert re.fullmatch(r"error: .*\n  hint: see pulumi-posthog.* --help\n", run.err)
    assert run.out == ""


def test_help_of_a_verb_is_asked_for_in_either_way(capsys: pytest.CaptureFixture[str]):
    said = []
    for arguments in (["help", "drift"], ["drift", "--help"], ["help"], ["--help"]):
        assert run(arguments) == 0
        said.append(capsys.readouterr().out)

    assert said[0] == said[1]
    assert said[2] == said[3]
    assert run(["help", "drfit"]) == Exit.USAGE
    assert run(["-v"]) == 0


def test_the_file_is_found_from_a_folder_below_that_of_pulumi_yaml(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (lab.folder / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    below = lab.folder / "roles" / "eu"
    below.mkdir(parents=True)
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(below)

    assert run(["validate"]) == 0
    assert capsys.readouterr().out == "../../posthog.yaml: 10 objects declared, nothing wrong\n"
    assert run(["drift", "--who", "0"]) == 0
    (lab.folder / "Pulumi.yaml").unlink()
    assert run(["validate"]) == Exit.USAGE


def test_version_says_which_one_it_is(lab: Lab):
    assert re.fullmatch(r"pulumi-posthog \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+\)\n", lab.run("--version").out)


def test_a_bug_shows_where_it_happened_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from pulumi_posthog.config import schema

    def broken() -> str:
        raise RuntimeError("never meant to happen")

    monkeypatch.setattr(schema, "text", broken)

    assert run(["schema"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert run(["schema", "--debug"]) == 1
    assert 'raise RuntimeError("never meant to happen")' in capsys.readouterr().err


def test_whoever_reads_only_the_beginning_leaves_no_traceback(lab: Lab):
    with lab.start("schema") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()

    assert process.returncode == 8
    assert err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["adopt"],
        ["doctor"],
        ["estimate"],
        ["diff", "--from", "Web", "--to", "Shop"],
        ["export", "--host", "HOST", "--output", "out.yaml"],
        ["init", "acme", "--from-live", "--host", "HOST"],
        ["persons", "--project", "Shop"],
        ["events", "--project", "Shop"],
        ["query", "select 1", "--project", "1"],
        ["export-asset", "board.png", "--dashboard", "1", "--project", "Web"],
    ],
)
def test_ctrl_c_ends_whatever_reads_posthog_at_once_and_writes_nothing(lab: Lab, arguments: list[str]):
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 4_000})
    lab.posthog.count_anew()
    before = set(lab.folder.rglob("*"))
    given = [lab.posthog.url if each == "HOST" else each for each in arguments]
    process = lab.start(*given, "--format", "json")
    lab.posthog.await_request()

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=3)  # the requests under way take longer

    assert (process.returncode, err) == (8, "cancelled\n")
    assert json.loads(out) == {
        "version": 1,
        "exit_code": 8,
        "failures": [{"message": "cancelled", "hint": None}],
    }
    assert set(lab.folder.rglob("*")) == before


EARLY = {"version": 1, "exit_code": 8, "failures": [{"message": "cancelled", "hint": None}]}


@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    [
        ("pulumi_posthog.cli.application", ["--help"], None),
        ("pulumi_posthog.cli.application", ["drift", "--format", "json"], EARLY),
        ("pulumi_posthog.cli.terminal", ["drift", "--format=json"], EARLY),
        ("pulumi_posthog.cli.comparing", ["drift", "--format=json"], EARLY),
    ],
)
def test_ctrl_c_while_the_program_is_being_read_from_the_disk_is_no_traceback_and_json_where_asked_for(
    module: str, arguments: list[str], said: object
):
    program = f"""if True:
        import sys
        class Interrupted:
            def find_spec(self, name, *_):
                if name == "{module}":
                    sys.meta_path.remove(self)
                    raise KeyboardInterrupt
        sys.meta_path.insert(0, Interrupted())
        from pulumi_posthog.cli import main
        main({arguments})
    """

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (Exit.CANCELLED, "cancelled\n")
    assert (json.loads(done.stdout) if said else done.stdout or None) == said


@pytest.mark.parametrize(
    ("shell", "environment", "lines"),
    [
        ("bash", {"COMP_WORDS": "pulumi-posthog dr", "COMP_CWORD": "1"}, {"drift"}),
        (
            "bash",
            {"COMP_WORDS": "pulumi-posthog drift --stack", "COMP_CWORD": "2"},
            {"--stack", "--stack-state"},
        ),
        (
            "fish",
            {"_TYPER_COMPLETE_ARGS": "pulumi-posthog doc", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
            None,
        ),
    ],
)
def test_a_shell_completes_verbs_and_options(
    lab: Lab, shell: str, environment: dict[str, str], lines: set[str] | None
):
    asked = lab.run(**environment, _PULUMI_POSTHOG_COMPLETE=f"complete_{shell}")

    assert asked.err == ""
    if lines is None:
        assert asked.out.startswith("doctor\tCheck that a run has all it needs")
    else:
        assert {line for line in asked.out.splitlines() if line} == lines


def test_completion_is_shown_for_each_shell_and_installed_at_home(lab: Lab, tmp_path: Path):
    for shell in ("bash", "zsh", "fish"):
        shown = lab.run("--show-completion", shell)
        assert (shown.status, shown.err) == (0, "")
        assert "_PULUMI_POSTHOG_COMPLETE" in shown.out

    done = lab.run("--install-completion", "bash", HOME=str(tmp_path / "home"), SHELL="/bin/bash")

    assert (done.status, "Traceback" in done.text) == (0, False)
    assert ".bash_completions/pulumi-posthog.sh" in (tmp_path / "home/.bashrc").read_text()


def test_no_verb_asks_anything_where_nobody_can_answer(lab: Lab):
    """On a terminal neither: what is missing is said, not asked for."""
    for arguments in (["export"], ["init"], ["init", "bin"], ["drift", "--stack", "nope"]):
        shown = on_a_terminal(lab, *arguments, NO_COLOR="1")

        assert "error:" in shown, arguments


def test_a_terminal_has_colours_and_progress(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 100})

    shown = on_a_terminal(lab, "drift")

    assert "\x1b[1;33mdrift: 1 changed live\x1b[0m" in shown
    assert "reading PostHog" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["adopt"],
        ["estimate"],
        ["export", "--host", "HOST"],
        ["init", "acme", "--from-live", "--host", "HOST"],
    ],
)
def test_whatever_takes_long_shows_how_far_it_is(lab: Lab, arguments: list[str]):
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 150})
    arguments = [lab.posthog.url if each == "HOST" else each for each in arguments]

    assert re.search(r"reading PostHog: \d+ of \d+ lists", on_a_terminal(lab, *arguments))
    assert "reading PostHog" not in lab.run(*arguments, *(["--force"] if "init" in arguments else [])).text


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["frob"], {"NO_COLOR": "1"}), (["frob", "--no-color"], {}), (["--no-color", "frob"], {})],
)
def test_colours_can_be_switched_off(lab: Lab, arguments: list[str], environment: dict[str, str]):
    """NO_COLOR is about colours: bold stays."""
    coloured = re.compile("\x1b\\[[0-9;]*3[0-7]m")

    assert coloured.search(on_a_terminal(lab, "frob"))
    assert not coloured.search(on_a_terminal(lab, *arguments, **environment))


@pytest.mark.parametrize(("verb", "heads"), [("adopt", r"\d+ "), ("doctor", "ok  |note|FAIL|ready")])
def test_what_is_folded_stays_below_what_it_belongs_to(lab: Lab, verb: str, heads: str):
    lines = lab.run(verb, COLUMNS="50").out.splitlines()

    assert max(map(len, lines)) <= 50
    assert [line for line in lines if line and not re.match(f"  |{heads}", line)] == []
    assert len(lines) > len(lab.run(verb, COLUMNS="400").out.splitlines())


def test_a_narrow_terminal_is_not_overrun(lab: Lab):
    lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})

    shown = on_a_terminal(lab, "drift", columns=40, NO_COLOR="1")

    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "\n").splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 40
