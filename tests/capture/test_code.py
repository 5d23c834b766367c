"""Declared events -> code: whole modules, and names that no language would take."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_posthog.capture.declared import Event, Property
from pulumi_posthog.capture.names import identifiers
from pulumi_posthog.capture.python import python
from pulumi_posthog.capture.typescript import typescript

SIGNED_UP = Event(
    name="user_signed_up",
    project="Web",
    doc="Account created",
    properties=(
        Property(name="plan", type="String", required=True, doc="Key of the plan"),
        Property(name="seats", type="Numeric", required=False),
    ),
)
SEEN = Event(name="order seen", project="Web", hidden=True)


def test_typescript_has_an_interface_and_a_function_for_each_event():
    _, _, code = typescript([SIGNED_UP, SEEN], "posthog.yaml").partition("never>;\n\n")

    assert (
        code
        == """\
/** The properties of "user_signed_up". */
export interface EventUserSignedUp {
  /** Key of the plan */
  "plan": string;
  "seats"?: number;
}

/** Account created */
export function captureUserSignedUp<Given extends EventUserSignedUp>(
  client: Client,
  properties: Exactly<EventUserSignedUp, Given>,
): void {
  client.capture("user_signed_up", { ...properties });
}

/**
 * Captures "order seen".
 * @deprecated It is hidden in PostHog.
 */
export function captureOrderSeen(client: Client): void {
  client.capture("order seen");
}
"""
    )


def test_python_has_a_typed_dictionary_and_a_function_for_each_event():
    _, _, code = python([SIGNED_UP, SEEN], "posthog.yaml").partition("-> object: ...\n\n\n")

    assert (
        code
        == """\
EventUserSignedUp = TypedDict(
    "EventUserSignedUp",
    {
        # Key of the plan
        "plan": str,
        "seats": NotRequired[float],
    },
)


def capture_user_signed_up(client: Client, distinct_id: str, properties: EventUserSignedUp) -> None:
    "Account created"
    client.capture(event="user_signed_up", distinct_id=distinct_id, properties={**properties})


def capture_order_seen(client: Client, distinct_id: str) -> None:
    "Captures order seen. It is hidden in PostHog: send it no more."
    client.capture(event="order seen", distinct_id=distinct_id, properties={})
"""
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("userSignedUp", ("user", "signed", "up")),
        ("$pageview", ("pageview",)),
        ("class", ("class",)),
        ("2fa on!", ("2fa", "on")),
        ("ﬁn 日本", ("fin", "日本")),
        ('"; drop', ("drop",)),
    ],
)
def test_an_identifier_has_the_words_of_the_name(name, words):
    assert identifiers([name]) == {name: words}


def test_events_that_would_have_one_identifier_all_get_a_digest_so_that_none_takes_the_place_of_another():
    alone = identifiers(["sign up"])
    several = identifiers(["sign up", "signup", "SignUp", "other"])

    assert alone == {"sign up": ("sign", "up")}
    assert len(set(several.values())) == 4
    assert several["other"] == ("other",)
    assert all(re.fullmatch("[0-9a-f]{4}", several[name][-1]) for name in ("sign up", "signup", "SignUp"))
    assert identifiers(["other", "SignUp", "signup", "sign up"]) == several


@pytest.mark.parametrize("names", [("ıstek", "istek"), ("ßa", "ssa"), ("a ς", "a σ")])
def test_names_that_differ_until_a_word_begins_with_a_capital_are_told_apart(names):
    code = typescript([Event(name=name, project="Web") for name in names], "posthog.yaml")

    functions = re.findall(r"export function (\w+)", code)
    assert len({each.casefold() for each in functions}) == 2


def test_a_name_without_a_letter_has_its_digest_alone():
    (words,) = identifiers(["🚀"]).values()

    assert re.fullmatch("[0-9a-f]{4}", "".join(words))


ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
EVENTS = st.lists(
    st.builds(
        Event,
        name=ANY,
        project=st.just("Web"),
        doc=ANY,
        properties=st.lists(
            st.builds(
                Property, name=ANY, type=st.sampled_from(["String", None]), required=st.booleans(), doc=ANY
            ),
            max_size=3,
            unique_by=lambda each: each.name,
        ).map(tuple),
    ),
    max_size=4,
    unique_by=lambda each: each.name,
)


class Client:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, object]] = []

    def capture(self, *, event: str, distinct_id: str, properties: object) -> None:
        assert distinct_id == "ana"
        self.seen.append((event, properties))


@given(EVENTS)
def test_whatever_events_are_called_python_sends_just_that(events):
    code = python(events, "posthog.yaml")
    module: dict[str, object] = {}
    exec(compile(code, "events", "exec"), module)  # noqa: S102 - to run it is the test
    client = Client()

    functions = [each for name, each in module.items() if name.startswith("capture_")]
    for event, function in zip(events, functions, strict=True):
        given = {each.name: "1" for each in event.properties}
        function(client, "ana", *([given] if given else []))  # type: ignore[operator]

    assert client.seen == [(each.name, {one.name: "1" for one in each.properties}) for each in events]


@given(EVENTS)
def test_whatever_events_are_called_typescript_has_whole_texts_and_comments_and_braces(events):
    code = typescript(events, "posthog.yaml")

    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|//[^\n]*', "", code, flags=re.DOTALL)
    assert '"' not in bare
    assert "*/" not in bare
    assert bare.count("{") == bare.count("}")
    assert bare.count("export function") == len(events)
    assert code.isascii() or all(each.isprintable() or each == "\n" for each in code)


def test_python_parses_with_a_description_that_would_end_a_text():
    event = Event(name="a", project="Web", doc='"""\\ end\nof it')

    assert ast.get_docstring(ast.parse(python([event], "x")).body[-1]) == '"""\\ end of it'  # type: ignore[arg-type]
