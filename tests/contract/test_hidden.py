"""What access rules hide from the key's owner is not gone, though no list has it (posthog-api-access.md 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from contract.test_safety import Tried
from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Forbidden, IncompleteRead, Reader
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.live import Live

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
