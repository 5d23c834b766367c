"""`pulumi-posthog validate`, `schema` and `explain`: what may stand in a file, and what is wrong with one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cli.lab import BROKEN, DECLARED, Lab
from pulumi_posthog.cli.application import run
from pulumi_posthog.cli.verbs.explain import explanation
from pulumi_posthog.config.schema import json_schema


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
        ("projects.feature_flags.filters", ["groups", "Release conditions", "early_exit"]),
        ("projects.Web.feature_flags.new.filters.groups", ["required", "list", "rollout_percentage"]),
        ("projects.feature_flags.filters.groups.rollout_percentage", ["number or null", "at most 100"]),
        ("projects.logs_settings.retention_days", ["14, 30", "of PostHog's own"]),
        ("projects.surveys.conditions", ["those below and others", "seenSurveyWaitPeriodInDays"]),
    ],
)
def test_a_key_is_explained(capsys: pytest.CaptureFixture[str], path: str, said: list[str]):
    assert run(["explain", path]) == 0
    text = capsys.readouterr().out
    assert run(["explain", path, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)

    flowing = " ".join(text.split())  # where a line breaks is not what is said
    assert all(each in flowing for each in said), text
    assert document["doc"].split()[0] in text


def keys_of(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """The path of every key that a schema names, at any depth."""
    for each in (schema, *schema.get("anyOf", ())):
        for key, below in each.get("properties", {}).items():
            yield f"{path}{key}"
            yield from keys_of(below, f"{path}{key}.")
        if isinstance(each.get("items"), dict):
            yield from keys_of(each["items"], path)
        if isinstance(each.get("additionalProperties"), dict):
            yield from keys_of(each["additionalProperties"], f"{path}*.")


def test_every_key_of_the_schema_has_an_explanation():
    schema = json_schema()
    paths = [path for path in keys_of(schema) if not path.startswith("x-")]
    assert {path for path in paths if "." not in path} == set(schema["properties"])

    lacking = [path for path in paths if not explanation(path).doc]

    assert (lacking, "projects.*.persons.absent" in paths) == ([], True)


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
        ("persons", "did you mean projects.persons?"),
        ("timezone", "did you mean projects.timezone"),
        ("settings", "did you mean organization.settings?"),
        ("projects.feature_flags.filters.grops", "did you mean groups?"),
        ("projects.feature_flags.key.nothing", "there is nothing below it"),
    ],
)
def test_an_unknown_key_is_answered_with_the_closest_one(
    capsys: pytest.CaptureFixture[str], path: str, said: str
):
    assert run(["explain", path]) == 2
    assert said in capsys.readouterr().err
