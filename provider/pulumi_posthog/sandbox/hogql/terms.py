"""A piece of a query for DuckDB, with its type: what ClickHouse would refuse is refused, not guessed at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pulumi_posthog.sandbox.hogql.text import HogQLError, not_understood

Kind = Literal[
    "String", "Int", "Float", "Bool", "DateTime", "Date", "UUID", "Interval", "JSON", "Array", "Null"
]
NUMBERS: tuple[Kind, ...] = ("Int", "Float")
TIMES: tuple[Kind, ...] = ("DateTime", "Date")

CLICKHOUSE: Mapping[Kind, str] = {
    "String": "String",
    "Int": "Int64",
    "Float": "Float64",
    "Bool": "Bool",
    "DateTime": "DateTime64(6)",
    "Date": "Date",
    "UUID": "UUID",
    "Interval": "Interval",
    "JSON": "String",
    "Array": "Array",
    "Null": "Nullable(Nothing)",
}

# What an aggregate without rows is, where the column cannot be null: ClickHouse has no null there.
DEFAULTS: Mapping[Kind, str] = {
    "String": "''",
    "Int": "0",
    "Float": "0",
    "DateTime": "to_timestamp(0)",
    "Date": "DATE '1970-01-01'",
    "UUID": "CAST('00000000-0000-0000-0000-000000000000' AS UUID)",
}


ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
"""A day or a moment as the sandbox reads it from a text; PostHog reads more."""


@dataclass(frozen=True)
class Term:
    """`sql` is DuckDB's. `text` is the value of a literal text, `unit` that of an interval."""

    sql: str
    kind: Kind
    nullable: bool = False
    aggregate: bool = False
    text: str | None = None
    unit: str | None = None
    is_comparison: bool = False
    """Its answer is 1 or 0, not true or false."""

    def of(self, sql: str, kind: Kind | None = None, *, nullable: bool | None = None) -> Term:
        """Made of this one."""
        return Term(
            sql,
            kind or self.kind,
            self.nullable if nullable is None else nullable,
            self.aggregate,
        )


def made_of(sql: str, kind: Kind, *terms: Term, nullable: bool | None = None) -> Term:
    """Null where one of them is; an aggregate where one of them is."""
    return Term(
        sql,
        kind,
        any(each.nullable or each.kind == "Null" for each in terms) if nullable is None else nullable,
        any(each.aggregate for each in terms),
    )


def yes_or_no(sql: str, *terms: Term, nullable: bool | None = None) -> Term:
    """An answer that ClickHouse writes as 1 or 0."""
    return replace(made_of(sql, "Bool", *terms, nullable=nullable), is_comparison=True)


def literal(text: str) -> str:
    """A text in DuckDB's quotes."""
    if "\x00" in text:
        raise HogQLError("A text holds a zero byte.")
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A name in DuckDB's quotes."""
    if "\x00" in text or not text:
        raise HogQLError("A name is empty or holds a zero byte.")
    return '"' + text.replace('"', '""') + '"'


def as_string(term: Term) -> Term:
    """JSON is text to HogQL."""
    return term.of(f"CAST({term.sql} AS VARCHAR)", "String") if term.kind == "JSON" else term


def truth(term: Term) -> Term:
    """As a condition; numbers are true unless they are 0."""
    if term.kind in {"Bool", "Null"}:
        return term
    if term.kind in NUMBERS:
        return term.of(f"({term.sql} <> 0)", "Bool")
    raise HogQLError(f"A condition is true or false, not of type {CLICKHOUSE[term.kind]}.")


def together(left: Term, right: Term) -> tuple[Term, Term]:
    """Both of one type, or as ClickHouse says: no common type."""
    left, right = as_string(left), as_string(right)
    kinds = {left.kind, right.kind}
    if len(kinds) == 1 or "Null" in kinds or kinds <= set(NUMBERS):
        return left, right
    if kinds == set(TIMES):
        return moment(left), moment(right)
    for one, other in ((left, right), (right, left)):
        if one.text is not None and other.kind in {*TIMES, "UUID"}:
            if other.kind in TIMES and not re.fullmatch(ISO, one.text):
                raise not_understood(f"{one.text!r} as a time")
            to = {"DateTime": "TIMESTAMPTZ", "Date": "DATE", "UUID": "UUID"}[other.kind]
            cast = replace(one, sql=f"CAST({one.sql} AS {to})", kind=other.kind, text=None)
            return (cast, right) if one is left else (left, cast)
    raise HogQLError(
        f"There is no common type for {CLICKHOUSE[left.kind]} and {CLICKHOUSE[right.kind]}: "
        "convert one of them, for example with toFloat, toString or toDateTime."
    )


def moment(term: Term) -> Term:
    """A day is its first moment where a moment is asked for."""
    return term.of(f"CAST({term.sql} AS TIMESTAMPTZ)", "DateTime") if term.kind == "Date" else term
