"""The provider's schema: derived from the kinds, and committed."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack.plugin import schema
from pulumi_posthog.stack.plugin.inputs import names_of, secret_properties
from pulumi_posthog.stack.plugin.settings import KEY

COMMITTED = Path(__file__).resolve().parents[2] / "schemas" / "provider.schema.json"


def test_the_committed_schema_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == schema.text(), (
        "python -m pulumi_posthog.generate writes it anew"
    )


def test_the_schema_has_the_licence_of_the_package():
    package = tomllib.loads((COMMITTED.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))

    assert schema.schema()["license"] == package["project"]["license"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_has_its_fields_and_every_input_is_an_output(kind: Kind):
    resource = schema.schema()["resources"][f"posthog:index:{kind.resource}"]
    inputs, outputs = resource["inputProperties"], resource["properties"]

    assert names_of(kind).keys() == inputs.keys() - {"state"}
    assert inputs.keys() <= outputs.keys()
    assert {field.name for field in kind.fields} <= outputs.keys()
    assert set(resource["requiredInputs"]) <= inputs.keys()
    assert {name for name, item in outputs.items() if item.get("secret")} == secret_properties(kind)


def test_closed_choices_are_enums_and_the_key_is_secret():
    whole = schema.schema()

    level = whole["types"]["posthog:index:RoleFeatureFlagsAccessLevel"]
    assert [each["value"] for each in level["enum"]] == [21, 37]
    assert whole["config"]["variables"][KEY]["secret"] is True
    assert KEY not in whole["provider"]["properties"]


def test_every_choice_has_a_name_that_a_language_can_make_a_constant_of():
    for name, item in schema.schema()["types"].items():
        names = [re.sub(r"\W", "_", choice["name"]).casefold() for choice in item["enum"]]

        assert [each for each in names if not each[:1].isalpha()] == [], name
        assert len(set(names)) == len(names), name


def test_every_type_that_is_referred_to_is_there():
    whole = schema.schema()
    text = json.dumps(whole)

    for name in whole["types"]:
        assert f"#/types/{name}" in text
    assert text.count("#/types/") >= len(whole["types"])
