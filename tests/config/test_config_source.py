"""YAML text -> nodes: what may stand in a file, what tags and includes mean, where everything stands."""

import os
from pathlib import Path

import pytest
import yaml

from pulumi_posthog import config
from pulumi_posthog.config import source
from pulumi_posthog.values import local_file
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.secret_text import SecretText

WEB = "projects:\n  Web:\n"


def fields(desired, name="Web"):
    return next(dict(entry.fields) for entry in desired.entries if entry.name == name)


# -- scalars ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("! 1", "1"),
        ("yes", "yes"),  # YAML 1.1 would make these booleans, ...
        ("off", "off"),
        ("NO", "NO"),
        ("12:30:00", "12:30:00"),  # ... this a number of seconds, ...
        ("2026-01-31", "2026-01-31"),  # ... this a date, ...
        ("0123", "0123"),  # ... and this an octal number
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("=", "="),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(load, written, value):
    desired = load(f"{WEB}    extra_settings: {{x: {written}}}\n")

    found = fields(desired)["extra_settings"]["x"]
    assert (found, type(found)) == (value, type(value))


def test_a_key_is_what_is_written_whatever_yaml_would_make_of_it(load):
    desired = load("roles: {2026: {}, yes: {}, 007: {}, null: {}, 1.50: {}}\n")

    assert [entry.name for entry in desired.entries] == ["2026", "yes", "007", "null", "1.50"]


def test_anchors_aliases_and_merge_keys_work_and_the_own_key_wins(load):
    desired = load(
        "x-base: &base {timezone: UTC, anonymize_ips: true}\n"
        "x-more: &more {timezone: Europe/Paris, heatmaps_opt_in: true}\n"
        "projects:\n"
        "  Web: {<<: *base, anonymize_ips: false}\n"
        "  Shop: {<<: [*base, *more]}\n"
        "  Copy: *more\n"
    )

    assert fields(desired) == {"name": "Web", "timezone": "UTC", "anonymize_ips": False}
    assert fields(desired, "Shop") == {
        "name": "Shop",
        "timezone": "UTC",
        "anonymize_ips": True,
        "heatmaps_opt_in": True,
    }
    assert fields(desired, "Copy") == {"name": "Copy", "timezone": "Europe/Paris", "heatmaps_opt_in": True}


