"""`/_sandbox/`: counting, switches, keys, many objects, deletions, starting again."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.table import API, DELETE, GET, KEY, ONE, PATCH, POST

ROLES = "/api/organizations/{org}/roles/"


def test_requests_are_counted_by_method_and_path(api: API) -> None:
    api.get(ROLES)
    api.get(ROLES + "?a=secret")
    api.send(POST(ROLES, {"name": "Analysts"}))
    api.send(GET("/api/nothing/"))

    roles = api.fill_in(ROLES)
    counted = api.get("/_sandbox/requests")
    assert counted.pop("seconds") > 0
    assert counted.pop("at_once") == {"GET nothing": 1, "GET roles": 1, "POST roles": 1}
    assert counted == {
        "total": 4,
        "by_method": {"GET": 3, "POST": 1},
        "by_path": {f"GET {roles}": 2, "GET /api/nothing/": 1, f"POST {roles}": 1},
        "by_status": {"200": 2, "201": 1, "404": 1},
        "log": [f"GET {roles} 200", f"GET {roles} 200", f"POST {roles} 201", "GET /api/nothing/ 404"],
    }


def test_counting_starts_from_zero_again(api: API) -> None:
    api.get(ROLES)
    api.send(DELETE("/_sandbox/requests"))

    assert api.get("/_sandbox/requests") == {
        "total": 0,
        "by_method": {},
        "by_path": {},
        "by_status": {},
        "at_once": {},
        "seconds": 0,
        "log": [],
    }


def test_how_many_of_a_family_were_under_way_at_once_is_counted(api: API) -> None:
    api.send(PATCH("/_sandbox/settings", {"latency_ms": 300}))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(api.get, (ROLES, ROLES, ONE)))

    assert api.get("/_sandbox/requests")["at_once"] == {"GET projects": 1, "GET roles": 2}


def test_no_secret_is_in_the_counts(api: API) -> None:
    api.get("/api/users/@me/?personal_api_key=phx_of_the_owner", key=None)
    api.send(POST(ROLES, {"name": "hush"}))

    counts = json.dumps(api.get("/_sandbox/requests"))
    assert "phx_" not in counts
    assert "hush" not in counts


def test_info_says_who_and_what_there_is(api: API) -> None:
    info = api.get("/_sandbox/info")

    assert info["organization"] == {"id": api.names["org"], "name": "Acme", "slug": "acme"}
    assert info["projects"] == [{"id": api.names["project"], "name": "Default project"}]
    assert [(each["email"], each["level"]) for each in info["members"]] == [
        ("ada@acme.io", 15),
        ("ana@acme.io", 8),
        ("bo@acme.io", 1),
        ("cy@acme.io", 1),
        ("dee@acme.io", 1),
    ]
    assert [each["name"] for each in info["plugins"]] == [
        "Snowflake Export",
        "Customer.io",
        "GeoIP",
        "Notification Bar",
        "BigQuery Export",
    ]
    assert info["age"] == 2026
    assert info["admin"]["username"] == "admin"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"age": 2023}, "age"),
        ({"age": "2025"}, "age"),
        ({"latency_ms": -1}, "latency_ms"),
        ({"latency_ms": True}, "latency_ms"),
        ({"legacy_destinations": "no"}, "legacy_destinations"),
        ({"rate_limits": "480/min"}, "rate_limits"),
        ({"rate_limits": ["many"]}, "rate limit"),
        ({"llamas": 1}, "llamas"),
    ],
)
def test_a_bad_switch_is_refused_and_nothing_changes(api: API, change: dict[str, Any], named: str) -> None:
    before = api.get("/_sandbox/settings")

    answer = api.send(PATCH("/_sandbox/settings", {"latency_ms": 1, **change}))

    assert answer.status == 400
    assert named in answer.body["error"]
    assert api.get("/_sandbox/settings") == before


def test_switches_change_while_it_runs(api: API) -> None:
    changed = {"age": 2025, "latency_ms": 1.0, "rate_limits": ["2/min"], "legacy_destinations": False}
    api.send(PATCH("/_sandbox/settings", changed))

    settings = api.get("/_sandbox/settings")
    assert {name: settings[name] for name in changed} == changed
    assert "is_pending_deletion" not in api.get(ONE)
    assert [api.send(GET(ROLES)).status for _ in range(3)] == [200, 429, 429]


@pytest.mark.parametrize(("age", "makes"), [(2024, True), (2025, False), (2026, False)])
def test_plugin_configs_are_made_only_by_the_age_that_did_so_unless_asked_for(
    api: API, age: int, makes: bool
) -> None:
    made = [
        api.send(POST(ONE + "plugin_configs/", {"plugin": "{customerio}", "order": 1})).body,
        api.send(PATCH("/_sandbox/settings", {"legacy_destinations": True}))
        and api.send(POST(ONE + "plugin_configs/", {"plugin": "{customerio}", "order": 1})).body,
    ]

    assert [body["id"] is not None for body in made] == [makes, True]
    # How a client can tell before it writes anything.
    migrates = ["hog_function_migration_available" in body["plugin_info"] for body in made]
    assert migrates == [not makes, False]
    assert api.get(ONE + "plugin_configs/")["count"] == makes + 1


def test_a_key_is_made_with_scopes_for_a_user(api: API) -> None:
    made = api.send(POST("/_sandbox/keys", {"scopes": ["user:read"], "user": "bo@acme.io"})).body["key"]

    assert api.get("/api/users/@me/", key=made)["email"] == "bo@acme.io"
    assert api.send(GET("/api/projects/", key=made)).status == 403


def test_a_key_is_limited_to_projects(api: API) -> None:
    made = api.send(POST("/_sandbox/keys", {"scopes": ["*"], "projects": [api.names["project"]]})).body["key"]

    assert api.send(GET(ONE, key=made)).status == 200
    assert api.send(GET(ROLES, key=made)).status == 403


@pytest.mark.parametrize("body", [{"user": "nobody@acme.io"}, {"llamas": 1}, {"projects": ["x"]}])
def test_a_key_that_cannot_be_made_is_refused(api: API, body: dict[str, Any]) -> None:
    assert api.send(POST("/_sandbox/keys", body)).status == 400


def test_many_objects_are_made_at_once(api: API) -> None:
    wanted = {"members": 10, "roles": 30, "projects": 20, "file_system": 250, "pipeline_destinations": 5}
    answer = api.send(POST("/_sandbox/bulk", wanted))

    assert answer.body == wanted
    assert api.get("/api/organizations/{org}/members/")["count"] == 15
    roles = api.results(ROLES + "?limit=1000")
    assert sorted(len(role["members"]) for role in roles) == [1] * 30 + [2]
    assert api.get("/api/projects/")["count"] == 21
    assert api.get(ONE + "file_system/?type=link")["count"] == 250
    assert api.get(ONE + "pipeline_destination_configs/")["count"] == 5


@pytest.mark.parametrize(
    "body",
    [
        {"llamas": 1},
        {"roles": -1},
        {"roles": "many"},
        {"roles": 1_000_000},
        {"file_system": 1, "project": 99},
    ],
)
def test_what_bulk_cannot_make_is_refused(api: API, body: dict[str, Any]) -> None:
    assert api.send(POST("/_sandbox/bulk", body)).status == 400


def test_bulk_can_be_asked_twice(api: API) -> None:
    for _ in range(2):
        assert (
            api.send(
                POST("/_sandbox/bulk", {"roles": 3, "projects": 3, "file_system": 3, "members": 3})
            ).status
            == 200
        )


def test_pending_deletions_are_finished(api: API) -> None:
    api.send(DELETE(ONE))
    finished = api.send(POST("/_sandbox/deletions"))

    assert finished.body == {"deleted": [api.names["project"]]}
    assert api.send(GET(ONE)).status == 404


def test_it_starts_again_as_it_was(api: API) -> None:
    api.send(POST(ROLES, {"name": "Analysts"}))
    api.send(POST("/api/projects/", {"name": "Web"}))
    api.send(PATCH("/_sandbox/settings", {"age": 2024, "rate_limits": ["1/min"]}))
    api.send(POST("/_sandbox/faults", {"spec": "503 GET /roles/"}))

    info = api.send(POST("/_sandbox/reset")).body
    api.names["org"] = info["organization"]["id"]

    assert info["age"] == 2026
    assert [each["name"] for each in info["projects"]] == ["Default project"]
    assert info["projects"][0]["id"] == 1
    assert api.get(ROLES)["count"] == 1
    assert api.get("/_sandbox/requests")["total"] == 1


def test_it_starts_again_as_often_as_it_is_asked(api: API) -> None:
    answers = []
    for _ in range(3):
        info = api.send(POST("/_sandbox/reset")).body
        api.names["org"] = info["organization"]["id"]
        made = api.send(POST("/api/projects/", {"name": "Web"})).body
        api.send(POST(ROLES, {"name": "Analysts"}))
        answers.append((made["id"], [role["name"] for role in api.get(ROLES)["results"]]))

    assert answers == [(2, ["Engineering", "Analysts"])] * 3


def test_it_comes_back_to_what_was_kept_under_a_name(api: API) -> None:
    api.send(POST(ROLES, {"name": "Analysts"}))
    before = api.get(ROLES)
    assert api.send(POST("/_sandbox/snapshots", {"name": "two_roles"})).status == 200
    api.send(POST("/_sandbox/reset"))
    assert api.get(ROLES) != before

    assert api.send(POST("/_sandbox/snapshots/restore", {"name": "two_roles"})).status == 200

    assert api.get(ROLES) == before
    made = api.send(POST("/api/projects/", {"name": "Web"})).body
    assert made["id"] == 2, "ids count on from where they were"


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("snapshots/restore", "nowhere", "there is no snapshot 'nowhere'"),
        ("snapshots", 'a"; DROP', "a snapshot's name is of a-z, 0-9 and _"),
        ("snapshots", None, "a snapshot's name is of a-z, 0-9 and _"),
    ],
)
def test_a_snapshot_that_is_not_there_is_named(api: API, path: str, name: Any, said: str) -> None:
    answer = api.send(POST(f"/_sandbox/{path}", {"name": name}))

    assert answer.status == 400
    assert said in answer.body["error"]


def test_a_method_that_is_not_there_is_named(api: API) -> None:
    answer = api.send(DELETE("/_sandbox/info"))

    assert (answer.status, answer.body) == (405, {"error": "info takes GET"})


def test_from_elsewhere_it_wants_an_unrestricted_key(api: API, key_of: Callable[..., str]) -> None:
    where: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.7"}

    def status(key: str) -> int:
        return int(
            api.client.get("/_sandbox/info", headers={"Authorization": f"Bearer {key}"}, **where).status_code
        )

    assert status("") == 403
    assert status(key_of(scopes=["*"])) == 403
    assert status("phx_of_the_owner") == 200


PATHS = ("/_sandbox/info", "/_sandbox/reset", "/api/users/@me/", "/admin/")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "rebound.example.com"}, 403),
        ({"Host": "evil.localhost"}, 403),
        ({"Origin": "https://example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "192.0.2.7:8765", "Origin": "http://192.0.2.7:8765"}, None),
        ({"Host": "[::1]:8765", "Origin": "http://[::1]:8765"}, None),
        ({"Host": "sandbox.test", "Origin": "http://sandbox.test"}, None),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_from_elsewhere_gets_no_answer(
    api: API,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int | None,
) -> None:
    monkeypatch.setattr("pulumi_posthog.sandbox.control.door.ALLOWED_NAMES", {"sandbox.test"})
    given = {"Authorization": f"Bearer {KEY}", **headers}
    if "reset" in path and status is None:
        method = "GET"  # which it does not take: nothing else is lost to the other tests

    answer = api.client.generic(method, path, headers=given)

    assert (answer.status_code == 403 and b"the sandbox" in answer.content) is (status == 403)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_a_link_from_elsewhere_leads_to_the_admin_page_and_nowhere_else(api: API) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    answers = [api.client.get(path, headers=link).status_code for path in ("/admin/", "/_sandbox/info")]
    framed = api.client.get("/admin/", headers={**link, "Sec-Fetch-Dest": "iframe"})

    assert answers == [302, 403]  # to the login
    assert framed.status_code == 403


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
def test_only_json_changes_the_sandbox(api: API, kind: str) -> None:
    before = api.get("/_sandbox/settings")

    answer = api.send(PATCH("/_sandbox/settings", raw=(kind, '{"latency_ms": 1}')))

    assert answer.status == 415
    assert "application/json" in answer.body["error"]
    assert api.get("/_sandbox/settings") == before


def test_a_body_that_is_no_object_is_refused(api: API) -> None:
    assert api.send(POST("/_sandbox/keys", raw=("application/json", "[1]"))).status == 400
    assert api.send(POST("/_sandbox/keys", raw=("application/json", "{"))).status == 400


def test_an_extra_key_has_its_scopes(api: API) -> None:
    from pulumi_posthog.sandbox.control.start import fill
    from pulumi_posthog.sandbox.options import Options

    fill(Options(key="phx_mine", extra_key=("phx_reader:project:read,user:read",)))

    assert api.send(GET("/api/projects/", key="phx_reader")).status == 200
    assert api.send(GET(ROLES, key="phx_reader")).status == 403
    assert api.send(GET(ROLES, key="phx_mine")).status == 200


def test_an_extra_key_without_scopes_is_refused() -> None:
    from pulumi_posthog.sandbox.options import Options, SandboxError

    with pytest.raises(SandboxError, match="KEY:SCOPE"):
        Options(extra_key=("phx_reader",))


def test_options_show_no_secret() -> None:
    from pulumi_posthog.sandbox.options import Options

    shown = repr(Options(key="phx_mine", extra_key=("phx_reader:*",), admin_password="phx_chosen"))

    assert "phx_" not in shown


def test_it_says_itself_what_can_be_asked(api: API) -> None:
    found = api.get("/_sandbox/")

    assert {"GET /_sandbox/info", "POST /_sandbox/events", "PATCH /_sandbox/settings"} <= found.keys()
    assert [path for path, says in found.items() if not says] == []
