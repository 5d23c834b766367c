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
        ("select * from (a)", {"a"}),
        ("select * from ((`a b`)) as x, (c), d", {"a b", "c", "d"}),
        (
            "select * from (-- not z\n a x left join (b) y on x.i = y.i, c) s join (/* z */ d) on 1",
            set("abcd"),
        ),
        ("select * from (select i, z from a), b where c in (z, y)", {"a", "b"}),
        ("select * from ((select 1 from a) union all (select z, y from (b)))", {"a", "b"}),
        ("select * from (with x as (select 1 from a) select * from x, b)", {"a", "b"}),
        ("with a as (select 1 from a) select * from a", {"a"}),
        ("with x as (select 1 from a), y as (select 1 from (x), b) select * from y", {"a", "b"}),
        ("select * from (with a as (select 1 from b) select * from a) join a on 1", {"a", "b"}),
        ("with recursive a as (select 1 union all select * from a) select * from a, b", {"b"}),
        ("with `a` as materialized (select 1 from b) select * from a", {"b"}),
        ("with a (i, j) as (select 1, 2 from b) select * from a", {"b"}),
        ("with (select 1 from a) as x, 2 as y select x, y from b", {"a", "b"}),
        ("select extract(day from z), trim(both y from z), i is distinct from z, y from a", {"a"}),
        ("select sum(i) over w from a window w as (order by z, y), w as (order by z)", {"a"}),
        ("select * from a qualify z, y", {"a"}),
        ("select * from a(z), (f(y)), b", {"b"}),
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
