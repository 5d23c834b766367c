"""The search for leaked secrets finds what it is for: a search that finds nothing must mean something."""

from __future__ import annotations

import base64
import gzip
import html
import json
import pickle
from urllib.parse import quote, quote_plus

import pytest

from harness.leaks import TELLING, TELLING_ASCII, leaks, spellings

SECRETS = [f"one{TELLING}", f"two{TELLING_ASCII}"]


def go_json(text: str) -> str:
    """As Go's encoder writes it, and so all of Pulumi."""
    escapes = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
    return "".join(escapes.get(char, char) for char in json.dumps(text, ensure_ascii=False))


SPELT = {
    "plain": lambda text: text,
    "URL": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "JSON": json.dumps,
    "JSON with umlauts": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"password": text})),
    "JSON of Go": go_json,
    "HTML": html.escape,
    "Python": repr,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, one further": lambda text: base64.b64encode(b"x" + text.encode() + b"yz").decode(),
    "base64, two further": lambda text: base64.b64encode(b"xy" + text.encode() + b"z").decode(),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(b"x" + text.encode()).decode(),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"key": text}).encode()).decode(),
    "a pickled provider": lambda text: base64.b64encode(pickle.dumps({"key": text})).decode(),
    "gzip": lambda text: gzip.compress(f"key: {text}".encode()),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(f"key: {text}".encode())).decode(),
}


@pytest.mark.parametrize("secret", SECRETS, ids=["any sign", "ascii"])
@pytest.mark.parametrize("how", SPELT)
def test_a_secret_is_found_however_it_is_spelt(how, secret):
    spelt = SPELT[how](secret)
    place = spelt if isinstance(spelt, bytes) else f"before {spelt} after".encode()

    assert leaks({"it": secret}, {"a place": place}) != []


def test_nothing_is_found_where_nothing_is():
    place = b"phx_other " + base64.b64encode(b"something else altogether") + b" \\u0071 %22"

    assert leaks({"it": SECRETS[0], "other": SECRETS[1]}, {"a place": place}) == []


def test_a_find_says_what_and_where_and_not_the_secret_itself():
    (said, *_) = leaks({"the key": SECRETS[1]}, {"state.json": SECRETS[1]})

    assert said.startswith("the key, ")
    assert said.endswith(": state.json")
    assert SECRETS[1] not in said


@pytest.mark.parametrize("secret", SECRETS, ids=["any sign", "ascii"])
def test_the_signs_that_are_used_change_under_every_encoding(secret):
    names = spellings(secret)
    changed = [name for name, text in names.items() if text != secret.encode()]

    assert set(names) - set(changed) == {"plain"}
