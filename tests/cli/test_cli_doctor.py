"""`pulumi-posthog doctor`: what keeps a run from working."""

from __future__ import annotations

import re
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from cli.lab import BROKEN, Lab
from pulumi_posthog.cli.readiness import Outcome
from pulumi_posthog.cli.verbs.doctor import clock


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
