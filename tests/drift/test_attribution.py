"""activity log -> who changed a field and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pytest

from pulumi_posthog.api import Forbidden
from pulumi_posthog.drift.attribution import Attribution
from pulumi_posthog.drift.finding import Who
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.reference import Reference

PROJECT, DESTINATION, ROLE = KINDS["project"], KINDS["pipeline_destination"], KINDS["role"]
WEB = Found(
    PROJECT, "1", {"id": 1, "name": "Web", "timezone": "UTC", "session_recording_sample_rate": "0.50"}
)
ORDERS = Found(DESTINATION, "7", {"id": 7, "enabled": False, "order": 3, "config": {"account": "else"}})


class Log:
    """A live organization that has nothing but an activity log."""

    def __init__(self, *entries: Mapping[str, Any], error: Exception | None = None) -> None:
        self.entries = entries
        self.error = error
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.reader = self

    def iterate(self, path: str, **params: Any) -> Iterator[Mapping[str, Any]]:
        self.asked.append((path, params))
        if self.error:
            raise self.error
        yield from self.entries

    def me(self) -> Mapping[str, Any]:
        return {"uuid": "u-me"}


def entry(field: str = "", after: Any = None, *, who: str = "ana", **more: Any) -> dict[str, Any]:
    changes = [{"field": field, "before": None, "after": after}] if field else []
    return {
        "activity": "updated",
        "created_at": f"at {after}",
        "user": {"uuid": f"u-{who}", "email": f"{who}@acme.io"},
        "detail": {"changes": changes},
        **more,
    }


def attribution(log: Log, requests: int = 20) -> Attribution:
    return Attribution(cast("Live", log), requests)


def who(log: Log, found: Found, field: str, key: str | None = None) -> Who | None:
    return attribution(log).changed(found, "1", found.kind.field(field), key)


def test_the_newest_entry_that_left_the_value_as_it_is_names_its_author():
    log = Log(
        entry("name", "Web", who="bo"), entry("timezone", "UTC"), entry("timezone", "Asia/Tokyo", who="cy")
    )

    assert who(log, WEB, "timezone") == Who("ana@acme.io", "at UTC")
    assert log.asked == [
        ("/api/projects/1/activity_log/", {"scopes": "Team,Project", "item_id": "1", "page_size": 100})
    ]


def test_values_are_compared_as_posthog_means_them():
    assert who(Log(entry("session_recording_sample_rate", 0.5)), WEB, "session_recording_sample_rate")


def test_a_log_that_does_not_know_of_the_value_names_nobody():
    assert (
        who(Log(entry("timezone", "Asia/Tokyo"), entry("timezone", "UTC", who="bo")), WEB, "timezone") is None
    )
    assert who(Log(), WEB, "timezone") is None


def test_posthog_itself_its_staff_and_the_owner_of_the_key_are_called_so():
    assert who(Log(entry("timezone", "UTC", user=None)), WEB, "timezone") == Who("PostHog itself", "at UTC")
    staff = entry("timezone", "UTC", was_impersonated=True)
    assert who(Log(staff), WEB, "timezone") == Who("PostHog staff as ana@acme.io", "at UTC")
    own = entry("timezone", "UTC", who="me")
    assert who(Log(own), WEB, "timezone") == Who("me@acme.io (the owner of this key)", "at UTC")


def test_a_key_of_a_configuration_and_a_switch_are_found_by_their_own_words():
    assert who(Log(entry("account", "else")), ORDERS, "config", "account") == Who("ana@acme.io", "at else")
    assert who(Log(entry(activity="disabled")), ORDERS, "enabled") is not None
    assert who(Log(entry(activity="enabled")), ORDERS, "enabled") is None
    assert who(Log(entry(activity="order_changed")), ORDERS, "order") is not None


def test_posthog_keeps_no_log_of_roles_so_nobody_is_asked():
    log = Log(entry("name", "Ops"))

    assert (
        attribution(log).changed(Found(ROLE, "r", {"id": "r", "name": "Ops"}), None, ROLE.field("name"))
        is None
    )
    assert log.asked == []


def test_who_made_something_is_in_the_log_or_in_the_object():
    made = attribution(Log(entry(activity="created"))).created(WEB, None)
    assert made == Who("ana@acme.io", "at None")
    role = Found(
        ROLE, "r", {"id": "r", "name": "Ops", "created_by": {"email": "bo@acme.io"}, "created_at": "then"}
    )
    assert attribution(Log()).created(role, None) == Who("bo@acme.io", "then")


def test_one_feed_is_read_once_and_no_more_requests_go_out_than_allowed():
    log = Log(entry("timezone", "UTC"))
    asking = attribution(log, requests=2)  # a feed, and whose key it is

    for number in range(5):
        found = Found(PROJECT, str(number), {"id": number, "timezone": "UTC"})
        asking.changed(found, None, PROJECT.field("timezone"))
        asking.changed(found, None, PROJECT.field("timezone"))

    assert len(log.asked) == 1


def test_a_log_that_may_not_be_read_is_asked_once_and_said_to_be_missing():
    log = Log(error=Forbidden("PostHog answered 403", status=403))
    asking = attribution(log)

    assert asking.changed(WEB, None, PROJECT.field("timezone")) is None
    assert asking.changed(ORDERS, "1", DESTINATION.field("order")) is None
    assert len(log.asked) == 1
    assert asking.missing == "PostHog answered 403"


def test_what_the_log_masks_or_calls_otherwise_is_attributed_by_its_newest_entry():
    function = Found(KINDS["hog_function"], "f", {"id": "f", "inputs": {"url": {"value": "https://b.io"}}})
    export = Found(KINDS["batch_export"], "e", {"id": "e", "paused": True})

    def who(found, field, *entries):
        return Attribution(cast(Live, Log(*entries))).changed(found, "1", found.kind.field(field))

    newest = (entry("inputs", "masked", who="bo"), entry("inputs", "masked"))
    assert who(function, "inputs", *newest) == Who("bo@acme.io", "at masked")
    assert who(function, "inputs", entry("encrypted_inputs", "masked")) == Who("ana@acme.io", "at masked")
    assert who(function, "execution_order", entry("priority", "7")) == Who("ana@acme.io", "at 7")
    assert who(export, "paused", entry("enabled", False)) == Who("ana@acme.io", "at False")


BOARD = Found(
    KINDS["dashboard"],
    "5",
    {
        "id": 5,
        "name": "Growth",
        "tiles": [{"id": 1, "insight": {"id": 7}}, {"id": 2, "insight": {"id": 8}, "deleted": True}],
    },
)


def placed(*ids: int, before: Sequence[int] = (), form: str = "plain", who: str = "ana") -> dict[str, Any]:
    """An entry of an insight's log: on which dashboards it is from then on."""

    def listed(those: Sequence[int]) -> list[Any]:
        objects = [{"id": each, "name": "x"} for each in those]
        return (
            [*those]
            if form == "ids"
            else [{"dashboard": each} for each in objects]
            if form == "within"
            else objects
        )

    change = {"field": "dashboards", "before": listed(before), "after": listed(ids)}
    return entry(who=who, created_at=who) | {"detail": {"changes": [change]}}


