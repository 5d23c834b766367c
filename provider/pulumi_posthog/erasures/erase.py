"""Persons who are there -> their erasure, in parts, looked at again afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from pulumi_posthog.api import ApiError
from pulumi_posthog.erasures.declared import Identifier
from pulumi_posthog.erasures.present import Present, present
from pulumi_posthog.erasures.receipt import RECEIPTS, receipt
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.limits import Limits, erasure_refusal
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json

AT_ONCE = 100  # persons of one `bulk_delete`: the smaller of the two limits that PostHog names (posthog-api.md 10.1)


def objections(found: Present, project: str, limits: Limits) -> tuple[str, ...]:
    """Why nobody is erased: identifiers that mean several persons, and more persons than one run may erase."""
    reasons = [
        f"{identifier.where}: this {said(identifier.by)} means {count:,} persons\n"
        f"  hint: name the one by a distinct id, or all by `{{{identifier.by}: ..., several: true}}`"
        for identifier, count in found.unclear
    ]
    refusal = erasure_refusal(len(found), project, limits)
    return (*reasons, *([refusal] if refusal else []))


def said(by: str) -> str:
    """What an identifier is, in words."""
    return {"email": "e-mail address"}.get(by, by.replace("_", " "))


def chunks(persons: Iterable[str]) -> list[list[str]]:
    """Uuids in as many lists as there have to be requests, in a fixed order."""
    uuids = sorted(persons)
    return [uuids[start : start + AT_ONCE] for start in range(0, len(uuids), AT_ONCE)]


def carry_out(
    applier: Applier, project: str, found: Present, kept: Mapping[str, Json], *, events: bool
) -> tuple[dict[str, Json], ApiError | None]:
    """Erase who is there, and look again: what the stack remembers of it, and what kept it from being whole.

    That is how many are `present` now, the `receipts`, oldest first, and the `digest_key`; `kept` is what it remembered
    before. Raises ApiError where nobody can look again.
    """
    applier.writer.hide(*(each.text for names in found.persons.values() for each in names))
    done = applier.erase(project, chunks(found.persons), delete_events=events)
    key = kept.get("digest_key") or secrets.token_hex(32)
    receipts = list(kept.get("receipts") or ())
    if done.persons:
        receipts.append(receipt(found, done, events=events, key=key))
    left = len(after(applier.live, project, found)) if done.error is None else len(found) - len(done.persons)
    return {"present": left, "receipts": receipts[-RECEIPTS:], "digest_key": key}, done.error


def looked_at_again(found: Present) -> list[Identifier]:
    """The identifiers of those who are there: each is looked up again once they are erased."""
    return list(dict.fromkeys(each for names in found.persons.values() for each in names))


def after(live: Live, project: str, found: Present) -> Present:
    """Look those up again who were there before an erasure; raises ApiError."""
    identifiers = looked_at_again(found)
    for each in identifiers:
        live.forget_persons(project, each.by, each.text)
    return present(live, project, identifiers)


def erased_words(count: int, *, events: bool) -> str:
    """What to say of an erasure."""
    persons = "1 person is" if count == 1 else f"{count:,} persons are"
    return f"{persons} erased" + (", and their events within a week" if events else "")
