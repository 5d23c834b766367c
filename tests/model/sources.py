"""Examples of sources on which a model test fails with one safety taken out, and what takes that out."""

from __future__ import annotations

import pytest

from harness.model import Model
from harness.rows import WEB
from harness.sourced import NEXT, TABLES, of_another_sort, source
from harness.world import Disturbance
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.reconcile import differences, objections
from pulumi_posthog.reconcile.apply import Applier

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
    "a run that was killed among sources": (without_looking_for_it, KILLED),
    "a password that is left out": (taking_a_secret_that_is_left_out_for_gone, CHANGED),
    "another source in its place": (making_another_one_in_its_place, ANOTHER),
}
OF_ANOTHER_SORT = [(Model((WEB, SHOP)), QUIET), (Model((WEB, of_another_sort(SHOP))), QUIET)]
