"""Where a secret has got to: every spelling that a program on the way may have given it, looked for in bytes.

A secret that a test uses for this should change under each encoding (`TELLING`), or the search proves little.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

# Quotes, a backslash, what URLs and HTML escape, an umlaut and a sign beyond 16 bits: no two spellings are equal.
TELLING = "\"q'\\b/&<+%?=~ ü\U0001f600"
# The same for what has to be printable ASCII, as a header and a variable's name do.
TELLING_ASCII = "\"q'\\b/&<+%?=~"
PACKED = b"\x1f\x8b"  # how a gzip file begins
# A run of base64 that is long enough to hold a secret: pickles and state files keep whole documents in it.
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
DEPTH = 3  # JSON text in JSON text in base64


def spellings(secret: str) -> Mapping[str, bytes]:
    """What the spelling is called -> the bytes to look for, each once."""
    in_json = json.dumps(secret, ensure_ascii=False)[1:-1]
    escaped = json.dumps(secret)[1:-1]
    whole_escaped = "".join(
        f"\\u{unit:04x}"
        for unit in (
            int.from_bytes(pair, "big")
            for pair in (secret.encode("utf-16-be")[at : at + 2] for at in range(0, 2 * len(secret), 2))
            if pair
        )
    )
    texts = {
        "plain": secret,
        "in a URL": quote(secret, safe=""),
        "in a URL, lower case": re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quote(secret, safe="")),
        "in a path": quote(secret),
        "in a form": quote_plus(secret),
        "in JSON": in_json,
        "in JSON, escaped": escaped,
        "in JSON, with the escapes of HTML": escaped.replace("&", "\\u0026").replace("<", "\\u003c"),
        "in Go's JSON": in_json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
        "in JSON, every sign escaped": whole_escaped,
        "in JSON in JSON": json.dumps(in_json, ensure_ascii=False)[1:-1],
        "in JSON in JSON, escaped": json.dumps(escaped)[1:-1],
        "in HTML": html.escape(secret),
        "in HTML, quotes kept": html.escape(secret, quote=False),
        "in Python": repr(secret)[1:-1],
        "in hexadecimal": secret.encode().hex(),
    }
    # Base64 spells bytes by threes, so there are three spellings of what stands inside something longer.
    for shift in range(3):
        for name, alphabet in (("base64", base64.b64encode), ("base64 of URLs", base64.urlsafe_b64encode)):
            spelt = alphabet(b"\0" * shift + secret.encode()).rstrip(b"=")
            first = (shift * 8 + 5) // 6
            # The last sign also tells of what follows.
            texts[f"{name}, shifted by {shift}"] = spelt[first : -1 if len(spelt) % 4 else None].decode()
    return {name: text.encode() for name, text in texts.items()}


def unpacked(data: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """The bytes, and what is packed in them: gzip, and runs of base64 to any depth up to `depth`."""
    yield data
    if depth <= 0:
        return
    if data.startswith(PACKED):
        yield from unpacked(zlib.decompress(data, zlib.MAX_WBITS | 16), depth - 1)
    for run in set(BASE64.findall(data)):
        bare = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        inner = base64.b64decode(bare + b"=" * (-len(bare) % 4) if len(bare) % 4 != 1 else bare[:-1])
        if inner.startswith(PACKED):
            try:
                inner = gzip.decompress(inner)
            except (OSError, EOFError, zlib.error):
                continue
        yield from unpacked(inner, depth - 1)


def leaks(secrets: Mapping[str, str], places: Mapping[str, bytes | str]) -> list[str]:
    """Every secret that is in a place, as "SECRET, SPELLING: PLACE"; the secrets' own texts are not in it.

    `secrets`: what it is called -> its text; `places`: what the place is called -> what is there.
    """
    wanted = [
        (name, how, text) for name, secret in secrets.items() for how, text in spellings(secret).items()
    ]
    return sorted(
        {
            f"{name}, {how}: {place}"
            for place, content in places.items()
            for data in unpacked(content.encode() if isinstance(content, str) else content)
            for name, how, text in wanted
            if text in data
        }
    )


def files(*folders: Path, except_for: Iterable[Path] = ()) -> dict[str, bytes]:
    """Path -> content of everything below the folders, for `leaks`."""
    left_out = set(except_for)
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in left_out
    }
