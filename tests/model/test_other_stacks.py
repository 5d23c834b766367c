"""What another stack manages, too, is kept by the one that gives it up, however many there are of it."""

from __future__ import annotations

import pytest

from harness.model import Model
from harness.sandbox import Sandbox
from harness.world import Disturbance, lose_little
from pulumi_posthog.stack import keeping
from pulumi_posthog.stack.other_stacks import OtherStacks

QUIET = Disturbance()
ALL = tuple(("role", name, None, (("name", name),)) for name in ("Analysts", "Builders", "Core"))
ROUNDS = [(Model(ALL), QUIET), (Model(ALL[:1]), QUIET)]


@pytest.fixture
def shared(monkeypatch, posthog: Sandbox):
    """Another stack has taken over all roles, and each run finds that in its state."""

    def owners(*_, conflicts: bool, **__):
        path = f"/api/organizations/{posthog.organization}/roles/"
        assert conflicts  # else the states of others are not read
        return {("role", str(each["id"])): "theirs" for each in posthog.all(path)}

    return lambda: monkeypatch.setattr(OtherStacks, "owners", owners)


def in_turn(driver, posthog: Sandbox, shared) -> None:
    """The second round is that of a stack whose roles another one has taken over."""
    lose_little(driver, posthog, ROUNDS[:1])
    shared()
    lose_little(driver, posthog, ROUNDS[1:])


def test_it_is_kept(anew, posthog, shared):
    in_turn(anew(), posthog, shared)


def test_without_asking_the_other_stacks_it_is_lost(anew, posthog, shared, monkeypatch):
    monkeypatch.setattr(keeping, "_kept_by_another_stack", lambda *_: None)

    with pytest.raises(AssertionError, match=r"2 of 4: role of "):
        in_turn(anew(), posthog, shared)
