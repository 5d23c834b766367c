"""The aggregates of HogQL that the sandbox knows, each as DuckDB writes it; any other is refused by its name.

Each is built from its terms, the numbers in the first pair of parentheses, and the condition of the `If` form. It
raises HogQLError for terms that it does not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pulumi_posthog.sandbox.hogql.functions import want
from pulumi_posthog.sandbox.hogql.terms import CLICKHOUSE, DEFAULTS, NUMBERS, Kind, Term, as_string
from pulumi_posthog.sandbox.hogql.text import HogQLError, not_understood


@dataclass(frozen=True)
class Aggregate:
    """With so many arguments, and so many parameters before them."""

    least: int
    most: int
    build: Callable[[Sequence[Term], Sequence[str], str], Term]
    parameters: int = 0


def aggregated(sql: str, kind: Kind, *, nullable: bool) -> Term:
    return Term(sql, kind, nullable, aggregate=True)


def counted(terms: Sequence[Term], _parameters: Sequence[str], only: str) -> Term:
    return aggregated(f"count({terms[0].sql if terms else '*'}){only}", "Int", nullable=False)


def distinct(terms: Sequence[Term], _parameters: Sequence[str], only: str) -> Term:
    """Exact; PostHog's `uniq` is, too, for as few rows as there are here."""
    return aggregated(f"count(DISTINCT {terms[0].sql}){only}", "Int", nullable=False)


def summed(terms: Sequence[Term], _parameters: Sequence[str], only: str) -> Term:
    term = terms[0]
    if term.kind == "Bool":
        term = term.of(f"CAST({term.sql} AS INTEGER)", "Int")
    want(term, "sum", *NUMBERS)
    sql = f"sum({term.sql}){only}"
    kind: Kind = "Int" if term.kind == "Int" else "Float"
    if term.nullable:
        return aggregated(sql, kind, nullable=True)
    return aggregated(f"coalesce({sql}, 0)", kind, nullable=False)


def average(terms: Sequence[Term], _parameters: Sequence[str], only: str) -> Term:
    return aggregated(f"avg({want(terms[0], 'avg', *NUMBERS).sql}){only}", "Float", nullable=True)


def with_default(name: str, sql: str) -> Callable[[Sequence[Term], Sequence[str], str], Term]:
    """Without rows it is ClickHouse's default of the type, or null where the column can be."""

    def build(terms: Sequence[Term], _parameters: Sequence[str], only: str) -> Term:
        terms = [as_string(each) for each in terms]
        found = sql.format(*[each.sql for each in terms]) + only
        kind = terms[0].kind
        if terms[0].nullable:
            return aggregated(found, kind, nullable=True)
        if kind not in DEFAULTS:
            raise not_understood(f"{name} of {CLICKHOUSE[kind]}")
        return aggregated(f"coalesce({found}, {DEFAULTS[kind]})", kind, nullable=False)

    return build


def quantile(terms: Sequence[Term], parameters: Sequence[str], only: str) -> Term:
    term = want(terms[0], "quantile", *NUMBERS)
    level = float(parameters[0]) if parameters else 0.5
    if not 0 <= level <= 1:
        raise HogQLError("The level of a quantile is from 0 to 1.")
    return aggregated(f"quantile_cont(CAST({term.sql} AS DOUBLE), {level}){only}", "Float", nullable=True)


def listed(sql: str) -> Callable[[Sequence[Term], Sequence[str], str], Term]:
    def build(terms: Sequence[Term], _parameters: Sequence[str], only: str) -> Term:
        term = want(terms[0], "groupArray", "String", *NUMBERS)
        condition = f"{term.sql} IS NOT NULL"
        where = (
            only.replace("(WHERE ", f"(WHERE {condition} AND ") if only else f" FILTER (WHERE {condition})"
        )
        return aggregated(f"coalesce({sql.format(term.sql)}{where}, [])", "Array", nullable=False)

    return build


AGGREGATES: Mapping[str, Aggregate] = {
    "count": Aggregate(0, 1, counted),
    "uniq": Aggregate(1, 1, distinct),
    "uniqExact": Aggregate(1, 1, distinct),
    "sum": Aggregate(1, 1, summed),
    "avg": Aggregate(1, 1, average),
    "min": Aggregate(1, 1, with_default("min", "min({0})")),
    "max": Aggregate(1, 1, with_default("max", "max({0})")),
    "any": Aggregate(1, 1, with_default("any", "any_value({0})")),
    "argMin": Aggregate(2, 2, with_default("argMin", "arg_min({0}, {1})")),
    "argMax": Aggregate(2, 2, with_default("argMax", "arg_max({0}, {1})")),
    "median": Aggregate(1, 1, quantile),
    "quantile": Aggregate(1, 1, quantile, parameters=1),
    "groupArray": Aggregate(1, 1, listed("list({})")),
    "groupUniqArray": Aggregate(1, 1, listed("list(DISTINCT {})")),
}
