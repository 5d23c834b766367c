"""Who may do what: both resolutions by the tables of the API documentation (posthog-api-access.md 3.5, 3.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.organization import ID, Organization
from pulumi_posthog import config
from pulumi_posthog.kinds.access_rule import TYPES
from pulumi_posthog.reconcile.access import (
    THE_PROJECT,
    Person,
    Picture,
    Rule,
    accesses,
    changes,
    default_of,
    picture,
    resolved,
)
from pulumi_posthog.reconcile.access_of_file import applied

BO = Person("bo@acme.io", "member", frozenset({"Analysts", "Support"}))


def rules(resource: str, **levels: str) -> list[Rule]:
    subjects = {
        "everyone": ("everyone", ""),
        "analysts": ("role", "Analysts"),
        "support": ("role", "Support"),
        "sales": ("role", "Sales"),
        "bo": ("member", "Bo@acme.io"),
        "cy": ("member", "cy@acme.io"),
    }
    return [Rule("Web", resource, *subjects[name], level) for name, level in levels.items()]


@pytest.mark.parametrize(
    ("resource", "stored", "legacy", "newer"),
    [
        # No rule: the built-in default. Rules of others say nothing.
        (THE_PROJECT, {}, "admin", "admin"),
        (THE_PROJECT, {"sales": "none", "cy": "none"}, "admin", "admin"),
        ("dashboard", {}, "editor", "editor"),
        ("toolbar", {}, "viewer", "viewer"),
        # A project: the highest of the own rule and the roles', else everyone's; the newer one takes the nearest.
        (THE_PROJECT, {"everyone": "none"}, "none", "none"),
        (THE_PROJECT, {"everyone": "none", "analysts": "member"}, "member", "member"),
        (THE_PROJECT, {"everyone": "member", "analysts": "none"}, "none", "none"),
        (THE_PROJECT, {"analysts": "member", "support": "admin"}, "admin", "admin"),
        (THE_PROJECT, {"bo": "member", "support": "admin"}, "admin", "member"),
        (THE_PROJECT, {"bo": "none", "support": "admin", "everyone": "member"}, "admin", "none"),
        # A type: everyone's rule counts among the others, so that none of them lowers it.
        ("dashboard", {"everyone": "editor", "analysts": "viewer"}, "editor", "viewer"),
        ("dashboard", {"analysts": "viewer"}, "viewer", "viewer"),
        ("dashboard", {"everyone": "none", "bo": "manager"}, "manager", "manager"),
        ("dashboard", {"bo": "none", "analysts": "editor", "everyone": "viewer"}, "editor", "none"),
    ],
)
def test_the_legacy_resolution_takes_the_highest_and_the_newer_one_the_nearest(
    resource, stored, legacy, newer
):
    assert resolved(BO, resource, rules(resource, **stored))[:2] == (legacy, newer)


@pytest.mark.parametrize("level", ["admin", "owner"])
@pytest.mark.parametrize(
    ("resource", "highest"), [(THE_PROJECT, "admin"), ("dashboard", "manager"), ("toolbar", "viewer")]
)
def test_organization_admins_stand_above_all_rules(level, resource, highest):
    person = Person("ada@acme.io", level)

    found = resolved(person, resource, rules(resource, everyone="none"))

    assert found == (highest, highest, (f"organization {level}",))


def test_why_names_each_rule_that_applies_the_nearest_first():
    found = resolved(
        BO, THE_PROJECT, rules(THE_PROJECT, everyone="none", analysts="member", bo="admin", cy="none")
    )

    assert found[2] == ("member Bo@acme.io: admin", "role Analysts: member", "everyone: none")


def test_whoever_does_not_see_a_project_does_nothing_in_it():
    those = [*rules(THE_PROJECT, everyone="none"), *rules("dashboard", bo="manager")]
    found = Picture({"BO": BO}, ("Web",), {rule.key: rule for rule in those})

    assert [(each.resource, each.legacy, each.newer) for each in accesses(found)] == [
        (THE_PROJECT, "none", "none"),
        ("dashboard", "none", "none"),
    ]


def test_every_type_has_a_default_that_is_within_its_levels():
    assert {name: default_of(name) for name in TYPES} == {name: levels[0] for name, levels in TYPES.items()}


# -- from PostHog, and from a file -----------------------------------------------------------------------------


def organization() -> Organization:
    it = Organization({"ada@acme.io": 15, "bo@acme.io": 1, "cy@acme.io": 1})
    role = it.role("Analysts", "bo@acme.io")
    it.rule(1, "none")
    it.rule(1, "member", role=role)
    it.rule(1, "viewer", "dashboard", organization_member="m-cy@acme.io")
    return it


def test_a_picture_is_what_posthog_has_by_names():
    found = picture(organization().live)

    assert [(each.address, each.level, sorted(each.roles)) for each in found.people.values()] == [
        ("ada@acme.io", "owner", []),
        ("bo@acme.io", "member", ["Analysts"]),
        ("cy@acme.io", "member", []),
    ]
    assert sorted(str(each) for each in found.rules.values()) == [
        "everyone: none",
        "member cy@acme.io: viewer",
        "role Analysts: member",
    ]


FILE = f"""organization: {{host: "https://eu.posthog.com", id: {ID}}}
members:
  bo@acme.io: absent
  cy@acme.io: admin
  eve@acme.io: {{level: member, projects: {{Web: admin}}}}
