"""The functions of HogQL that the sandbox knows, each as DuckDB writes it; any other is refused by its name.

Each raises HogQLError for arguments that it does not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from pulumi_posthog.sandbox.hogql.terms import (
    CLICKHOUSE,
    ISO,
    NUMBERS,
    TIMES,
    Kind,
    Term,
    as_string,
    literal,
    made_of,
    moment,
    together,
    truth,
    yes_or_no,
)
from pulumi_posthog.sandbox.hogql.text import HogQLError, not_understood

DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Around:
    """What the same query may mean elsewhere: when it is asked, and on which day a week begins."""

    now: Term
    week_begins_on_monday: bool


Build = Callable[[Sequence[Term], Around], Term]


@dataclass(frozen=True)
class Function:
    """With so many arguments."""

    least: int
    most: int
    build: Build


def want(term: Term, name: str, *kinds: Kind) -> Term:
    """`term`, if it is of one of these kinds, or null; raises HogQLError, in ClickHouse's words, for any other."""
    term = as_string(term) if "JSON" not in kinds else term
    if term.kind not in kinds and term.kind != "Null":
        raise HogQLError(
            f"Illegal type {CLICKHOUSE[term.kind]} of argument of function {name}: "
            f"{' or '.join(CLICKHOUSE[each] for each in kinds)} is expected."
        )
    return term


def simple(name: str, sql: str, takes: Sequence[Kind], gives: Kind) -> Function:
    """One argument in, one value out."""

    def build(terms: Sequence[Term], _around: Around) -> Term:
        term = want(terms[0], name, *takes)
        return made_of(sql.format(term.sql), gives, term)

    return Function(1, 1, build)


def of_text(name: str, sql: str) -> Function:
    """Two texts in, an answer out."""

    def build(terms: Sequence[Term], _around: Around) -> Term:
        one, other = (want(each, name, "String") for each in terms)
        return yes_or_no(sql.format(one.sql, other.sql), one, other)

    return Function(2, 2, build)


# Times.


def now(_terms: Sequence[Term], around: Around) -> Term:
    return around.now


def day(offset: int) -> Build:
    def build(_terms: Sequence[Term], around: Around) -> Term:
        return around.now.of(f"(CAST({around.now.sql} AS DATE) + {offset})", "Date")

    return build


def to_date(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "toDate", "String", *TIMES)
    if term.kind == "String":
        return read(term, "[0-9]{4}-[0-9]{2}-[0-9]{2}", "Date")
    return made_of(f"CAST({term.sql} AS DATE)", "Date", term)


def to_date_time(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "toDateTime", "String", "Int", *TIMES)
    if term.kind == "String":
        return read(term, ISO, "DateTime")
    if term.kind == "Int":
        return made_of(f"to_timestamp({term.sql})", "DateTime", term)
    return moment(term)


def read(term: Term, pattern: str, kind: Kind) -> Term:
    """A time from a text. PostHog reads more ways of writing than this: those end the query."""
    to = {"Date": "DATE", "DateTime": "TIMESTAMPTZ"}[kind]
    sql = (
        f"CASE WHEN {term.sql} IS NULL THEN NULL "
        f"WHEN regexp_full_match({term.sql}, {literal(pattern)}) THEN TRY_CAST({term.sql} AS {to}) "
        f"ELSE error('The sandbox cannot read a text as a time. (PostHog may.)') END"
    )
    return made_of(sql, kind, term, nullable=True)


def start_of(unit: str, gives: Kind) -> Build:
    def build(terms: Sequence[Term], around: Around) -> Term:
        term = moment(want(terms[0], f"toStartOf{unit.title()}", *TIMES))
        sql = f"date_trunc('{unit}', {term.sql})"
        if unit == "week" and not around.week_begins_on_monday:
            sql = f"(date_trunc('week', {term.sql} + INTERVAL 1 DAY) - INTERVAL 1 DAY)"
        return made_of(f"CAST({sql} AS DATE)" if gives == "Date" else sql, gives, term)

    return build


def start_of_minutes(minutes: int) -> Build:
    def build(terms: Sequence[Term], _around: Around) -> Term:
        term = moment(want(terms[0], "toStartOfMinutes", *TIMES))
        return made_of(f"time_bucket(INTERVAL {minutes} MINUTE, {term.sql})", "DateTime", term)

    return build


def unit_of(term: Term, name: str) -> str:
    """The unit that the first argument of function `name` says; raises HogQLError for what is none."""
    unit = (term.text or "").lower()
    if unit not in UNITS:
        raise HogQLError(f"{name} takes a unit first: {', '.join(UNITS)}.")
    return unit


