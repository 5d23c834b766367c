"""Section 1 of the API page: URLs, keys, scopes, the order of refusals, envelopes, pages, rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.steps import a_key, changed_organization, in_both_organizations
from sandbox.table import (
    ALL_AGES,
    API,
    DELETE,
    DENIED,
    GET,
    NOT_FOUND,
    NOT_OFFERED,
    PATCH,
    POST,
    PUT,
    Row,
    check,
    table,
    validation,
)

KEYS_ARE_FOR_ADMINS = changed_organization(members_can_use_personal_api_keys=False)

URLS = (
    Row("the trailing slash is optional", GET("/api/organizations/{org}/roles"), 200),
    Row(
        "an unknown path is 404 without asking for a key",
        GET("/api/nothing/", key=None),
        404,
        {**NOT_FOUND, "detail": "Endpoint not found."},
    ),
    Row(
        "an unknown family of a known project is 404",
        GET("/api/projects/{project}/llamas/"),
        404,
        {**NOT_FOUND, "detail": "Endpoint not found."},
    ),
    Row("environments came with 2025", GET("/api/environments/{project}/"), 404, NOT_FOUND, ages=(2024,)),
    Row(
        "environments are served since 2025",
        GET("/api/environments/{project}/"),
        200,
        {"id": "{project}"},
        ages=(2025, 2026),
    ),
    Row(
        "the file system came with 2025",
        GET("/api/projects/{project}/file_system/"),
        404,
        NOT_FOUND,
        ages=(2024,),
    ),
    Row(
        "broken JSON is a parse error",
        POST("/api/organizations/{org}/roles/", raw=("application/json", "{")),
        400,
        {"type": "invalid_request", "code": "parse_error", "attr": None},
    ),
    Row(
        "an unknown content type is 415",
        POST("/api/organizations/{org}/roles/", raw=("text/plain", "x")),
        415,
        {"type": "invalid_request", "code": "unsupported_media_type", "attr": None},
    ),
    Row(
        "unknown fields are dropped silently",
        POST("/api/organizations/{org}/roles/", {"name": "Analysts", "colour": "red"}),
        201,
        {"name": "Analysts", "colour": "<missing>"},
    ),
    Row(
        "read-only fields are dropped silently",
        POST("/api/organizations/{org}/roles/", {"name": "Analysts", "id": "{nobody}", "members": ["x"]}),
        201,
        {"members": []},
    ),
    Row(
        "texts are trimmed",
        POST("/api/organizations/{org}/roles/", {"name": "  Analysts\n"}),
        201,
        {"name": "Analysts"},
    ),
    Row(
        "forms are taken as JSON is",
        POST("/api/organizations/{org}/roles/", form={"name": "Analysts"}),
        201,
        {"name": "Analysts"},
    ),
    Row(
        "multipart is taken as JSON is",
        POST("/api/organizations/{org}/roles/", multipart={"name": "Analysts"}),
        201,
        {"name": "Analysts"},
    ),
)

KEYS = (
    Row(
        "without a key 401",
        GET("/api/users/@me/", key=None),
        401,
        {
            "type": "authentication_error",
            "code": "not_authenticated",
            "attr": None,
            "detail": "Authentication credentials were not provided.",
        },
    ),
    Row(
        "an unknown key is 401",
        GET("/api/users/@me/", key="phx_unknown"),
        401,
        {
            "type": "authentication_error",
            "code": "authentication_failed",
            "attr": None,
            "detail": "Personal API key found in request Authorization header is invalid.",
        },
    ),
    Row(
        "a project token is no personal key",
        GET("/api/users/@me/", key="phc_token"),
        401,
        {"code": "authentication_failed"},
    ),
    Row(
        "a key in the query string is taken",
        GET("/api/users/@me/?personal_api_key=phx_of_the_owner", key=None),
        200,
    ),
    Row(
        "only the first place of a key is looked at",
        GET("/api/users/@me/?personal_api_key=phx_of_the_owner", key="phx_unknown"),
        401,
    ),
    Row(
        "a missing scope is named",
        PATCH("/api/projects/{project}/", {"name": "X"}, key="{reader}"),
        403,
        {**DENIED, "detail": "API key missing required scope 'project:write'"},
        given=[a_key("reader", scopes=["project:read"])],
    ),
    Row(
        "the right to write is the right to read",
        GET("/api/projects/{project}/", key="{writer}"),
        200,
        given=[a_key("writer", scopes=["project:write"])],
    ),
    Row(
        "the scope of another family does not help",
        GET("/api/projects/{project}/", key="{reader}"),
        403,
        DENIED,
        given=[a_key("reader", scopes=["organization:write"])],
    ),
    Row(
        "a star does not reach what is not mapped",
        PATCH("/api/projects/{project}/reset_token/", key="{star}"),
        403,
        {**DENIED, "detail": "This action does not support Personal API Key access"},
        given=[a_key("star", scopes=["*"])],
        ages=(2024, 2025),
    ),
    Row(
        "the refusal of 2026 is spelled otherwise",
        PATCH("/api/projects/{project}/reset_token/"),
        403,
        {**DENIED, "detail": "This action does not support personal API key access"},
        ages=(2026,),
    ),
    Row(
        "keys from before there were scopes were unrestricted in 2024",
        PATCH("/api/projects/{project}/reset_token/"),
        200,
        {"id": "{project}"},
        ages=(2024,),
    ),
    Row(
        "a key for other organizations names this one",
        GET("/api/organizations/{org}/roles/", key="{limited}"),
        403,
        {**DENIED, "detail": "API key does not have access to the requested organization: ID {org}."},
        given=[in_both_organizations, a_key("limited", scopes=["*"], organizations=["{other}"])],
    ),
    Row(
        "a key for other organizations does not list this one",
        GET("/api/organizations/", key="{limited}"),
        200,
        {"count": 1, "results": [{"id": "{other}"}]},
        given=[in_both_organizations, a_key("limited", scopes=["*"], organizations=["{other}"])],
    ),
    Row(
        "a key for other projects names this one",
        GET("/api/projects/{project}/", key="{limited}"),
        403,
        {**DENIED, "detail": "API key does not have access to the requested project: ID {project}."},
        given=[a_key("limited", scopes=["*"], projects=[999])],
    ),
    Row(
        "a key for projects reaches no organization",
        GET("/api/organizations/{org}/roles/", key="{limited}"),
        403,
        {**DENIED, "detail": "API keys with scoped projects are only supported on project-based endpoints."},
        given=[a_key("limited", scopes=["*"], projects=["{project}"])],
    ),
    Row(
        "users/@me is open to limited keys",
        GET("/api/users/@me/", key="{limited}"),
        200,
        given=[a_key("limited", scopes=["*"], projects=[999], organizations=["{nobody}"])],
    ),
    Row(
        "an organization may keep keys for its admins",
        GET("/api/organizations/{org}/roles/", key="{bo}"),
        403,
        {**DENIED, "detail": "Organization Acme does not allow using personal API keys."},
        given=[KEYS_ARE_FOR_ADMINS, a_key("bo", "bo@acme.io")],
        ages=(2025, 2026),
    ),
    Row(
        "its admins may use theirs then",
        GET("/api/organizations/{org}/roles/"),
        200,
        given=[KEYS_ARE_FOR_ADMINS],
    ),
)

# 1.4: each row offends against its own rule and against all that come later.
ORDER = (
    Row("routing comes before the key", PATCH("/api/nothing/", {"name": 1}, key=None), 404),
    Row(
        "the key comes before the scope", DELETE("/api/organizations/{nobody}/roles/", key="phx_unknown"), 401
    ),
    Row(
        "the scope comes before the method",
        DELETE("/api/organizations/{org}/roles/", key="{key}"),
        403,
        DENIED,
        given=[a_key("key", scopes=["project:read"])],
    ),
    Row(
        "the level comes before the object",
        PATCH("/api/organizations/{org}/roles/{nobody}/", {}, key="{bo}"),
        403,
        DENIED,
        given=[a_key("bo", "bo@acme.io")],
    ),
    Row(
        "the object comes before the body",
        PATCH("/api/organizations/{org}/roles/{nobody}/", {"name": ""}),
        404,
    ),
    Row(
        "the body comes before the rule",
        POST("/api/organizations/{org}/projects/", {"name": "Default project", "timezone": "X"}),
        400,
        {"attr": "timezone"},
    ),
)

METHODS = (
    Row(
        "a method that is not offered is 403 for a key",
        PATCH("/api/organizations/{org}/roles/{role}/role_memberships/{nobody}/", {}),
        403,
        DENIED,
        ages=(2025, 2026),
    ),
    Row(
        "a method that is not offered is 405 for an unrestricted key",
        PATCH("/api/organizations/{org}/roles/{role}/role_memberships/{nobody}/", {}),
        405,
        NOT_OFFERED,
        ages=(2024,),
    ),
    Row(
        "there is no GET of one member",
        GET("/api/organizations/{org}/members/{ana}/"),
        403,
        DENIED,
        ages=(2025, 2026),
    ),
    Row(
        "there is no GET of one member for an unrestricted key",
        GET("/api/organizations/{org}/members/{ana}/"),
        405,
        {**NOT_OFFERED, "detail": 'Method "GET" not allowed.'},
        ages=(2024,),
    ),
    Row(
        "PUT of a collection is not offered",
        PUT("/api/organizations/{org}/roles/", {}),
        403,
        DENIED,
        ages=(2025, 2026),
    ),
)

ENVELOPES = (
    Row(
        "a missing field",
        POST("/api/organizations/{org}/roles/", {}),
        400,
        validation("required", "name", detail="This field is required."),
    ),
    Row(
        "a null field",
        POST("/api/organizations/{org}/roles/", {"name": None}),
        400,
        validation("null", "name"),
    ),
    Row(
        "a blank field",
        POST("/api/organizations/{org}/roles/", {"name": " "}),
        400,
        validation("blank", "name"),
    ),
    Row(
        "a long field",
        POST("/api/organizations/{org}/roles/", {"name": "x" * 201}),
        400,
        validation("max_length", "name"),
    ),
    Row(
        "a wrong type is invalid_input",
        POST("/api/organizations/{org}/roles/", {"name": {}}),
        400,
        validation("invalid_input", "name"),
    ),
    Row(
        "only the first error is told",
        POST("/api/projects/{project}/plugin_configs/", {}),
        400,
        validation("required", "plugin"),
    ),
    Row(
        "list positions are joined with two underscores",
        PATCH("/api/projects/{project}/", {"app_urls": ["https://acme.io", ""]}),
        400,
        validation("blank", "app_urls__1"),
    ),
)


@table((*URLS, *KEYS, *ORDER, *METHODS, *ENVELOPES))
def test_common_rules(api: API, row: Row) -> None:
    check(api, row)


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer["results"]]


def make_roles(count: int) -> None:
    from pulumi_posthog.sandbox.control import bulk

    bulk.make({"roles": count})


def test_a_page_holds_100_unless_asked_otherwise(api: API) -> None:
    make_roles(150)

    first = api.get("/api/organizations/{org}/roles/")

    assert (first["count"], len(first["results"])) == (151, 100)
    assert first["previous"] is None
    assert first["next"].endswith("/roles/?limit=100&offset=100")
    assert first["next"].startswith("http://localhost/api/organizations/")


@pytest.mark.parametrize("limit", ["0", "-1", "x", ""])
def test_a_limit_that_is_none_falls_back_to_100(api: API, limit: str) -> None:
    make_roles(120)

    assert len(api.results(f"/api/organizations/{{org}}/roles/?limit={limit}")) == 100


def test_there_is_no_greatest_limit(api: API) -> None:
    make_roles(1200)

    assert len(api.results("/api/organizations/{org}/roles/?limit=100000")) == 1201


def test_links_sort_their_parameters_and_the_second_page_leads_back_without_an_offset(api: API) -> None:
    make_roles(5)

    second = api.get("/api/organizations/{org}/roles/?offset=2&limit=2&a=b")

    assert second["next"].split("?")[1] == "a=b&limit=2&offset=4"
    assert second["previous"].split("?")[1] == "a=b&limit=2"


def test_a_list_without_an_order_is_shuffled_but_stays_as_it_is(api: API) -> None:
    make_roles(50)

    whole = names(api.get("/api/organizations/{org}/roles/?limit=100"))
    pages = [
        names(api.get(f"/api/organizations/{{org}}/roles/?limit=10&offset={n}")) for n in range(0, 60, 10)
    ]

    assert whole != sorted(whole)
    assert [name for page in pages for name in page] == whole


@pytest.mark.parametrize("age", ALL_AGES)
def test_a_rate_limit_is_per_key_and_says_when_to_come_back(
    api: API, key_of: Callable[..., str], age: int
) -> None:
    from pulumi_posthog.sandbox.rules.rates import Rate
    from pulumi_posthog.sandbox.rules.switches import SWITCHES

    SWITCHES.rate_limits = (Rate.parse("2/min"),)
    other = key_of("ana@acme.io")
    statuses = [api.send(GET("/api/projects/")).status for _ in range(4)]
    refused = api.send(GET("/api/projects/"))

    assert statuses == [200, 200, 429, 429]
    assert refused.body["type"] == "throttled_error"
    assert refused.body["code"] == "throttled"
    seconds = int(refused.headers["Retry-After"])
    assert 58 <= seconds <= 60
    assert refused.body["detail"] == f"Request was throttled. Expected available in {seconds} seconds."
    assert api.send(GET("/api/projects/", key=other)).status == 200


def test_what_is_refused_for_its_scope_does_not_count(api: API, key_of: Callable[..., str]) -> None:
    from pulumi_posthog.sandbox.rules.rates import Rate
    from pulumi_posthog.sandbox.rules.switches import SWITCHES

    SWITCHES.rate_limits = (Rate.parse("2/min"),)
    key = key_of(scopes=["project:read"])
    refused = [api.send(GET("/api/organizations/{org}/roles/", key=key)).status for _ in range(5)]

    assert refused == [403] * 5
    assert api.send(GET("/api/projects/", key=key)).status == 200


def test_several_rates_count_side_by_side(api: API) -> None:
    from pulumi_posthog.sandbox.rules.rates import Rate
    from pulumi_posthog.sandbox.rules.switches import SWITCHES

    SWITCHES.rate_limits = (Rate.parse("100/s"), Rate.parse("3/hour"))

    assert [api.send(GET("/api/projects/")).status for _ in range(5)] == [200, 200, 200, 429, 429]
