"""HogQL in the sandbox: right, or refused; never a wrong number."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.table import API, POST

QUERY = "/api/projects/{project}/query/"
HOUR = 3600


@pytest.fixture
def data(api: API) -> API:
    """Six events of three persons, one of them gone; nothing else."""
    from pulumi_posthog.sandbox.families.event_store import Event, Ingestion, Person

    Ingestion.objects.all().delete()
    Event.objects.all().delete()
    Person.objects.all().delete()
    api.send(
        POST(
            "/_sandbox/persons",
            {
                "persons": [
                    {"distinct_ids": ["zoe", "z2"], "properties": {"email": "zoe@example.com", "age": 30}},
                    {"distinct_ids": ["yan"], "properties": {"email": "yan@example.com", "age": 3}},
                ]
            },
        )
    )
    events = [
        ("page", "zoe", 1, {"$browser": "Chrome", "amount": 10, "paid": True}),
        ("page", "z2", 2, {"$browser": "Firefox", "amount": 20, "paid": False}),
        ("page", "yan", 3, {"$browser": None, "amount": 30.5}),
        ("order", "zoe", 26, {"mixed": "7", "deep": {"er": "x"}, "a/b~c": "odd"}),
        ("order", "yan", 50, {"mixed": 7}),
        ("order", "who", 80, {}),
    ]
    api.send(
        POST(
            "/_sandbox/events",
            {
                "events": [
                    {
                        "event": name,
                        "distinct_id": distinct_id,
                        "seconds_ago": hours * HOUR,
                        "properties": properties,
                    }
                    for name, distinct_id, hours, properties in events
                ]
            },
        )
    )
    return api


def answer(api: API, query: str, **values: Any) -> Any:
    found = api.send(POST(QUERY, {"query": {"kind": "HogQLQuery", "query": query, "values": values}}))
    assert found.status == 200, found.body
    return found.body


RIGHT = {
    # Counting.
    "select count() from events": [[6]],
    "select count(*) from events": [[6]],
    "select count(properties.amount) from events": [[3]],
    "select count(distinct event), uniq(distinct_id), uniqExact(person_id) from events": [[2, 4, 2]],
    "select countIf(event = 'page'), uniqIf(distinct_id, event = 'order') from events": [[3, 3]],
    "select event, count() from events group by event order by event": [["order", 3], ["page", 3]],
    "select event as e, count() as c from events group by e having c > 2 order by e desc limit 1": [
        ["page", 3]
    ],
    "select event, count() from events group by 1 order by 2, 1": [["order", 3], ["page", 3]],
    # When.
    "select count() from events where timestamp > now() - interval 1 day": [[3]],
    "select count() from events where timestamp > now() - toIntervalHour(27)": [[4]],
    "select count() from events where timestamp >= subtractDays(now(), 3)": [[5]],
    "select count() from events where timestamp > dateSub('hour', 27, now())": [[4]],
    "select count() from events where timestamp > '2020-01-01' and timestamp < now()": [[6]],
    "select dateDiff('minute', max(timestamp), now()) >= 60 from events": [[1]],
    "select toDate('2026-03-01') - 1, addMonths(toDate('2026-01-31'), 1)": [["2026-02-28", "2026-02-28"]],
    "select toStartOfHour(toDateTime('2026-03-01 10:59:00'))": [["2026-03-01T10:00:00Z"]],
    "select toStartOfFifteenMinutes(toDateTime('2026-03-01 10:59:00'))": [["2026-03-01T10:45:00Z"]],
    "select toStartOfWeek(toDate('2026-03-04')), toStartOfMonth(toDate('2026-03-04'))": [
        ["2026-03-01", "2026-03-01"]
    ],
    "select dateDiff('hour', toDateTime('2026-03-01 10:59:00'), toDateTime('2026-03-01 11:01:00'))": [[1]],
    "select toHour(toDateTime('2026-03-01 10:59:00')), toDayOfWeek(toDate('2026-03-01'))": [[10, 7]],
    "select toUnixTimestamp(toDateTime('1970-01-02 00:00:00'))": [[86400]],
    "select toDateTime(properties.nope) from events limit 1": [[None]],
    # Without rows an aggregate is its type's default, as in ClickHouse, or null where it could be.
    "select max(timestamp), min(event), count(), sum(1) from events where event = 'none'": [
        ["1970-01-01T00:00:00Z", "", 0, 0]
    ],
    "select sum(properties.amount), max(properties.amount) from events where event = 'none'": [[None, None]],
    # Properties.
    "select sum(properties.amount), avg(properties.amount), max(properties.amount) from events": [
        [60.5, 60.5 / 3, 30.5]
    ],
    "select count() from events where properties.amount > 15": [[2]],
    "select count() from events where properties.paid": [[1]],
    "select properties.$browser from events where distinct_id = 'zoe' and event = 'page'": [["Chrome"]],
    "select properties['$browser'] as b from events where b = 'Firefox'": [["Firefox"]],
    "select properties.deep.er, properties['a/b~c'] from events where properties.deep.er = 'x'": [
        ["x", "odd"]
    ],
    "select count() from events where properties.mixed = '7'": [[2]],
    "select JSONExtractString(properties, 'deep', 'er'), JSONHas(properties, 'deep') from events "
    "where event = 'order' and distinct_id = 'zoe'": [["x", 1]],
    "select quantile(0.5)(properties.amount), median(properties.amount) from events": [[20.0, 20.0]],
    # Null is compared as HogQL does.
    "select count() from events where properties.$browser = 'Chrome'": [[1]],
    "select count() from events where properties.$browser != 'Chrome'": [[5]],
    "select count() from events where not (properties.$browser = 'Chrome')": [[5]],
    "select count() from events where properties.$browser is null": [[4]],
    "select count() from events where properties.$browser = null": [[4]],
    "select count() from events where properties.$browser not in ('Chrome')": [[5]],
    "select count() from events where properties.$browser not like 'Chr%'": [[5]],
    "select count() from events where properties.amount < 1000": [[3]],
    "select count() from events where properties.nope = properties.neither": [[6]],
    # Persons.
    "select count() from persons": [[2]],
    "select person.properties.email, count() from events group by 1 order by 1": [
        ["yan@example.com", 2],
        ["zoe@example.com", 3],
        [None, 1],
    ],
    "select count() from events where person.properties.age > 10": [[3]],
    "select p.properties.email from events e join persons p on e.person_id = p.id where e.event = 'page' "
    "order by e.timestamp limit 1": [["yan@example.com"]],
    "select count() from events e join persons p on e.person_id = p.id and p.properties.age < 10": [[2]],
    "select count() from events where person_id in (select id from persons where properties.age < 10)": [[2]],
    "select count() from events where person_id not in (select id from persons)": [[1]],
    # Subqueries and names.
    "with pages as (select distinct_id as d from events where event = 'page') select count() from pages": [
        [3]
    ],
    "select max(n) from (select event, count() as n from events group by event)": [[3]],
    "select count() from (select distinct event from events)": [[2]],
    "select argMax(distinct_id, timestamp), argMin(distinct_id, timestamp) from events": [["zoe", "who"]],
    # Calculating.
    "select 7 / 2, 7 % 3, 1 + 2 * 3, -1, 2 > 1, 1 = 2, true": [[3.5, 1, 7, -1, 1, 0, True]],
    "select round(2.5), round(3.14159, 2), abs(-3), floor(2.7), ceil(2.1)": [[2.0, 3.14, 3, 2.0, 3.0]],
    "select toInt('12'), toInt('1.5'), toFloat('1.5'), toFloat('x'), toString(1.0), toString(12)": [
        [12, None, 1.5, None, "1", "12"]
    ],
    "select if(1 > 2, 'a', 'b'), multiIf(1 > 2, 'a', 2 > 1, 'b', 'c'), case when 1 > 2 then 1 else 2 end": [
        ["b", "b", 2]
    ],
    "select coalesce(null, 'a'), ifNull(properties.nope, 'none'), nullIf('a', 'a') from events limit 1": [
        ["a", "none", None]
    ],
    "select lowerUTF8('Ä'), upperUTF8('ä'), toFloat(' 1'), 2147483647 + 1": [["ä", "Ä", None, 2147483648]],
    "select lower('AbC'), upper('ä'), length('ä'), lengthUTF8('ä'), concat('a', 'b'), 'a' || 'b'": [
        ["abc", "ä", 2, 1, "ab", "ab"]
    ],
    r"select 'a_b' like 'a\\_b', 'axb' like 'a\\_b', 'ABC' ilike 'a%'": [[1, 0, 1]],
    "select startsWith('abc', 'ab'), endsWith('abc', 'ab'), match('abc', '^a.c$')": [[1, 0, 1]],
    "select 'it''s', 'it\\'s', '`$no`', '-- no comment' -- a comment": [
        ["it's", "it's", "`$no`", "-- no comment"]
    ],
    "select 3 between 1 and 3, 2 in (1, 2), 2 not in (1, 2), equals(1, 1), and(1 = 1, 2 = 1)": [
        [1, 1, 0, 1, 0]
    ],
}


@pytest.mark.parametrize("query", RIGHT)
def test_it_is_right(data: API, query: str) -> None:
    assert answer(data, query)["results"] == RIGHT[query]


REFUSED = (
    # Another language's, or more than is read here.
    "select 1; select 2",
    "drop table events",
    "insert into events values (1)",
    "select event from events union all select event from events",
    "select count() from events sample 0.1",
    "select count() from events final",
    "select count() from events prewhere event = 'page'",
    "select count() from events settings max_threads = 1",
    "select count() from events format JSON",
    "select event from events limit 1 by event",
    "select event, count() from events group by event with totals",
    "select row_number() over (order by event) from events",
    "select arrayMap(x -> x + 1, [1])",
    "select * except(event) from events",
    "select count() from events cross join persons",
    "select count() from events, persons",
    "select event from events order by event with fill",
    "select [1, 2]",
    "select event from events limit 1 + 1",
    # Nothing outside the two tables.
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_text('/etc/passwd')",
    "select * from file('/etc/passwd')",
    "select * from url('http://127.0.0.1/')",
    "select * from duckdb_settings()",
    "select * from information_schema.tables",
    "select * from system.tables",
    "select * from posthog_events",
    'select * from "posthog_events"',
    "select getenv('HOME')",
    "select current_setting('memory_limit')",
    "select sleep(3)",
    "select query('select 1')",
    # What ClickHouse refuses, too.
    "select",
    "select from events",
    "select nowhere from events",
    "select count() from nowhere",
    "select e.event from events",
    "select event.x from events",
    "select properties.$browser > 5 from events",
    "select 'a' + 1",
    "select event from events where count() > 1",
    "select count(count()) from events",
    "select event, count() from events",
    "select id from events e join persons p on e.person_id = p.id where created_at > now()",
    "select count() from events where timestamp > 'yesterday'",
    "select dateDiff('fortnight', now(), now())",
    "select toDate()",
    "select {missing}",
    "select event from events group by 7",
    # What would be right only sometimes.
    "select count() as event from events where event = 'page'",
    "select toString(timestamp) from events",
    "select toString(1 = 1)",
    "select toDateTime('1 March 2026')",
    "select toDate('2026-03-01T20:00:00Z')",
    "select count() from events where timestamp > 'infinity'",
    "select now() - 3600",
    "select 5 % 0",
    "select 99999999999999999999",
    "select count() from events e left join persons p on e.person_id = p.id",
    "select count() from events where person_id in (select person_id from events)",
    "select properties.list.1 from events",
    "select now() - timestamp from events",
    "select sum(9223372036854775807 * 2)",
)


@pytest.mark.parametrize("query", REFUSED)
def test_or_it_is_refused_in_the_envelope(data: API, query: str) -> None:
    found = data.send(POST(QUERY, {"query": {"kind": "HogQLQuery", "query": query}}))

    assert found.error == (400, "validation_error", "invalid_input", None), found.body
    assert found.body["detail"]


def test_a_refusal_says_what_is_not_understood(api: API) -> None:
    query = {"kind": "HogQLQuery", "query": "select topK(3)(event) from events"}

    found = api.send(POST(QUERY, {"query": query})).body

    assert found["detail"] == "The sandbox does not understand the function topK. (PostHog may.)"


def test_values_take_the_place_of_their_names(data: API) -> None:
    query = "select count() from events where event = {name} and properties.amount > {least}"

    assert answer(data, query, name="page", least=15)["results"] == [[2]]
    assert answer(data, "select {text}", text="it's {name} \\ `x`")["results"] == [["it's {name} \\ `x`"]]
    assert answer(data, "select count() from events where event in {names}", names=["page"])["results"] == [
        [3]
    ]


def test_a_hundred_rows_unless_more_are_asked_for(api: API) -> None:
    few = answer(api, "select event from events")
    more = answer(api, "select event from events order by timestamp limit 120 offset 5")

    assert (len(few["results"]), few["limit"], few["hasMore"]) == (100, 100, True)
    assert (len(more["results"]), more["limit"], more["offset"], more["hasMore"]) == (120, 120, 5, True)


def test_days_begin_where_the_project_is(data: API) -> None:
    from sandbox.table import PATCH

    data.send(PATCH("/api/projects/{project}/", {"timezone": "Asia/Tokyo", "week_start_day": 1}))

    found = answer(
        data,
        "select toDate(toDateTime('2026-03-01T20:00:00Z')), toDateTime('2026-03-01T20:00:00Z'), "
        "toStartOfWeek(toDate('2026-03-04'))",
    )

    assert found["results"] == [["2026-03-02", "2026-03-02T05:00:00+09:00", "2026-03-02"]]
    assert found["timezone"] == "Asia/Tokyo"


def test_columns_are_called_as_posthog_calls_them(data: API) -> None:
    found = answer(
        data,
        "select event, properties.$browser, count() as n, toDate(timestamp) from events group by 1, 2, 4",
    )

    assert found["columns"] == ["event", "$browser", "n", "toDate(timestamp)"]
    assert found["types"] == [
        ["event", "String"],
        ["$browser", "Nullable(String)"],
        ["n", "Int64"],
        ["toDate(timestamp)", "Date"],
    ]


def test_a_query_that_never_ends_is_ended(api: API) -> None:
    from sandbox.steps import switched

    switched(query_timeout_seconds=0.3)(api)
    crossed = " join ".join(f"events e{number} on 1 = 1" if number else "events e0" for number in range(6))
    query = {"kind": "HogQLQuery", "query": f"select count() from {crossed}"}  # noqa: S608

    assert api.send(POST(QUERY, {"query": query})).status == 504


def test_another_project_is_out_of_reach(data: API) -> None:
    other = data.send(POST("/api/organizations/{org}/projects/", {"name": "Second"})).body["id"]
    query = {"kind": "HogQLQuery", "query": "select count() from events"}

    assert data.send(POST(f"/api/projects/{other}/query/", {"query": query})).body["results"] == [[0]]
    assert answer(data, "select count() from events")["results"] == [[6]]


TOKENS = [
    "select",
    "from",
    "events",
    "persons",
    "where",
    "group",
    "by",
    "order",
    "having",
    "limit",
    "distinct",
    "as",
    "and",
    "or",
    "not",
    "in",
    "like",
    "is",
    "null",
    "case",
    "when",
    "then",
    "else",
    "end",
    "join",
    "on",
    "count()",
    "now()",
    "interval",
    "1",
    "hour",
    "properties",
    "properties.$browser",
    "timestamp",
    "event",
    "(",
    ")",
    ",",
    ".",
    "*",
    "-",
    "/",
    "%",
    "=",
    "!=",
    "<",
    ">=",
    "||",
    "'page'",
    "'day'",
    "2",
    "3.5",
    "true",
    "e",
    "{",
    "}",
    "?",
    ":",
    "[",
    "]",
    "::",
    "cast",
    ";",
    "--",
    "/*",
    "*/",
    "`",
    '"',
    "'",
    "$",
    "\\",
    "settings",
    "over",
    "union",
    "all",
]


def test_no_text_makes_it_fall_over(data: API) -> None:
    import random

    chance = random.Random(20)
    for _ in range(150):
        query = "select " + " ".join(chance.choice(TOKENS) for _ in range(chance.randint(1, 12)))
        found = data.send(POST(QUERY, {"query": {"kind": "HogQLQuery", "query": query}}))

        assert found.status in {200, 400}, query
        assert found.status == 200 or found.body["code"] == "invalid_input", query


@pytest.mark.parametrize(
    "query",
    [
        "select " + "(" * 5000 + "1" + ")" * 5000,
        "select " + "not " * 5000 + "true",
        "select " + "1 + " * 5000 + "1",
        "select '" + "x" * 1_000_000 + "' like '%y'",
        "select '\x00'",
        "select `\x00` from events",
        "with a as (select * from a) select * from a",
        "with a as (select * from b), b as (select * from a) select * from a",
        "select a as b, b as a",
        "",
        ";",
        "'",
    ],
    ids=range(12),
)
def test_nor_does_a_malicious_one(data: API, query: str) -> None:
    found = data.send(POST(QUERY, {"query": {"kind": "HogQLQuery", "query": query}}))

    assert found.status in {200, 400}
