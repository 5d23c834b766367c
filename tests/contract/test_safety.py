"""What must hold for every kind, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import pulumi_posthog
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.tree import about_scope, what_it_is_about
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.location import Location
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.variables import KEY_VARIABLE

SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"
NOTICE = "https://github.com/PostHog/notification-bar-app"
# What there is one of in any case is never made.
NEVER_MADE = {
    kind.name
    for kind in KINDS.values()
    if kind.singleton or (kind.comes_in and kind.comes_in.made_since is None)
}
# What one object of a kind needs; those of exact lists are made with the items, one by one.
DECLARED = {
    "project": {"name": "New"},
    "organization_member": {"email": "new@acme.io", "level": "member"},
    "role": {"name": "New"},
    "domain": {"domain": "new.io"},
    "proxy_record": {"domain": "new.io"},
    "data_color_theme": {"name": "New", "colors": ["#1d4aff"]},
    "project_secret_api_key": {"label": "New", "scopes": ["feature_flag:read"]},
    "role_membership": {"user": "bo@acme.io"},
    "role_members": {"members": ["bo@acme.io"]},
    "pipeline_destination": {"plugin": SNOWFLAKE, "name": "New", "order": 1},
    "site_app": {"plugin": NOTICE, "name": "New", "order": 1},
    "file_system_entry": {"path": "New", "type": "folder"},
    "project_access_rule": {"member": "bo@acme.io", "access_level": "member"},
    "resource_access_rule": {"resource": "dashboard", "access_level": "viewer"},
    "object_access_rule": {"resource": "dashboard", "access_level": "viewer"},
    "evaluation": {
        "name": "New",
        "evaluation_type": "llm_judge",
        "evaluation_config": {"prompt": "Is it kind?"},
        "output_type": "boolean",
        "output_config": {},
    },
    "action": {"name": "New", "steps": [{"event": "order_paid"}]},
    "early_access_feature": {"name": "New", "feature_flag": "a flag", "stage": "draft"},
    "experiment_holdout": {"name": "New", "filters": [{"properties": [], "rollout_percentage": 5}]},
    "experiment_saved_metric": {
        "name": "New",
        "query": {
            "kind": "ExperimentMetric",
            "metric_type": "mean",
            "source": {"kind": "EventsNode", "event": "order_paid"},
        },
    },
    "experiment": {"name": "New", "feature_flag_key": "new"},
    "survey": {
        "name": "New",
        "type": "popover",
        "questions": [{"type": "open", "question": "What should we improve?"}],
    },
    "cohort": {"name": "New", "description": "Of late"},
    "insight": {
        "name": "New",
        "query": {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}},
    },
    "insight_variable": {"code_name": "new", "type": "String"},
    "external_data_source": {
        "prefix": "new",
        "source_type": "Postgres",
        "schemas": {"users": {"should_sync": True}},
    },
    "warehouse_saved_query": {"name": "new", "query": {"query": "select 1"}},
    "dashboard": {"name": "New"},
    "event_definition": {"name": "new", "description": "Of late"},
    "alert": {
        "name": "New",
        "insight": "an insight",
        "condition": {"type": "absolute_value"},
        "threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 100}}},
        "config": {"type": "TrendsAlertConfig", "series_index": 0},
        "subscribed_users": ["ana@acme.io"],
    },
    "subscription": {
        "title": "New",
        "insight": "an insight",
        "target_type": "email",
        "target_emails": ["ana@acme.io"],
        "frequency": "weekly",
        "start_date": "2026-01-05T08:00:00Z",
    },
    "annotation": {"content": "New", "date_marker": "2026-03-01T09:00:00Z"},
    "feature_flag": {"key": "new", "filters": {"groups": [{"rollout_percentage": 50}]}},
    "hog_function": {"name": "New", "type": "destination", "hog": "return event"},
    "batch_export": {
        "name": "New",
        "type": "HTTP",
        "interval": "day",
        "config": {
            "url": "https://us.i.posthog.com/batch/",
            "token": SecretText("hush", "!env TOKEN"),
        },
    },
}


class Tried:
    """Clients for a running sandbox."""

    def __init__(self, posthog: Sandbox) -> None:
        self.posthog = posthog
        self.connection = Connection(posthog.url, posthog.key)
        self.pace = Pace(per_minute=100_000, per_hour=1_000_000)
        self.reader = Reader(self.connection, pace=self.pace)
        self.writer = Writer(self.connection, pace=self.pace)
        self.live = self.look()
        self.applier = Applier(self.live, self.writer)

    def look(self) -> Live:
        """A fresh view."""
        return Live(self.reader, self.posthog.organization)

    def scope(self, kind: str) -> dict[str, str]:
        """A parent for it that nothing is in yet."""
        parent = KINDS[kind].parent
        if parent is None:
            return {}
        scope = {parent: self.applier.create(KINDS[parent], {}, {"name": "Parent"}).found.id}
        if KINDS[kind].attached:
            board = self.applier.create(KINDS["dashboard"], scope, {"name": "Board"}).found.id
            return about_scope(KINDS[kind], scope, KINDS["dashboard"], board)
        return scope

    def wanted(self, kind: str, scope: dict[str, str]) -> dict[str, object]:
        """Its fields, with ids in the places of a plugin's address, and of a flag that is made first."""
        values: dict[str, object] = dict(DECLARED[kind])
        if "plugin" in values:
            values["plugin"] = self.live.refer("plugin", str(values["plugin"]))
        if about := what_it_is_about(KINDS[kind], scope):
            values["resource_id"] = about[1]
        if "feature_flag" in values:
            values["feature_flag"] = self.applier.create(
                KINDS["feature_flag"], scope, DECLARED["feature_flag"]
            ).found.id
        if "insight" in values:
            source = {"kind": "TrendsQuery", "series": [{"event": "signed_up"}]}
            insight = {"name": "Signups", "query": {"kind": "InsightVizNode", "source": source}}
            values["insight"] = int(self.applier.create(KINDS["insight"], scope, insight).found.id)
        return values


