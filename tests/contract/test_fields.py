"""Every setting of a project, on servers of every age: sent, read back, changed, changed by hand, healed."""

from collections.abc import Iterator

import pytest

from harness.samples import samples
from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.live import Live

PROJECT = KINDS["project"]
# Why a setting cannot be tried on its own.
WAIVED = {
    "name": "tried with roles and projects by name",
    "primary_dashboard": "must be a dashboard of the project",
    "default_data_theme": "answers the global theme without the plan's colour themes",
    "rotate_api_token": "is never sent: tests/contract/test_actions.py",
    "session_recording_retention_period": "the plan decides",
    "receive_org_level_activity_logs": "organization admins only",
    "proactive_tasks_enabled": "refused for almost everybody",
    "access_control": "refused by servers of 2026",
    "logs_settings": "the plan decides",
}
TRIED = [field for field in PROJECT.writable if field.name not in WAIVED]


class View:
    """A fresh view of a server."""

    def __init__(self, sandbox: Sandbox) -> None:
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.live = Live(Reader(connection, pace=pace), sandbox.organization)
        self.applier = Applier(self.live, Writer(connection, pace=pace))

    def close(self) -> None:
        self.live.reader.close()
        self.applier.writer.close()


@pytest.fixture(scope="module", params=["2026", "2025", "2024"])
def server(request, started) -> tuple[int, Sandbox, str]:
    """A server of each age with one project that has its settings from one test to the next."""
    sandbox = started("--age", request.param)
    view = View(sandbox)
    project = view.applier.create(PROJECT, {}, {"name": "Settings"}).found.id
    view.close()
    return int(request.param), sandbox, project


@pytest.fixture
def view(server) -> Iterator[View]:
    view = View(server[1])
    yield view
    view.close()


@pytest.mark.parametrize("field", TRIED, ids=lambda field: field.name)
def test_a_setting_is_sent_alone_and_reads_back_as_declared(server, view, field):
    age, sandbox, project = server
    first, second = samples(field)
    known = field.since <= age and (field.until is None or age <= field.until)
    for value in (first, second):
        found = view.live.object(PROJECT, {}, project)
        if not known and field.name not in found.values:
            pytest.skip(f"a server of {age} does not know it")
        sandbox.count_anew()

        applied = view.applier.update(PROJECT, {}, found, {field.name: value})

        assert applied.ignored == ()
        assert len(sandbox.writes()) <= 1
        again = View(sandbox)
        assert differences(PROJECT, {field.name: value}, again.live.object(PROJECT, {}, project).values) == ()
        again.close()


@pytest.mark.parametrize("field", [field for field in TRIED if field.nullable], ids=lambda field: field.name)
def test_a_nullable_setting_can_be_set_to_null(server, view, field):
    age, _, project = server
    found = view.live.object(PROJECT, {}, project)
    if field.name not in found.values:
        pytest.skip(f"a server of {age} does not know it")

    applied = view.applier.update(PROJECT, {}, found, {field.name: None})

    assert applied.ignored == ()


def test_a_setting_that_the_server_does_not_know_is_named(server, view):
    age, _, project = server
    newer = next((field for field in TRIED if field.since > age), None)
    if newer is None:
        pytest.skip("the newest server knows all settings")

    applied = view.applier.update(
        PROJECT, {}, view.live.object(PROJECT, {}, project), {newer.name: samples(newer)[0]}
    )

    assert [difference.field.name for difference in applied.ignored] == [newer.name]