def date_trunc(terms: Sequence[Term], around: Around) -> Term:
    unit = unit_of(terms[0], "dateTrunc")
    if unit == "week":
        raise not_understood("dateTrunc by week; toStartOfWeek works")
    gives: Kind = "Date" if unit in {"month", "quarter", "year"} else "DateTime"
    return start_of(unit, gives)(terms[1:], around)


def date_diff(terms: Sequence[Term], _around: Around) -> Term:
    """How many borders of the unit are between them, as in ClickHouse."""
    unit = unit_of(terms[0], "dateDiff")
    if unit == "week":
        raise not_understood("dateDiff by week")
    one, other = (moment(want(each, "dateDiff", *TIMES)) for each in terms[1:])
    return made_of(f"date_diff('{unit}', {one.sql}, {other.sql})", "Int", one, other)


def interval(unit: str) -> Build:
    def build(terms: Sequence[Term], _around: Around) -> Term:
        return interval_of(want(terms[0], f"toInterval{unit.title()}", "Int"), unit)

    return build


def interval_of(count: Term, unit: str) -> Term:
    """So many of a unit."""
    if unit not in UNITS:
        raise not_understood(f"the interval's unit {unit}")
    factor, base = {"week": (7, "days"), "quarter": (3, "months")}.get(unit, (1, f"{unit}s"))
    amount = f"CAST({count.sql} AS INTEGER)" if base in {"days", "months", "years"} else count.sql
    return Term(f"to_{base}({amount} * {factor})", "Interval", count.nullable, count.aggregate, unit=unit)


def shifted(term: Term, by: Term, sign: str) -> Term:
    """A moment or a day, and an interval; a day stays one unless hours are added."""
    if term.kind == "Date" and by.unit in {"day", "week", "month", "quarter", "year"}:
        return made_of(f"CAST(({term.sql} {sign} {by.sql}) AS DATE)", "Date", term, by)
    return made_of(f"({moment(term).sql} {sign} {by.sql})", "DateTime", term, by)


def shift(name: str, unit: str | None, sign: str) -> Function:
    """`addDays(x, n)`, or `dateAdd('day', n, x)` where the unit is an argument."""

    def build(terms: Sequence[Term], _around: Around) -> Term:
        if unit is None:
            which, count, term = unit_of(terms[0], name), terms[1], terms[2]
        else:
            which, term, count = unit, terms[0], terms[1]
        by = interval_of(want(count, name, "Int"), which)
        return shifted(want(term, name, *TIMES), by, sign)

    return Function(2 if unit else 3, 2 if unit else 3, build)


def part_of(name: str, part: str) -> Function:
    return simple(name, f"date_part('{part}', {{}})", TIMES, "Int")


# Conversions: null where it cannot be done (`accurateCastOrNull`).


def to_int(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "toInt", "String", "Bool", "Date", *NUMBERS)
    if term.kind == "String":
        sql = (
            f"CASE WHEN regexp_full_match({term.sql}, '[+-]?[0-9]+') THEN TRY_CAST({term.sql} AS BIGINT) END"
        )
        return made_of(sql, "Int", term, nullable=True)
    if term.kind == "Float":
        sql = f"CASE WHEN {term.sql} = trunc({term.sql}) THEN TRY_CAST({term.sql} AS BIGINT) END"
        return made_of(sql, "Int", term, nullable=True)
    if term.kind == "Date":
        return made_of(f"({term.sql} - DATE '1970-01-01')", "Int", term)
    return made_of(f"CAST({term.sql} AS BIGINT)", "Int", term)


def to_float(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "toFloat", "String", "Bool", *NUMBERS)
    if term.kind == "Bool":
        return made_of(f"CAST(CAST({term.sql} AS INTEGER) AS DOUBLE)", "Float", term)
    if term.kind == "String":
        sql = f"CASE WHEN regexp_full_match({term.sql}, {literal(DECIMAL)}) THEN TRY_CAST({term.sql} AS DOUBLE) END"
        return made_of(sql, "Float", term, nullable=True)
    return made_of(f"CAST({term.sql} AS DOUBLE)", "Float", term)


def to_string(terms: Sequence[Term], _around: Around) -> Term:
    term = as_string(terms[0])
    if term.kind in {"DateTime", "Interval", "Array", "Bool"}:
        raise not_understood(f"toString of {CLICKHOUSE[term.kind]}")
    if term.kind == "Float":
        sql = (
            f"CASE WHEN {term.sql} = trunc({term.sql}) AND abs({term.sql}) < 1e15 "
            f"THEN CAST(CAST({term.sql} AS BIGINT) AS VARCHAR) ELSE CAST({term.sql} AS VARCHAR) END"
        )
        return made_of(sql, "String", term)
    return made_of(f"CAST({term.sql} AS VARCHAR)", "String", term)


