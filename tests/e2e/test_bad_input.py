"""Whatever is wrong with the input: one clear message that says what to do, no traceback, nothing written."""

from collections.abc import Iterator

import pytest

from harness.sandbox import Sandbox
from harness.stack import Stack

pytestmark = pytest.mark.e2e

GOOD = "roles:\n  Analysts:\n    members: [ana@acme.io]\n"


@pytest.fixture(scope="module")
def one_for_all(tmp_path_factory) -> Iterator[Stack]:
    """One sandbox and stack for all tests here: nothing is ever written."""
    with Sandbox() as posthog:
        yield Stack(
            tmp_path_factory.mktemp("bad") / "stack", posthog, SNOWFLAKE_PASSWORD="hush-hush-very-secret"
        )


@pytest.fixture
def untouched(one_for_all) -> Iterator[Stack]:
    """That stack, with its environment and settings as they were."""
    environment = dict(one_for_all.environment)
    yield one_for_all
    one_for_all.environment = environment
    (one_for_all.folder / "Pulumi.test.yaml").unlink(missing_ok=True)


def assert_told(stack, *texts, run=None):
    stack.posthog.count_anew()
    run = run or stack.up("--continue-on-error")
    assert run.status != 0, run.text
    assert "Traceback" not in run.text, run.text
    for text in texts:
        assert text in run.text, run.text
    assert stack.posthog.writes() == {}


def test_a_preview_tells_the_same(untouched):
    untouched.write("roles:\n  Analysts:\n    colour: red\n")

    assert_told(untouched, "posthog.yaml:6:5:", "colour", run=untouched.preview())


def test_three_mistakes_are_told_at_once_with_their_places(untouched):
    untouched.write(
        "projects:\n  Web:\n    timezone: Europe/Berln\n    colour: red\nroles:\n  Analysts:\n    members: ana\n"
    )

    assert_told(
        untouched,
        "posthog.yaml:6:15:",
        "Europe/Berlin",
        "posthog.yaml:7:5:",
        "colour",
        "posthog.yaml:10:14:",
    )


def test_an_unknown_member_is_pointed_at(untouched):
    untouched.write("roles:\n  Analysts:\n    members:\n      - ana@acme.io\n      - anna@acme.io\n")

    assert_told(untouched, "posthog.yaml:8:9:", "anna@acme.io", "ana@acme.io")


def test_a_plugin_that_is_not_installed_is_pointed_at(untouched):
    untouched.write(
        "projects:\n  Web:\n    pipeline_destinations:\n      Orders:\n        plugin: https://github.com/PostHog/no\n"
    )

    assert_told(untouched, "posthog.yaml:8:9:", "https://github.com/PostHog/no", "Snowflake")


def test_a_plugin_of_another_family_is_pointed_at(untouched):
    untouched.write(
        "projects:\n  Web:\n    pipeline_destinations:\n      Place:\n        plugin: GeoIP\n        config: {}\n"
    )

    assert_told(untouched, "posthog.yaml:8:9:", "GeoIP")


def test_a_wrong_key_is_told(untouched):
    untouched.write(GOOD)
    untouched.environment["POSTHOG_PERSONAL_API_KEY"] = "phx_wrong"

    assert_told(untouched, "401", "key")


def test_a_missing_key_is_told(untouched):
    untouched.write(GOOD)
    del untouched.environment["POSTHOG_PERSONAL_API_KEY"]

    assert_told(untouched, "POSTHOG_PERSONAL_API_KEY")


def test_a_missing_secret_is_pointed_at(untouched):
    del untouched.environment["SNOWFLAKE_PASSWORD"]
    untouched.write(
        "projects:\n  Web:\n    pipeline_destinations:\n      Orders:\n        plugin: Customer.io\n"
        "        config: {customerioSiteId: !env SNOWFLAKE_PASSWORD}\n"
    )

    assert_told(untouched, "posthog.yaml:9:", "SNOWFLAKE_PASSWORD")


def test_a_host_that_does_not_answer_is_told(untouched):
    untouched.write(GOOD)
    untouched.environment["POSTHOG_HOST"] = "http://127.0.0.1:9"

    assert_told(untouched, "127.0.0.1")


def test_plain_http_to_another_machine_is_refused(untouched):
    untouched.write(GOOD)
    untouched.environment["POSTHOG_HOST"] = "http://posthog.example"

    assert_told(untouched, "https")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("maxRemovals", "many"), ("allowRemovals", "roles=3"), ("file", "nowhere.yaml")],
)
def test_a_setting_that_makes_no_sense_is_named(untouched, setting, value):
    untouched.write(GOOD)
    untouched.set(setting, value)

    assert_told(untouched, value)


def test_a_budget_that_makes_no_sense_is_named(untouched):
    untouched.write(GOOD)
    untouched.environment["POSTHOG_REQUESTS_PER_MINUTE"] = "0"

    assert_told(untouched, "POSTHOG_REQUESTS_PER_MINUTE")


def test_deleting_a_project_takes_a_word_in_the_file_and_a_setting(stack):
    posthog = stack.posthog
    stack.write("projects:\n  Web:\n    timezone: UTC\n")
    assert stack.up().status == 0
    stack.write("projects:\n  Web:\n    state: absent\n")

    assert_told(stack, "pulumi config set posthog:allowDeletions project/Web")
    assert posthog.project("Web")

    stack.set("allowDeletions", "project/Web")
    run = stack.up()
    assert run.status == 0, run.text
    assert posthog.project("Web")["is_pending_deletion"] is True
    posthog.call("POST", "/_sandbox/deletions")
    posthog.count_anew()
    assert stack.up().changes == {"unchanged": 3}
    assert posthog.writes() == {}
