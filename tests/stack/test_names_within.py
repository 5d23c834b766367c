"""What a program says by names alone, or by the ids that Pulumi gives, inside lists and mappings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.stack.handlers.naming import names_within
from pulumi_posthog.stack.properties import IDS

TILES, VARIABLES = KINDS["dashboard"].field("tiles"), KINDS["dashboard"].field("variables")


def within(field: Field, value: Any, **ids: str) -> tuple[Any, Any]:
    """The value with references in it, and the ids that are still to be looked up."""
    found = names_within(field, json.dumps(value), ids)
    return json.loads(found[field.name]) if found else value, found.get(IDS)


def test_a_name_becomes_a_reference_whose_id_is_looked_up():
    assert within(TILES, [{"insight": "Signups"}, {"text": {"body": "Signups"}}]) == (
        [{"insight": "!ref insight/Signups"}, {"text": {"body": "Signups"}}],
        {"insight/Signups": ""},
    )
    assert within(VARIABLES, {"country": {"value": "DE"}}) == (
        {"country": {"value": "DE", "variableId": "!ref insight_variable/country"}},
        {"insight_variable/country": ""},
    )


@pytest.mark.parametrize(("given", "kept"), [("12", 12), (12, 12), ("!ref insight/12", "!ref insight/12")])
def test_an_id_stays_an_id_and_what_is_a_reference_stays_one(given, kept):
    assert within(TILES, [{"insight": given}]) == ([{"insight": kept}], None)


def test_an_id_that_is_known_already_is_not_looked_up_again():
    _, ids = within(TILES, [{"insight": "Signups"}], **{"insight/Signups": "7"})

    assert ids == {"insight/Signups": "7"}


def test_what_no_names_stand_in_and_what_is_not_known_yet_is_left_alone():
    assert names_within(KINDS["dashboard"].field("breakdown_colors"), "[]", {}) == {}
    assert names_within(TILES, None, {}) == {}
