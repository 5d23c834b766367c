"""Expressions of HogQL, each written anew for DuckDB; what has no method here is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from pulumi_posthog.sandbox.hogql.aggregates import AGGREGATES
from pulumi_posthog.sandbox.hogql.functions import (
    FUNCTIONS,
    Around,
    if_else,
    interval_of,
    pointer,
    shifted,
    to_date,
    to_float,
    to_int,
    to_string,
)
from pulumi_posthog.sandbox.hogql.nodes import names, only
from pulumi_posthog.sandbox.hogql.terms import (
    NUMBERS,
    TIMES,
    Kind,
    Term,
    as_string,
    literal,
    made_of,
    together,
    truth,
)
from pulumi_posthog.sandbox.hogql.text import HogQLError, not_understood

EQUALITY: tuple[type[exp.Expression], ...] = (exp.EQ, exp.NEQ)
COMPARISONS: Mapping[type[exp.Expression], tuple[str, bool]] = {
    exp.EQ: ("=", False),
    exp.NEQ: ("<>", True),
    exp.GT: (">", False),
    exp.GTE: (">=", False),
    exp.LT: ("<", False),
    exp.LTE: ("<=", False),
}
"""DuckDB's sign, and what the comparison with a null is in HogQL."""
COMPARING_FUNCTIONS: Mapping[str, type[exp.Expression]] = {
    "equals": exp.EQ,
    "notEquals": exp.NEQ,
    "greater": exp.GT,
    "greaterOrEquals": exp.GTE,
    "less": exp.LT,
    "lessOrEquals": exp.LTE,
}
CASTS: Mapping[str, Callable[[Sequence[Term], Around], Term]] = {
    "TEXT": to_string,
    "VARCHAR": to_string,
    "BIGINT": to_int,
    "INT": to_int,
    "DOUBLE": to_float,
    "FLOAT": to_float,
    "DATE": to_date,
}


@dataclass(frozen=True)
class Relation:
    """A table or a subquery under a name: which columns it has, and of which type."""

    alias: str
    columns: Mapping[str, Term]
    starred: Sequence[str]
    property_kinds: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)
    """Of a JSON column: properties that have only numbers, or only true and false."""


@dataclass(frozen=True)
class Tables:
    """What a query may read: made by `warehouse`, which knows how DuckDB calls it."""

    relations: Mapping[str, Callable[[str], Relation]]
    around: Around


