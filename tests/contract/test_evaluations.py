"""Evaluations on servers of both generations: made, switched, changed, taken over, taken away."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, IncompleteRead, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live

EVALUATION, PROJECT = KINDS["evaluation"], KINDS["project"]
# What a server of that age wants to know; the other generation's fields it drops.
DECLARED = {
    2025: {"name": "On topic", "enabled": True, "prompt": "Is it?\n"},
    2026: {
        "name": "On topic",
        "enabled": True,
        "evaluation_type": "llm_judge",
        "evaluation_config": {"prompt": "Is it?\n"},
        "output_type": "boolean",
        "output_config": {"allows_na": True},
        "conditions": [{"id": "all", "rollout_percentage": 50, "properties": []}],
    },
}


# A View's own project, for `create` takes over one of the same name: an `id()` comes again once its owner is gone.
PROJECTS = itertools.count(1)


class View:
    """A fresh view of a server, and a project of its own."""

    def __init__(self, sandbox: Sandbox, age: int, project: str | None = None) -> None:
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.sandbox, self.age = sandbox, age
        self.live = Live(Reader(connection, pace=pace), sandbox.organization)
        self.applier = Applier(self.live, Writer(connection, pace=pace))
        self.project = (
            project or self.applier.create(PROJECT, {}, {"name": f"Project {next(PROJECTS)}"}).found.id
        )
        self.scope = {"project": self.project}

    @property
    def declared(self):
        return dict(DECLARED[self.age])

    def again(self) -> Live:
        return Live(self.live.reader, self.live.organization_id)

    def listed(self) -> list[str]:
        path = f"/api/environments/{self.project}/evaluations/"
        return [row["name"] for row in self.sandbox.all(path)]


@pytest.fixture(scope="module", params=[2026, 2025])
def server(request, started) -> tuple[Sandbox, int]:
    return started("--age", str(request.param)), request.param


@pytest.fixture
def it(server) -> Iterator[View]:
    view = View(*server)
    with view.live.reader, view.applier.writer:
        yield view


def test_it_is_made_as_declared_and_then_there_is_nothing_to_do(it):
    made = it.applier.create(EVALUATION, it.scope, it.declared)

    found = it.again().object(EVALUATION, it.scope, made.found.id)
    assert made.ignored == ()
    assert differences(EVALUATION, it.declared, found.values) == ()


def test_it_is_switched_off_by_one_request(it):
    made = it.applier.create(EVALUATION, it.scope, it.declared).found
    it.sandbox.count_anew()

    it.applier.update(EVALUATION, it.scope, made, {**it.declared, "enabled": False})

    assert it.again().object(EVALUATION, it.scope, made.id).values["enabled"] is False
    assert it.sandbox.writes() == {f"PATCH /api/environments/{it.project}/evaluations/{made.id}/": 1}


def test_its_fields_change_one_by_one(it):
    made = it.applier.create(EVALUATION, it.scope, it.declared).found
    wanted = {**it.declared, "description": "Asked of everybody"}
    wanted |= {"prompt": "Was it?"} if it.age == 2025 else {"evaluation_config": {"prompt": "Was it?"}}

    applied = it.applier.update(EVALUATION, it.scope, made, wanted)

    assert applied.ignored == ()
    assert differences(EVALUATION, wanted, it.again().object(EVALUATION, it.scope, made.id).values) == ()


def test_one_of_that_name_is_taken_over(it):
    first = it.applier.create(EVALUATION, it.scope, it.declared).found

    again = it.applier.create(EVALUATION, it.scope, it.declared)

    assert again.adopted
    assert again.found.id == first.id


def test_two_of_that_name_are_not_guessed_about(it):
    path = f"/api/environments/{it.project}/evaluations/"
    body = {**it.declared, "conditions": []}
    ids = [it.sandbox.call("POST", path, body)["id"] for _ in range(2)]

    with pytest.raises(CannotApply, match="2 of this evaluation"):
        it.applier.create(EVALUATION, it.scope, it.declared)
    assert it.applier.create(EVALUATION, it.scope, it.declared, id_=ids[1]).found.id == ids[1]


def test_it_goes_by_a_patch_for_posthog_refuses_to_delete_it(it):
    made = it.applier.create(EVALUATION, it.scope, it.declared).found
    it.sandbox.count_anew()

    it.applier.delete(EVALUATION, it.scope, made.id)

    assert it.listed() == []
    assert it.sandbox.writes() == {f"PATCH /api/environments/{it.project}/evaluations/{made.id}/": 1}
    assert it.again().object(EVALUATION, it.scope, made.id) is None


def test_a_name_that_was_taken_away_can_be_used_again(it):
    first = it.applier.create(EVALUATION, it.scope, it.declared).found
    it.applier.delete(EVALUATION, it.scope, first.id)

    second = it.applier.create(EVALUATION, it.scope, it.declared)

    assert not second.adopted
    assert second.found.id != first.id


def test_fields_of_the_other_generation_are_named(it):
    other = {2025: {"output_type": "boolean"}, 2026: {"prompt": "Is it?"}}[it.age]

    applied = it.applier.create(EVALUATION, it.scope, {**it.declared, **other})

    assert [difference.field.name for difference in applied.ignored] == list(other)


def test_a_server_without_evaluations_is_no_server_without_any(started):
    view = View(started("--age", "2024"), 2025)
    with view.live.reader, view.applier.writer, pytest.raises(IncompleteRead, match="no list of evaluation"):
        view.live.collection(EVALUATION, view.scope)
