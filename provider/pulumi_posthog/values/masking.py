"""Text -> text without the key and other secrets: the last net under every message of this package."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "<hidden>"
SHORTEST: Final = 4  # a shorter "secret" would tear holes into ordinary words


class Mask:
    """The secrets that a process knows, and the text in which none of them is left.

    Each is recognised as it is and as JSON would spell it, and both as a URL, an HTML page or base64 would, since
    PostHog and proxies repeat what they were sent.
    """

    def __init__(self, *secrets: str) -> None:
        self._secrets: set[str] = set()
        self._spellings: tuple[str, ...] | None = ()
        self._lock = threading.Lock()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Hides these too from now on."""
        with self._lock:
            new = {secret for secret in secrets if len(secret) >= SHORTEST} - self._secrets
            if new:
                self._secrets |= new
                self._spellings = None

    def __call__(self, text: str) -> str:
        for spelling in self._spelt():
            text = text.replace(spelling, HIDDEN)
        return text

    def _spelt(self) -> tuple[str, ...]:
        """All spellings. Worked out when there is a text to mask: thousands of secrets may be added, and seldom one."""
        spelt = self._spellings
        if spelt is None:
            with self._lock:
                each = {spelling for secret in self._secrets for spelling in spellings(secret)}
                # The longest first: a secret that contains another one is to disappear whole.
                spelt = tuple(sorted(each, key=lambda spelling: (-len(spelling), spelling)))
                self._spellings = spelt
        return spelt

    def __repr__(self) -> str:
        return "Mask()"


def spellings(secret: str) -> Iterator[str]:
    """A secret as it may come back in somebody's words."""
    for text in {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
        yield text
        yield html.escape(text)
        # A variable of the environment may be no UTF-8: Python then has halves of pairs in its text.
        encoded = text.encode(errors="surrogatepass")
        for quoted in (quote(encoded, safe=""), quote(encoded), quote_plus(encoded)):
            yield quoted
            yield re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quoted)
        for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
            yield from _within_base64(encoded, alphabet)


def _within_base64(secret: bytes, alphabet: Callable[[bytes], bytes]) -> Iterator[str]:
    """Base64 spells bytes by threes: there are three spellings of a text inside something longer."""
    for shift in range(3):
        spelt = alphabet(b"\0" * shift + secret).rstrip(b"=").decode()
        # The first and last signs also tell of what is beside it.
        inner = spelt[(shift * 8 + 5) // 6 : -1 if len(spelt) % 4 else None]
        if len(inner) >= SHORTEST:
            yield inner


# What this process must not tell anybody, whatever it prints, reports or stores: the last net.
UNTOLD: Final = Mask()


def never_tell(secret: str) -> None:
    """Hide a text, such as the API key, from now on in all that this process says."""
    UNTOLD.add(secret)


def harmless(value: Any) -> Any:
    """A text, or lists and mappings with texts in them, as this process may show or store it.

    Without what must not be told, and with nothing that GitHub's runner would take for a command of the workflow when
    it is in a log: `::error::` at the beginning of a line, `##[error]` anywhere (actions/runner, ActionCommand.cs).
    """
    if isinstance(value, str):
        text = UNTOLD(value)
        text = COMMAND.sub(r"\1: :", text) if "::" in text else text
        return text.replace("##[", "# #[")
    if isinstance(value, dict):
        return {harmless(key): harmless(item) for key, item in value.items()}
    return [harmless(item) for item in value] if isinstance(value, list) else value


COMMAND: Final = re.compile(
    # Also as JSON text spells the beginning of a line or of a text.
    r"(^|\s|[\x1c-\x1f\x85\u2028\u2029]|\\[nrtfv]|\\u[0-9a-f]{4}|\")::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path"
    r"|notice|remove-matcher|save-state|set-env|set-output|stop-commands|warning)\b)",
    re.IGNORECASE,
)


def tells(value: Any) -> bool:
    """Whether there is something in a value that must not be told."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return UNTOLD(text) != text