def to_uuid(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "toUUID", "String", "UUID")
    return made_of(f"TRY_CAST({term.sql} AS UUID)", "UUID", term, nullable=True)


# Texts.


def concat(terms: Sequence[Term], _around: Around) -> Term:
    texts = [want(each, "concat", "String") for each in terms]
    return made_of("(" + " || ".join(each.sql for each in texts) + ")", "String", *texts)


def replace_all(terms: Sequence[Term], _around: Around) -> Term:
    texts = [want(each, "replaceAll", "String") for each in terms]
    return made_of(f"replace({', '.join(each.sql for each in texts)})", "String", *texts)


def match(terms: Sequence[Term], _around: Around) -> Term:
    text, pattern = (want(each, "match", "String") for each in terms)
    # A dot meets the end of a line, too.
    return yes_or_no(f"regexp_matches({text.sql}, {pattern.sql}, 's')", text, pattern)


def json_pointer(terms: Sequence[Term]) -> str:
    """`/a/b` for the keys 'a', 'b'."""
    keys = []
    for term in terms:
        if term.text is None:
            raise not_understood("a key of JSON that is not a text")
        keys.append(term.text)
    return literal(pointer(keys))


def pointer(keys: Sequence[str]) -> str:
    """The path of keys as JSON pointers have it; raises HogQLError for a place in a list."""
    for key in keys:
        if key.isdigit():
            raise not_understood("a place in a JSON list")
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def json_string(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "JSONExtractString", "JSON")
    path = json_pointer(terms[1:])
    sql = (
        f"CASE WHEN json_type({term.sql}, {path}) = 'VARCHAR' "
        f"THEN json_extract_string({term.sql}, {path}) ELSE '' END"
    )
    return made_of(sql, "String", term, nullable=False)


def json_has(terms: Sequence[Term], _around: Around) -> Term:
    term = want(terms[0], "JSONHas", "JSON")
    return yes_or_no(f"json_exists({term.sql}, {json_pointer(terms[1:])})", term)


# Choices.


def if_else(terms: Sequence[Term], _around: Around) -> Term:
    """`if(condition, then, else)`, and `multiIf` with any number of pairs before the else."""
    if len(terms) % 2 == 0:
        raise HogQLError("multiIf takes pairs of a condition and a value, and a value for all other cases.")
    conditions = [truth(each) for each in terms[:-1:2]]
    values = alike([*terms[1:-1:2], terms[-1]])
    cases = " ".join(
        f"WHEN {condition.sql} THEN {value.sql}"
        for condition, value in zip(conditions, values[:-1], strict=True)
    )
    made = made_of(f"CASE {cases} ELSE {values[-1].sql} END", kind_of(values), *values)
    return made_of(made.sql, made.kind, made, *conditions, nullable=made.nullable)


def alike(terms: Sequence[Term]) -> list[Term]:
    """All of one type."""
    found = [as_string(each) for each in terms]
    for place in range(1, len(found)):
        found[0], found[place] = together(found[0], found[place])
    return [together(each, found[0])[0] for each in found]


def kind_of(terms: Sequence[Term]) -> Kind:
    """The kind that terms have in common; two kinds of numbers make a Float."""
    kinds = {each.kind for each in terms} - {"Null"}
    if kinds == set(NUMBERS):
        return "Float"
    return next(iter(kinds)) if kinds else "Null"


def coalesce(terms: Sequence[Term], _around: Around) -> Term:
    values = alike(terms)
    nullable = all(each.nullable or each.kind == "Null" for each in values)
    sql = f"coalesce({', '.join(each.sql for each in values)})"
    return made_of(sql, kind_of(values), *values, nullable=nullable)


def null_if(terms: Sequence[Term], _around: Around) -> Term:
    one, other = together(terms[0], terms[1])
    return made_of(f"nullif({one.sql}, {other.sql})", one.kind, one, other, nullable=True)


def is_null(negate: str) -> Build:
    def build(terms: Sequence[Term], _around: Around) -> Term:
        return yes_or_no(f"({terms[0].sql} IS {negate}NULL)", terms[0], nullable=False)

    return build


def extreme(name: str) -> Build:
    def build(terms: Sequence[Term], _around: Around) -> Term:
        values = alike(terms)
        if any(each.nullable for each in values):
            raise not_understood(f"{name} of what can be null")
        return made_of(f"{name}({', '.join(each.sql for each in values)})", kind_of(values), *values)

    return build


def rounded(terms: Sequence[Term], _around: Around) -> Term:
    """Halves go to the even neighbour, as in ClickHouse."""
    term = want(terms[0], "round", *NUMBERS)
    places = want(terms[1], "round", "Int").sql if len(terms) > 1 else "0"
    return made_of(f"round_even({term.sql}, CAST({places} AS INTEGER))", term.kind, term)


