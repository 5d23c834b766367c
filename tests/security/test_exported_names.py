"""Members of PostHog choose what their projects and destinations are called; an export makes variables of it."""

from __future__ import annotations

import re

import pytest

from pulumi_posthog.export.text import variable_name
from pulumi_posthog.values.variables import NEVER_PLAIN, is_taken

HOSTILE = [
    (["Web", "GitHub", "token"], "WEB_GITHUB_TOKEN"),
    (["GitHub", "", "token"], "PROJECT_GITHUB_TOKEN"),
    (["日本", "GitHub", "token"], "PROJECT_GITHUB_TOKEN"),
    (["日本", "deploy", "key"], "PROJECT_DEPLOY_KEY"),
    (["Posthog", "Personal", "api key"], "PROJECT_POSTHOG_PERSONAL_API_KEY"),
    (["pulumi config", "!", "passphrase"], "PROJECT_PULUMI_CONFIG_PASSPHRASE"),
    (["AWS", "secret access", "key"], "PROJECT_AWS_SECRET_ACCESS_KEY"),
    (["2026", "S3", "key"], "PROJECT_2026_S3_KEY"),
    (["LD", "", "PRELOAD"], "PROJECT_LD_PRELOAD"),
    (["Web", "S3", "key"], "WEB_S3_KEY_2"),
]


@pytest.mark.parametrize(("words", "name"), HOSTILE)
def test_a_variable_begins_with_the_project_and_never_has_a_name_of_the_run(words, name):
    assert variable_name(words, ["WEB_S3_KEY"]) == name
    assert not is_taken(name)


@pytest.mark.parametrize("pattern", [each for each in NEVER_PLAIN if not each.startswith("*")])
def test_no_listed_name_can_be_made(pattern):
    # A project called like the name itself, in three ways of cutting it.
    name = pattern.replace("*", "X")
    cuts = [[name, "", ""], name.split("_", 1), ["", *re.split("_", name)]]

    assert all(variable_name(words, ()).startswith("PROJECT_") for words in cuts)
