"""What tells an entry from others: two that PostHog could not keep apart are refused."""

from __future__ import annotations

from pulumi_posthog.reconcile.desired import Entry, group_of
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import is_unknown


def natural_key(entry: Entry) -> tuple[Json, ...] | None:
    """The natural key of an entry, None where it has none or part of it is unknown."""
    key = entry.kind.natural_key(entry.fields)
    if key is None or any(is_unknown(part) or isinstance(part, dict | list) for _, part in key):
        return None
    if entry.kind.refers_by_key:
        # Whether two spellings are one member, only PostHog can say.
        return tuple((name, entry.fields.get(name)) for name, _ in key)
    return key


def alone_in(entry: Entry) -> str | None:
    """Below, or about, what no other entry may have its natural key; None: that is so in the whole organization."""
    return None if entry.kind.everywhere and entry.kind.everywhere(entry.fields) else group_of(entry)[1]


def same_words(entry: Entry) -> str:
    """Why two entries with the natural key of this one cannot both be."""
    if entry.kind.everywhere and entry.kind.everywhere(entry.fields):
        return "one of the organization is shown in all its projects: declare it in one of them"
    names = [name for name, _ in natural_key(entry) or ()]
    if any(entry.kind.field(name).caseless for name in names):
        article = "an" if entry.kind.title[0] in "aeiou" else "a"
        return f"{article} {entry.kind.title}'s {names[0]} is unique whatever its case"
    return f"they have the same {' and '.join((', '.join(names[:-1]), names[-1]) if names[1:] else names)}"
