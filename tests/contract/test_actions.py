"""Demo data that are waited for, and tokens that a trigger renews, against servers of every age."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.errors import CannotAct
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.settling import EVERY, Settling

PROJECT = KINDS["project"]
TOKEN = PROJECT.field("rotate_api_token")


class It:
    """An applier whose waits take no time, and everything that it says."""

    def __init__(self, sandbox: Sandbox, reader: Reader, writer: Writer) -> None:
        self.posthog, self.writer = sandbox, writer
        self.said: list[str] = []
        self.live = Live(reader, sandbox.organization)
        self.applier = Applier(self.live, writer, say=self.said.append)

    def asked(self) -> int:
        paths = self.posthog.requests()["by_path"]
        return sum(count for path, count in paths.items() if path.endswith("/is_generating_demo_data/"))


@contextmanager
def trying(sandbox: Sandbox) -> Iterator[It]:
    connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
    with Reader(connection, pace=pace) as reader, Writer(connection, pace=pace) as writer:
        yield It(sandbox, reader, writer)


@pytest.fixture
def allowed(started) -> Iterator[It]:
    """Where the key is from before there were scopes, and so may do everything."""
    with trying(started("--age", "2024")) as it:
        yield it


@pytest.fixture(params=[2025, 2026])
def refused(posthog, request) -> Iterator[It]:
    posthog.call("PATCH", "/_sandbox/settings", {"age": request.param})
    with trying(posthog) as it:
        yield it


# -- demo data -----------------------------------------------------------------------------------------------------


def test_demo_data_are_waited_for_and_it_is_said(allowed, monkeypatch):
    allowed.posthog.call("PATCH", "/_sandbox/settings", {"demo_data_seconds": 3600})
    slept = []

    def sleep(_pace, seconds):
        slept.append(seconds)
        if len(slept) == 8:
            allowed.posthog.call("POST", "/_sandbox/demo_data")

    monkeypatch.setattr(Pace, "sleep", sleep)

    applied = allowed.applier.create(PROJECT, {}, {"name": "Demo", "is_demo": True, "anonymize_ips": True})

    assert slept == [EVERY] * 8
    assert allowed.asked() == 9
    assert allowed.said == [
        'project "Demo" is generating demo data: waited 0 s of at most 600 s',
        'project "Demo" is generating demo data: waited 30 s of at most 600 s',
    ]
    assert applied.ignored == ()
    assert allowed.posthog.project("Demo")["anonymize_ips"] is True


def test_the_wait_has_an_end(allowed, monkeypatch):
    monkeypatch.setattr(Pace, "sleep", lambda _pace, _seconds: None)
    allowed.posthog.call("PATCH", "/_sandbox/settings", {"demo_data_seconds": 3600})
    found = allowed.applier.create(PROJECT, {}, {"name": "Other"}).found
    allowed.posthog.call(
        "POST", f"/api/organizations/{allowed.posthog.organization}/projects/", {"name": "D", "is_demo": True}
    )
    path = f"/api/projects/{allowed.posthog.project('D')['id']}/"

    Settling(allowed.writer, allowed.said.append, longest=10).wait(PROJECT, path, "D", {"is_demo": True})

    assert allowed.said[-1] == 'project "D" is generating demo data after 10 s: the run continues'
    assert found.id


def test_a_key_that_may_not_ask_says_so_once_and_goes_on(refused):
    refused.posthog.call("PATCH", "/_sandbox/settings", {"demo_data_seconds": 3600})
    refused.posthog.count_anew()

    found = refused.applier.create(PROJECT, {}, {"name": "Demo", "is_demo": True}).found
    refused.applier.update(PROJECT, {}, found, {"name": "Demo", "surveys_opt_in": True})

    assert refused.said == [
        "PostHog does not tell this key whether a project is generating demo data: the run continues without waiting"
    ]
    assert refused.asked() == 1


def test_an_ordinary_project_is_not_asked_about(allowed):
    found = allowed.applier.create(PROJECT, {}, {"name": "Web", "anonymize_ips": True}).found
    allowed.applier.update(PROJECT, {}, found, {"anonymize_ips": False})

    assert allowed.asked() == 0


# -- tokens --------------------------------------------------------------------------------------------------------


def test_a_trigger_renews_the_token_with_one_request(allowed):
    found = allowed.applier.create(PROJECT, {}, {"name": "Web"}).found
    before = found.values["api_token"]
    allowed.posthog.count_anew()

    after = allowed.applier.act(PROJECT, {}, found, TOKEN, "2026-10")

    assert after.values["api_token"] == allowed.posthog.project("Web")["api_token"] != before
    assert list(allowed.posthog.writes().values()) == [1]


def test_a_lost_answer_is_looked_for(allowed, monkeypatch):
    monkeypatch.setattr(Pace, "sleep", lambda _pace, _seconds: None)
    found = allowed.applier.create(PROJECT, {}, {"name": "Web"}).found
    allowed.posthog.call("POST", "/_sandbox/faults", {"spec": "reset-after PATCH /reset_token/ times=9"})

    after = allowed.applier.act(PROJECT, {}, found, TOKEN, "2026-10")

    assert after.values["api_token"] == allowed.posthog.project("Web")["api_token"]
    assert after.values["api_token"] != found.values["api_token"]


def test_a_key_with_scopes_is_told_what_to_do_by_hand(refused):
    found = refused.applier.create(PROJECT, {}, {"name": "Web"}).found

    with pytest.raises(CannotAct) as told:
        refused.applier.act(PROJECT, {}, found, TOKEN, "2026-10")

    assert str(told.value).startswith("the api_token of this project was not renewed: ")
    assert "  hint: renew it by hand, in the project's settings in PostHog, and then put" in str(told.value)
    assert 'back to "2026-10" or leave it out' in str(told.value)
    assert refused.posthog.project("Web")["api_token"] == found.values["api_token"]
