"""Who is behind a number of an insight: calculated lists of persons (10.1). Only the old unrestricted keys get here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.event_store import Event
from pulumi_posthog.sandbox.families.events import point_in_time
from pulumi_posthog.sandbox.families.persons import PersonsOfProject, represented
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.representation import moment

PAGE = 100
FUNNEL_WINDOW = timedelta(days=14)
LIFECYCLES = ("new", "returning", "resurrecting", "dormant")

Asked = Mapping[str, Any]
Done = Sequence[Event]


def need(asked: Asked, name: str) -> str:
    """What was asked for under `name`, as text; 400 where it is absent."""
    value = asked.get(name)
    if value in (None, ""):
        raise invalid(name, "This field is required.", "required")
    return str(value)


def steps(asked: Asked) -> list[str]:
    """Names of events, in their order."""
    given = asked.get("events")
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise invalid("events", "Not a list of JSON.") from error
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise invalid("events", "This field is required.", "required")
    return [str(each.get("id")) for each in sorted(found, key=lambda each: each.get("order") or 0)]


def whole(asked: Asked, name: str) -> int:
    """What was asked for under `name`, as a whole number; 400 for anything else."""
    text = need(asked, name)
    if not text.lstrip("-").isdigit() or len(text) > 6:
        raise invalid(name, "A valid integer is required.")
    return int(text)


def trends(asked: Asked, done: Done) -> Iterable[UUID | None]:
    """Who did it in that time."""
    entity = need(asked, "entity_id")
    return {row.person_uuid for row in done if row.event == entity}


def stickiness(asked: Asked, done: Done) -> Iterable[UUID | None]:
    """Who did it on so many days."""
    entity, wanted = need(asked, "entity_id"), whole(asked, "stickiness_days")
    days: dict[UUID | None, set[date]] = defaultdict(set)
    for row in done:
        if row.event == entity:
            days[row.person_uuid].add(row.timestamp.date())
    return {person for person, active in days.items() if len(active) == wanted}


def lifecycle(asked: Asked, done: Done) -> Iterable[UUID | None]:
    """Who was there on a day: for the first time, again, after a pause; or not any more."""
    entity, kind = need(asked, "entity_id"), need(asked, "lifecycle_type")
    if kind not in LIFECYCLES:
        raise invalid("lifecycle_type", f'"{kind}" is not a valid choice.', "invalid_choice")
    target = point_in_time("target_date", need(asked, "target_date"))
    on = target.date() if target else timezone.now().date()
    days: dict[UUID | None, set[date]] = defaultdict(set)
    for row in done:
        if row.event == entity:
            days[row.person_uuid].add(row.timestamp.date())
    before = on - timedelta(days=1)
    return {
        person
        for person, active in days.items()
        if {
            "new": on in active and min(active) == on,
            "returning": on in active and before in active,
            "resurrecting": on in active and before not in active and min(active) < on,
            "dormant": on not in active and before in active,
        }[kind]
    }


def funnel(asked: Asked, done: Done) -> Iterable[UUID | None]:
    """Who came as far as a step; with a negative one, who came to the step before and no further."""
    names, step = steps(asked), whole(asked, "funnel_step")
    if step == 0 or abs(step) > len(names):
        raise invalid("funnel_step", f"There are {len(names)} steps.")
    by_person: dict[UUID | None, list[Event]] = defaultdict(list)
    for row in done:
        by_person[row.person_uuid].append(row)
    reached = {person: furthest(names, rows) for person, rows in by_person.items()}
    if step > 0:
        return {person for person, far in reached.items() if far >= step}
    return {person for person, far in reached.items() if far == -step - 1 and far > 0}


def furthest(names: Sequence[str], rows: Sequence[Event]) -> int:
    """The number of steps that somebody did one after the other, from the best beginning."""
    best = 0
    for place, first in enumerate(rows):
        if first.event != names[0]:
            continue
        far = 1
        for row in rows[place + 1 :]:
            if far == len(names) or row.timestamp > first.timestamp + FUNNEL_WINDOW:
                break
            far += row.event == names[far]
        best = max(best, far)
    return best


def refused(_asked: Asked, _done: Done) -> Iterable[UUID | None]:
    """400: the sandbox calculates no such list."""
    raise ValidationError("The sandbox does not calculate this list of persons. (PostHog may.)")


CALCULATIONS: Mapping[str, Callable[[Asked, Done], Iterable[UUID | None]]] = {
    "trends": trends,
    "stickiness": stickiness,
    "lifecycle": lifecycle,
    "funnel": funnel,
    "correlation": refused,
    "path": refused,
    "retention": refused,
}


class CalculatedPersonsView(PersonsOfProject):
    """`persons/funnel`, `/funnel/correlation`, `/path`, `/lifecycle`, `/retention`, `/stickiness`, `/trends`."""

    # `path` and `retention` were gone by late 2025 (10.1).
    urls_of_age: ClassVar[Mapping[str, tuple[int, int]]] = {"path": (2024, 2025), "retention": (2024, 2025)}

    @property
    def rate_bucket(self) -> str:
        return "analytics"

    def calculate(self, how: str) -> Response:
        sample_data.arrive(self.project)
        body = self.request.data if isinstance(self.request.data, Mapping) else {}
        asked = {**self.request.query_params.dict(), **body}
        after = point_in_time("date_from", str(asked.get("date_from") or "-7d"))
        rows = Event.objects.filter(project=self.project, timestamp__gt=after).order_by("timestamp", "uuid")
        if before := point_in_time("date_to", str(asked.get("date_to") or "")):
            rows = rows.filter(timestamp__lt=before)
        found = CALCULATIONS[how](asked, [*rows.exclude(person_uuid=None)])
        people = [represented(row) for row in self.of_project().filter(uuid__in=[*found])[:PAGE]]
        return Response(
            {
                "results": [{"people": people, "count": len(people)}],
                "next": None,
                "initial": self.request.build_absolute_uri(),
                "is_cached": False,
                "last_refresh": moment(timezone.now()),
            }
        )

    def trends(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("trends")

    def stickiness(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("stickiness")

    def lifecycle(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("lifecycle")

    def funnel(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("funnel")

    def correlation(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("correlation")

    def path(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("path")

    def retention(self, request: Request, **_kwargs: Any) -> Response:
        return self.calculate("retention")
