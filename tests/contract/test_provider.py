"""The dynamic provider without Pulumi: what it refuses, what it says."""

from collections.abc import Iterator

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import NotFound, Reader
from pulumi_posthog.dynamic import KEY_VARIABLE, KindProvider, Session
from pulumi_posthog.kinds import KINDS


@pytest.fixture
def place(posthog: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The hidden properties that say where a resource lives."""
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    Session.forget()
    yield {"__host": posthog.url, "__organization": posthog.organization}
    Session.forget()


def test_an_exact_list_of_the_default_role_is_refused(posthog, place):
    organization = f"/api/organizations/{posthog.organization}"
    role = posthog.call("POST", f"{organization}/roles/", {"name": "Everybody"})["id"]
    posthog.call("PATCH", f"{organization}/", {"default_role_id": role})

    result = KindProvider("role_members").check({}, {**place, "role": role, "members": ["ana@acme.io"]})

    assert "default role" in result.failures[0].reason
    assert "mode: additive" in result.failures[0].reason


def test_taking_over_is_said_with_the_changes_that_come_with_it(posthog, place, capsys):
    project = posthog.info["projects"][0]["name"]

    KindProvider("project").check({}, {**place, "name": project, "timezone": "Europe/Paris"})

    said = capsys.readouterr().err
    assert "exists in PostHog already" in said
    assert "timezone: 'UTC' => 'Europe/Paris'" in said


def test_a_plugin_may_be_named_by_its_url(posthog, place):
    url = "https://github.com/PostHog/snowflake-export-plugin"
    plugin = next(plugin["id"] for plugin in posthog.info["plugins"] if plugin["url"] == url)
    project = str(posthog.info["projects"][0]["id"])
    given = {**place, "project": project, "name": "Orders", "plugin": url}

    assert KindProvider("pipeline_destination").check({}, given).inputs["plugin"] == plugin
    (failure,) = KindProvider("pipeline_destination").check({}, {**given, "plugin": "https://no"}).failures
    assert 'no plugin "https://no"' in failure.reason


def test_a_server_that_has_a_list_only_below_environments_is_read_there(posthog, place, monkeypatch):
    project = str(posthog.info["projects"][0]["id"])
    live, list_all = Session.of(place).live, Reader.list_all

    def as_there(reader: Reader, path: str, **options: object) -> object:
        if path.startswith("/api/projects/"):
            raise NotFound("Endpoint not found.", method="GET", path=path)
        return list_all(reader, path, **options)

    monkeypatch.setattr(Reader, "list_all", as_there)

    assert live.collection(KINDS["file_system_entry"], {"project": project})
    assert (
        live.path(KINDS["file_system_entry"], {"project": project})
        == f"/api/environments/{project}/file_system/"
    )
