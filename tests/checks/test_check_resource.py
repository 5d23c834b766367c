"""Health checks <-> the properties of their resources, and when one has to run."""

from __future__ import annotations

import dataclasses

import pytest

from pulumi_posthog.checks.condition import condition
from pulumi_posthog.checks.declared import Check, Events, Query
from pulumi_posthog.checks.setting import SettingError, setting
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.stack.check_properties import check_of, digest, has_to_run, properties_of_check
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.secret_text import SecretText

WEB = Entry(kind=KINDS["project"], name="Web", fields={"name": "Web", "timezone": "UTC"})
ORDERS = Entry(
    kind=KINDS["pipeline_destination"],
    name="Web/Orders",
    parent="Web",
    fields={"name": "Orders", "config": {"password": SecretText("hush-hush", "!env PASSWORD")}},
)
ALIVE = Check(
    name="Web/alive",
    key="alive",
    subject=("project", "Web"),
    project="Web",
    ask=Query("select count() from events"),
    expect=condition("> 0"),
    within=600,
    every=30,
    timeout=60,
    description="Is it down?",
    where=Position("C:\\posthog.yaml", 7, 3),
    asked_at=Position("posthog.yaml", 8, 9),
)


def desired(*entries: Entry) -> Desired:
    return Desired(host="https://eu.posthog.com", organization="o", entries=entries)


@pytest.mark.parametrize(
    "check",
    [
        ALIVE,
        dataclasses.replace(ALIVE, ask=Events("order", 3600), within=0, every=None),
        dataclasses.replace(ALIVE, ask=Events(None, 90), timeout=300, description="", where=None),
        dataclasses.replace(
            ALIVE, name="Web/Orders", key=None, subject=("pipeline_destination", "Web/Orders")
        ),
    ],
)
def test_a_check_survives_its_way_through_pulumi(check: Check):
    assert check_of(properties_of_check(check, desired(WEB, ORDERS))) == check


def test_properties_that_are_no_check_are_refused():
    properties = properties_of_check(ALIVE, desired(WEB))

    with pytest.raises(ValueError, match="has no operator"):
        check_of({**properties, "expect": "= 0"})
    with pytest.raises(ValueError, match="either by `query` or by the events"):
        check_of({**properties, "last": "1h"})
    with pytest.raises(ValueError, match="is not a duration"):
        check_of({**properties, "within": "soon"})


def test_what_is_declared_has_a_digest_and_no_secret_is_in_it():
    other = dataclasses.replace(
        ORDERS, fields={"name": "Orders", "config": {"password": SecretText("else", "!env PASSWORD")}}
    )
    changed = dataclasses.replace(WEB, fields={"name": "Web", "timezone": "Europe/Berlin"})

    assert digest([WEB, ORDERS]) == digest([ORDERS, WEB]) == digest([WEB, other])
    assert digest([WEB, ORDERS]) != digest([changed, ORDERS])
    assert digest([WEB, ORDERS]) != digest([WEB])


def test_a_check_of_a_project_follows_all_that_lies_in_it_and_one_of_a_destination_only_that():
    role = Entry(kind=KINDS["role"], name="Analysts", fields={"name": "Analysts"})
    elsewhere = dataclasses.replace(WEB, name="Shop")
    of_orders = dataclasses.replace(ALIVE, subject=("pipeline_destination", "Web/Orders"))
    before = desired(WEB, ORDERS, role, elsewhere)

    def digests(check: Check, *entries: Entry) -> bool:
        now = properties_of_check(check, desired(*entries))["__digest"]
        return bool(now == properties_of_check(check, before)["__digest"])

    moved = dataclasses.replace(WEB, fields={"name": "Web", "timezone": "Asia/Tokyo"})
    assert digests(ALIVE, WEB, ORDERS)
    assert not digests(ALIVE, moved, ORDERS, role, elsewhere)
    assert digests(of_orders, moved, ORDERS, role, elsewhere)


PASSED = {"query": "q", "expect": "> 0", "project": "1", "__digest": "a", "__passed": True}


@pytest.mark.parametrize(
    ("olds", "news", "when", "changed", "runs"),
    [
        ({}, {}, "changed", False, False),
        ({}, {}, "changed", True, True),
        ({}, {"expect": "> 1"}, "changed", False, True),
        ({}, {"__digest": "b"}, "changed", False, True),
        ({}, {"__where": "posthog.yaml:99:1"}, "changed", False, False),
        ({"__passed": False}, {}, "changed", False, True),
        ({}, {}, "always", False, True),
        ({"__passed": False}, {"expect": "> 1"}, "never", True, False),
    ],
)
def test_when_a_check_has_to_run(olds, news, when, changed, runs):
    assert has_to_run(PASSED | olds, PASSED | news, when, changed=changed) is runs


def test_the_setting_of_the_stack():
    assert [setting(text) for text in (None, "", "always", "never")] == [
        "changed",
        "changed",
        "always",
        "never",
    ]
    with pytest.raises(SettingError, match="must be one of always, changed, never"):
        setting("sometimes")
