"""Section 7 of the API page: the tree of a project."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.steps import a_key, an_object
from sandbox.table import (
    API,
    DELETE,
    DENIED,
    FAILED,
    GET,
    NOT_FOUND,
    PATCH,
    POST,
    PUT,
    Call,
    Row,
    check,
    table,
    validation,
)

AGES = (2025, 2026)
TREE = "/api/environments/{project}/file_system/"
ONE = TREE + "{row}/"
STARS = "/api/projects/{project}/file_system_shortcut/"
SEEDED = 10  # the function that every project has is in a folder of its own
FOLDER = POST(TREE, {"path": "Marketing", "type": "folder"}, saves="row")
LINK = POST(TREE, {"path": "Marketing/Site", "type": "link", "ref": "site", "meta": {}}, saves="link")
DEEP = POST(TREE, {"path": "Marketing/Deep/Down", "type": "link", "ref": "down"}, saves="down")
DOCUMENT = POST(TREE, {"path": "Read me", "type": "doc-file"}, saves="row")
BOARD = an_object("board", "dashboard", "Board")


def in_both(row: Row) -> Row:
    """The file system came with 2025."""
    return replace(row, ages=tuple(age for age in row.ages if age in AGES))


MAKING = (
    Row(
        "a folder",
        POST(TREE, {"path": "Marketing", "type": "folder"}),
        201,
        {"path": "Marketing", "type": "folder", "depth": 1, "ref": None, "shortcut": False, "meta": {}},
    ),
    Row(
        "projects have the same tree",
        GET("/api/projects/{project}/file_system/{row}/"),
        200,
        {"path": "Marketing"},
        given=[FOLDER],
    ),
    Row("the path is required", POST(TREE, {"type": "folder"}), 400, validation("required", "path")),
    Row(
        "a path is trimmed at its ends only",
        POST(TREE, {"path": "  a / b ", "type": "folder"}),
        201,
        {"path": "a / b", "depth": 2},
    ),
    Row(
        "a path is stored verbatim",
        POST(TREE, {"path": "a//b/", "type": "folder"}),
        201,
        {"path": "a//b/", "depth": 2},
    ),
    Row(
        "an escaped slash is no separator",
        POST(TREE, {"path": "a\\/b/c", "type": "folder"}),
        201,
        {"path": "a\\/b/c", "depth": 2},
    ),
    Row("any type is taken", POST(TREE, {"path": "x", "type": "llama"}), 201, {"type": "llama"}),
    Row("even a blank one", POST(TREE, {"path": "x", "type": ""}), 201, {"type": ""}),
    Row(
        "a type has 100 characters at most",
        POST(TREE, {"path": "x", "type": "x" * 101}),
        400,
        validation("max_length", "type"),
    ),
    Row(
        "a ref has 100 characters at most",
        POST(TREE, {"path": "x", "ref": "x" * 101}),
        400,
        validation("max_length", "ref"),
    ),
    Row(
        "a null shortcut becomes false", POST(TREE, {"path": "x", "shortcut": None}), 201, {"shortcut": False}
    ),
    Row("depth cannot be sent", POST(TREE, {"path": "a/b", "depth": 7}), 201, {"depth": 2}),
    Row("nothing is unique", POST(TREE, {"path": "Marketing", "type": "folder"}), 201, given=[FOLDER]),
    Row("so there are two then", GET(TREE + "?path=Marketing"), 200, {"count": 2}, given=[FOLDER, FOLDER]),
    Row(
        "parents are made",
        GET(TREE + "?path=Marketing"),
        200,
        {"count": 1, "results": [{"type": "folder"}]},
        given=[LINK],
    ),
    Row(
        "but not over what is there",
        GET(TREE + "?path=Marketing"),
        200,
        {"count": 1, "results": [{"type": "llama"}]},
        given=[POST(TREE, {"path": "Marketing", "type": "llama"}), LINK],
    ),
    Row(
        "parents with an escaped slash lose their escape",
        GET(TREE + "?path=A/B"),
        200,
        {"count": 1, "results": [{"type": "folder"}]},
        given=[POST(TREE, {"path": "A\\/B/C", "type": "folder"})],
    ),
)

CHANGING = (
    Row(
        "PATCH changes only that row",
        PATCH(ONE, {"path": "Growth"}),
        200,
        {"path": "Growth", "depth": 1},
        given=[FOLDER, LINK],
    ),
    Row(
        "children stay behind",
        GET(TREE + "{link}/"),
        200,
        {"path": "Marketing/Site"},
        given=[FOLDER, LINK, PATCH(ONE, {"path": "Growth"})],
    ),
    Row(
        "PATCH makes no parents",
        GET(TREE + "?path=New"),
        200,
        {"count": 0},
        given=[FOLDER, PATCH(ONE, {"path": "New/Growth"})],
    ),
    Row(
        "PATCH stores a null shortcut",
        PATCH(ONE, {"shortcut": None}),
        200,
        {"shortcut": None},
        given=[FOLDER],
    ),
    Row("PUT needs the path", PUT(ONE, {}), 400, validation("required", "path"), given=[FOLDER]),
    Row("a row that is not there", PATCH(TREE + "{nobody}/", {"path": "x"}), 404, NOT_FOUND),
    Row("a row without an id that could be one", GET(TREE + "x/"), 404, NOT_FOUND),
    Row("the meta of a row may become null", PATCH(ONE, {"meta": None}), 200, {"meta": None}, given=[FOLDER]),
    Row("and breaks the list then", GET(TREE), 500, FAILED, given=[FOLDER, PATCH(ONE, {"meta": None})]),
    Row(
        "as a meta that is no object does", GET(TREE), 500, FAILED, given=[FOLDER, PATCH(ONE, {"meta": [1]})]
    ),
    Row(
        "but not pages without the row",
        GET(TREE + "?type=dashboard"),
        200,
        given=[FOLDER, PATCH(ONE, {"meta": None})],
    ),
    Row(
        "the row itself can be read",
        GET(ONE),
        200,
        {"meta": None},
        given=[FOLDER, PATCH(ONE, {"meta": None})],
    ),
)

MOVING = (
    *(
        Row(
            f"{action} is not for keys in 2025",
            POST(ONE + f"{action}/", {"new_path": "X"}),
            403,
            DENIED,
            given=[FOLDER],
            ages=(2025,),
        )
        for action in ("move", "link", "count")
    ),
    Row(
        "a folder moves with all below",
        POST(ONE + "move/", {"new_path": "Growth"}),
        200,
        {"id": "{row}", "path": "Growth"},
        given=[FOLDER, LINK],
        ages=(2026,),
    ),
    Row(
        "so that they are found there",
        GET(TREE + "?parent=Growth"),
        200,
        {"count": 3},
        given=[FOLDER, LINK, DEEP, POST(ONE + "move/", {"new_path": "Growth"})],
        ages=(2026,),
    ),
    Row(
        "parents of the target are made",
        GET(TREE + "?path=Company"),
        200,
        {"count": 1},
        given=[FOLDER, POST(ONE + "move/", {"new_path": "Company/Growth"})],
        ages=(2026,),
    ),
    Row(
        "onto a folder the row is merged and has no id",
        POST(ONE + "move/", {"new_path": "Growth"}),
        200,
        {"id": None},
        given=[FOLDER, LINK, POST(TREE, {"path": "Growth", "type": "folder"})],
        ages=(2026,),
    ),
    Row(
        "what was below is in the other folder then",
        GET(TREE + "{link}/"),
        200,
        {"path": "Growth/Site"},
        given=[
            FOLDER,
            LINK,
            POST(TREE, {"path": "Growth", "type": "folder"}),
            POST(ONE + "move/", {"new_path": "Growth"}),
        ],
        ages=(2026,),
    ),
    Row(
        "an item moves without looking",
        POST(TREE + "{link}/move/", {"new_path": "Marketing/Deep"}),
        200,
        {"path": "Marketing/Deep"},
        given=[LINK, DEEP],
        ages=(2026,),
    ),
    Row(
        "a folder does not move onto itself",
        POST(ONE + "move/", {"new_path": "Marketing"}),
        400,
        {"code": "<missing>"},
        given=[FOLDER],
        ages=(2026,),
    ),
    Row(
        "where to is required",
        POST(ONE + "move/", {"path": "X"}),
        400,
        {"detail": "new_path is required", "code": "<missing>"},
        given=[FOLDER],
        ages=(2026,),
    ),
    Row(
        "a link is a copy that is a shortcut",
        POST(TREE + "{link}/link/", {"new_path": "Stars/Site"}),
        200,
        {"path": "Stars/Site", "shortcut": True, "ref": "site"},
        given=[LINK],
        ages=(2026,),
    ),
    Row(
        "a folder is linked with all below",
        GET(TREE + "?parent=Stars"),
        200,
        {"count": 3},
        given=[FOLDER, LINK, DEEP, POST(ONE + "link/", {"new_path": "Stars"})],
        ages=(2026,),
    ),
    Row(
        "onto a folder only what is below",
        POST(ONE + "link/", {"new_path": "Stars"}),
        200,
        {"id": "{row}", "path": "Marketing"},
        given=[FOLDER, LINK, POST(TREE, {"path": "Stars", "type": "folder"})],
        ages=(2026,),
    ),
    Row(
        "a count is of all below",
        POST(ONE + "count/", {}),
        200,
        {"count": 3, "has_more": False},
        given=[FOLDER, LINK, DEEP],
        ages=(2026,),
    ),
    Row(
        "only folders are counted",
        POST(TREE + "{link}/count/", {}),
        400,
        {"code": "<missing>"},
        given=[LINK],
        ages=(2026,),
    ),
    Row(
        "a count by path",
        POST(TREE + "count_by_path/?path=Marketing", {}),
        200,
        {"count": 1},
        given=[FOLDER, LINK],
        ages=(2026,),
    ),
    Row("needs a path", POST(TREE + "count_by_path/", {}), 400, {"code": "<missing>"}, ages=(2026,)),
    Row(
        "what is unfiled is filed by reading",
        GET(TREE + "unfiled/"),
        200,
        {"count": 1},
        given=[BOARD, lambda api: api.send(PATCH(TREE + "{board_row}/", {"ref": "other"}))],
        ages=(2026,),
    ),
    Row("nothing is left then", GET(TREE + "unfiled/?type=dashboard"), 200, {"count": 0}, ages=(2026,)),
    Row(
        "a view is logged",
        POST(TREE + "log_view/", {"type": "dashboard", "ref": "{dashboard}"}),
        204,
        ages=(2026,),
    ),
    Row(
        "and orders the list",
        GET(TREE + "?order_by=-last_viewed_at&limit=3"),
        200,
        {"count": 3},
        given=[POST(TREE + "log_view/", {"type": "dashboard", "ref": "{dashboard}"})],
        ages=(2026,),
    ),
)

DELETING = (
    Row("a folder", DELETE(ONE), 204, given=[FOLDER]),
    Row(
        "2025 deletes all rows below",
        GET(TREE + "?parent=Marketing"),
        200,
        {"count": 0},
        given=[FOLDER, LINK, DEEP, DELETE(ONE)],
        ages=(2025,),
    ),
    Row(
        "2026 deletes the objects below",
        DELETE(ONE),
        200,
        {"deleted": [{"type": "link", "ref": "site"}]},
        given=[FOLDER, LINK],
        ages=(2026,),
    ),
    Row("2025 deletes the row of an object", DELETE(TREE + "{board_row}/"), 204, given=[BOARD], ages=(2025,)),
    Row(
        "2026 deletes the object itself",
        DELETE(TREE + "{board_row}/"),
        200,
        {
            "deleted": [
                {"type": "dashboard", "mode": "soft", "can_undo": True, "path": "Unfiled/Dashboards/Board"}
            ]
        },
        given=[BOARD],
        ages=(2026,),
    ),
    Row(
        "but not while another row has it",
        DELETE(TREE + "{board_row}/"),
        204,
        given=[BOARD, POST(TREE, {"path": "Board", "type": "dashboard", "ref": "{board}"})],
        ages=(2026,),
    ),
    Row(
        "a shortcut does not hold it",
        DELETE(TREE + "{board_row}/"),
        200,
        given=[BOARD, POST(TREE, {"path": "Board", "type": "dashboard", "ref": "{board}", "shortcut": True})],
        ages=(2026,),
    ),
    Row(
        "a shortcut is only a row",
        DELETE(ONE),
        204,
        given=[
            BOARD,
            POST(
                TREE, {"path": "Board", "type": "dashboard", "ref": "{board}", "shortcut": True}, saves="row"
            ),
        ],
    ),
    Row(
        "2026 cannot delete what it does not know",
        DELETE(ONE),
        400,
        validation("invalid_input", "detail"),
        given=[DOCUMENT],
        ages=(2026,),
    ),
    Row(
        "nor what refers to nothing",
        DELETE(ONE),
        400,
        validation("invalid_input", "detail"),
        given=[POST(TREE, {"path": "x", "type": "dashboard"}, saves="row")],
        ages=(2026,),
    ),
    Row("2025 deletes any row", DELETE(ONE), 204, given=[DOCUMENT], ages=(2025,)),
    Row(
        "a folder with such a row stays whole",
        GET(TREE + "?parent=Marketing"),
        200,
        {"count": 2},
        given=[
            FOLDER,
            LINK,
            POST(TREE, {"path": "Marketing/Read me", "type": "doc-file"}),
            lambda api: api.send(DELETE(ONE)),
        ],
        ages=(2026,),
    ),
    Row(
        "a deletion is undone",
        POST(TREE + "undo_delete/", {"items": [{"type": "dashboard", "ref": "{board_ref}"}]}),
        200,
        {"undone": [{"type": "dashboard", "ref": "{board_ref}"}]},
        given=[
            BOARD,
            lambda api: api.names.update(board_ref=str(api.names["board"])),
            DELETE(TREE + "{board_row}/"),
        ],
        ages=(2026,),
    ),
)

LISTING = (
    Row(
        "the seeded dashboards are under Unfiled",
        GET(TREE),
        200,
        {"count": SEEDED, "next": None, "users": [{"email": "ada@acme.io"}]},
    ),
    Row(
        "ordered by the lower-cased path",
        GET(TREE + "?type=folder"),
        200,
        lambda _api: {
            "results": [
                {"path": path}
                for path in (
                    "a",
                    "B",
                    "Unfiled",
                    "Unfiled/Cohorts",
                    "Unfiled/Dashboards",
                    "Unfiled/Transformations",
                )
            ]
        },
        given=[POST(TREE, {"path": "B", "type": "folder"}), POST(TREE, {"path": "a", "type": "folder"})],
        ages=(2026,),
    ),
    Row(
        "one level has its folders first",
        GET(TREE + "?depth=1"),
        200,
        {"results": [{"path": "Unfiled"}, {"path": "A link"}]},
        given=[POST(TREE, {"path": "A link", "type": "link", "ref": "a"})],
    ),
    Row("all below a prefix", GET(TREE + "?parent=Unfiled/Dashboards"), 200, {"count": 4}),
    Row("an exact path", GET(TREE + "?path=unfiled"), 200, {"count": 0}),
    Row("a type", GET(TREE + "?type=dashboard"), 200, {"count": 4}),
    Row("not a type", GET(TREE + "?not_type=folder&type__startswith=dash"), 200, {"count": 4}),
    Row("a ref", GET(TREE + "?type=dashboard&ref={dashboard}"), 200, {"count": 1}),
    Row("a search", GET(TREE + "?search=board"), 200, {"count": 5}),
    Row("a search in names", GET(TREE + "?search=name:board"), 200, {"count": 3}),
    Row("a search without a word", GET(TREE + "?search=board%20-name:launch"), 200, {"count": 4}),
    Row("a search for words together", GET(TREE + '?search="launch%20board"'), 200, {"count": 1}),
    Row("a search by type", GET(TREE + "?search=type:dashboard"), 200, {"count": 4}),
    Row("a search for one's own", GET(TREE + "?search=user:me"), 200, {"count": 3}),
    Row(
        "2026 searches names only when asked",
        GET(TREE + "?search=dashboards&search_name_only=true"),
        200,
        {"count": 1},
        ages=(2026,),
    ),
    Row(
        "newest first",
        GET(TREE + "?order_by=-created_at&limit=1"),
        200,
        {"results": [{"path": "Zoo"}]},
        given=[POST(TREE, {"path": "Zoo", "type": "folder"})],
    ),
    Row("all in one page", GET(TREE + "?limit=10000"), 200, {"count": SEEDED}),
    Row(
        "of another project nothing",
        GET("/api/projects/{second}/file_system/?path=Marketing"),
        200,
        {"count": 0},
        given=[FOLDER, POST("/api/projects/", {"name": "Second"}, saves="second")],
    ),
)

STARRING = (
    Row(
        "a star",
        POST(STARS, {"path": "Board", "type": "dashboard", "ref": "7"}),
        201,
        {"path": "Board", "ref": "7"},
    ),
    Row(
        "is of one user",
        GET(STARS, key="{ana_key}"),
        200,
        {"count": 0},
        given=[a_key("ana_key", "ana@acme.io"), POST(STARS, {"path": "Board"})],
    ),
    Row(
        "2026 answers the same one again",
        GET(STARS),
        200,
        {"count": 1},
        given=[
            POST(STARS, {"path": "Board", "type": "dashboard"}),
            POST(STARS, {"path": "Board", "type": "dashboard"}),
        ],
        ages=(2026,),
    ),
    Row(
        "no key reorders them: the action has no scope",
        POST(STARS + "reorder/", {"ordered_ids": []}),
        403,
        DENIED,
        ages=(2026,),
    ),
    Row(
        "no key changes many at once",
        POST(STARS + "bulk_update/", {}),
        403,
        DENIED,
        ages=(2026,),
    ),
    Row("2025 has no such action", POST(STARS + "reorder/", {}), 403, DENIED, ages=(2025,)),
    Row(
        "it is renamed",
        PATCH(STARS + "{star}/", {"path": "X"}),
        200,
        {"path": "X"},
        given=[POST(STARS, {"path": "Board"}, saves="star")],
    ),
    Row(
        "it is deleted", DELETE(STARS + "{star}/"), 204, given=[POST(STARS, {"path": "Board"}, saves="star")]
    ),
)


@table(in_both(row) for row in (*MAKING, *CHANGING, *MOVING, *DELETING, *LISTING, *STARRING))
def test_file_system(api: API, row: Row) -> None:
    check(api, row)


@pytest.mark.parametrize("age", AGES)
def test_renaming_an_object_overwrites_the_last_segment_of_its_rows(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save
    from pulumi_posthog.sandbox.families.objects import ProjectObject

    BOARD(api)
    api.send(PATCH(TREE + "{board_row}/", {"path": "Marketing/Mine", "href": "/x", "meta": {"a": 1}}))
    board = ProjectObject.objects.get(pk=api.names["board"])
    board.name = "A/B"
    save(board, None)

    row = api.get(TREE + "{board_row}/")
    assert row["path"] == "Marketing/A\\/B"
    assert (row["href"], "a" in row["meta"]) == (f"/dashboard/{board.pk}", False)


@pytest.mark.parametrize("age", AGES)
def test_deleting_an_object_deletes_its_rows(api: API, age: int) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save
    from pulumi_posthog.sandbox.families.objects import ProjectObject

    BOARD(api)
    board = ProjectObject.objects.get(pk=api.names["board"])
    board.deleted = True
    save(board, None)

    assert api.send(GET(TREE + "{board_row}/")).status == 404


@pytest.mark.parametrize("age", AGES)
def test_a_page_of_views_counts_itself(api: API, age: int) -> None:
    answer = api.send(Call("GET", TREE + "?order_by=-last_viewed_at&limit=2")).body

    assert (answer["count"], len(answer["results"])) == (2, 2)


def test_a_logged_view_puts_its_row_first(api: API) -> None:
    api.send(POST(TREE + "log_view/", {"type": "dashboard", "ref": "{dashboard}"}))
    first = api.results(TREE + "?order_by=-last_viewed_at&limit=1")[0]

    assert first["ref"] == str(api.names["dashboard"])
    assert first["last_viewed_at"].endswith("Z")
