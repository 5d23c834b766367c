"""Labs: a sandbox as at the start, and a folder with the configuration that it was seeded with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.lab import DECLARED, ORGANIZATION, PASSWORD, Lab, lab_of
from harness.sandbox import Sandbox


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Sandbox]]:
    """Sandboxes by server age, each with the organization of `DECLARED`, one process for all tests."""
    seed = tmp_path_factory.mktemp("seed") / "posthog.yaml"
    seed.write_text(f"organization: {{host: http://127.0.0.1:1, id: {ORGANIZATION}}}\n{DECLARED}")
    started: dict[str, Sandbox] = {}
    os.environ["SNOWFLAKE_PASSWORD"] = PASSWORD

    def of_age(age: str) -> Sandbox:
        if age not in started:
            started[age] = Sandbox("--seed", str(seed), "--age", age)
        return started[age]

    yield of_age
    for sandbox in started.values():
        sandbox.stop()


@pytest.fixture
def lab(seeded: Callable[[str], Sandbox], tmp_path: Path) -> Lab:
    """The organization of a newest server, as it is declared."""
    return lab_of(seeded("2026"), tmp_path)


@pytest.fixture(params=["2024", "2025", "2026"])
def lab_of_any_age(request: pytest.FixtureRequest, seeded: Callable[[str], Sandbox], tmp_path: Path) -> Lab:
    """The same of a server of each age."""
    return lab_of(seeded(request.param), tmp_path)


@pytest.fixture
def old_lab(seeded: Callable[[str], Sandbox], tmp_path: Path) -> Lab:
    """The same of the oldest server: there, names of projects are not unique."""
    return lab_of(seeded("2024"), tmp_path)


@pytest.fixture
def shop(lab: Lab) -> Lab:
    """A lab in whose Shop are three persons and three events, and nobody else."""
    project = lab.posthog.project("Shop")["id"]
    lab.call("POST", "/_sandbox/events", {"project": project, "arrive": False})
    lab.call("DELETE", "/_sandbox/events", {"project": project})
    others = [person["id"] for person in lab.posthog.all(f"/api/projects/{project}/persons/")]
    lab.call("POST", f"/api/projects/{project}/persons/bulk_delete/", {"ids": others})
    persons = [
        {"distinct_ids": [name], "properties": {"email": f"{name}@acme.io", "plan": plan, "note": note}}
        for name, plan, note in (("una", "free", "-2+3"), ("vic", "paid", "=1+1"), ("wes", "paid", "a,b"))
    ]
    lab.call("POST", "/_sandbox/persons", {"project": project, "persons": persons})
    events = [
        {"event": "order placed", "distinct_id": name, "properties": {"amount": -5}, "seconds_ago": ago}
        for name, ago in (("una", 30), ("vic", 20), ("wes", 10))
    ]
    lab.call("POST", "/_sandbox/events", {"project": project, "events": events})
    lab.posthog.count_anew()
    return lab
