"""What nobody else on the machine may read, what an age does by itself, and how many questions a list costs."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from queue import Queue

import pytest

from pulumi_posthog.sandbox.options import Options
from pulumi_posthog.sandbox.server.process import LastFirst, database_file
from sandbox.table import API, POST

ROLES = "/api/organizations/@current/roles/?limit=10000"
ROWS = "/api/projects/{project}/file_system/?limit=10000"


@pytest.mark.parametrize("kept", [False, True])
def test_what_the_process_writes_is_nobody_elses(tmp_path: Path, kept: bool) -> None:
    place = tmp_path / "kept.sqlite3"
    place.touch(mode=0o644)
    umask = os.umask(0o022)
    try:
        with database_file(place if kept else None) as database:
            # SQLite puts files of its own beside it.
            beside = database.with_suffix(".sqlite3-wal")
            beside.touch()
            database.touch()

            assert [path.stat().st_mode & 0o077 for path in (database, beside)] == [0, 0]
    finally:
        os.umask(umask)


@pytest.mark.parametrize(("age", "makes"), [(2024, True), (2025, False), (2026, False)])
def test_only_old_servers_make_plugin_configs_unless_told_otherwise(api: API, age: int, makes: bool) -> None:
    from pulumi_posthog.sandbox.rules.switches import Switches

    fresh, started, told = Switches(), Switches(legacy_destinations=True), Switches()
    fresh.age = age
    started.start(Options(age=age))
    told.start(Options(age=age, legacy_destinations=True))

    assert [each.makes_plugin_configs for each in (fresh, started, told)] == [makes, makes, True]


@pytest.mark.parametrize("path", [ROLES, ROWS])
def test_a_long_list_asks_the_database_as_often_as_a_short_one(api: API, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked, listed = [], []
    for more in (5, 200):
        api.send(POST("/_sandbox/bulk", {"members": 5, "roles": more, "file_system": more}))
        api.get(path)
        with CaptureQueriesContext(connection) as queries:
            listed.append(len(api.get(path)["results"]))
        asked.append(len(queries))

    assert listed[1] >= listed[0] + 195
    assert asked[0] == asked[1] < 20


def test_the_thread_that_waits_for_the_shortest_time_answers() -> None:
    condition, woken = LastFirst(), Queue[int]()

    def wait(number: int) -> None:
        with condition:
            begun.set()
            condition.wait()
        woken.put(number)

    for number in range(3):
        begun = threading.Event()
        threading.Thread(target=wait, args=[number], daemon=True).start()
        begun.wait()
        with condition:  # which it lets go of when it waits
            pass

    order = []
    for _ in range(3):
        with condition:
            condition.notify()
        order.append(woken.get(timeout=30))

    assert order == [2, 1, 0]
