"""posthog-api-release.md 2.4 to 2.8 as a table: `filters` of feature flags."""

from __future__ import annotations

from sandbox.flags import ALL, BAD, FLAG, FLAGS, GONE, VARIANTS, asking, filters, made, needs
from sandbox.steps import EARLIER, an_object, switched
from sandbox.table import (
    API,
    GET,
    MODERN,
    NOW,
    PATCH,
    POST,
    UNTIED,
    Row,
    check,
    table,
    validation,
)

SHAPES = (
    Row("no groups at all", filters(groups=[]), 400, BAD),
    Row(
        "shares of 90",
        filters(multivariate={"variants": [{"key": "a", "rollout_percentage": 90}]}),
        400,
        BAD,
        [EARLIER],
    ),
    Row(
        "may be taken",
        filters(multivariate={"variants": [{"key": "a", "rollout_percentage": 90}]}),
        201,
        ages=NOW,
    ),
    Row(
        "or not",
        filters(multivariate={"variants": [{"key": "a", "rollout_percentage": 90}]}),
        400,
        validation("cross_field.variant_rollout_sum_not_100", "filters"),
        [switched(rejects_flag_shapes=True)],
        NOW,
    ),
    Row("a variant that is none", filters(groups=[{"properties": [], "variant": "z"}]), 400, BAD, [EARLIER]),
    Row("a payload of nothing", filters(payloads={"x": "1"}), 400, BAD, [EARLIER]),
    Row("a payload that is no JSON", filters(payloads={"true": "{"}), 400, BAD, [EARLIER]),
    Row(
        "a payload becomes text",
        filters(payloads={"true": {"a": 1}}),
        201,
        {"filters": {"payloads": {"true": '{"a": 1}'}}},
    ),
    Row("a share of 101", filters(groups=[{"properties": [], "rollout_percentage": 101}]), 400, BAD),
    Row("a property of groups", asking(key="x", value=1, operator="exact", type="group"), 400, BAD),
    Row(
        "no such cohort",
        asking(key="id", value=99999, operator="in", type="cohort"),
        400,
        validation("cohort_does_not_exist", "filters"),
    ),
    Row(
        "its name is added",
        asking(key="id", value="{cohort}", operator="in", type="cohort"),
        201,
        {"filters": {"groups": [{"properties": [{"cohort_name": "Beta"}]}]}},
        [an_object("cohort", "cohort", "Beta")],
    ),
    Row(
        "in is for cohorts",
        asking(key="x", value="y", operator="in", type="person"),
        400,
        validation("invalid_operator", "filters"),
    ),
    Row(
        "no date",
        asking(key="x", value="soon", operator="is_date_before", type="person"),
        400,
        validation("invalid_date", "filters"),
    ),
    Row(
        "a list for a text",
        asking(key="x", value=["y"], operator="icontains", type="person"),
        400,
        validation("invalid_value", "filters"),
    ),
    Row("no pattern", asking(key="x", value="(", operator="regex", type="person"), 400, BAD, ages=NOW),
    Row(
        "max is lte",
        asking(key="x", value=3, operator="max", type="person"),
        201,
        {"filters": {"groups": [{"properties": [{"operator": "lte"}]}]}},
        ages=NOW,
    ),
    Row(
        "nulls are added",
        made(),
        201,
        {
            "filters": {
                "aggregation_group_type_index": None,
                "groups": [{"aggregation_group_type_index": None}],
            }
        },
        ages=NOW,
    ),
    Row(
        "a version is reserved",
        filters(version=2),
        400,
        validation("reserved_config_version", "filters"),
        ages=NOW,
    ),
    Row(
        "without groups nothing happens",
        PATCH(FLAG, {"filters": {"payloads": {"true": "1"}}}),
        200,
        {"filters": {"payloads": "<missing>"}},
        [EARLIER, made()],
    ),
    Row(
        "or that key is replaced",
        PATCH(FLAG, {"filters": {"payloads": {"true": "1"}}}),
        200,
        {"filters": {"payloads": {"true": "1"}}},
        [made()],
        NOW,
    ),
    Row(
        "all is replaced",
        PATCH(FLAG, {"filters": ALL}),
        200,
        {"filters": {"multivariate": "<missing>"}},
        [EARLIER, made(filters=VARIANTS)],
    ),
    Row(
        "or stays",
        PATCH(FLAG, {"filters": ALL}),
        200,
        {"filters": {"payloads": {"a": '{"x": 1}'}}},
        [made(filters=VARIANTS)],
        NOW,
    ),
    Row(
        "payloads are no null",
        PATCH(FLAG, {"filters": {**ALL, "payloads": None}}),
        400,
        BAD,
        [EARLIER, made()],
    ),
    Row(
        "or cleared by it",
        PATCH(FLAG, {"filters": {"payloads": None}}),
        200,
        {"filters": {"payloads": {}}},
        [made(filters=VARIANTS)],
        NOW,
    ),
    Row(
        "older owned keys are dropped",
        filters(super_groups=[]),
        201,
        {"filters": {"super_groups": "<missing>"}},
        ages=NOW,
    ),
    Row("a flag by its key", POST(FLAGS, {"key": "b", **needs("checkout")}), 400, BAD, [made()], MODERN),
    Row("an unknown flag", POST(FLAGS, {"key": "b", **needs("99999")}), 400, BAD, ages=MODERN),
    Row(
        "one that is off",
        POST(FLAGS, {"key": "b", **needs("{flag}")}),
        400,
        BAD,
        [made(active=False)],
        MODERN,
    ),
    Row("itself", PATCH(FLAG, needs("{flag}")), 400, BAD, [made()], MODERN),
    Row(
        "in a circle",
        PATCH(FLAG, needs("{b}")),
        400,
        BAD,
        [made(), POST(FLAGS, {"key": "b", **needs("{flag}")}, saves="b")],
        MODERN,
    ),
    Row(
        "what is needed stays on",
        PATCH(FLAG, {"active": False}),
        400,
        UNTIED,
        [made(), POST(FLAGS, {"key": "b", **needs("{flag}")})],
        MODERN,
    ),
    Row(
        "and is not deleted",
        GONE,
        400,
        UNTIED,
        [made(), POST(FLAGS, {"key": "b", **needs("{flag}")})],
        MODERN,
    ),
    Row(
        "by whom it is needed",
        GET(FLAG + "dependent_flags/"),
        200,
        [{"key": "b"}],
        [made(), POST(FLAGS, {"key": "b", **needs("{flag}")})],
        MODERN,
    ),
)


@table(SHAPES)
def test_filters_of_flags(api: API, row: Row) -> None:
    check(api, row)