def test_a_byte_order_mark_and_windows_line_ends_are_fine(load):
    text = load.header + "roles:\n  Zoë: {}\n"

    desired = load(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert [entry.name for entry in desired.entries] == ["Zoë"]


# -- what may not stand in a file ---------------------------------------------------------------------------------

KEYS = "  hint: write it by its keys: {organization: ..., ...}"
BAD = {
    "an empty file": (
        b"",
        "posthog.yaml:1:1: the file is empty\n"
        "  hint: a file that declares nothing is refused, so that a lost one deletes nothing",
    ),
    "nothing but comments": (
        b"# nothing\n",
        "posthog.yaml:1:1: the file is empty\n"
        "  hint: a file that declares nothing is refused, so that a lost one deletes nothing",
    ),
    "an empty document": (
        b"---\n",
        "posthog.yaml:1:1: the file is empty\n"
        "  hint: a file that declares nothing is refused, so that a lost one deletes nothing",
    ),
    "a second document": (
        "roles: {A: {}}\n---\nroles: {}\n",
        "posthog.yaml:5:1: a second YAML document\n  hint: a file holds one: take the --- out",
    ),
    "a key twice": (
        "roles:\n  A: {}\n  B: {}\n  A: {}\n",
        'posthog.yaml:7:3: "A" is here already, at posthog.yaml:5:3\n  hint: keep one of the two',
    ),
    "no UTF-8": (
        b"roles:\n  a: {}\n  \xff: {}\n",
        "posthog.yaml:3:3: this is not UTF-8 text\n  hint: save the file as UTF-8",
    ),
    "two files put together": (
        "roles:\n  A: {}\n\ufeff  B: {}\n".encode(),
        "posthog.yaml:3:1: a byte order mark in the middle of the file\n"
        "  hint: it is invisible, and comes from putting files together: delete it",
    ),
    "a control character": (
        b"roles:\n  a\x00: {}\n",
        "posthog.yaml:2:4: a control character, which YAML does not allow",
    ),
    "a NUL by escape": (
        'roles: {A: {members: ["\\0"]}}\n',
        "posthog.yaml:4:23: a character that no PostHog text can hold (NUL, or half a pair)",
    ),
    "a tab": (
        "roles:\n\tA: {}\n",
        "posthog.yaml:5:1: a tab in the indentation\n  hint: YAML is indented with spaces",
    ),
    "an open bracket": (
        "roles: {A: {}\n",
        "posthog.yaml:5:1: this is not YAML: did not find expected ',' or '}'",
    ),
    "an object tag": (
        "roles: !!python/object/apply:os.system [echo]\n",
        "posthog.yaml:4:8: a tag that has no meaning here\n"
        "  hint: the tags are !env, !secret, !file, !include, !text, !config, !ref; put a text that begins with ! in"
        " quotes",
    ),
    "a mistyped tag": (
        WEB + "    timezone: !evn ZONE\n",
        "posthog.yaml:6:15: a tag that has no meaning here\n  hint: did you mean !env?",
    ),
    "an alias without an anchor": (
        "roles: *none\n",
        "posthog.yaml:4:8: an alias without its anchor above it\n"
        "  hint: put a text that begins with * in quotes",
    ),
    "an alias within itself": (
        "x-loop: &loop [*loop]\nroles: {A: {}}\n",
        "posthog.yaml:4:16: an alias inside its own anchor",
    ),
    "a key that is a list": ("roles:\n  ? [A]\n  : {}\n", "posthog.yaml:5:5: a key that is not plain text"),
    "a key from the environment": (
        "roles:\n  !env ZONE : {}\n",
        "posthog.yaml:5:3: a key that is not plain text",
    ),
    "a merge of no mapping": (
        "roles:\n  A: {<<: 3}\n",
        "posthog.yaml:5:7: << takes a mapping\n  hint: write `<<: *anchor`, or `<<: !include path`",
    ),
    "a huge number": (
        WEB + "    default_data_theme: 12345678901234567890123\n",
        "posthog.yaml:6:25: a number too large to be kept exactly\n  hint: put it in quotes if it is a text",
    ),
    "a number beyond floats": (
        WEB + "    session_recording_sample_rate: 1e999\n",
        "posthog.yaml:6:36: a number too large to be kept exactly\n  hint: put it in quotes if it is a text",
    ),
    "depth": (
        "x-deep: " + "[" * 100 + "]" * 100 + "\n",
        "posthog.yaml:4:73: nested more than 64 levels deep",
    ),
    "a list": (b"[]\n", "posthog.yaml:1:1: the file must be a mapping, not a list\n" + KEYS),
    "a text": (b"posthog\n", 'posthog.yaml:1:1: the file must be a mapping, not "posthog"\n' + KEYS),
}


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD)
def test_a_bad_text_is_refused_with_its_place(load, text, problem):
    assert load.problems(text) == [problem]


def test_aliases_may_not_stand_for_more_than_a_file_may_hold(load):
    bomb = "x-0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
    for level in range(1, 9):
        bomb += f"x-{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"

    (problem,) = load.problems(bomb + "roles: {A: {}}\n")

    assert problem == (
        "posthog.yaml:9:6: the file means more than 500,000 values, most of them through aliases or includes"
    )


def test_a_file_larger_than_the_limit_is_refused(load):
    text = load.header + "roles: {A: {}}\n" + "#" * local_file.MAX_BYTES

    assert load.problems(text.encode()) == ["posthog.yaml:1:1: the file is larger than 5 MB"]


def test_a_missing_file_is_named(load):
    with pytest.raises(ConfigError, match=r"^there is no file other\.yaml\n  hint: `pulumi-posthog export`"):
        config.load(Path("other.yaml"), environment={})


