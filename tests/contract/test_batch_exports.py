"""Batch exports: made, changed, replaced, deleted; what servers say as texts, secrets, what is wrong (4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.functions import PostHog
from harness.pipeline_stack import Stack
from harness.run import begin_anew
from pulumi_posthog.values.variables import KEY_VARIABLE

HEAD = """organization: {host: HOST, id: ORGANIZATION}
projects:
  Web:
    batch_exports:
"""
POSTGRES = """
      Warehouse:
        type: Postgres
        interval: day
        offset_hour: 3
        start_at: 2026-01-31T02:00:00+02:00
        config:
          host: db.acme.io
          port: 5433
          database: events
          user: !env DB_USER
          password: !env DB_PASSWORD
          has_self_signed_cert: true
"""
S3 = """
      Archive:
        type: AwsS3
        interval: hour
        integration: aws-s3/Acme
        config: {bucket_name: acme, region: eu-central-1, prefix: events/, file_format: Parquet}
"""
ENVIRONMENT = {"DB_USER": "exporter-user", "DB_PASSWORD": "hush-hush-hush"}


class Exports(Stack):
    """A stack of batch exports."""

    def load(self, text: str, **more):
        return super().load(text, **{"head": HEAD, **more})


@pytest.fixture(params=["typed", "texts"])
def posthog(request: pytest.FixtureRequest) -> Iterator[PostHog]:
    server = PostHog()
    server.texts = request.param == "texts"
    server.lists["1", "integrations"] = [{"id": 7, "kind": "aws-s3", "display_name": "Acme"}]
    yield server
    server.close()


@pytest.fixture
def stack(tmp_path: Path, posthog: PostHog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exports]:
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    stack = Exports(tmp_path, posthog)
    stack.environment = dict(ENVIRONMENT)
    yield stack
    begin_anew()


def only(posthog: PostHog) -> dict:
    (row,) = posthog.exports.values()
    return row


def test_an_export_is_made_and_a_second_run_sends_nothing(stack, posthog):
    assert stack.up(POSTGRES + S3) == [
        ("create", ("batch_export", "Web/Warehouse")),
        ("create", ("batch_export", "Web/Archive")),
    ]

    warehouse, archive = posthog.exports.values()
    assert warehouse["destination"] == {
        "type": "Postgres",
        "config": {
            "host": "db.acme.io",
            "port": 5433,
            "database": "events",
            "user": "exporter-user",
            "password": "hush-hush-hush",
            "has_self_signed_cert": True,
        },
    }
    assert archive["destination"]["integration"] == 7
    assert stack.up(POSTGRES + S3) == []
    assert posthog.writes == []
    assert stack.differences(POSTGRES + S3) == []


def test_a_patch_has_the_type_and_what_differs_and_keeps_what_nobody_declared(stack, posthog):
    stack.up(POSTGRES)
    only(posthog)["destination"]["config"]["table_name"] = "by_hand"

    stack.up(POSTGRES.replace("5433", "5434"))

    ((_, body),) = posthog.writes
    assert body["destination"]["type"] == "Postgres"
    assert body["destination"]["config"]["port"] == 5434
    assert "password" not in body["destination"]["config"]
    assert only(posthog)["destination"]["config"]["table_name"] == "by_hand"
    assert only(posthog)["destination"]["config"]["password"] == "hush-hush-hush"


def test_a_secret_is_sent_when_it_becomes_another_and_is_nowhere_in_the_state(stack, posthog):
    stack.up(POSTGRES)
    stack.environment["DB_PASSWORD"] = "another-another"

    assert stack.up(POSTGRES) == [("update", ("batch_export", "Web/Warehouse"))]

    assert only(posthog)["destination"]["config"]["password"] == "another-another"
    for resource in stack.engine.state.values():
        shown = {name: value for name, value in resource.outputs.items() if name != "secret_config"}
        assert "another-another" not in str(shown)


@pytest.mark.parametrize(
    "change",
    [("type: Postgres", "type: Redshift"), ("interval: day", "interval: day\n        model: hogql")],
    ids=["type", "to hogql"],
)
def test_another_type_and_a_query_in_place_of_events_make_it_anew(stack, posthog, change):
    stack.up(POSTGRES)
    before = only(posthog)["id"]

    assert stack.up(POSTGRES.replace(*change)) == [("replace", ("batch_export", "Web/Warehouse"))]

    assert only(posthog)["id"] != before
    assert stack.up(POSTGRES.replace(*change)) == []


@pytest.mark.parametrize("above", [True, False], ids=["one list", "old server"])
def test_the_list_of_the_organization_is_read_where_the_server_has_it(stack, posthog, above):
    posthog.project("Shop")
    posthog.above = above
    posthog.lists["2", "integrations"] = posthog.lists["1", "integrations"]
    stack.up(POSTGRES + "  Shop:\n    batch_exports:" + S3)

    stack.up(POSTGRES + "  Shop:\n    batch_exports:" + S3)

    lists = {path: count for path, count in posthog.requests.items() if "batch_exports" in path}
    one = {f"GET /api/organizations/{posthog.organization}/batch_exports/": 1}
    each = {f"GET /api/projects/{project}/batch_exports/": 1 for project in (1, 2)}
    assert lists == (one if above else one | each)


def test_what_is_wrong_is_told_with_its_place_before_anything_is_sent(stack, posthog):
    text = """
      A: {type: Postgres, interval: day, config: {hots: a, database: b, user: bo, password: !env DB_PASSWORD}}
      B: {type: S3, interval: hour, offset_hour: 3, model: persons, filters: [{key: a, type: event}]}
      C: {type: Postgress, interval: day}
"""
    found = stack.problems(text)

    assert [problem.splitlines()[0] for problem in found[:-1]] == [
        'posthog.yaml:6:42: batch export "Web/A" lacks "host", which Postgres needs',
        'posthog.yaml:6:51: batch export "Web/A" has a "hots" that Postgres does not know',
        'posthog.yaml:6:73: batch export "Web/A" has its "user" in the file in plain text, and PostHog shows that'
        " value to nobody",
        'posthog.yaml:7:37: batch export "Web/B" has an hour, and is not of every day or week',
        'posthog.yaml:7:69: batch export "Web/B" takes filters with the model `events` only',
    ]
    assert found[-1].startswith('posthog.yaml:8:17: type of batch export "C" must be one of "S3", "AwsS3", ')
    assert found[-1].endswith('hint: did you mean "Postgres"?')
    assert not posthog.requests


def test_what_exists_is_exported_as_a_file_that_changes_nothing(stack, posthog):
    stack.up(POSTGRES + S3)

    text = stack.exported().files["posthog.yaml"]

    assert "integration: !ref integration/aws-s3/Acme" in text
    assert "password: !env" in text
    assert "aws_secret_access_key" not in text


def test_a_lost_answer_makes_no_twin(stack, posthog, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    stack.up("      {}")
    posthog.lost["POST"] = 1

    stack.up(POSTGRES)

    assert len(posthog.exports) == 1
    assert stack.up(POSTGRES) == []
