"""Findings -> text, JSON, Markdown, HTML, SARIF, JUnit: each complete, whatever the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from pulumi_posthog.drift.finding import Report

FORMATS: Final = ("text", "json", "markdown", "html", "sarif", "junit")
SUFFIXES: Final[Mapping[str, str]] = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".sarif": "sarif",
    ".xml": "junit",
}
_MODULES: Final = {"json": "json_document"}


def rendered(report: Report, form: str) -> str:
    """A report as the text of a file in one of `FORMATS`."""
    module = import_module(f"pulumi_posthog.report.{_MODULES.get(form, form)}")
    return cast("Callable[[Report], str]", module.rendered)(report)
