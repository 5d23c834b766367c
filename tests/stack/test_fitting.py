"""What fits a schema beyond doubt is not checked again by the library that reads all schemas."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pulumi_posthog.config.checking import objections
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.fitting import fits

SCHEMAS = {
    json.dumps(field.json_schema, sort_keys=True): field.json_schema
    for kind in KINDS.values()
    for field in kind.declarable
}
VALUES = [
    None,
    True,
    False,
    0,
    1,
    -1,
    9,
    2.0,
    0.125,
    1e9,
    "",
    "member",
    "a" * 5000,
    "Europe/Pariss",
    "#00ff00",
    [],
    ["ana@acme.io"],
    [1, "a"],
    [None],
    {},
    {"a": 1},
    {"groups": [{"rollout_percentage": 50, "properties": [{"type": "person", "key": "plan"}]}]},
    {"groups": [{"rollout_percentage": 150}]},
    {"groups": [{"rollout": 50}], "payloads": {"true": 1}},
    [{"kind": "ExperimentMetric", "name": None}],
    [{"name": "Orders"}],
    [{"type": "open", "question": "Why?"}],
]


def values_of(schema):
    """What may be wrong with any, and what this one names."""
    return [*VALUES, *schema.get("enum", ())[:3], *[bound for bound in (schema.get("maximum"),) if bound]]


def test_the_library_has_nothing_against_what_fits():
    wrong = [
        (schema, value)
        for schema in SCHEMAS.values()
        for value in values_of(schema)
        if fits(schema, value) and list(objections(schema, value))
    ]

    assert wrong == []


def test_ordinary_values_of_ordinary_fields_fit():
    role, project = KINDS["role"], KINDS["project"]

    assert fits(role.field("name").json_schema, "Analysts")
    assert fits(KINDS["role_members"].field("members").json_schema, ["ana@acme.io", "bo@acme.io"])
    assert fits(project.field("week_start_day").json_schema, 1)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": 2}, 1),  # says what is not read
        ({"type": "integer"}, True),
        ({"type": "string", "format": "date"}, "2026-01-01"),  # says more than is read
        ({"type": "string", "pattern": "^a$"}, "b"),
        ({"type": "integer", "enum": [1]}, True),
        ({"type": "array", "items": {"type": "string"}}, [1]),
        ({"type": "number", "maximum": 1}, 1.5),
        ({"type": "object", "required": ["a"]}, {"b": 1}),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": 1}),
        ({"type": "object", "additionalProperties": False}, {"a": 1}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"a": 1}),
    ],
)
def test_what_is_in_doubt_does_not_fit(schema, value):
    assert not fits(schema, value)


def test_a_role_is_checked_without_that_library():
    program = """
import sys
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.plugin.inputs import given
assert given(KINDS["role"], {"name": "Analysts"}) == ({"name": "Analysts"}, [])
assert given(KINDS["role_members"], {"role": "1", "members": {"ana@acme.io": "member"}})[1] == []
sys.exit("jsonschema" if "jsonschema" in sys.modules else 0)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
