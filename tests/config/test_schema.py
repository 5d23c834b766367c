"""The JSON Schema is what the kinds say, is committed, and helps in an editor."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pulumi_posthog import config
from pulumi_posthog.config import schema
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds import tree as kinds_tree

REPOSITORY = Path(__file__).parents[2]
COMMITTED = REPOSITORY / "schemas" / "posthog.schema.json"
EXAMPLES = sorted(REPOSITORY.glob("examples/**/posthog.yaml"))
HEADER = {"host": "https://eu.posthog.com", "id": "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"}
ENVIRONMENT = {"POSTHOG_HOST": HEADER["host"], "POSTHOG_ORGANIZATION_ID": HEADER["id"]}


def test_the_committed_schema_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == schema.text(), (
        f"run: python -m pulumi_posthog.generate {COMMITTED.relative_to(REPOSITORY)}"
    )


def test_it_is_a_schema():
    Draft202012Validator.check_schema(schema.json_schema())


def test_every_kind_has_its_section():
    found = {kind.name for kinds in kinds_tree.below(None).values() for kind in kinds}
    found |= {kind.name for kinds in kinds_tree.in_the_organization().values() for kind in kinds}
    for parent in KINDS.values():
        found |= {kind.name for kinds in kinds_tree.below(parent).values() for kind in kinds}

    assert found == set(KINDS)


def test_everything_that_can_be_written_is_described():
    def undescribed(node, path):
        for name, item in node.get("properties", {}).items():
            if item and not item.get("description") and "keys" not in path:
                yield ".".join((*path, name))
            # What is inside an object that PostHog defines is described where PostHog says what it is.
            if "projects" not in path or name in schema.sections(KINDS["project"]):
                yield from undescribed(item, (*path, name))
        more = node.get("additionalProperties")
        if isinstance(more, dict):
            yield from undescribed(more, (*path, "*"))

    assert list(undescribed(schema.json_schema(), ())) == []


def test_an_editor_shows_defaults_and_server_ages():
    project = schema.entry(KINDS["project"])["properties"]

    assert project["timezone"]["markdownDescription"] == (
        'The time zone of dates, charts and daily reports.\n\nPostHog\'s default: `"UTC"`'
    )
    assert project["business_model"]["markdownDescription"].endswith("Needs a server of 2026 or newer.")
    assert project["slack_incoming_webhook"]["markdownDescription"].endswith(
        "Gone from servers newer than 2025."
    )
    assert project["default_evaluation_environments_enabled"]["markdownDescription"].endswith(
        "Only on servers of 2025 to 2025."
    )


@pytest.mark.parametrize("rate", [0.07, 0.29, 0.57, 1.0, 0])
def test_editors_accept_two_decimal_places_whatever_binary_fractions_do(rate):
    tree = {"organization": HEADER, "projects": {"Web": {"session_recording_sample_rate": rate}}}

    assert Draft202012Validator(schema.json_schema()).is_valid(tree)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_read_offline_and_names_the_schema(path):
    desired = config.load(path, environment=ENVIRONMENT, offline=True)

    assert desired.entries
    line = path.read_text(encoding="utf-8").split("\n", 1)[0]
    marker, _, reference = line.partition("$schema=")
    assert marker == "# yaml-language-server: "
    assert (path.parent / reference).resolve() == COMMITTED


def test_every_kind_of_which_posthog_makes_new_objects_is_in_an_example():
    declared = {
        entry.kind.name
        for path in EXAMPLES
        for entry in config.load(path, environment=ENVIRONMENT, offline=True).entries
    }

    assert declared == {kind.name for kind in KINDS.values() if kind.discontinued is None}
