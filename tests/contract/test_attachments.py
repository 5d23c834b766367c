"""Files of pipeline destinations and site apps, against servers of every age (posthog-api.md 6.3)."""

import json
from pathlib import Path

import pytest

from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Invalid, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.local_file import UnreadableFile
from pulumi_posthog.values.secret_text import SecretText

BIGQUERY = "https://github.com/PostHog/bigquery-plugin"
BAR = "https://github.com/PostHog/notification-bar-app"
# Kind, plugin, the plugin's setting that is a file, another setting.
FAMILIES = {
    "a destination with a masked file": ("pipeline_destination", BIGQUERY, "googleCloudKeyJson", "datasetId"),
    "a site app with one that is shown": ("site_app", BAR, "logo", "notification"),
}


class Family:
    """One family on one server, with a project of its own."""

    def __init__(self, sandbox: Sandbox, name: str, folder: Path) -> None:
        kind, plugin, self.file, self.text = FAMILIES[name]
        self.kind, self.posthog, self.folder = KINDS[kind], sandbox, folder
        connection, pace = Connection(sandbox.url, sandbox.key), Pace(per_minute=100_000, per_hour=1_000_000)
        self.live = Live(Reader(connection, pace=pace), sandbox.organization)
        self.applier = Applier(self.live, Writer(connection, pace=pace))
        self.scope = {"project": self.applier.create(KINDS["project"], {}, {"name": name}).found.id}
        self.plugin = self.live.refer("plugin", plugin)

    def close(self) -> None:
        self.live.reader.close()
        self.applier.writer.close()

    def attachment(self, name: str, content: bytes) -> Attachment:
        (self.folder / name).write_bytes(content)
        return Attachment.at(self.folder / name)

    def create(self, settings):
        desired = {"plugin": self.plugin, "name": "It", "enabled": True, "order": 1, "config": settings}
        return self.applier.create(self.kind, self.scope, desired)

    def update(self, found, settings, *, rotated=()):
        return self.applier.update(
            self.kind, self.scope, found, {"config": settings}, rotated=lambda _field, key: key in rotated
        )

    def stored(self, found):
        path = self.live.path(self.kind, self.scope)
        return self.posthog.get(f"{path}{found.id}/")["config"]

    def contents(self):
        return {
            each["key"]: each["contents"] for each in self.posthog.get("/_sandbox/attachments")["results"]
        }


@pytest.fixture(scope="module", params=["2026", "2025", "2024"])
def server(request, started):
    return started("--age", request.param, "--legacy-destinations")


@pytest.fixture(params=FAMILIES)
def it(server, request, tmp_path):
    server.call("POST", "/_sandbox/reset")
    family = Family(server, request.param, tmp_path)
    yield family
    family.close()


def test_a_file_is_sent_with_the_rest_and_reads_back_without_a_difference(it):
    settings = {it.text: "orders", it.file: it.attachment("key.json", b'{"a": 1}')}

    applied = it.create(settings)

    assert applied.ignored == ()
    again = Live(it.live.reader, it.live.organization_id).object(it.kind, it.scope, applied.found.id)
    assert differences(it.kind, {"config": settings}, again.values) == ()
    assert it.stored(applied.found)[it.text] == "orders"
    assert it.contents() == {it.file: '{"a": 1}'}


def test_another_content_is_sent_alone(it):
    found = it.create({it.text: "orders", it.file: it.attachment("key.json", b"one")}).found
    it.posthog.count_anew()

    it.update(found, {it.text: "orders", it.file: it.attachment("key.json", b"two")}, rotated={it.file})

    assert it.contents() == {it.file: "two"}
    assert it.stored(found)[it.text] == "orders"
    assert list(it.posthog.writes().values()) == [1]


