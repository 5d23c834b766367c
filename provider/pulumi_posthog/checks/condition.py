"""What a health check expects, as text -> a condition; a condition, PostHog's answer -> whether it holds. Pure.

condition = test {"and" test}
test      = [subject] operator value | [subject] "between" value "and" value
subject   = "rows" | column | `column`          (without one: the single value of the answer)
operator  = == | != | < | <= | > | >=
value     = number | 'text' | "text" | true | false | null
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pulumi_posthog.values.json_value import Json

ORDERED: Final = ("<", "<=", ">", ">=")
OPERATORS: Final = ("==", "!=", *ORDERED)
# What people write who come from another language.
MEANT: Final = {"=": "==", "===": "==", "<>": "!=", "=>": ">=", "=<": "<=", "!": "!="}
WORDS: Final[dict[str, Json]] = {"true": True, "false": False, "null": None}
ROWS: Final = "rows"
LONGEST: Final = 100  # characters of a value in a message
EXAMPLES: Final = '"> 0", "between 10 and 20", "== \'ok\'", "errors < 5 and total > 100" or "rows == 0"'
TOKEN: Final = re.compile(
    # Blanks behind it, not before: at the end of a text there would be one try for each of them.
    r"""(?:
    (?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])
    |(?P<operator>[<>=!]+)
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<column>`[^`]+`)
    |(?P<word>[^\W\d]\w*)
    |(?P<other>\S+)
    )\s*""",
    re.VERBOSE,
)


class ConditionError(ValueError):
    """A text that is no condition; `hint` says what to write."""

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.hint = hint or f"a condition is {EXAMPLES}"


class Mismatch(Exception):
    """An answer that the condition cannot be asked of: it has another form than the condition wants."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


@dataclass(frozen=True)
class Answer:
    """What a query came to: the names of its columns, and its rows in their order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]


@dataclass(frozen=True)
class Test:
    """One comparison. `subject` is a column, `ROWS`, or None for the single value; `operands` are two of "between"."""

    subject: str | None
    operator: str
    operands: tuple[Json, ...]
    of_rows: bool = False

    def holds(self, value: Json) -> bool:
        """Whether it is true of a value; raises Mismatch when the two cannot be compared."""
        if self.operator == "between":
            low, high = self.operands
            return compared(value, ">=", low) and compared(value, "<=", high)
        return compared(value, self.operator, self.operands[0])


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds, and the value that was looked at, as people read it."""

    holds: bool
    seen: str


@dataclass(frozen=True)
class Condition:
    """What is expected of an answer: every test has to hold. `text` is how it was written."""

    text: str
    tests: tuple[Test, ...]

    def __str__(self) -> str:
        return self.text

    def verdict(self, answer: Answer) -> Verdict:
        """Whether it holds of an answer; raises Mismatch when the answer has another form than it wants.

        An answer without rows has no value: then only conditions on `rows` can hold, because the value may yet come.
        """
        values = [(test, self._value(test, answer)) for test in self.tests]
        holds = all(answered and test.holds(value) for test, (answered, value) in values)
        seen = dict.fromkeys(_seen(test, answered, value) for test, (answered, value) in values)
        return Verdict(holds, ", ".join(seen))

    @staticmethod
    def _value(test: Test, answer: Answer) -> tuple[bool, Json]:
        """What a test is about: (whether there is such a value, the value)."""
        if test.of_rows:
            return True, len(answer.rows)
        place = _place(test.subject, answer.columns)
        if len(answer.rows) > 1:
            raise Mismatch(
                f"the query gives {len(answer.rows):,} rows, and the condition is about one",
                "let the query give one row (`count()`, `limit 1`), or write a condition on `rows`",
            )
        return (True, answer.rows[0][place]) if answer.rows else (False, None)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that it compares with."""
        return tuple(
            operand
            for test in self.tests
            for operand in test.operands
            if isinstance(operand, int | float) and not isinstance(operand, bool)
        )


def _place(column: str | None, columns: Sequence[str]) -> int:
    """The position of the value in a row."""
    named = ", ".join(columns)
    if column is None:
        if len(columns) == 1:
            return 0
        first = columns[0] if columns else "column"
        raise Mismatch(
            f"the query gives {len(columns)} columns ({named}), and the condition names none",
            f"name the one that is meant, as in `{first} > 0`, or let the query give one",
        )
    if column in columns:
        return columns.index(column)
    close = difflib.get_close_matches(column, columns, 1)
    raise Mismatch(
        f'the query gives no column "{column}"',
        f'did you mean "{close[0]}"?' if close else f"it gives: {named}",
    )


def _seen(test: Test, answered: bool, value: Json) -> str:
    if test.of_rows:
        return f"{value:,} {'row' if value == 1 else 'rows'}"
    text = shown(value) if answered else "no row"
    return f"{test.subject} is {text}" if test.subject and answered else text


def shown(value: Json) -> str:
    """A value in a message; of what is no single value, only what it is."""
    if isinstance(value, dict | list):
        return kind_of(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f'{text[: LONGEST - 2]}…"'


def kind_of(value: Json) -> str:
    """What sort of value it is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a mapping"


def compared(value: Json, operator: str, operand: Json) -> bool:
    """`value operator operand`; raises Mismatch for values of different sorts.

    null equals only null, and is neither more nor less than anything. true is 1 and false is 0, because ClickHouse
    answers comparisons in this way. Texts are ordered character by character, which is right for ISO times.
    """
    if value is None or operand is None:
        same = value is None and operand is None
        return {"==": same, "!=": not same}.get(operator, False)
    if isinstance(value, int | float) and isinstance(operand, int | float):
        value, operand = +value, +operand  # a number of what is true or false
    if kind_of(value) != kind_of(operand) or isinstance(value, dict | list):
        raise Mismatch(
            f"the value is {kind_of(value)}, and the condition compares it with {shown(operand)}",
            "compare it with a value of the same type, or convert it in the query: toFloat(...), toString(...)",
        )
    result = {
        "==": lambda: value == operand,
        "!=": lambda: value != operand,
        "<": lambda: value < operand,
        "<=": lambda: value <= operand,
        ">": lambda: value > operand,
        ">=": lambda: value >= operand,
    }[operator]()
    return bool(result)


# -- text -> condition ---------------------------------------------------------------------------------------------


def condition(text: str) -> Condition:
    """The condition that a text means; raises ConditionError."""
    return Condition(" ".join(text.split()), tuple(_Parser(text).tests()))


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


class _Parser:
    """Reads a condition from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = [
            _Token(str(found.lastgroup), found[str(found.lastgroup)]) for found in TOKEN.finditer(text)
        ]
        self._next = 0

    def tests(self) -> Iterator[Test]:
        """Every test; raises ConditionError."""
        if not self._tokens:
            raise ConditionError("is empty")
        while True:
            yield self._test()
            token = self._peek()
            if token is None:
                return
            if token.text != "and":
                raise ConditionError(f"has {_quoted(token.text)} where it should end", _hint_after(token))
            self._next += 1

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, wanted: str) -> _Token:
        token = self._peek()
        if token is None:
            raise ConditionError(f"ends where {wanted} is expected")
        self._next += 1
        return token

    def _test(self) -> Test:
        first = self._peek()
        subject, of_rows = None, False
        if first and (first.kind == "column" or (first.kind == "word" and first.text != "between")):
            self._next += 1
            subject = first.text.strip("`")
            of_rows = first.text == ROWS
        token = self._take("an operator")
        if token.text == "between":
            test = Test(subject, "between", self._range(), of_rows)
        else:
            operator = _operator(token, subject)
            test = Test(subject, operator, (self._value(operator in ORDERED),), of_rows)
        for operand in test.operands if of_rows else ():
            if kind_of(operand) != "a number":
                raise ConditionError(
                    f"compares the number of rows with {shown(operand)}", "write a number, as in `rows > 0`"
                )
        return test

    def _range(self) -> tuple[Json, Json]:
        low = self._value(ordered=True)
        word = self._take('"and"')
        if word.text != "and":
            raise ConditionError(
                f'has {_quoted(word.text)} where "and" is expected', "write `between 10 and 20`"
            )
        high = self._value(ordered=True)
        if kind_of(low) != kind_of(high):
            raise ConditionError(f"nothing is between {shown(low)} and {shown(high)}", "write two numbers")
        if low > high:
            raise ConditionError(
                f"nothing is between {shown(low)} and {shown(high)}", "write the smaller one first"
            )
        return low, high

    def _value(self, ordered: bool) -> Json:
        token = self._take("a value")
        if token.kind == "number":
            return float(token.text) if re.search("[.eE]", token.text) else int(token.text)
        if token.kind == "text":
            return token.text[1:-1]
        if token.text not in WORDS:
            hint = f"put texts in quotes: '{token.text}'" if token.kind in ("word", "column") else None
            raise ConditionError(f"has {_quoted(token.text)} where a value is expected", hint)
        if ordered:
            raise ConditionError(f"{token.text} is neither more nor less than anything", "write == or !=")
        return WORDS[token.text]


def _operator(token: _Token, subject: str | None) -> str:
    if token.text in OPERATORS:
        return token.text
    meant = MEANT.get(token.text)
    if meant:
        raise ConditionError(f'has no operator "{token.text}"', f"write {meant}")
    if subject is None and token.kind in ("number", "text"):
        raise ConditionError("has no operator", f"write == {token.text}")
    raise ConditionError(f"has {_quoted(token.text)} where an operator is expected", _hint_after(token))


def _hint_after(token: _Token) -> str | None:
    if token.kind == "word" and token.text not in ("or", "not"):
        return "the name of a column with blanks in it is written between backticks: `error rate`"
    if token.text in ("or", "not", "||", "|", "&"):
        return "tests can be joined by `and` only: put everything else into the query"
    return None


def _quoted(text: str) -> str:
    return text if text.startswith(("'", '"')) else f'"{text}"'
