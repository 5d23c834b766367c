"""Health checks and persons who must not exist, declared by a program in Python: what Pulumi is told of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pulumi_posthog.checks.declared import Query
from pulumi_posthog.stack.absent_persons import PersonsFrom, WrongOrigin
from pulumi_posthog.stack.check_properties import check_of

PROGRAM = """
import json, sys
import pulumi
import pulumi_posthog as posthog

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        told.append((args.typ, args.name, dict(args.inputs)))
        return (f"id of {args.name}", dict(args.inputs))

    def call(self, args):
        return {}

told = []
pulumi.runtime.set_mocks(Mocks(), project="acme", stack="dev", preview=False)

@pulumi.runtime.test
def run():
    shop = posthog.ExistingProject(id="7", name="Shop", address=posthog.Address("https://eu.posthog.com", "o"))
    orders = posthog.PipelineDestination("orders", project="7", plugin=3, name="Orders", address=shop.address)
    web = posthog.Project("web", name="Web", address=shop.address)
    for name, order in (("first", {}), ("second", {"order": 9}), ("third", {})):
        posthog.PipelineDestination(
            name, project=web.id, plugin=3, name=name, address=shop.address, **order
        )
    for name, type in (("geo", "transformation"), ("mail", "destination"), ("bots", "transformation")):
        posthog.HogFunction(name, project=web.id, type=type, name=name, address=shop.address)
    posthog.HealthCheck(
        "alive", project=shop, query="select 1", expect="> 0", within="10m", of=orders, description="Down?"
    )
    posthog.AbsentPersons("forgotten", project=shop, delete_events=True, absent=[
        posthog.PersonsFrom(variable="GONE"),
        posthog.PersonsFrom(file="gone.txt", by="distinct_id", several=True),
    ])

run()
json.dump(told, sys.stdout)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, dict[str, object]]]:
    """What the program registers: name -> type and properties, without the pickled provider."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path_factory.mktemp("program"),
    )
    assert done.returncode == 0, done.stderr
    return {
        name: (type_.rpartition(":")[2], {key: value for key, value in inputs.items() if key != "__provider"})
        for type_, name, inputs in json.loads(done.stdout)
    }


def test_a_check_of_a_program_is_the_check_that_a_file_would_declare(told):
    type_, properties = told["alive"]

    check = check_of(properties)
    assert type_ == "Check"
    assert (check.name, check.key, check.subject, check.project) == (
        "alive",
        "alive",
        ("pipeline_destination", "orders"),
        "Shop",
    )
    assert (check.ask, check.expect.text, check.within, check.description) == (
        Query("select 1"),
        "> 0",
        600,
        "Down?",
    )
    assert (properties["project"], properties["__subject"]) == ("7", "id of orders")


def test_of_persons_a_program_tells_pulumi_where_their_names_are_and_no_name(told):
    type_, properties = told["forgotten"]

    where = 'absent persons "forgotten"'
    assert type_ == "AbsentPersons"
    assert properties["absent"] == ["!env GONE", "!file gone.txt"]
    assert json.loads(str(properties["__origins"])) == [
        {"source": "!env GONE", "where": where, "by": None, "several": False},
        {"source": "!file gone.txt", "where": where, "by": "distinct_id", "several": True},
    ]
    assert (properties["project"], properties["__name"], properties["delete_events"]) == ("7", "Shop", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"variable": "GONE", "file": "gone.txt"},
        {"variable": "kim@example.org"},
        {"file": "gone.txt", "by": "uuid"},
    ],
)
def test_an_origin_that_is_none_is_refused_without_a_word_of_who_it_is(wrong):
    with pytest.raises(WrongOrigin) as error:
        PersonsFrom(**wrong)

    assert "kim" not in str(error.value)


def test_what_has_a_place_and_is_given_none_gets_its_place_in_the_program(told):
    places = {
        name: (properties.get("order"), properties.get("__place"), properties.get("execution_order"))
        for name, (_, properties) in told.items()
        if name not in {"alive", "forgotten", "web"}
    }

    assert places == {
        "orders": (None, 1, None),
        "first": (None, 1, None),
        "second": (9, None, None),
        "third": (None, 3, None),
        "geo": (None, None, 1),
        "mail": (None, None, None),
        "bots": (None, None, 2),
    }
