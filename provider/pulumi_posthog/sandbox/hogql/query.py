"""HogQL -> DuckDB's SQL, for the part of HogQL that the sandbox understands; all else is refused.

Every piece is written anew from the parsed query: a table, column or function that is not named here cannot be
reached, and a clause that nothing here reads is an error. Null is compared as HogQL does: `x != 'a'` holds for null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.clickhouse import ClickHouse
from sqlglot.errors import SqlglotError
from sqlglot.parsers.clickhouse import ClickHouseParser

from pulumi_posthog.sandbox.hogql.expressions import Expressions, Relation, Tables
from pulumi_posthog.sandbox.hogql.nodes import names, only
from pulumi_posthog.sandbox.hogql.terms import Term, name, truth
from pulumi_posthog.sandbox.hogql.text import HogQLError, not_understood, prepared

DEEPEST = 60
MOST_ROWS = 50_000
DEFAULT_ROWS = 100


class HogQLParser(ClickHouseParser):
    """What a function means is decided here, not by the parser."""

    FUNCTIONS: ClassVar[Any] = {}
    NO_PAREN_FUNCTIONS: ClassVar[Any] = {}
    FUNCTION_PARSERS: ClassVar[Any] = {"CAST": ClickHouseParser.FUNCTION_PARSERS["CAST"]}


class HogQL(ClickHouse):
    """ClickHouse's grammar."""

    Parser = HogQLParser


@dataclass(frozen=True)
class Translated:
    """A query that DuckDB can run, with the names of its columns as PostHog gives them."""

    sql: str
    columns: Sequence[str]
    terms: Sequence[Term]
    limit: int
    offset: int


def parsed(query: str, values: Mapping[str, Any]) -> exp.Expression:
    """One SELECT."""
    try:
        found = [each for each in HogQL().parse(prepared(query, values)) if each is not None]
    except SqlglotError as error:
        first = error.args[0] if error.args else ""
        plain = str(first).replace("\x1b[4m", "").replace("\x1b[0m", "").splitlines() or [""]
        raise HogQLError(f"Syntax error: {plain[0]}") from error
    except RecursionError as error:
        raise HogQLError("The query is nested too deeply.") from error
    if len(found) != 1 or not isinstance(found[0], exp.Select):
        raise HogQLError("A query is one SELECT statement.")
    return found[0]


def expression(text: str) -> None:
    """Whether it is one expression and not the beginning of something else."""
    found = parsed(f"select {text}", {})
    if len(found.expressions) != 1:
        raise HogQLError(f"{text!r} is not one expression.")
    only(found, "expressions")


def translated(query: str, values: Mapping[str, Any], tables: Tables) -> Translated:
    """`HogQLError` for what PostHog or the sandbox does not take."""
    tree = parsed(query, values)
    try:
        return Select(tree, tables, {}, depth=0).translated()
    except RecursionError as error:
        raise HogQLError("The query is nested too deeply.") from error


