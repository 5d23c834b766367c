"""What is still declared comes to other names, and no run loses any of it: random renames, ids, lists and runs.

With the safety taken out, the examples that are written here fail, each in its own way.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from harness.moves import ROUND, Sort, keep_all
from harness.soak import examples
from harness.world import CONFIG, Model
from pulumi_posthog.stack.holdings import Holdings

PEACE = (Sort(),)
ROLE = ("role", "Ops", None, (("name", "Ops"),))
ADDITIVE = ("role_membership", "Ops/ana@acme.io", "Ops", (("user", "ana@acme.io"),))
WEB = ("project", "Web", None, (("name", "Web"),))
ORDERS = (
    "pipeline_destination",
    "Web/Orders",
    "Web",
    (("config", {**CONFIG, "account": "a"}), ("name", "Orders"), ("plugin", 1)),
)
FOLDER = ("file_system_entry", "Web/M", "Web", (("path", "M"), ("type", "folder")))
BOARD = (
    "file_system_entry",
    "Web/M/Board",
    "Web",
    (("path", "M/Board"), ("ref", "4242"), ("type", "dashboard")),
)
LOSSES = {
    "role key by hand too": Model((ROLE,)),
    "role key with id": Model((ROLE,)),
    "project key by hand too": Model((WEB, ORDERS, FOLDER)),
    "destination key by hand too": Model((WEB, ORDERS)),
    "folder by hand too": Model((WEB, FOLDER)),
    "dashboard elsewhere": Model((WEB, BOARD)),
    "address in another case": Model((ROLE, ADDITIVE)),
    "list becomes exact": Model((ROLE, ADDITIVE)),
    "another logical name": Model((ROLE,)),
}


@settings(**examples(80))
@given(ROUND)
def test_what_is_still_declared_is_there_after_every_run(anew, posthog, drawn):
    model, changes, sorts, seed = drawn

    keep_all(anew(), posthog, model, changes, sorts, seed)


@pytest.mark.parametrize("refresh", [True, False])
@pytest.mark.parametrize("change", LOSSES)
def test_with_the_safety_nothing_is_lost(anew, posthog, change, refresh):
    keep_all(anew(), posthog, LOSSES[change], (change,), (Sort(refresh=refresh),), 0)


@pytest.mark.parametrize("change", LOSSES)
def test_without_it_the_model_test_fails(anew, posthog, monkeypatch, change):
    monkeypatch.setattr(Holdings, "give_up", lambda *_: None)

    with pytest.raises(AssertionError, match="lost by"):
        keep_all(anew(), posthog, LOSSES[change], (change,), PEACE, 0)
