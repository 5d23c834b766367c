"""Persons who shall not exist: how many do, whether they may be erased, and the receipt of their erasure.

Who they are is known here and shown nowhere: messages name the place in a file, and count.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pulumi_posthog.api import ApiError
from pulumi_posthog.apply import Applier, Erased
from pulumi_posthog.desired import Erasure, Identifier
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.live import Live
from pulumi_posthog.rails import Limits, erasure_refusal
from pulumi_posthog.values.json_value import Json

if TYPE_CHECKING:  # so that a provider does not wait for it
    from pulumi_posthog.observe import Observed

READERS = 8  # look-ups under way at the same time
AT_ONCE = 100  # persons of one `bulk_delete`: the smaller of the two limits that PostHog names (posthog-api.md 10.1)
RECEIPTS = 100  # that a stack keeps: the newest


@dataclass(frozen=True, repr=False)
class Present:
    """Who of those who shall not exist does: PostHog's uuid -> the identifiers that led there.

    `unclear` are identifiers that mean more than one person without saying that they may, and how many.
    """

    persons: Mapping[str, tuple[Identifier, ...]]
    unclear: tuple[tuple[Identifier, int], ...] = ()

    def __len__(self) -> int:
        return len(self.persons)


def present(live: Live, project: str, identifiers: Sequence[Identifier]) -> Present:
    """Look everybody up: one request for each identifier, `READERS` side by side; raises ApiError."""
    live.reader.hide(*(each.text for each in identifiers))
    found: dict[str, list[Identifier]] = {}
    unclear = []
    for identifier, persons in zip(identifiers, _looked_up(live, project, identifiers), strict=True):
        if len(persons) > 1 and not identifier.several:
            unclear.append((identifier, len(persons)))
        for person in persons:
            found.setdefault(str(person["uuid"]), []).append(identifier)
    return Present({uuid: tuple(names) for uuid, names in found.items()}, tuple(unclear))


def _looked_up(live: Live, project: str, identifiers: Sequence[Identifier]) -> list[list[Mapping[str, Json]]]:
    if not identifiers:
        return []
    pool = ThreadPoolExecutor(min(READERS, len(identifiers)))
    try:
        return list(pool.map(lambda each: live.persons(project, each.by, each.text), identifiers))
    except KeyboardInterrupt:
        live.reader.pace.stop()  # they may be sitting out a rate limit
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Sighting:
    """What one project has of the persons whom it shall not have, or why that could not be looked at."""

    erasure: Erasure
    found: Present
    error: ApiError | None = None


def sightings(erasures: Iterable[Erasure], observed: Observed, live: Live) -> tuple[Sighting, ...]:
    """A look at every project that there is; of one that there is not, or that could not be read, nothing."""
    result = []
    for erasure in erasures:
        project = observed.found.get((PROJECT.name, erasure.project))
        if project is None:
            continue
        try:
            result.append(Sighting(erasure, present(live, project.id, erasure.identifiers)))
        except ApiError as error:
            result.append(Sighting(erasure, Present({}), error))
    return tuple(result)


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

    `kept` is what it remembered before: `receipts`, oldest first, and `digest_key`.
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
    """Look those up again who were there before an erasure."""
    identifiers = looked_at_again(found)
    for each in identifiers:
        live.forget_persons(project, each.by, each.text)
    return present(live, project, identifiers)


def receipt(found: Present, done: Erased, *, events: bool, key: str) -> dict[str, Json]:
    """What may be kept of an erasure: how many, when, by which request, and keyed digests of who was named.

    A digest is the first 32 hexadecimal digits of HMAC-SHA256 of an identifier, under the stack's secret
    `digest_key`: only who has both can tell that somebody is in it.
    """
    names = {identifier.text for uuid in done.persons for identifier in found.persons[uuid]}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "persons": len(done.persons),
        "events": events,
        "request": done.request,
        "requests": done.requests,
        "digests": sorted(digest(key, name) for name in names),
    }


def digest(key: str, name: str) -> str:
    """A keyed digest of one identifier; `key` is in hexadecimal digits."""
    return hmac.new(bytes.fromhex(key), name.encode(), hashlib.sha256).hexdigest()[:32]


def words(count: int) -> str:
    """How many there are who should not be."""
    return (
        "1 person that should not exist does" if count == 1 else f"{count:,} persons that should not exist do"
    )


def erased_words(count: int, *, events: bool) -> str:
    """What to say of an erasure."""
    persons = "1 person is" if count == 1 else f"{count:,} persons are"
    return f"{persons} erased" + (", and their events within a week" if events else "")
