"""What other programs read never becomes another text, whatever the encoding of stdout."""

from __future__ import annotations

import ast
import csv
import io
import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from pulumi_posthog import cli
from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.config.node import Node
from pulumi_posthog.config.source import Source
from pulumi_posthog.drift.finding import Failed, Report
from pulumi_posthog.export.text import Variable, files
from pulumi_posthog.report import rendered
from pulumi_posthog.report.table import Rows, as_csv

NAME = "Größe \U0001f994 \u202e\ufffd \xa0x"
OTHERS = ["ascii", "cp1252", "latin-1", "cp437"]


@pytest.fixture
def stdout(monkeypatch: pytest.MonkeyPatch):
    """Makes a stdout of an encoding; what was written, byte by byte, is in its buffer."""

    def of(encoding: str) -> io.BytesIO:
        buffer = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding=encoding))
        terminal.begin()
        return buffer

    return of


@pytest.mark.parametrize("encoding", OTHERS)
def test_json_on_any_stdout_means_the_same(stdout, encoding: str):
    buffer = stdout(encoding)

    terminal.write(json.dumps({NAME: [NAME]}, ensure_ascii=False), "json")

    assert json.loads(buffer.getvalue()) == {NAME: [NAME]}


class Words(HTMLParser):
    """The text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("encoding", OTHERS)
@pytest.mark.parametrize("form", ["json", "sarif", "html", "junit"])
def test_a_report_on_any_stdout_means_the_same(stdout, encoding: str, form: str):
    report = Report(file="x.yaml", failures=(Failed(f"role {NAME} & <b>", None),))
    buffer = stdout(encoding)

    terminal.write(rendered(report, form), form)

    # All four are UTF-8 for whoever reads them.
    written = buffer.getvalue().decode("utf-8")
    if form in ("json", "sarif"):
        assert json.loads(written) == json.loads(rendered(report, form))
    elif form == "html":
        assert Words(written).words == Words(rendered(report, form)).words
    else:
        assert Xml.canonicalize(written) == Xml.canonicalize(rendered(report, form))


VALUES = {
    "organization": {"host": "https://eu.posthog.com", "id": "1"},
    "roles": {NAME: {}, "ü": {"a": "ä\nö\n", "b": " ß ", "c": "\x85\u2028é", "d": [NAME] * 9}},
    "projects": {"Ω": {"x": Variable("A_KEY"), "long": "ß " * 300}},
}


@pytest.mark.parametrize("encoding", OTHERS)
def test_an_export_on_any_stdout_is_read_as_the_same(stdout, tmp_path: Path, encoding: str):
    header = [f"Left out: {NAME}"]
    plain = files(VALUES, "a.yaml", split=False, header=header)["a.yaml"]
    escaped = files(VALUES, "a.yaml", split=False, header=header, ascii_only=True)["a.yaml"]
    buffer = stdout(encoding)

    terminal.write(escaped, "yaml")

    written = buffer.getvalue()
    assert read(tmp_path, written) == read(tmp_path, plain.encode())
    assert "Gr\\xf6" in written.decode("ascii")


def read(folder: Path, content: bytes) -> object:
    """What the loader makes of a file: all but the places."""
    (folder / "a.yaml").write_bytes(content)
    source = Source(folder / "a.yaml", environment={"A_KEY": "x"}, secret=None, offline=True)
    assert source.problems == []

    def values(node: Node) -> object:
        value = node.value
        if isinstance(value, dict):
            return {key: values(item) for key, item in value.items()}
        return [values(item) for item in value] if isinstance(value, list | tuple) else str(value)

    assert source.root is not None
    return values(source.root)


@pytest.mark.parametrize("form", ["yaml", "csv", "markdown", "patch", "typescript", "python"])
def test_what_cannot_be_escaped_is_refused(stdout, form: str):
    buffer = stdout("ascii")

    with pytest.raises(Stop, match=f"which cannot carry '.*' as {form}") as refused:
        terminal.write("name: Größe\n", form)

    assert (buffer.getvalue(), "PYTHONIOENCODING=utf-8" in str(refused.value.failure.hint)) == (b"", True)


def test_a_table_that_fits_is_in_the_encoding_that_was_asked_for(stdout):
    buffer = stdout("cp1252")

    terminal.write(as_csv(Rows(("name",), ("Größe",), more=False)), "csv")

    assert "Größe" in buffer.getvalue().decode("cp1252")
    assert list(csv.reader(io.StringIO(buffer.getvalue().decode("cp1252"))))


def test_every_verb_says_what_it_writes():
    """A call with JSON, a report or a table in it and without its name would write replacements."""
    unsaid = [
        f"{path.name}:{node.lineno}"
        for path in Path(cli.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "terminal.write" and len(node.args) == 1
    ]

    # Text for people: the places that `init` wrote, and the problems that `validate` found.
    assert {each.partition(":")[0] for each in unsaid} <= {"init.py", "validate.py"}
