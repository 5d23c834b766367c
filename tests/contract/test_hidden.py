"""What access rules hide from the key's owner is not gone, though no list has it (posthog-api-access.md 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from contract.test_safety import Tried
from harness.engine import Engine
from harness.run import begin_anew
from harness.sandbox import Sandbox
from harness.stack import HEADER
from pulumi_posthog import config
from pulumi_posthog.api import Connection, Forbidden, IncompleteRead, Reader
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.variables import KEY_VARIABLE

# An action has no level at which people do not see it, and a saved metric no rules that the sandbox answers.
HIDDEN = sorted(
    kind.name
    for kind in KINDS.values()
    if kind.accessible_as and kind.name not in ("action", "experiment_saved_metric")
)


@pytest.fixture
def it(posthog: Sandbox) -> Iterator[Tried]:
    tried = Tried(posthog)
    with tried.reader, tried.writer:
        yield tried


@pytest.fixture
def as_bo(it: Tried) -> Iterator[Callable[[], Live]]:
    """Makes fresh views of what a member sees who is no admin."""
    key = it.posthog.key_of("bo@acme.io")
    with Reader(Connection(it.posthog.url, key), pace=it.pace) as reader:
        yield lambda: Live(reader, it.posthog.organization)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_list_leaves_out_is_gone_only_when_its_own_address_says_so(it, as_bo, name):
    kind, scope = KINDS[name], it.scope(name)
    found = it.applier.create(kind, scope, it.wanted(name, scope)).found
    path = it.live.object_path(kind, scope, found.id)
    it.posthog.call("PUT", f"{path}access_controls/", {"access_level": "none"})

    hidden = as_bo()
    assert found.id not in hidden.collection(kind, scope)
    with pytest.raises(Forbidden):
        hidden.object(kind, scope, found.id)

    it.posthog.call("PUT", f"{path}access_controls/", {"access_level": None})
    it.applier.delete(kind, scope, found.id)
    assert as_bo().object(kind, scope, found.id) is None


def test_of_what_was_in_a_project_that_is_gone_nothing_is_asked_alone(it):
    it.posthog.count_anew()

    assert it.look().object(KINDS["dashboard"], {"project": "4242"}, "7") is None

    assert "GET /api/projects/4242/dashboards/7/" not in it.posthog.requests()["by_path"]


WEB = "projects:\n  Web:\n    file_system:\n"
FILED = {
    "dashboard": ("id", {}),
    "insight": ("short_id", {"saved": True, "query": {"kind": "HogQLQuery", "query": "select 1"}}),
    "feature_flag": ("id", {"key": "board"}),
}


@pytest.mark.parametrize("about", FILED)
@pytest.mark.parametrize("refresh", [True, False], ids=["refreshed", "not refreshed"])
def test_a_row_that_is_hidden_with_its_object_is_neither_made_again_nor_forgotten(
    it, tmp_path, monkeypatch, about, refresh
):
    posthog, member = it.posthog, it.posthog.key_of("bo@acme.io")
    project = it.applier.create(KINDS["project"], {}, {"name": "Web"}).found.id
    ref, fields = FILED[about]
    path = f"/api/projects/{project}/{KINDS[about].collection.rstrip('/').rpartition('/')[2]}/"
    made = posthog.call("POST", path, {"name": "Board", **fields})
    own, engine = f"{path}{made['id']}/", Engine()

    def up(key: str, *rows: str, **more: bool) -> list[tuple[str, tuple[str, str]]]:
        (tmp_path / "posthog.yaml").write_text(HEADER + WEB + "".join(f"      {row}\n" for row in rows))
        monkeypatch.setenv(KEY_VARIABLE, key)
        environment = {"POSTHOG_HOST": posthog.url, "POSTHOG_ORGANIZATION_ID": posthog.organization}
        outcome = engine.up(config.load(tmp_path / "posthog.yaml", environment=environment), **more)
        begin_anew()
        if outcome.errors:
            raise outcome.errors[0]
        return outcome.operations

    folder, row = "Reports: {type: folder}", f"Reports/Board: {{type: {about}, ref: '{made[ref]}'}}"
    up(posthog.key, folder, row)
    posthog.call("PUT", f"{own}access_controls/", {"access_level": "none"})
    posthog.count_anew()

    for rows in ((folder, row), (folder,)):
        with pytest.raises(
            CannotApply, match=f"hidden from the owner of this key with the {KINDS[about].title}"
        ):
            up(member, *rows, refresh=refresh)

    assert posthog.writes() == {}
    assert up(posthog.key, folder, row) == []
    posthog.call("PUT", f"{own}access_controls/", {"access_level": None})
    it.applier.delete(KINDS[about], {"project": project}, str(made["id"]))
    made_again = ("create", ("file_system_entry", "Web/Reports/Board"))
    assert up(member, folder, row) == [made_again]


def test_whom_the_organization_shows_to_admins_only_has_not_left(started):
    tried = Tried(started("--age", "2026", "--later-2026"))
    posthog, members = tried.posthog, KINDS["organization_member"]
    key = posthog.key_of("bo@acme.io")
    posthog.call(
        "PATCH", f"/api/organizations/{posthog.organization}/", {"members_can_see_org_members": False}
    )
    with tried.reader, tried.writer, Reader(Connection(posthog.url, key), pace=tried.pace) as reader:
        bo = Live(reader, posthog.organization)
        assert bo.referred("member", "bo@acme.io")
        for look in (
            lambda: bo.referred("member", "ana@acme.io"),
            lambda: bo.object(members, {}, "ana@acme.io"),
            lambda: bo.find(members, {}, {"email": "ana@acme.io"}),
            bo.pending_invitations,
        ):
            with pytest.raises(IncompleteRead, match="shows its members to admins only"):
                look()

        assert tried.live.referred("member", "nobody@acme.io") is None
        assert tried.live.object(members, {}, "ana@acme.io") is not None
