"""The verbs that read data: persons, events, query."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from cli.lab import ORGANIZATION, Lab
from pulumi_posthog.report.table import Rows, as_csv, value_at

ARGUMENTS = {
    "persons": ["--project", "Shop"],
    "events": ["--project", "Shop"],
    "query": ["select event from events", "--project", "Shop"],
}
FORMATS = ("table", "csv", "json")
VERBS = [*ARGUMENTS]


def table(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text, newline=""))]


# -- what they show ------------------------------------------------------------------------------------------------


def test_persons_are_shown_to_people(shop: Lab):
    run = shop.run("persons", "--project", "Shop")

    lines = run.out.splitlines()
    assert (run.status, run.err) == (0, "")
    assert lines[0].split() == ["id", "name", "distinct_ids", "created_at"]
    assert [line.split()[1:3] for line in lines[2:]] == [
        [f"{name}@acme.io", name] for name in ("wes", "vic", "una")
    ]


def test_persons_as_csv_have_everything(shop: Lab):
    rows = table(shop.run("persons", "--project", "Shop", "--format", "csv").out)

    assert [*rows[0]] == ["id", "uuid", "name", "distinct_ids", "properties", "created_at"]
    assert json.loads(rows[0]["properties"]) == {"email": "wes@acme.io", "plan": "paid", "note": "a,b"}
    assert json.loads(rows[0]["distinct_ids"]) == ["wes"]


def test_persons_as_json_are_as_posthog_answers_them(shop: Lab):
    project = shop.posthog.project("Shop")["id"]
    answered = shop.posthog.all(f"/api/projects/{project}/persons/")

    assert shop.run("persons", "--project", "Shop", "--format", "json").json == {
        "version": 1,
        "exit_code": 0,
        "project": project,
        "more": False,
        "persons": answered,
    }


@pytest.mark.parametrize(
    ("option", "value", "found"),
    [
        ("--email", "vic@acme.io", ["vic@acme.io"]),
        ("--distinct-id", "una", ["una@acme.io"]),
        ("--search", "acme.io", ["wes@acme.io", "vic@acme.io", "una@acme.io"]),
        ("--search", "nobody", []),
    ],
)
def test_persons_are_looked_for(shop: Lab, option: str, value: str, found: list[str]):
    run = shop.run("persons", "--project", "Shop", option, value, "--format", "json")

    assert [person["name"] for person in run.json["persons"]] == found
    assert run.status == 0
    assert ("no persons found" in run.err) == (not found)


@pytest.mark.parametrize("verb", ["persons", "events"])
def test_columns_may_be_chosen_also_from_within(shop: Lab, verb: str):
    column = {"persons": "properties.plan", "events": "properties.amount"}[verb]

    run = shop.run(verb, "--project", "Shop", "--column", column, "--format", "csv")

    assert run.out.splitlines()[0] == column
    assert run.out.splitlines()[1:] in (["paid", "paid", "free"], ["-5"] * 3)


def test_events_come_with_the_newest_first(shop: Lab):
    rows = table(shop.run("events", "--project", "Shop", "--format", "csv").out)

    assert [row["distinct_id"] for row in rows] == ["wes", "vic", "una"]
    assert {row["event"] for row in rows} == {"order placed"}


def test_events_are_looked_for(shop: Lab):
    run = shop.run(
        "events", "--project", "Shop", "--event", "order placed", "--distinct-id", "una", "--format", "json"
    )

    assert [event["distinct_id"] for event in run.json["events"]] == ["una"]
    assert (
        shop.run("events", "--project", "Shop", "--event", "nothing", "--format", "csv").out.count("\n") == 1
    )


def test_an_option_that_posthog_does_not_take_is_named(shop: Lab):
    run = shop.run("events", "--project", "Shop", "--after", "some day")

    assert (run.status, run.out) == (2, "")
    assert "hint: look at --after" in run.err


# -- how much ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["persons", "events"])
@pytest.mark.parametrize(("limit", "shown", "more"), [("2", 2, True), ("3", 3, False), ("0", 3, False)])
def test_a_limit_is_kept_and_says_whether_there_is_more(
    shop: Lab, verb: str, limit: str, shown: int, more: bool
):
    run = shop.run(verb, "--project", "Shop", "--limit", limit, "--format", "json")

    assert (len(run.json[verb]), run.json["more"]) == (shown, more)
    assert ("there is more: --limit gets more" in run.err) == more


def test_pages_are_read_until_the_limit_and_no_further(shop: Lab):
    project = shop.posthog.project("Shop")["id"]
    persons = [{"distinct_ids": [f"p{number}"]} for number in range(1_500)]
    shop.call("POST", "/_sandbox/persons", {"project": project, "persons": persons})
    shop.posthog.count_anew()

    some = shop.run("persons", "--project", str(project), "--limit", "700", "--format", "json")
    of_some = shop.posthog.requests()["total"]
    all_ = shop.run("persons", "--project", str(project), "--limit", "0", "--format", "json")

    assert (len(some.json["persons"]), of_some) == (700, 2)
    assert len({person["id"] for person in all_.json["persons"]}) == 1_503
    assert shop.posthog.requests()["total"] == 2 + 4


# -- which project -------------------------------------------------------------------------------------------------


def test_a_project_is_found_by_its_name_whatever_the_case(shop: Lab):
    assert shop.run("persons", "--project", "sHOP", "--format", "json").json["persons"]


def test_an_id_asks_posthog_nothing_more(shop: Lab):
    project = str(shop.posthog.project("Shop")["id"])
    key = shop.call("POST", "/_sandbox/keys", {"scopes": ["person:read"]})["key"]
    shop.posthog.count_anew()

    run = shop.run("persons", "--project", project, POSTHOG_PERSONAL_API_KEY=key)

    assert run.status == 0
    assert shop.posthog.requests()["total"] == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_key_that_may_only_read_is_enough(shop: Lab, verb: str):
    scopes = ["project:read", "person:read" if verb == "persons" else "query:read"]
    key = shop.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]

    assert shop.run(verb, *ARGUMENTS[verb], POSTHOG_PERSONAL_API_KEY=key).status == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--project", "Shpo"], 'there is no project "Shpo"\n  hint: did you mean Shop?'),
        ([], "the key sees several projects\n  hint: give --project with an id: "),
    ],
)
def test_a_project_that_is_not_clear_is_asked_for(shop: Lab, given: list[str], said: str):
    run = shop.run("persons", *given)

    assert (run.status, run.out) == (2, "")
    assert said in run.err


def test_the_host_comes_from_the_option_the_environment_or_the_file(shop: Lab):
    (shop.folder / "posthog.yaml").unlink()
    arguments = ("persons", "--project", "Shop", "--limit", "1")

    assert shop.run(*arguments).status == 2
    assert shop.run(*arguments, "--host", shop.posthog.url).status == 0
    assert shop.run(*arguments, POSTHOG_HOST=shop.posthog.url).status == 0
    shop.write()
    assert shop.run(*arguments).status == 0


@pytest.mark.parametrize("organization", ["acme", "Acme", ORGANIZATION])
def test_an_organization_in_the_environment_is_no_obstacle(shop: Lab, organization: str):
    """`export` takes its slug and its name as well."""
    run = shop.run(
        *("persons", "--project", "Shop", "--host", shop.posthog.url), POSTHOG_ORGANIZATION_ID=organization
    )

    assert run.status == 0, run.err


# -- every format, every status ------------------------------------------------------------------------------------


SITUATIONS: dict[int, tuple[list[str], dict[str, str], list[str]]] = {
    0: ([], {}, []),
    2: (["--project", "Nope"], {}, []),
    3: ([], {"POSTHOG_PERSONAL_API_KEY": "phx_nobody"}, []),
    4: ([], {}, ["501 GET /persons", "501 GET /events", "501 * /query"]),  # 501 is not tried again
    9: ([], {"POSTHOG_MAX_WAIT": "1"}, ["429 * . retry_after=100"]),
}


@pytest.mark.parametrize("status", SITUATIONS)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verb", VERBS)
def test_each_form_is_whole_or_empty_whatever_the_status(shop: Lab, verb: str, form: str, status: int):
    arguments, environment, faults = SITUATIONS[status]
    for fault in faults:
        shop.call("POST", "/_sandbox/faults", {"spec": fault})

    run = shop.run(verb, *ARGUMENTS[verb], *arguments, "--format", form, **environment)

    assert run.status == status, run.err
    assert "Traceback" not in run.err
    if form == "json":
        assert run.json["exit_code"] == status
    else:
        assert bool(run.out) == (status == 0)


# -- CSV -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2+3", "@cmd", "\tx", "\rx"])
def test_no_text_becomes_a_formula_in_a_spreadsheet(text: str):
    (row,) = table(as_csv(Rows(("a",), ({"a": text},))))

    assert row["a"] == f"'{text}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-5, "-5"),
        (0.5, "0.5"),
        (None, ""),
        (True, "true"),
        ([1], "[1]"),
        ({"a": "ü"}, '{"a": "ü"}'),
        ("a\nb", "a\nb"),
    ],
)
def test_other_values_are_as_they_are(value: Any, written: str):
    (row,) = table(as_csv(Rows(("a", "b"), ([value, "x"],))))

    assert (row["a"], row["b"]) == (written, "x")


def test_a_name_with_dots_is_found_as_well_as_what_is_inside():
    person = {"properties": {"a.b": 1, "a": {"c": 2}}}

    assert [value_at(person, f"properties.{path}") for path in ("a.b", "a.c", "a.d", "x.y")] == [
        1,
        2,
        None,
        None,
    ]
