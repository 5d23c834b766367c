"""The endpoints of surveys (posthog-api-release.md 7.1)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.project_objects import ObjectView
from pulumi_posthog.sandbox.families.released_objects import FeatureFlag
from pulumi_posthog.sandbox.families.surveys.family import OF_READS, SURVEYS, Surveys
from pulumi_posthog.sandbox.families.surveys.models import Survey
from pulumi_posthog.sandbox.rules.errors import Unhandled
from pulumi_posthog.sandbox.rules.family import view_of

NO_STATS = {
    "survey shown": {"total_count": 0},
    "survey dismissed": {"total_count": 0},
    "survey sent": {"total_count": 0},
}


class SurveyView(ObjectView):
    """`/api/projects/{id}/surveys/`."""

    family: ClassVar[Surveys]

    def represent(self, row: Any) -> dict[str, Any]:
        """Writes answer with another serializer, which has less."""
        item = super().represent(row)
        if self.request.method in {"GET", "HEAD"}:
            return item
        return {name: value for name, value in item.items() if name not in OF_READS}

    def target(self, sent: Any = None) -> Any:
        found = super().target(sent)
        if self.action in {"update", "partial_update", "destroy"}:
            self.check_flag(found.targeting_flag)
            self.check_attached(sent)
        return found

    def check_attached(self, sent: Any) -> None:
        """`check_flag` of a flag that is to be attached."""
        id_ = sent.get("targeting_flag_id") if isinstance(sent, dict) else None
        if isinstance(id_, int):
            self.check_flag(FeatureFlag.objects.filter(project=self.project, pk=id_).first())

    def create(self, request: Request, **kwargs: Any) -> Response:
        self.check_attached(request.data)
        return super().create(request, **kwargs)

    def update(self, request: Request, *, partial: bool = False, **kwargs: Any) -> Response:
        """PUT fails (7.1)."""
        if not partial:
            raise Unhandled("AssertionError: update() with partial=False")
        return super().update(request, partial=True, **kwargs)

    def set_date(self, name: str) -> Response:
        """Now, once; the survey's flags are not told (7.1)."""
        row = self.target()
        before = Survey.objects.get(pk=row.pk)
        if getattr(row, name) is None:
            setattr(row, name, timezone.now())
            row.save()
            self.family.write_log(row, before, self.caller, activity_="updated")
        return Response(self.represent(row))

    def launch(self, _request: Request, **_kwargs: Any) -> Response:
        return self.set_date("start_date")

    def stop(self, _request: Request, **_kwargs: Any) -> Response:
        return self.set_date("end_date")

    # Nobody answers here; what these look like is a guess.

    def stats(self, _request: Request, **_kwargs: Any) -> Response:
        return Response({"survey_id": str(self.target().uuid), "stats": NO_STATS})

    def stats_of_all(self, _request: Request, **_kwargs: Any) -> Response:
        return Response({"stats": NO_STATS})

    def responses_count(self, _request: Request, **_kwargs: Any) -> Response:
        return Response({})

    def responses(self, _request: Request, **_kwargs: Any) -> Response:
        self.target()
        return Response({"results": []})


VIEW = view_of(SURVEYS, SurveyView)
