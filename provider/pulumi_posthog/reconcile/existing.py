"""How much of a configuration exists in PostHog, in one sentence: the same in a preview, `adopt` and `estimate`."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import holds_secret


class Standing(enum.Enum):
    """What is to be done about a declared object, before a stack has it for the first time."""

    AS_DECLARED = "as declared"
    SECRETS = "get their secrets again"
    CHANGED = "change"
    MADE = "are made"


ONE = {Standing.SECRETS: "gets its secrets again", Standing.CHANGED: "changes", Standing.MADE: "is made"}


def standing(kind: Kind, values: Mapping[str, Json], *, changed: bool) -> Standing:
    """Of an object that exists. PostHog shows no secrets to compare, so they are sent when it is taken over."""
    if changed:
        return Standing.CHANGED
    secret = any(holds_secret(values.get(field.name)) for field in kind.fields if field.secret)
    return Standing.SECRETS if secret else Standing.AS_DECLARED


def sentence(standings: Iterable[Standing]) -> str:
    """`49 of 49 exist: 45 as declared, 4 get their secrets again; nothing else is sent`."""
    counts = Counter(standings)
    made, total = counts[Standing.MADE], counts.total()
    here = [_said(each, counts[each]) for each in Standing if each is not Standing.MADE and counts[each]]
    verb = "exists" if total - made == 1 else "exist"
    parts = [f"{total - made:,} of {total:,} {verb}" + (f": {', '.join(here)}" if here else "")]
    if made:
        parts.append(_said(Standing.MADE, made))
    elif not counts[Standing.CHANGED]:
        parts.append("nothing else is sent" if counts[Standing.SECRETS] else "nothing is sent")
    return "; ".join(parts)


def _said(each: Standing, count: int) -> str:
    return f"{count:,} {ONE.get(each, each.value) if count == 1 else each.value}"
