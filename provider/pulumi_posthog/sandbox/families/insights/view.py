"""The endpoints of insights (posthog-api-analytics.md 2.1)."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.alert_objects import Alert
from pulumi_posthog.sandbox.families.chart_objects import Insight
from pulumi_posthog.sandbox.families.insights.family import INSIGHTS, Insights
from pulumi_posthog.sandbox.families.insights.nodes import check_query
from pulumi_posthog.sandbox.families.project_objects import ObjectView
from pulumi_posthog.sandbox.families.tagged import TaggedView
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.family import view_of


class InsightView(TaggedView, ObjectView):
    """`/api/projects/{id}/insights/`: JSON only."""

    family: ClassVar[Insights]
    parser_classes: ClassVar[list[type[BaseParser]]] = [JSONParser]  # type: ignore[misc]

    def asked(self, name: str) -> bool:
        """Whether a parameter of the query is true."""
        return self.request.query_params.get(name, "").lower() in {"true", "1"}

    def represent(self, row: Any) -> dict[str, Any]:
        """Keys are not told of dashboards since July 2026 unless they ask; what was written is answered (2.7)."""
        row.project = self.project
        reads = self.request.method == "GET"
        item = self.family.represent(row, abbreviated=reads and self.asked("basic"))
        if reads and generation() >= LATER_2026 and not self.asked("include_dashboards"):
            del item["dashboards"]
        if self.asks_rules:
            item["user_access_level"] = self.level(row)
        return item

    def filtered(self, request: Request) -> Any:
        rows: Any = super().filtered(request)
        if self.asked("user"):
            rows = [row for row in rows if row.created_by_id == self.caller.pk]
        if (sought := request.query_params.get("search")) and generation() >= 2026:
            rows = list(rows)
            for row in rows:
                is_exact = sought.lower() in f"{row.name}\n{row.description}".lower()
                row.match = "exact" if is_exact else "similar"
        return rows

    def id_of_url(self) -> int | None:
        """2026 takes the short id, too; what is a number is tried as one first."""
        found = super().id_of_url()
        number = found if isinstance(found, int) else None
        of_project = Insight.objects.filter(project=self.project)
        if generation() < 2026 or (number is not None and of_project.filter(pk=number).exists()):
            return number
        named = of_project.filter(short_id=str(self.kwargs["id"])).first()
        return named.pk if named else None

    def create(self, request: Request, **kwargs: Any) -> Response:
        self.check_query_of(request)
        return super().create(request, **kwargs)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        """What is wrong with the query is told before anything else; PUT never finds a deleted one."""
        self.check_query_of(request)
        row = self.target(request.data if partial else None)
        return Response(
            self.represent(self.family.change(row, request.data, self.caller, request, partial=partial))
        )

    def check_query_of(self, request: Request) -> None:
        """400 for a body with a query that PostHog cannot read."""
        if isinstance(request.data, dict):
            check_query(request.data.get("query"))

    def unmapped(self, _request: Request, **_kwargs: Any) -> Response:
        """Keys never get here."""
        return Response({})

    def trending(self, request: Request, **_kwargs: Any) -> Response:
        """Nobody has looked at any."""
        return self.list(request)

    def thresholds(self, _request: Request, **_kwargs: Any) -> Response:
        rows = Alert.objects.filter(insight=self.target()).order_by("created_at", "pk")
        return Response([each.threshold for each in rows if each.threshold])


VIEW = view_of(INSIGHTS, InsightView)
