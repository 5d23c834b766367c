"""Rows of values -> a table for people, CSV for spreadsheets, JSON for scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pulumi_posthog.values.text import printable

if TYPE_CHECKING:
    from rich.table import Table


# With these a spreadsheet begins a formula, and what persons and events hold anybody can write who knows a project's
# token: such texts get an apostrophe, which spreadsheets take for "this is text". Numbers, negative ones too, stay
# as they are. JSON has every value untouched. Some spreadsheets take signs of full width for the same, and where a
# semicolon or a tab parts cells, one begins after each.
FORMULA: Final = re.compile(r"(^[ \xa0]*|[;\t\r\n][ \xa0]*)(?=[=+\-@\t\r＝＋－＠﹢﹣﹦﹫])")
LONGEST_CELL: Final = 200  # characters of a value in a table


@dataclass(frozen=True)
class Rows:
    """What was read: `items` are objects, or the lists of a query's result; `more` when there is more of it.

    `columns` are names of values, with dots for what is inside: "properties.plan".
    """

    columns: tuple[str, ...]
    items: tuple[Any, ...]
    more: bool = False

    @property
    def values(self) -> list[list[Any]]:
        """The value of each column, for each item."""
        return [
            [value_at(item, column) for column in self.columns]
            if isinstance(item, Mapping)
            else [*item]
            if isinstance(item, list)
            else [item]
            for item in self.items
        ]


def value_at(item: Any, path: str) -> Any:
    """What is at a path in an object, None for nothing; a name may have dots of its own."""
    if not isinstance(item, Mapping):
        return None
    if path in item:
        return item[path]
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:length])
        if name in item:
            return value_at(item[name], ".".join(parts[length:]))
    return None


def table(rows: Rows) -> Table:
    """For a terminal; long values are cut."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    found = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in rows.columns:
        found.add_column(Text(printable(column)), overflow="fold")
    for row in rows.values:
        found.add_row(*(Text(shortened(in_table(value))) for value in row))
    return found


def in_table(value: Any) -> str:
    """A value for people: a list of texts without its brackets."""
    if isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(x, str) for x in value):
        return printable(", ".join(value))
    return printable(as_text(value))


def shortened(text: str) -> str:
    """A text of at most 200 characters."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def as_csv(rows: Rows) -> str:
    """A header and a line for each row, as in RFC 4180 except for the ends of lines; objects and lists as JSON."""
    lines = [rows.columns, *rows.values]
    return "".join(csv_line(line) for line in lines)


def csv_line(values: Iterable[Any]) -> str:
    """One line, which may have ends of lines within its values."""
    text = io.StringIO()
    # Only what is in the terminator is quoted for it: with a bare newline, "\r" would be there as it is.
    csv.writer(text, lineterminator="\r\n").writerow([harmless(value) for value in values])
    return text.getvalue().removesuffix("\r\n") + "\n"


def harmless(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    text = as_text(value)
    return text if isinstance(value, bool | int | float) else FORMULA.sub(r"\1'", text)


def as_text(value: Any) -> str:
    """A value as text: nothing for null, JSON for objects and lists."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
