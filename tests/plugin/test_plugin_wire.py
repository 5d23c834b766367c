"""Properties survive the way through Pulumi's protocol, with the marks of what is secret and of what is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.plugin.wire import UNKNOWNS, Secret, holds_secret, marked, opened, received, sent

TEXTS = st.text(max_size=8).filter(lambda text: text not in UNKNOWNS)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.just(NOT_YET_KNOWN))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3), inner.map(Secret)
    ),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(TEXTS, VALUES, max_size=5)


@given(PROPERTIES)
def test_properties_come_back_as_they_were_but_for_those_that_are_null(properties):
    there = {name: value for name, value in properties.items() if value is not None}

    assert received(sent(properties)) == there


@given(PROPERTIES)
def test_without_the_marks_nothing_in_them_is_secret(properties):
    assert not holds_secret(opened(properties))
    assert holds_secret(properties) == (opened(properties) != properties)


@given(PROPERTIES, st.sets(TEXTS))
def test_what_is_named_is_secret_as_a_whole_and_the_rest_is_as_it_was(properties, names):
    result = marked(properties, frozenset(names))

    assert opened(result) == opened(properties)
    for name, value in properties.items():
        assert (
            isinstance(result[name], Secret) if name in names and value is not None else result[name] == value
        )


@pytest.mark.parametrize("name", [name for name in vars(rpc) if name.startswith("UNKNOWN")])
def test_every_mark_of_the_sdk_for_something_unknown_is_known_here(name):
    mark = getattr(rpc, name)

    assert received(sent({"id": mark})) == {"id": NOT_YET_KNOWN}


def test_a_secret_is_marked_as_the_sdk_does_it():
    struct = sent({"password": Secret("hush")})

    assert rpc.is_rpc_secret(rpc.deserialize_property(struct["password"], True))
    assert rpc.deserialize_properties(struct) == {"password": "hush"} or struct["password"]["value"] == "hush"


def test_a_secret_shows_in_no_repr():
    assert "hush" not in repr({"password": Secret("hush")})
