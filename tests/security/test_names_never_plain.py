"""A proposed file asks for variables of the run that would apply it."""

from __future__ import annotations

import pytest

from pulumi_posthog.values.variables import is_never_plain

KEY = "phx_invented_for_this_test_0123456789"
ENVIRONMENT = {
    "POSTHOG_PERSONAL_API_KEY": KEY,
    "PULUMI_CONFIG_PASSPHRASE": "seven-invented-words",
    "GITHUB_TOKEN": "ghs_invented",
    "SNOWFLAKE": "hush-invented",
    "COPIED": f"https://x.io/?k={KEY}",
    "COPY": KEY,
    "ZONE": "Europe/Berlin",
}
SNOWFLAKE = "pipeline_destinations: {S: {plugin: Snowflake, config: {password: !env SNOWFLAKE}}}"
OURS = "which belongs to the run that applies this file\n  hint: nothing in a configuration may send it: take it out"
SHOWN = (
    "this field is not secret, and variables of such names are\n"
    "  hint: write the text itself, or put what may be shown into a variable with a name of your own"
)

PLACES = {
    "a text": ("projects: {Web: {product_description: !env %s}}", 39, 'product_description of project "Web"'),
    "an item": ("projects: {Web: {app_urls: [!env %s]}}", 29, 'app_urls[0] of project "Web"'),
    "within a value": (
        "projects: {Web: {session_recording_linked_flag: {key: !env %s}}}",
        55,
        'session_recording_linked_flag.key of project "Web"',
    ),
    "an id": ("roles: {A: {id: !env %s}}", 17, 'id of role "A"'),
    "a member": ("roles: {A: {members: [!env %s]}}", 23, 'members[0] of role "A"'),
    "an additive member": (
        "roles: {A: {members: {mode: additive, items: [!env %s]}}}",
        47,
        'members.items[0] of role "A"',
    ),
    "an earlier name": ("roles: {A: {previously: !env %s}}", 25, 'previously of role "A"'),
    "a person": (
        "projects: {Web: {persons: {absent: [!env %s]}}}",
        37,
        'persons.absent[0] of project "Web"',
    ),
    "a query": (
        "projects: {Web: {checks: {c: {query: !env %s, expect: '> 0'}}}}",
        38,
        'checks.c.query of project "Web"',
    ),
    "a plugin": (
        "projects: {Web: {pipeline_destinations: {S: {plugin: !env %s}}}}",
        54,
        'plugin of pipeline destination "S"',
    ),
    "a default": (
        "projects: {Web: {product_description: !env [UNSET, !env %s]}}",
        52,
        'product_description of project "Web"',
    ),
    "with a default": (
        "projects: {Web: {product_description: !env [%s, x]}}",
        None,
        'product_description of project "Web"',
    ),
}


@pytest.mark.parametrize("offline", [False, True], ids=["applied", "only validated"])
@pytest.mark.parametrize("name", ["POSTHOG_PERSONAL_API_KEY", "PULUMI_CONFIG_PASSPHRASE", "GITHUB_TOKEN"])
@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_is_never_plain_is_refused_at_its_place(proposed, place, name, offline):
    text, column, subject = PLACES[place]

    said = proposed.refused(text % name + "\n", ENVIRONMENT if not offline else {}, offline=offline)

    wrong = f"would show {name}: {SHOWN}" if name == "GITHUB_TOKEN" else f"takes {name}, {OURS}"
    where = f"posthog.yaml:2:{column}: " if column else "posthog.yaml:2:"
    mine = [line for line in said if line.startswith(where) and line.endswith(f"{subject} {wrong}")]
    assert len(mine) == 1, said
    assert not any(value in "\n".join(said) for value in ENVIRONMENT.values())


@pytest.mark.parametrize("key", ["host", "id"])
def test_the_address_takes_none_either(proposed, key):
    address = {
        "host": "https://eu.posthog.com",
        "id": "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c",
        key: "!env GITHUB_TOKEN",
    }
    header = f"organization: {{host: {address['host']}, id: {address['id']}}}\n"

    said = proposed.refused("roles: {A: {}}\n", ENVIRONMENT, header=header)

    assert any(f"organization.{key} would show GITHUB_TOKEN: {SHOWN}" in line for line in said)


