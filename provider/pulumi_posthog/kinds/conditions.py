"""Conditions about persons, groups, cohorts and flags: their form, and what PostHog refuses of one.

They are in flags, in what surveys aim at, in holdouts and in steps of actions (posthog-api-release.md 2.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.suggestion import nearly

CONDITION: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "type": {
            "type": "string",
            "description": "What has the property: `person`, `cohort`, `group` or `flag`.",
        },
        "key": {
            "type": ["string", "number"],
            "description": "The property's name. For a cohort it is `id`, for a flag `!ref feature_flag/KEY`.",
        },
        "operator": {"type": ["string", "null"], "description": "`exact`, `icontains`, `in`, ..."},
        "value": {"description": "What it is compared with. For a cohort it is `!ref cohort/NAME`."},
        "group_type_index": {
            "description": ("For a group's property: the type of group, `!ref group_type/NAME`.")
        },
    },
    "required": ["key", "type"],
}
DATES: Final = ("is_date_exact", "is_date_before", "is_date_after")
PATTERNS: Final = ("regex", "not_regex")
NEEDS_ONE: Final = ("icontains", "not_icontains", *PATTERNS, "gt", "gte", "lt", "lte", *DATES)
# 2.4. Newer servers have others: of those that this does not know, only such are refused as are hardly one.
OPERATORS: Final = (
    "exact",
    "is_not",
    *NEEDS_ONE,
    "is_set",
    "is_not_set",
    "in",
    "not_in",
    "flag_evaluates_to",
    "icontains_multi",
    "not_icontains_multi",
    "min",
    "max",
)
MISTAKEN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("contains", "like", "ilike"), "icontains"),
    **dict.fromkeys(("not_contains", "does_not_contain"), "not_icontains"),
    **dict.fromkeys(("is", "eq", "equals", "equal", "==", "="), "exact"),
    **dict.fromkeys(("ne", "not_equals", "not_equal", "!="), "is_not"),
    **dict.fromkeys(("matches", "match", "matches_regex"), "regex"),
    **{">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "exists": "is_set", "not_exists": "is_not_set"},
}
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
SETS: Final = re.compile(r"\[\[|--|&&|~~|\|\|")
# What Python says of patterns that no engine takes. PostHog's engines differ in what else they take.
BROKEN: Final = (
    "missing ), unterminated subpattern",
    "unterminated character set",
    "unbalanced parenthesis",
    "nothing to repeat",
    "bad escape (end of pattern)",
)


def broken(pattern: Json) -> str | None:
    """Why a text is no regular expression for anybody; None where it is one, or PostHog has to say."""
    if not isinstance(pattern, str) or is_unknown(pattern):
        return None
    if SETS.search(pattern):
        return None  # Python would warn of these, and other engines know them
    try:
        re.compile(pattern)
    except re.error as error:
        return error.msg if error.msg in BROKEN else None
    except (RecursionError, OverflowError):
        return None
    return None


def wrong_condition(condition: Mapping[str, Any], *, of_groups: bool) -> Iterator[tuple[str, str | None]]:
    """What PostHog refuses of one condition, of a flag for persons or for groups (2.4, 2.7, 2.8).

    Each is (the end of a sentence, a hint).
    """
    type_, operator = condition.get("type"), condition.get("operator")
    known = ("group",) if of_groups else ("person", "cohort", "flag")
    if is_unknown(type_) or is_unknown(operator):
        return
    if type_ not in known:
        who = "groups" if of_groups else "persons"
        yield f"has a condition of the type `{type_}`, and is for {who}", f"it takes {' and '.join(known)}"
    elif type_ == "flag":
        yield from wrong_dependency(condition)
    elif type_ != "cohort" and operator in ("in", "not_in"):
        yield f"has the operator `{operator}`, which is for cohorts", "write `exact` or `is_not`"
    else:
        yield from wrong_value(condition)


def wrong_dependency(condition: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What PostHog refuses of a condition that needs another flag (2.8)."""
    if condition.get("operator") != "flag_evaluates_to":
        yield "needs another flag by another operator", "write `operator: flag_evaluates_to`"
    elif not isinstance(condition.get("value"), bool | str):
        yield (
            "needs another flag and does not say how",
            "write `value: true`, `false` or the key of a variant",
        )


def wrong_value(condition: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """An operator that there is not, or a value that does not fit it (2.7)."""
    operator, value = condition.get("operator"), condition.get("value")
    if operator is None or is_unknown(value) or isinstance(value, Reference):
        return
    if operator not in OPERATORS and (meant := MISTAKEN.get(operator.lower()) or nearly(operator, OPERATORS)):
        yield f"has the operator `{operator}`, which does not exist", f"did you mean `{meant}`?"
    elif operator in NEEDS_ONE and isinstance(value, list | dict):
        yield f"compares by `{operator}` with several values", "write one text; `exact` takes a list"
    elif operator in DATES and not is_date(value):
        yield (
            f"compares by `{operator}` with a value that is not a date",
            "write `2026-12-31`, or a time before now, as in `-30d`",
        )
    elif operator in PATTERNS and (why := broken(value)):
        yield f"has a value that is not a regular expression: {why}", None


def is_date(value: Json) -> bool:
    """Whether a value may be a date for PostHog, which takes many forms: no text without a digit, no 30 February."""
    if not isinstance(value, str) or not any(letter.isdigit() for letter in value):
        return False
    day = DAY.match(value)
    try:
        return day is None or bool(date.fromisoformat(day[0]))
    except ValueError:
        return False
