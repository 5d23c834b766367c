"""What is about to be deleted, limits -> allowed, or refused with reasons. Pure: nothing here reads or writes.

An empty file, a lost include or a wrong merge must not empty an organization, so every removal counts: of objects that
left the configuration, of objects that must be replaced, and of the members of an exact list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import TakenAlong
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.values.json_value import json_in, json_text
from pulumi_posthog.values.spelling import folded, one_line

# kind's name -> parent's name -> object's name -> what replaces it when it changes
Managed = Mapping[str, Mapping[str, Mapping[str, str]]]


# Kinds whose objects are found by their key whatever its case.
CASELESS = {
    kind.name for kind in KINDS.values() if any(each.from_key and each.caseless for each in kind.fields)
}


class LimitsError(ValueError):
    """A setting of the limits that makes no sense; the message names it."""


@dataclass(frozen=True)
class Limits:
    """How much one run may remove, of each kind and below each parent.

    One object may always be removed. More may be removed when they are at most `number` and at most `share` (0..1) of
    what is there.

    `allowed` raises the number for a kind, whatever the share. `deletions` names the guarded objects that
    `state: absent` may delete ("project/Web"), `takeovers` what may be taken over from another stack. `erasures` is
    how many persons of one project may be erased. `risks` names what may shut people out, as paths of the file.
    `invitations` is how many people may be invited by mail.
    """

    number: int = 10
    share: float = 1 / 3
    allowed: Mapping[str, int] = field(default_factory=dict)
    deletions: frozenset[str] = frozenset()
    takeovers: frozenset[str] = frozenset()
    erasures: int = 10
    risks: frozenset[str] = frozenset()
    invitations: int = 10

    @classmethod
    def from_settings(cls, settings: Mapping[str, str | None], kinds: Iterable[str]) -> Limits:
        """From stack configuration: `maxRemovals` (a number), `maxRemovalShare` (0 to 1), `allowRemovals`
        (`role=3,role_membership=7`), `allowDeletions` and `allowTakeovers` (`project/Web,project/Shop`), and
        `maxErasures` and `maxInvitations` (numbers); `allowRisks` (`organization.settings.enforce_2fa`).

        Raises LimitsError.
        """
        known = sorted({*kinds, *(along.name for kind in KINDS.values() for along in kind.taken_along)})
        number = _number(settings, "maxRemovals", str(cls.number))
        share = _number(settings, "maxRemovalShare", str(cls.share))
        if not 0 <= share <= 1:
            raise LimitsError(f"posthog:maxRemovalShare is {share}: it must be between 0 and 1")
        if number < 0 or not number.is_integer():
            raise LimitsError(f"posthog:maxRemovals is {number}: it must be a whole number, 0 or more")
        allowed = {}
        for item in items(settings.get("allowRemovals")):
            kind, _, count = item.partition("=")
            if kind not in known or not count.isdigit():
                raise LimitsError(
                    f'posthog:allowRemovals has "{one_line(item)}":'
                    f" write KIND=NUMBER, where KIND is one of {', '.join(known)}"
                )
            allowed[kind] = int(count)
        erasures = _whole(settings, "maxErasures", cls.erasures)
        invitations = _whole(settings, "maxInvitations", cls.invitations)
        return cls(
            int(number),
            share,
            allowed,
            frozenset(items(settings.get("allowDeletions"))),
            frozenset(items(settings.get("allowTakeovers"))),
            erasures,
            frozenset(items(settings.get("allowRisks"))),
            invitations,
        )


SETTINGS = (
    "maxRemovals",
    "maxRemovalShare",
    "allowRemovals",
    "allowDeletions",
    "allowTakeovers",
    "maxErasures",
    "allowRisks",
    "maxInvitations",
)


def _whole(settings: Mapping[str, str | None], name: str, default: int) -> int:
    number = _number(settings, name, str(default))
    if number < 0 or not number.is_integer():
        raise LimitsError(f"posthog:{name} is {number:g}: it must be a whole number, 0 or more")
    return int(number)


def _number(settings: Mapping[str, str | None], name: str, default: str) -> float:
    text = settings.get(name) or default
    try:
        return float(text)
    except ValueError:
        raise LimitsError(f'posthog:{name} is "{one_line(text)}": it must be a number') from None


def items(text: str | None) -> list[str]:
    """What a setting lists, separated by commas."""
    return [item.strip() for item in (text or "").split(",") if item.strip()]


@dataclass(frozen=True)
class TooMany:
    """Why a run is not allowed to continue: it would remove or replace `names`, of `total` objects below one parent."""

    kind: Kind
    parent: str
    names: tuple[str, ...]
    total: int

    def __str__(self) -> str:
        below = f' of "{one_line(self.parent)}"' if self.parent else ""
        rows = "\n".join(f"    {one_line(name)}" for name in self.names)
        return (
            f"{len(self.names)} of {self.total} {self.kind.plural}{below} would be removed or replaced, more than the"
            f" limits allow:\n{rows}\n"
            f"  hint: if that is meant, say so: pulumi config set posthog:allowRemovals"
            f" {self.kind.name}={len(self.names)}"
        )


def managed(desired: Desired) -> Managed:
    """What a stack manages once `desired` is applied, as the guard remembers it."""
    result: dict[str, dict[str, dict[str, str]]] = {}
    for entry in desired.entries:
        if entry.kind.guarded and not entry.absent:
            result.setdefault(entry.kind.name, {}).setdefault(entry.parent or "", {})[entry.name] = (
                _replaced_by(entry)
            )
    return result


def _replaced_by(entry: Entry) -> str:
    values = {
        item.name: entry.fields.get(item.name, item.default)
        for item in entry.kind.writable
        # What a name means is known by its id: a role that is renamed stays the same, and so does what a rule is about.
        if item.replace_on_changes
        and not item.names
        and item.name not in entry.kind.in_path
        and (item.name in entry.fields or item.default is not UNSET)
    }
    return json_text(values) if values else ""


def exact_lists(desired: Desired) -> dict[str, dict[str, dict[str, Any]]]:
    """kind's name -> entry's name -> whom an exact list declares (`items`), and below whom (`parent`)."""
    result: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in desired.entries:
        if entry.kind.set_of:
            items = list(entry.fields.get(entry.kind.writable[0].name) or ())
            result.setdefault(entry.kind.name, {})[entry.name] = {
                "parent": entry.parent or "",
                "items": items,
            }
    return result


def with_listed(
    before: Managed,
    after: Managed,
    lists: Mapping[str, Mapping[str, Mapping[str, Any]]],
    moved: Mapping[str, Mapping[str, str]],
) -> Managed:
    """`after` with what of `before` an exact list below the same parent declares now (`exact_lists`): it stays.

    Raises Damaged for what a state has in `before` and was never written there.
    """
    result = {kind: dict(parents) for kind, parents in after.items()}
    for kind_name, by_name in lists.items():
        kind = KINDS[kind_name]
        item = KINDS[kind.set_of or ""]
        field, names = item.natural_keys[0][0], moved.get(kind.parent or "", {})
        for parent, objects in before.get(item.name, {}).items():
            now = names.get(parent, parent)
            listed = {
                folded(str(each))
                for declared in by_name.values()
                if declared["parent"] == now
                for each in declared["items"]
            }
            stays = {
                name: key
                for name, key in objects.items()
                if folded(str(json_in(key or "{}", dict).get(field))) in listed
            }
            if stays:
                below = result.setdefault(item.name, {})
                below[now] = {**below.get(now, {}), **stays}
    return result


def ids(desired: Desired) -> dict[str, dict[str, str]]:
    """kind's name -> id that an entry declares -> entry's name."""
    result: dict[str, dict[str, str]] = {}
    for entry in desired.entries:
        if entry.id is not None:
            result.setdefault(entry.kind.name, {})[str(entry.id)] = entry.name
    return result


def renamed(desired: Desired) -> dict[str, dict[str, str]]:
    """kind's name -> earlier name -> name now, of entries that say `previously`."""
    result: dict[str, dict[str, str]] = {}
    for entry in desired.entries:
        for name in entry.previously:
            result.setdefault(entry.kind.name, {})[name] = entry.name
    return result


