"""Findings -> what the change that waits in Git does to PostHog, in one sentence: the headline of a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pulumi_posthog.drift.finding import Fate, Finding, Status
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.text import plural

ITEMS = {kind.set_of: kind for kind in KINDS.values() if kind.set_of}
VERBS = {Fate.MADE: "makes", Fate.DELETED: "deletes", Fate.GIVEN_UP: "stops managing"}


def effect(findings: Iterable[Finding]) -> str:
    """`This sets 3 values, makes 1 role, 1 person loses role "Analysts"`; empty when nothing waits in Git."""
    pending = [finding for finding in findings if finding.status is Status.PENDING]
    people = Counter(each for finding in pending if (each := _person(finding)) is not None)
    others = [finding for finding in pending if _person(finding) is None]
    parts = [*_verbs(others), *(_of_people(number, *each) for each, number in people.items())]
    text = ", ".join(parts)
    return f"This {text}" if text and not text[0].isdigit() else text


def _verbs(findings: list[Finding]) -> Iterator[str]:
    values = sum(finding.fate is None for finding in findings)
    if values:
        yield f"sets {plural(values, 'value')}"
    for fate, verb in VERBS.items():
        kinds = Counter(finding.kind for finding in findings if finding.fate is fate)
        if kinds:
            yield f"{verb} {' and '.join(_counted(*each) for each in kinds.items())}"


def _counted(kind: str, number: int) -> str:
    return f"{number:,} {KINDS[kind].title if number == 1 else KINDS[kind].plural}"


def _person(finding: Finding) -> tuple[bool, str, str] | None:
    """Whether somebody gets or loses what, and its name; None where the finding is about no person in a list."""
    kind = KINDS.get(finding.kind)
    if kind is None or finding.about is None:
        return None
    if kind.set_of and not finding.whole:
        gets = finding.declared is not None
    elif kind.name in ITEMS and finding.fate in (Fate.MADE, Fate.DELETED):
        gets = finding.fate is Fate.MADE
    else:
        return None
    return gets, KINDS[kind.parent or ""].title, finding.about.above or ""


def _of_people(number: int, gets: bool, what: str, name: str) -> str:
    verb = ("gets" if gets else "loses") if number == 1 else ("get" if gets else "lose")
    return f'{plural(number, "person")} {verb} {what} "{one_line(name)}"'
