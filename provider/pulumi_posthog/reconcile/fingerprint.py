"""Secrets and files -> keyed digests, by which a change shows and the value does not."""

from __future__ import annotations

import hashlib
import hmac

from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Json, json_text
from pulumi_posthog.values.secret_text import holds_secret


def is_fingerprinted(value: Json) -> bool:
    """Whether PostHog does not give back what `value` is, so that a digest has to tell whether it changed."""
    return isinstance(value, Attachment) or holds_secret(value)


def digest(file: Attachment) -> str:
    """What tells one file's content from another's; raises UnreadableFile."""
    return f"sha256:{hashlib.sha256(file.content()).hexdigest()}"


def fingerprint(salt: str, key: str, value: Json) -> str:
    """The keyed digest that states from before have for a mark; `salt` is in hexadecimal. Raises UnreadableFile."""
    text = value.content() if isinstance(value, Attachment) else json_text(value).encode()
    return hmac.new(bytes.fromhex(salt), key.encode() + b"\0" + text, hashlib.sha256).hexdigest()[:12]
