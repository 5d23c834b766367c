"""What PostHog does not give back -> findings, by what the stack last applied: secrets, files, and other values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.drift.finding import Finding, Status
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Entry, Key, key_of
from pulumi_posthog.reconcile.differences import is_masked, with_masks
from pulumi_posthog.reconcile.fingerprint import is_fingerprinted
from pulumi_posthog.reconcile.observe import Observed
from pulumi_posthog.reconcile.path import path_of, where_of
from pulumi_posthog.reconcile.recorded import Recorded, remembered
from pulumi_posthog.reconcile.shown import without_secrets
from pulumi_posthog.values.attachment import comparable
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.masking import HIDDEN
from pulumi_posthog.values.secret_text import holds_secret, known


def rotated(observed: Observed, recorded: Mapping[Key, Recorded]) -> Iterator[Finding]:
    """Secrets, files and other values that are not those last applied: PostHog does not give them back, and the stack
    knows them, or their digests."""
    for entry in observed.compared:
        before = remembered(entry, recorded)
        if before is None or key_of(entry) not in observed.found:
            continue
        for name, value in entry.fields.items():
            if not entry.kind.field(name).secret or not isinstance(value, dict):
                continue
            unsaid = _unsaid(entry, name, observed.found[key_of(entry)])
            for key, item in value.items():
                if is_fingerprinted(item) and known(item) and before.rotated(name, key, item):
                    words = (
                        f"is another {'secret' if holds_secret(item) else 'file'} than the one last applied"
                    )
                    yield _finding(entry, name, key, item, words, before, observed)
                elif key in unsaid and _sent(before, name, key) != item:
                    words = "is another value than the one last applied, and PostHog does not answer it"
                    yield _finding(entry, name, key, item, words, before, observed)


def _sent(before: Recorded, name: str, key: str) -> Json:
    sent = before.values.get(name)
    return sent.get(key) if isinstance(sent, dict) else None


def _finding(
    entry: Entry, name: str, key: str, item: Json, words: str, before: Recorded, observed: Observed
) -> Finding:
    path = path_of(entry, observed.desired)
    return Finding(
        status=Status.PENDING,
        kind=entry.kind.name,
        object=path,
        path=f"{path}.{name}.{key}",
        declared=without_secrets(comparable(item)),
        live=HIDDEN,
        id=before.id,
        message=words,
        where=where_of(entry, name, key),
    )


def _unsaid(entry: Entry, name: str, found: Found) -> set[str]:
    """The keys of a declared field that are no secrets, and of which PostHog's answer lacks something."""
    declared = entry.fields[name]
    if not entry.kind.field(name).left_out or not isinstance(declared, dict):
        return set()
    live = with_masks(entry.kind, found.values, {name: declared})[name]
    return {
        key
        for key, item in declared.items()
        if not is_fingerprinted(item) and isinstance(live, dict) and is_masked(live.get(key), item)
    }


def untold(observed: Observed, recorded: Mapping[Key, Recorded]) -> int:
    """How many secrets and files are at hand, and cannot be compared with what the stack last applied."""
    return sum(
        is_fingerprinted(item)
        and known(item)
        and not recorded[entry.kind.name, entry.name].knows(field.name, key)
        for entry in observed.desired.entries
        if (entry.kind.name, entry.name) in recorded
        for field in entry.kind.fields
        if field.secret and isinstance(entry.fields.get(field.name), dict)
        for key, item in entry.fields[field.name].items()
    )
