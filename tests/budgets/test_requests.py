"""How many requests a run without changes may send: by collections and pages, never by objects."""

import pytest

PLUGIN = "https://github.com/PostHog/snowflake-export-plugin"


def roles(posthog, count):
    posthog.call("POST", "/_sandbox/bulk", {"members": 50, "roles": count})
    path = f"/api/organizations/{posthog.organization}/roles/"
    emails = {
        role["name"]: role["members"][0]["user"]["email"]
        for role in posthog.all(path if count < 100 else f"{path}?limit=10000")
        if role["name"].startswith("Role ")
    }
    return "roles:\n" + "".join(f"  {name}:\n    members: [{email}]\n" for name, email in emails.items())


def projects(count, destinations):
    config = "{account: acme, username: exporter, database: ORDERS, dbschema: PUBLIC}"
    return "projects:\n" + "".join(
        f"  Project {number}:\n    timezone: Europe/Berlin\n    file_system: {{Reports: {{type: folder}}}}\n"
        "    pipeline_destinations:\n"
        + "".join(
            f"      Destination {place}: {{plugin: {PLUGIN}, order: {place}, config: {config}}}\n"
            for place in range(1, destinations + 1)
        )
        for number in range(count)
    )


def released(flags: int, cohorts: int, actions: int) -> str:
    """A project with flags for cohorts, and actions."""
    person = "{type: person, key: plan, operator: exact, value: [pro]}"
    criteria = f"{{properties: {{type: OR, values: [{{type: AND, values: [{person}]}}]}}}}"
    among = "{type: cohort, key: id, operator: in, value: !ref cohort/C%d}"
    return "projects:\n  Web:\n" + "".join(
        (
            "    cohorts:\n",
            *(f"      C{number}: {{filters: {criteria}}}\n" for number in range(cohorts)),
            "    actions:\n",
            *(f"      A{number}: {{steps: [{{event: paid}}]}}\n" for number in range(actions)),
            "    feature_flags:\n",
            *(
                f"      f{number}: {{filters: {{groups: [{{properties: [{among % (number % cohorts)}]}}]}}}}\n"
                for number in range(flags)
            ),
        )
    )


def charted(posthog, insights: int, annotations: int, dashboards: int, alerts: int) -> str:
    """A project with insights, half of the dashboards with some of them, annotations of both, alerts, subscriptions."""
    query = "{kind: InsightVizNode, source: {kind: TrendsQuery, series: [{event: paid}]}}"
    bounds = "{configuration: {type: absolute, bounds: {lower: 10}}}"
    about = ("", ", scope: dashboard_item, dashboard_item: I0")
    # More than the plan lets a key make.
    posthog.call("POST", "/_sandbox/bulk", {"alerts": alerts})
    project = posthog.info["projects"][0]
    watched = posthog.call("GET", f"/api/projects/{project['id']}/alerts/?limit=1000")["results"]
    return f"projects:\n  {project['name']}:\n" + "".join(
        (
            "    insights:\n",
            *(f"      I{number}: {{query: {query}}}\n" for number in range(insights)),
            "    dashboards:\n",
            *(
                f"      D{number}: {f'{{tiles: [{{insight: I{number}}}]}}' if number % 2 else '{pinned: true}'}\n"
                for number in range(dashboards)
            ),
            "    alerts:\n",
            *(
                f"      {each['name']}: {{id: {each['id']}, insight: I0, condition: {{type: absolute_value}},"
                f" threshold: {bounds},"
                " config: {type: TrendsAlertConfig, series_index: 0}, subscribed_users: [ana@acme.io]}\n"
                for each in watched
            ),
            "    subscriptions:\n",
            *(
                f"      S{number}: {{insight: I{number}, target_type: email, target_emails: [ana@acme.io],"
                " frequency: daily, start_date: 2026-01-05}\n"
                for number in range(alerts)
            ),
            "    annotations:\n",
            *(
                f"      N{number}: {{date_marker: 2026-03-01{about[number % 2]}}}\n"
                for number in range(annotations)
            ),
        )
    )


def test_500_insights_100_alerts_and_as_many_annotations_cost_one_list_of_each_and_50_dashboards_what_is_on_them(
    posthog, requests_of_a_preview
):
    few = requests_of_a_preview(posthog, charted(posthog, 2, 2, 2, 2))
    posthog.call("POST", "/_sandbox/reset")

    # One more for each dashboard of which more is declared than its list has.
    # Alerts, subscriptions, and the members who are told, cost one list each.
    assert requests_of_a_preview(posthog, charted(posthog, 500, 110, 50, 100)) == few + 24 <= 4 + 6 + 25


def test_hundreds_of_flags_cohorts_and_actions_cost_one_list_of_each(
    posthog, requests_of_a_preview, monkeypatch
):
    few = requests_of_a_preview(posthog, released(2, 2, 2))
    posthog.call("POST", "/_sandbox/reset")

    # Flags have a list of their own for those that are archived.
    assert requests_of_a_preview(posthog, released(210, 110, 110)) == few <= 4 + 4


# Servers before 2026 take no parameter for this list, so that more than a page of roles is more than they can tell.
@pytest.mark.parametrize(("age", "count"), [("2024", 90), ("2025", 90), ("2026", 200)])
def test_hundreds_of_roles_and_their_members_cost_three(started, requests_of_a_preview, age, count):
    posthog = started("--age", age)
    text = roles(posthog, count)

    # The members, which answer for the organization, too; the roles, and again in one page where they are many.
    assert requests_of_a_preview(posthog, text) <= 3


def test_more_roles_cost_only_more_pages(sandboxes, requests_of_a_preview):
    few, many = sandboxes(), sandboxes()
    small, large = roles(few, 20), roles(many, 1_100)

    # The first page tells how many there are; the others are of a thousand. And so for the members.
    assert requests_of_a_preview(many, large) <= requests_of_a_preview(few, small) + 2


@pytest.mark.usefixtures("legacy_destinations")
@pytest.mark.parametrize("count", [2, 6])
def test_projects_cost_at_most_three_each_and_four(posthog, requests_of_a_preview, count):
    text = projects(count, destinations=3)

    assert requests_of_a_preview(posthog, text) <= 4 + 3 * count


def test_objects_in_a_project_cost_nothing_more(started, requests_of_a_preview):
    few, many = (
        requests_of_a_preview(started("--legacy-destinations"), projects(2, destinations=number))
        for number in (1, 12)
    )

    assert few == many
