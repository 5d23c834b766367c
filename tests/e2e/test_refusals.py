"""What PostHog refuses although the file is good: quoted, with the object and the line that it came from."""

import pytest

pytestmark = pytest.mark.e2e


def refused(stack, text, *said):
    stack.write(text)
    run = stack.up()
    assert run.status != 0
    assert "Traceback" not in run.text
    for words in said:
        assert words in run.text, run.text
    return run


def test_a_field_that_posthog_refuses_is_quoted_with_its_line(stack):
    refused(
        stack,
        "projects:\n  Web:\n    timezone: UTC\n    app_urls:\n      - https://acme.io\n      - https://*.io\n",
        'posthog.yaml:7:5: project "Web": PATCH ',
        "wildcard",
    )


def test_a_plan_that_allows_no_more_projects_is_quoted_with_the_project(stack):
    organization = stack.posthog.organization
    stack.posthog.call("PATCH", "/_sandbox/settings", {"age": 2025})
    key = stack.posthog.call("POST", "/_sandbox/keys", {"user": "bo@acme.io"})["key"]
    stack.environment["POSTHOG_PERSONAL_API_KEY"] = key

    refused(
        stack,
        "x-a: 1\nprojects:\n  Web:\n    timezone: UTC\n",
        f'posthog.yaml:6:3: project "Web": POST /api/organizations/{organization}/projects/: ',
        "access level is insufficient",
    )

    assert stack.posthog.project("Web") is None


MAILS = """\
projects:
  Web:
    timezone: UTC
    pipeline_destinations:
      Mails:
        plugin: Customer.io
        order: 1
        config: {customerioSiteId: !env SNOWFLAKE_PASSWORD, customerioToken: !env SNOWFLAKE_PASSWORD}
"""
NO_NEW_ONES = (
    'pipeline destination "Web/Mails": this pipeline destination does not exist, and PostHog makes no new ones since',
    "hint: declare it under `hog_functions` in its place",
)


@pytest.mark.parametrize("there", [False, True], ids=["of a new project", "of a project that exists"])
def test_a_preview_refuses_a_new_legacy_destination_and_nothing_is_made_instead(stack, there):
    if there:
        stack.write("projects:\n  Web:\n    timezone: UTC\n")
        assert stack.up().status == 0
    stack.write(MAILS)
    stack.posthog.count_anew()

    for run in (stack.preview(), stack.up()):
        assert run.status != 0
        assert "posthog.yaml:8:7" in run.text
        for words in NO_NEW_ONES:
            assert words in run.text, run.text

    # A run without a preview gets as far as the project.
    assert {path.rpartition("/api/")[2].partition("/")[0] for path in stack.posthog.writes()} <= {
        "organizations"
    }


def test_a_legacy_destination_that_exists_is_taken_over_changed_and_deleted_where_no_new_ones_are_made(stack):
    stack.posthog.allow_legacy_destinations()
    stack.write(MAILS)
    assert stack.up().status == 0
    stack.posthog.call("PATCH", "/_sandbox/settings", {"legacy_destinations": False})
    path = f"/api/projects/{stack.posthog.project('Web')['id']}/pipeline_destination_configs/"
    (made,) = stack.posthog.all(path)

    stack.write(MAILS.replace("order: 1", "order: 2"))
    changed = stack.up()
    urn = next(urn for urn in stack.state() if "PipelineDestination" in urn)
    assert stack.pulumi("state", "delete", urn, "--yes").status == 0
    again = stack.up()
    (kept,) = stack.posthog.all(path)
    stack.write("projects:\n  Web:\n    timezone: UTC\n")
    gone = stack.up()

    assert (changed.status, again.status, gone.status) == (0, 0, 0), changed.text + again.text + gone.text
    assert (kept["id"], kept["order"]) == (made["id"], 2)
    assert stack.posthog.all(path) == []


def test_another_plugin_for_a_legacy_destination_is_refused_before_the_old_one_is_deleted(stack):
    stack.posthog.allow_legacy_destinations()
    stack.write(MAILS)
    assert stack.up().status == 0
    stack.posthog.call("PATCH", "/_sandbox/settings", {"legacy_destinations": False})
    path = f"/api/projects/{stack.posthog.project('Web')['id']}/pipeline_destination_configs/"
    before = stack.posthog.all(path)
    stack.write(
        MAILS[: MAILS.index("        plugin:")]
        + "        plugin: https://github.com/PostHog/snowflake-export-plugin\n"
        + "        config: {account: acme, username: ana, database: orders}\n"
    )

    for run in (stack.preview(), stack.up()):
        assert run.status != 0
        for words in NO_NEW_ONES:
            assert words in run.text, run.text

    assert stack.posthog.all(path) == before
