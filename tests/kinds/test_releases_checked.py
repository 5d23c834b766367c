"""What of flags, cohorts, actions, experiments and surveys is known to be wrong without PostHog, and what is not.

The tables are those of posthog-api-release.md: 2.7, 3.3, 4, 5.4, 5.5, 5.7, 6, 7.3 to 7.5.
"""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.conditions import broken
from pulumi_posthog.kinds.metrics import MADE_OF


def about(**condition: Any) -> dict[str, Any]:
    """Filters of a flag with one condition about persons."""
    return {"filters": {"groups": [{"properties": [{"type": "person", "key": "plan", **condition}]}]}}


def among(*leaves: dict[str, Any]) -> dict[str, Any]:
    """A cohort of those who fit these criteria."""
    return {"filters": {"properties": {"type": "OR", "values": [{"type": "AND", "values": [*leaves]}]}}}


def metric(sort: str, **made_of: Any) -> dict[str, Any]:
    return {"kind": "ExperimentMetric", "metric_type": sort, "name": "Orders", **made_of}


def asked(**question: Any) -> dict[str, Any]:
    return {"type": "popover", "questions": [{"type": "open", "question": "Why?", **question}]}


def split(*shares: int, first: str = "control") -> dict[str, Any]:
    keys = [first, *(f"v{number}" for number in range(1, len(shares)))]
    variants = [{"key": key, "rollout_percentage": share} for key, share in zip(keys, shares, strict=True)]
    return {"feature_flag_key": "f", "parameters": {"feature_flag_variants": variants}}