def test_a_change_beside_it_does_not_send_it_again_or_make_it_a_setting(it, monkeypatch):
    file = it.attachment("key.json", b"one")
    found = it.create({it.text: "orders", it.file: file}).found
    monkeypatch.setattr(Attachment, "content", lambda _self: pytest.fail("the file was read again"))

    applied = it.update(found, {it.text: "sales", it.file: file})

    assert applied.ignored == ()
    assert it.stored(found)[it.text] == "sales"
    # A setting under the file's name would show once the file is gone.
    it.update(applied.found, {it.file: None})
    assert it.file not in it.stored(found)


def test_a_file_declared_null_is_removed_and_the_rest_stays(it):
    found = it.create({it.text: "orders", it.file: it.attachment("key.json", b"one")}).found

    applied = it.update(found, {it.file: None})

    assert applied.ignored == ()
    assert it.stored(found) == {it.text: "orders"}
    assert it.contents() == {}


def test_a_file_that_somebody_removed_is_a_difference_and_comes_back(it):
    settings = {it.text: "orders", it.file: it.attachment("key.json", b"one")}
    found = it.create(settings).found
    it.update(found, {it.file: None})
    again = Live(it.live.reader, it.live.organization_id).object(it.kind, it.scope, found.id)

    assert [each.field.name for each in differences(it.kind, {"config": settings}, again.values)] == [
        "config"
    ]
    it.update(again, settings)
    assert it.contents() == {it.file: "one"}


def test_a_file_that_nobody_declares_stays(it):
    found = it.create({it.text: "orders", it.file: it.attachment("key.json", b"one")}).found

    applied = it.update(found, {it.text: "sales"})

    assert applied.ignored == ()
    assert it.contents() == {it.file: "one"}


def test_a_shown_file_of_another_name_size_or_type_is_a_difference(server, tmp_path):
    server.call("POST", "/_sandbox/reset")
    it = Family(server, "a site app with one that is shown", tmp_path)
    found = it.create({it.file: it.attachment("logo.png", b"one")}).found
    it.close()

    for other in (
        it.attachment("other.png", b"one"),
        it.attachment("logo.gif", b"one"),
        it.attachment("logo.png", b"longer"),
    ):
        assert differences(it.kind, {"config": {it.file: other}}, found.values)


def test_a_file_that_changes_while_it_runs_is_not_sent(it):
    file = it.attachment("key.json", b"one")
    file.path.write_bytes(b"another length")
    it.posthog.count_anew()

    with pytest.raises(UnreadableFile, match="changed while this ran: run again"):
        it.create({it.text: "orders", it.file: file})

    assert it.posthog.writes() == {}


def test_a_secret_beside_a_file_is_kept(server, tmp_path):
    server.call("POST", "/_sandbox/reset")
    it = Family(server, "a destination with a masked file", tmp_path)
    schema = [
        {"key": "password", "type": "string", "secret": True},
        {"key": it.file, "type": "attachment", "secret": True},
    ]
    path = f"/api/organizations/{it.posthog.organization}/plugins/{it.plugin}/"
    it.posthog.call("PATCH", path, {"config_schema": schema})
    secret = SecretText("hush", "!env PASSWORD")
    found = it.create({"password": secret, it.file: it.attachment("k", b"one")}).found

    it.update(found, {"password": secret, it.file: it.attachment("k", b"two")}, rotated={it.file})

    assert it.stored(found)["password"].startswith("****")
    it.close()
    assert "hush" not in json.dumps(it.contents())


def test_an_error_that_repeats_the_request_shows_nothing_of_the_file(it):
    content = b'{\n  "private_key": "hush-hush-very-secret",\n  "id": "somebody-with-a-long-name"\n}\n'
    found = it.create({it.text: "orders"}).found
    it.posthog.call("POST", "/_sandbox/faults", {"spec": "repeated-request PATCH configs times=1"})

    with pytest.raises(Invalid) as refused:
        it.update(found, {it.file: it.attachment("key.json", content)}, rotated={it.file})

    assert "hush" not in str(refused.value)
    assert "somebody" not in str(refused.value)
    assert "<hidden>" in str(refused.value)
