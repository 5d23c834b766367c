"""What one list of PostHog has: found by name, and by what it is in."""

import dataclasses

from pulumi_posthog.kinds.file_system_entry import FILE_SYSTEM_ENTRY, holders
from pulumi_posthog.reconcile.collection import Collection


def row(id_, path, type_="link"):
    return {"id": id_, "path": path, "type": type_, "ref": None, "shortcut": False}


def inside(collection, path):
    key = FILE_SYSTEM_ENTRY.natural_key({"type": "folder", "path": path})
    return [found.id for found in collection.inside(key)]


def test_what_is_in_a_folder_is_known_while_rows_come_move_and_go():
    rows = [row("1", "A", "folder"), row("2", "A/B", "folder"), row("3", "A/B/one"), row("4", "two")]
    collection = Collection(FILE_SYSTEM_ENTRY, rows)

    assert (inside(collection, "A"), inside(collection, "A/B")) == (["2", "3"], ["3"])

    collection.put(row("4", "A/two"))
    collection.put(row("5", "A/B/new"))
    collection.drop("3")

    assert (inside(collection, "A"), inside(collection, "A/B")) == (["2", "4", "5"], ["5"])
    assert inside(collection, "A/B/one") == []


def test_each_row_is_looked_at_once_however_many_are_asked_about():
    looked_at = []

    def counted(values):
        looked_at.append(values["path"])
        return holders(values)

    kind = dataclasses.replace(FILE_SYSTEM_ENTRY, containers=counted)
    rows = [row(str(number), f"A/{number}") for number in range(50)]
    collection = Collection(kind, rows)

    for each in rows:
        assert collection.inside(kind.natural_key(each)) == []

    assert sorted(looked_at) == sorted(each["path"] for each in rows)
