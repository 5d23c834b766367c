"""Desired, what PostHog has -> Desired with e-mails and plugins looked up."""

import pytest

from pulumi_posthog.reconcile import references
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.secret_text import SecretText

MEMBERS = [
    {"user": {"email": email, "uuid": email[:2]}} for email in ("Ana@acme.io", "bo@acme.io", "cy@acme.io")
]
SNOWFLAKE = {
    "id": 1,
    "name": "Snowflake Export",
    "url": "https://github.com/PostHog/snowflake-export-plugin",
    "capabilities": {"methods": ["onEvent"], "jobs": [], "scheduled_tasks": []},
    "config_schema": [
        {"markdown": "A heading has no key."},
        {"key": "account", "type": "string", "required": True, "hint": "Snowflake's account locator."},
        {"key": "password", "type": "string", "required": True, "secret": True},
        {"key": "stage", "type": "choice", "choices": ["S3", "GCS"], "default": "S3", "required": True},
        {"key": "options", "type": "json"},
        {"key": "certificate", "type": "attachment"},
    ],
}
BAR = {
    "id": 2,
    "name": "Notification Bar",
    "url": "https://github.com/PostHog/bar",
    "capabilities": {},
    "config_schema": [],
}
GEOIP = {
    "id": 3,
    "name": "GeoIP",
    "url": None,
    "capabilities": {"methods": ["processEvent"]},
    "config_schema": [],
}
TWINS = [
    {**SNOWFLAKE, "id": id_, "name": "Twin", "url": url} for id_, url in ((4, "https://a.io/twin"), (5, None))
]
OLD = {
    "id": 6,
    "name": "Old",
    "capabilities": {"methods": ["composeWebhook"]},
    "config_schema": {"url": {"name": "URL", "type": "string", "required": True}},
}
UNDESCRIBED = {
    "id": 7,
    "name": "Undescribed",
    "capabilities": {"methods": ["onEvent"]},
    "config_schema": None,
}
PLUGINS = [SNOWFLAKE, BAR, GEOIP, *TWINS, OLD, UNDESCRIBED]


def resolve(desired, *, members=MEMBERS, plugins=PLUGINS, pending=()):
    return references.resolve(desired, members=members, plugins=plugins, pending=lambda: pending)


def problems(desired, **options):
    with pytest.raises(ConfigError) as caught:
        resolve(desired, **options)
    return [str(problem) for problem in caught.value.problems]


def destination(plugin, settings="", section="pipeline_destinations"):
    return f"projects: {{Web: {{{section}: {{A: {{plugin: {plugin}{settings}}}}}}}}}\n"


# -- which lookups are needed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("roles: {A: {}}\n", set()),
        ("roles: {A: {members: []}}\n", set()),
        ("roles: {A: {members: [a@b.io]}}\n", {"member"}),
        ("roles: {A: {members: {mode: additive, items: [a@b.io]}}}\n", {"member"}),
        (destination("P"), {"plugin"}),
        (destination("P", section="site_apps") + "roles: {A: {members: [a@b.io]}}\n", {"plugin", "member"}),
    ],
)
def test_only_what_is_referred_to_is_read(load, text, needed):
    assert references.needed(load(text)) == needed


# -- members -------------------------------------------------------------------------------------------------------


def test_an_e_mail_becomes_the_one_that_posthog_has(load):
    desired = load(
        "roles: {A: {members: [ANA@acme.io, bo@acme.io]}, B: {members: {mode: additive, items: [ana@acme.io]}}}\n"
    )

    result, notes = resolve(desired)

    assert [dict(entry.fields) for entry in result.entries] == [
        {"name": "A"},
        {"members": ["Ana@acme.io", "bo@acme.io"]},
        {"name": "B"},
        {"user": "Ana@acme.io"},
    ]
    assert [entry.name for entry in result.entries] == [entry.name for entry in desired.entries]
    assert notes == ()


def test_an_unknown_e_mail_is_a_problem_at_its_place(load):
    desired = load(
        "roles:\n  A:\n    members:\n      - bo@acme.io\n      - anna@acme.io\n"
        "  B: {members: {mode: additive, items: [who@else.io]}}\n"
    )

    assert problems(desired) == [
        'posthog.yaml:8:9: no member of the organization has the e-mail address "anna@acme.io"\n'
        '  hint: did you mean "Ana@acme.io"?',
        'posthog.yaml:9:41: no member of the organization has the e-mail address "who@else.io"\n'
        "  hint: invite that person in PostHog first",
    ]


def test_another_members_address_is_proposed_only_for_one_written_wrong(load):
    desired = load("roles: {A: {members: [bo@acme.org, di@acme.io, cyy@acme.io]}}\n")

    assert [problem.partition("\n")[2] for problem in problems(desired)] == [
        "  hint: invite that person in PostHog first",
        "  hint: invite that person in PostHog first",
        '  hint: did you mean "cy@acme.io"?',
    ]


