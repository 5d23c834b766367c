"""posthog-api-release.md 2 as tables: feature flags and their scheduled changes."""

from __future__ import annotations

from sandbox.flags import ALL, FLAG, FLAGS, GONE, made
from sandbox.steps import EARLIER, a_key, switched, without_feature
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
    Row,
    check,
    table,
    validation,
)

LIFE = (
    Row(
        "a flag", made(), 201, {"key": "checkout", "name": "", "active": True, "deleted": False, "version": 1}
    ),
    Row(
        "without filters it is on for all",
        POST(FLAGS, {"key": "x"}),
        201,
        {"filters": {"groups": [{"rollout_percentage": None}]}},
    ),
    Row("the key is required", POST(FLAGS, {}), 400, validation("required", "key")),
    Row("of few characters", POST(FLAGS, {"key": "a b"}), 400, validation("invalid_key", "key")),
    Row("once", made(), 400, validation("unique", "key"), [made()]),
    Row("with its case", made("Checkout"), 201, given=[made()]),
    Row(
        "each change is a version",
        PATCH(FLAG, {"name": "X"}),
        200,
        {"version": 2, "name": "X", "key": "checkout"},
        [made()],
    ),
    Row("PUT needs the key", PUT(FLAG, {"name": "X"}), 400, validation("required", "key"), [made()]),
    Row("DELETE is not offered", DELETE(FLAG), 405, "", [made()]),
    Row("a deleted one is read", GET(FLAG), 200, {"deleted": True}, [made(), GONE]),
    Row("and not listed", GET(FLAGS), 200, {"count": 0}, [made(), GONE]),
    Row("its key is free", made(saves="new"), 201, {"key": "checkout"}, [made(), GONE]),
    Row("the old row is gone", GET(FLAG), 404, NOT_FOUND, [made(), GONE, made(saves="new")], BEFORE),
    Row(
        "or renamed",
        GET(FLAG),
        200,
        lambda api: {"key": f"checkout:deleted:{api.names['flag']}"},
        [made(), GONE, made(saves="new")],
        NOW,
    ),
    Row(
        "restored under another key",
        PATCH(FLAG, {"deleted": False}),
        200,
        {"key": "checkout-2", "deleted": False},
        [made(), GONE, made(saves="new")],
        NOW,
    ),
    Row(
        "renamed onto a deleted one it failed",
        PATCH(FLAGS + "{other}/", {"key": "checkout"}),
        500,
        FAILED,
        [made(), GONE, made("other", "other")],
        BEFORE,
    ),
    Row(
        "now it works",
        PATCH(FLAGS + "{other}/", {"key": "checkout"}),
        200,
        {"key": "checkout"},
        [made(), GONE, made("other", "other")],
        NOW,
    ),
    Row(
        "its row in the tree",
        GET(ONE + "file_system/?type=feature_flag"),
        200,
        {"results": [{"path": "Unfiled/Feature Flags/checkout"}]},
        [made()],
        MODERN,
    ),
    Row(
        "in a folder of choice",
        GET(ONE + "file_system/?type=feature_flag"),
        200,
        {"results": [{"path": "Shop/checkout"}]},
        [made(_create_in_folder="Shop")],
        MODERN,
    ),
    Row(
        "is deleted with it",
        GET(ONE + "file_system/?type=feature_flag"),
        200,
        {"count": 0},
        [made(), GONE],
        MODERN,
    ),
    Row(
        "a dashboard comes along",
        GET(ONE + "file_system/?type=dashboard&search=Usage"),
        200,
        {"count": 1},
        [made()],
        (2025,),
    ),
    Row(
        "unless told not to",
        GET(ONE + "file_system/?type=dashboard&search=Usage"),
        200,
        {"count": 0},
        [made(_should_create_usage_dashboard=False)],
        (2025,),
    ),
    Row(
        "dashboards are only added",
        PATCH(FLAG, {"analytics_dashboards": []}),
        200,
        {"analytics_dashboards": [1]},
        [made(analytics_dashboards=[1])],
    ),
    Row("tags are small", made(tags=[" Growth "]), 201, {"tags": ["growth"]}),
    Row("null keeps them", PATCH(FLAG, {"tags": None}), 200, {"tags": ["x"]}, [made(tags=["x"])]),
    Row("nothing clears them", PATCH(FLAG, {"tags": []}), 200, {"tags": []}, [made(tags=["x"])]),
    Row("they are for payment", made(tags=["x"]), 201, {"tags": []}, [without_feature("tagging")]),
    Row("tags of evaluation are tags", made(evaluation_tags=["x"]), 400, UNTIED, ages=(2025,)),
    Row(
        "contexts need none",
        made(evaluation_contexts=["Web"]),
        201,
        {"evaluation_contexts": ["web"]},
        ages=NOW,
    ),
    Row(
        "where they are on",
        made(evaluation_contexts=["web"]),
        201,
        {"evaluation_contexts": []},
        [switched(evaluation_contexts=False)],
        NOW,
    ),
    Row("archived only when off", PATCH(FLAG, {"archived": True}), 400, UNTIED, [made()], NOW),
    Row(
        "or at once", PATCH(FLAG, {"archived": True, "active": False}), 200, {"archived": True}, [made()], NOW
    ),
    Row(
        "off stays off", PATCH(FLAG, {"active": True}), 400, UNTIED, [made(active=False, archived=True)], NOW
    ),
    Row(
        "archived ones are not listed",
        GET(FLAGS),
        200,
        {"count": 0},
        [made(active=False, archived=True)],
        NOW,
    ),
    Row(
        "but asked for",
        GET(FLAGS + "?archived=true"),
        200,
        {"count": 1},
        [made(active=False, archived=True)],
        NOW,
    ),
    Row("they were listed", GET(FLAGS), 200, {"count": 1}, [EARLIER, made(active=False, archived=True)], NOW),
    Row(
        "devices keep no experience",
        made(ensure_experience_continuity=True, bucketing_identifier="device_id"),
        400,
        UNTIED,
        ages=MODERN,
    ),
    Row("only remote configuration is encrypted", made(has_encrypted_payloads=True), 400, UNTIED, ages=NOW),
    Row(
        "which failed without its payload",
        PATCH(FLAG, {"has_encrypted_payloads": True}),
        500,
        FAILED,
        [made()],
        (2025,),
    ),
    Row("by key", GET(FLAGS + "?key=CHECKOUT"), 200, {"count": 1}, [made(), made("x")], NOW),
    Row("by a text", GET(FLAGS + "?search=check"), 200, {"count": 1}, [made(), made("x")]),
    Row("by a state", GET(FLAGS + "?active=false"), 200, {"count": 1}, [made(active=False), made("x")]),
    Row("by tags", GET(FLAGS + '?tags=["growth"]'), 200, {"count": 1}, [made(tags=["growth"]), made("x")]),
    Row(
        "in an order",
        GET(FLAGS + "?order=key&limit=1"),
        200,
        {"results": [{"key": "checkout"}]},
        [made("x"), made()],
    ),
    Row(
        "a key that reads",
        POST(FLAGS, {"key": "x"}, key="{key}"),
        403,
        DENIED,
        [a_key("key", scopes=["feature_flag:read"])],
    ),
    Row("no key makes dashboards", POST(FLAG + "dashboard/"), 403, DENIED, [made()], MODERN),
    Row("off by a word", POST(FLAG + "disable/"), 200, {"active": False}, [made()], NOW),
    Row("not a deleted one", POST(FLAG + "disable/"), 400, {"success": False}, [made(), GONE], NOW),
    Row("words came with August", POST(FLAG + "disable/"), 404, NOT_FOUND, [EARLIER, made()], NOW),
    Row(
        "many are deleted",
        POST(FLAGS + "bulk_delete/", {"ids": ["{flag}"]}),
        200,
        {"deleted": [{"key": "checkout"}], "errors": []},
        [made()],
        NOW,
    ),
)

