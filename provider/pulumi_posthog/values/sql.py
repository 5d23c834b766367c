"""HogQL, as far as it has to be understood without a server: which tables it names, and which placeholders it has."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

# Comments and texts are passed over whole. A name may be quoted, and may have parts.
QUOTED: Final = r"`(?:[^`\\]|\\.|``)+`|\"(?:[^\"\\]|\\.|\"\")+\""
# Of a quote that nothing closes, all the rest: else each quote in it would be tried again.
UNCLOSED: Final = r"``|\"\"|[`\"].*"
PART: Final = rf"(?:[^\W\d]|\$)[\w$]*|{QUOTED}"
NAMES: Final = re.compile(rf"(?P<quoted>{QUOTED})|{UNCLOSED}", re.DOTALL)
TOKEN: Final = re.compile(
    rf"(?P<passed>\s+|--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^'\\]|\\.|'')*(?:'|\\?\Z))"
    rf"|(?P<name>(?:{PART})(?:\.(?:{PART}))*)"
    r"|(?P<placeholder>\{[^{}]*\}?)"
    rf"|(?P<other>{UNCLOSED}|.)",
    re.DOTALL,
)
BEFORE_A_TABLE: Final = frozenset(("from", "join"))
# Where a list of tables ends, so that a comma after it is no comma between tables.
ENDS_THE_LIST: Final = frozenset(
    ("where", "prewhere", "group", "having", "order", "limit", "offset", "union", "intersect", "except")
) | {"window", "settings", "select"}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "passed":
            yield match.lastgroup, match.group()


def plain_name(name: str) -> str:
    """A name without its quotes."""
    return NAMES.sub(lambda each: each.group()[1:-1] if each["quoted"] else each.group(), name)


def tables_in(text: str) -> frozenset[str]:
    """The names that stand where SQL names a table, but for those that it gives to queries of its own (`with`).

    A name stands there as it is written: case counts. Of what is no SQL it finds none, and raises nothing.
    """
    found, own = set[str](), set[str]()
    listing = [False]  # for each open parenthesis, whether a list of tables is being read
    expected, before = False, ""
    tokens = [*_tokens(text), ("other", "")]
    for (sort, said), (_, after) in itertools.pairwise(tokens):
        word = said.lower()
        if said == "(":
            listing.append(False)
            expected = False
        elif said == ")":
            listing = listing[:-1] or [False]
            expected = False
        elif said == ",":
            expected = listing[-1]
        elif sort == "name" and word == "join" and before.lower() == "array":
            listing[-1] = expected = False  # `array join` takes columns
        elif sort == "name" and word in BEFORE_A_TABLE:
            # `extract(day from at)` is read as a table `at`, which does no harm where no view is called so.
            listing[-1] = expected = True
        elif sort == "name" and word in ENDS_THE_LIST:
            listing[-1] = expected = False
        elif sort == "name":
            if expected and after != "(":  # a function gives a table, too
                found.add(plain_name(said))
            if word == "as" and after == "(" and before:
                own.add(plain_name(before))
            expected = False
        else:
            expected = False
        before = said if sort == "name" else ""
    return frozenset(found - own)


def placeholders_in(text: str) -> tuple[str, ...]:
    """What stands in braces outside of texts and comments, such as `{variables.country}`, in its order."""
    return tuple(token for sort, token in _tokens(text) if sort == "placeholder")
