"""The dynamic provider without Pulumi: what it refuses, what it says."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from harness.engine import urn_of
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, IncompleteRead, Invalid, NotFound, Pace, Reader
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.guard import GuardProvider
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.location import PROPERTY, Location, location_of
from pulumi_posthog.stack.untried import HEAD
from pulumi_posthog.values.variables import KEY_VARIABLE


@pytest.fixture
def place(posthog: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The hidden properties that say where a resource lives."""
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    begin_anew()
    yield Location(posthog.url, posthog.organization).as_property
    begin_anew()


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
    assert 'timezone: "UTC" => "Europe/Paris"' in said


def test_a_plugin_may_be_named_by_its_url(posthog, place):
    url = "https://github.com/PostHog/snowflake-export-plugin"
    plugin = next(plugin["id"] for plugin in posthog.info["plugins"] if plugin["url"] == url)
    project = str(posthog.info["projects"][0]["id"])
    given = {**place, "project": project, "name": "Orders", "plugin": url}

    assert KindProvider("pipeline_destination").check({}, given).inputs["plugin"] == plugin
    (failure,) = KindProvider("pipeline_destination").check({}, {**given, "plugin": "https://no"}).failures
    assert 'no plugin "https://no"' in failure.reason


def uuid_of(posthog, email):
    members = posthog.all(f"/api/organizations/{posthog.organization}/members/")
    return next(member["user"]["uuid"] for member in members if member["user"]["email"] == email)


@pytest.fixture
def analysts(posthog):
    """The id of a role that has ana and bo."""
    roles = f"/api/organizations/{posthog.organization}/roles/"
    role = posthog.call("POST", roles, {"name": "Analysts"})["id"]
    for email in ("ana@acme.io", "bo@acme.io"):
        posthog.call("POST", f"{roles}{role}/role_memberships/", {"user_uuid": uuid_of(posthog, email)})
    return role


def dismiss(posthog, email):
    path = f"/api/organizations/{posthog.organization}/members/{uuid_of(posthog, email)}/"
    posthog.call("DELETE", path)
    begin_anew()


def test_a_programs_address_becomes_the_one_that_posthog_has(place, analysts):
    given = {**place, "role": analysts, "members": ["ANA@acme.io", "cy@acme.io"]}

    checked = KindProvider("role_members").check({}, given)

    assert checked.failures == []
    assert checked.inputs["members"] == ["ana@acme.io", "cy@acme.io"]


def test_an_address_that_nobody_has_is_refused_before_anything_is_sent(posthog, place, analysts):
    given = {**place, "role": analysts, "members": ["ana@acme.io", "who@acme.io"]}

    (failure,) = KindProvider("role_members").check({}, given).failures

    assert 'no member of the organization has the e-mail address "who@acme.io"' in failure.reason
    assert "invite that person" in failure.reason


