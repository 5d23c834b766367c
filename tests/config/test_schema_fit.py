"""What fits a schema beyond doubt is not checked again by the library that reads all schemas."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_posthog.config.judging import objections
from pulumi_posthog.config.schema import json_schema
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.values.schema_fit import fits
from pulumi_posthog.values.secret_text import SecretText

EXAMPLES = Path(__file__).parents[2] / "examples"
OF_NAMES = ("properties", "patternProperties")
OF_ONE = ("items", "additionalProperties", "propertyNames", "if", "else")


def with_all_in_it(schema):
    """A schema, and every schema that it says something by."""
    yield schema
    inside = [each for name in OF_NAMES for each in schema.get(name, {}).values()]
    inside += [schema[name] for name in OF_ONE if isinstance(schema.get(name), dict)]
    for each in [*inside, *schema.get("anyOf", ())]:
        yield from with_all_in_it(each)


SCHEMAS = {
    json.dumps(schema, sort_keys=True): schema
    for top in (json_schema(), *(field.json_schema for kind in KINDS.values() for field in kind.declarable))
    for schema in with_all_in_it(top)
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
    {"state": "unmanaged"},
    {"state": "absent", "id": "1"},
    {"mode": "exact", "items": ["ana@acme.io"]},
    {"mode": "exact"},
    {"ana@acme.io": "member"},
    {1: 1},
    {"organization": {"host": SecretText("https://eu.posthog.com", "!env HOST"), "id": "1"}},
    SecretText("exact", "!env MODE"),
    SecretText("", "!secret one", known=False),
]


def values_of(schema):
    """What may be wrong with any, and what this one names."""
    return [*VALUES, *schema.get("enum", ())[:3], *[bound for bound in (schema.get("maximum"),) if bound]]


def test_the_library_has_nothing_against_what_fits():
    definitions = json_schema()["$defs"]
    wrong = [
        (schema, value)
        for schema in SCHEMAS.values()
        for value in values_of(schema)
        if fits(schema, value, definitions) and list(objections(schema, value))
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
        ({"not": {"const": 2}}, 1),  # says what is not read
        ({"const": 2}, 1),
        ({"const": 1}, True),
        ({"enum": [[1]]}, [True]),
        ({"$ref": "#/$defs/nothing"}, 1),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1),
        ({"if": {"required": ["a"]}, "else": {"required": ["b"]}}, {"c": 1}),
        ({"propertyNames": {"pattern": "^a$"}}, {"b": 1}),
        ({"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": True}, {"x-a": 1}),
        ({"properties": {"x-a": {}}, "patternProperties": {"^x-": {"type": "string"}}}, {"x-a": 1}),
        ({"decimalPlaces": 2}, 0.125),
        ({"decimalPlaces": 2}, 1e-7),
        ({"maxJsonLength": 3}, ["a"]),
        ({"dependentRequired": {"mode": ["items"]}}, {"mode": 1}),
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


@pytest.mark.parametrize("name", ["acme", "analytics", "pipelines", "release"])
def test_a_file_without_mistakes_is_checked_without_that_library(name):
    program = """
import re
import sys
from pathlib import Path
from pulumi_posthog import config
names = re.findall(r"!env (\\w+)", Path(sys.argv[1]).read_text())
environment = dict.fromkeys(names, "https://eu.posthog.com")
environment["POSTHOG_ORGANIZATION_ID"] = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
config.load(Path(sys.argv[1]), environment=environment, secret=lambda name: "hush-hush")
sys.exit("jsonschema" if "jsonschema" in sys.modules else 0)
"""
    file = EXAMPLES / name / "posthog.yaml"

    done = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


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
