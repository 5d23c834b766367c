"""Flags on servers of every age: made, changed, kept whole, taken over, taken away, brought back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.api.errors import Conflict
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.secret_text import MASK, SecretText

FLAG, PROJECT = KINDS["feature_flag"], KINDS["project"]
GROUP: dict[str, Any] = {
    "properties": [{"key": "plan", "type": "person", "operator": "exact", "value": ["pro"]}],
    "rollout_percentage": 50,
}
DECLARED: dict[str, Any] = {
    "key": "new-checkout",
    "name": "Checkout rewrite",
    "filters": {
        "groups": [GROUP],
        "multivariate": {
            "variants": [
                {"key": "control", "rollout_percentage": 50},
                {"key": "one-page", "rollout_percentage": 50},
            ]
        },
        "payloads": {"one-page": {"color": "green"}},
    },
}
PLAIN: dict[str, Any] = {"key": "plain", "filters": {"groups": [{"rollout_percentage": 100}]}}
PROJECTS = itertools.count(1)


class View:
    """A fresh view of a server, and a project of its own."""

    def __init__(self, sandbox: Sandbox, age: int) -> None:
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.sandbox, self.age = sandbox, age
        self.live = Live(Reader(connection, pace=pace), sandbox.organization)
        self.applier = Applier(self.live, Writer(connection, pace=pace))
        self.project = self.applier.create(PROJECT, {}, {"name": f"Flags {next(PROJECTS)}"}).found.id
        self.scope = {"project": self.project}

    @property
    def path(self) -> str:
        return f"/api/projects/{self.project}/feature_flags/"

    def now(self, id_: str) -> Any:
        return Live(self.live.reader, self.live.organization_id).object(FLAG, self.scope, id_)

    def raw(self, id_: str) -> Any:
        return self.sandbox.get(f"{self.path}{id_}/")

    def by_hand(self, id_: str, body: dict[str, Any]) -> Any:
        return self.sandbox.call("PATCH", f"{self.path}{id_}/", body)


@pytest.fixture(scope="module", params=["2026", "2026 later", "2025", "2024"])
def server(request, started) -> tuple[Sandbox, int]:
    age, _, later = request.param.partition(" ")
    return started("--age", age, "--later-2026" if later else "--no-later-2026"), int(age)


@pytest.fixture
def it(server) -> Iterator[View]:
    view = View(*server)
    with view.live.reader, view.applier.writer:
        yield view


def test_it_is_made_as_declared_and_then_there_is_nothing_to_do(it):
    made = it.applier.create(FLAG, it.scope, DECLARED)

    assert made.ignored == ()
    assert differences(FLAG, DECLARED, it.now(made.found.id).values) == ()


def test_a_rollout_is_changed_by_one_request_that_keeps_all_else(it):
    made = it.applier.create(FLAG, it.scope, DECLARED).found
    wanted = {**DECLARED, "filters": {**DECLARED["filters"], "groups": [{**GROUP, "rollout_percentage": 75}]}}
    it.sandbox.count_anew()

    applied = it.applier.update(FLAG, it.scope, made, wanted)

    assert applied.ignored == ()
    assert it.sandbox.writes() == {f"PATCH {it.path}{made.id}/": 1}
    assert differences(FLAG, wanted, it.now(made.id).values) == ()


def test_what_is_taken_out_of_the_file_is_taken_out_of_posthog(it):
    made = it.applier.create(FLAG, it.scope, DECLARED).found
    wanted = {"key": "new-checkout", "filters": {"groups": [GROUP]}}

    applied = it.applier.update(FLAG, it.scope, made, wanted)

    assert applied.ignored == ()
    filters = it.raw(made.id)["filters"]
    assert (filters.get("multivariate"), filters.get("payloads") or {}) == (None, {})
    assert differences(FLAG, wanted, it.now(made.id).values) == ()


def test_what_an_early_access_feature_keeps_in_it_stays(it):
    made = it.applier.create(FLAG, it.scope, PLAIN).found
    enrolment = {"feature_enrollment": True} if it.age >= 2026 else {"super_groups": [{"properties": []}]}
    it.by_hand(made.id, {"filters": {**it.raw(made.id)["filters"], **enrolment}})
    there = it.now(made.id)

    it.applier.update(FLAG, it.scope, there, {**PLAIN, "filters": {"groups": [GROUP]}})

    before, after = there.answer["filters"], it.raw(made.id)["filters"]
    assert {key: after.get(key) for key in enrolment} == {key: before.get(key) for key in enrolment}


def test_a_second_writer_is_not_undone(it):
    it.applier.create(FLAG, it.scope, DECLARED)
    there = Live(it.live.reader, it.live.organization_id).find(FLAG, it.scope, DECLARED)[0]
    it.by_hand(
        there.id, {"filters": {**it.raw(there.id)["filters"], "groups": [{**GROUP, "rollout_percentage": 1}]}}
    )
    wanted = {**DECLARED, "filters": {**DECLARED["filters"], "groups": [{**GROUP, "rollout_percentage": 75}]}}

    with pytest.raises(Conflict) as refused:
        it.applier.update(FLAG, it.scope, there, wanted)

    assert "was updated by" in str(refused.value)
    assert it.raw(there.id)["filters"]["groups"][0]["rollout_percentage"] == 1


def test_one_of_that_key_is_taken_over(it):
    first = it.applier.create(FLAG, it.scope, DECLARED).found

    again = it.applier.create(FLAG, it.scope, DECLARED)

    assert (again.adopted, again.found.id) == (True, first.id)


def test_it_goes_by_a_patch_and_comes_back_with_its_id(it):
    made = it.applier.create(FLAG, it.scope, DECLARED).found
    it.sandbox.count_anew()

    it.applier.delete(FLAG, it.scope, made.id)

    assert it.now(made.id) is None
    assert it.sandbox.writes() == {f"PATCH {it.path}{made.id}/": 1}
    assert it.applier.restore(FLAG, it.scope, made.id).id == made.id
    assert differences(FLAG, DECLARED, it.now(made.id).values) == ()


def test_an_archived_one_is_found(it):
    if it.age < 2026:
        return  # no flag is archived there
    made = it.applier.create(FLAG, it.scope, {**PLAIN, "active": False}).found

    it.applier.update(FLAG, it.scope, made, {**PLAIN, "active": False, "archived": True})

    found = it.now(made.id)
    assert found is not None
    assert differences(FLAG, {**PLAIN, "active": False, "archived": True}, found.values) == ()


def test_another_flag_is_a_condition(it):
    first = it.applier.create(FLAG, it.scope, PLAIN).found
    condition = {"type": "flag", "key": first.id, "operator": "flag_evaluates_to", "value": True}
    wanted = {
        "key": "second",
        "filters": {"groups": [{"properties": [condition], "rollout_percentage": 100}]},
    }
    if it.age < 2025:
        return  # no flag can depend on another there

    made = it.applier.create(FLAG, it.scope, wanted)

    assert made.ignored == ()
    assert differences(FLAG, wanted, it.now(made.found.id).values) == ()


def test_tags_are_a_set_in_lower_case(it):
    wanted = {**PLAIN, "tags": ["Payments", "growth"]}

    made = it.applier.create(FLAG, it.scope, wanted)

    assert made.ignored == ()
    assert differences(FLAG, wanted, it.now(made.found.id).values) == ()
    assert differences(FLAG, {**PLAIN, "tags": ["growth"]}, it.now(made.found.id).values)


def test_an_encrypted_payload_is_sent_and_never_seen_again(it):
    if it.age < 2025:
        return  # nothing is encrypted there
    secret = SecretText('"hush-hush"', "!env HUSH")
    wanted = {**PLAIN, "encrypted_payloads": {"true": secret}}

    made = it.applier.create(FLAG, it.scope, wanted).found
    it.applier.update(FLAG, it.scope, it.now(made.id), {**wanted, "filters": {"groups": [GROUP]}})

    values = it.now(made.id).values
    assert values["encrypted_payloads"] == {"true": MASK}
    assert "hush" not in repr(values)
    assert it.raw(made.id)["filters"]["payloads"] == {"true": '"hush-hush"'}


def test_a_new_one_makes_no_dashboard(it):
    made = it.applier.create(FLAG, it.scope, DECLARED).found

    answer = it.raw(made.id)
    assert (answer.get("usage_dashboard"), answer["analytics_dashboards"]) == (None, [])
