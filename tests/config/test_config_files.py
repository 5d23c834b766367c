"""`!file path`: a file for a setting of a plugin."""

from pathlib import Path

import pytest

from pulumi_posthog.values import attachment
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.secret_text import SecretText

KEY = b'{"private_key": "hush-hush"}'


def destination(settings):
    return f"projects: {{Web: {{pipeline_destinations: {{A: {{plugin: P, config: {settings}}}}}}}}}\n"


def settings(desired):
    return next(entry.fields["config"] for entry in desired.entries if entry.name == "Web/A")


def test_a_file_is_known_by_its_name_its_size_and_its_type(load):
    desired = load(destination("{key: !file keys/google.json}"), files={"keys/google.json": KEY})

    assert settings(desired) == {"key": Attachment(Path(), "google.json", len(KEY), "application/json")}


def test_the_path_is_relative_to_the_file_that_it_stands_in(load):
    included = "{Web: {site_apps: {A: {plugin: P, config: {logo: !file logo.png}}}}}\n"

    desired = load(
        "projects: !include web/web.yaml\n", files={"web/web.yaml": included, "web/logo.png": b"x"}
    )

    found = settings(desired)["logo"]
    assert (found.name, found.type, found.content()) == ("logo.png", "image/png", b"x")


def test_a_file_of_no_known_type_is_bytes(load):
    assert settings(load(destination("{a: !file a.q7}"), files={"a.q7": b""}))["a"].type == (
        "application/octet-stream"
    )


def test_offline_a_file_that_is_not_there_is_unknown(load):
    found = settings(load(destination("{key: !file keys/google.json}"), offline=True))["key"]

    assert isinstance(found, SecretText)
    assert not found.known


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("{a: !file none}", "4:69: !file none: there is no file none\n  hint: paths are relative to ."),
        ("{a: !file keys}", "4:69: !file keys: keys is not a file\n  hint: paths are relative to ."),
        (
            "{a: !file /etc/hosts}",
            "4:69: !file /etc/hosts is an absolute path\n"
            "  hint: write it relative to the file that contains it",
        ),
        (
            "{a: !file ../secret}",
            "4:69: !file ../secret is outside the configuration's folder\n"
            "  hint: copy it there; out of Git, where it is a secret",
        ),
        ("{a: !file [b]}", "4:69: !file takes a path\n  hint: write `!file ...`"),
        (
            "{a: {b: !file keys/k}}",
            '4:73: config of pipeline destination "A" takes no file there\n'
            "  hint: `!file` gives the value of a plugin's setting, directly below `config`",
        ),
    ],
)
def test_a_file_that_cannot_be_sent_is_a_problem_at_its_place(load, settings, said):
    found = load.problems(destination(settings), files={"keys/k": b"x"})

    assert [problem.removeprefix("posthog.yaml:") for problem in found] == [said]


def test_a_link_out_of_the_folder_is_not_followed(load, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("hush")
    (load.folder / "link").symlink_to(outside)

    (problem,) = load.problems(destination("{a: !file link}"))

    assert "!file link is outside the configuration's folder" in problem


def test_a_file_that_is_too_large_is_a_problem(load, monkeypatch):
    monkeypatch.setattr(attachment, "MAX_BYTES", 3)

    (problem,) = load.problems(destination("{a: !file big}"), files={"big": b"1234"})

    assert "posthog.yaml:4:69: !file big: big is larger than 0 MB" in problem


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("projects: {Web: {timezone: !file a}}\n", "4:28"),
        ("projects: {Web: {survey_config: !file a}}\n", "4:33"),
        ("projects: {Web: {survey_config: {x: !file a}}}\n", "4:37"),
        ("projects: {Web: {app_urls: [!file a]}}\n", "4:29"),
        ("projects: {Web: !file a}\n", "4:17"),
        ("projects: !file a\n", "4:11"),
        ("roles: {A: {members: [!file a]}}\n", "4:23"),
        ("roles: {A: {members: !file a}}\n", "4:22"),
        ("projects: {Web: {session_replay_config: {ai_config: [!file a]}}}\n", "4:42"),
    ],
)
def test_nothing_else_takes_a_file(load, text, place):
    found = load.problems(text, files={"a": b"secret content"})

    assert found[0].startswith(f"posthog.yaml:{place}: ")
    assert not [problem for problem in found if "secret content" in problem]
