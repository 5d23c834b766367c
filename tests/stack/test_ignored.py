"""Rules of what `drift` passes over -> the fields that a run sets back all the same."""

import datetime

import pytest

from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.stack.ignored import ignored

ENTRIES = (
    Entry(kind=KINDS["project"], name="Web", fields={"name": "Web", "timezone": "UTC", "survey_config": {}}),
    Entry(kind=KINDS["project"], name="Shop", fields={"name": "Shop", "timezone": "UTC"}),
    Entry(kind=KINDS["role"], name="Ops", fields={"name": "Ops"}),
    Entry(kind=KINDS["role_members"], name="Ops", parent="Ops", fields={"members": []}),
)


def of_rules(*rules):
    options = {"drift": {"ignore": [{"path": path, "until": until} for path, until in rules]}}
    configuration = Configuration(
        host="https://eu.posthog.com", organization="o", entries=ENTRIES, options=options
    )
    return ignored(configuration, datetime.date(2026, 6, 1))


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("projects.Web.timezone", {"project": {"Web": {"timezone": "2026-12-31"}}}),
        (
            "projects.*.timezone",
            {"project": {name: {"timezone": "2026-12-31"} for name in ("Web", "Shop")}},
        ),
        ("projects.Web.survey_config.color", {"project": {"Web": {"survey_config": "2026-12-31"}}}),
        ("roles.Ops.members", {"role_members": {"Ops": {"members": "2026-12-31"}}}),
        ("roles.Ops.members[ana@acme.io]", {"role_members": {"Ops": {"members": "2026-12-31"}}}),
        ("projects.Web.app_urls", {}),
    ],
)
def test_a_rule_is_about_declared_fields_and_what_is_in_them(path, fields):
    assert of_rules((path, "2026-12-31")) == fields


def test_of_several_rules_the_last_day_counts_and_one_that_is_over_does_not():
    assert of_rules(
        ("projects.Web.timezone", "2026-06-01"),
        ("projects.*.timezone", "2026-07-01"),
        ("projects.Shop", "2026-05-31"),
    ) == {"project": {"Web": {"timezone": "2026-07-01"}, "Shop": {"timezone": "2026-07-01"}}}


def test_a_file_without_rules_says_nothing():
    assert ignored(Configuration(host="", organization="", entries=ENTRIES), datetime.date(2026, 6, 1)) == {}