roles:
  Analysts: {{members: [eve@acme.io]}}
projects:
  Web:
    access: {{everyone: member}}
"""


def test_a_file_tells_who_gains_and_who_loses_what_before_it_is_applied(tmp_path: Path):
    (tmp_path / "posthog.yaml").write_text(FILE)
    desired = config.load(tmp_path / "posthog.yaml", environment={}, offline=True)
    before = picture(organization().live)
    after = applied(before, desired)

    found = changes(accesses(before), accesses(after))

    told = [
        (
            each.either.person.address,
            each.either.resource,
            "gains" if each.gains else "loses",
            each.before and each.before.legacy,
            each.after and each.after.legacy,
        )
        for each in found
    ]
    assert told == [
        ("bo@acme.io", "project", "loses", "member", None),
        ("bo@acme.io", "dashboard", "loses", "editor", None),
        ("cy@acme.io", "project", "gains", "none", "admin"),
        ("cy@acme.io", "dashboard", "gains", "none", "manager"),
        ("eve@acme.io", "project", "gains", None, "admin"),
        ("eve@acme.io", "dashboard", "gains", None, "editor"),
    ]
    (eve,) = accesses(after, member="eve@acme.io", resources=["project"])
    assert (eve.person.roles, eve.person.invited) == (frozenset({"Analysts"}), True)


def test_what_lacks_in_the_plan_and_what_an_older_server_does_not_have_is_told():
    it = organization()
    it.features = [{"key": "access_control"}]

    assert picture(it.live).lacks == ("role_based_access",)


def test_an_organization_of_a_thousand_is_read_with_two_requests_for_each_project():
    it = Organization({"ada@acme.io": 15, **{f"p{number}@acme.io": 1 for number in range(999)}})
    roles = [it.role(f"Role {number}", f"p{number}@acme.io") for number in range(50)]
    it.projects = [
        {"id": number, "uuid": f"p-{number}", "name": f"Project {number}"} for number in range(1, 51)
    ]
    for project in range(1, 51):
        for role in roles[:5]:
            it.rule(project, "member", role=role)
            it.rule(project, "viewer", "dashboard", role=role)

    found = picture(it.live)
    rows = sum(1 for _ in accesses(found, resources=["project"]))

    assert (len(found.rules), rows) == (500, 50_000)
    assert sum(it.asked.values()) <= 5 + 2 * 50, it.asked
