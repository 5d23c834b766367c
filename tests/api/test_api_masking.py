"""No secret in any text."""

from __future__ import annotations

import base64
import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, quote_plus

import pytest

from harness.leaks import leaks
from pulumi_posthog.api import Mask

SECRET = 'päss "word" \\ <&> /+\''


@pytest.mark.parametrize(
    "spelt",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        html.escape(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        re.sub("%..", lambda code: code[0].lower(), quote(SECRET, safe="")),
        quote_plus(json.dumps(SECRET, ensure_ascii=False)[1:-1]),
    ],
    ids=[
        "plain",
        "in a path",
        "in a query",
        "in HTML",
        "in JSON",
        "in JSON with umlauts",
        "in a path, lower case",
        "in JSON in a form",
    ],
)
def test_a_secret_is_hidden_however_it_is_spelt(spelt: str):
    assert Mask(SECRET)(f"before {spelt} after") == "before <hidden> after"


@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_in_base64_a_secret_is_hidden_wherever_it_stands(before: str):
    spelt = base64.b64encode(f"{before}{SECRET} and so on".encode()).decode()

    masked = Mask(SECRET)(f"before {spelt} after")

    assert "<hidden>" in masked
    assert leaks({"it": SECRET}, {"the text": masked}) == []


def test_secrets_that_threads_add_at_once_are_all_hidden():
    mask, many = Mask(), [f"hunter-{number}-" for number in range(400)]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(mask.add, many))

    assert set(mask(" ".join(many)).split()) == {"<hidden>"}


def test_of_two_secrets_the_longer_is_hidden_whole():
    assert Mask("hunter22", "hunter22-and-more")("hunter22-and-more, hunter22") == "<hidden>, <hidden>"


def test_an_empty_or_tiny_secret_does_not_tear_texts_apart():
    assert Mask("", "a", "abc")("abc: a text") == "abc: a text"


def test_a_mask_does_not_show_what_it_hides():
    mask = Mask("hunter22")
    mask.add("hunter23")

    assert mask("hunter22 hunter23") == "<hidden> <hidden>"
    assert "hunter" not in repr(mask)
