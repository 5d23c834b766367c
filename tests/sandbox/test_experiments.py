"""posthog-api-release.md 5 as tables: experiments, holdouts, saved metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.flags import VARIANTS
from sandbox.flags import made as flag
from sandbox.steps import EARLIER, a_key, without_feature
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
    FAILED,
    GET,
    MODERN,
    NOT_FOUND,
    NOW,
    ONE,
    PATCH,
    POST,
    PUT,
    UNTIED,
    Call,
    Row,
    check,
    table,
    validation,
)

EXPERIMENTS = ONE + "experiments/"
EXPERIMENT = EXPERIMENTS + "{experiment}/"
FLAGS = ONE + "feature_flags/"
FLAG = FLAGS + "{flag}/"
HOLDOUTS = ONE + "experiment_holdouts/"
HOLDOUT = HOLDOUTS + "{holdout}/"
METRICS = ONE + "experiment_saved_metrics/"
METRIC = METRICS + "{metric}/"
STARTED = "2026-01-01T00:00:00Z"
ENDED = "2026-02-01T00:00:00Z"


def split(*shares: tuple[str, int]) -> dict[str, Any]:
    """Variants of a flag."""
    return {"variants": [{"key": key, "rollout_percentage": share} for key, share in shares]}


TWO = split(("control", 50), ("test", 50))
THREE = split(("control", 40), ("a", 30), ("b", 30))
ALL = [{"properties": [], "rollout_percentage": 100}]


def a_flag(multivariate: dict[str, Any] = THREE, **rest: Any) -> Call:
    return flag(filters={"groups": ALL, "multivariate": multivariate}, **rest)


def made(name: str = "Checkout", key: str = "checkout", saves: str = "experiment", **rest: Any) -> Call:
    return POST(EXPERIMENTS, {"name": name, "feature_flag_key": key, **rest}, saves=saves)


def patched(**sent: Any) -> Call:
    return PATCH(EXPERIMENT, sent)


def does(what: str, **sent: Any) -> Call:
    return POST(f"{EXPERIMENT}{what}/", sent)


def variants(*shares: tuple[str, int]) -> dict[str, Any]:
    """`parameters` of an experiment."""
    return {"feature_flag_variants": split(*shares)["variants"]}


def mean(event: str = "paid", **rest: Any) -> dict[str, Any]:
    source = {"kind": "EventsNode", "event": event}
    return {"kind": "ExperimentMetric", "metric_type": "mean", "name": "Paid", "source": source, **rest}


def known(event: str) -> Callable[[API], None]:
    """An event that the project has seen."""

    def step(api: API) -> None:
        from pulumi_posthog.sandbox.families.event_store import Event

        Event.objects.create(project_id=api.names["project"], event=event, distinct_id="kim")

    return step


def gone_flag(api: API) -> None:
    """Its flag was deleted, by whichever way."""
    from pulumi_posthog.sandbox.families.released_objects import FeatureFlag

    FeatureFlag.objects.filter(name="checkout").update(deleted=True)


def acting() -> dict[str, Any]:
    return mean(source={"kind": "ActionsNode", "id": "{action}"})


AN_ACTION = POST(ONE + "actions/", {"name": "Paid", "steps": [{"event": "paid"}]}, saves="action")
HELD = POST(
    HOLDOUTS, {"name": "Few", "filters": [{"properties": [], "rollout_percentage": 5}]}, saves="holdout"
)
SAVED = POST(METRICS, {"name": "Weekly", "query": mean()}, saves="metric")
RUNNING = made(start_date=STARTED)
OVER = made(start_date=STARTED, end_date=ENDED)
FLAG_OF = GET(FLAGS)
ROWS = (
    Row(
        "an experiment and its flag",
        made(),
        201,
        {
            "name": "Checkout",
            "description": "",
            "type": "product",
            "feature_flag_key": "checkout",
            "feature_flag": {
                "key": "checkout",
                "name": "Feature Flag for Experiment Checkout",
                "active": False,
                "filters": {"groups": ALL, "multivariate": TWO},
            },
            "start_date": None,
            "end_date": None,
            "holdout": None,
            "saved_metrics": [],
            "metrics": [],
            "metrics_secondary": [],
            "exposure_criteria": {"filterTestAccounts": True},
            "stats_config": {"method": "bayesian"},
            "conclusion": None,
            "archived": False,
            "deleted": False,
        },
    ),
    Row("its status", made(), 201, {"status": "draft"}, ages=NOW),
    Row("has none before", made(), 201, {"status": "<missing>"}, ages=BEFORE),
    Row(
        "a name is needed", POST(EXPERIMENTS, {"feature_flag_key": "x"}), 400, validation("required", "name")
    ),
    Row("a flag, too", POST(EXPERIMENTS, {"name": "x"}), 400, validation("required", "feature_flag_key")),
    Row("the longest name", made("x" * 401), 400, validation("max_length", "name")),
    Row("the longest hypothesis", made(description="x" * 3001), 400, validation("max_length", "description")),
    Row("types", made(type="mobile"), 400, validation("invalid_choice", "type")),
    Row("conclusions", made(conclusion="maybe"), 400, validation("invalid_choice", "conclusion")),
    Row(
        "with a comment",
        made(conclusion="won", conclusion_comment="x" * 4001),
        400,
        validation("max_length", "conclusion_comment"),
    ),
    Row("names may be equal", made(), 201, given=[made(key="other", saves="other")]),
    Row("launched at once", RUNNING, 201, {"feature_flag": {"active": True}}),
    # The flag (5.4).
    Row(
        "a flag of one's own",
        made(),
        201,
        {"feature_flag": {"id": "{flag}", "filters": {"multivariate": THREE}}},
        [a_flag()],
    ),
    Row("several share it", made("Other"), 201, given=[a_flag(), made(saves="other")]),
    Row(
        "with variants",
        made(),
        400,
        {**UNTIED, "detail": "Feature flag is not eligible for experiments."},
        [flag()],
    ),
    Row("and a control", made(), 400, UNTIED, [flag(filters=VARIANTS)]),
    Row(
        "which was the first one",
        made(),
        400,
        {**UNTIED, "detail": "Feature flag must have control as the first variant."},
        [a_flag(split(("a", 50), ("control", 50)))],
        BEFORE,
    ),
    Row("and is anywhere now", made(), 201, given=[a_flag(split(("a", 50), ("control", 50)))], ages=NOW),
    Row(
        "variants of one's own",
        made(parameters=variants(("Control", 40), ("a", 60))),
        201,
        {"feature_flag": {"filters": {"multivariate": split(("control", 40), ("a", 60))}}},
    ),
    Row(
        "a share of people",
        made(parameters={"rollout_percentage": 20}),
        201,
        {"feature_flag": {"filters": {"groups": [{"rollout_percentage": 20}]}}},
    ),
    Row(
        "one is the control",
        made(parameters=variants(("a", 50), ("b", 50))),
        400,
        validation("invalid_input", "parameters"),
    ),
    Row(
        "two at least now",
        made(parameters=variants(("control", 100))),
        400,
        validation("invalid_input", "parameters"),
        ages=NOW,
    ),
    Row(
        "20 at most",
        made(parameters=variants(("control", 0), *((f"v{n}", 5) for n in range(20)))),
        400,
        validation("invalid_input", "parameters"),
    ),
    Row(
        "the flag stays the same one",
        patched(feature_flag_key="other"),
        400,
        {**UNTIED, "detail": "Can't update keys: get_feature_flag_key on Experiment"},
        [made()],
    ),
    Row("its own key is fine", patched(feature_flag_key="checkout"), 200, given=[made()]),
    Row(
        "a draft's parameters without variants reset them",
        patched(parameters={"minimum_detectable_effect": 5}),
        200,
        {"feature_flag": {"filters": {"multivariate": TWO}}},
        [a_flag(), made()],
    ),
    Row(
        "complete ones do not",
        patched(
            parameters={"minimum_detectable_effect": 5, **variants(("control", 40), ("a", 30), ("b", 30))}
        ),
        200,
        {
            "feature_flag": {"filters": {"multivariate": THREE}},
            "parameters": {"minimum_detectable_effect": 5},
        },
        [a_flag(), made()],
    ),
    Row(
        "none leave them",
        patched(description="x"),
        200,
        {"feature_flag": {"filters": {"multivariate": THREE}}},
        [a_flag(), made()],
    ),
    Row(
        "once it runs they stay",
        patched(parameters={"minimum_detectable_effect": 5}),
        200,
        {"feature_flag": {"filters": {"multivariate": THREE}}},
        [a_flag(), RUNNING],
    ),
    Row(
        "and cannot change",
        patched(parameters=variants(("control", 50), ("z", 50))),
        400,
        {**UNTIED, "detail": "Can't update feature_flag_variants on Experiment"},
        [a_flag(), RUNNING],
    ),
    Row(
        "but their shares can",
        patched(parameters=variants(("control", 20), ("test", 80))),
        200,
        {"feature_flag": {"filters": {"multivariate": split(("control", 20), ("test", 80))}}},
        [RUNNING],
    ),
    Row("null fails while it runs", patched(parameters=None), 500, FAILED, [RUNNING], BEFORE),
    Row("no longer", patched(parameters=None), 200, given=[RUNNING], ages=NOW),
    Row(
        "parameters were as sent",
        GET(EXPERIMENT),
        200,
        {"parameters": {"recommended_sample_size": 7}},
        [made(parameters={"recommended_sample_size": 7})],
    ),
    Row(
        "and are read from the flag now",
        GET(EXPERIMENT),
        200,
        {
            "parameters": {
                "rollout_percentage": 100,
                "feature_flag_variants": [
                    {"key": "control", "split_percent": 50},
                    {"key": "test", "split_percent": 50},
                ],
            }
        },
        [made()],
        NOW,
    ),
    Row("not before August 2026", GET(EXPERIMENT), 200, {"parameters": {}}, [EARLIER, made()]),
    Row(
        "the flag as an input",
        made(feature_flag={"filters": {"multivariate": THREE}}),
        201,
        {"feature_flag": {"filters": {"multivariate": THREE, "groups": ALL}}},
        ages=NOW,
    ),
    Row(
        "which is new",
        made(feature_flag={"filters": {"multivariate": THREE}}),
        201,
        {"feature_flag": {"filters": {"multivariate": TWO}}},
        ages=BEFORE,
    ),
    Row(
        "with these keys",
        made(feature_flag={"active": True}),
        400,
        validation("invalid_input", "feature_flag"),
        ages=NOW,
    ),
    Row(
        "in one group",
        made(feature_flag={"filters": {"groups": ALL + ALL}}),
        400,
        validation("invalid_input", "feature_flag"),
        ages=NOW,
    ),
    Row(
        "not for a flag that there is",
        made(feature_flag={"filters": {"multivariate": TWO}}),
        400,
        validation("invalid_input", "feature_flag"),
        [a_flag()],
        NOW,
    ),
    Row(
        "an echo is nothing",
        patched(feature_flag={"id": 1, "active": True}),
        200,
        {"feature_flag": {"active": False}},
        [made()],
        NOW,
    ),
    Row(
        "while it runs it is asked for",
        patched(feature_flag={"filters": {"multivariate": TWO}}),
        400,
        validation("invalid_input", "feature_flag"),
        [RUNNING],
        NOW,
    ),
    Row(
        "and done",
        patched(
            feature_flag={"filters": {"multivariate": split(("control", 10), ("test", 90))}},
            update_feature_flag_params=True,
        ),
        200,
        {"feature_flag": {"filters": {"multivariate": split(("control", 10), ("test", 90))}}},
        [RUNNING],
        NOW,
    ),
    # Metrics (5.5).
    Row("unknown kinds", made(metrics=[{"kind": "x"}]), 400, validation("invalid_input", "metrics")),
    Row(
        "unknown types", made(metrics=[mean(metric_type="sum")]), 400, validation("invalid_input", "metrics")
    ),
    Row("an event that nobody saw", made(metrics=[mean("nothing")]), 400, UNTIED, ages=NOW),
    Row(
        "which was fine",
        made(metrics=[mean("nothing")]),
        201,
        {"metrics": [{"name": "Paid", "uuid": "<missing>"}]},
        ages=BEFORE,
    ),
    Row("or is allowed", made(metrics=[mean("nothing")], allow_unknown_events=True), 201, ages=NOW),
    Row("one that was seen", made(metrics=[mean()]), 201, given=[known("paid")], ages=NOW),
    Row(
        "an action that there is",
        made(metrics=[acting()]),
        201,
        {"metrics": [{"source": {"id": "{action}", "name": "Paid"}}]},
        [AN_ACTION],
    ),
    Row(
        "and is not deleted",
        made(metrics=[acting()]),
        400,
        UNTIED,
        [AN_ACTION, PATCH(ONE + "actions/{action}/", {"name": "Paid", "deleted": True})],
        NOW,
    ),
    Row(
        "renamed with its action",
        GET(EXPERIMENT),
        200,
        {"metrics": [{"source": {"name": "Bought"}}]},
        [AN_ACTION, made(metrics=[acting()]), PATCH(ONE + "actions/{action}/", {"name": "Bought"})],
    ),
    Row(
        "its uuid is kept",
        patched(metrics=[mean(uuid="mine")]),
        200,
        {"metrics": [{"uuid": "mine"}], "primary_metrics_ordered_uuids": ["mine"]},
        [known("paid"), made()],
    ),
    Row(
        "metrics are replaced whole",
        patched(metrics=[]),
        200,
        {"metrics": []},
        [known("paid"), made(metrics=[mean()])],
    ),
    Row(
        "filled in",
        made(stats_config={"confidence": 0.9}),
        201,
        {"stats_config": {"method": "bayesian", "confidence": 0.9}},
    ),
    Row("null fails", made(stats_config=None), 500, FAILED, ages=BEFORE),
    Row("no more", made(stats_config=None), 201, ages=NOW),
    Row(
        "metrics from before 2025",
        patched(archived=True),
        400,
        UNTIED,
        [made(metrics=[{"kind": "ExperimentTrendsQuery"}])],
    ),
    Row(
        "leave this to change",
        patched(name="x", description="y"),
        200,
        given=[made(metrics=[{"kind": "ExperimentTrendsQuery"}])],
    ),
    # Dates and state (5.6).
    Row(
        "launched by its date", patched(start_date=STARTED), 200, {"feature_flag": {"active": True}}, [made()]
    ),
    Row(
        "ended, its flag is left on",
        patched(end_date=ENDED),
        200,
        {"feature_flag": {"active": True}},
        [RUNNING],
    ),
    Row(
        "the end is later",
        patched(end_date=STARTED),
        400,
        {**UNTIED, "detail": "End date must be after start date"},
        [RUNNING],
    ),
    Row(
        "launched",
        does("launch"),
        200,
        {"status": "running", "feature_flag": {"active": True}},
        [made()],
        NOW,
    ),
    Row("which is new, too", does("launch"), 404, given=[made()], ages=BEFORE),
    Row("once", does("launch"), 400, UNTIED, [RUNNING], NOW),
    Row("with its flag", does("launch"), 400, UNTIED, [made(), gone_flag], NOW),
    Row(
        "paused", does("pause"), 200, {"status": "paused", "feature_flag": {"active": False}}, [RUNNING], NOW
    ),
    Row("once", does("pause"), 400, UNTIED, [RUNNING, does("pause")], NOW),
    Row("not as a draft", does("pause"), 400, UNTIED, [made()], NOW),
    Row("nor when it is over", does("pause"), 400, UNTIED, [OVER], NOW),
    Row("resumed", does("resume"), 200, {"status": "running"}, [RUNNING, does("pause")], NOW),
    Row("when it was paused", does("resume"), 400, UNTIED, [RUNNING], NOW),
    Row(
        "concluded",
        does("end", conclusion="won", conclusion_comment="Yes"),
        200,
        {"status": "stopped", "conclusion": "won", "conclusion_comment": "Yes"},
        [RUNNING],
        NOW,
    ),
    Row("once", does("end"), 400, UNTIED, [OVER], NOW),
    Row(
        "by a word",
        does("end", conclusion="x"),
        400,
        validation("invalid_choice", "conclusion"),
        [RUNNING],
        NOW,
    ),
    Row(
        "shipped",
        does("ship_variant", variant_key="test"),
        200,
        {
            "status": "stopped",
            "feature_flag": {"filters": {"multivariate": split(("control", 0), ("test", 100))}},
        },
        [RUNNING],
        NOW,
    ),
    Row(
        "a variant that there is",
        does("ship_variant", variant_key="x"),
        400,
        validation("invalid_input", "variant_key"),
        [RUNNING],
        NOW,
    ),
    Row(
        "archived",
        does("archive", disable_feature_flag=True),
        200,
        {"archived": True, "feature_flag": {"active": False}},
        [OVER],
        NOW,
    ),
    Row("once", does("archive"), 400, UNTIED, [OVER, does("archive")], NOW),
    Row("when it is over", does("archive"), 400, UNTIED, [RUNNING], NOW),
    Row("and back", does("unarchive"), 200, {"archived": False}, [OVER, does("archive")], NOW),
    Row("if it was", does("unarchive"), 400, UNTIED, [OVER], NOW),
    Row(
        "a draft again",
        does("reset"),
        200,
        {"status": "draft", "start_date": None, "end_date": None},
        [OVER],
        NOW,
    ),
    Row("if it was none", does("reset"), 400, UNTIED, [made()], NOW),
    Row(
        "doubled",
        does("duplicate"),
        201,
        {"name": "Checkout (Copy)", "feature_flag_key": "checkout", "start_date": None},
        [RUNNING],
        MODERN,
    ),
    Row(
        "its people as a cohort",
        does("create_exposure_cohort_for_experiment"),
        201,
        {"cohort": {"is_static": False}},
        [RUNNING],
        MODERN,
    ),
    # Deletion (1.1, 5.6).
    Row("DELETE is not offered", DELETE(EXPERIMENT), 405, "", [made()]),
    Row("deleted", GET(EXPERIMENT), 404, NOT_FOUND, [made(), patched(deleted=True)]),
    Row("not listed", GET(EXPERIMENTS), 200, {"count": 0}, [made(), patched(deleted=True)]),
    Row(
        "brought back", patched(deleted=False), 200, {"deleted": False}, [made(), patched(deleted=True)], NOW
    ),
    Row("which is new", patched(deleted=False), 404, NOT_FOUND, [made(), patched(deleted=True)], BEFORE),
    Row(
        "not without its flag",
        patched(deleted=False),
        400,
        UNTIED,
        [made(), patched(deleted=True), gone_flag],
        NOW,
    ),
    Row(
        "the flag stays",
        FLAG_OF,
        200,
        {"results": [{"key": "checkout", "experiment_set": []}]},
        [made(), patched(deleted=True)],
    ),
    Row(
        "its row in the tree",
        GET(ONE + "file_system/?type=experiment"),
        200,
        {"results": [{"path": "Unfiled/Experiments/Checkout"}]},
        [made()],
        MODERN,
    ),
    Row(
        "stays",
        GET(ONE + "file_system/?type=experiment"),
        200,
        {"count": 1},
        [made(), patched(deleted=True)],
        MODERN,
    ),
    # What its flag may still do (2.7, 2.9).
    Row("the flag names it", FLAG_OF, 200, {"results": [{"experiment_set": ["{experiment}"]}]}, [made()]),
    Row("and cannot be deleted", PATCH(FLAG, {"deleted": True}), 400, UNTIED, [a_flag(), RUNNING]),
    Row("nor with one that is over", PATCH(FLAG, {"deleted": True}), 400, UNTIED, [a_flag(), OVER], BEFORE),
    Row("still so in early 2026", PATCH(FLAG, {"deleted": True}), 400, UNTIED, [a_flag(), OVER, EARLIER]),
    Row(
        "but now",
        PATCH(FLAG, {"deleted": True}),
        200,
        {"key": "checkout:deleted:{flag}"},
        [a_flag(), OVER],
        NOW,
    ),
    Row(
        "a deleted one leaves a tombstone",
        PATCH(FLAG, {"deleted": True}),
        200,
        {"key": "checkout:deleted:{flag}"},
        [a_flag(), OVER, patched(deleted=True)],
    ),
    Row(
        "variants of a running one stay",
        PATCH(FLAG, {"filters": {"groups": ALL, "multivariate": TWO}}),
        400,
        validation("invalid_input", "filters"),
        [a_flag(), RUNNING],
    ),
    Row(
        "of a draft they can go",
        PATCH(FLAG, {"filters": {"groups": ALL, "multivariate": TWO}}),
        200,
        given=[a_flag(), made()],
    ),
    Row(
        "eligible flags",
        GET(FLAGS + "?eligible_for_experiment=true"),
        200,
        {"count": 1},
        [a_flag(), flag("plain", saves="plain")],
    ),
    Row(
        "by the experiments' own list",
        GET(EXPERIMENTS + "eligible_feature_flags/"),
        200,
        {"count": 1},
        [a_flag(), flag("plain", saves="plain")],
    ),
    # Lists (5.2).
    Row("archived ones are not listed", GET(EXPERIMENTS), 200, {"count": 0}, [made(archived=True)], MODERN),
    Row("they were", GET(EXPERIMENTS), 200, {"count": 1}, [made(archived=True)], (2024,)),
    Row(
        "unless they are asked for",
        GET(EXPERIMENTS + "?archived=true"),
        200,
        {"results": [{"archived": True}]},
        [made(archived=True), made(key="b", saves="b")],
        MODERN,
    ),
    Row(
        "by status",
        GET(EXPERIMENTS + "?status=running"),
        200,
        {"results": [{"name": "Checkout"}]},
        [RUNNING, made("b", "b", "b")],
    ),
    Row("that there is", GET(EXPERIMENTS + "?status=x"), 400, validation("invalid_choice", "status")),
    Row(
        "by flag",
        GET(EXPERIMENTS + "?feature_flag_id={flag}"),
        200,
        {"results": [{"name": "Checkout"}]},
        [a_flag(), made(), made("b", "b", "b")],
    ),
    Row(
        "lists were complete",
        GET(EXPERIMENTS),
        200,
        {"results": [{"metrics": [], "stats_config": {"method": "bayesian"}}]},
        [made()],
        BEFORE,
    ),
    Row("until August 2026", GET(EXPERIMENTS), 200, {"results": [{"metrics": []}]}, [EARLIER, made()]),
    Row(
        "and lack metrics now",
        GET(EXPERIMENTS),
        200,
        {
            "results": [
                dict.fromkeys(
                    (
                        "metrics",
                        "metrics_secondary",
                        "saved_metrics",
                        "stats_config",
                        "exposure_criteria",
                        "scheduling_config",
                        "filters",
                        "primary_metrics_ordered_uuids",
                    ),
                    "<missing>",
                )
            ]
        },
        [made()],
        NOW,
    ),
    Row(
        "a key that reads",
        POST(EXPERIMENTS, {"name": "x", "feature_flag_key": "x"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["experiment:read"])],
    ),
    Row(
        "a viewer changes nothing",
        PATCH(EXPERIMENT, {"name": "x"}, key="{bo_key}"),
        403,
        DENIED,
        [
            a_key("bo_key", "bo@acme.io"),
            made(),
            PUT(
                EXPERIMENT + "access_controls/",
                {"access_level": "viewer", "organization_member": "{member_bo}"},
            ),
        ],
        MODERN,
    ),
    # Holdouts (5.7).
    Row("a holdout", HELD, 201, {"name": "Few", "filters": [{"properties": [], "rollout_percentage": 5}]}),
    Row("with a name", POST(HOLDOUTS, {"filters": ALL}), 400, validation("required", "name")),
    Row("and filters", POST(HOLDOUTS, {"name": "x"}), 400, UNTIED),
    Row(
        "that are not empty",
        PATCH(HOLDOUT, {"filters": []}),
        400,
        validation("invalid_input", "filters"),
        [HELD],
    ),
    Row(
        "with a share",
        POST(HOLDOUTS, {"name": "x", "filters": [{"properties": []}]}),
        400,
        validation("invalid_input", "filters"),
    ),
    Row(
        "of at most all",
        POST(HOLDOUTS, {"name": "x", "filters": [{"rollout_percentage": 101}]}),
        400,
        validation("invalid_input", "filters"),
    ),
    Row("deleted for good", GET(HOLDOUT), 404, NOT_FOUND, [HELD, DELETE(HOLDOUT)]),
    Row(
        "the scope of experiments",
        GET(HOLDOUTS, key="{key}"),
        200,
        given=[a_key("key", scopes=["experiment:read"])],
        ages=BEFORE,
    ),
    Row(
        "became its own",
        GET(HOLDOUTS, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["experiment:read"])],
        NOW,
    ),
    Row(
        "this one",
        GET(HOLDOUTS, key="{key}"),
        200,
        given=[a_key("key", scopes=["experiment_holdout:read"])],
        ages=NOW,
    ),
    Row(
        "of an experiment",
        made(holdout_id="{holdout}"),
        201,
        {"holdout_id": "{holdout}", "holdout": {"name": "Few"}},
        [HELD],
    ),
    Row("that there is", made(holdout_id=99999), 400, validation("does_not_exist", "holdout_id")),
    Row(
        "not once it runs",
        patched(holdout_id="{holdout}"),
        400,
        {**UNTIED, "detail": "Can't update holdout on running Experiment"},
        [HELD, RUNNING],
    ),
    # Saved metrics (5.7).
    Row("a saved metric", SAVED, 201, {"name": "Weekly", "query": {"metric_type": "mean"}, "tags": []}),
    Row("with a name", POST(METRICS, {"query": mean()}), 400, validation("required", "name")),
    Row("and a query", POST(METRICS, {"name": "x"}), 400, validation("required", "query")),
    Row(
        "that is one",
        POST(METRICS, {"name": "x", "query": {"kind": "TrendsQuery"}}),
        400,
        validation("invalid_input", "query"),
    ),
    Row(
        "the longest description",
        POST(METRICS, {"name": "x", "query": mean(), "description": "x" * 401}),
        400,
        validation("max_length", "description"),
    ),
    Row(
        "tags in small letters",
        POST(METRICS, {"name": "x", "query": mean(), "tags": [" Growth "]}),
        201,
        {"tags": ["growth"]},
    ),
    Row(
        "which are paid",
        POST(METRICS, {"name": "x", "query": mean(), "tags": ["a"]}),
        201,
        {"tags": []},
        [without_feature("tagging")],
    ),
    Row(
        "by name, in any case",
        GET(METRICS),
        200,
        {"results": [{"name": "apple"}, {"name": "Weekly"}]},
        [SAVED, POST(METRICS, {"name": "apple", "query": mean()})],
    ),
    Row("gone for good", GET(METRIC), 404, NOT_FOUND, [SAVED, DELETE(METRIC)]),
    Row(
        "without a row in the tree",
        GET(ONE + "file_system/?type=experiment_saved_metric"),
        200,
        {"count": 0},
        [SAVED],
        MODERN,
    ),
    Row("another scope", GET(METRICS, key="{key}"), 403, DENIED, [a_key("key", scopes=["experiment:read"])]),
    Row(
        "of an experiment",
        made(saved_metrics_ids=[{"id": "{metric}", "metadata": {"type": "primary"}}]),
        201,
        {"saved_metrics": [{"saved_metric": "{metric}", "metadata": {"type": "primary"}, "name": "Weekly"}]},
        [SAVED],
    ),
    Row(
        "that there are",
        made(saved_metrics_ids=[{"id": 99999}]),
        400,
        validation("invalid_input", "saved_metrics_ids"),
    ),
    Row(
        "are replaced",
        patched(saved_metrics_ids=[]),
        200,
        {"saved_metrics": []},
        [SAVED, made(saved_metrics_ids=[{"id": "{metric}"}])],
    ),
    Row(
        "those that are deleted are gone",
        GET(EXPERIMENT),
        200,
        {"saved_metrics": []},
        [SAVED, made(saved_metrics_ids=[{"id": "{metric}"}]), DELETE(METRIC)],
    ),
)


@table(ROWS)
def test_experiments(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize(
    ("age", "key", "linked", "changed"),
    [
        (2025, "holdout_groups", {"rollout_percentage": 5}, {"rollout_percentage": 7}),
        (2026, "holdout", {"exclusion_percentage": 5}, {"exclusion_percentage": 7}),
    ],
)
def test_a_holdout_rewrites_the_flags_of_its_experiments(
    api: API, age: int, key: str, linked: dict[str, int], changed: dict[str, int]
) -> None:
    def seen() -> Any:
        found = api.get(FLAG)["filters"].get(key, "nothing")
        return found[0] if isinstance(found, list) else found

    api.send(a_flag())
    id_ = api.send(HELD).body["id"]
    api.send(made(holdout_id="{holdout}"))
    name = {"variant": f"holdout-{id_}", "properties": []} if age < 2026 else {"id": id_}
    assert seen() == {**name, **linked}

    api.send(PATCH(HOLDOUT, {"filters": [{"properties": [], "rollout_percentage": 7}]}))
    assert seen() == {**name, **changed}

    assert api.send(DELETE(HOLDOUT)).status == 204
    assert seen() is None
    assert api.get(EXPERIMENT)["holdout_id"] is None


@pytest.mark.parametrize("age", [2025, 2026])
def test_the_flags_variants_were_copied_back_until_2025(api: API, age: int) -> None:
    api.send(a_flag())
    api.send(made(parameters=variants(("control", 40), ("a", 30), ("b", 30))))
    EARLIER(api)

    moved = split(("control", 20), ("a", 30), ("b", 50))
    api.send(PATCH(FLAG, {"filters": {"groups": ALL, "multivariate": moved}}))

    shares = [
        each["rollout_percentage"] for each in api.get(EXPERIMENT)["parameters"]["feature_flag_variants"]
    ]
    assert shares == ([20, 30, 50] if age == 2025 else [40, 30, 30])


def test_a_fingerprint_changes_with_the_dates(api: API) -> None:
    known("paid")(api)
    first = api.send(made(metrics=[mean()])).body["metrics"][0]
    second = api.send(PATCH(EXPERIMENT, {"start_date": STARTED})).body["metrics"][0]

    assert first["uuid"] == second["uuid"]
    assert first["fingerprint"] != second["fingerprint"]


def test_a_deleted_exposure_cohort_is_taken_from_its_experiment(api: API) -> None:
    api.send(RUNNING)
    cohort = api.send(does("create_exposure_cohort_for_experiment")).body["cohort"]["id"]
    assert api.get(EXPERIMENT)["exposure_cohort"] == cohort

    api.send(PATCH(f"{ONE}cohorts/{cohort}/", {"deleted": True}))

    assert api.get(EXPERIMENT)["exposure_cohort"] is None


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (2025, ["updated", "updated", "created"]),
        (2026, ["restored", "deleted", "updated", "created"]),
    ],
)
def test_what_is_done_to_an_experiment_is_logged(api: API, age: int, words: list[str]) -> None:
    api.send(made())
    for change in ({"description": "x"}, {"deleted": True}, {"deleted": False}):
        api.send(PATCH(EXPERIMENT, change))

    found = api.results("/api/projects/{project}/activity_log/?scope=Experiment")

    assert [each["activity"] for each in found] == words


@pytest.mark.parametrize("state", ["draft", "running", "paused", "stopped", "archived"])
def test_a_seed_says_in_which_state_an_experiment_is(filled: Callable[[str], Any], state: str) -> None:
    from pulumi_posthog.sandbox.families.experiments.models import Experiment

    filled(f"""
projects:
  Web:
    feature_flags:
      checkout:
        filters:
          groups: [{{rollout_percentage: 100}}]
          multivariate:
            variants: [{{key: control, rollout_percentage: 50}}, {{key: test, rollout_percentage: 50}}]
    experiment_holdouts: {{Few: {{filters: [{{rollout_percentage: 5}}]}}}}
    experiments:
      Checkout:
        feature_flag_key: checkout
        status: {state}
        holdout_id: !ref experiment_holdout/Few
        metrics: [{{kind: ExperimentMetric, metric_type: mean, source: {{kind: EventsNode, event: paid}}}}]
""")
    (row,) = Experiment.objects.all()

    assert row.status == ("stopped" if state == "archived" else state)
    assert row.archived == (state == "archived")
    assert row.holdout is not None