def test_who_may_have_left_is_kept_and_told_where_that_is_asked_for(load):
    desired = load("roles: {A: {members: [bo@acme.io, gone@acme.io]}}\n")

    result, _ = references.resolve(desired, members=MEMBERS, plugins=(), pending=lambda: (), strangers=True)

    assert result.entries[1].fields == {"members": ["bo@acme.io", "gone@acme.io"]}
    assert {address: problem.message for address, problem in result.strangers.items()} == {
        "gone@acme.io": 'no member of the organization has the e-mail address "gone@acme.io"'
    }


LEADS = [{"user": {"email": email, "uuid": email}} for email in ("Lead@acme.io", "lead@acme.io")]


def test_of_two_spellings_the_exact_one_is_meant(load):
    desired = load("roles: {A: {members: [lead@acme.io]}, B: {members: [lead@acme.io, Lead@acme.io]}}\n")

    result, _ = resolve(desired, members=LEADS)

    assert [entry.fields["members"] for entry in result.entries if "members" in entry.fields] == [
        ["lead@acme.io"],
        ["lead@acme.io", "Lead@acme.io"],
    ]


def test_a_spelling_that_several_answer_to_is_a_problem_that_names_them(load):
    assert problems(load("roles: {A: {members: [LEAD@acme.io]}}\n"), members=LEADS) == [
        'posthog.yaml:4:23: 2 members of the organization answer to "LEAD@acme.io"\n'
        "  hint: write the one that is meant exactly so: Lead@acme.io, lead@acme.io"
    ]


@pytest.mark.parametrize(
    "members", ["[ana@acme.io, ANA@acme.io]", "{mode: additive, items: [ana@acme.io, ANA@acme.io]}"]
)
def test_one_member_in_two_spellings_stands_there_twice(load, members):
    (problem,) = problems(load(f"roles: {{A: {{members: {members}}}}}\n"))

    assert '"Ana@acme.io" is listed twice in members of role "A"' in problem
    assert "in another spelling" in problem


def test_who_is_invited_is_left_out_for_now_and_named(load):
    desired = load(
        "roles: {A: {members: [bo@acme.io, New@acme.io]}, B: {members: {mode: additive, items: [new@acme.io]}}}\n"
    )

    result, notes = resolve(desired, pending={"new@acme.io"})

    assert [entry.name for entry in result.entries] == ["A", "A", "B"]
    assert result.entries[1].fields == {"members": ["bo@acme.io"]}
    assert notes == (
        '"New@acme.io" is invited and has not joined yet: left out of role "A" for now',
        '"new@acme.io" is invited and has not joined yet: left out of role "B" for now',
    )


def test_invitations_are_asked_for_only_when_somebody_is_unknown(load):
    def forbidden():
        raise AssertionError

    references.resolve(
        load("roles: {A: {members: [bo@acme.io]}}\n"), members=MEMBERS, plugins=(), pending=forbidden
    )


# -- plugins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plugin",
    [
        "https://github.com/PostHog/snowflake-export-plugin",
        "https://github.com/PostHog/snowflake-export-plugin/",
        "Snowflake Export",
    ],
)
def test_a_plugin_becomes_its_id(load, plugin):
    result, _ = resolve(load(destination(f'"{plugin}"')))

    assert result.entries[1].fields == {"name": "A", "plugin": 1}


def test_a_url_counts_before_a_name(load):
    named_like_a_url = {**OLD, "id": 9, "name": SNOWFLAKE["url"]}

    result, _ = resolve(load(destination(SNOWFLAKE["url"])), plugins=[named_like_a_url, SNOWFLAKE])

    assert result.entries[1].fields["plugin"] == 1


