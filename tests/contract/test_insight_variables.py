"""Variables of insights: their code names are fixed, and SQL and dashboards say them in place of ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.release_stack import Web, web_of
from pulumi_posthog.config import ConfigError

VARIABLES = """\
    insight_variables:
      country: {name: Land of the customer, type: List, values: [DE, FR], default_value: DE}
      min_amount: {type: Number, default_value: 10}
"""
REVENUE = """\
    insights:
      Revenue:
        query:
          kind: DataVisualizationNode
          source:
            kind: HogQLQuery
            query: select sum(amount) from invoices where country = {variables.country}
            variables: {country: {value: FR}}
"""
BOARD = """\
    dashboards:
      Money: {variables: {country: {value: DE}, min_amount: {value: 5}}, tiles: [{insight: Revenue}]}
"""


@pytest.fixture(params=["2026 later", "2025"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with web_of(started, request.param, tmp_path, monkeypatch) as web:
        yield web


def variables(web: Web) -> dict[str, Any]:
    return {each["code_name"]: each for each in web.all("insight_variables")}


def test_one_has_the_code_name_that_the_file_says_whatever_it_is_shown_as(web):
    web.run(VARIABLES)

    there = variables(web)
    assert {name: (each["name"], each["type"], each["default_value"]) for name, each in there.items()} == {
        "country": ("Land of the customer", "List", "DE"),
        "min_amount": ("min_amount", "Number", 10),
    }
    assert web.run(VARIABLES) == []
    assert web.posthog.writes() == {}

    web.run(
        VARIABLES.replace("Land of the customer", "Country").replace(
            "min_amount: {", "min_amount: {name: Least, "
        )
    )
    assert {name: each["name"] for name, each in variables(web).items()} == {
        "country": "Country",
        "min_amount": "Least",
    }
    assert {each["id"] for each in variables(web).values()} == {each["id"] for each in there.values()}


def test_they_are_made_before_what_says_their_names_and_ids_are_sent_in_their_place(web):
    whole = VARIABLES + REVENUE + BOARD

    made = [name for _, (_, name) in web.run(whole)]

    assert made.index("Web/country") < made.index("Web/Revenue") < made.index("Web/Money")
    country = variables(web)["country"]["id"]
    assert web.one("insights", "Revenue")["query"]["source"]["variables"] == {
        country: {"variableId": country, "code_name": "country", "value": "FR"}
    }
    board = web.posthog.get(f"{web.path}/dashboards/{web.one('dashboards', 'Money')['id']}/")
    assert {each["code_name"]: each["value"] for each in board["variables"].values()} == {
        "country": "DE",
        "min_amount": 5,
    }
    assert web.run(whole) == []
    assert web.differs(whole) == []


def test_a_value_that_somebody_changes_is_seen_and_set_back(web):
    whole = VARIABLES + REVENUE + BOARD
    web.run(whole)
    id_ = variables(web)["country"]["id"]
    value = {id_: {"variableId": id_, "code_name": "country", "value": "FR"}}
    web.by_hand("dashboards", web.one("dashboards", "Money")["id"], {"variables": value})

    assert web.differs(whole) == ["update Web/Money: ['variables']"]
    web.run(whole)

    assert web.differs(whole) == []


def test_a_name_that_no_variable_has_is_told_at_its_place_and_nothing_is_written(web):
    web.run("    timezone: UTC\n")

    with pytest.raises(ConfigError, match=r'posthog.yaml:\d+:\d+: there is no insight variable "contry"'):
        web.run(VARIABLES + REVENUE.replace("{country: {value", "{contry: {value"))

    assert variables(web) == {}


def test_one_of_another_type_stays_the_variable_that_it_was(web):
    web.run(VARIABLES)
    before = variables(web)["country"]["id"]

    web.run(VARIABLES.replace("type: List, values: [DE, FR]", "type: String"))

    assert (variables(web)["country"]["type"], variables(web)["country"]["id"]) == ("String", before)


def test_what_people_have_made_becomes_a_file_that_changes_nothing(web):
    web.run(VARIABLES + REVENUE + BOARD)
    web.posthog.call("POST", f"{web.path}/insight_variables/", {"name": "Since When", "type": "Date"})

    text = web.exported().files["posthog.yaml"]

    assert "since_when:" in text
    assert "variableId" not in text


def test_one_is_not_taken_over_by_an_id_under_another_code_name_because_the_next_run_would_delete_it(web):
    web.run("    timezone: UTC\n")
    made = web.posthog.call("POST", f"{web.path}/insight_variables/", {"name": "old", "type": "String"})
    chosen = f"    insight_variables:\n      new: {{id: {made['id']}, type: String}}\n"

    for preview in (True, False):
        with pytest.raises(
            Exception, match=r"has another code_name, old, and PostHog does not change that: declare"
        ):
            web.run(chosen, preview=preview)

    assert web.posthog.writes() == {}
    assert {*variables(web)} == {"old"}
