"""Persons who shall not exist, as the verbs tell of them: by number and place, without a name."""

from __future__ import annotations

import json

import pytest

from cli.lab import Lab, Run

UNA, VIC = "una@acme.io", "vic@acme.io"
DECLARED = """\
projects:
  Shop:
    persons:
      absent:
        - !env GONE
        - !file gone.txt
"""


@pytest.fixture
def told(shop: Lab):
    """Runs a verb about a list of two, both of whom are there; nobody is named in what it says."""
    shop.write(DECLARED)
    (shop.folder / "gone.txt").write_text(f"{VIC}\nnobody\n")

    def run(*arguments: str, **environment: str) -> Run:
        done = shop.run(*arguments, **{"GONE": UNA, **environment})
        assert not [name for name in (UNA, VIC, "una@", "vic@") if name in done.text]
        return done

    return run


def test_drift_counts_them_in_every_format(told):
    for form in ("text", "markdown", "html", "sarif", "junit"):
        run = told("drift", "--format", form)
        assert run.status == 7
        assert "2 persons that should not exist do" in run.out, form

    (finding,) = told("drift", "--format", "json").json["findings"]
    assert finding["path"] == "projects.Shop.persons.absent"
    assert (finding["status"], finding["live"], finding["declared"]) == ("changed_live", 2, 0)
    assert finding["where"] == {"file": "posthog.yaml", "line": 7, "column": 5}


def test_drift_looks_once_for_each_name_and_writes_nothing(told, shop):
    told("drift")

    requests = shop.posthog.requests()
    assert set(requests["by_method"]) == {"GET"}
    project = shop.posthog.project("Shop")["id"]
    assert requests["by_path"][f"GET /api/projects/{project}/persons/"] == 3


def test_a_name_that_is_not_at_hand_could_not_be_looked_at(told, shop):
    (shop.folder / "gone.txt").unlink()

    run = told("drift", "--format", "json", GONE="")

    assert run.status == 4
    assert [(each["status"], each["path"]) for each in run.json["findings"]] == [
        ("could_not_look", "projects.Shop.persons.!env GONE"),
        ("could_not_look", "projects.Shop.persons.!file gone.txt"),
    ]


def test_a_name_of_several_persons_would_be_refused(told, shop):
    project = shop.posthog.project("Shop")["id"]
    twin = {"distinct_ids": ["twin"], "properties": {"email": VIC}}
    shop.call("POST", "/_sandbox/persons", {"project": project, "persons": [twin]})

    run = told("drift", "--format", "json")

    assert run.status == 5
    refused = next(each for each in run.json["findings"] if each["status"] == "would_be_refused")
    assert refused["path"] == "projects.Shop.persons.gone.txt:1:1"
    assert "means 2 persons" in refused["summary"]


def test_a_key_that_may_not_look_is_no_empty_project(told, shop):
    run = told("drift", POSTHOG_PERSONAL_API_KEY=shop.key_without())

    assert run.status == 4
    assert "person:read" in run.text


def test_other_kinds_alone_ask_for_nobody(told, shop):
    assert told("drift", "--only", "project").status == 0
    assert not [path for path in shop.posthog.requests()["by_path"] if "/persons/" in path]


def test_an_estimate_counts_looks_and_erasures(told):
    run = told("estimate", "--format", "json")

    assert run.status == 0
    # Two are there: one request erases both, and both are looked up again.
    assert (run.json["writes"], run.json["looks"]) == (1, 2)
    offline = told("estimate", "--offline", "--format", "json").json
    assert (offline["writes"], offline["looks"]) == (1 + 1, 3)
    assert offline["reads"] >= run.json["reads"]


def test_doctor_names_the_scopes_and_tries_the_one_to_read(told, shop):
    checks = {each["name"]: each for each in told("doctor", "--format", "json").json["checks"]}

    assert "person:write" in checks["scopes needed"]["said"]
    assert checks["person:read"]["outcome"] == "passed"
    key = shop.key_without()
    refused = told("doctor", "--format", "json", POSTHOG_PERSONAL_API_KEY=key).json["checks"]
    assert next(each for each in refused if each["name"] == "person:read")["outcome"] == "failed"


def test_explain_knows_the_section(shop):
    found = shop.run("explain", "projects.persons", "--format", "json").json

    assert set(found["below"]) == {"absent", "delete_events"}
    assert "person:write" in found["facts"]["scopes of the key"]
    assert shop.run("explain", "projects.Shop.persons.delete_events").status == 0
    assert "persons" in shop.run("explain", "projects").out
    assert shop.run("explain", "projects.persons.nothing").status == 2


def test_what_is_wrong_is_told_by_validate_at_its_place(told, shop):
    (shop.folder / "gone.txt").write_text(f"{VIC} and others\n")

    run = told("validate", "--format", "json")

    assert run.status == 2
    assert "gone.txt" in json.dumps(run.json)
