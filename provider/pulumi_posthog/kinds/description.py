"""Kinds and fields -> the words that pages, schemas and the command line have for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pulumi_posthog.kinds import LOOKUPS
from pulumi_posthog.kinds.choices import CHOICES
from pulumi_posthog.kinds.field import UNSET, Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind

TYPES: Mapping[Type, str] = {
    Type.STRING: "text",
    Type.INTEGER: "whole number",
    Type.DECIMAL: "number",
    Type.BOOLEAN: "true or false",
    Type.STRINGS: "list of texts",
    Type.OBJECT: "mapping",
    Type.LIST: "list",
    Type.JSON: "any value",
}
DELETIONS: Mapping[Deletion, str] = {
    Deletion.DELETE: "PostHog deletes it (`DELETE`).",
    Deletion.PATCH: "A `PATCH` marks it as deleted, and PostHog no longer shows it.",
    Deletion.FORGET: "Nothing is sent: it stays in PostHog as it is, and is no longer managed.",
    Deletion.NEVER: (
        "Nothing is sent: it stays in PostHog and is no longer managed. Only `state: absent` deletes it, and "
        "only when the stack says so too: `pulumi config set posthog:allowDeletions {name}/NAME`."
    ),
}


def deletion(kind: Kind) -> str:
    """What becomes of an object that is no longer declared."""
    if kind.upsert:
        return f"PostHog deletes it (a `PUT` in which `{kind.upsert.value}` is null); what holds for everyone first."
    if kind.singleton:
        return "Nothing is sent: PostHog keeps it as it is, and it is no longer managed."
    if kind.deletion_words and kind.deletion in (Deletion.DELETE, Deletion.PATCH):
        return kind.deletion_words
    words = DELETIONS[kind.deletion].format(parent=kind.parent, name=kind.name)
    if kind.delete_by_patch and kind.delete_by_patch.__doc__:
        # What it says beside the generic sentence, without the section of the API's description.
        words += f" {kind.delete_by_patch.__doc__.partition(' (')[0]}."
    return " ".join([words, *(f"Its {each.plural} are lost for good." for each in kind.taken_along)])


def an(name: str) -> str:
    """A name with its article: "an insight", "a feature flag"."""
    title = name.replace("_", " ")
    return f"{'an' if title[0] in 'aeio' else 'a'} {title}"


def type(field: Field) -> str:
    """What a field holds, in words of Markdown: "text: names an insight", "one of `AND`, `OR`"."""
    if field.names and field.type is Type.STRING:
        return f"text: names {an(field.names)}"
    if field.refers_to in LOOKUPS and field.type is not Type.STRINGS:
        return f"text: names {an(str(field.refers_to))}"
    text = TYPES[field.type]
    if field.choices:
        return "one of " + ", ".join(f"`{choice}`" for choice in field.choices)
    if field.choices_from:
        name, choices = CHOICES[field.choices_from]
        return f"a {name} such as `{field.default}` ({len(choices):,} are known)"
    limits = [
        (field.minimum, "at least {:,.10g}"),
        (field.maximum, "at most {:,.10g}"),
        (field.decimal_places, "at most {} decimal places"),
        (field.max_length, "at most {:,} characters"),
        (field.max_json_length, "at most {:,} characters of JSON"),
    ]
    said = [words.format(limit) for limit, words in limits if limit is not None]
    return ", ".join([text, *said])


def servers(field: Field) -> str:
    """The ages (years) of the servers that have a field: "2025 and newer"; "" when all have it."""
    if field.since > OLDEST and field.until:
        return str(field.since) if field.since == field.until else f"{field.since} to {field.until}"
    if field.until:
        return f"up to {field.until}"
    return f"{field.since} and newer" if field.since > OLDEST else ""


NEWEST, OLDEST = 2026, 2024


def markdown(field: Field) -> list[str]:
    """A field's description in paragraphs: what it is, its default, the servers that have it."""
    result = [field.doc]
    if field.default is not UNSET:
        result.append(f"PostHog's default: `{json.dumps(field.default)}`")
    if field.replace_on_changes:
        result.append("A change replaces the object by a new one.")
    if field.fixed:
        result.append("It never changes.")
    if field.feature:
        result.append(f"Needs the plan feature `{field.feature}`.")
    if field.since > OLDEST and field.until:
        result.append(f"Only on servers of {field.since} to {field.until}.")
    elif field.since > OLDEST:
        result.append(f"Needs a server of {field.since} or newer.")
    elif field.until:
        result.append(f"Gone from servers newer than {field.until}.")
    return result
