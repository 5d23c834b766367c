"""What a guard knows of two runs -> what leaves the stack and stays in PostHog: Pulumi calls it a deletion, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Deletion
from pulumi_posthog.reconcile.limits import Managed
from pulumi_posthog.values.json_value import json_in
from pulumi_posthog.values.spelling import one_line

Going = Mapping[str, Mapping[str, list[str]]]


def left_alone(
    olds: Mapping[str, Any], news: Mapping[str, Any], every: Managed, counted: Managed, going: Going
) -> Iterator[str]:
    """One line for each; `olds` and `news` are the properties of the guard. Raises Damaged.

    `every` is what the stack managed, `counted` the same without what entries give up, `going` what leaves.
    """
    for kind, parents in every.items():
        for parent, objects in parents.items():
            for name in objects:
                if name not in counted[kind][parent]:
                    yield f'{KINDS[kind].title} "{one_line(name)}" is no longer managed here, and stays in PostHog'
    for kind, above in going.items():
        if kind in KINDS and KINDS[kind].deletion is Deletion.NEVER:
            for name in (name for names in above.values() for name in names):
                yield f'{KINDS[kind].title} "{one_line(name)}" is no longer managed here, and stays in PostHog'
    yield from _lists(olds, news, going)
    now = json_in(news.get("__only") or "[]", list)
    for kind in json_in(olds.get("__only") or "[]", list):
        if isinstance(kind, str) and kind in KINDS and kind not in now:
            yield f"the {KINDS[kind].title} stay in PostHog as they are, and are no longer managed here"


def _lists(olds: Mapping[str, Any], news: Mapping[str, Any], going: Going) -> Iterator[str]:
    """Exact lists that are not declared any more: what is in them stays, unless what they belong to is deleted."""
    before, after = (json_in(each.get("__lists") or "{}", dict) for each in (olds, news))
    managed = json_in(news.get("__managed") or "{}", dict)
    renamed = json_in(news.get("__renamed") or "{}", dict)
    for name, lists in before.items():
        if name not in KINDS:
            continue
        kind, now = KINDS[name], set(_parents(after.get(name)))
        for above in _parents(lists):
            parent = renamed.get(kind.parent, {}).get(above, above)
            deleted = any(above in names for names in going.get(kind.parent or "", {}).values())
            if not (parent in now or deleted or managed.get(kind.set_of, {}).get(parent)):
                field = kind.writable[0].name
                yield f'{field} of "{one_line(parent)}" are no longer managed; nobody is removed'


def _parents(lists: Any) -> Iterator[str]:
    """The names of what the lists of one kind belong to."""
    for each in lists.values() if isinstance(lists, dict) else ():
        if isinstance(each, dict) and isinstance(each.get("parent"), str):
            yield each["parent"]
