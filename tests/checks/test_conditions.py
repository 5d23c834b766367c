"""What a health check expects: the language, and what it says of an answer."""

import pytest

from pulumi_posthog.checks.condition import Answer, ConditionError, Mismatch, condition
from pulumi_posthog.values.duration import duration, seconds

ONE = Answer(("count()",), ((7,),))
COLUMNS = Answer(("errors", "total", "error rate"), ((4, 200, 0.02),))


def value(something):
    return Answer(("value",), ((something,),))


@pytest.mark.parametrize(
    "text",
    [
        "> 0",
        ">= 7",
        "< 7.5",
        "<= 7",
        "== 7",
        "!= 8",
        "between 7 and 9",
        "between -1.5e3 and 7",
        "> 0 and < 10",
        "  >0  ",
        "rows == 1",
        "rows between 1 and 3",
        "`count()` > 6",
    ],
)
def test_a_condition_that_holds_of_seven(text):
    assert condition(text).verdict(ONE).holds


@pytest.mark.parametrize(
    "text", ["> 7", "< 7", "== 0", "!= 7", "between 8 and 9", "> 0 and < 7", "rows == 0"]
)
def test_a_condition_that_does_not_hold_of_seven(text):
    assert not condition(text).verdict(ONE).holds


@pytest.mark.parametrize(
    ("text", "holds", "seen"),
    [
        ("errors < 5", True, "errors is 4"),
        ("errors < 5 and total > 1000", False, "errors is 4, total is 200"),
        ("`error rate` < 0.01", False, "error rate is 0.02"),
        ("errors > 1 and errors < 3", False, "errors is 4"),
    ],
)
def test_a_column_is_named(text, holds, seen):
    verdict = condition(text).verdict(COLUMNS)

    assert (verdict.holds, verdict.seen) == (holds, seen)


@pytest.mark.parametrize(
    ("something", "text", "holds"),
    [
        ("ok", "== 'ok'", True),
        ("ok", '!= "ok"', False),
        ("it's", '== "it\'s"', True),
        ("2026-11-21T10:00:00Z", "> '2026-11-20'", True),
        (None, "== null", True),
        (None, "!= null", False),
        (None, "> 0", False),
        (None, "< 1", False),
        (3, "!= null", True),
        (None, "== 'ok'", False),
        (True, "== true", True),
        (1, "== true", True),
        (0, "== true", False),
        (0, "== false", True),
        (True, "== 1", True),
        (2.5, "between 2 and 3", True),
    ],
)
def test_values_of_each_sort(something, text, holds):
    assert condition(text).verdict(value(something)).holds is holds


def test_what_was_seen_is_told_as_a_value_and_never_as_rows():
    rows = Answer(("email",), (("ana@acme.io",), ("bo@acme.io",)))

    assert condition("> 0").verdict(ONE).seen == "7"
    assert condition("== 'ok'").verdict(value("down")).seen == '"down"'
    assert condition("rows == 0").verdict(rows).seen == "2 rows"
    assert len(condition("== 'ok'").verdict(value("x" * 5000)).seen) < 110


def test_an_answer_without_rows_has_no_value_yet():
    nothing = Answer(("last_seen",), ())

    assert condition("> 0").verdict(nothing) == condition("== null").verdict(nothing)
    assert condition("> 0").verdict(nothing).holds is False
    assert condition("> 0").verdict(nothing).seen == "no row"
    assert condition("rows == 0").verdict(nothing).holds


@pytest.mark.parametrize(
    ("text", "answer", "problem", "hint"),
    [
        (
            "> 0",
            COLUMNS,
            "gives 3 columns (errors, total, error rate), and the condition names none",
            "`errors > 0`",
        ),
        ("eror < 5", COLUMNS, 'gives no column "eror"', 'did you mean "errors"?'),
        ("colour < 5", ONE, 'gives no column "colour"', "it gives: count()"),
        ("> 0", Answer(("a",), ((1,), (2,))), "gives 2 rows, and the condition is about one", "limit 1"),
        ("> 0", value("many"), "the value is a text, and the condition compares it with 0", "toFloat"),
        ("== 'ok'", value(5), 'the value is a number, and the condition compares it with "ok"', "toString"),
        ("== true", value("yes"), "the value is a text, and the condition compares it with true", "type"),
        ("> 0", value([1, 2]), "the value is a list", "type"),
        ("> 0", value({"a": 1}), "the value is a mapping", "type"),
        ("> 0", Answer((), ()), "gives 0 columns", "one"),
    ],
)
def test_an_answer_of_another_form_is_no_result(text, answer, problem, hint):
    with pytest.raises(Mismatch) as caught:
        condition(text).verdict(answer)

    assert problem in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("", "is empty", "> 0"),
        ("0", "has no operator", "write == 0"),
        ("= 0", 'has no operator "="', "write =="),
        ("<> 0", 'has no operator "<>"', "write !="),
        ("> ok", 'has "ok" where a value is expected', "'ok'"),
        ("> 5x", 'has "5x" where a value is expected', "a condition is"),
        ("> 0 or < -1", 'has "or" where it should end', "`and` only"),
        ("> 0 and", "ends where an operator is expected", "a condition is"),
        ("> null", "null is neither more nor less", "== or !="),
        ("between 5", 'ends where "and" is expected', "a condition is"),
        ("between 5 to 6", 'has "to" where "and" is expected', "between 10 and 20"),
        ("between 5 and 1", "nothing is between 5 and 1", "smaller one first"),
        ("between 5 and 'x'", "nothing is between", "two numbers"),
        ("rows > 'x'", 'compares the number of rows with "x"', "rows > 0"),
        ("error rate < 1", 'has "rate" where an operator is expected', "`error rate`"),
        ("count() > 1", 'has "()" where an operator is expected', "a condition is"),
    ],
)
def test_a_text_that_is_no_condition_says_what_to_write(text, problem, hint):
    with pytest.raises(ConditionError) as caught:
        condition(text)

    assert problem in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "number"), [("90s", 90), ("10m", 600), ("1h", 3600), ("1h30m", 5400), ("1h5s", 3605), ("0s", 0)]
)
def test_durations_there_and_back(text, number):
    assert seconds(text) == number
    assert seconds(duration(number)) == number


@pytest.mark.parametrize("text", ["", "10", "m", "-5m", "5 m", "5m\n", "30m1h", "1d", "1.5h"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="is not a duration such as 90s, 10m or 1h"):
        seconds(text)