BO_VIEWS = PUT(
    ONE + "feature_flags/{flag}/access_controls/",
    {"access_level": "viewer", "organization_member": "{member_bo}"},
)
BO_NONE = PUT(
    ONE + "feature_flags/{flag}/access_controls/",
    {"access_level": "none", "organization_member": "{member_bo}"},
)
BO = a_key("bo_key", "bo@acme.io")
RULES = (
    Row(
        "who may what is told",
        GET(FLAG, key="{bo_key}"),
        200,
        {"user_access_level": "viewer"},
        [BO, made(), BO_VIEWS],
        MODERN,
    ),
    Row(
        "a viewer changes nothing",
        PATCH(FLAG, {"name": "X"}, key="{bo_key}"),
        403,
        DENIED,
        [BO, made(), BO_VIEWS],
        MODERN,
    ),
    Row(
        "what is closed is not listed",
        GET(FLAGS, key="{bo_key}"),
        200,
        {"count": 0},
        [BO, made(), BO_NONE],
        MODERN,
    ),
    Row("nor read", GET(FLAG, key="{bo_key}"), 403, DENIED, [BO, made(), BO_NONE], MODERN),
    Row("one's own is managed", GET(FLAG), 200, {"user_access_level": "manager"}, [made()], MODERN),
)


