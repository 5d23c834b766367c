"""The table of operations is PostHog's reference, and says of each what a key needs."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from contract.reference import OPERATIONS as REFERENCE
from contract.reference import QUERY_PARAMETERS
from pulumi_posthog.api.operations import FAMILIES, OPERATIONS, Operation

# Which noun a scope may have (posthog-api.md 1.3).
NOUNS = {
    "access_control",
    "action",
    "activity_log",
    "alert",
    "annotation",
    "batch_export",
    "cohort",
    "dashboard",
    "early_access_feature",
    "experiment",
    "experiment_holdout",
    "experiment_saved_metric",
    "survey",
    "hog_function",
    "integration",
    "evaluation",
    "event_definition",
    "export",
    "external_data_schema",
    "external_data_source",
    "feature_flag",
    "file_system",
    "insight",
    "insight_variable",
    "organization",
    "person",
    "plugin",
    "project",
    "property_definition",
    "query",
    "warehouse_view",
    "subscription",
}


def shape(method: str, path: str) -> str:
    """An operation without the names of its parameters."""
    return method + " " + re.sub(r"{\w+}", "{}", path.rstrip("/"))


def each(row: Operation) -> str:
    return row.name


def test_every_operation_of_the_reference_is_in_the_table():
    table = {shape(row.method, path) for row in OPERATIONS for path in row.paths}

    assert {shape(*line.split()) for line in REFERENCE} - table == set()


@pytest.mark.parametrize("line", QUERY_PARAMETERS, ids=lambda line: " ".join(line.split()[:2]))
def test_an_operation_takes_the_parameters_that_the_reference_lists(line: str):
    method, path, *parameters = line.split()
    row = next(
        row for row in OPERATIONS if shape(method, path) in {shape(row.method, each) for each in row.paths}
    )

    # The reference has some in the query that travel in the body.
    assert set(parameters) <= row.query_parameters.keys() | row.body_fields.keys()


def test_every_operation_is_in_the_table_once():
    names = Counter(row.name for row in OPERATIONS)
    paths = Counter(shape(row.method, path) for row in OPERATIONS for path in row.paths)

    assert [name for name, count in (names + paths).items() if count > 1] == []


@pytest.mark.parametrize("row", OPERATIONS, ids=each)
def test_a_key_either_has_a_scope_for_it_or_is_told_what_to_do_instead(row: Operation):
    if row.scope is None:
        assert row.instead
        return
    assert row.instead is None
    for scope in row.scope.split():
        noun, _, access = scope.partition(":")
        assert noun in NOUNS
        assert access in ("read", "write")


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.method == "GET" and row.scope], ids=each)
def test_what_only_reads_needs_no_scope_to_write(row: Operation):
    assert ":write" not in str(row.scope)


@pytest.mark.parametrize("row", OPERATIONS, ids=each)
def test_every_operation_says_what_it_does_and_when(row: Operation):
    assert row.doc.endswith(".")
    assert any(row.served_by(age) for age in (2024, 2025, 2026))
    assert all(hint is not None for hint in row.types.values())


def test_families_share_no_operation():
    assert len(OPERATIONS) == sum(len(family.operations()) for family in FAMILIES)
