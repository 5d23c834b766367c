"""An erasure -> its receipt, which says that it happened and not who it was."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from pulumi_posthog.erasures.present import Present
from pulumi_posthog.reconcile.applied import Erased
from pulumi_posthog.values.json_value import Json

RECEIPTS = 100  # that a stack keeps: the newest


def receipt(found: Present, done: Erased, *, events: bool, key: str) -> dict[str, Json]:
    """What may be kept of an erasure.

    That is when it was (`at`, in UTC), how many `persons`, whether their `events` as well, by how many `requests` of
    which kind (`request`), and keyed `digests` of who was named. A digest is the first 32 hexadecimal digits of
    HMAC-SHA256 of an identifier, under the stack's secret `digest_key`: only who has both can tell that somebody is in
    it.
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
