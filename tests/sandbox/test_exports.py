"""Section 10.6 of the API page: exports."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sandbox.steps import a_key, an_object, switched
from sandbox.table import API, DENIED, GET, NOT_FOUND, POST, Row, check, table, validation

EXPORTS = "/api/projects/{project}/exports/"
PICTURE = POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "image/png"}, saves="export")
ONE = EXPORTS + "{export}/"

ROWS = (
    Row(
        "a dashboard as a picture",
        PICTURE,
        201,
        {
            "dashboard": "{dashboard}",
            "insight": None,
            "export_format": "image/png",
            "has_content": True,
            "export_context": None,
            "filename": "export-kpis.png",
            "exception": None,
        },
    ),
    Row(
        "an insight",
        POST(EXPORTS, {"insight": "{trend}", "export_format": "text/csv"}),
        201,
        {"insight": "{trend}", "filename": "export-weekly.csv"},
        given=[an_object("trend", "insight", "Weekly")],
    ),
    Row(
        "a context",
        POST(EXPORTS, {"export_context": {"path": "/x"}, "export_format": "text/csv"}),
        201,
        {"export_context": {"path": "/x"}, "filename": "export.csv"},
    ),
    Row("of what?", POST(EXPORTS, {"export_format": "image/png"}), 400, validation("invalid_input", None)),
    Row("as what?", POST(EXPORTS, {"dashboard": 1}), 400, validation("required", "export_format")),
    Row(
        "a format that there is not",
        POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "image/jpeg"}),
        400,
        validation("invalid_choice", "export_format"),
    ),
    Row(
        "a dashboard that there is not",
        POST(EXPORTS, {"dashboard": 4242, "export_format": "image/png"}),
        400,
        validation("does_not_exist", "dashboard"),
    ),
    Row(
        "a dashboard of another project",
        POST(EXPORTS, {"dashboard": "{foreign}", "export_format": "image/png"}),
        400,
        validation("invalid_input", "dashboard"),
        given=[
            POST(
                "/api/organizations/{org}/projects/",
                {"name": "Second"},
                saves="foreign",
                saved_field="primary_dashboard",
            )
        ],
    ),
    Row("not ready yet", GET(ONE), 200, {"has_content": False}, given=[switched(export_seconds=60), PICTURE]),
    Row("so no content", GET(ONE + "content/"), 404, NOT_FOUND, given=[switched(export_seconds=60), PICTURE]),
    Row(
        "what the sandbox cannot make fails as an export fails",
        POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "video/mp4"}),
        201,
        {"has_content": False, "exception": "The sandbox cannot make video/mp4."},
    ),
    Row(
        "a list",
        GET(EXPORTS + "?limit=1"),
        200,
        {"count": 1, "results": [{"id": "{export}"}]},
        given=[PICTURE],
    ),
    Row("unknown", GET(EXPORTS + "4242/"), 404, NOT_FOUND),
    Row("not an id", GET(EXPORTS + "x/content/"), 404, NOT_FOUND),
    Row(
        "reading is not enough to make one",
        POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "image/png"}, key="{reader}"),
        403,
        DENIED,
        given=[a_key("reader", scopes=["export:read"])],
        ages=(2025, 2026),
    ),
    Row(
        "but for the content",
        GET(ONE + "content/", key="{reader}"),
        200,
        given=[
            POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "text/csv"}, saves="export"),
            a_key("reader", scopes=["export:read"]),
        ],
        ages=(2025, 2026),
    ),
)


@table(ROWS)
def test_exports(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize(
    ("export_format", "begins"), [("image/png", b"\x89PNG\r\n\x1a\n"), ("application/pdf", b"%PDF-1.")]
)
def test_a_picture_is_one(api: API, export_format: str, begins: bytes) -> None:
    made = api.send(POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": export_format})).body
    path = api.fill_in(EXPORTS + f"{made['id']}/content/?download=true")

    response = api.client.get(path, headers={"Authorization": "Bearer phx_of_the_owner"})

    assert response.content.startswith(begins)
    assert response.headers["Content-Type"] == export_format
    assert response.headers["Content-Disposition"] == f'attachment; filename="{made["filename"]}"'


def test_an_export_of_an_insight_is_in_the_log(api: API) -> None:
    an_object("trend", "insight", "Weekly")(api)
    api.send(POST(EXPORTS, {"insight": "{trend}", "export_format": "text/csv"}))
    api.send(PICTURE)

    (entry,) = api.results("/api/projects/{project}/activity_log/")

    assert (entry["scope"], entry["activity"], entry["item_id"]) == (
        "Insight",
        "exported",
        str(api.names["trend"]),
    )
    assert entry["detail"]["changes"][0]["after"] == "text/csv"


def test_a_table_says_what_it_is_of(api: API) -> None:
    made = api.send(POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "text/csv"})).body

    rows = [*csv.DictReader(io.StringIO(api.get(EXPORTS + f"{made['id']}/content/")))]

    assert rows == [{"type": "dashboard", "name": "KPIs"}]


def test_json_says_it_too(api: API) -> None:
    made = api.send(POST(EXPORTS, {"dashboard": "{dashboard}", "export_format": "application/json"})).body

    found = api.get(EXPORTS + f"{made['id']}/content/")

    assert (json.loads(found) if isinstance(found, str) else found) == {"type": "dashboard", "name": "KPIs"}