EVENT = {"kind": "EventsNode", "event": "paid"}
DONE = {"type": "behavioral", "key": "paid", "event_type": "events", "value": "performed_event"}
PRO = {"type": "person", "key": "plan", "operator": "exact", "value": ["pro"]}
SAMPLED = {
    "response_sampling_interval_type": "day",
    "response_sampling_interval": 3,
    "response_sampling_limit": 9,
}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("feature_flag", about(operator="contains", value="a"), "filters.groups.0.properties.0"),
    ("feature_flag", about(operator="regex", value="a(b"), "filters.groups.0.properties.0"),
    ("feature_flag", about(operator="gt", value=[1]), "filters.groups.0.properties.0"),
    ("feature_flag", about(operator="is_date_after", value="2026-02-30"), "filters.groups.0.properties.0"),
    ("feature_flag", about(operator="is_date_after", value="soon"), "filters.groups.0.properties.0"),
    (
        "feature_flag",
        about(type="flag", operator="flag_evaluates_to", value=None),
        "filters.groups.0.properties.0",
    ),
    ("cohort", among({**PRO, "type": "persn"}), "filters.properties.values.0.values.0"),
    ("cohort", among(PRO, {"type": "person", "key": "plan"}), "filters.properties.values.0.values.1"),
    ("cohort", among({**DONE, "event_type": "event"}), "filters.properties.values.0.values.0"),
    ("cohort", among({"type": "XOR", "values": []}), "filters.properties.values.0.values.0"),
    ("cohort", among({**PRO, "operator": "regex", "value": "*"}), "filters.properties.values.0.values.0"),
    ("cohort", among({"key": "plan"}), "filters.properties.values.0.values.0"),
    ("action", {"steps": [{"event": "a"}, {"url": "[", "url_matching": "regex"}]}, "steps.1.url"),
    ("experiment", {"feature_flag_key": "no key"}, "feature_flag_key"),
    ("experiment", split(60, 30), "parameters.feature_flag_variants"),
    ("experiment", split(100), "parameters.feature_flag_variants"),
    ("experiment", split(50, 50, first="Control"), "parameters.feature_flag_variants"),
    ("experiment", split(*[0] * 20, 100), "parameters.feature_flag_variants"),
    ("experiment", {**split(50, 50), "excluded_variants": ["v2"]}, "excluded_variants.0"),
    ("experiment", {"metrics": [metric("median", source=EVENT)]}, "metrics.0.metric_type"),
    ("experiment", {"metrics_secondary": [metric("mean")]}, "metrics_secondary.0.metric_type"),
    ("experiment", {"metrics_secondary": [metric("mean", source=EVENT)] * 2}, "metrics_secondary.1"),
    (
        "experiment",
        {"metrics": [metric("funnel", series=[{"kind": "ActionsNode"}])]},
        "metrics.0.series.0.id",
    ),
    (
        "experiment",
        {"saved_metrics_ids": [{"id": 4, "metadata": {"type": "first"}}]},
        "saved_metrics_ids.0.metadata.type",
    ),
    ("experiment_saved_metric", {"query": metric("ratio", numerator=EVENT)}, "query.metric_type"),
    ("experiment_holdout", {"filters": []}, "filters"),
    (
        "experiment_holdout",
        {"filters": [{"rollout_percentage": 5, "properties": [{**PRO, "operator": "like"}]}]},
        "filters.0.properties.0",
    ),
    ("early_access_feature", {"documentation_url": "acme.io/docs"}, "documentation_url"),
    ("early_access_feature", {"assignee": {"type": "role"}}, "assignee"),
    ("survey", asked(type="single_choice"), "questions.0.type"),
    ("survey", asked(type="link", link="http://acme.io"), "questions.0.link"),
    ("survey", asked(branching={"type": "ende"}), "questions.0.branching"),
    ("survey", {"conditions": {"url": "(", "urlMatchType": "regex"}}, "conditions.url"),
    ("survey", {"response_sampling_limit": 9}, "response_sampling_limit"),
    ("survey", {"response_sampling_start_date": "tomorrow"}, "response_sampling_start_date"),
    (
        "survey",
        {"targeting_flag_filters": about(operator="in", value="a")["filters"]},
        "targeting_flag_filters.groups.0.properties.0",
    ),
]
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("feature_flag", about(operator="regex", value=r"(?i)\p{L}+@acme\.io\z")),
    ("feature_flag", about(operator="is_date_before", value="-30d")),
    ("feature_flag", about(operator="is_date_before", value="2026-12-31T00:00:00Z")),
    ("feature_flag", about(operator="semver_gte", value="1.2.3")),
    ("feature_flag", about(operator="gt", value="4")),
    ("feature_flag", about(operator="is_set")),
    # What newer servers may have.
    ("feature_flag", about(operator="is_date_between", value=["2026-01-01", "2026-02-01"])),
    ("cohort", among({"type": "recording", "key": "length"})),
    ("experiment", {"metrics": [metric("percentile", source=EVENT)]}),
    ("survey", asked(branching={"type": "by_score"})),
    ("cohort", among(PRO, DONE, {"type": "cohort", "key": "id", "value": 4})),
    ("cohort", among({"type": "person", "key": "email", "operator": "is_set"})),
    ("cohort", {"filters": {"properties": {"type": "AND", "values": [PRO]}}}),
    (
        "action",
        {"steps": [{"url": "^/a/.*$", "url_matching": "regex"}, {"text": "(", "text_matching": "exact"}]},
    ),
    ("experiment", split(33, 33, 34)),
    ("experiment", {"metrics": [{"kind": "ExperimentTrendsQuery"}]}),
    *(
        ("experiment", {"metrics": [metric(sort, **dict.fromkeys(of, EVENT))]})
        for sort, of in MADE_OF.items()
    ),
    ("experiment_holdout", {"filters": [{"rollout_percentage": 5, "properties": [PRO]}]}),
    ("early_access_feature", {"documentation_url": " https://acme.io/docs "}),
    ("survey", asked(type="link", link="mailto:ada@acme.io")),
    ("survey", asked(type="rating", branching={"type": "response_based", "responseValues": {}})),
    ("survey", {"type": "api", "response_sampling_start_date": "2026-12-31T00:00:00Z", **SAMPLED}),
]


@pytest.mark.parametrize(("kind", "fields", "place"), WRONG)
def test_what_posthog_refuses_or_cannot_mean_is_told_at_its_place(
    kind: str, fields: dict[str, Any], place: str
):
    check = KINDS[kind].checked
    assert check is not None

    assert [each[0] for each in check(fields)] == [place]


@pytest.mark.parametrize(("kind", "fields"), RIGHT)
def test_what_posthog_takes_is_taken(kind: str, fields: dict[str, Any]):
    check = KINDS[kind].checked
    assert check is not None

    assert [*check(fields)] == []


def test_a_pattern_is_broken_only_where_every_engine_says_so():
    taken = ("a++", r"\z", "(?<name>a)", "a{2,1}?", "x(?i)y", "[[:alpha:]]")

    assert [text for text in taken if broken(text)] == []
    assert [text for text in ("a(b", "[a", "a)", "*a", "a\\") if not broken(text)] == []


def test_criteria_that_the_page_cannot_edit_are_told_and_taken():
    noted = KINDS["cohort"].noted
    assert noted is not None

    assert len([*noted({"filters": {"properties": {"type": "AND", "values": [PRO]}}})]) == 1
    assert [*noted(among(PRO))] == []
