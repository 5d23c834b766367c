"""posthog-api-release.md 6 as tables: early access features."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.flags import VARIANTS
from sandbox.flags import made as flag
from sandbox.steps import a_key, switched
from sandbox.table import (
    API,
    BEFORE,
    DELETE,
    DENIED,
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

FEATURES = ONE + "early_access_feature/"
FEATURE = FEATURES + "{feature}/"
FLAG = ONE + "feature_flags/{flag}/"
STAGES = ("draft", "concept", "alpha", "beta", "general-availability", "archived")


def made(name: str = "Dark mode", stage: str = "draft", saves: str = "feature", **rest: Any) -> Call:
    return POST(FEATURES, {"name": name, "stage": stage, **rest}, saves=saves)


LINKED = made(feature_flag_id="{flag}")
ROWS = (
    Row(
        "a feature and its flag, which nobody gets",
        made(),
        201,
        {
            "name": "Dark mode",
            "stage": "draft",
            "description": "",
            "documentation_url": "",
            "feature_flag": {
                "key": "dark-mode",
                "filters": {"groups": [{"properties": [], "rollout_percentage": 0}]},
            },
        },
    ),
    Row(
        "whose name says so",
        made(),
        201,
        {"feature_flag": {"name": "Feature Flag for Feature Dark mode"}},
        ages=BEFORE,
    ),
    Row(
        "at more length now",
        made(),
        201,
        {"feature_flag": {"name": "Feature Flag for Early Access Feature Dark mode"}},
        ages=NOW,
    ),
    Row("a name is needed", POST(FEATURES, {"stage": "beta"}), 400, validation("required", "name")),
    Row("a stage, too", POST(FEATURES, {"name": "x"}), 400, validation("required", "stage")),
    Row("of these", made(stage="gamma"), 400, validation("invalid_choice", "stage")),
    *(Row(f"{stage} is one", made(stage=stage), 201, {"stage": stage}) for stage in STAGES),
    Row("the longest name", made("x" * 201), 400, validation("max_length", "name")),
    Row(
        "a page is a URL",
        made(documentation_url="here"),
        400,
        validation("invalid_input", "documentation_url"),
    ),
    Row("or none", made(documentation_url=""), 201),
    Row("a payload", made(payload={"a": 1}), 201, {"payload": {"a": 1}}, ages=MODERN),
    Row("null is an empty one", made(payload=None), 201, {"payload": {}}, ages=MODERN),
    Row("there was none", made(), 201, {"payload": "<missing>"}, ages=(2024,)),
    Row("its maker is its assignee", made(), 201, {"assignee": {"type": "user"}}, ages=NOW),
    Row("or another", made(assignee={"type": "role", "id": "r"}), 201, {"assignee": {"id": "r"}}, ages=NOW),
    Row("the flag's key is free", made(), 400, validation("unique", "key"), [flag("dark-mode")]),
    Row("a flag of one's own", LINKED, 201, {"feature_flag": {"key": "checkout"}}, [flag()]),
    Row("that there is", made(feature_flag_id=99999), 400, UNTIED),
    Row("for one feature", LINKED, 400, UNTIED, [flag(), made("Other", feature_flag_id="{flag}", saves="o")]),
    Row("without variants", LINKED, 400, UNTIED, [flag(filters=VARIANTS)]),
    Row(
        "not of groups",
        LINKED,
        400,
        UNTIED,
        [flag(filters={"groups": [{"rollout_percentage": 1}], "aggregation_group_type_index": 0})],
    ),
    Row(
        "it stays the same one",
        PATCH(FEATURE, {"feature_flag_id": 99999}),
        200,
        {"feature_flag": {"key": "checkout"}},
        [flag(), LINKED],
    ),
    Row("deleted for good", GET(FEATURE), 404, NOT_FOUND, [made(), DELETE(FEATURE)]),
    Row(
        "the flag stays",
        GET(FLAG),
        200,
        {"deleted": False, "features": []},
        [flag(), LINKED, DELETE(FEATURE)],
    ),
    Row("and cannot go first", PATCH(FLAG, {"deleted": True}), 400, UNTIED, [flag(), LINKED]),
    Row("PUT needs it all", PUT(FEATURE, {"name": "x"}), 400, validation("required", "stage"), [made()]),
    Row("lists are complete", GET(FEATURES), 200, {"count": 1, "results": [{"stage": "draft"}]}, [made()]),
    Row(
        "its row in the tree",
        GET(ONE + "file_system/?type=early_access_feature"),
        200,
        {"results": [{"path": "Unfiled/Early Access Features/Dark mode", "ref": "{feature}"}]},
        [made()],
        MODERN,
    ),
    Row(
        "is deleted with it",
        GET(ONE + "file_system/?type=early_access_feature"),
        200,
        {"count": 0},
        [made(), DELETE(FEATURE)],
        MODERN,
    ),
    Row(
        "a key that reads",
        POST(FEATURES, {"name": "x", "stage": "beta"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["early_access_feature:read"])],
    ),
    Row(
        "all get it",
        PATCH(FEATURE, {"stage": "general-availability", "rollout_to_all": True}),
        200,
        {"feature_flag": {"filters": {"groups": [{"rollout_percentage": 100}]}}},
        [made()],
        NOW,
    ),
    Row(
        "a viewer of the flag changes nothing",
        PATCH(FEATURE, {"stage": "beta"}, key="{bo_key}"),
        403,
        DENIED,
        [
            a_key("bo_key", "bo@acme.io"),
            flag(),
            LINKED,
            PUT(FLAG + "access_controls/", {"access_level": "viewer", "organization_member": "{member_bo}"}),
        ],
        NOW,
    ),
    Row(
        "nor one of the feature",
        PATCH(FEATURE, {"stage": "beta"}, key="{bo_key}"),
        403,
        DENIED,
        [
            a_key("bo_key", "bo@acme.io"),
            made(),
            PUT(
                FEATURE + "access_controls/", {"access_level": "viewer", "organization_member": "{member_bo}"}
            ),
        ],
        NOW,
    ),
)


@table(ROWS)
def test_early_access_features(api: API, row: Row) -> None:
    check(api, row)


def test_deleting_the_row_in_the_tree_deletes_the_feature_and_is_logged(api: API) -> None:
    api.send(flag())
    api.send(LINKED)
    (row,) = api.results(ONE + "file_system/?type=early_access_feature")

    (gone,) = api.send(DELETE(f"{ONE}file_system/{row['id']}/")).body["deleted"]

    assert (gone["ref"], gone["mode"], gone["can_undo"]) == (api.names["feature"], "hard", False)
    assert api.send(GET(FEATURE)).status == 404
    (entry,) = api.results("/api/projects/{project}/activity_log/?scope=EarlyAccessFeature")
    assert (entry["activity"], entry["item_id"]) == ("deleted", api.names["feature"])


@pytest.mark.parametrize("stage", ["draft", "beta"])
def test_a_change_of_the_flag_needs_its_scope(api: API, stage: str) -> None:
    a_key("key", scopes=["early_access_feature:write"])(api)

    assert api.send(POST(FEATURES, {"name": "x", "stage": stage}, key="{key}")).status == 403
    api.send(flag())
    api.send(made(stage="draft", feature_flag_id="{flag}"))
    assert api.send(PATCH(FEATURE, {"name": "y"}, key="{key}")).status == 200
    assert api.send(PATCH(FEATURE, {"stage": stage}, key="{key}")).status == (403 if stage == "beta" else 200)
    assert api.send(DELETE(FEATURE, key="{key}")).status == 403

    switched(later_2026=False)(api)
    assert api.send(DELETE(FEATURE, key="{key}")).status == 204


ENROLLED = {
    "properties": [
        {"key": "$feature_enrollment/checkout", "type": "person", "operator": "exact", "value": ["true"]}
    ],
    "rollout_percentage": 100,
}


@pytest.mark.parametrize(
    ("age", "key", "value", "concept"),
    [
        (2024, "super_groups", [ENROLLED], True),
        (2025, "super_groups", [ENROLLED], True),
        (2026, "feature_enrollment", True, False),
    ],
)
def test_active_stages_enrol_people(api: API, age: int, key: str, value: Any, concept: bool) -> None:
    api.send(flag())
    api.send(LINKED)

    def seen(stage: str) -> Any:
        assert api.send(PATCH(FEATURE, {"stage": stage})).status == 200
        return api.get(FLAG)["filters"].get(key, "nothing")

    assert [seen(stage) for stage in ("beta", "archived")] == [value, None]
    assert seen("concept") == (value if concept else None)
    assert seen("alpha") == value
    assert api.send(DELETE(FEATURE)).status == 204
    assert api.get(FLAG)["filters"][key] is None
