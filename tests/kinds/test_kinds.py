"""Every kind and every field: the declaration is sound, and the schema that comes from it refuses and accepts."""

import pytest

from pulumi_posthog.config import schema
from pulumi_posthog.config.judging import checker
from pulumi_posthog.kinds import KINDS, LOOKUPS, tree
from pulumi_posthog.kinds.choices import CHOICES, CURRENCIES, TIMEZONES
from pulumi_posthog.kinds.field import UNSET, Type

ALL = [pytest.param(kind, id=kind.name) for kind in KINDS.values()]
# Kinds with entries of their own; the others are items of lists.
ENTRIES = [
    kind
    for kind in KINDS.values()
    if kind.name not in ("role_membership", "role_members") and not kind.grants
]
FIELDS = [
    pytest.param(kind, field, id=f"{kind.name}.{field.name}")
    for kind in ENTRIES
    for field in tree.body_fields(kind)
]
WRONG = {
    Type.STRING: [3, True, ["UTC"], {}],
    Type.INTEGER: ["3", 1.5, True, [3], {}],
    Type.DECIMAL: ["0.5", True, [0.5], {}],
    Type.BOOLEAN: ["yes", 1, 0, [True], {}],
    Type.STRINGS: ["a", 3, {}, [3], [None]],
    Type.OBJECT: ["{}", 3, [], True],
    Type.LIST: ["[]", 3, {}, [3]],
    Type.JSON: [],
}
RIGHT = {
    Type.STRING: "some text",
    Type.INTEGER: 1,
    Type.DECIMAL: 0.25,
    Type.BOOLEAN: True,
    Type.STRINGS: ["https://acme.io"],
    Type.OBJECT: {},
    Type.LIST: [],
    Type.JSON: [1, "DE"],
}


def accepts(field, value):
    """Whether the schema of the field, as it stands in the file, takes the value."""
    whole = {**schema.field_schema(field), "$defs": schema.json_schema()["$defs"]}
    return checker().evolve(schema=whole).is_valid(value)


def an_example(field):
    """A value that the field should take."""
    if field.choices_from:
        return CHOICES[field.choices_from][1][0]
    if field.choices:
        return field.choices[0]
    if field.pattern:
        return "02:00:00"
    if field.type is Type.STRINGS and "enum" in (field.items or {}):
        return [field.items["enum"][0]]
    if field.type is Type.STRINGS and "pattern" in (field.items or {}) and not field.refers_to:
        return ["ana@acme.io"] if "@" in field.items["pattern"] else ["#1d4aff"]
    if field.required_keys:
        known = {"id": 1, "key": "flag", "version": 2, "groups": [], "ttl": 60, "hash": "{event.uuid}"}
        known |= {"query": "select 1", "type": "absolute_value"}
        return {key: known[key] for key in field.required_keys}
    if field.refers_to in LOOKUPS and field.type is not Type.STRINGS:
        return "some text"
    return RIGHT[field.type]


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_value_of_another_type_is_refused(kind, field):
    one = field.refers_to in LOOKUPS and field.type is not Type.STRINGS
    wrong = WRONG[Type.STRING if one else field.type]
    if any(place.path == "*" for place in field.ids):
        wrong = [value for value in wrong if value != [3]]  # an item is an id
    if field.names:
        wrong = [value for value in wrong if not isinstance(value, str)]  # it may be named

    assert [value for value in wrong if accepts(field, value)] == []


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_value_of_the_right_form_is_accepted(kind, field):
    assert accepts(field, an_example(field))


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_null_is_accepted_where_posthog_accepts_it_and_nowhere_else(kind, field):
    assert accepts(field, None) == field.nullable


@pytest.mark.parametrize(("kind", "field"), [case for case in FIELDS if case.values[1].choices])
def test_each_choice_is_accepted_and_nothing_else(kind, field):
    assert all(accepts(field, choice) for choice in field.choices)
    assert not accepts(field, "no such choice")
    assert not accepts(field, 99)


