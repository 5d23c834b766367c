"""HogQL, as far as it has to be understood without a server: which tables it names, and which placeholders it has."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
# Functions that say `from` themselves.
TAKES_FROM: Final = frozenset(("extract", "trim", "substring", "overlay"))
BEFORE_A_QUERY: Final = frozenset(("not", "materialized"))
# Where a list of tables ends, so that a comma after it is no comma between tables.
ENDS_THE_LIST: Final = frozenset(
    ("where", "prewhere", "group", "having", "order", "limit", "offset", "union", "intersect", "except")
) | {"window", "qualify", "settings", "select"}
CLAUSES: Final = ENDS_THE_LIST | {"from", "join", "with", "recursive"}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "passed":
            yield match.lastgroup, match.group()


def plain_name(name: str) -> str:
    """A name without its quotes."""
    return NAMES.sub(lambda each: each.group()[1:-1] if each["quoted"] else each.group(), name)


@dataclass
class _Level:
    """What is open at some place in SQL: the text itself, or what is in a parenthesis."""

    called: str = ""  # the name in front of the parenthesis
    defines: str = ""  # what `with` calls the query that is in it
    listing: bool = False  # whether a list of tables is being read
    naming: bool = False  # whether it is in a `with`, so that `x as (` names a query
    recursive: bool = False
    own: set[str] = field(default_factory=set)  # the queries that `with` has named here so far

    def begins(self, word: str, last: str) -> bool:
        """One of `CLAUSES` begins, after the word `last`: whether a table comes next."""
        if word == "recursive":
            self.recursive = last == "with" or self.recursive
            return False
        if word == "from" and (last == "distinct" or self.called.lower() in TAKES_FROM):
            return False
        # `array join` takes columns.
        self.listing = word == "from" or (word == "join" and last != "array")
        self.naming = word == "with"
        return self.listing


def tables_in(text: str) -> frozenset[str]:
    """The names in places where SQL names a table, except those that it gives to queries of its own (`with`).

    A query's own name holds from its end on, and in what is inside of where it is named; with `recursive` in itself,
    too. Names are given as they are written: case counts. In a text that is not SQL it finds none, and raises nothing.
    """
    found = set[str]()
    levels = [_Level()]
    expected, before, defines = False, "", ""  # a table; the name just read; what `with` is about to define
    tokens = [*_tokens(text), ("other", "")]
    for (sort, said), (_, after) in itertools.pairwise(tokens):
        word, here, last = said.lower() if sort == "name" else "", levels[-1], before
        before = said if sort == "name" else ""
        if said == "(":
            # Where a table may be, one may be in a parenthesis as well, and joins of several.
            here.own |= {plain_name(defines)} - {""} if here.recursive else set()
            levels.append(_Level(last, defines, listing=expected))
            defines = ""
            continue
        if word in BEFORE_A_QUERY and defines:
            continue  # `with x as materialized (`
        in_list, expected, defines = expected, False, ""
        if said == ")":
            if len(levels) > 1:
                levels.pop()
                before = here.called  # of `with x (column) as (`
                levels[-1].own |= {plain_name(here.defines)} - {""}
        elif said == ",":
            expected = here.listing
        elif word in CLAUSES:
            expected = here.begins(word, last.lower())
        elif word == "as" and here.naming and last:
            defines = last
        elif word and in_list and after != "(":  # a function gives a table, too
            name = plain_name(said)
            if not any(name in level.own for level in levels):
                found.add(name)
    return frozenset(found)


def placeholders_in(text: str) -> tuple[str, ...]:
    """What is in braces outside of texts and comments, with the braces, in its order: "{variables.country}"."""
    return tuple(token for sort, token in _tokens(text) if sort == "placeholder")