class Expressions:
    """What an expression means among the tables and aliases of its SELECT.

    `write_NAME` writes a node of that class of sqlglot's. All methods raise HogQLError for what PostHog refuses, and
    for what the sandbox does not understand.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.relations: list[Relation] = []
        self.aliases: dict[str, exp.Expression] = {}
        self.expanding: list[str] = []
        self.in_aggregate = False

    def subselect(self, node: exp.Expression) -> tuple[str, Sequence[Term]]:
        """The SQL and the columns of a query inside this one."""
        raise NotImplementedError

    def term(self, node: exp.Expression | None) -> Term:
        """Any expression; one that has no method here is refused."""
        if node is None:
            raise HogQLError("Something is missing in the query.")
        if type(node) in COMPARISONS:
            only(node, "this", "expression")
            return self.compared(type(node), self.term(node.this), self.term(node.expression))
        write = getattr(self, f"write_{type(node).__name__.lower()}", None)
        if write is None:
            raise not_understood(type(node).__name__.upper())
        found: Term = write(node)
        return found

    def compared(self, sign: type[exp.Expression], left: Term, right: Term) -> Term:
        """`ifNull(equals(x, y), 0)` and so on, as HogQL writes it."""
        symbol, with_null = COMPARISONS[sign]
        left, right = together(left, right)
        nulls = [each for each in (left, right) if each.kind == "Null"]
        if nulls and sign in EQUALITY:
            other = right if nulls[0] is left else left
            negate = "NOT " if sign is exp.NEQ else ""
            return self.answer(f"({other.sql} IS {negate}NULL)", left, right)
        sql = f"({left.sql} {symbol} {right.sql})"
        if left.nullable and right.nullable and sign in EQUALITY:
            how = "IS DISTINCT FROM" if with_null else "IS NOT DISTINCT FROM"
            sql = f"({left.sql} {how} {right.sql})"
        elif left.nullable or right.nullable or nulls:
            sql = f"coalesce({sql}, {str(with_null).lower()})"
        return self.answer(sql, left, right)

    def answer(self, sql: str, *terms: Term) -> Term:
        """True or false, never null."""
        return Term(sql, "Bool", False, any(each.aggregate for each in terms), is_comparison=True)

    def write_and(self, node: exp.Expression) -> Term:
        return self.connected("AND", node)

    def write_or(self, node: exp.Expression) -> Term:
        return self.connected("OR", node)

    def connected(self, word: str, node: exp.Expression) -> Term:
        only(node, "this", "expression")
        left, right = truth(self.term(node.this)), truth(self.term(node.expression))
        made = made_of(f"({left.sql} {word} {right.sql})", "Bool", left, right)
        return Term(made.sql, "Bool", made.nullable, made.aggregate, is_comparison=True)

    def write_not(self, node: exp.Expression) -> Term:
        only(node, "this")
        inner = node.this.unnest() if isinstance(node.this, exp.Paren) else node.this
        if isinstance(inner, exp.In):
            return self.member(inner, negate=True)
        return self.denied(truth(self.term(node.this)))

    def denied(self, term: Term) -> Term:
        return Term(f"(NOT {term.sql})", "Bool", term.nullable, term.aggregate, is_comparison=True)

    def write_paren(self, node: exp.Expression) -> Term:
        only(node, "this")
        return self.term(node.this)

    def write_is(self, node: exp.Expression) -> Term:
        only(node, "this", "expression")
        term = self.term(node.this)
        if not isinstance(node.expression, exp.Null):
            raise not_understood("IS with anything but NULL")
        return self.answer(f"({term.sql} IS NULL)", term)

    def write_in(self, node: exp.Expression) -> Term:
        return self.member(node, negate=False)

    def member(self, node: exp.Expression, *, negate: bool) -> Term:
        only(node, "this", "expressions", "query")
        term, word = self.term(node.this), "NOT IN" if negate else "IN"
        if query := node.args.get("query"):
            only(query, "this")
            inner, columns = self.subselect(query.this)
            if len(columns) != 1:
                raise HogQLError("IN takes a subquery with one column.")
            together(term, columns[0])
            if term.nullable and columns[0].nullable:
                raise not_understood("IN where both sides can be null")
            # In ClickHouse nulls of the subquery match nothing; in SQL one null would empty NOT IN.
            listed = f"(SELECT v FROM ({inner}) AS s(v) WHERE v IS NOT NULL)"  # noqa: S608
        else:
            values = [self.term(each) for each in node.expressions]
            if not values:
                raise HogQLError("IN takes a list that is not empty.")
            if any(each.kind == "Null" or each.nullable for each in values):
                raise not_understood("null in the list of IN")
            pairs = [together(term, each) for each in values]
            term, listed = pairs[0][0], "(" + ", ".join(value.sql for _, value in pairs) + ")"
        return self.answer(f"coalesce(({term.sql} {word} {listed}), {str(negate).lower()})", term)

    def write_between(self, node: exp.Expression) -> Term:
        only(node, "this", "low", "high")
        term = self.term(node.this)
        low = self.compared(exp.GTE, term, self.term(node.args["low"]))
        high = self.compared(exp.LTE, term, self.term(node.args["high"]))
        return self.answer(f"({low.sql} AND {high.sql})", low, high)

    def write_like(self, node: exp.Expression) -> Term:
        return self.alike(node, "LIKE")

    def write_ilike(self, node: exp.Expression) -> Term:
        return self.alike(node, "ILIKE")

    def alike(self, node: exp.Expression, word: str) -> Term:
        only(node, "this", "expression", "negate")
        return self.like(
            word, self.term(node.this), self.term(node.expression), negate=bool(node.args.get("negate"))
        )

    def like(self, word: str, text: Term, pattern: Term, *, negate: bool) -> Term:
        text = as_string(text)
        for each in (text, pattern):
            if each.kind not in {"String", "Null"}:
                raise HogQLError(f"{word} takes texts.")
        sql = f"({text.sql} {'NOT ' if negate else ''}{word} {pattern.sql} ESCAPE '\\')"
        return self.answer(f"coalesce({sql}, {str(negate).lower()})", text, pattern)

    def write_dpipe(self, node: exp.Expression) -> Term:
        only(node, "this", "expression", "safe")
        return self.call("concat", [self.term(node.this), self.term(node.expression)])

    def write_add(self, node: exp.Expression) -> Term:
        return self.calculated("+", node)

    def write_sub(self, node: exp.Expression) -> Term:
        return self.calculated("-", node)

    def write_mul(self, node: exp.Expression) -> Term:
        return self.calculated("*", node)

    def write_div(self, node: exp.Expression) -> Term:
        return self.calculated("/", node)

    def write_mod(self, node: exp.Expression) -> Term:
        return self.calculated("%", node)

    def calculated(self, sign: str, node: exp.Expression) -> Term:
        only(node, "this", "expression", "typed", "safe")
        left, right = self.term(node.this), self.term(node.expression)
        if sign in "+-" and left.kind in TIMES and right.kind == "Interval":
            return shifted(left, right, sign)
        if sign in "+-" and left.kind == "Date" and right.kind == "Int":
            return shifted(left, interval_of(right, "day"), sign)
        for each in (left, right):
            if each.kind not in {*NUMBERS, "Null"}:
                raise HogQLError(
                    f"Illegal types for {sign}: numbers, or a time and an interval. "
                    "For the time between two moments there is dateDiff."
                )
        if sign == "/":
            left, right = left.of(f"CAST({left.sql} AS DOUBLE)"), right.of(f"CAST({right.sql} AS DOUBLE)")
        kind: Kind = "Float" if sign == "/" or "Float" in {left.kind, right.kind} else "Int"
        if sign == "%":
            if kind == "Float":
                raise not_understood("% of other than whole numbers")
            sql = (
                f"CASE WHEN {right.sql} = 0 THEN error('Division by zero') ELSE {left.sql} % {right.sql} END"
            )
            return made_of(sql, kind, left, right)
        return made_of(f"({left.sql} {sign} {right.sql})", kind, left, right)

    def write_neg(self, node: exp.Expression) -> Term:
        only(node, "this")
        term = self.term(node.this)
        if term.kind not in NUMBERS:
            raise HogQLError("Only a number can be negative.")
        return term.of(f"(- {term.sql})")

    def write_interval(self, node: exp.Expression) -> Term:
        only(node, "this", "unit")
        unit, count = node.args.get("unit"), node.this
        text = count.name if isinstance(count, exp.Literal) else ""
        if unit is None or not text.isdigit() or len(text) > 9:
            raise not_understood("an interval other than a whole number of a unit")
        return interval_of(Term(text, "Int"), unit.name.lower().removesuffix("s"))

    def write_literal(self, node: exp.Expression) -> Term:
        if node.is_string:
            return Term(literal(node.name), "String", text=node.name)
        try:
            number = float(node.name)
        except ValueError as error:
            raise not_understood(f"the number {node.name}") from error
        if node.name.isdigit():
            if number >= 2**63:
                raise not_understood(f"the number {node.name}")
            return Term(f"CAST({int(node.name)} AS BIGINT)", "Int")
        return Term(f"CAST({number!r} AS DOUBLE)", "Float")

    def write_boolean(self, node: exp.Expression) -> Term:
        return Term("true" if node.this else "false", "Bool")

    def write_null(self, _node: exp.Expression) -> Term:
        return Term("NULL", "Null", nullable=True)

    def write_if(self, node: exp.Expression) -> Term:
        only(node, "this", "true", "false")
        return if_else(
            [self.term(node.this), self.term(node.args.get("true")), self.term(node.args.get("false"))],
            self.tables.around,
        )

    def write_case(self, node: exp.Expression) -> Term:
        only(node, "this", "ifs", "default")
        terms: list[Term] = []
        for each in node.args["ifs"]:
            only(each, "this", "true")
            condition = self.term(each.this)
            if node.this is not None:
                condition = self.compared(exp.EQ, self.term(node.this), condition)
            terms += [condition, self.term(each.args["true"])]
        default = node.args.get("default")
        terms.append(self.term(default) if default is not None else Term("NULL", "Null", nullable=True))
        return if_else(terms, self.tables.around)

    def write_cast(self, node: exp.Expression) -> Term:
        only(node, "this", "to", "_type")
        to = node.args["to"]
        if to.expressions or to.this.name not in CASTS:
            raise not_understood(f"a cast to {to.sql()}")
        return CASTS[to.this.name]([self.term(node.this)], self.tables.around)

    # Columns.

    def write_column(self, node: exp.Expression) -> Term:
        return self.path(names(node))

    def write_dot(self, node: exp.Expression) -> Term:
        """More than four names."""
        return self.path(names(node))

    def write_bracket(self, node: exp.Expression) -> Term:
        """`properties['$os']`."""
        return self.path(names(node))

    def path(self, parts: Sequence[str]) -> Term:
        relations = {each.alias: each for each in self.relations}
        if len(parts) == 1 and parts[0] in self.aliases and parts[0] not in self.expanding:
            return self.of_alias(parts[0])
        if len(parts) > 1 and parts[0] in relations:
            found = self.in_relation(relations[parts[0]], parts[1:])
            if found is not None:
                return found
        candidates = [term for each in self.relations if (term := self.in_relation(each, parts)) is not None]
        if len(candidates) > 1:
            raise HogQLError(f"Ambiguous query. Found multiple sources for field: {parts[0]}")
        if not candidates:
            raise HogQLError(f"Unable to resolve field: {parts[0]}")
        return candidates[0]

    def of_alias(self, alias: str) -> Term:
        node = self.aliases[alias]
        hidden = any(self.in_relation(each, [alias]) is not None for each in self.relations)
        is_itself = isinstance(node, exp.Column) and node.parts[-1].name == alias and len(node.parts) <= 2
        if hidden and not is_itself:
            raise not_understood(f"the alias `{alias}`, which is a column's name, too")
        return self.expanded(alias, node)

    def expanded(self, alias: str, node: exp.Expression) -> Term:
        """An alias represents its expression, in any clause; in its own it is the column's name."""
        self.expanding.append(alias)
        try:
            return self.term(node)
        finally:
            self.expanding.pop()

    def in_relation(self, relation: Relation, parts: Sequence[str]) -> Term | None:
        """The longest name that is a column; what is left is a way into its JSON."""
        for length in range(len(parts), 0, -1):
            column = ".".join(parts[:length])
            term = relation.columns.get(column)
            if term is None:
                continue
            keys = parts[length:]
            if not keys:
                return term
            if term.kind != "JSON":
                raise HogQLError(f"Can not access property {keys[0]} on {column}.")
            return self.property(relation, column, term, keys)
        return None

    def property(self, relation: Relation, column: str, term: Term, keys: Sequence[str]) -> Term:
        """A number or a truth where all values are; else a text, as in HogQL."""
        sql = f"json_extract_string({term.sql}, {literal(pointer(keys))})"
        kind = relation.property_kinds.get(column, {}).get(keys[0], "String") if len(keys) == 1 else "String"
        if kind == "Float":
            return Term(f"TRY_CAST({sql} AS DOUBLE)", "Float", nullable=True)
        if kind == "Bool":
            return Term(f"TRY_CAST({sql} AS BOOLEAN)", "Bool", nullable=True)
        return Term(f"nullif({sql}, '')", "String", nullable=True)

    # Functions.

    def write_anonymous(self, node: exp.Expression) -> Term:
        only(node, "this", "expressions")
        called = str(node.this)
        if called in AGGREGATES or called.removesuffix("If") in AGGREGATES:
            return self.aggregate(called, node.expressions, [])
        terms = [self.term(each) for each in node.expressions]
        return self.call(called, terms)

    def call(self, called: str, terms: Sequence[Term]) -> Term:
        if called in COMPARING_FUNCTIONS and len(terms) == 2:
            return self.compared(COMPARING_FUNCTIONS[called], terms[0], terms[1])
        if called in {"like", "ilike", "notLike", "notILike"} and len(terms) == 2:
            word = "ILIKE" if "ilike" in called.lower() else "LIKE"
            return self.like(word, terms[0], terms[1], negate=called.startswith("not"))
        if called in {"and", "or"} and len(terms) > 1:
            made = made_of(f"({f' {called} '.join(truth(each).sql for each in terms)})", "Bool", *terms)
            return Term(made.sql, "Bool", made.nullable, made.aggregate, is_comparison=True)
        if called == "not" and len(terms) == 1:
            return self.denied(truth(terms[0]))
        function = FUNCTIONS.get(called)
        if function is None:
            raise not_understood(f"the function {called}")
        if not function.least <= len(terms) <= function.most:
            expected = (
                str(function.least) if function.least == function.most else f"at least {function.least}"
            )
            raise HogQLError(f"Function '{called}' expects {expected} arguments, found {len(terms)}")
        return function.build(terms, self.tables.around)

    def write_anonymousaggfunc(self, node: exp.Expression) -> Term:
        only(node, "this", "expressions")
        return self.aggregate(str(node.this), node.expressions, [])

    def write_combinedaggfunc(self, node: exp.Expression) -> Term:
        only(node, "this", "expressions")
        return self.aggregate(str(node.this), node.expressions, [])

    def write_parameterizedagg(self, node: exp.Expression) -> Term:
        only(node, "this", "expressions", "params")
        return self.aggregate(str(node.this), node.args["params"], node.expressions)

    def write_combinedparameterizedagg(self, node: exp.Expression) -> Term:
        return self.write_parameterizedagg(node)

    def aggregate(
        self, called: str, arguments: Sequence[exp.Expression], parameters: Sequence[exp.Expression]
    ) -> Term:
        base = called if called in AGGREGATES else called.removesuffix("If")
        found = AGGREGATES.get(base)
        if found is None:
            raise not_understood(f"the function {called}")
        if self.in_aggregate:
            raise HogQLError(f"Aggregation '{called}' cannot be nested inside another aggregation.")
        nodes, is_distinct = list(arguments), False
        if len(nodes) == 1 and isinstance(nodes[0], exp.Distinct):
            only(nodes[0], "expressions")
            nodes, is_distinct = list(nodes[0].expressions), True
        if base == "count" and len(nodes) == 1 and isinstance(nodes[0], exp.Star):
            nodes = []
        self.in_aggregate = True
        try:
            terms = [self.term(each) for each in nodes]
        finally:
            self.in_aggregate = False
        only_where = ""
        if called != base:
            if not terms:
                raise HogQLError(f"Function '{called}' expects a condition.")
            only_where = f" FILTER (WHERE {truth(terms.pop()).sql})"
        if not found.least <= len(terms) <= found.most or len(parameters) > found.parameters:
            raise HogQLError(f"Aggregation '{called}' got a number of arguments that it does not take.")
        if is_distinct:
            if base != "count" or len(terms) != 1:
                raise not_understood(f"DISTINCT in {called}")
            base = "uniqExact"
        levels = []
        for each in parameters:
            if not isinstance(each, exp.Literal) or each.is_string:
                raise not_understood("a parameter that is not a number")
            levels.append(each.name)
        return AGGREGATES[base].build(terms, levels, only_where)