BAD = {
    "unknown": (
        destination("Snowflake"),
        [
            '4:46: no plugin "Snowflake" is installed\n'
            '  hint: did you mean "Snowflake Export"?'
            " installed: Snowflake Export (https://github.com/PostHog/snowflake-export-plugin);"
            " Notification Bar (https://github.com/PostHog/bar); GeoIP; Twin (https://a.io/twin); Twin; Old;"
            " Undescribed"
        ],
    ),
    "ambiguous": (
        destination("Twin"),
        ['4:46: 2 installed plugins are called "Twin"\n  hint: name it by its URL: https://a.io/twin, id 5'],
    ),
    "another family": (
        destination("GeoIP"),
        [
            '4:46: plugin "GeoIP" cannot be a pipeline destination\n'
            "  hint: a pipeline destination takes a plugin that exports events (onEvent or composeWebhook)"
        ],
    ),
    "a destination as a site app": (
        destination("Old", section="site_apps"),
        [
            '4:34: plugin "Old" cannot be a site app\n'
            "  hint: a site app takes a plugin that is a web app (no methods, no scheduled tasks)"
        ],
    ),
    "an unknown setting": (
        destination("Snowflake Export", ", config: {acount: x, account: x, password: !env PASSWORD}"),
        ['4:81: plugin "Snowflake Export" has no setting "acount"\n  hint: did you mean "account"?'],
    ),
    "a missing setting": (
        destination("Snowflake Export", ", config: {password: !env PASSWORD}"),
        [
            '4:72: config of pipeline destination "Web/A" lacks "account", which the plugin needs\n'
            "  hint: Snowflake's account locator."
        ],
    ),
    "an empty setting": (
        destination("Snowflake Export", ", config: {account: ''}"),
        ['4:81: config.account of pipeline destination "Web/A" must not be empty: the plugin needs it'],
    ),
    "no choice": (
        destination("Snowflake Export", ", config: {account: x, stage: s3}"),
        [
            '4:93: config.stage of pipeline destination "Web/A" must be one of S3, GCS\n'
            '  hint: did you mean "S3"?'
        ],
    ),
    "a number for a text": (
        destination("Snowflake Export", ", config: {account: 7}"),
        ['4:81: config.account of pipeline destination "Web/A" must be text\n  hint: put it in quotes'],
    ),
    "a file": (
        destination("Snowflake Export", ", config: {account: x, certificate: x}"),
        [
            '4:93: config.certificate of pipeline destination "Web/A" must be a file\n'
            "  hint: write `!file path`, relative to the file that contains it"
        ],
    ),
    "a file for a text": (
        destination("Snowflake Export", ", config: {account: !file posthog.yaml}"),
        [
            '4:81: config.account of pipeline destination "Web/A" is a file, and the plugin takes none there\n'
            "  hint: write the value itself"
        ],
    ),
    "a secret as it is": (
        destination("Snowflake Export", ", config: {account: x, password: hush-hush}"),
        [
            '4:93: config.password of pipeline destination "Web/A" is a secret and is in the file in plain text\n'
            "  hint: write `!env NAME` or `!secret name`, and change the secret: it has been in a file"
        ],
    ),
    "an old plugin's setting": (
        destination("Old", ", config: {uri: x}"),
        [
            '4:68: plugin "Old" has no setting "uri"\n  hint: known: url',
            '4:59: config of pipeline destination "Web/A" lacks "url", which the plugin needs',
        ],
    ),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_plugin_that_cannot_be_used_so_is_a_problem_at_its_place(load, text, said):
    found = problems(load(text))

    assert [problem.removeprefix("posthog.yaml:") for problem in found] == said
    assert "hush" not in "".join(found)


def test_without_any_plugin_that_is_said(load):
    assert problems(load(destination("P")), plugins=[]) == [
        'posthog.yaml:4:46: no plugin "P" is installed\n  hint: no plugin is installed in the organization'
    ]


def test_a_good_configuration_keeps_its_secrets(load):
    settings = ", config: {account: x, password: !env PASSWORD, stage: GCS, options: {deep: 1}}"

    result, notes = resolve(load(destination("Snowflake Export", settings)))

    declared = result.entries[1].fields["config"]
    assert declared == {"account": "x", "password": "hush-hush", "stage": "GCS", "options": {"deep": 1}}
    assert isinstance(declared["password"], SecretText)
    assert notes == ()


def test_a_secret_that_is_not_declared_is_left_to_posthog_and_noted(load):
    _, notes = resolve(load(destination("Snowflake Export", ", config: {account: x}")))

    assert notes == (
        'config of pipeline destination "Web/A" does not say "password", a secret that the plugin needs:'
        " it stays as it is",
    )


@pytest.mark.parametrize(
    "settings",
    ["", ", config: {account: x, password: ''}", ", config: {account: x, stage: null}"],
)
def test_what_is_left_out_or_cleared_is_fine(load, settings):
    plugins = [
        {**SNOWFLAKE, "config_schema": [{**spec, "required": False} for spec in SNOWFLAKE["config_schema"]]}
    ]

    resolve(load(destination("Snowflake Export", settings)), plugins=plugins)


def test_a_plugin_that_says_nothing_about_its_settings_takes_any(load):
    result, _ = resolve(load(destination("Undescribed", ", config: {anything: 1}")))

    assert result.entries[1].fields["config"] == {"anything": 1}


def test_what_is_unknown_offline_is_not_looked_up(load):
    desired = load(
        destination("!env NOPE", ", config: {password: !env NOPE_EITHER}")
        + "roles: {A: {members: [!env NOPE]}}\n",
        offline=True,
    )

    result, notes = resolve(desired)

    assert not result.entries[1].fields["plugin"].known
    assert notes == ()


def test_everything_that_cannot_be_found_is_told_at_once(load):
    desired = load(destination("Nope") + "roles: {A: {members: [x@y.io, z@y.io]}}\n")

    assert len(problems(desired)) == 3


def test_the_tree_knows_an_insight_by_its_short_id_and_not_by_its_name(load):
    with pytest.raises(ConfigError) as error:
        load(
            """\
projects:
  Web:
    insights: {Signups: {description: New ones}}
    file_system:
      Growth/Signups: {type: insight, ref: !ref insight/Signups}
"""
        )

    (problem,) = error.value.problems
    assert problem.message.endswith("PostHog wants the `short_id` of the insight")
    assert problem.where is not None
    assert problem.where.column == 44
