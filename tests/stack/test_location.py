"""Where a resource lives, as a state keeps it."""

from __future__ import annotations

import pytest

from pulumi_posthog.stack.location import Location, location_of

EU = "https://eu.posthog.com"


@pytest.mark.parametrize(
    "location",
    [
        Location(EU, "o"),
        Location(EU, "o", guarded=True),
        Location(EU, "o", guarded=True, parent='{"name": "Über uns"}'),
    ],
)
def test_it_is_one_property_that_nobody_is_shown(location):
    ((name, text),) = location.as_property.items()

    assert name.startswith("__")
    assert isinstance(text, str)
    assert location_of({"name": "Web", **location.as_property}) == location


def test_equal_ones_have_equal_texts_for_another_one_would_be_a_change():
    assert Location(EU, "o").as_property == Location(EU, "o", guarded=False, parent="").as_property


@pytest.mark.parametrize(
    ("before", "location"),
    [
        ({}, Location(EU, "o")),
        ({"__guarded": True, "__parent": '{"name": "Web"}'}, Location(EU, "o", True, '{"name": "Web"}')),
    ],
)
def test_a_state_with_a_property_for_each_is_understood(before, location):
    assert location_of({"__host": EU, "__organization": "o", **before}) == location


def test_what_lives_nowhere_is_no_resource():
    with pytest.raises(KeyError, match="__host"):
        location_of({"name": "Web"})
