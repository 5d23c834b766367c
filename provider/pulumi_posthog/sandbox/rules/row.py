"""One row by its columns: what every request begins with, for a quarter of what a query set costs."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def row_of(model: type[Row], **columns: Any) -> Row | None:
    """The row whose columns have these values (`user_id=7`), None when there is none.

    Django builds the SQL of a query set anew each time, which takes longer than to run it.
    """
    values = [
        model._meta.get_field(name).get_db_prep_value(value, connection)  # type: ignore[union-attr]
        for name, value in columns.items()
    ]
    return next(iter(model._default_manager.raw(statement(model, tuple(columns)), values)), None)


@cache
def statement(model: type[Model], columns: tuple[str, ...]) -> str:
    """Only names of tables and columns; the values travel beside it."""
    quoted = connection.ops.quote_name
    conditions = " AND ".join(f"{quoted(name)} = %s" for name in columns)
    return f"SELECT * FROM {quoted(model._meta.db_table)} WHERE {conditions} LIMIT 1"  # noqa: S608 - no values
