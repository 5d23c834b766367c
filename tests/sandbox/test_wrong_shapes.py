"""No request makes the sandbox itself fail: what is wrong with one is told in the envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.steps import an_object
from sandbox.table import API, POST, Call

BODIES: tuple[Any, ...] = (
    None,
    [],
    {},
    {
        "name": [1],
        "order": "x",
        "plugin": {},
        "path": 3,
        "config": "{}",
        "meta": "x",
        "level": [],
        "user_uuid": 1,
    },
    {"items": [1, {}], "orders": {"a": "b"}, "new_path": {}, "access_level": [], "organization_id": []},
    {"type": 1, "ref": 2, "organization_member": "x", "role": 7, "resource": [], "target_email": "x"},
)
SETTINGS: tuple[Any, ...] = (
    {"app_urls": {}, "timezone": [], "survey_config": [1]},
    {
        "session_recording_sample_rate": "NaN",
        "revenue_analytics_config": [],
        "modifiers": 3,
        "logs_settings": "x",
    },
    {"session_recording_trigger_groups": {"version": 2, "groups": [1]}},
    {"marketing_analytics_config": {"sources_map": 1}},
    {"path_cleaning_filters": [1]},
    {"test_account_filters": [1]},
    {"session_recording_linked_flag": {"id": [], "key": 1}},
)
QUERIES = (
    "",
    "?limit=x&offset=x&depth=x&order_by=x&search=%22-:%22&type__startswith=&created_at__gt=x&parent=",
    "?page=x&page_size=x&cursor=x&user=x&scopes=,&item_id=&updated_after=x&order=x&email=",
)


# The same views once more: under the other prefix, and narrowed to a family.
TWINS = re.compile(r"environments/\{project_id\}/\w|.*/pipeline_(transformation|frontend|import)")


def routes() -> Iterator[tuple[str, str]]:
    """Every path, with placeholders, and its methods."""
    from pulumi_posthog.sandbox.server.routes import api as patterns

    for pattern in patterns:
        actions = getattr(pattern.callback, "actions", None)
        if actions is None:
            continue
        path = str(pattern.pattern).removeprefix("^").removesuffix("/?$")
        path = re.sub(r"\(\?P<resource>[^)]*\)s", "dashboards", path)
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", path)
        if TWINS.match(path):
            continue
        for method in list(actions):
            if method != "head":
                yield method.upper(), f"/api/{path}/"


def known_ids(api: API) -> dict[str, Any]:
    """For each placeholder of a path something that is there."""
    an_object("flag", "feature_flag", "new-checkout")(api)
    api.send(
        POST("/api/projects/{project}/plugin_configs/", {"plugin": "{snowflake}", "order": 1}, saves="config")
    )
    names = api.names
    return {
        "organization_id": names["org"],
        "project_id": names["project"],
        "role_id": names["role"],
        "flag_id": names["flag"],
        "resource_id": names["dashboard"],
        "user_uuid": names["bo"],
        "uuid": "@me",
        "id": names["role"],
    }


def filled_in(path: str, ids: dict[str, Any]) -> str:
    """A path with these ids in place of its placeholders."""
    for placeholder, value in ids.items():
        path = path.replace(f"{{{placeholder}}}", str(value))
    return path


@pytest.mark.usefixtures("legacy_destinations")
@pytest.mark.parametrize(
    ("age", "ids"), [(2024, "numbers"), (2026, "known"), (2026, "unknown"), (2026, "none"), (2026, "numbers")]
)
def test_no_shape_of_a_request_makes_it_fail(
    api: API, age: int, ids: str, capfd: pytest.CaptureFixture[str]
) -> None:
    from django.db import transaction

    there = known = known_ids(api)
    if ids == "unknown":
        known = {**dict.fromkeys(known, api.names["nobody"]), "project_id": 999}
    elif ids == "none":
        known = dict.fromkeys(known, "@x'\"%00")
    elif ids == "numbers":
        known = {**known, "id": api.names["config"], "user_uuid": 10**30, "resource_id": 10**30}

    failures = []
    for method, pattern in routes():
        path = filled_in(pattern, known)
        if (age, ids) == (2026, "numbers") and path == filled_in(pattern, there):
            continue  # as among the known ones
        bodies = BODIES if method in {"POST", "PUT", "PATCH"} else (None,)
        if ids in {"unknown", "none"}:
            bodies = bodies[:1] + bodies[3:4]  # what is not there is told before anybody looks at the body
        if re.fullmatch(r"/api/projects/\w+/", path) and method == "PATCH":
            bodies += SETTINGS
        for body in bodies:
            for query in QUERIES if method == "GET" else ("",):
                # Each request finds everything as it was.
                savepoint = transaction.savepoint()
                answer = api.send(Call(method, path + query, body))
                transaction.savepoint_rollback(savepoint)
                error = capfd.readouterr().err
                if "Traceback" in error:
                    failures.append(f"{method} {path}{query} {body}\n{error[-300:]}")
                if answer.status >= 400 and isinstance(answer.body, dict) and "type" in answer.body:
                    assert answer.body.keys() == {"type", "code", "detail", "attr"}
    assert failures == []