def test_a_folder_in_place_of_a_file_is_named(load):
    (load.folder / "posthog.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"^posthog\.yaml cannot be read: "):
        config.load(Path("posthog.yaml"), environment={})


def test_the_slow_parser_reads_the_same(load, monkeypatch):
    text = (
        WEB + "    app_urls: [https://acme.io]  # ü\n    timezone: UTC\nroles: {Zoë: {members: [a@b.io]}}\n"
    )
    fast = load(text)
    monkeypatch.setattr(source, "Events", yaml.SafeLoader)

    slow = load(text)

    assert [(entry.name, entry.fields, entry.positions) for entry in slow.entries] == [
        (entry.name, entry.fields, entry.positions) for entry in fast.entries
    ]


# -- !env and !secret ---------------------------------------------------------------------------------------------


def test_an_environment_variable_is_plain_text_or_what_the_schema_wants(load):
    desired = load(
        WEB + "    timezone: !env ZONE\n    session_recording_sample_rate: !env RATE\n"
        "    week_start_day: !env DAY\n    anonymize_ips: !env ON\n    app_urls: [!env ZONE]\n"
    )

    assert fields(desired) == {
        "name": "Web",
        "timezone": "Europe/Berlin",
        "session_recording_sample_rate": 0.25,
        "week_start_day": 1,
        "anonymize_ips": True,
        "app_urls": ["Europe/Berlin"],
    }
    assert not any(isinstance(value, SecretText) for value in fields(desired).values())


def test_a_default_counts_when_the_variable_is_missing_or_empty(load):
    desired = load(WEB + "    timezone: !env [NOPE, UTC]\n    week_start_day: !env [EMPTY, 0]\n")

    assert fields(desired) == {"name": "Web", "timezone": "UTC", "week_start_day": 0}


@pytest.mark.parametrize("tag", ["!env PASSWORD", "!secret password"])
def test_in_a_field_for_secrets_a_tag_gives_a_secret(load, tag):
    desired = load(
        WEB
        + f"    pipeline_destinations:\n      A: {{plugin: P, config: {{password: {tag}, list: [{tag}]}}}}\n"
    )

    config = fields(desired, "Web/A")["config"]
    assert isinstance(config["password"], SecretText)
    assert (str.__str__(config["password"]), config["password"].known) == ("hush-hush", True)
    assert config["password"].source == tag
    assert "hush" not in repr(config)


@pytest.mark.parametrize("tag", ["!env NOPE", "!env EMPTY", "!secret nope", "!secret empty"])
def test_offline_a_missing_secret_is_unknown_and_no_problem(load, tag):
    text = WEB + f"    pipeline_destinations:\n      A: {{plugin: P, config: {{password: {tag}}}}}\n"

    password = fields(load(text, offline=True), "Web/A")["config"]["password"]

    assert (password, password.known, password.source) == ("", False, tag)


def test_offline_an_incomplete_setting_is_unknown_as_a_whole(load):
    desired = load(WEB + "    timezone: !env NOPE\n    app_urls: [a, !env NOPE]\n", offline=True)

    assert not fields(desired)["timezone"].known
    assert not fields(desired)["app_urls"].known


def test_offline_an_unknown_host_and_organization_are_empty(load):
    desired = load(
        "roles: {A: {}}\n", header="organization: {host: !env NOPE, id: !env NOPE}\n", offline=True
    )

    assert (desired.host, desired.organization) == ("", "")


TAGS = {
    "!env HOOK_TOKEN": ("the environment variable HOOK_TOKEN is not set", "set it"),
    "!env PASSWORDS": (
        "the environment variable PASSWORDS is not set",
        'did you mean "PASSWORD"? Else set it',
    ),
    "!env NOPE": (
        "the environment variable NOPE is not set",
        "set it, or write `!env [NOPE, default]`",
    ),
    "!env EMPTY": ("the environment variable EMPTY is empty", "set it, or write `!env [EMPTY, default]`"),
    "!env hush#hush": (
        "!env takes the name of an environment variable",
        "write `!env NAME`, or `!env [NAME, default]`; a name is letters, digits and underscores",
    ),
    "!env [ZONE, a, b]": (
        "!env takes the name of an environment variable",
        "write `!env NAME`, or `!env [NAME, default]`; a name is letters, digits and underscores",
    ),
    "!env {ZONE: a}": (
        "!env takes the name of an environment variable",
        "write `!env NAME`, or `!env [NAME, default]`; a name is letters, digits and underscores",
    ),
    "!env": (
        "!env takes the name of an environment variable",
        "write `!env NAME`, or `!env [NAME, default]`; a name is letters, digits and underscores",
    ),
    "!secret nope": (
        'the stack configuration has no secret "nope"',
        "set it: pulumi config set --secret posthog:nope",
    ),
    "!secret [a]": ("!secret takes the name of a secret", "write `!secret ...`"),
    "!include [a]": ("!include takes a path", "write `!include ...`"),
}


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_that_gives_nothing_is_a_problem_at_its_place(load, tag):
    message, hint = TAGS[tag]

    problems = load.problems(WEB + f"    timezone: {tag}\n")

    assert f"posthog.yaml:6:15: {message}\n  hint: {hint}" in problems


def test_without_a_stack_there_are_no_secrets(load):
    text = WEB + "    pipeline_destinations: {A: {plugin: P, config: {password: !secret password}}}\n"

    assert len(load.problems(text, secret=None)) == 1
    assert load(text, secret=None, offline=True).entries


@pytest.mark.parametrize(
    "text",
    [
        "    timezone: !env PASSWORD\n",
        "    anonymize_ips: !env PASSWORD\n",
        "    app_urls: !env PASSWORD\n",
        "    session_recording_retention_period: !env PASSWORD\n",
        "    timezone: !secret password\n",
        "    pipeline_destinations: {A: {plugin: P, config: !env PASSWORD}}\n",
        "    pipeline_destinations: {A: {plugin: P, config: hush-hush}}\n",
        "    pipeline_destinations: {A: {plugin: P, config: [hush-hush]}}\n",
        "    slack_incoming_webhook: hush-hush\n",
        "    slack_incoming_webhook: [hush-hush]\n",
        "    slack_incoming_webhook: !env hush-hush\n",
        "    pipeline_destinations: {A: {plugin: P, config: {password: !hush-hush}}}\n",
        "    pipeline_destinations: {A: {plugin: P, config: {password: *hush-hush}}}\n",
        "    pipeline_destinations: {A: {plugin: P, config: {password: !env [hush-hush, hush-hush]}}}\n",
    ],
)
def test_no_secret_is_in_any_message(load, text):
    assert "hush" not in "".join(load.problems(WEB + text))


def test_no_password_in_a_host_is_in_any_message(load):
    header = (
        "organization: {host: 'https://me:hush@eu.posthog.com', id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}\n"
    )

    assert load.problems("roles: {A: {}}\n", header=header) == [
        "posthog.yaml:1:22: organization.host: host may have no user, query or fragment\n"
        "  hint: write it as https://eu.posthog.com"
    ]


# -- includes -----------------------------------------------------------------------------------------------------


def test_an_included_file_stands_where_its_tag_stands(load):
    desired = load(
        "roles: !include roles.yaml\nprojects: {Web: !include projects/web.yaml}\n",
        files={"roles.yaml": "A: {}\n", "projects/web.yaml": "timezone: UTC\napp_urls: !include urls.yaml\n",
               "projects/urls.yaml": "[https://acme.io]\n"},
    )  # fmt: skip

    assert [entry.name for entry in desired.entries] == ["A", "Web"]
    assert fields(desired)["app_urls"] == ["https://acme.io"]
    web = desired.entries[1]
    assert str(web.where) == "posthog.yaml:5:12"
    assert str(web.positions["timezone"]) == f"{Path('projects/web.yaml')}:1:1"


def test_a_pattern_includes_its_matches_in_the_order_of_their_names(load):
    desired = load(
        "projects: !include projects/*.yaml\n",
        files={"projects/b.yaml": "B: {}\n", "projects/a.yaml": "A: {}\nZ: {}\n"},
    )

    assert [entry.name for entry in desired.entries] == ["A", "Z", "B"]


def test_a_merged_include_gives_what_is_not_said_here(load):
    desired = load(
        "<<: !include team.yaml\nprojects: {Web: {<<: !include defaults.yaml, timezone: UTC}}\n",
        files={
            "team.yaml": "roles: {A: {}}\n",
            "defaults.yaml": "timezone: Europe/Paris\nanonymize_ips: true\n",
        },
    )

    assert [entry.name for entry in desired.entries] == ["Web", "A"]
    assert fields(desired) == {"name": "Web", "timezone": "UTC", "anonymize_ips": True}


INCLUDES = {
    "no such file": (
        "roles: !include nope.yaml\n",
        {},
        'posthog.yaml:4:8: !include "nope.yaml" matches no file\n  hint: paths are relative to .',
    ),
    "a pattern without a match": (
        "roles: !include roles/*.yaml\n",
        {"roles/a.yml": "A: {}\n"},
        'posthog.yaml:4:8: !include "roles/*.yaml" matches no file\n  hint: paths are relative to .',
    ),
    "a folder": (
        "roles: !include roles\n",
        {"roles/a.yml": "A: {}\n"},
        'posthog.yaml:4:8: !include "roles" matches no file\n  hint: paths are relative to .',
    ),
    "an absolute path": (
        "roles: !include /etc/passwd\n",
        {},
        'posthog.yaml:4:8: !include "/etc/passwd" is an absolute path\n'
        "  hint: write it relative to the file that contains it",
    ),
    "itself": (
        "x-a: !include posthog.yaml\nroles: {A: {}}\n",
        {},
        "posthog.yaml:4:6: !include of posthog.yaml, which includes this file itself",
    ),
    "a circle": (
        "roles: !include a.yaml\n",
        {"a.yaml": "A: !include b.yaml\n", "b.yaml": "members: !include a.yaml\n"},
        "b.yaml:1:10: !include of a.yaml, which includes this file itself",
    ),
    "an empty file": (
        "roles: !include a.yaml\n",
        {"a.yaml": ""},
        "posthog.yaml:4:1: roles must be a mapping, not null\n"
        "  hint: write {} for none; what is left out is not managed",
    ),
    "no YAML": (
        "roles: !include a.yaml\n",
        {"a.yaml": "A: {]\n"},
        "a.yaml:1:5: this is not YAML: did not find expected node content",
    ),
    "a mistake in it": (
        "roles: !include a.yaml\n",
        {"a.yaml": "A: {colour: red}\n"},
        'a.yaml:1:5: role "A" has no field "colour"\n'
        "  hint: known: feature_flags_access_level, members, previously, id, state",
    ),
    "a key in two files": (
        "roles: !include r/*.yaml\n",
        {"r/a.yaml": "A: {}\n", "r/b.yaml": "B: {}\nA: {}\n"},
        'r/b.yaml:2:1: "A" is declared already, at r/a.yaml:1:1',
    ),
    "a list among mappings": (
        "roles: !include r/*.yaml\n",
        {"r/a.yaml": "A: {}\n", "r/b.yaml": "[]\n"},
        "r/b.yaml:1:1: one of several included files, not a mapping",
    ),
    "a whole section twice": (
        "roles: {A: {}}\n<<: !include a.yaml\n",
        {"a.yaml": "roles: {B: {}}\n"},
        'a.yaml:1:1: "roles" is declared already, at posthog.yaml:4:1\n'
        "  hint: include it inside: `roles: {<<: !include ...}`",
    ),
    "a path that cannot be": (
        "roles: !include '" + "a" * 1000 + "'\n",
        {},
        f'posthog.yaml:4:8: !include "{"a" * 1000}" matches no file\n  hint: paths are relative to .',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "files", "problem"), INCLUDES.values(), ids=INCLUDES)
def test_a_bad_include_is_refused_with_its_place(load, text, files, problem):
    assert load.problems(text, files=files) == [problem]


def test_an_include_stays_in_the_folder_of_the_configuration(load, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "roles.yaml").write_text("A: {}\n")
    (load.folder / "link.yaml").symlink_to(outside / "roles.yaml")
    relative = os.path.relpath(outside / "roles.yaml", load.folder)

    for path in (relative, "link.yaml"):
        (problem,) = load.problems(f"roles: !include {path}\n")
        assert problem == f"posthog.yaml:4:8: !include of {path}, which is outside the configuration's folder"


def test_includes_cannot_multiply_without_end(load):
    files = {
        f"f{level}.yaml": f"a: !include f{level + 1}.yaml\nb: !include f{level + 1}.yaml\n"
        for level in range(40)
    }
    files["f40.yaml"] = "[]\n"

    problems = load.problems("x-bomb: !include f0.yaml\nroles: {A: {}}\n", files=files)

    assert any("more than 1000 files are included" in problem for problem in problems)