@pytest.mark.parametrize("refreshed", [True, False])
def test_whoever_has_left_since_is_left_out_of_an_exact_list(posthog, place, analysts, capsys, refreshed):
    provider = KindProvider("role_members")
    given = {**place, "role": analysts, "members": ["ana@acme.io", "bo@acme.io"]}
    before = provider.check({}, given).inputs
    dismiss(posthog, "bo@acme.io")
    olds = provider.read(analysts, before).inputs if refreshed else before

    checked = provider.check(olds, given)
    again = provider.check(checked.inputs, given)

    for each in (checked, again):
        assert each.failures == []
        assert (each.inputs["members"], each.inputs["__left"]) == (["ana@acme.io"], ["bo@acme.io"])
        assert not provider.diff(analysts, olds, each.inputs).changes
    assert (
        'no member of the organization has the e-mail address "bo@acme.io" any more'
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("refreshed", [True, False])
def test_the_membership_of_whoever_has_left_is_kept_in_the_state_and_waits(
    posthog, place, analysts, refreshed
):
    provider = KindProvider("role_membership")
    given = {**place, "role": analysts, "user": "bo@acme.io"}
    made = provider.create(provider.check({}, given).inputs)
    dismiss(posthog, "bo@acme.io")
    olds = provider.read(made.id, made.outs).inputs if refreshed else made.outs

    checked = provider.check(olds, given)

    assert checked.failures == []
    assert checked.inputs["__left"] == ["bo@acme.io"]
    assert not provider.diff(made.id, olds, checked.inputs).changes
    assert provider.read(made.id, checked.inputs).id == made.id
    provider.delete(made.id, olds)


def test_who_is_out_of_the_role_and_still_a_member_is_put_back(posthog, place, analysts):
    provider = KindProvider("role_membership")
    given = {**place, "role": analysts, "user": "bo@acme.io"}
    made = provider.create(provider.check({}, given).inputs)
    path = f"/api/organizations/{posthog.organization}/roles/{analysts}/role_memberships/{made.id}/"
    posthog.call("DELETE", path)
    begin_anew()

    assert provider.read(made.id, made.outs).id is None
    assert provider.diff(made.id, made.outs, provider.check(made.outs, given).inputs).changes


def test_more_roles_than_an_old_server_can_list_are_looked_at_one_by_one(started, monkeypatch):
    posthog = started("--age", "2025")
    posthog.call("POST", "/_sandbox/bulk", {"roles": 130})
    last = posthog.call("POST", f"/api/organizations/{posthog.organization}/roles/", {"name": "The last"})[
        "id"
    ]
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    with Reader(Connection(posthog.url, posthog.key), pace=Pace()) as reader:
        live, role = Live(reader, posthog.organization), KINDS["role"]

        assert live.find(role, {}, {"name": "The last"})[0].id == last
        assert live.find(role, {}, {"name": "None such"}) == []
        assert live.object(role, {}, last)
        assert live.object(role, {}, "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c") is None
        with pytest.raises(IncompleteRead, match="cannot list more than"):
            live.collection(role, {})


def test_a_server_that_has_a_list_only_below_environments_is_read_there(posthog, place, monkeypatch):
    project = str(posthog.info["projects"][0]["id"])
    live, list_all = process.run.view(place).live, Reader.list_all

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


def test_of_several_rows_of_one_entry_the_oldest_counts_and_it_is_said(posthog, place, capsys):
    project = str(posthog.info["projects"][0]["id"])
    path = f"/api/projects/{project}/file_system/"
    rows = [
        posthog.call("POST", path, {"path": "Twins", "type": "folder", "meta": {}})["id"] for _ in range(2)
    ]
    given = {**place, "project": project, "path": "Twins", "type": "folder"}

    KindProvider("file_system_entry").check({}, given)

    said = capsys.readouterr().err
    assert f'file system entry "Twins" exists in PostHog already (id {rows[0]})' in said
    assert f"PostHog has 2 of it, and the oldest is used: ids {rows[1]} are left alone" in said


@pytest.mark.usefixtures("legacy_destinations")
def test_a_preview_asks_which_of_several_is_meant(posthog, place, capsys):
    url = "https://github.com/PostHog/snowflake-export-plugin"
    plugin = next(plugin["id"] for plugin in posthog.info["plugins"] if plugin["url"] == url)
    project = str(posthog.info["projects"][0]["id"])
    path = f"/api/projects/{project}/pipeline_destination_configs/"
    twins = [
        posthog.call("POST", path, {"plugin": plugin, "name": "Twin", "order": 1}, form=True)["id"]
        for _ in range(2)
    ]
    given = {**place, "project": project, "name": "Twin", "plugin": plugin}

    (failure,) = KindProvider("pipeline_destination").check({}, given).failures
    assert f"PostHog has 2 of this pipeline destination (ids {twins[0]}, {twins[1]})" in failure.reason
    (failure,) = KindProvider("pipeline_destination").check({}, {**given, "__id": "999"}).failures
    assert "there is no pipeline destination with id 999 to take over" in failure.reason
    assert not KindProvider("pipeline_destination").check({}, {**given, "__id": str(twins[1])}).failures
    assert f"(id {twins[1]}): it is taken over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        (
            "project",
            "timezone",
            "CET",
            'it is still "UTC". Does the plan include it, and may this key\'s user',
        ),
        ("project", "business_model", "b2b", "it is still null. It needs a server of 2026 or newer."),
        ("role", "feature_flags_access_level", 21, "it is still null. Servers newer than 2024 no longer"),
    ],
)
def test_what_posthog_drops_without_a_word_is_named_with_the_likely_reason(
    posthog, place, capsys, kind, field, value, said
):
    posthog.call("PATCH", "/_sandbox/settings", {"age": 2025})
    provider = KindProvider(kind)
    inputs = provider.check({}, {**place, "name": "Web"}).inputs
    made = provider.create(inputs)
    posthog.call("POST", "/_sandbox/faults", {"spec": "ignored-field PATCH /projects/ field=timezone"})
    news = provider.check(inputs, {**place, "name": "Web", field: value}).inputs

    provider.update(made.id, made.outs, news)

    assert f"PostHog took the {kind} but not its {field}: {said}" in capsys.readouterr().err


