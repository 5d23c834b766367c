"""What an experiment of the file and of PostHog differ in (posthog-api-release.md 5)."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_posthog.kinds.experiment import EXPERIMENT, alongside
from pulumi_posthog.reconcile.differences import differences


def metric(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "ExperimentMetric", "metric_type": "mean", "name": name, **more}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"start_date": None, "status": "draft"}, "draft"),
        ({"start_date": "2026-01-01T00:00:00Z"}, "running"),
        ({"start_date": "2026-01-01T00:00:00Z", "status": "exposure_frozen"}, "running"),
        ({"start_date": "2026-01-01T00:00:00Z", "status": "paused"}, "paused"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-02-01T00:00:00Z"}, "stopped"),
        ({"end_date": "2026-02-01T00:00:00Z", "archived": True}, "archived"),
    ],
)
def test_its_state_is_what_its_dates_and_newer_servers_say(answer: dict[str, Any], status: str):
    assert EXPERIMENT.values({"id": 1, "name": "A", **answer})["status"] == status


def test_what_posthog_writes_into_metrics_and_keeps_of_the_flag_is_no_difference():
    answer = {
        "id": 1,
        "name": "A",
        "metrics": [metric("Orders", uuid="u", fingerprint="f", goal=None)],
        "parameters": {"feature_flag_variants": [{"key": "control"}], "minimum_detectable_effect": 20},
        "exposure_criteria": {"filterTestAccounts": True},
        "saved_metrics": [{"id": 9, "saved_metric": 4, "metadata": {"type": "primary"}}],
    }
    declared = {
        "metrics": [metric("Orders")],
        "parameters": {"minimum_detectable_effect": 20},
        "exposure_criteria": {},
        "saved_metrics_ids": [{"id": 4, "metadata": {"type": "primary"}}],
    }

    assert differences(EXPERIMENT, declared, EXPERIMENT.values(answer)) == ()


def test_a_patch_keeps_the_results_of_metrics_and_the_variants_of_the_flag():
    answer = {
        "metrics": [metric("Orders", uuid="o"), metric("Visits", uuid="v")],
        "parameters": {"feature_flag_variants": [{"key": "control"}], "minimum_detectable_effect": 20},
    }
    body = {"metrics": [metric("New"), metric("Visits")], "parameters": {"recommended_sample_size": 5}}

    sent = alongside(body, answer)

    assert [each.get("uuid") for each in sent["metrics"]] == ["o", "v"]
    assert sent["parameters"] == {
        "feature_flag_variants": [{"key": "control"}],
        "recommended_sample_size": 5,
    }