def who_placed(log: Log, insight: Any) -> Who | None:
    return attribution(log).changed(BOARD, "1", BOARD.kind.field("tiles"), "Signups", {"insight": insight})


@pytest.mark.parametrize("form", ["plain", "within", "ids"])
def test_who_put_an_insight_on_a_dashboard_is_in_the_log_of_the_insight(form):
    log = Log(placed(5, 6, before=[5], form=form, who="bo"), placed(5, form=form))

    assert who_placed(log, 7) == Who("ana@acme.io", "ana")
    assert who_placed(log, Reference("insight", "Signups", id_="7")) == Who("ana@acme.io", "ana")
    assert log.asked[0] == (
        "/api/projects/1/activity_log/",
        {"scopes": "Insight", "item_id": "7", "page_size": 100},
    )


def test_who_took_it_off_is_in_the_log_of_the_insight_as_well():
    assert who_placed(Log(placed(before=[5]), placed(5, who="bo")), 8) == Who("ana@acme.io", "ana")


def test_nobody_is_accused_of_what_the_log_of_an_insight_does_not_say():
    assert who_placed(Log(placed(5, who="bo")), 8) is None  # which is off it since, by no logged way
    assert who_placed(Log(entry("dashboards", 5), {"activity": "created", "detail": None}), 8) is None
    assert who_placed(Log(placed(5)), Reference("insight", "Signups")) is None