def test_a_state_from_before_is_read_compared_and_deleted_as_it_is(posthog, place):
    """A property for each part of a location, a list of names; refresh and delete see nothing but the state."""
    provider = KindProvider("role")
    made = provider.create(provider.check({}, {**place, "name": "Old"}).inputs)
    location = location_of(made.outs)
    before = {name: value for name, value in made.outs.items() if name != PROPERTY} | {
        "__host": location.host,
        "__organization": location.organization,
        "__declared": ["name"],
    }

    read = provider.read(made.id, before)
    news = provider.check(read.inputs, {**place, "name": "Old"}).inputs

    assert read.id == made.id
    assert provider.diff(made.id, read.outs, news).changes is False
    provider.delete(made.id, read.outs)
    roles = posthog.all(f"/api/organizations/{posthog.organization}/roles/")
    assert "Old" not in [role["name"] for role in roles]


def test_what_was_not_tried_is_said_beside_what_failed_as_a_guard_of_a_program_knows_it(
    posthog, place, capsys
):
    declared = {"role": {"": dict.fromkeys(("Alpha", "Beta", "Gamma"), "")}}
    before = {"role": {"": {"Alpha": "", "Old": ""}}}
    asked = {"__renamed": "{}", "__called": "{}", "__lists": "{}", "__ids": "{}"}
    guard = GuardProvider().check(
        {"__managed": json.dumps(before)}, {**asked, "__managed": json.dumps(declared)}
    )
    assert guard.failures == []
    capsys.readouterr()

    for name in ("Alpha", "Beta"):
        with pytest.raises(Invalid):
            _asked("role", name, "create", {**place, "name": ""})

    said = capsys.readouterr().err
    assert said == f'{HEAD}\n  role "Beta"\n  role "Gamma"\n  removal of role "Old"\n'


def _asked(kind, name, method, *arguments):
    """A call of the provider, which finds in the calling frames whom it is about."""
    request = SimpleNamespace(urn=urn_of(kind, name))
    return getattr(KindProvider(kind), method)(*arguments) if request else None


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (
            "role_members",
            {"role": "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c", "members": "bo@acme.io"},
            "members must be a",
        ),
        ("project", {"name": "Web", "week_start_day": 9}, "week_start_day must be"),
        ("project", {"name": "Web", "timezone": "Europe/Pariss"}, 'did you mean "Europe/Paris"?'),
        ("project", {"name": ["Web"]}, "name must be"),
        ("cohort", {"project": "1", "name": "A", "filters": '"all"'}, "filters must be"),
    ],
)
def test_what_has_another_form_is_refused_before_posthog_is_asked(posthog, place, kind, given, said):
    posthog.count_anew()

    result = KindProvider(kind).check({}, {**place, **given})

    assert said in "\n".join(failure.reason for failure in result.failures)
    assert posthog.requests()["total"] == 0


def test_a_secret_of_another_form_is_not_shown(place):
    given = {**place, "project": "1", "plugin": "1", "name": "Orders", "config": '"hush-hush-very-secret"'}

    result = KindProvider("pipeline_destination").check({}, given)

    assert result.failures
    assert "hush" not in "\n".join(failure.reason for failure in result.failures)
