"""Findings -> JUnit XML: a test case per object, so that a CI system draws its history."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from pulumi_posthog.drift.finding import Finding, Report, Status

# XML 1.0 has no way at all to write these.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# A line that begins with "::", "##[" anywhere, or what ends a line or turns its direction; no markup of ours has any.
UNSAFE = re.compile(
    "^([^\\S\r\n\u0085\u2028\u2029]*+)(:)(?=:)"
    "|(#(?=#\\[)|[\r\u0085\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])",
    re.MULTILINE,
)


def rendered(report: Report) -> str:
    """As an XML document."""
    suites = Xml.Element("testsuites", name="pulumi-posthog")
    suite = Xml.SubElement(suites, "testsuite", name=allowed(report.title))
    if report.at:
        suite.set("timestamp", report.at)
    for failure in report.failures:
        case = Xml.SubElement(
            suite, "testcase", classname=allowed(report.title), name="PostHog can be compared"
        )
        _said(case, "error", failure.message, failure.hint or "")
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.object, []).append(finding)
    for object_ in dict.fromkeys((*report.checked, *found)):
        case = Xml.SubElement(
            suite, "testcase", classname=allowed(object_.partition(".")[0]), name=allowed(object_)
        )
        _outcome(case, found.get(object_, ()))
    for name, tag in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        number = str(len(suite.findall(tag if tag == "testcase" else f"testcase/{tag}")))
        suite.set(name, number)
        suites.set(name, number)
    return document(suites)


def document(suites: Xml.Element) -> str:
    """The text of a document, of which no line is a command for a CI that shows it, and no sign turns its direction.

    What could be one is spelt as a character reference: a reader of the document gets the same texts.
    """
    Xml.indent(suites)
    text = Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"
    return UNSAFE.sub(lambda found: f"{found[1] or ''}&#{ord(found[2] or found[3])};", text)


def _outcome(case: Xml.Element, findings: Iterable[Finding]) -> None:
    new = [finding for finding in findings if finding.counts]
    unread = [finding for finding in new if finding.status is Status.UNREAD]
    others = [finding for finding in new if finding.status is not Status.UNREAD]
    for tag, group in (("error", unread), ("failure", others)):
        if group:
            _said(case, tag, group[0].summary, "\n".join(map(_line, group)), group[0].status.value)
    if not new and (hidden := list(findings)):
        _said(case, "skipped", hidden[0].ignored or "known from the baseline", "")


def _line(finding: Finding) -> str:
    return f"{finding.summary}; by {finding.who or 'unknown'}" if finding.has_author else finding.summary


def _said(case: Xml.Element, tag: str, message: str, text: str, type_: str | None = None) -> None:
    element = Xml.SubElement(case, tag, message=allowed(message))
    if type_:
        element.set("type", type_)
    element.text = allowed(text) or None


def allowed(text: str) -> str:
    """`text` without characters that no XML document may have."""
    return FORBIDDEN.sub("\ufffd", text)
