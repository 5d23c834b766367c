"""The provider plugin without Pulumi: what it answers to the engine's calls, beside a real sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import __version__
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.location import PROPERTY, Location
from pulumi_posthog.stack.plugin.protocol import provider_pb2, status_pb2
from pulumi_posthog.stack.plugin.servicer import Provider
from pulumi_posthog.stack.plugin.wire import Secret, opened, received, sent
from pulumi_posthog.values.variables import KEY_VARIABLE

pytestmark = pytest.mark.usefixtures("legacy_destinations")

SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"

NO_JSON = "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"


@dataclass
class Context:
    """What gRPC hands to a call, and what the call leaves in it."""

    code: Any = None
    details: str = ""
    trailers: dict[str, bytes] = field(default_factory=dict)
    at_the_end: list[Callable[[], object]] = field(default_factory=list)

    def set_code(self, code: Any) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details

    def set_trailing_metadata(self, trailers: tuple[tuple[str, bytes], ...]) -> None:
        self.trailers = dict(trailers)

    def add_callback(self, call: Callable[[], object]) -> None:
        self.at_the_end.append(call)


@dataclass
class Engine:
    """The engine's side: calls by type and name."""

    provider: Provider = field(default_factory=Provider)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.provider._log = lambda _urn, _severity, text: self.said.append(text)  # type: ignore[method-assign]

    def call(self, method: str, type_: str, name: str = "it", **fields: Any) -> tuple[Any, Context]:
        request = {
            "Check": provider_pb2.CheckRequest,
            "Diff": provider_pb2.DiffRequest,
            "Read": provider_pb2.ReadRequest,
            "Create": provider_pb2.CreateRequest,
            "Update": provider_pb2.UpdateRequest,
            "Delete": provider_pb2.DeleteRequest,
        }[method]
        context = Context()
        structs = {key: sent(value) if isinstance(value, dict) else value for key, value in fields.items()}
        urn = f"urn:pulumi:test::tried::posthog:index:{type_}::{name}"
        given = request(urn=urn, type=f"posthog:index:{type_}", name=name, **structs)
        return getattr(self.provider, method)(given, context), context

    def faults(self, type_: str, news: dict[str, Any]) -> dict[str, str]:
        """Property -> what `check` has against it."""
        answer, context = self.call("Check", type_, news=news)
        assert context.code is None, context.details
        return {failure.property: failure.reason for failure in answer.failures}

    def inputs(self, type_: str, news: dict[str, Any], olds: dict[str, Any] | None = None) -> dict[str, Any]:
        """What `check` makes of good properties."""
        answer, context = self.call("Check", type_, news=news, olds=olds or {})
        assert context.code is None, context.details
        assert not answer.failures, answer.failures
        return received(answer.inputs)


