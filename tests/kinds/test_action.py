"""What an action of the file and of PostHog differ in (posthog-api-release.md 4)."""

from __future__ import annotations

from pulumi_posthog.kinds.action import ACTION, alongside
from pulumi_posthog.reconcile.differences import differences


def test_a_step_is_answered_with_all_its_keys():
    answered = {
        "event": "user_signed_up",
        "properties": None,
        "selector": None,
        "selector_regex": None,
        "tag_name": None,
        "text": None,
        "text_matching": None,
        "href": None,
        "href_matching": None,
        "url": "/signup",
        "url_matching": "contains",
    }

    live = ACTION.values(
        {"id": 1, "name": "Signed up", "steps": [answered], "pinned_at": "2026-01-02T03:04:05Z"}
    )

    declared = {
        "name": "Signed up",
        "steps": [{"event": "user_signed_up", "url": " /signup "}],
        "pinned_at": True,
    }
    assert differences(ACTION, declared, live) == ()
    assert [each.field.name for each in differences(ACTION, {**declared, "pinned_at": False}, live)] == [
        "pinned_at"
    ]


def test_the_name_is_in_every_patch_of_an_action():
    assert alongside({"description": "x"}, {"name": "Signed up"}) == {"name": "Signed up", "description": "x"}
    assert ACTION.delete_by_patch is not None
    assert ACTION.delete_by_patch({"name": "Signed up"}) == {"deleted": True, "name": "Signed up"}
