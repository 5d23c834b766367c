"""Which tables a text of HogQL names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_posthog.values.sql import placeholders_in, tables_in


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("select * from a", {"a"}),
        (
            "SELECT 1 FROM a AS x LEFT JOIN `b c` y ON x.i = y.i, d WHERE e IN (select i from f, g)",
            set("adfg") | {"b c"},
        ),
        ("with a as (select 1 from b) select * from a, c", {"b", "c"}),
        ('select "x".y from "schema".t', {"schema.t"}),
        ("select 'from a', `from` -- from b\n/* from c */ from d", {"d"}),
        ("select * from numbers(3) n, (select 1 from a) s, b order by c, d", {"a", "b"}),
        ("select a from b union all select c, d from e", {"b", "e"}),
        ("select {variables.x} from $a._b1", {"$a._b1"}),
        ("", set()),
        ("from", set()),
        ("select 1 from 'unended", set()),
        ("select ) from a", {"a"}),
        ('select "" from a', {"a"}),
        ("select * from a array join b, c left join d", {"a", "d"}),
        ("select * from a left array join b as c where d in (select e from f)", {"a", "f"}),
        ('select 1 from a, "unended from b', {"a"}),
    ],
)
def test_a_table_is_what_stands_where_sql_names_one(text, tables):
    assert tables_in(text) == tables


def test_placeholders_are_what_stands_in_braces_outside_of_texts_and_comments():
    assert placeholders_in("select '{a}', {b.c}, -- {d}\n{e") == ("{b.c}", "{e")


@pytest.mark.parametrize("unit", ['\\"', "\\`", "\\'", "''", "{", "/*"])
def test_a_quote_that_nothing_closes_is_read_once(unit):
    text, before = f"{unit[-1]}{unit * 20_000}\\", time.process_time()

    tables_in(text)

    assert time.process_time() - before < 1  # with the square of the length, it is eight


@settings(deadline=None)  # a busy machine is no error
@given(st.text(alphabet="from join,()'\"`{}-/*.a \n", max_size=60))
def test_any_text_is_read_without_an_error(text):
    tables_in(text)
    placeholders_in(text)