@pytest.fixture
def engine(posthog: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A configured provider beside the sandbox."""
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    begin_anew()
    engine = Engine()
    args = sent({"host": posthog.url, "organization": posthog.organization})
    engine.provider.Configure(provider_pb2.ConfigureRequest(args=args), Context())
    yield engine
    engine.provider.run.close()
    begin_anew()


def test_a_wrong_value_is_refused_with_what_may_have_been_meant(engine, posthog):
    posthog.count_anew()

    assert engine.faults(
        "Project",
        {"name": "Web", "week_start_day": 9, "timezone": "Europe/Pariss", "app_urls": "https://acme.io"},
    ) == {
        "week_start_day": "week_start_day must be one of 0, 1, null, not 9",
        "timezone": 'timezone must be a time zone, not "Europe/Pariss"\n  hint: did you mean "Europe/Paris"?',
        "app_urls": 'app_urls must be a list, not "https://acme.io"\n  hint: put it into a list: [...]',
    }
    assert posthog.requests()["total"] == 0


@pytest.mark.parametrize(
    ("type_", "news", "said"),
    [
        (
            "Role",
            {},
            {
                "name": 'a role needs "name"\n  hint: A name that is unique within the organization, whatever its case.'
            },
        ),
        (
            "Role",
            {"name": "A", "nmae": "B"},
            {"nmae": 'a role has no property "nmae"\n  hint: did you mean "name"?'},
        ),
        (
            "Role",
            {"name": "A", "created_at": "x"},
            {"created_at": "created_at is set by PostHog: take it out"},
        ),
        ("Project", {"name": "A", "state": "gone"}, {"state": 'state must be "absent", or be left out'}),
        (
            "Check",
            {"expect": "> 0", "qery": "SELECT 1"},
            {
                "qery": 'a check has no property "qery"\n  hint: did you mean "query"?',
                "project": 'a check needs "project"',
            },
        ),
        (
            "PipelineDestination",
            {"project": "1", "plugin": 1, "name": "A", "config": "{no JSON"},
            {"config": f"config is not JSON: {NO_JSON}"},
        ),
        (
            "Guard",
            {},
            {"": "a guard is made by `deploy()` and by `with guarded():`, and by no other program"},
        ),
        (
            "AbsentPersons",
            {"project": "1"},
            {
                "": "absent persons are declared in a posthog.yaml, or by AbsentPersons of Python, without their names"
            },
        ),
    ],
)
def test_what_cannot_be_is_refused_property_by_property(engine, type_, news, said):
    assert engine.faults(type_, news) == said


def test_a_secret_value_that_is_wrong_is_not_repeated(engine):
    (said,) = engine.faults(
        "Project", {"name": "A", "slack_incoming_webhook": Secret("hush hush " * 100)}
    ).values()

    assert "hush" not in said


def test_an_unknown_type_is_one_line_with_what_may_have_been_meant(engine):
    _, context = engine.call("Check", "Rol", news={"name": "A"})

    assert context.details == 'there is no resource type "posthog:index:Rol"\n  hint: did you mean "Role"?'


def test_a_program_of_another_version_is_refused(engine):
    _, context = engine.call("Check", "Guard", news={"__managed": "{}", "__version": "99.0"})

    assert context.details.startswith(
        f"the program has pulumi-posthog 99.0, and the provider plugin is of {__version__}\n  hint: "
    )
    assert "__version" not in engine.inputs("Guard", {"__managed": "{}", "__version": __version__})


def test_what_is_not_known_yet_passes_and_stays_unknown(engine):
    news = {"project": NOT_YET_KNOWN, "plugin": 1, "name": NOT_YET_KNOWN, "config": {"a": [NOT_YET_KNOWN]}}

    inputs = engine.inputs("PipelineDestination", news)

    assert {name: inputs[name] for name in ("project", "name", "config")} == {
        "project": NOT_YET_KNOWN,
        "name": NOT_YET_KNOWN,
        "config": NOT_YET_KNOWN,
    }


def test_secrets_in_an_object_are_kept_apart_and_are_secret_in_every_answer(engine, posthog):
    project = str(posthog.info["projects"][0]["id"])
    config = {"account": "acme", "username": "exporter", "database": "o", "password": Secret("hush-hush")}
    news = {"project": project, "plugin": SNOWFLAKE, "name": "Orders", "order": 1, "config": config}

    inputs = engine.inputs("PipelineDestination", news)
    assert inputs["config"] == '{"account": "acme", "database": "o", "username": "exporter"}'
    assert inputs["secret_config"] == Secret('{"password": "hush-hush"}')

    made, context = engine.call("Create", "PipelineDestination", properties=inputs)
    assert context.code is None, context.details
    outputs = received(made.properties)
    assert outputs["secret_config"] == Secret('{"password": "hush-hush"}')
    read, _ = engine.call("Read", "PipelineDestination", id=made.id, properties=outputs, inputs={"order": 2})
    assert received(read.inputs)["secret_config"] == Secret('{"password": "hush-hush"}')
    assert received(read.properties)["secret_config"] == Secret('{"password": "hush-hush"}')
    for answer in (made.properties, read.properties, read.inputs):
        open_ones = {name: value for name, value in received(answer).items() if not isinstance(value, Secret)}
        assert "hush-hush" not in repr(opened(open_ones))


def test_what_a_program_makes_secret_stays_secret(engine):
    made, _ = engine.call("Create", "Role", properties=engine.inputs("Role", {"name": Secret("Quiet")}))

    assert received(made.properties)["name"] == Secret("Quiet")


def test_a_token_of_posthogs_is_secret(engine):
    made, _ = engine.call("Create", "Project", properties=engine.inputs("Project", {"name": "New"}))

    assert isinstance(received(made.properties)["api_token"], Secret)


def test_a_preview_writes_nothing_and_says_what_only_posthog_will_know(engine, posthog):
    posthog.count_anew()
    inputs = engine.inputs("Role", {"name": "New"})

    answer, _ = engine.call("Create", "Role", properties=inputs, preview=True)

    assert received(answer.properties)["created_at"] == NOT_YET_KNOWN
    assert received(answer.properties)["name"] == "New"
    assert answer.id == ""
    assert posthog.writes() == {}


def test_a_set_is_shown_by_who_comes_and_who_goes(engine, posthog):
    role = posthog.call("POST", f"/api/organizations/{posthog.organization}/roles/", {"name": "Analysts"})[
        "id"
    ]
    before = engine.inputs("RoleMembers", {"role": role, "members": ["bo@acme.io", "ana@acme.io"]})
    made, _ = engine.call("Create", "RoleMembers", properties=before)
    assert before["members"] == {"ana@acme.io": "member", "bo@acme.io": "member"}

    now = engine.inputs("RoleMembers", {"role": role, "members": ["cy@acme.io", "ana@acme.io"]}, before)
    diff, _ = engine.call(
        "Diff", "RoleMembers", id=made.id, olds=received(made.properties), old_inputs=before, news=now
    )

    kind = provider_pb2.PropertyDiff
    assert {path: each.kind for path, each in diff.detailedDiff.items()} == {
        'members["bo@acme.io"]': kind.DELETE,
        'members["cy@acme.io"]': kind.ADD,
    }
    assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME


def test_a_value_that_posthog_does_not_answer_is_no_change_once_it_was_sent(engine, posthog):
    project = posthog.all(f"/api/organizations/{posthog.organization}/projects/")[0]["id"]

    def source(key: str) -> dict[str, Any]:
        inputs = {"stripe_account_id": "acct_1", "key": key, "stripe_secret_key": Secret("sk_live_1")}
        tables = {"Customer": {"should_sync": True, "sync_type": "full_refresh"}}
        return {
            "project": str(project),
            "prefix": "eu",
            "source_type": "Stripe",
            "job_inputs": inputs,
            "schemas": tables,
        }

    def diff(kept: Any, news: dict[str, Any]) -> Any:
        fields = {"olds": received(kept.properties), "old_inputs": before}
        return engine.call("Diff", "ExternalDataSource", id=made.id, news=news, **fields)[0].changes

    before = engine.inputs("ExternalDataSource", source("pk_1"))
    made, context = engine.call("Create", "ExternalDataSource", properties=before)
    assert context.code is None, context.details
    read, _ = engine.call(
        "Read", "ExternalDataSource", id=made.id, properties=received(made.properties), inputs=before
    )
    now = engine.inputs("ExternalDataSource", source("pk_2"), before)

    nothing, some = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME
    assert (diff(read, before), diff(read, now)) == (nothing, some)


def test_what_is_no_longer_declared_is_no_change(engine):
    before = engine.inputs("Project", {"name": "New", "timezone": "CET"})
    made, _ = engine.call("Create", "Project", properties=before)

    diff, _ = engine.call(
        "Diff",
        "Project",
        id=made.id,
        olds=received(made.properties),
        old_inputs=before,
        news=engine.inputs("Project", {"name": "New"}, before),
    )

    assert diff.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert not diff.detailedDiff


def test_what_would_be_if_nothing_were_known_is_asked_where_the_object_is(engine):
    before = engine.inputs("Role", {"name": "A"})
    made, _ = engine.call("Create", "Role", properties=before)

    answer, context = engine.call(
        "Diff",
        "Role",
        id=made.id,
        olds=received(made.properties),
        old_inputs=before,
        news=dict.fromkeys(before, NOT_YET_KNOWN),
    )

    assert context.details == ""
    assert list(answer.replaces) == []


def test_every_resource_but_those_that_are_nothing_in_posthog_is_read_in_every_run(engine):
    made, _ = engine.call("Create", "Role", properties=engine.inputs("Role", {"name": "New"}))
    guard, _ = engine.call("Create", "Guard", properties=engine.inputs("Guard", {"__managed": "{}"}))

    assert made.refresh_before_update
    # It takes being read for a sign that everything was.
    assert not guard.refresh_before_update


def test_a_half_made_object_is_recorded_with_its_id_and_its_secrets(engine, posthog):
    posthog.call("POST", "/_sandbox/faults", {"spec": "repeated-request PATCH /api/organizations/ times=1"})
    inputs = engine.inputs(
        "Project", {"name": "Half", "timezone": "CET", "slack_incoming_webhook": "https://h/x"}
    )

    _, context = engine.call("Create", "Project", properties=inputs)

    status = status_pb2.Status.FromString(context.trailers["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id == str(posthog.project("Half")["id"])
    assert list(detail.reasons) == [context.details]
    assert "Traceback" not in context.details
    assert isinstance(received(detail.properties)["api_token"], Secret)


def test_inputs_are_answered_only_where_pulumi_has_others(engine):
    known = engine.inputs("Project", {"name": "New", "week_start_day": 1})
    made, _ = engine.call("Create", "Project", properties=known)
    # True is equal to 1 in Python, and something else to Pulumi.
    for other, answered in (({}, False), ({"week_start_day": True}, True), ({"timezone": "CET"}, True)):
        fields = {"id": made.id, "properties": received(made.properties), "inputs": known | other}
        answer, _ = engine.call("Read", "Project", **fields)
        assert (answer.HasField("inputs"), received(answer.inputs)) == (answered, known if answered else {})


def test_an_object_is_imported_by_its_id_with_what_is_worth_declaring(engine, posthog):
    made = posthog.call("POST", f"/api/organizations/{posthog.organization}/roles/", {"name": "By hand"})

    answer, _ = engine.call("Read", "Role", id=made["id"])

    place = Location(posthog.url, posthog.organization).as_property
    assert answer.id == made["id"]
    assert received(answer.inputs) == {"name": "By hand", **place}
    assert PROPERTY in received(answer.properties)


def test_an_object_in_another_one_is_imported_by_both_ids(engine, posthog):
    project = str(posthog.info["projects"][0]["id"])
    row = posthog.call(
        "POST", f"/api/projects/{project}/file_system/", {"path": "Mine", "type": "folder", "meta": {}}
    )["id"]

    answer, _ = engine.call("Read", "FileSystemEntry", id=f"{project}/{row}")
    _, alone = engine.call("Read", "FileSystemEntry", id=row)

    assert (answer.id, received(answer.inputs)["project"]) == (row, project)
    assert alone.details == (
        "a file system entry is in a project, whose id is needed too\n"
        f"  hint: pulumi import posthog:index:FileSystemEntry NAME <project id>/{row}"
    )


def test_a_rule_is_imported_by_what_it_is_about(engine, posthog):
    project = str(posthog.info["projects"][0]["id"])
    path = f"/api/projects/{project}"
    board = str(posthog.call("POST", f"{path}/dashboards/", {"name": "Board"})["id"])
    posthog.call("PUT", f"{path}/access_controls/", {"access_level": "member"})
    posthog.call("PUT", f"{path}/dashboards/{board}/access_controls/", {"access_level": "none"})

    own, _ = engine.call("Read", "ProjectAccessRule", id=f"{project}/everyone")
    of_board, _ = engine.call("Read", "ObjectAccessRule", id=f"{project}/dashboards/{board}/everyone")
    wrong = [
        engine.call("Read", "ObjectAccessRule", id=each)[1].details
        for each in ("7", f"{project}/7", f"{project}/cohorts/7/everyone", "1/dashboards/x/y/z")
    ]

    assert received(own.inputs)["access_level"] == "member"
    inputs = received(of_board.inputs)
    assert (inputs["resource"], inputs["resource_id"], inputs["access_level"]) == ("dashboard", board, "none")
    hint = "pulumi import posthog:index:ObjectAccessRule NAME <project id>/dashboards/<dashboard id>/everyone"
    assert [each.endswith(hint) for each in wrong] == [True] * 4


@pytest.mark.parametrize("id_", ["nope", "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c", "..", "a b?c=d"])
def test_an_id_that_posthog_does_not_have_is_no_object(engine, id_):
    answer, context = engine.call("Read", "Role", id=id_)

    assert answer.id == ""
    assert context.code is None, context.details


def test_what_is_nothing_in_posthog_cannot_be_imported(engine):
    _, context = engine.call("Read", "Guard", id="guard")

    assert context.details == "a Guard is not an object in PostHog: it can't be imported"


def test_without_a_key_nothing_begins(posthog, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    context = Context()

    Provider().Configure(provider_pb2.ConfigureRequest(), context)

    assert context.details.startswith("there is no PostHog API key\n  hint: set POSTHOG_PERSONAL_API_KEY")


def test_where_the_organization_is_has_to_be_said(posthog, monkeypatch):
    for name in ("POSTHOG_HOST", "POSTHOG_ORGANIZATION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    engine = Engine()

    (said,) = engine.faults("Role", {"name": "A"}).values()

    assert said.startswith("which PostHog organization?\n  hint: `pulumi config set posthog:host")


@pytest.mark.parametrize("environment", [{}, {KEY_VARIABLE: "phx_1"}], ids=["none", "in the environment"])
def test_pulumi_keeps_of_a_configuration_only_what_is_needed(environment, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    news = {"personalApiKey": "phx_2", "host": "https://eu.posthog.com", "snowflakeUser": Secret("hush")}

    answer = Provider().CheckConfig(
        provider_pb2.CheckRequest(urn="urn:pulumi:t::p::pulumi:providers:posthog::default", news=sent(news)),
        Context(),
    )

    key = {} if environment else {"personalApiKey": Secret("phx_2")}
    assert received(answer.inputs) == {"host": "https://eu.posthog.com", **key}
    assert not answer.failures


def test_a_provider_of_a_program_refuses_what_it_does_not_have():
    urn = "urn:pulumi:t::p::pulumi:providers:posthog::mine"

    answer = Provider().CheckConfig(
        provider_pb2.CheckRequest(urn=urn, news=sent({"hots": "https://eu.posthog.com"})), Context()
    )

    (failure,) = answer.failures
    assert failure.reason == 'the provider has no property "hots"\n  hint: did you mean "host"?'


def test_another_configuration_counts_at_once_and_replaces_nothing():
    provider, kind = Provider(), provider_pb2.DiffResponse

    def diff(before: dict[str, Any], now: dict[str, Any]) -> Any:
        request = provider_pb2.DiffRequest(olds=sent(before), old_inputs=sent(before), news=sent(now))
        return provider.DiffConfig(request, Context())

    same, other = diff({"host": "a"}, {"host": "a"}), diff({"host": "a"}, {"host": "a", "maxRemovals": "3"})

    assert (same.changes, list(same.replaces)) == (kind.DIFF_NONE, [])
    assert (other.changes, list(other.replaces)) == (kind.DIFF_SOME, [])


def test_a_mistake_of_ours_shows_no_values(engine, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("hush-hush")

    monkeypatch.setattr("pulumi_posthog.stack.plugin.inputs.given", broken)

    _, context = engine.call("Check", "Role", news={"name": "A"})

    assert context.details.startswith("a bug in pulumi-posthog: RuntimeError at test_plugin.py:")
    assert "hush" not in context.details
