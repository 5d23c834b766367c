"""What a Pulumi stack remembers of an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Entry, Key
from pulumi_posthog.reconcile.fingerprint import digest, fingerprint
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Json


@dataclass(frozen=True)
class Recorded:
    """What a stack remembers of one object: its id, and the values last applied (secrets left out)."""

    kind: Kind
    name: str
    id: str
    values: Mapping[str, Json]
    # Field -> key -> what was last applied: secrets as they are, files as their digests; empty where it is not shown.
    secrets: Mapping[str, Mapping[str, Json]] = field(default_factory=dict, repr=False)
    # Of a state from before: field -> key -> digest, and what keys it.
    fingerprints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    salt: str | None = None

    def knows(self, name: str, key: str) -> bool:
        """Whether a secret can be compared with the one last applied."""
        before = self.salt is not None and key in self.fingerprints.get(name, {})
        return key in self.secrets.get(name, {}) or before

    def rotated(self, name: str, key: str, value: Json) -> bool:
        """Whether a secret is another than the one last applied; False where the stack does not tell."""
        last = self.secrets.get(name, {})
        if key in last:
            return bool(last[key] != (digest(value) if isinstance(value, Attachment) else value))
        if self.salt is None or not self.knows(name, key):
            return False
        return fingerprint(self.salt, key, value) != self.fingerprints[name][key]


def remembered(entry: Entry, recorded: Mapping[Key, Recorded]) -> Recorded | None:
    """What the stack knows of an entry, also by a name that it had before."""
    names = (entry.name, *entry.previously)
    return next(
        (recorded[entry.kind.name, name] for name in names if (entry.kind.name, name) in recorded), None
    )
