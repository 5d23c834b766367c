"""`access` and `resource_access` of a project: one entry for each rule, and what is wrong with a rule at its place."""

from pulumi_posthog.reconcile.limits import managed
from pulumi_posthog.reconcile.path import path_of

RULES = """projects:
  Web:
    access: {everyone: none, roles: {Analysts: admin}, members: {ana@acme.io: member}}
    resource_access:
      dashboard: {everyone: viewer, members: {ana@acme.io: editor}}
"""


def test_each_level_is_a_rule_and_what_holds_for_everyone_comes_last(load):
    desired = load(RULES + "roles: {Analysts: {}}\n")

    rules = [entry for entry in desired.entries if entry.kind.grants]
    assert [(entry.name, dict(entry.fields)) for entry in rules] == [
        ("Web/roles/Analysts", {"role": "!ref role/Analysts", "access_level": "admin"}),
        ("Web/members/ana@acme.io", {"member": "ana@acme.io", "access_level": "member"}),
        ("Web/everyone", {"access_level": "none"}),
        (
            "Web/dashboard/members/ana@acme.io",
            {"resource": "dashboard", "member": "ana@acme.io", "access_level": "editor"},
        ),
        ("Web/dashboard/everyone", {"resource": "dashboard", "access_level": "viewer"}),
    ]
    assert path_of(rules[0], desired) == "projects.Web.access.roles.Analysts"
    assert path_of(rules[4], desired) == "projects.Web.resource_access.dashboard.everyone"


def test_a_role_that_is_renamed_takes_its_rules_along_and_nothing_counts_as_removed(load):
    before = load(RULES + "roles: {Analysts: {}}\n")
    after = load(RULES.replace("Analysts", "Data team") + "roles: {Data team: {previously: Analysts}}\n")

    rule = after.by_name["project_access_rule", "Web/roles/Data team"]
    assert rule.previously == ("Web/roles/Analysts",)
    kept = managed(before)["project_access_rule"]["Web"]["Web/roles/Analysts"]
    assert managed(after)["project_access_rule"]["Web"]["Web/roles/Data team"] == kept


def test_a_project_that_is_renamed_takes_its_rules_along(load):
    desired = load(RULES.replace("  Web:\n", "  Shop:\n    previously: Web\n") + "roles: {Analysts: {}}\n")

    assert desired.by_name["project_access_rule", "Shop/everyone"].previously == ("Web/everyone",)


def test_a_wrong_level_type_or_person_is_told_at_its_place(load):
    problems = load.problems(
        """projects:
  Web:
    access: {everyone: editor, members: {ana: admin}}
    resource_access:
      dashbord: {everyone: viewer}
      warehouse_view: {everyone: none}
      activity_log: {everyone: editor}
"""
    )

    assert [str(each).partition("\n")[0] for each in problems] == [
        'posthog.yaml:6:24: access.everyone of project "Web" must be one of "none", "member", "admin", not "editor"',
        'posthog.yaml:6:42: access.members.ana of project "Web" must be an e-mail address',
        'posthog.yaml:8:7: resource_access of project "Web" has no key "dashbord"',
        'posthog.yaml:9:7: "warehouse_view" of resource_access of project "Web" has no effect: PostHog follows the'
        " rules of warehouse_objects",
        'posthog.yaml:10:32: resource_access.activity_log.everyone of project "Web" must be one of "none",'
        ' "viewer", not "editor"',
    ]


def test_a_project_that_is_opened_for_nobody_is_said(load):
    closed = load("projects: {Web: {access: {everyone: none}}}\n")
    opened = load("projects: {Web: {access: {everyone: none, members: {ana@acme.io: member}}}}\n")

    assert closed.notes == (
        'posthog.yaml:4:27: project "Web" is hidden from everyone, and no rule here opens it: only organization'
        " admins, and whoever a rule in PostHog names, can use it",
    )
    assert opened.notes == ()
