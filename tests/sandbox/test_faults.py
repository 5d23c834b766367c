"""Faults: what goes wrong when it is asked for, and only then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_posthog.sandbox.options import SandboxError
from sandbox.steps import an_object
from sandbox.table import API, DELETE, GET, ONE, PATCH, POST

ROLES = "/api/organizations/{org}/roles/"
ANALYSTS = POST(ROLES, {"name": "Analysts"})
Fault = Callable[..., None]


@pytest.fixture
def fault(api: API) -> Fault:
    """Turns faults on."""
    from pulumi_posthog.sandbox.control.faults import FAULTS

    return lambda *specs: FAULTS.add(list(specs))


def role_names(api: API) -> set[str]:
    from pulumi_posthog.sandbox.families.roles import Role

    return set(Role.objects.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("spec", "status", "is_made"),
    [
        ("429 POST /roles/", 429, False),
        ("rate-limited POST /roles/ retry_after=7", 429, False),
        ("503 POST /roles/", 503, False),
        ("500 POST /roles/", 500, False),
        ("error-before POST /roles/ status=504", 504, False),
        ("502-after POST /roles/", 502, True),
        ("error-after POST /roles/", 503, True),
        ("html POST /roles/", 502, False),
    ],
)
def test_the_work_is_done_or_not(api: API, fault: Fault, spec: str, status: int, is_made: bool) -> None:
    fault(spec)

    assert api.send(ANALYSTS).status == status
    assert ("Analysts" in role_names(api)) is is_made


def test_a_refusal_says_when_to_come_back(api: API, fault: Fault) -> None:
    fault("429 * /roles/ retry_after=7")

    answer = api.send(GET(ROLES))

    assert answer.error == (429, "throttled_error", "throttled", None)
    assert answer.headers["Retry-After"] == "7"


def test_a_proxy_answers_html(api: API, fault: Fault) -> None:
    fault("html * /roles/")

    answer = api.send(GET(ROLES))

    assert answer.headers["Content-Type"].startswith("text/html")
    assert "502 Bad Gateway" in answer.body


def test_a_refusal_repeats_what_was_sent(api: API, fault: Fault) -> None:
    fault("repeated-request POST /roles/")

    answer = api.send(ANALYSTS)

    assert answer.error == (400, "validation_error", "invalid_input", None)
    assert "Bearer phx_of_the_owner" in answer.body["detail"]
    assert '"name"' in answer.body["detail"]
    assert "Analysts" not in role_names(api)


def test_a_fault_counts_its_times(api: API, fault: Fault) -> None:
    fault("503 GET /roles/ times=2 after=1")

    assert [api.send(GET(ROLES)).status for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_is_for_its_method_and_path(api: API, fault: Fault) -> None:
    fault("503 POST /roles/$")

    assert api.send(GET(ROLES)).status == 200
    assert api.send(PATCH(ROLES + "{role}/", {"name": "X"})).status == 200
    assert api.send(ANALYSTS).status == 503


def test_a_probability_is_the_same_for_the_same_seed(api: API, fault: Fault) -> None:
    from pulumi_posthog.sandbox.control.faults import FAULTS

    def statuses() -> list[int]:
        FAULTS.clear()
        fault("503 GET /roles/ probability=0.5 seed=7")
        return [api.send(GET(ROLES)).status for _ in range(20)]

    first = statuses()
    assert first == statuses()
    assert set(first) == {200, 503}


def test_an_answer_is_cut_although_its_length_says_otherwise(api: API, fault: Fault) -> None:
    whole = api.client.get("/api/users/@me/?personal_api_key=phx_of_the_owner")
    fault("cut GET /users/")
    cut = api.client.get("/api/users/@me/?personal_api_key=phx_of_the_owner")

    assert cut.headers["Content-Length"] == str(len(whole.content))
    assert cut.content == whole.content[: len(whole.content) // 2]


@pytest.mark.parametrize("form", [False, True])
def test_a_field_is_ignored_silently(api: API, fault: Fault, form: bool) -> None:
    fault("ignored-field PATCH /projects/ field=timezone")
    body = {"timezone": "Europe/Berlin", "product_description": "Shop"}

    answer = api.send(PATCH(ONE, form=body) if form else PATCH(ONE, body))

    assert (answer.status, answer.body["timezone"], answer.body["product_description"]) == (
        200,
        "UTC",
        "Shop",
    )


def pages(api: API, size: int, count: int) -> list[str]:
    return [
        row["name"]
        for offset in range(0, count, size)
        for row in api.results(f"{ROLES}?limit={size}&offset={offset}")
    ]


def test_a_list_is_shuffled_between_its_pages(api: API, fault: Fault) -> None:
    from pulumi_posthog.sandbox.control import bulk

    bulk.make({"roles": 99})
    fault("shuffled GET /roles/")

    assert len(set(pages(api, 10, 100))) < 100


def test_a_page_repeats_the_last_row_of_the_page_before(api: API, fault: Fault) -> None:
    from pulumi_posthog.sandbox.control import bulk

    bulk.make({"roles": 19})
    whole = pages(api, 100, 20)
    fault("repeated-row GET /roles/")

    assert pages(api, 10, 20) == [*whole[:10], whole[9], *whole[10:19]]


def test_a_page_lacks_its_last_row(api: API, fault: Fault) -> None:
    from pulumi_posthog.sandbox.control import bulk

    bulk.make({"roles": 4})
    fault("short-page GET /roles/ times=1")
    answer = api.get(ROLES)

    assert (answer["count"], len(answer["results"])) == (5, 4)


def name_of_role(api: API) -> Any:
    return [role["name"] for role in api.results(ROLES)]


SEEN: list[tuple[str, Callable[[API], Any]]] = [
    ("add-role", name_of_role),
    ("rename-role", name_of_role),
    ("delete-role", name_of_role),
    ("remove-role-membership", lambda api: api.get(ROLES)),
    ("change-timezone", lambda api: api.get(ONE)["timezone"]),
    ("rename-project", lambda api: api.get(ONE)["name"]),
    ("disable-destination", lambda api: api.get(ONE + "plugin_configs/")),
    ("add-file", lambda api: api.get(ONE + "file_system/")["count"]),
]


@pytest.mark.usefixtures("legacy_destinations")
@pytest.mark.parametrize(("what", "seen"), SEEN, ids=[what for what, _ in SEEN])
def test_a_second_actor_changes_something_after_the_answer(
    api: API, fault: Fault, what: str, seen: Callable[[API], Any]
) -> None:
    api.send(POST(ONE + "plugin_configs/", {"plugin": "{snowflake}", "order": 1, "enabled": True}))
    before = seen(api)
    fault(f"second-actor GET /users/ do={what} times=1")
    api.get("/api/users/@me/")

    assert seen(api) != before


def test_the_second_actor_is_another_admin(api: API, fault: Fault) -> None:
    fault("second-actor GET /users/ do=change-timezone times=1")
    api.get("/api/users/@me/")

    entry = api.results(ONE + "activity_log/")[0]
    assert (entry["user"]["email"], entry["detail"]["changes"][0]["after"]) == ("ana@acme.io", "Europe/Paris")


def test_every_act_of_the_second_actor_is_tried_here() -> None:
    from pulumi_posthog.sandbox.control.second_actor import ACTS

    assert set(ACTS) == {what for what, _ in SEEN}


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "503",
        "503 GET",
        "llama GET /roles/",
        "503 LOOK /roles/",
        "503 GET (",
        "503 GET /roles/ times",
        "503 GET /roles/ times=x",
        "503 GET /roles/ llamas=1",
        "ignored-field PATCH /roles/",
        "second-actor GET /roles/",
        "second-actor GET /roles/ do=llama",
    ],
)
def test_a_bad_spec_is_one_line_that_says_what_is_wrong(database: object, spec: str) -> None:
    from pulumi_posthog.sandbox.control.faults import parse

    with pytest.raises(SandboxError) as refused:
        parse(spec)

    assert "\n" not in str(refused.value)


def test_faults_are_added_listed_and_cleared_over_the_sandbox_url(api: API) -> None:
    added = api.send(POST("/_sandbox/faults", {"specs": ["503 GET /roles/ times=1"]}))
    broken = api.send(GET(ROLES)).status
    listed = api.get("/_sandbox/faults")["faults"]
    api.send(DELETE("/_sandbox/faults"))

    assert added.status == 200
    assert broken == 503
    assert listed == [{"spec": "503 GET /roles/ times=1", "kind": "error-before", "matched": 1, "fired": 1}]
    assert api.get("/_sandbox/faults")["faults"] == []


def test_a_fault_in_the_middle_of_a_body_leaves_files_alone(api: API, fault: Fault) -> None:
    an_object("board", "dashboard", "Board")(api)
    fault("ignored-field PATCH /file_system/ field=path")

    answer = api.send(PATCH(ONE + "file_system/{board_row}/", multipart={"href": "/x"}))

    assert (answer.status, answer.body["href"]) == (200, "/x")
