"""What `state: unmanaged` means: how the guard is told, and which live objects it keeps."""

import json

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.unmanaged import as_text, kept, of_text, without
from pulumi_posthog.values.json_value import Damaged

ROLE, PROJECT, SITE_APP = KINDS["role"], KINDS["project"], KINDS["site_app"]
DASHBOARD = KINDS["dashboard"]
WEB = Found(PROJECT, "7", {"id": 7, "name": "Web"})


def given_up(*entries, declared=()):
    desired = Desired(host="", organization="", entries=tuple(declared), unmanaged=entries)
    return of_text(as_text(desired))


def entry(kind, name, **more):
    return Entry(kind=kind, name=name, fields={"name": name.rpartition("/")[2]}, **more)


SUPPORT = given_up(entry(ROLE, "Support", previously=("Help",), id="r1"))


@pytest.mark.parametrize(
    ("name", "id_", "called", "stays"),
    [
        ("Support", "r9", "Renamed by hand", True),
        ("Help", "r9", "Renamed by hand", True),
        ("SUPPORT", "r9", "Renamed by hand", True),
        ("Other", "r1", "Renamed by hand", True),
        ("Other", "r9", "support", True),
        ("Other", "r9", "Other", False),
    ],
)
def test_each_sign_alone_keeps_an_object(name, id_, called, stays):
    found = Found(ROLE, id_, {"id": id_, "name": called})

    assert kept(ROLE, name, id_, found, None, None, SUPPORT) is stays


@pytest.mark.parametrize("called", ["Web", "Renamed by hand"])
def test_what_is_below_it_stays_too(called):
    project = Found(PROJECT, "7", {"id": 7, "name": called})

    assert kept(SITE_APP, "Web/Banner", "3", None, "7", project, given_up(entry(PROJECT, "Web")))


@pytest.mark.parametrize(
    "unmanaged",
    [
        entry(PROJECT, "Site", id="7"),
        entry(PROJECT, "Web"),
        entry(DASHBOARD, "Site/Launch", parent="Site", id="12"),
        entry(DASHBOARD, "Site/Board", parent="Site"),
    ],
)
def test_so_does_what_is_attached_to_an_object_below_it_whatever_it_is_called_now(unmanaged):
    board, rule = (
        (DASHBOARD, "12", Found(DASHBOARD, "12", {"id": 12, "name": "Board"})),
        KINDS["object_access_rule"],
    )
    where = ("Was/Old/dashboard/everyone", "7/dashboards/12/everyone", None, "7", WEB)

    assert kept(rule, *where, given_up(unmanaged), board)
    assert not kept(rule, *where, given_up(entry(PROJECT, "Shop", id="8")), board)


def test_the_same_name_in_another_project_is_another_object():
    web = entry(PROJECT, "Web")
    banner = given_up(entry(SITE_APP, "Web/Banner", parent="Web"), declared=(web,))
    shop = Found(PROJECT, "8", {"id": 8, "name": "Shop"})
    found = Found(SITE_APP, "3", {"id": 3, "name": "Banner"})

    assert kept(SITE_APP, "Was/Banner", "3", found, "7", WEB, banner)
    assert not kept(SITE_APP, "Shop/Banner", "3", found, "8", shop, banner)


def test_it_counts_as_no_removal():
    managed = {
        "role": {"": {"Support": "", "Ops": ""}},
        "role_membership": {"Support": {"Support/ana@acme.io": ""}, "Ops": {"Ops/ana@acme.io": ""}},
        "of a newer version": {"": {"Support": ""}},
    }

    assert without(managed, SUPPORT) == {
        "role": {"": {"Ops": ""}},
        "role_membership": {"Support": {}, "Ops": {"Ops/ana@acme.io": ""}},
        "of a newer version": {"": {"Support": ""}},
    }


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"kind": "role"}]', json.dumps([{"names": []}]), "no JSON"])
def test_what_was_not_written_so_is_damaged(text):
    with pytest.raises(Damaged):
        of_text(text)


def test_a_guard_that_was_told_nothing_gives_nothing_up():
    assert (of_text(None), of_text("")) == ((), ())
