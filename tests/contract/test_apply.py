"""Creating, changing, taking over and removing objects of every kind, against servers of every age."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Invalid, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.secret_text import MASK, SecretText

SNOWFLAKE = "https://github.com/PostHog/snowflake-export-plugin"


@dataclass
class Tried:
    """A sandbox and everything that works on it."""

    posthog: Sandbox
    live: Live
    applier: Applier
    writer: Writer

    def look_again(self) -> Live:
        """A fresh view."""
        return Live(self.live.reader, self.live.organization_id)


def tried(sandbox: Sandbox) -> Tried:
    """Clients for a running sandbox."""
    connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
    live = Live(Reader(connection, pace=pace), sandbox.organization)
    writer = Writer(connection, pace=pace)
    return Tried(sandbox, live, Applier(live, writer), writer)


@contextmanager
def trying(sandbox: Sandbox) -> Iterator[Tried]:
    """The same, closed afterwards."""
    clients = tried(sandbox)
    with clients.live.reader, clients.writer:
        yield clients


@pytest.fixture(scope="module", params=["2026", "2025", "2024"])
def server(request, started) -> Sandbox:
    """One server of each age for all tests here: they use names of their own."""
    return started("--age", request.param, "--legacy-destinations")


@pytest.fixture
def it(server) -> Iterator[Tried]:
    with trying(server) as clients:
        yield clients


@pytest.fixture
def newest(posthog) -> Iterator[Tried]:
    with trying(posthog) as clients:
        yield clients


def scope_of_new_project(it, name):
    return {"project": it.applier.create(KINDS["project"], {}, {"name": name}).found.id}


def test_a_project_gets_all_its_settings_though_posthog_overwrites_some_on_create(it):
    desired = {
        "name": "Settings",
        "timezone": "Europe/Berlin",
        "anonymize_ips": True,
        "app_urls": ["https://acme.io"],
        "test_account_filters": [],
        "session_recording_sample_rate": 0.25,
        "session_recording_event_trigger_config": ["bought"],
    }

    applied = it.applier.create(KINDS["project"], {}, desired)

    found = it.look_again().object(KINDS["project"], {}, applied.found.id)
    left = [difference.field.name for difference in differences(KINDS["project"], desired, found.values)]
    assert left == [d.field.name for d in applied.ignored]
    assert set(left) <= {"session_recording_event_trigger_config", "session_recording_sample_rate"}


def test_a_role_is_found_whatever_its_case_and_taken_over(it):
    first = it.applier.create(KINDS["role"], {}, {"name": "Taken"})

    again = it.applier.create(KINDS["role"], {}, {"name": "TAKEN"})

    assert again.adopted
    assert again.found.id == first.found.id


def test_a_change_of_case_alone_is_sent_where_the_server_takes_it(it):
    role = it.applier.create(KINDS["role"], {}, {"name": "lower case"}).found

    it.applier.update(KINDS["role"], {}, role, {"name": "Lower Case"})

    name = it.look_again().object(KINDS["role"], {}, role.id).values["name"]
    assert name == ("Lower Case" if it.live.age() == 2026 else "lower case")


def test_a_project_takes_its_name_in_another_case_at_every_age(it):
    project = it.applier.create(KINDS["project"], {}, {"name": "lower case"}).found

    it.applier.update(KINDS["project"], {}, project, {"name": "Lower Case"})

    assert it.look_again().object(KINDS["project"], {}, project.id).values["name"] == "Lower Case"


def test_a_name_that_looks_the_same_is_taken_over_as_it_is(it):
    first = it.applier.create(KINDS["role"], {}, {"name": "Qualite\u0301"})
    writes = sum(it.posthog.writes().values())

    again = it.applier.create(KINDS["role"], {}, {"name": "Qualit\u00e9"})

    assert (again.adopted, again.found.id) == (True, first.found.id)
    assert sum(it.posthog.writes().values()) == writes


def test_a_role_is_renamed_in_place(it):
    role = it.applier.create(KINDS["role"], {}, {"name": "Before"})

    it.applier.update(KINDS["role"], {}, role.found, {"name": "After"})

    assert it.look_again().object(KINDS["role"], {}, role.found.id).values["name"] == "After"


def test_an_exact_list_adds_and_removes_until_it_is_so(it):
    role = it.applier.create(KINDS["role"], {}, {"name": "Exact"}).found
    scope, kind = {"role": role.id}, KINDS["role_members"]
    it.applier.create(kind, scope, {"members": ["ana@acme.io", "bo@acme.io"]})

    found = it.applier.live.object(kind, scope, role.id)
    it.applier.update(kind, scope, found, {"members": ["BO@acme.io", "cy@acme.io"]})

    assert sorted(it.look_again().object(kind, scope, role.id).values["members"]) == [
        "bo@acme.io",
        "cy@acme.io",
    ]


def test_a_membership_comes_and_goes(it):
    role = it.applier.create(KINDS["role"], {}, {"name": "Additive"}).found
    scope, kind = {"role": role.id}, KINDS["role_membership"]

    membership = it.applier.create(kind, scope, {"user": "ANA@acme.io"}).found

    assert it.live.find(kind, scope, {"user": "ana@acme.io"})[0].id == membership.id
    it.applier.delete(kind, scope, membership.id)
    assert it.live.collection(kind, scope) == {}
    assert it.look_again().collection(kind, scope) == {}


def test_a_destination_keeps_its_secret_when_another_key_changes(it):
    scope, kind = scope_of_new_project(it, "Destinations"), KINDS["pipeline_destination"]
    desired = {
        "plugin": it.live.refer("plugin", SNOWFLAKE),
        "name": "Orders",
        "enabled": True,
        "order": 1,
        "config": {"account": "acme", "password": SecretText("hush", "!env PASSWORD"), "database": "orders"},
    }
    found = it.applier.create(kind, scope, desired).found
    assert found.values["config"] == {"account": "acme", "password": MASK, "database": "orders"}
    it.posthog.count_anew()

    it.applier.update(kind, scope, found, {"config": {**desired["config"], "database": "sales"}})

    assert it.look_again().object(kind, scope, found.id).values["config"] == {
        "account": "acme",
        "password": MASK,
        "database": "sales",
    }
    assert list(it.posthog.writes()) == [
        f"PATCH /api/projects/{scope['project']}/pipeline_destination_configs/{found.id}/"
    ]


def test_a_destination_is_gone_from_the_list_once_removed(it):
    scope, kind = scope_of_new_project(it, "Removed destinations"), KINDS["pipeline_destination"]
    plugin = it.live.refer("plugin", SNOWFLAKE)
    found = it.applier.create(kind, scope, {"plugin": plugin, "name": "Orders"}, defaults={"order": 1}).found

    it.applier.delete(kind, scope, found.id)

    assert it.look_again().collection(kind, scope) == {}


def test_several_destinations_of_one_plugin_and_name_need_an_id(it):
    scope, kind = scope_of_new_project(it, "Twins"), KINDS["pipeline_destination"]
    plugin = it.live.refer("plugin", SNOWFLAKE)
    path = f"/api/projects/{scope['project']}/pipeline_destination_configs/"
    twins = [
        it.posthog.call("POST", path, {"plugin": plugin, "name": "Twin", "order": 1}, form=True)["id"]
        for _ in range(2)
    ]

    with pytest.raises(CannotApply, match=f"ids {twins[0]}, {twins[1]}"):
        it.applier.create(kind, scope, {"plugin": plugin, "name": "Twin"})

    applied = it.applier.create(kind, scope, {"plugin": plugin, "name": "Twin"}, id_=str(twins[1]))
    assert applied.adopted
    assert applied.found.id == str(twins[1])


@pytest.mark.parametrize(
    "plugin", ["Customer.io", SNOWFLAKE]
)  # with a template of a hog function, and without
def test_a_server_that_makes_no_new_destinations_is_sent_nothing(newest, plugin):
    scope, kind = scope_of_new_project(newest, "Web"), KINDS["pipeline_destination"]
    desired = {"plugin": newest.live.refer("plugin", plugin), "name": "Orders"}
    newest.posthog.count_anew()

    with pytest.raises(
        CannotApply, match="this pipeline destination does not exist, and PostHog makes no new"
    ):
        newest.applier.create(kind, scope, desired, defaults={"order": 1})

    assert newest.posthog.writes() == {}


def test_what_a_server_made_before_it_stopped_is_taken_over_changed_and_removed(newest):
    scope, kind = scope_of_new_project(newest, "Web"), KINDS["pipeline_destination"]
    newest.posthog.allow_legacy_destinations()
    desired = {"plugin": newest.live.refer("plugin", "Customer.io"), "name": "Mails"}
    before = newest.applier.create(kind, scope, desired, defaults={"order": 1}).found
    newest.posthog.call("PATCH", "/_sandbox/settings", {"legacy_destinations": False})
    with trying(newest.posthog) as later:
        adopted = later.applier.create(kind, scope, {**desired, "order": 7})
        live = later.look_again().collection(kind, scope)

        later.applier.delete(kind, scope, before.id)

        assert (adopted.adopted, adopted.found.id) == (True, before.id)
        assert live[before.id].values["order"] == 7
        assert later.look_again().collection(kind, scope) == {}


def test_a_server_that_does_not_tell_and_makes_something_else_is_told_of(newest, monkeypatch):
    monkeypatch.setattr("pulumi_posthog.reconcile.apply.objection_to_creation", lambda *_: None)
    scope, kind = scope_of_new_project(newest, "Web"), KINDS["pipeline_destination"]
    mails = {"plugin": newest.live.refer("plugin", "Customer.io"), "name": "Mails"}
    orders = {"plugin": newest.live.refer("plugin", SNOWFLAKE), "name": "Orders"}

    with pytest.raises(CannotApply, match="PostHog made a hog function in place of this"):
        newest.applier.create(kind, scope, mails, defaults={"order": 1})
    with pytest.raises(Invalid, match="Plugins can no longer be created"):
        newest.applier.create(kind, scope, orders, defaults={"order": 1})

    assert newest.look_again().collection(kind, scope) == {}


def test_an_item_keeps_the_name_that_posthog_gave_it_when_it_moves(newest):
    scope, kind = scope_of_new_project(newest, "Files"), KINDS["file_system_entry"]
    path = f"/api/projects/{scope['project']}/file_system/"
    row = newest.posthog.call(
        "POST", path, {"path": "Unfiled/Dashboards/Real name", "type": "dashboard", "ref": "77", "meta": {}}
    )

    applied = newest.applier.create(
        kind, scope, {"path": "Marketing/Board", "type": "dashboard", "ref": "77"}
    )

    assert applied.found.id == row["id"]
    assert newest.posthog.get(f"{path}{row['id']}/")["path"] == "Marketing/Real name"


@pytest.mark.parametrize("age", ["2026", "2025"])
def test_a_folder_moves_with_everything_in_it(started, age):
    with trying(started("--age", age)) as it:
        scope, kind = scope_of_new_project(it, "Moves"), KINDS["file_system_entry"]
        folder = it.applier.create(kind, scope, {"path": "Marketing", "type": "folder"}).found
        it.applier.create(kind, scope, {"path": "Marketing/Launches", "type": "folder"})
        it.applier.create(kind, scope, {"path": "Marketing/Launches/Board", "type": "dashboard", "ref": "79"})

        it.applier.update(kind, scope, folder, {"path": "Growth", "type": "folder"})

        paths = {found.values["path"] for found in it.look_again().collection(kind, scope).values()}
        assert {path for path in paths if not path.startswith("Unfiled")} == {
            "Growth",
            "Growth/Launches",
            "Growth/Launches/Board",
        }


def test_a_folder_is_not_merged_into_another_one(newest):
    scope, kind = scope_of_new_project(newest, "Merges"), KINDS["file_system_entry"]
    folder = newest.applier.create(kind, scope, {"path": "Marketing", "type": "folder"}).found
    newest.applier.create(kind, scope, {"path": "Marketing/Launches", "type": "folder"})
    newest.applier.create(kind, scope, {"path": "Growth", "type": "folder"})

    with pytest.raises(CannotApply, match='there is a file system entry "Growth" already'):
        newest.applier.update(kind, scope, folder, {"path": "Growth", "type": "folder"})


def test_removing_an_item_files_it_away_and_leaves_the_object_alone(newest):
    scope, kind = scope_of_new_project(newest, "Items"), KINDS["file_system_entry"]
    item = newest.applier.create(
        kind, scope, {"path": "Marketing/Board", "type": "dashboard", "ref": "78"}
    ).found
    newest.posthog.count_anew()

    newest.applier.delete(kind, scope, item.id)

    assert {path.split()[0] for path in newest.posthog.writes()} == {"PATCH"}
    (row,) = [f for f in newest.look_again().collection(kind, scope).values() if f.id == item.id]
    assert row.values["path"] == "Unfiled/Dashboards/Board"


def test_a_folder_with_strangers_in_it_stays(newest):
    scope, kind = scope_of_new_project(newest, "Folders"), KINDS["file_system_entry"]
    folder = newest.applier.create(kind, scope, {"path": "Marketing", "type": "folder"}).found
    path = f"/api/projects/{scope['project']}/file_system/"
    newest.posthog.call("POST", path, {"path": "Marketing/Theirs", "type": "insight", "ref": "a", "meta": {}})

    with trying(newest.posthog) as it, pytest.raises(CannotApply, match='the first is "Marketing/Theirs"'):
        it.applier.delete(kind, scope, folder.id)


def test_a_project_is_never_deleted_without_being_named(newest):
    project = newest.applier.create(KINDS["project"], {}, {"name": "Precious"}).found
    newest.posthog.count_anew()

    newest.applier.delete(KINDS["project"], {}, project.id)
    assert newest.posthog.writes() == {}

    newest.applier.delete(KINDS["project"], {}, project.id, even_guarded=True)
    assert newest.look_again().object(KINDS["project"], {}, project.id) is None


def test_another_current_organization_is_noticed_before_a_role_is_written_there(newest, monkeypatch):
    monkeypatch.setattr(newest.live, "me", lambda: {"organization": {"id": "another"}})

    with pytest.raises(CannotApply, match="working in another organization"):
        newest.applier.create(KINDS["role"], {}, {"name": "Misplaced"})

    assert newest.posthog.role("Misplaced") is None


@pytest.mark.parametrize("age", ["2026", "2025"])
def test_an_item_without_a_ref_goes_away_or_is_put_away_where_posthog_deletes_none(started, age):
    with trying(started("--age", age)) as it:
        scope, kind = scope_of_new_project(it, "Refs"), KINDS["file_system_entry"]
        folder = it.applier.create(kind, scope, {"path": "Marketing", "type": "folder"}).found
        item = it.applier.create(kind, scope, {"path": "Marketing/Site", "type": "link"}).found

        it.applier.delete(kind, scope, item.id)
        it.applier.delete(kind, scope, folder.id)

        left = it.look_again().object(kind, scope, item.id)
        assert (left and left.values["path"]) == (None if age == "2025" else "Unfiled/Links/Site")
        paths = {found.values["path"] for found in it.look_again().collection(kind, scope).values()}
        assert not [path for path in paths if path.startswith("Marketing")]


def test_a_row_is_never_written_without_a_meta_which_would_break_the_list(newest, monkeypatch):
    sent = []
    post = Writer.post
    monkeypatch.setattr(
        Writer,
        "post",
        lambda self, path, body, **more: (sent.append(body), post(self, path, body, **more))[1],
    )
    scope, kind = scope_of_new_project(newest, "Metas"), KINDS["file_system_entry"]

    newest.applier.create(kind, scope, {"path": "Marketing", "type": "folder"})

    assert sent[-1]["meta"] == {}


def test_a_slash_within_a_segment_reads_back_as_it_was_declared(newest):
    scope, kind = scope_of_new_project(newest, "Slashes"), KINDS["file_system_entry"]
    for desired in (
        {"path": r"A\/B", "type": "folder"},
        {"path": r"A\/B/C \\ D", "type": "dashboard", "ref": "80"},
    ):
        found = newest.applier.create(kind, scope, desired).found
        again = newest.look_again().object(kind, scope, found.id)

        assert again.values["path"] == desired["path"]
        assert differences(kind, desired, again.values) == ()
