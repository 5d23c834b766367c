"""Writes SQL, and remembers of a SELECT what does not depend on its conditions: columns, joins and their order.

Django works that out for each query, which took a third of a request. What is remembered is of models as they are
declared, never of rows.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.expressions import OrderBy
from django.db.models.functions import Lower
from django.db.models.sql import Query
from django.db.models.sql import compiler as django_compiler
from django.db.models.sql.compiler import (  # noqa: F401 - Django looks for all of them here
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)

MOST = 1000  # forms of queries; there are some hundreds, and a request may order by any column


@dataclass
class Head:
    """What Django finds out before it writes a SELECT."""

    select: Any
    classes: Any
    order_by: Any
    aliases: dict[str, Any]
    uses: dict[str, int]
    tables: dict[str, Any]
    converters: dict[Any, Any] | None = None


HEADS: dict[Hashable, Head] = {}


class SQLCompiler(django_compiler.SQLCompiler):
    """One query."""

    head: Head | None = None

    def pre_sql_setup(self, with_col_aliases: bool = False) -> tuple[Any, Any, Any]:
        form = None if with_col_aliases else form_of(self.query)
        if form is None:
            return super().pre_sql_setup(with_col_aliases=with_col_aliases)
        self.head = HEADS.get(form)
        if self.head is None:
            return self.remembered(form)
        head, query = self.head, self.query
        query.alias_map, query.alias_refcount = dict(head.aliases), dict(head.uses)
        query.table_map = {table: list(aliases) for table, aliases in head.tables.items()}
        self.select, self.klass_info, self.annotation_col_map = head.select, head.classes, {}
        self.col_count = len(head.select)
        self.where, self.having, self.qualify = query.where.split_having_qualify()
        self.has_extra_select = False
        return [], head.order_by, []

    def remembered(self, form: Hashable) -> tuple[Any, Any, Any]:
        """As Django does it; the next one of that form need not."""
        extra, order_by, group_by = found = super().pre_sql_setup()
        if not extra and not group_by and not self.annotation_col_map:
            if len(HEADS) >= MOST:
                HEADS.clear()
            query = self.query
            tables = {table: list(aliases) for table, aliases in query.table_map.items()}
            aliases, uses = dict(query.alias_map), dict(query.alias_refcount)
            self.head = HEADS[form] = Head(self.select, self.klass_info, order_by, aliases, uses, tables)
        return found

    def get_converters(self, expressions: list[Any]) -> dict[Any, Any]:
        if self.head is None:
            return super().get_converters(expressions)
        if self.head.converters is None:
            self.head.converters = super().get_converters(expressions)
        return self.head.converters


def form_of(query: Query) -> Hashable | None:
    """All that the head of a SELECT of whole rows depends on; None for any other query."""
    if (
        type(query) is not Query
        or query.select
        or not query.default_cols
        or query.annotations
        or query.extra
        or query.extra_tables
        or query.extra_order_by
        or query.combinator
        or query.group_by is not None
        or query.subquery
        or query.external_aliases
        or query._filtered_relations  # type: ignore[attr-defined] # the types leave it out
        or query.select_for_update
        or query.explain_info
    ):
        return None
    order_by = tuple(map(ordering, query.order_by))
    if None in order_by:
        return None
    joins = tuple(
        (alias, join, join.join_type, join.parent_alias, query.alias_refcount[alias])
        for alias, join in query.alias_map.items()
    )
    return (
        query.model,
        joins,
        order_by,
        query.default_ordering,
        query.standard_ordering,
        frozenset(query.deferred_loading[0]),
        query.deferred_loading[1],
        query.distinct,
        query.distinct_fields,
        query.max_depth,
        frozen(query.select_related),
    )


def ordering(by: Any) -> Hashable | None:
    """What a query is ordered by; None for what Django could write in another way each time."""
    if type(by) is OrderBy:
        within = ordering(by.expression)
        return within and (within, by.descending, by.nulls_first, by.nulls_last)
    if type(by) is Lower:
        within = ordering(*by.get_source_expressions())
        return within and ("lower", within)
    if type(by) is F:
        return ("column", by.name)  # type: ignore[attr-defined] # the types leave it out
    return by if isinstance(by, str) else None


def frozen(related: Any) -> Hashable:
    """Which related rows are read along: names in dicts in dicts, or whether any are."""
    if isinstance(related, dict):
        return tuple((name, frozen(below)) for name, below in related.items())
    return bool(related)
