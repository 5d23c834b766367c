"""Texts that must not be shown, and values that have such texts in them."""

from __future__ import annotations

import re
from typing import Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference


class SecretText(str):
    """A string that must not be shown: it came from `!env` or `!secret`. `source` says which, as in "!env NAME".

    `known` is False for a value that was not available and was not needed (offline checks): it is then empty, and
    never compared or sent.
    """

    source: str
    known: bool

    def __new__(cls, value: str, source: str, *, known: bool = True) -> SecretText:
        text = super().__new__(cls, value)
        text.source = source
        text.known = known
        return text

    def __repr__(self) -> str:
        return f"<{self.source}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is never pickled")


# What PostHog answers in place of a stored secret; sent back, it would become the secret (posthog-api.md 6.3).
MASK: Final = "**************** POSTHOG SECRET FIELD ****************"


# What a key is called whose value is a secret, where nothing else says so.
LOOKS_SECRET: Final = re.compile(
    r"passw|passphrase|secret|token|credential|private|api[_-]?key|access[_-]?key|webhook|authorization",
    re.IGNORECASE,
)


def looks_secret(key: str, value: Json) -> bool:
    """Whether a text that is under such a key seems to be a secret, and is available as plain text."""
    bare = isinstance(value, str) and not isinstance(value, SecretText | Reference)
    return bare and bool(value) and bool(LOOKS_SECRET.search(key))


def plain(value: Json) -> Json:
    """`value` with secrets as ordinary strings. Only a request body may have it."""
    if isinstance(value, SecretText):
        return str.__str__(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


UNKNOWN: Final = SecretText("", "a value that is missing", known=False)


def is_unknown(value: Json) -> bool:
    """Whether a value itself was not available; it does not look inside of lists and mappings, as `known` does."""
    return isinstance(value, SecretText) and not value.known


def revealed(value: Json) -> Json:
    """`value` with what came from `!env` as ordinary text, for fields that are not secret."""
    if isinstance(value, SecretText):
        return str.__str__(value)
    if isinstance(value, dict):
        return {key: revealed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revealed(item) for item in value]
    return value


def is_at_hand(value: Json) -> bool:
    """Whether there is a value, and it is available."""
    return value is not None and not (isinstance(value, SecretText) and not value.known)


def holds_secret(value: Json) -> bool:
    """Whether there is a secret in `value`, at any depth."""
    if isinstance(value, dict):
        return any(holds_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_secret(item) for item in value)
    return isinstance(value, SecretText)


def known(value: Json) -> bool:
    """Whether everything in `value`, at any depth, was available."""
    if isinstance(value, dict):
        return all(known(item) for item in value.values())
    if isinstance(value, list):
        return all(known(item) for item in value)
    return not isinstance(value, SecretText) or value.known
