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


def test_a_server_that_makes_no_legacy_destinations_says_so_at_the_line(stack):
    stack.posthog.call("PATCH", "/_sandbox/settings", {"legacy_destinations": False})

    text = (
        "projects:\n  Web:\n    timezone: UTC\n    pipeline_destinations:\n"
        "      Mails:\n        plugin: Customer.io\n        config: {customerioSiteId: !env SNOWFLAKE_PASSWORD,"
        " customerioToken: !env SNOWFLAKE_PASSWORD}\n"
    )
    refused(
        stack,
        text,
        'posthog.yaml:8:7: pipeline destination "Web/Mails": PostHog made a hog function in place of this',
    )
    refused(
        stack,
        text.replace("Customer.io", "https://github.com/PostHog/bigquery-plugin").replace(
            "{customerioSiteId: !env SNOWFLAKE_PASSWORD, customerioToken: !env SNOWFLAKE_PASSWORD}",
            "{datasetId: a, tableId: b, googleCloudKeyJson: !file posthog.yaml}",
        ),
        'posthog.yaml:8:7: pipeline destination "Web/Mails": POST ',
        "Plugins can no longer be created",
    )
