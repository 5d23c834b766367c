"""What an object may be because of another one that it names (`Kind.against`) -> what PostHog would refuse. Only reads.

The other one is as it will be: as it is declared, and as it is in PostHog where nobody declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pulumi_posthog.api import ApiError, Forbidden
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.links import project_of
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.spelling import one_line

ScopeOf = Callable[[str | None], Scope | None]


@dataclass(frozen=True)
class Misfit:
    """What PostHog would refuse of an entry; `contradiction` says that the same file declares both sides of it."""

    entry: Entry
    problem: Problem
    contradiction: bool

    @property
    def note(self) -> str:
        """What to say of it where nothing is to be sent of the entry."""
        hint = f" ({self.problem.hint})" if self.problem.hint else ""
        return f"{self.problem.message}, so PostHog refuses every change of it: {self.problem.where}{hint}"


def check(kind: Kind, scope: Scope, values: Mapping[str, Json], live: Live) -> None:
    """Raise CannotApply where PostHog would refuse an object with these values, as the other one is now.

    May raise ApiError; a key that may not see the other one leaves it to PostHog.
    """
    if kind.against is None:
        return
    try:
        other = _live(kind, scope, values.get(kind.against.field), live)
    except Forbidden:
        return
    for _, words, hint in kind.against.misfits(values, other.answer) if other else ():
        raise CannotApply(f"this {kind.title} {words}" + (f"\n  hint: {hint}" if hint else ""))


def misfits(desired: Desired, live: Live, scope_of: ScopeOf) -> Iterator[Misfit]:
    """What PostHog would refuse of what is declared. What could not be looked at is left to PostHog."""
    for entry in desired.entries:
        words = entry.kind.against
        if words is None or entry.absent or entry.fields.get(words.field) is None:
            continue
        value = entry.fields[words.field]
        declared = (
            desired.by_name.get(value.target) if isinstance(value, Reference) and value.target else None
        )
        contradiction = declared is not None and words.needs in declared.fields
        try:
            other = declared.fields if declared and contradiction else _answer(entry, desired, live, scope_of)
        except ApiError:
            continue
        for place, said, hint in words.misfits(entry.fields, other) if other is not None else ():
            where = _position(entry, place)
            text = f'{entry.kind.title} "{one_line(entry.name)}" {said}'
            yield Misfit(entry, Problem(text, where, hint), contradiction)


def told(desired: Desired, live: Live, scope_of: ScopeOf) -> tuple[list[Problem], list[str]]:
    """What is wrong with a file, and what only has to be known because nothing is sent of it. May raise ApiError."""
    problems, notes = [], []
    for each in misfits(desired, live, scope_of):
        if each.contradiction or _is_sent(each.entry, scope_of(project_of(each.entry, desired)), live):
            problems.append(each.problem)
        else:
            notes.append(each.note)
    return problems, notes


def _is_sent(entry: Entry, scope: Scope | None, live: Live) -> bool:
    """Whether an entry is not in PostHog as it is declared."""
    if scope is None:
        return True
    if entry.id is not None:
        there = [found] if (found := live.object(entry.kind, scope, entry.id)) else []
    else:
        there = live.find(entry.kind, scope, entry.fields)
    return len(there) != 1 or bool(differences(entry.kind, entry.fields, there[0].values))


def _answer(entry: Entry, desired: Desired, live: Live, scope_of: ScopeOf) -> Mapping[str, Json] | None:
    scope = scope_of(project_of(entry, desired))
    words = entry.kind.against
    if scope is None or words is None:
        return None
    found = _live(entry.kind, scope, entry.fields[words.field], live)
    return found.answer if found else None


def _live(kind: Kind, scope: Scope, value: Json, live: Live) -> Found | None:
    """The other object that a field names, as its list has it; None while there is none."""
    other = kind.field(kind.against.field).names if kind.against else None
    id_ = value.id if isinstance(value, Reference) else str(value) if isinstance(value, int) else None
    return live.object(KINDS[other], scope, id_, ()) if other and id_ else None


def _position(entry: Entry, place: str) -> Position | None:
    parts = place.split(".")
    for length in range(len(parts), 0, -1):
        if found := entry.positions.get(".".join(parts[:length])):
            return found
    return entry.where