@pytest.fixture
def it(posthog: Sandbox, legacy_destinations: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tried]:
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    tried = Tried(posthog)
    with tried.reader, tried.writer:
        yield tried


def test_every_kind_is_tried_here():
    assert set(DECLARED) | NEVER_MADE == set(KINDS)


@pytest.mark.parametrize("fault", ["reset-after", "502-after"])
@pytest.mark.parametrize("name", sorted(KINDS.keys() - NEVER_MADE))
def test_no_kind_is_made_twice_after_a_lost_answer(it, name, fault):
    kind, scope = KINDS[name], it.scope(name)
    wanted = it.wanted(name, scope)
    item = KINDS[kind.set_of or name]
    before = len(it.look().collection(item, scope))
    it.posthog.call(
        "POST", "/_sandbox/faults", {"spec": f"{fault} {'PUT' if kind.upsert else 'POST'} /api/ times=1"}
    )

    if kind.set_of:
        found = it.live.object(kind, scope, scope[kind.parent])
        it.applier.update(kind, scope, found, wanted)
    else:
        it.applier.create(kind, scope, wanted)

    (fired,) = it.posthog.get("/_sandbox/faults")["faults"]
    assert fired["fired"] == 1
    assert len(it.look().collection(item, scope)) == before + 1


def test_a_field_that_posthog_ignores_is_named(it, monkeypatch, capsys):
    monkeypatch.setenv(KEY_VARIABLE, it.posthog.key)
    begin_anew()
    it.posthog.call(
        "POST", "/_sandbox/faults", {"spec": "ignored-field PATCH /projects/ field=anonymize_ips"}
    )
    address = Location(it.posthog.url, it.posthog.organization).as_property
    provider = KindProvider("project")

    provider.create(provider.check({}, {**address, "name": "New", "anonymize_ips": True}).inputs)

    begin_anew()
    assert "PostHog took the project but not its anonymize_ips: it is still false" in capsys.readouterr().err


def test_a_folder_is_not_deleted_with_what_nobody_declared_in_it(it):
    scope = it.scope("file_system_entry")
    folder = it.applier.create(KINDS["file_system_entry"], scope, {"path": "M", "type": "folder"}).found
    path = f"/api/projects/{scope['project']}/file_system/"
    for name in ("M/a", "M/N/b"):
        it.posthog.call("POST", path, {"path": name, "type": "insight", "ref": name, "meta": {}})
    it.live.forget(KINDS["file_system_entry"], scope)
    it.posthog.count_anew()

    # The folder that PostHog made for the second one counts, too.
    with pytest.raises(
        CannotApply, match=r'3 entries that this stack does not manage .* \(the first is "M/N"\)'
    ):
        it.applier.delete(KINDS["file_system_entry"], scope, folder.id)
    assert it.posthog.writes() == {}


def test_the_last_project_stays_also_when_its_deletion_is_allowed(it, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, it.posthog.key)
    name = it.posthog.info["projects"][0]["name"]
    monkeypatch.setattr(process.run.settings, "limits", Limits(deletions=frozenset({f"project/{name}"})))
    begin_anew()
    address = Location(it.posthog.url, it.posthog.organization).as_property
    absent = {**address, "name": name, "state": "absent", "__absent": True}
    it.posthog.count_anew()

    (failure,) = KindProvider("project").check({}, absent).failures

    begin_anew()
    assert "is the last one of the organization and stays" in failure.reason
    assert it.posthog.writes() == {}


def test_nothing_but_the_sandbox_knows_the_word_for_whatever_project_is_current():
    package = Path(pulumi_posthog.__file__).parent
    found = [
        path.name
        for path in package.rglob("*.py")
        if "sandbox" not in path.parts and "@current" in path.read_text(encoding="utf-8")
    ]

    assert found == []
