"""Ids that a program gives: Pulumi has them as text, PostHog as numbers, and both are one id."""

from __future__ import annotations

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack.plugin.inputs import given
from pulumi_posthog.stack.properties import checked

ID = 12
IDS = [
    pytest.param(kind, field, id=f"{kind.name}.{field.name}")
    for kind in KINDS.values()
    for field in kind.writable
    if field.type in (Type.STRING, Type.INTEGER)
    and (
        field.names
        or field.names_what
        or field.refers_to
        or (kind.attached and kind.attached.id == field.name)
    )
]


@pytest.mark.parametrize(("kind", "field"), IDS)
def test_an_id_is_the_same_as_text_and_as_a_number(kind: Kind, field: Field):
    one, other = (checked(kind, {}, {field.name: value}) for value in (ID, str(ID)))

    assert one == other
    assert one[field.name] == (ID if field.type is Type.INTEGER else str(ID))


# Of others, such as an address, no number fits.
@pytest.mark.parametrize(("kind", "field"), [each for each in IDS if not each.values[1].pattern])
def test_the_plugin_takes_either(kind: Kind, field: Field):
    for value in (ID, float(ID), str(ID)):
        properties, faults = given(kind, {field.name: value})

        assert properties[field.name] == (ID if field.type is Type.INTEGER else str(ID))
        assert [each for each in faults if each.name == field.name] == []


def test_what_is_no_id_stays_as_it_is():
    assert KINDS["annotation"].field("dashboard_id").as_id("Board") == "Board"
    assert KINDS["role"].field("name").as_id(ID) == ID
    assert KINDS["survey"].field("linked_flag").as_id(True) is True