def empty(negate: str) -> Build:
    def build(terms: Sequence[Term], _around: Around) -> Term:
        term = want(terms[0], "empty", "String")
        return yes_or_no(f"({negate}(coalesce({term.sql}, '') = ''))", term, nullable=False)

    return build


STARTS: Mapping[str, Kind] = {
    "minute": "DateTime",
    "hour": "DateTime",
    "day": "DateTime",
    "week": "Date",
    "month": "Date",
    "quarter": "Date",
    "year": "Date",
}
"""What the beginning of such a time is."""

FUNCTIONS: Mapping[str, Function] = {
    "now": Function(0, 0, now),
    "today": Function(0, 0, day(0)),
    "yesterday": Function(0, 0, day(-1)),
    "toDate": Function(1, 1, to_date),
    "toDateTime": Function(1, 1, to_date_time),
    **{f"toStartOf{unit.title()}": Function(1, 1, start_of(unit, gives)) for unit, gives in STARTS.items()},
    "toStartOfFiveMinutes": Function(1, 1, start_of_minutes(5)),
    "toStartOfFifteenMinutes": Function(1, 1, start_of_minutes(15)),
    **dict.fromkeys(("dateTrunc", "date_trunc"), Function(2, 2, date_trunc)),
    **dict.fromkeys(("dateDiff", "date_diff"), Function(3, 3, date_diff)),
    **{f"toInterval{unit.title()}": Function(1, 1, interval(unit)) for unit in UNITS},
    **{f"add{unit.title()}s": shift(f"add{unit.title()}s", unit, "+") for unit in UNITS},
    **{f"subtract{unit.title()}s": shift(f"subtract{unit.title()}s", unit, "-") for unit in UNITS},
    "dateAdd": shift("dateAdd", None, "+"),
    "dateSub": shift("dateSub", None, "-"),
    "toYear": part_of("toYear", "year"),
    "toMonth": part_of("toMonth", "month"),
    "toDayOfMonth": part_of("toDayOfMonth", "day"),
    "toDayOfWeek": part_of("toDayOfWeek", "isodow"),
    "toHour": part_of("toHour", "hour"),
    "toMinute": part_of("toMinute", "minute"),
    "toSecond": simple("toSecond", "CAST(floor(date_part('second', {})) AS BIGINT)", ("DateTime",), "Int"),
    "toUnixTimestamp": simple("toUnixTimestamp", "CAST(floor(epoch({})) AS BIGINT)", ("DateTime",), "Int"),
    "toInt": Function(1, 1, to_int),
    "toFloat": Function(1, 1, to_float),
    "toString": Function(1, 1, to_string),
    "toUUID": Function(1, 1, to_uuid),
    # Without UTF8 in their names only the letters of ASCII change.
    "lower": simple(
        "lower", f"translate({{}}, '{ascii_uppercase}', '{ascii_lowercase}')", ("String",), "String"
    ),
    "upper": simple(
        "upper", f"translate({{}}, '{ascii_lowercase}', '{ascii_uppercase}')", ("String",), "String"
    ),
    "lowerUTF8": simple("lowerUTF8", "lower({})", ("String",), "String"),
    "upperUTF8": simple("upperUTF8", "upper({})", ("String",), "String"),
    "trim": simple("trim", "trim({})", ("String",), "String"),
    "length": simple("length", "strlen({})", ("String",), "Int"),
    "lengthUTF8": simple("lengthUTF8", "length({})", ("String",), "Int"),
    "concat": Function(1, 100, concat),
    "replaceAll": Function(3, 3, replace_all),
    "startsWith": of_text("startsWith", "starts_with({}, {})"),
    "endsWith": of_text("endsWith", "ends_with({}, {})"),
    "match": Function(2, 2, match),
    "empty": Function(1, 1, empty("")),
    "notEmpty": Function(1, 1, empty("NOT ")),
    "JSONExtractString": Function(2, 20, json_string),
    "JSONHas": Function(2, 20, json_has),
    "abs": simple("abs", "abs({})", NUMBERS, "Float"),
    "floor": simple("floor", "floor({})", NUMBERS, "Float"),
    "ceil": simple("ceil", "ceil({})", NUMBERS, "Float"),
    "round": Function(1, 2, rounded),
    "greatest": Function(2, 20, extreme("greatest")),
    "least": Function(2, 20, extreme("least")),
    "if": Function(3, 3, if_else),
    "multiIf": Function(3, 99, if_else),
    "coalesce": Function(1, 20, coalesce),
    "ifNull": Function(2, 2, coalesce),
    "nullIf": Function(2, 2, null_if),
    "isNull": Function(1, 1, is_null("")),
    "isNotNull": Function(1, 1, is_null("NOT ")),
}
