"""Persons who shall not exist, without Pulumi: looked up, refused, erased, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.api import IncompleteRead, Reader
from pulumi_posthog.erasures import erase
from pulumi_posthog.erasures import receipt as erasures_receipt
from pulumi_posthog.erasures.declared import Identifier
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.absent_persons import AbsentPersonsProvider
from pulumi_posthog.stack.location import Location
from pulumi_posthog.values.variables import KEY_VARIABLE

ANA, BO = "ana.gone@example.org", "bo.gone@example.org"


class Tried:
    """A project with persons, and the provider of a resource that shall keep it free of some of them."""

    def __init__(self, posthog: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.posthog = posthog
        self.project = str(posthog.info["projects"][0]["id"])
        self.monkeypatch = monkeypatch
        self.provider = AbsentPersonsProvider()

    def person(self, *distinct_ids: str, email: str | None = None) -> str:
        """Make one; its uuid."""
        properties = {"email": email} if email else {}
        person = {"distinct_ids": list(distinct_ids), "properties": properties}
        body = {"project": int(self.project), "persons": [person]}
        return self.posthog.call("POST", "/_sandbox/persons", body)["persons"][0]["uuid"]

    def there(self) -> set[str]:
        """The uuids of everybody."""
        return {row["uuid"] for row in self.posthog.all(f"/api/projects/{self.project}/persons/?limit=1000")}

    def absent(self, text: str, *, delete_events: bool = False, **origin: object) -> dict[str, object]:
        """The properties of a resource whose persons are those that `text` names."""
        self.monkeypatch.setenv("GONE", text)
        return {
            **Location(self.posthog.url, self.posthog.organization).as_property,
            "__name": "Web",
            "__origins": json.dumps([{"source": "!env GONE", "where": "posthog.yaml:9:11", **origin}]),
            "project": self.project,
            "absent": ["!env GONE"],
            "delete_events": delete_events,
            "present": 0,
        }

    def refused(self, properties: dict[str, object]) -> list[str]:
        return [failure.reason for failure in self.provider.check({}, properties).failures]


@pytest.fixture
def it(posthog: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tried]:
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_MINUTE", "100000")
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_HOUR", "1000000")
    begin_anew()
    tried = Tried(posthog, monkeypatch)
    posthog.count_anew()
    yield tried
    begin_anew()


def test_who_is_named_by_an_email_or_a_distinct_id_is_erased_and_nobody_else(it):
    gone = {it.person("ana", email=ANA), it.person("device-17")}
    stays = it.there() - gone

    outs = it.provider.create(it.absent(f"{ANA}\ndevice-17\nnobody\n")).outs

    assert it.there() == stays
    assert outs["present"] == 0
    assert [receipt["persons"] for receipt in outs["receipts"]] == [2]


def test_an_email_is_meant_exactly(it):
    other = it.person("other", email=f"x{ANA}")

    it.provider.create(it.absent(ANA))

    assert other in it.there()


def test_one_look_for_each_and_one_request_for_all_of_them(it):
    for number in range(5):
        it.person(f"id-{number}")
    names = "\n".join(f"id-{number}" for number in range(5))
    it.posthog.count_anew()

    properties = it.absent(names)
    assert it.refused(properties) == []
    it.provider.create(properties)

    assert it.posthog.writes() == {f"POST /api/projects/{it.project}/persons/bulk_delete/": 1}
    # Five before, five after.
    assert it.posthog.requests()["total"] == 11


def test_nobody_there_is_nothing_to_do(it):
    properties = it.absent("nobody\nnobody-else")

    assert it.refused(properties) == []
    assert it.provider.diff("id", properties, properties).changes is False
    assert it.posthog.requests()["total"] == 2
    assert it.provider.create(properties).outs["receipts"] == []
    assert it.posthog.writes() == {}


def test_more_than_a_hundred_go_in_several_requests(it):
    process.run.settings.limits = Limits(erasures=1000)
    try:
        uuids = {it.person(f"many-{number}") for number in range(230)}
        outs = it.provider.create(it.absent("\n".join(f"many-{number}" for number in range(230)))).outs
    finally:
        process.run.settings.limits = Limits()

    assert not uuids & it.there()
    assert it.posthog.writes()[f"POST /api/projects/{it.project}/persons/bulk_delete/"] == 3
    assert [(each["persons"], each["requests"]) for each in outs["receipts"]] == [(230, 3)]


def test_more_than_the_rail_allows_is_refused_and_nobody_goes(it):
    uuids = {it.person(f"limit-{number}") for number in range(11)}
    properties = it.absent("\n".join(f"limit-{number}" for number in range(11)))

    (reason,) = it.refused(properties)
    with pytest.raises(CannotApply):
        it.provider.create(properties)

    assert "11 persons" in reason
    assert "pulumi config set posthog:maxErasures 11" in reason
    assert uuids <= it.there()
    assert not [path for path in it.posthog.writes() if "bulk_delete" in path]


def test_a_name_of_several_persons_is_an_error_at_its_place_unless_that_is_said(it):
    uuids = {it.person("family-1", email=ANA), it.person("family-2", email=ANA)}

    (reason,) = it.refused(it.absent(ANA))
    assert reason.startswith("posthog.yaml:9:11: this e-mail address means 2 persons")
    assert ANA not in reason
    with pytest.raises(CannotApply):
        it.provider.create(it.absent(ANA))
    assert uuids <= it.there()

    begin_anew()
    it.provider.create(it.absent(ANA, by="email", several=True))
    assert not uuids & it.there()


def test_a_person_of_two_names_is_one_person(it):
    it.person("one", "two", email=ANA)

    outs = it.provider.create(it.absent(f"one\ntwo\n{ANA}")).outs

    assert [receipt["persons"] for receipt in outs["receipts"]] == [1]
    assert len(outs["receipts"][0]["digests"]) == 3


def test_their_events_are_queued_only_where_that_is_said(it):
    first, second = it.person("first"), it.person("second")

    it.provider.create(it.absent("first"))
    it.provider.create(it.absent("second", delete_events=True))

    queued = {row["person"] for row in it.posthog.get("/_sandbox/event_deletions")["event_deletions"]}
    assert second in queued
    assert first not in queued


def test_a_preview_shows_how_many_there_are(it):
    it.person("ana", email=ANA)
    properties = it.absent(ANA)

    found = it.provider.read("id", properties)

    assert found.outs["present"] == found.inputs["present"] == 1
    assert it.provider.diff("id", properties, properties).changes is True
    assert it.posthog.requests()["by_method"] == {"GET": 1}


def test_another_list_is_a_change_and_another_line_is_none(it):
    before = it.absent("nobody")

    assert not it.provider.diff("id", before, it.absent("nobody", where="posthog.yaml:10:11")).changes
    assert it.provider.diff("id", before, it.absent("nobody", by="distinct_id")).changes
    assert it.provider.diff("id", before, it.absent("nobody", delete_events=True)).changes
    assert it.posthog.writes() == {}


def test_what_is_kept_names_nobody(it):
    it.person("ana", email=ANA)
    outs = it.provider.create(it.absent(ANA)).outs
    (receipt,) = outs["receipts"]

    assert ANA not in json.dumps(outs)
    assert receipt["request"] == f"POST /api/projects/{it.project}/persons/bulk_delete/"
    # Who has the key and the name can tell; the name alone does not do.
    assert receipt["digests"] == [erasures_receipt.digest(outs["digest_key"], ANA)]
    assert receipt["digests"] != [erasures_receipt.digest("00" * 32, ANA)]


def test_receipts_and_their_key_outlive_the_next_erasure(it):
    it.person("ana")
    first = it.provider.create(it.absent("ana")).outs
    begin_anew()
    it.person("ana")

    second = it.provider.update("id", first, it.absent("ana")).outs

    assert len(second["receipts"]) == 2
    assert second["receipts"][0] == first["receipts"][0]
    assert second["digest_key"] == first["digest_key"]


def test_a_lost_answer_is_asked_for_again(it):
    uuid = it.person("ana")
    it.posthog.call("POST", "/_sandbox/faults", {"spec": "500-after POST bulk_delete times=1"})

    outs = it.provider.create(it.absent("ana")).outs

    assert uuid not in it.there()
    assert [receipt["persons"] for receipt in outs["receipts"]] == [1]


def test_an_error_of_posthog_repeats_no_name(it, capsys):
    it.person("ana", email=ANA)
    it.posthog.call("POST", "/_sandbox/faults", {"spec": "500 GET persons times=50"})
    it.monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)

    with pytest.raises(Exception, match="persons") as caught:
        it.provider.check({}, it.absent(ANA))

    said = capsys.readouterr()
    assert ANA not in f"{caught.value!r}{said.out}{said.err}"
    assert ANA.replace("@", "%40") not in f"{caught.value!r}{said.out}{said.err}"


def test_a_server_that_passes_over_the_filter_erases_nobody(it):
    before = it.there() | {it.person("ana", email=ANA)}
    list_all = Reader.list_all

    def unfiltered(self: Reader, path: str, **_options: object) -> object:
        return list_all(self, path)

    it.monkeypatch.setattr(Reader, "list_all", unfiltered)
    with pytest.raises(IncompleteRead, match="PostHog answers others"):
        it.provider.check({}, it.absent(ANA, several=True))
    it.monkeypatch.setattr(Reader, "list_all", list_all)
    assert it.there() == before


def test_what_is_not_at_hand_is_told_by_its_place(it):
    properties = it.absent("ana")
    it.monkeypatch.delenv("GONE")

    assert it.refused(properties) == ["posthog.yaml:9:11: !env GONE: the variable is not set"]
    # A refresh may run without it, and leaves things as they are.
    assert it.provider.read("id", properties).outs == properties
    assert it.posthog.requests()["total"] == 0


def test_what_is_taken_out_of_the_file_deletes_nobody(it):
    uuid = it.person("ana")

    it.provider.delete("id", it.absent("ana"))

    assert uuid in it.there()


@pytest.mark.parametrize("age", ["2025", "2024"])
def test_older_servers_erase_too(started, monkeypatch, age):
    posthog = started("--age", age)
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    begin_anew()
    it = Tried(posthog, monkeypatch)
    uuids = {it.person("ana", email=ANA), it.person("device")}

    it.provider.create(it.absent(f"{ANA}\ndevice"))

    assert not uuids & it.there()
    begin_anew()


def test_chunks_are_as_large_as_posthog_says_and_in_a_fixed_order():
    uuids = [f"{number:04}" for number in range(205)]

    found = erase.chunks(reversed(uuids))

    assert [len(chunk) for chunk in found] == [100, 100, 5]
    assert [uuid for chunk in found for uuid in chunk] == uuids
    assert erase.chunks([]) == []


def test_an_identifier_shows_its_place_and_cannot_be_stored():
    ana = Identifier(ANA, "email", "gone.txt:3:1")

    assert repr(ana) == "<identifier of gone.txt:3:1>"
    with pytest.raises(TypeError, match="never pickled"):
        ana.__reduce__()
