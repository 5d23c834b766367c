"""The provider plugin's calls against the sandbox: what PostHog refuses is one error that says what to do."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.plugin import Answer, Plugin
from harness.sandbox import Sandbox

NOBODY = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"


@pytest.fixture
def plugin(posthog: Sandbox, monkeypatch, tmp_path: Path) -> Iterator[Plugin]:
    """The plugin as a process of its own has it, with the sandbox's address and key from the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTHOG_HOST", posthog.url)
    monkeypatch.setenv("POSTHOG_ORGANIZATION_ID", posthog.organization)
    monkeypatch.setenv("POSTHOG_PERSONAL_API_KEY", posthog.key)
    with closing(Plugin()) as plugin:
        assert plugin.configure().error == ""
        yield plugin


def test_what_exists_is_imported_with_what_is_worth_declaring(plugin, posthog):
    role = posthog.role("Engineering")["id"]

    answer = plugin.read("Role", role)

    assert (answer.id, answer.properties["name"], answer.error) == (role, "Engineering", "")


@pytest.mark.parametrize(
    ("type_", "id_"),
    [("Role", NOBODY), ("Project", "4711"), ("HogFunction", f"1/{NOBODY}"), ("RoleMembers", NOBODY)],
)
def test_an_id_that_does_not_exist_is_none_and_pulumi_says_so(plugin, type_, id_):
    assert plugin.read(type_, id_) == Answer({})


@pytest.mark.parametrize("id_", ["Analysts", "../../projects", "a b", "/", ""])
def test_an_id_that_is_none_asks_for_nothing_else(plugin, posthog, id_):
    answer = plugin.read("Role", id_)

    assert answer.id == ""
    assert "bug in pulumi-posthog" not in answer.error
    assert posthog.writes() == {}


def test_a_wrong_key_is_told_by_every_door_in_one_line_and_is_not_shown(plugin, posthog, monkeypatch):
    monkeypatch.setenv("POSTHOG_PERSONAL_API_KEY", "phx_wrong_one")
    (Path.cwd() / "posthog.yaml").write_text(
        "organization: {host: !env POSTHOG_HOST, id: !env POSTHOG_ORGANIZATION_ID}\n"
        "roles: {Ops: {members: [ana@acme.io]}}\n"
    )

    errors = [plugin.read("Role", NOBODY).error, plugin.construct(file="posthog.yaml").error]

    for error in errors:
        assert "401" in error
        assert "check that the personal API key is complete" in error
        assert "phx_wrong_one" not in error
        assert "bug in pulumi-posthog" not in error
    assert posthog.writes() == {}


def test_a_host_that_does_not_answer_is_told(plugin, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.api.client.BACKOFF", lambda _state: 0.0)
    monkeypatch.setenv("POSTHOG_HOST", "http://127.0.0.1:9")
    with closing(Plugin()) as elsewhere:
        elsewhere.configure()
        error = elsewhere.read("Role", NOBODY).error

    assert "127.0.0.1:9 cannot be reached" in error
    assert "bug in pulumi-posthog" not in error


def test_plain_http_to_another_machine_is_refused_before_anything_is_sent(plugin, monkeypatch):
    monkeypatch.setenv("POSTHOG_HOST", "http://posthog.acme.io")
    elsewhere = Plugin()
    elsewhere.configure()

    assert elsewhere.read("Role", NOBODY).error == (
        "host would see the key unencrypted\n  hint: write https (plain http is for localhost only)"
    )