class Select(Expressions):
    """One SELECT with what it may refer to. Each method writes one clause, "" where the query has none."""

    def __init__(
        self, node: exp.Expression, tables: Tables, named: Mapping[str, exp.Expression], depth: int
    ) -> None:
        if depth > DEEPEST:
            raise HogQLError("The query is nested too deeply.")
        only(
            node,
            *("with_", "from_", "joins", "where", "group", "having", "order", "limit", "offset"),
            *("expressions", "distinct"),
        )
        super().__init__(tables)
        self.node, self.depth = node, depth
        self.named = dict(named)
        if with_ := node.args.get("with_"):
            only(with_, "expressions")
            for each in with_.expressions:
                only(each, "this", "alias")
                only(each.args["alias"], "this")
                self.named[each.alias] = each.this
        self.aliases = {each.alias: each.this for each in node.expressions if isinstance(each, exp.Alias)}
        self.source = self.from_clause()

    # Where from.

    def from_clause(self) -> str:
        from_ = self.node.args.get("from_")
        if from_ is None:
            return ""
        only(from_, "this")
        sql = f" FROM {self.table(from_.this)}"
        for join in self.node.args.get("joins") or ():
            only(join, "this", "side", "kind", "on")
            side, kind = (join.args.get("side") or "").upper(), (join.args.get("kind") or "").upper()
            # What a row without a partner has, null or a default, is a setting of ClickHouse: not to be guessed.
            if side or kind not in {"", "INNER"}:
                raise not_understood(f"{side} {kind} JOIN".strip())
            if join.args.get("on") is None:
                raise HogQLError("A JOIN needs an ON.")
            right = self.table(join.this)
            sql += f" INNER JOIN {right} ON {truth(self.term(join.args['on'])).sql}"
        return sql

    def table(self, node: exp.Expression) -> str:
        if isinstance(node, exp.Subquery):
            only(node, "this", "alias")
            alias = node.alias or f"subquery{len(self.relations)}"
            return self.subquery(node.this, alias)
        only(node, "this", "alias")
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise not_understood("a function as a table")
        table, alias = node.name, node.alias or node.name
        if table in self.named:
            inner = self.named[table]
            # A name represents what was defined before it.
            outer = {key: value for key, value in self.named.items() if key != table}
            return self.subquery(inner, alias, named=outer)
        if table not in self.tables.relations:
            raise HogQLError(f"Unknown table `{table}`.")
        self.add(self.tables.relations[table](alias))
        return f"{name('posthog_' + table)} AS {name(alias)}"

    def subquery(
        self,
        node: exp.Expression,
        alias: str,
        *,
        named: Mapping[str, exp.Expression] | None = None,
    ) -> str:
        if not isinstance(node, exp.Select):
            raise not_understood(f"{type(node).__name__.upper()} in a subquery")
        inner = Select(node, self.tables, self.named if named is None else named, self.depth + 1)
        found = inner.translated(limited=False)
        if len(set(found.columns)) < len(found.columns):
            raise not_understood("a subquery with two columns of one name")
        columns = {
            column: Term(f"{name(alias)}.{name(column)}", term.kind, term.nullable)
            for column, term in zip(found.columns, found.terms, strict=True)
        }
        self.add(Relation(alias, columns, list(columns)))
        return f"({found.sql}) AS {name(alias)}"

    def add(self, relation: Relation) -> None:
        if any(each.alias == relation.alias for each in self.relations):
            raise HogQLError(f"There are two tables named `{relation.alias}`.")
        self.relations.append(relation)

    # What.

    def selected(self) -> list[tuple[str, Term]]:
        found: list[tuple[str, Term]] = []
        for node in self.node.expressions:
            if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and node.find(exp.Star)):
                found += self.starred(node)
            elif isinstance(node, exp.Alias):
                only(node, "this", "alias")
                found.append((node.alias, self.expanded(node.alias, node.this)))
            else:
                found.append((column_name(node), self.term(node)))
        return found

    def starred(self, node: exp.Expression) -> list[tuple[str, Term]]:
        star = node if isinstance(node, exp.Star) else node.this
        only(star)
        table = "" if isinstance(node, exp.Star) else node.text("table")
        relations = [each for each in self.relations if table in {"", each.alias}]
        if not relations:
            raise HogQLError("Cannot use '*' without a table.")
        return [(column, each.columns[column]) for each in relations for column in each.starred]

    def translated(self, *, limited: bool = True) -> Translated:
        selected = self.selected()
        if not selected:
            raise HogQLError("Syntax error: SELECT what?")
        keyword = ""
        if distinct := self.node.args.get("distinct"):
            only(distinct)
            keyword = "DISTINCT "
        columns = ", ".join(
            f"{term.sql} AS {name(f'c{place}' if limited else column)}"
            for place, (column, term) in enumerate(selected)
        )
        sql = f"SELECT {keyword}{columns}{self.source}"
        sql += self.condition("where", "WHERE", aggregates=False)
        sql += self.groups(len(selected))
        sql += self.condition("having", "HAVING", aggregates=True)
        sql += self.order(len(selected))
        limit, offset = self.count("limit"), self.count("offset") or 0
        if limited:
            limit = min(DEFAULT_ROWS if limit is None else limit, MOST_ROWS)
            sql += f" LIMIT {limit + 1} OFFSET {offset}"
        else:
            sql += f" LIMIT {limit}" if limit is not None else ""
            sql += f" OFFSET {offset}" if offset else ""
        return Translated(
            sql, [column for column, _ in selected], [term for _, term in selected], limit or 0, offset
        )

    def condition(self, clause: str, keyword: str, *, aggregates: bool) -> str:
        node = self.node.args.get(clause)
        if node is None:
            return ""
        only(node, "this")
        term = truth(self.term(node.this))
        if term.aggregate and not aggregates:
            raise HogQLError(f"Aggregate functions are not allowed in {keyword}.")
        return f" {keyword} {term.sql}"

    def groups(self, width: int) -> str:
        node = self.node.args.get("group")
        if node is None:
            return ""
        only(node, "expressions")
        return " GROUP BY " + ", ".join(self.place_or_term(each, width) for each in node.expressions)

    def order(self, width: int) -> str:
        node = self.node.args.get("order")
        if node is None:
            return ""
        only(node, "expressions")
        parts = []
        for each in node.expressions:
            only(each, "this", "desc", "nulls_first")
            direction = "DESC" if each.args.get("desc") else "ASC"
            nulls = "FIRST" if each.args.get("nulls_first") else "LAST"
            parts.append(f"{self.place_or_term(each.this, width)} {direction} NULLS {nulls}")
        return " ORDER BY " + ", ".join(parts)

    def place_or_term(self, node: exp.Expression, width: int) -> str:
        if isinstance(node, exp.Literal) and not node.is_string:
            if not node.name.isdigit() or not 1 <= int(node.name) <= width:
                raise HogQLError(f"There is no column {node.name} to sort or group by.")
            return node.name
        return self.term(node).sql

    def count(self, clause: str) -> int | None:
        node = self.node.args.get(clause)
        if node is None:
            return None
        only(node, "expression")
        number = node.expression
        if not isinstance(number, exp.Literal) or number.is_string or not number.name.isdigit():
            raise not_understood(f"{clause.upper()} other than a number")
        return int(number.name)

    def subselect(self, node: exp.Expression) -> tuple[str, Sequence[Term]]:
        if not isinstance(node, exp.Select):
            raise not_understood("IN with anything but a SELECT or a list")
        inner = Select(node, self.tables, self.named, self.depth + 1).translated(limited=False)
        return inner.sql, inner.terms


def column_name(node: exp.Expression) -> str:
    """As PostHog calls a column without an alias: a field by its last name, anything else by its text."""
    if isinstance(node, exp.Column | exp.Bracket | exp.Dot):
        return names(node)[-1]
    return node.sql(dialect=HogQL, normalize_functions=False)
