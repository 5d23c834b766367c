"""Ignore rules: differences that are accepted for a time."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pulumi_posthog.drift.finding import Finding, Status
from pulumi_posthog.reconcile.path import is_below
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import ConfigError, Problem
from pulumi_posthog.values.spelling import DRIVES, drives, one_line

KEYS = ("path", "reason", "owner", "until")
EXAMPLE = 'write {path: "projects.*.timezone", reason: "...", owner: "ana@acme.io", until: 2026-12-31}'


@dataclass(frozen=True)
class Rule:
    """Differences at or below `path` (`*` is any text, `?` one character) do not count while it lasts."""

    path: str
    reason: str
    owner: str
    until: datetime.date

    @property
    def why(self) -> str:
        """Why a difference is not told, in words."""
        return f"{self.reason} ({self.owner}, until {self.until})"

    def hides(self, finding: Finding) -> bool:
        """Whether the rule is about this finding. No rule hides a removal, or what could not be read."""
        if finding.removal or finding.status is Status.UNREAD:
            return False
        return is_below(finding.path, self.path)


def rules(items: Json, source: str) -> tuple[Rule, ...]:
    """Rules as they are in YAML; raises ConfigError with everything that is wrong with them."""
    if items is None:
        return ()
    if not isinstance(items, list):
        raise ConfigError([Problem(f"{source}: the ignore rules are not a list", hint=EXAMPLE)])
    good, problems = [], []
    for number, item in enumerate(items, 1):
        rule = _rule(item, f"{source}, rule {number}")
        if isinstance(rule, Rule):
            good.append(rule)
        else:
            problems += rule
    if problems:
        raise ConfigError(problems)
    return tuple(good)


def _rule(item: Json, source: str) -> Rule | list[Problem]:
    if not isinstance(item, dict):
        return [Problem(f"{source} is not a mapping", hint=EXAMPLE)]
    problems = [
        Problem(f'{source} has an unknown key "{key}"', hint=f"a rule has: {', '.join(KEYS)}")
        for key in item
        if key not in KEYS
    ]
    problems += [
        Problem(f'{source} has no "{key}"', hint=EXAMPLE)
        for key in KEYS
        if not str(item.get(key) or "").strip()
    ]
    problems += [
        Problem(f'{source}: {key} is "{item[key]}", {DRIVES}')
        for key in KEYS
        if isinstance(item.get(key), str) and any(map(drives, item[key]))
    ]
    until: datetime.date | None = None
    try:
        # YAML reads an unquoted date itself.
        raw = item.get("until")
        until = raw if isinstance(raw, datetime.date) else datetime.date.fromisoformat(str(raw))
    except ValueError:
        if item.get("until"):
            problems.append(
                Problem(
                    f'{source}: until is "{item["until"]}", which is not a date',
                    hint="write it as 2026-12-31",
                )
            )
    if problems or until is None:
        return problems
    return Rule(str(item["path"]), str(item["reason"]), str(item["owner"]), until)


def ignored(
    findings: Iterable[Finding], rules: Sequence[Rule], today: datetime.date
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings with those marked that a rule hides; and warnings about rules that are over."""
    current = [rule for rule in rules if rule.until >= today]
    marked = tuple(
        dataclasses.replace(finding, ignored=next(rule.why for rule in current if rule.hides(finding)))
        if any(rule.hides(finding) for rule in current)
        else finding
        for finding in findings
    )
    expired = tuple(
        f'the ignore rule for "{one_line(rule.path)}" ended on {rule.until} and hides nothing now: ask {rule.owner}'
        for rule in rules
        if rule.until < today
    )
    return marked, expired
