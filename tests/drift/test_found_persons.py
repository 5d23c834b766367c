"""Persons who shall not exist -> findings."""

from __future__ import annotations

import pytest

from pulumi_posthog.api import Forbidden
from pulumi_posthog.drift.finding import Status
from pulumi_posthog.drift.persons import findings, path_of
from pulumi_posthog.erasures.declared import Erasure, Identifier, Origin
from pulumi_posthog.erasures.present import Present, Sighting
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.values.problem import Position

ANA = Identifier("ana@example.org", "email", "posthog.yaml:8:11")
WEB = Erasure(
    project="Web",
    origins=(Origin("!env GONE", "posthog.yaml:8:11"),),
    identifiers=(ANA,),
    where=Position("posthog.yaml", 6, 5),
)


def seen(count: int, **more: object) -> Sighting:
    return Sighting(WEB, Present({str(number): (ANA,) for number in range(count)}), **more)


def told(sighting: Sighting, limits: Limits | None = None) -> list[tuple[Status, str]]:
    return [(finding.status, finding.summary) for finding in findings(sighting, limits)]


def test_nobody_is_nothing_to_tell():
    assert told(seen(0)) == []
    assert path_of(seen(0)) == "projects.Web.persons"


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 person that should not exist does"), (3, "3 persons that should not exist do")],
)
def test_persons_are_counted(count, words):
    assert told(seen(count)) == [(Status.CHANGED, f"projects.Web.persons.absent: {words}")]


def test_more_than_the_rail_allows_would_be_refused_where_the_limits_are_known():
    found = told(seen(11), Limits())

    assert [status for status, _ in found] == [Status.REFUSED, Status.CHANGED]
    assert "11 persons" in found[0][1]
    assert [status for status, _ in told(seen(11))] == [Status.CHANGED]


def test_could_not_look_is_not_nobody():
    error = Forbidden("no scope", method="GET", path="/api/projects/2/persons/")

    ((status, summary),) = told(seen(0, error=error))
    assert status is Status.UNREAD
    assert "GET /api/projects/2/persons/: no scope" in summary