@pytest.mark.parametrize("name", ["POSTHOG_PERSONAL_API_KEY", "PULUMI_CONFIG_PASSPHRASE"])
def test_what_applies_the_file_is_no_secret_of_a_destination_either(proposed, name):
    text = f"projects: {{Web: {{{SNOWFLAKE.replace('SNOWFLAKE', name)}}}}}\n"

    said = proposed.refused(text, ENVIRONMENT)

    assert said == [f'posthog.yaml:2:84: config.password of pipeline destination "S" takes {name}, {OURS}']


def test_a_variable_of_a_ci_may_be_a_secret_of_a_destination(proposed):
    text = f"projects: {{Web: {{{SNOWFLAKE.replace('SNOWFLAKE', 'AWS_SECRET_ACCESS_KEY')}}}}}\n"

    proposed(text, {"AWS_SECRET_ACCESS_KEY": "hush-invented"})


@pytest.mark.parametrize("offline", [False, True], ids=["applied", "only validated"])
def test_what_the_file_uses_as_a_secret_is_shown_nowhere_else(proposed, offline):
    text = f"projects:\n  Web:\n    product_description: !env SNOWFLAKE\n    {SNOWFLAKE}\n"

    said = proposed.refused(text, {} if offline else ENVIRONMENT, offline=offline)

    assert said == [
        'posthog.yaml:4:26: product_description of project "Web" would show SNOWFLAKE, which is used as a secret at'
        " posthog.yaml:5:71\n  hint: use another variable here, or write the text itself"
    ]


def test_the_key_itself_is_refused_under_any_name(proposed):
    text = f"""\
projects:
  Web:
    product_description: !env COPIED
    app_urls: ["https://x.io/{KEY}"]
    pipeline_destinations: {{"S {KEY}": {{plugin: Snowflake, config: {{password: !env COPY}}}}}}
"""

    said = proposed.refused(text, ENVIRONMENT)

    revoke = "\n  hint: take it out, delete the key in PostHog and make a new one: it has been in a file"
    sent = "would send the API key of this run, which !env {} holds\n  hint: give the variable another value"
    assert said == [
        f'posthog.yaml:4:26: product_description of project "Web" {sent.format("COPIED")}',
        f'posthog.yaml:5:16: the API key of this run is in app_urls[0] of project "Web"{revoke}',
        f'posthog.yaml:6:29: the API key of this run is in pipeline destination "..."{revoke}',
        f'posthog.yaml:6:111: config.password of pipeline destination "..." {sent.format("COPY")}',
    ]


def test_a_run_may_add_names_and_take_none_away(proposed):
    text = "projects: {Web: {product_description: !env HOOK, slack_incoming_webhook: !env ACME_HOOK}}\n"
    more = {"HOOK": "x", "ACME_HOOK": "https://hooks.acme.io", "POSTHOG_NEVER_PLAIN": "acme_*, HOOK"}

    said = proposed.refused(text, more)

    assert [line.partition("\n")[0] for line in said][:1] == [
        'posthog.yaml:2:39: product_description of project "Web" would show HOOK: this field is not secret,'
        " and variables of such names are"
    ]
    assert is_never_plain("GITHUB_TOKEN", ())


def test_a_list_of_names_that_cannot_be_understood_is_refused(proposed):
    said = proposed.refused("roles: {A: {}}\n", {"POSTHOG_NEVER_PLAIN": "ACME-*"})

    assert said == [
        "POSTHOG_NEVER_PLAIN is not a list of variables: names of letters, digits and underscores, with * for anything,"
        " and at most 100 of them"
    ]


@pytest.mark.parametrize("name", ["ZONE", "POSTHOG_HOST", "POSTHOG_ORGANIZATION_ID", "SITE_URL"])
def test_other_variables_stand_anywhere(proposed, name):
    proposed(f"projects: {{Web: {{product_description: !env {name}}}}}\n", {name: "https://eu.posthog.com"})


def test_a_secret_of_the_stack_in_a_plain_field_is_not_answered_with_another_way_to_show_it(proposed):
    said = proposed.refused("projects: {Web: {product_description: !secret password}}\n", {}, offline=True)

    assert said == [
        'posthog.yaml:2:39: product_description of project "Web" is not a secret to PostHog: everybody in the project'
        " can read it there\n  hint: take it out; a value that is not secret is written as it is"
    ]