@table((*LIFE, *RULES))
def test_feature_flags(api: API, row: Row) -> None:
    check(api, row)


def test_a_conflict_is_where_both_changed_the_same(api: API) -> None:
    seen = api.send(made()).body
    api.send(PATCH(FLAG, {"name": "theirs"}))
    token = {"version": seen["version"], "original_flag": seen}

    refused = api.send(PATCH(FLAG, {"name": "ours", **token}))
    alone = api.send(PATCH(FLAG, {"name": "ours", "version": seen["version"]}))

    assert (refused.status, refused.body["code"]) == (409, "conflict")
    assert (alone.status, alone.body["name"]) == (200, "ours")


def test_what_browsers_see_in_place_of_a_payload_keeps_it(api: API) -> None:
    secret = {"is_remote_configuration": True, "has_encrypted_payloads": True}
    api.send(made(**secret | {"filters": {**ALL, "payloads": {"true": '"s"'}}}))
    api.send(PATCH(FLAG, {"filters": {"payloads": {"true": '"********* (encrypted)"'}}}))

    assert api.get(FLAG)["filters"]["payloads"] == {"true": '"s"'}


def test_the_log_says_who_and_what(api: API) -> None:
    api.send(made())
    api.send(PATCH(FLAG, {"active": False}))
    api.send(GONE)

    feed = api.results(FLAG + "activity/")

    assert [(each["activity"], each["detail"]["name"]) for each in feed] == [
        ("deleted", "checkout"),
        ("updated", "checkout"),
        ("created", "checkout"),
    ]
    assert [each["field"] for each in feed[1]["detail"]["changes"]] == ["active"]
    assert feed[1]["user"]["email"] == "ada@acme.io"


CHANGES = ONE + "scheduled_changes/"
LATER = {"record_id": "{flag_text}", "model_name": "FeatureFlag", "scheduled_at": "2020-01-01T00:00:00Z"}
OFF = {"operation": "update_status", "value": False}


def test_a_scheduled_change_is_made_when_its_time_has_come(api: API) -> None:
    api.names["flag_text"] = str(api.send(made()).body["id"])
    change = api.send(POST(CHANGES, {**LATER, "payload": OFF}, saves="change"))
    assert (change.status, change.body["executed_at"], change.body["timezone"]) == (201, None, "UTC")

    assert api.send(POST("/_sandbox/scheduled_changes")).body["results"] == [
        {"id": api.names["change"], "failure_reason": None}
    ]

    assert api.get(FLAG)["active"] is False
    assert api.send(PATCH(CHANGES + "{change}/", {"payload": OFF})).error[2:] == ("invalid_input", None)
    assert api.get(CHANGES + "?record_id={flag_text}")["count"] == 1
    assert api.send(DELETE(CHANGES + "{change}/")).status == 204
    unknown = api.send(POST(CHANGES, {**LATER, "record_id": "99999", "payload": OFF}))
    assert unknown.error == (400, "validation_error", "invalid_input", None)


def test_a_flag_is_copied_into_another_project(api: API) -> None:
    api.send(made(name="Checkout"))
    other = api.send(POST("/api/organizations/{org}/projects/", {"name": "Other"})).body["id"]
    body = {"feature_flag_key": "checkout", "from_project": "{project}", "target_project_ids": [other, 99999]}

    answer = api.send(POST("/api/organizations/{org}/feature_flags/copy_flags/", body)).body

    assert [each["team_id"] for each in answer["success"]] == [other]
    assert [each["project_id"] for each in answer["failed"]] == [99999]
    assert [each["key"] for each in api.results(f"/api/projects/{other}/feature_flags/")] == ["checkout"]
