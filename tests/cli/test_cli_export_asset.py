"""`pulumi-posthog export-asset`."""

from __future__ import annotations

import signal

import pytest

from cli.lab import Lab
from harness.waiting import eventually

BEGINNINGS = {"png": b"\x89PNG", "pdf": b"%PDF", "csv": b"type,name", "json": b"{"}


@pytest.fixture
def board(lab: Lab) -> str:
    """The id of a dashboard of Web."""
    dashboard = lab.posthog.project("Web")["primary_dashboard"]
    assert dashboard
    lab.posthog.count_anew()
    return str(dashboard)


def export(lab: Lab, board: str, file: str, *arguments: str, **environment: str):
    return lab.run("export-asset", file, "--dashboard", board, "--project", "Web", *arguments, **environment)


def left_behind(lab: Lab) -> list[str]:
    return [path.name for path in lab.folder.iterdir() if "board" in path.name]


@pytest.mark.parametrize("ending", BEGINNINGS)
def test_a_dashboard_becomes_a_file_of_the_kind_that_its_ending_says(lab: Lab, board: str, ending: str):
    run = export(lab, board, f"board.{ending}")

    content = (lab.folder / f"board.{ending}").read_bytes()
    assert (run.status, run.out, run.err) == (0, "", f"board.{ending}: {len(content):,} bytes\n")
    assert content.startswith(BEGINNINGS[ending])
    assert left_behind(lab) == [f"board.{ending}"]


def test_the_kind_may_be_said(lab: Lab, board: str):
    run = export(lab, board, "board", "--as", "pdf", "--format", "json")

    assert run.json["exit_code"] == 0
    assert run.json["file"] == "board"
    assert (lab.folder / "board").read_bytes()[:4] == b"%PDF"
    assert run.json["bytes"] == (lab.folder / "board").stat().st_size


def test_it_is_waited_for(lab: Lab, board: str):
    lab.call("PATCH", "/_sandbox/settings", {"export_seconds": 1})

    assert export(lab, board, "board.png").status == 0
    assert sum(count for path, count in lab.posthog.requests()["by_path"].items() if "/exports/" in path) > 3


def test_a_file_that_exists_is_overwritten_only_by_force(lab: Lab, board: str):
    (lab.folder / "board.png").write_text("mine")

    refused = export(lab, board, "board.png")
    requests = lab.posthog.requests()["total"]
    kept = (lab.folder / "board.png").read_text()
    forced = export(lab, board, "board.png", "--force")

    assert (refused.status, requests, kept) == (5, 0, "mine")
    assert "--force overwrites it" in refused.err
    assert forced.status == 0
    assert (lab.folder / "board.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("arguments", [["board.png"], ["board.png", "--dashboard", "1", "--insight", "1"]])
def test_either_a_dashboard_or_an_insight(lab: Lab, arguments: list[str]):
    run = lab.run("export-asset", *arguments)

    assert (run.status, "one of --dashboard ID and --insight ID" in run.err) == (2, True)


@pytest.mark.parametrize(
    ("file", "said"), [("board.doc", '".doc" is not a format'), ("board", '"" is not a format')]
)
def test_an_unknown_kind_is_refused_before_anything_is_asked(lab: Lab, board: str, file: str, said: str):
    run = export(lab, board, file)

    assert (run.status, said in run.err, lab.posthog.requests()["total"]) == (2, True, 0)


def test_a_kind_that_posthog_cannot_make_is_said_in_its_words(lab: Lab, board: str):
    run = export(lab, board, "board.xlsx")

    assert (run.status, left_behind(lab)) == (4, [])
    assert "PostHog could not make the file" in run.err


def test_a_kind_that_a_server_does_not_know_is_said(
    lab: Lab, board: str, monkeypatch: pytest.MonkeyPatch, capsys
):
    from pulumi_posthog.api.operations import exports
    from pulumi_posthog.cli.application import run

    monkeypatch.setitem(exports.MEDIA_TYPES, "pdf", "application/unknown")
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(lab.folder)

    status = run(["export-asset", "board.pdf", "--dashboard", board, "--project", "Web"])

    assert status == 2
    assert "this server does not export to pdf" in capsys.readouterr().err


def test_a_dashboard_that_there_is_not_is_said(lab: Lab):
    run = export(lab, "99999", "board.png")

    assert (run.status, left_behind(lab)) == (2, [])
    assert "does not exist" in run.err
    assert "look at the id" in run.err


def test_an_export_that_never_ends_is_given_up(lab: Lab, board: str):
    lab.call("PATCH", "/_sandbox/settings", {"export_seconds": 600})

    run = export(lab, board, "board.png", "--max-wait", "1s", "--format", "json")

    assert (run.status, run.json["exit_code"], left_behind(lab)) == (9, 9, [])
    assert "has not finished the file within 1 s" in run.err


def test_ctrl_c_leaves_nothing_behind(lab: Lab, board: str):
    lab.call("PATCH", "/_sandbox/settings", {"export_seconds": 600})
    process = lab.start("export-asset", "board.png", "--dashboard", board, "--project", "Web")
    assert eventually(lab.posthog.writes)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert (process.returncode, left_behind(lab)) == (8, [])
    assert "cancelled" in err


def test_a_download_that_breaks_off_is_begun_again(lab: Lab, board: str):
    lab.call("POST", "/_sandbox/faults", {"spec": "cut GET /content times=1"})

    run = export(lab, board, "board.png")

    assert run.status == 0
    assert (lab.folder / "board.png").read_bytes().endswith(b"IEND\xaeB`\x82")


def test_a_key_without_the_scope_is_told_which(lab: Lab, board: str):
    key = lab.call("POST", "/_sandbox/keys", {"scopes": ["project:read", "export:read"]})["key"]

    run = export(lab, board, "board.png", POSTHOG_PERSONAL_API_KEY=key)

    assert (run.status, left_behind(lab)) == (3, [])
    assert "export:write" in run.err


def test_a_folder_that_there_is_not_is_said_before_an_export_is_made(lab: Lab, board: str):
    run = export(lab, board, "nowhere/board.png")

    assert run.status == 2
    assert "nowhere" in run.err
    assert lab.posthog.writes() == {}
