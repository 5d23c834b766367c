"""Texts of persons and members where something else reads them: a spreadsheet, a comment on GitHub or GitLab."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from pulumi_posthog.report.markdown import escaped
from pulumi_posthog.report.table import csv_line

FORMULAS = ["=1+1", "+1", "-cmd", "@SUM", "\t=1", " =1", "\xa0=1", "＝1+1", "＋1", "－1", "＠SUM", "﹦1"]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", ["", "a;", "a; ", "a\t", "a\n", "a\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_begins_a_formula_however_a_spreadsheet_parts_them(formula, before, delimiter):
    line = csv_line(["x", before + formula, {"in": before + formula}])

    cells = [cell for row in csv.reader(io.StringIO(line), delimiter=delimiter) for cell in row]
    assert not [cell for cell in cells if re.match(r"[\s\xa0]*[=+\-@＝＋－＠﹦]", cell.strip('"'))]


def test_numbers_and_other_texts_stay_as_they_are():
    assert csv_line([-1, -1.5, True, None, "a-b", "x=1", "a;b", "ana@acme.io"]) == (
        "-1,-1.5,true,,a-b,x=1,a;b,ana@acme.io\n"
    )


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("@acme/admins look", r"@\w"),
        ("ana@acme.io", r"@\w"),
        ("fixes #12", r"#\d"),
        ("GH-12", r"GH-"),
        ("see !12", r"!\d"),
        ("https://evil.example", r"://"),
        ("HTTP://evil.example", r"://"),
        ("www.evil.example", r"www\."),
        ("WWW.evil.example", r"(?i)www\."),
        ("mailto:a", r"mailto:"),
    ],
)
def test_in_a_comment_nobody_is_called_and_nothing_is_a_link(text, live):
    assert re.search(live, text)

    # As CommonMark has it: what a backslash stands before is text, and so are the signs of HTML.
    shown = html.unescape(re.sub(r"\\(.)", r"\1", escaped(text)))

    assert not re.search(live, shown)
    assert shown.replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["![x](a.png)", "[x](a.png)", "<img src=x>", "<!-- x -->", "`x`", "a|b"])
def test_in_a_comment_no_text_is_markdown_or_html(text):
    assert not re.search(r"(?<!\\)[\[\]`|]|<", escaped(text))