@pytest.mark.parametrize(("kind", "field"), [case for case in FIELDS if case.values[1].minimum is not None])
def test_numbers_have_their_limits(kind, field):
    assert accepts(field, field.minimum)
    assert not accepts(field, field.minimum - 1)
    if field.maximum is not None:
        assert accepts(field, field.maximum)
        assert not accepts(field, field.maximum + 1)


@pytest.mark.parametrize(
    ("kind", "field"), [case for case in FIELDS if case.values[1].max_length is not None]
)
def test_texts_have_their_length(kind, field):
    assert accepts(field, "x" * field.max_length)
    assert not accepts(field, "x" * (field.max_length + 1))


@pytest.mark.parametrize(("kind", "field"), [case for case in FIELDS if case.values[1].keys is not None])
def test_objects_with_a_closed_list_of_keys_take_no_other(kind, field):
    assert accepts(field, {**an_example(field), "noSuchKey": True}) == field.open_keys


@pytest.mark.parametrize(("kind", "field"), [case for case in FIELDS if case.values[1].required_keys])
def test_objects_need_their_required_keys(kind, field):
    for missing in field.required_keys:
        value = {key: item for key, item in an_example(field).items() if key != missing}
        assert not accepts(field, value)


@pytest.mark.parametrize(("kind", "field"), [case for case in FIELDS if case.values[1].default is not UNSET])
def test_the_default_is_a_value_that_may_be_written(kind, field):
    # Of a list that takes no null, PostHog may still have null before anybody wrote it.
    assert field.default is None or accepts(field, field.default)


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_value_is_normal_once_it_was_made_so(kind, field):
    normal = field.normal(an_example(field))

    assert field.normal(normal) == normal


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_a_field_is_described_in_a_sentence(kind, field):
    assert field.doc[0] == field.doc[0].upper() or field.doc.startswith(("folder", "`"))
    assert field.doc.endswith(".")
    assert field.since <= (field.until or field.since)


@pytest.mark.parametrize("kind", ALL)
def test_what_a_kind_names_exists(kind):
    names = set(kind.by_name)

    assert len(names) == len(kind.fields)
    assert all(name in names for key in kind.natural_keys for name in key)
    assert set(kind.created_with or ()) <= names
    assert kind.parent is None or (kind.parent in names and kind.parent in KINDS)
    assert kind.second_url_unless is None or kind.second_url_unless in names
    assert kind.set_of is None or kind.set_of in KINDS
    assert kind.embedded_in is None or kind.embedded_in[0] in KINDS
    for field in kind.fields:
        assert field.refers_to is None or field.refers_to in KINDS or field.refers_to in LOOKUPS
        assert field.choices_from is None or field.choices_from in CHOICES
        assert field.keys_from is None or kind.field(field.keys_from).refers_to in LOOKUPS
        assert not field.merged_keys or set(field.merged_keys) <= set(field.keys or ())


@pytest.mark.parametrize("kind", ALL)
def test_one_field_is_the_key_of_an_entry_or_the_kind_is_a_list_or_has_one_object(kind):
    keys = [field for field in kind.declarable if field.from_key]

    assert len(keys) == (0 if kind.set_of or kind.singleton or kind.grants else 1)


@pytest.mark.parametrize("kind", ENTRIES, ids=lambda kind: kind.name)
def test_what_posthog_sets_cannot_be_written(kind):
    properties = schema.entry(kind)["properties"]

    assert not [field.name for field in kind.fields if field.read_only and field.name in properties]
    assert kind.parent not in properties


def test_the_closed_lists_are_closed_and_in_order():
    for values in (TIMEZONES, CURRENCIES):
        assert list(values) == sorted(set(values))
    assert {"UTC", "Europe/Berlin", "America/New_York", "US/Pacific", "Asia/Calcutta"} <= set(TIMEZONES)
    assert len(CURRENCIES) == 152
