"""`format=csv`: the rows of an answer as a table, what is nested with dots in the names of its columns (10.1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer


class CSVRenderer(BaseRenderer):
    """Chosen by `?format=csv` or by `Accept: text/csv`."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        if data is None:
            return b""
        found = data.get("results", [data]) if isinstance(data, Mapping) else data
        rows = [dict(flat(row)) for row in found]
        columns = list(dict.fromkeys(column for row in rows for column in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """`{"a": {"b": 1}, "c": [2]}` -> `a.b` 1, `c.0` 2."""
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and value:
        for number, each in enumerate(value):
            yield from flat(each, f"{name}.{number}" if name else str(number))
    elif isinstance(value, Mapping | list | tuple):
        yield name or "value", ""
    else:
        yield name or "value", value
