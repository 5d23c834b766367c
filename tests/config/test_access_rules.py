"""`access` and `resource_access` of a project: one entry for each rule, and what is wrong with a rule at its place."""

from pulumi_posthog.reconcile.limits import managed
from pulumi_posthog.reconcile.path import path_of
from pulumi_posthog.stack.declarations import declarations

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
        " admins, and people whom a rule in PostHog names, can use it",
    )
    assert opened.notes == ()


BOARD = """projects:
  Web:
    dashboards:
      Board: {access: {everyone: none, roles: {Analysts: editor}}}
    insights:
      Board: {query: {kind: HogQLQuery, query: select 1}, access: {mode: exact, members: {ana@acme.io: manager}}}
roles: {Analysts: {}}
"""


def test_an_object_has_rules_of_its_own_which_are_about_it_and_no_other(load):
    desired = load(BOARD)

    rules = [entry for entry in desired.entries if entry.kind.attached]
    assert [(entry.name, entry.parent, dict(entry.fields)) for entry in rules] == [
        (
            "Web/Board/dashboard/roles/Analysts",
            "Web",
            {
                "resource": "dashboard",
                "resource_id": "!ref dashboard/Board",
                "role": "!ref role/Analysts",
                "access_level": "editor",
            },
        ),
        (
            "Web/Board/dashboard/everyone",
            "Web",
            {"resource": "dashboard", "resource_id": "!ref dashboard/Board", "access_level": "none"},
        ),
        (
            "Web/Board/insight/members/ana@acme.io",
            "Web",
            {
                "resource": "insight",
                "resource_id": "!ref insight/Board",
                "member": "ana@acme.io",
                "access_level": "manager",
            },
        ),
    ]
    assert path_of(rules[1], desired) == "projects.Web.dashboards.Board.access.everyone"
    assert [*desired.exact] == [("object_access_rule", "insight/Web/Board")]
    assert desired.notes == ()


def test_an_object_that_is_renamed_takes_its_rules_along_and_nothing_counts_as_removed(load):
    renamed = load(
        BOARD.replace("Board: {access: {everyone", "Launch: {previously: Board, access: {everyone")
    )

    rule = renamed.by_name["object_access_rule", "Web/Launch/dashboard/everyone"]
    assert rule.previously == ("Web/Board/dashboard/everyone",)
    kept = managed(load(BOARD))["object_access_rule"]["Web"]["Web/Board/dashboard/everyone"]
    assert managed(renamed)["object_access_rule"]["Web"]["Web/Launch/dashboard/everyone"] == kept


def test_grants_of_an_object_are_written_before_what_holds_for_everyone_and_after_the_object(load):
    follows = {each.name: each.follows for each in declarations(load(BOARD))}

    assert follows["Web/Board/dashboard/everyone"] == (
        ("dashboard", "Web/Board"),
        ("object_access_rule", "Web/Board/dashboard/roles/Analysts"),
    )


def test_a_wrong_level_of_an_object_and_an_object_without_rules_are_told_at_their_place(load):
    problems = load.problems(
        """projects:
  Web:
    actions:
      Paid: {steps: [{event: paid}], access: {everyone: none, members: {ana: editor}}}
    cohorts:
      Beta: {access: {everyone: viewer}}
    dashboards:
      Board: {access: {roles: {Analysts: admin}}}
"""
    )

    assert [str(each).partition("\n")[0] for each in problems] == [
        'posthog.yaml:7:57: access.everyone of action "Paid" must be one of "viewer", "editor", "manager", not "none"',
        'posthog.yaml:7:73: access.members.ana of action "Paid" must be an e-mail address',
        'posthog.yaml:9:14: access of cohort "Beta" is not managed here: PostHog has no access rules of single cohorts',
        'posthog.yaml:11:42: access.roles.Analysts of dashboard "Board" must be one of "none", "viewer", "editor",'
        ' "manager", not "admin"',
    ]


def test_one_person_in_two_spellings_is_refused_at_the_place_of_the_second_one(load):
    problems = load.problems(
        """projects:
  Web:
    access: {members: {ana@acme.io: member, Ana@acme.io: admin}}
    resource_access: {dashboard: {members: {ana@acme.io: viewer}}, insight: {members: {ANA@acme.io: viewer}}}
    dashboards: {Board: {access: {members: {ana@acme.io: viewer, ANA@acme.io: none}}}}
"""
    )

    assert [str(each).replace("\n", " ") for each in problems] == [
        'posthog.yaml:6:45: member "Ana@acme.io" has two rules in one place'
        "   hint: it is at posthog.yaml:6:24 already, in another spelling",
        'posthog.yaml:8:66: member "ANA@acme.io" has two rules in one place'
        "   hint: it is at posthog.yaml:8:45 already, in another spelling",
    ]