def removals(
    before: Managed, after: Managed, moved: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, list[str]]]:
    """kind's name -> parent's name -> what is removed or replaced there, sorted; every kind and parent of `before`."""
    result: dict[str, dict[str, list[str]]] = {}
    for kind, parents in before.items():
        now = {name: key for objects in after.get(kind, {}).values() for name, key in objects.items()}
        names = moved.get(kind, {})
        # What only changes its case is taken over again: it neither goes nor is it replaced.
        adopted = {folded(name) for name in now} if kind in CASELESS else set()
        result[kind] = {
            parent: sorted(
                name
                for name, key in objects.items()
                if now.get(names.get(name, name)) != key and (name in now or folded(name) not in adopted)
            )
            for parent, objects in parents.items()
        }
    return result


def refusals(
    before: Managed,
    after: Managed,
    limits: Limits,
    kinds: Mapping[str, Kind],
    moved: Mapping[str, Mapping[str, str]],
) -> tuple[TooMany, ...]:
    """Why the change from `before` to `after` is too much; empty when it is allowed."""
    result = []
    for kind_name, parents in removals(before, after, moved).items():
        kind = kinds.get(kind_name)
        if kind is None:
            continue
        sizes = {parent: len(before[kind_name][parent]) for parent in parents}
        everything = [name for gone in parents.values() for name in gone]
        for parent, gone in parents.items():
            if too_many(kind, len(gone), sizes[parent], limits):
                result.append(TooMany(kind, parent, tuple(gone), sizes[parent]))
        # One each from many parents is many, too.
        if len(everything) > max(limits.number, limits.allowed.get(kind_name, 0)) and len(parents) > 1:
            result.append(TooMany(kind, "", tuple(everything), sum(sizes.values())))
    return tuple(result)


def list_refusal(
    kind: Kind, parent: str, live: Iterable[str], declared: Iterable[str], limits: Limits
) -> TooMany | None:
    """Why an exact list may not become `declared`; None when it may. Both are spelled as PostHog does."""
    total, kept = list(live), set(declared)
    gone = tuple(sorted(name for name in total if name not in kept))
    return TooMany(kind, parent, gone, len(total)) if too_many(kind, len(gone), len(total), limits) else None


def too_many(kind: Kind | TakenAlong, gone: int, total: int, limits: Limits) -> bool:
    """Whether `gone` of `total` objects are more than one run may remove."""
    if gone <= max(1 if limits.number else 0, limits.allowed.get(kind.name, 0)):
        return False
    return gone > limits.number or gone > total * limits.share


def erasure_refusal(count: int, project: str, limits: Limits) -> str | None:
    """Why so many persons of a project may not be erased in one run; None when they may."""
    if count <= limits.erasures:
        return None
    persons = "1 person" if count == 1 else f"{count:,} persons"
    return (
        f'{persons} of project "{one_line(project)}" would be erased for good, and one run may erase'
        f" {limits.erasures:,}\n"
        f"  hint: if that is meant, say so: pulumi config set posthog:maxErasures {count}"
    )
