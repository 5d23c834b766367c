"""Text -> text without the key and other secrets: the last net under every message of this package."""

from __future__ import annotations

import html
import json
from typing import Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "<hidden>"
SHORTEST: Final = 4  # a shorter "secret" would tear holes into ordinary words


class Mask:
    """The secrets that a process knows, and the text in which none of them is left.

    Each is recognised as it is and as a URL, JSON or an HTML page would spell it, since PostHog and proxies
    repeat what they were sent.
    """

    def __init__(self, *secrets: str) -> None:
        self._spellings: tuple[str, ...] = ()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Hides these too from now on."""
        spellings = {*self._spellings}
        for secret in secrets:
            if len(secret) >= SHORTEST:
                spellings |= {
                    secret,
                    quote(secret, safe=""),
                    quote_plus(secret),
                    html.escape(secret),
                    json.dumps(secret)[1:-1],
                    json.dumps(secret, ensure_ascii=False)[1:-1],
                }
        # The longest first: a secret that contains another one is to disappear whole. One assignment, so that
        # threads see the old tuple or the new one.
        self._spellings = tuple(sorted(spellings, key=lambda spelling: (-len(spelling), spelling)))

    def __call__(self, text: str) -> str:
        for spelling in self._spellings:
            text = text.replace(spelling, HIDDEN)
        return text

    def __repr__(self) -> str:
        return "Mask()"
