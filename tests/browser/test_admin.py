"""Somebody changes things by hand in PostHog, and the next run of Pulumi finds exactly that and puts it right."""

import re

import pytest

from browser.page import AdminPage

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

DECLARED = """\
projects:
  Default project:
    timezone: Europe/Berlin
    week_start_day: 1
roles:
  Analysts:
    members: [ana@acme.io, bo@acme.io]
  Guests: {}
"""


@pytest.fixture
def declared(stack):
    """A stack with a project and two roles, applied."""
    stack.write(DECLARED)
    run = stack.up()
    assert run.status == 0, run.text
    return stack


def plan_of(run):
    """What a run did to whom, and its lines with a change, without the part that only retells what is live."""
    _, _, plan = run.text.partition("pulumi:pulumi:Stack: (same)")
    lines = [line.strip() for line in plan.partition("Resources:")[0].splitlines()]
    kinds = [match[1] for line in lines if (match := re.match(r"[~+-] posthog:index:(.*)", line))]
    changes = [line for line in lines if re.match(r"[~+-] ", line) and "posthog:" not in line]
    return sorted(kinds), sorted(re.sub(r" +", " ", line) for line in changes)


def test_the_first_page_has_every_object_under_posthogs_name(page):
    assert page.texts("#content-main tbody th, #content-main tr[class^=model-] th") == [
        # What people come to change stands first.
        "Projects",
        "Roles",
        "Role memberships",
        "Organization members",
        "Hog functions",
        "Pipeline configs (destinations, transformations, site apps)",
        "File system rows",
        "Access controls",
        "Actions",
        "Activity log",
        "Alerts",
        "Annotations",
        "Batch exports",
        "Cohorts",
        "Colour themes",
        "Dashboard tiles",
        "Dashboards",
        "Dashboards, insights, flags, ...",
        "Early access features",
        "Evaluations",
        "Event definitions",
        "Events",
        "Experiment holdouts",
        "Experiment saved metrics",
        "Experiments",
        "Exports",
        "Feature flag role access",
        "Feature flags",
        "File system shortcuts",
        "Group types",
        "Ingestion of sample events",
        "Insight variables",
        "Insights",
        "Integrations",
        "Mails",
        "Organization invites",
        "Organization resource access",
        "Organizations",
        "Personal API keys",
        "Persons",
        "Plugin attachments",
        "Plugins",
        "Project secret API keys",
        "Property definitions",
        "Queued deletions of events",
        "Reverse proxies",
        "Scheduled changes",
        "Subscriptions",
        "Surveys",
        "Texts of dashboards",
        "Users",
        "Verified domains",
        "Warehouse sources",
        "Warehouse tables",
        "Warehouse views",
    ]


def test_nobody_gets_in_with_another_password(browser, posthog):
    page = AdminPage(browser, posthog)

    page.log_in(password="guessed")

    assert "Please enter the correct username and password" in page.texts(".errornote")[0]
    page.open()
    assert page.texts("#content-main th") == []


def test_a_name_that_is_taken_is_refused_beside_its_field(page):
    page.open("Roles", "ADD ROLE")
    page.choose("organization", "Acme")
    page.fill("name", "Engineering")

    assert "already exists" in page.save()


def test_what_somebody_changes_by_hand_is_found_and_healed(declared, page):
    posthog = declared.posthog
    page.open("Roles", "Analysts")
    page.fill("name", "Readers")
    assert page.save() == "The Role “Readers” was changed successfully."
    page.open("Projects", "Default project")
    page.choose("timezone", "Asia/Tokyo")
    assert page.save() == "The Project “Default project” was changed successfully."
    page.open("Role memberships", "ADD ROLE MEMBERSHIP")
    page.choose("role", "Readers")
    page.choose("user", "dee@acme.io")
    assert page.save() == "The Role membership “dee@acme.io is Readers” was added successfully."

    preview = declared.preview()

    assert plan_of(preview) == (
        ["Project: (update)", "Role: (update)", "RoleMembers: (update)"],
        [
            '- dee@acme.io: "member"',
            "~ members: {",
            '~ name: "Readers" => "Analysts"',
            '~ timezone: "Asia/Tokyo" => "Europe/Berlin"',
        ],
    ), preview.text
    assert preview.changes == {"update": 3, "unchanged": 3}

    up = declared.up()

    assert (up.status, up.changes) == (0, {"updated": 3, "unchanged": 3}), up.text
    assert plan_of(up) == plan_of(preview)
    assert posthog.members("Analysts") == ["ana@acme.io", "bo@acme.io"]
    assert posthog.project("Default project")["timezone"] == "Europe/Berlin"
    assert declared.preview().changes == {"unchanged": 6}
    page.open("Roles")
    assert sorted(page.texts("#result_list .field-name")) == ["Analysts", "Engineering", "Guests"]
