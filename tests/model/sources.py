"""The model tests are sharp about sources: with one safety taken out, each fails on an example that is written here."""

from __future__ import annotations

import pytest

from harness.model import Model
from harness.rows import WEB
from harness.sourced import NEXT, TABLES, of_another_sort, source
from harness.world import Disturbance, converge, lose_little
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.reconcile import differences, objections
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process

QUIET = Disturbance()
SHOP = source("Web", *TABLES)
ELSEWHERE = source("Web", "users", host="db.acme.com", synced=False, password=NEXT)
KILLED = [
    (Model((WEB,)), QUIET),
    *(
        (Model((WEB, row)), Disturbance(killed_at=at, killed_after=True))
        for row in (SHOP, ELSEWHERE)
        for at in range(2, 9, 2)
    ),
]
CHANGED = [(Model((WEB, SHOP)), QUIET), (Model((WEB, ELSEWHERE)), QUIET)]
ANOTHER = [(Model((WEB, SHOP)), QUIET), (Model((WEB, SHOP)), Disturbance(another=True))]


def without_looking_for_it(monkeypatch):
    """Neither before a POST, nor after PostHog has refused it because there is such a source already."""
    post = Applier._post

    def blind(self, *arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.live, "find", lambda *_: [])
            return post(self, *arguments)

    monkeypatch.setattr(Applier, "_existing", lambda *_: None)
    monkeypatch.setattr(Applier, "_post", blind)


def taking_a_secret_that_is_left_out_for_gone(monkeypatch):
    monkeypatch.setattr(differences, "with_masks", lambda _kind, live, _desired: live)


def making_another_one_in_its_place(monkeypatch):
    replaces = Field.replaces
    monkeypatch.setattr(objections, "_objection_to_another", lambda *_: None)
    monkeypatch.setattr(
        Field, "replaces", lambda self, live, desired: self.fixed or replaces(self, live, desired)
    )


CONVERGENCE = {
    "a run that was killed": (without_looking_for_it, KILLED),
    "a secret that is left out": (taking_a_secret_that_is_left_out_for_gone, CHANGED),
    "another one": (making_another_one_in_its_place, ANOTHER),
}


@pytest.mark.parametrize("name", CONVERGENCE)
def test_with_every_safety_it_converges(anew, posthog, name):
    converge(anew(), posthog, CONVERGENCE[name][1])


@pytest.mark.parametrize("name", CONVERGENCE)
def test_without_one_of_them_the_model_test_fails(anew, posthog, monkeypatch, name):
    take_out, rounds = CONVERGENCE[name]
    take_out(monkeypatch)

    with pytest.raises(AssertionError):
        converge(anew(), posthog, rounds)


def test_without_that_the_tables_are_lost(anew, posthog, monkeypatch):
    monkeypatch.setattr(process.run.settings, "limits", Limits())
    making_another_one_in_its_place(monkeypatch)
    there, other = Model((WEB, SHOP)), Model((WEB, of_another_sort(SHOP)))

    with pytest.raises(AssertionError, match=r"3 of 3: table of "):
        lose_little(anew(), posthog, [(there, QUIET), (other, QUIET)])
