"""What tables about insights, dashboards and alerts begin with: their URLs, bodies and queries."""

from __future__ import annotations

from typing import Any

from sandbox.table import API, ONE, PATCH, POST, Call

INSIGHTS = ONE + "insights/"
INSIGHT = INSIGHTS + "{insight}/"
DASHBOARDS = ONE + "dashboards/"
BOARD = DASHBOARDS + "{board}/"
TREE = ONE + "file_system/"
ALERTS = ONE + "alerts/"


def trends(**rest: Any) -> dict[str, Any]:
    series = [{"kind": "EventsNode", "event": "signed_up", "math": "dau"}]
    return {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": series, **rest}}


def sql(query: str = "select 1", **rest: Any) -> dict[str, Any]:
    return {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": query, **rest}}


FUNNEL = {"kind": "InsightVizNode", "source": {"kind": "FunnelsQuery", "series": []}}
PATHS = {"kind": "InsightVizNode", "source": {"kind": "PathsQuery", "pathsFilter": {}}}
RETENTION = {"kind": "InsightVizNode", "source": {"kind": "RetentionQuery", "retentionFilter": {}}}


def insight(saves: str = "insight", **rest: Any) -> Call:
    return POST(INSIGHTS, {"name": "Signups", "query": trends(), "saved": True, **rest}, saves=saves)


def board(saves: str = "board", **rest: Any) -> Call:
    return POST(DASHBOARDS, {"name": "Growth", **rest}, saves=saves)


def on(*boards: str) -> Call:
    return PATCH(INSIGHT, {"dashboards": [f"{{{each}}}" for each in boards]})


INSIGHT_GONE = PATCH(INSIGHT, {"deleted": True})
BOARD_GONE = PATCH(BOARD, {"deleted": True})


def another_project(api: API) -> None:
    made = api.send(POST("/api/organizations/{org}/projects/", {"name": "Second"}))
    api.names["second"] = made.body["id"]


def a_board(api: API) -> None:
    """Without a request, so that it has no tiles."""
    from pulumi_posthog.sandbox.families.projects.changes import make_object
    from pulumi_posthog.sandbox.rules.models import Project

    project = Project.objects.get(pk=api.names["project"])
    api.names["board"] = make_object(project, "dashboard", "Growth", None).pk
