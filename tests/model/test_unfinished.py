"""What a run has let pass and not done is counted again: several runs that fail do not add up to one that empties.

Each rule is there twice: with its safety, and without it, where the model test fails.
"""

from __future__ import annotations

import contextlib

import pytest

from harness.engine import GUARD, Refused
from harness.model import Model
from harness.rows import WEB
from harness.sandbox import Sandbox
from harness.world import Disturbance, lose_little
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack import unfinished
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.refresh import Refresh

QUIET = Disturbance()
NAMES = ("Analysts", "Builders", "Core", "Data", "Editors", "Finance")
FAILS = Disturbance(("503 POST /projects/ times=50",))  # so nothing is removed in that run


def roles(*names: str) -> tuple[tuple[object, ...], ...]:
    return tuple(("role", name, None, (("name", name),)) for name in names)


ONE_LESS_EACH_TIME = [
    (Model(roles(*NAMES)), QUIET),
    *((Model((*roles(*NAMES[:left]), WEB)), FAILS) for left in (5, 4, 3, 2)),
    (Model((*roles(*NAMES[:2]), WEB)), QUIET),
]


@pytest.fixture(autouse=True)
def tight(monkeypatch):
    """The limits as a new stack has them."""
    monkeypatch.setattr(process.run.settings, "limits", Limits())


@pytest.fixture
def forgetful(monkeypatch):
    """A guard that remembers only what it lists, and nobody counts what it does not."""
    monkeypatch.setattr(unfinished, "passed", lambda *_: {})
    monkeypatch.setattr(Refresh, "beside", lambda *_: frozenset())
    monkeypatch.setattr("pulumi_posthog.stack.handlers.kind.check_counted", lambda *_, **__: None)


def role_id(posthog: Sandbox, name: str) -> str | None:
    found = posthog.role(name)
    return found and str(found["id"])


def test_removals_of_runs_that_failed_are_counted_together(anew, posthog):
    lose_little(anew(), posthog, ONE_LESS_EACH_TIME)


def test_without_that_they_add_up(anew, posthog, forgetful):
    with pytest.raises(AssertionError, match="4 of 7: role"):
        lose_little(anew(), posthog, ONE_LESS_EACH_TIME)


def one_less_each_time_for_chosen_ones(driver, posthog: Sandbox) -> None:
    """Each run is about the guard and one role; the last one is about everything."""
    driver.up(Model(roles(*NAMES)))
    for left in (5, 4, 3, 2):
        desired = Model(roles(*NAMES[:left])).desired(posthog)
        with contextlib.suppress(Refused):
            driver.engine.up(desired, chosen=frozenset({GUARD, ("role", "Analysts")}))
    with pytest.raises(Refused, match="4 of 6 roles would be removed"):
        driver.up(Model(roles(*NAMES[:2])))


def test_removals_that_chosen_runs_left_out_are_counted_together(anew, posthog):
    one_less_each_time_for_chosen_ones(anew(), posthog)


def test_without_that_they_add_up_too(anew, posthog, forgetful):
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        one_less_each_time_for_chosen_ones(anew(), posthog)


@pytest.mark.parametrize("refresh", [True, False])
def test_what_was_removed_or_renamed_counts_no_more(anew, posthog, refresh):
    driver = anew()
    driver.up(Model(roles(*NAMES)))
    renamed = ("role", "Zoo", None, (("name", "Zoo"),))
    now = (*roles(*NAMES[:4]), renamed)
    driver.up(Model(now, previously={("role", "Zoo"): ("Editors",)}))  # and "Finance" is removed

    for left in (4, 3):
        driver.engine.up(Model((*now[:left], renamed)).desired(posthog), refresh=refresh)

    assert [name for name in (*NAMES, "Zoo") if role_id(posthog, name)] == [
        "Analysts",
        "Builders",
        "Core",
        "Zoo",
    ]


@pytest.mark.parametrize("refresh", [True, False])
@pytest.mark.parametrize(
    ("key", "members"),
    [("Team", ()), ("Team", ("ana@acme.io",)), ("Quite another", ("ana@acme.io",))],
    ids=["nobody", "one", "one, and another name"],  # nothing tells one role without people from another
)
def test_a_rename_that_failed_is_still_one_where_the_file_says_it_no_longer(
    anew, posthog, members, key, refresh
):
    driver, id_ = renamed_in_vain(anew(), posthog, members)

    with pytest.raises(Refused, match="looks like what was"):
        driver.engine.up(model(key, members).desired(posthog), refresh=refresh)

    assert role_id(posthog, "Alpha") == id_
    driver.up(model(key, members, was="Alpha"))
    assert role_id(posthog, key) == id_


def test_without_that_it_is_removed_and_another_one_made(anew, posthog, forgetful):
    driver, id_ = renamed_in_vain(anew(), posthog, ("ana@acme.io",))

    driver.up(model("Team", ("ana@acme.io",)))

    assert role_id(posthog, "Team") not in (None, id_)


def model(name: str, members: tuple[str, ...], **previously: str) -> Model:
    """Two roles, one of them with people."""
    people = ("role_members", name, name, (("members", members),))
    rows = (*roles(name, "Ops"), *([people] if members else []))
    return Model(rows, previously={("role", name): tuple(previously.values())})


def renamed_in_vain(driver, posthog: Sandbox, members: tuple[str, ...]):
    """A stack in which the rename of a role has failed, and the id of that role."""
    driver.up(model("Alpha", members))
    id_ = role_id(posthog, "Alpha")
    posthog.call("POST", "/_sandbox/faults", {"specs": ["503 PATCH /roles/ times=50"]})
    driver.disturbed(model("Team", members, was="Alpha"), QUIET)
    posthog.call("DELETE", "/_sandbox/faults")
    assert role_id(posthog, "Alpha") == id_
    return driver, id_
