"""Insights of a model and of a sandbox, with who is told of them: drawn, there, changed by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.rows import refer_to
from harness.sandbox import Sandbox
from pulumi_posthog.kinds import KINDS

SIGNUPS, COLLAPSED, MONDAY = "Signups", "Collapsed", "Monday"
CHARTS: Mapping[str, str] = {"insight": "insights", "alert": "alerts", "subscription": "subscriptions"}
TITLES: Mapping[str, str] = {"insight": SIGNUPS, "alert": COLLAPSED, "subscription": MONDAY}


def insight(project: str, event: str = "signed_up") -> rows.Row:
    """A trend of an event."""
    source = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": event}]}
    query = {"kind": "InsightVizNode", "source": source}
    return rows.row("insight", f"{project}/{SIGNUPS}", project, name=SIGNUPS, query=query)


def alert(project: str, drop: str = "30%", *people: str) -> rows.Row:
    """An alert about that insight, which tells people of a drop."""
    return rows.row(
        "alert",
        f"{project}/{COLLAPSED}",
        project,
        name=COLLAPSED,
        insight=refer_to("insight", f"{project}/{SIGNUPS}"),
        condition={"type": "relative_decrease"},
        threshold={"configuration": {"type": "percentage", "bounds": {"upper": drop}}},
        config={"type": "TrendsAlertConfig", "series_index": 0},
        subscribed_users=list(people),
    )


def subscription(project: str, *addresses: str) -> rows.Row:
    """A subscription to that insight."""
    return rows.row(
        "subscription",
        f"{project}/{MONDAY}",
        project,
        title=MONDAY,
        insight=refer_to("insight", f"{project}/{SIGNUPS}"),
        target_type="email",
        target_emails=list(addresses),
        frequency="weekly",
        start_date="2026-01-05T08:00:00Z",
    )


def drawn_charts(draw: st.DrawFn, project: str) -> Iterator[rows.Row]:
    """Perhaps an insight, and who is told of it."""
    if not draw(st.sampled_from((True, False, False))):
        return
    yield insight(project, draw(st.sampled_from(("signed_up", "paid"))))
    if draw(st.booleans()):
        yield alert(
            project, draw(st.sampled_from(("30%", "50%"))), *draw(st.sampled_from(((), ("ana@acme.io",))))
        )
    if draw(st.booleans()):
        yield subscription(
            project, *draw(st.sampled_from((("a@example.com",), ("b@example.com", "a@example.com"))))
        )


def charts_of(posthog: Sandbox, project: Any, kind: str) -> list[Mapping[str, Any]]:
    """The objects of a kind in a project, by name."""
    path = f"/api/projects/{project}/{CHARTS[kind]}/?limit=1000&basic=true&saved=true"
    key = name_of(kind)
    return sorted(posthog.all(path), key=lambda each: (str(each[key]), str(each["id"])))


def name_of(kind: str) -> str:
    """Which key of an object is its name."""
    return next(field.name for field in KINDS[kind].fields if field.from_key)


def ours(posthog: Sandbox, project: Any, kind: str) -> list[Mapping[str, Any]]:
    """Those of the names that are declared."""
    return [each for each in charts_of(posthog, project, kind) if each[name_of(kind)] == TITLES[kind]]


def charts_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody changes or deletes an insight, an alert or a subscription, or unsubscribes."""
    found = [(kind, each) for kind in CHARTS for each in ours(posthog, project, kind)]
    if not found:
        return
    kind, one = dice.choice(found)
    path = f"/api/projects/{project}/{CHARTS[kind]}/{one['id']}/"

    def change(**body: Any) -> Callable[[], Any]:
        return lambda: posthog.call("PATCH", path, body)

    ways: dict[str, list[Callable[[], Any]]] = {
        "insight": [change(description="By hand"), change(deleted=True)],
        "alert": [change(enabled=False), lambda: posthog.call("DELETE", path)],
        "subscription": [change(target_value="a@example.com"), change(deleted=True)],
    }
    dice.choice(ways[kind])()


def assert_about(posthog: Sandbox, project: Any, kind: str) -> None:
    """An alert, or a subscription, is about the one insight, and about no other."""
    (one,), (meant,) = ours(posthog, project, kind), ours(posthog, project, "insight")
    about = one["insight"]["id"] if kind == "alert" else one["insight"]
    assert about == meant["id"], f"{kind}: {one}"
