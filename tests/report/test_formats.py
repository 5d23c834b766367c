"""Findings -> six formats, on literal reports."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pulumi_posthog.drift.finding import Failed, Finding, Report, Status, Trace, Who, moment
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.report import FORMATS, SUFFIXES, github, markdown, rendered
from pulumi_posthog.values.json_value import shown_json
from pulumi_posthog.values.picture import Box, Change, Picture
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.text import plural

CHANGED = Finding(
    status=Status.CHANGED,
    kind="project",
    object="projects.Web",
    path="projects.Web.timezone",
    live="UTC",
    declared="Europe/Berlin",
    id="1",
    where=Position("posthog.yaml", 7, 5),
    who=Who("ana@acme.io", "2026-11-21T10:17:55.123456Z"),
)
GONE = Finding(
    status=Status.GONE, kind="role", object="roles.Guests", path="roles.Guests", whole=True, removal=True
)
STRANGE = Finding(
    status=Status.UNDECLARED, kind="role", object="roles.New", path="roles.New", whole=True, id="9"
)
PENDING = Finding(status=Status.PENDING, kind="role", object="roles.Soon", path="roles.Soon", whole=True)
UNREAD = Finding(
    status=Status.UNREAD,
    kind="role",
    object="roles.Ops",
    path="roles.Ops",
    whole=True,
    message="could not be looked at: 403",
    hint="ask for the scope",
)
REFUSED = Finding(
    status=Status.REFUSED, kind="role", object="roles", path="roles", whole=True, message="9 of 12 would go"
)
ALL = (CHANGED, GONE, STRANGE, PENDING, UNREAD, REFUSED)
REPORT = Report(
    host="https://eu.posthog.com",
    organization="0191c0de",
    at="2026-11-21T10:20:00Z",
    findings=ALL,
    checked=("projects.Web", "roles.Guests", "roles.Ops", "roles.Fine"),
    requests=7,
    exit=4,
)
CLEAN = dataclasses.replace(REPORT, findings=(), exit=0)
FAILED = Report(failures=(Failed("there is no key", "set it"),), exit=3)
EVIL = "<script>alert(1)</script> | `code` ](x) & \"q\" 'a' \x00\x1b[31m\n# head"


def test_text_tells_one_object_after_the_other():
    assert rendered(dataclasses.replace(REPORT, findings=(CHANGED, GONE)), "text") == (
        "drift: 1 changed live, 1 gone\n"
        "posthog.yaml against https://eu.posthog.com, organization 0191c0de: 7 requests\n"
        "\n"
        "changed live\n"
        "  projects.Web  posthog.yaml:7\n"
        '    timezone: "UTC", declared is "Europe/Berlin"  (ana@acme.io, 2026-11-21 10:17:55 UTC)\n'
        "\n"
        "gone\n"
        "  roles.Guests\n"
        "    is declared, and PostHog does not have it  (who: unknown)\n"
    )


def test_of_what_is_pending_in_git_text_has_one_line_for_each_object_wherever_its_findings_stand():
    zone = dataclasses.replace(CHANGED, status=Status.PENDING, who=None)
    urls = dataclasses.replace(zone, path="projects.Web.app_urls", live=[], declared=["https://acme.io"])
    rotated = dataclasses.replace(
        zone,
        object="projects.Web.hog_functions.Orders",
        path="projects.Web.hog_functions.Orders.inputs.url",
        message="is another secret than the one last applied",
        where=Position("posthog.yaml", 12, 5),
    )
    pending = (zone, rotated, PENDING, urls)

    text = rendered(dataclasses.replace(REPORT, findings=pending), "text")

    assert text.partition("\n\n")[2] == (
        "pending in Git\n"
        "  projects.Web: timezone, app_urls will be set  posthog.yaml:7\n"
        "  projects.Web.hog_functions.Orders: inputs.url is another secret than the one last applied"
        "  posthog.yaml:12\n"
        "  roles.Soon: is not in PostHog yet\n"
    )


def test_a_key_that_one_side_does_not_have_is_told_from_one_that_is_null():
    undeclared = dataclasses.replace(CHANGED, live=3, declared=None, undeclared=True)
    missing = dataclasses.replace(CHANGED, live=None, declared=3, missing=True)
    null = dataclasses.replace(CHANGED, live=3, declared=None)

    for form in ("text", "markdown", "html", "sarif", "junit"):
        said = [
            rendered(dataclasses.replace(REPORT, findings=(each,)), form) for each in (undeclared, missing)
        ]
        assert all("nothing" in text and "null" not in text for text in said), form
        assert "null" in rendered(dataclasses.replace(REPORT, findings=(null,)), form)


def test_beside_everything_that_somebody_did_stands_who_or_that_it_is_unknown():
    nobody = tuple(dataclasses.replace(each, who=None) for each in (CHANGED, GONE, STRANGE))

    for form in ("text", "markdown", "html", "sarif", "junit"):
        text = rendered(dataclasses.replace(REPORT, findings=(*nobody, PENDING)), form)
        assert text.count("unknown") == 3, form


def test_text_says_so_when_all_is_well():
    assert rendered(CLEAN, "text").startswith("drift: PostHog is as declared (4 objects compared)\n")


def test_text_shows_the_first_of_many_and_counts_the_rest():
    many = tuple(
        dataclasses.replace(GONE, object=f"roles.R{number}", path=f"roles.R{number}") for number in range(80)
    )

    text = rendered(dataclasses.replace(REPORT, findings=many), "text")

    assert "roles.R49\n" in text
    assert "roles.R50\n" not in text
    assert "and 30 more: --format json has them all" in text


def test_json_has_everything_and_the_exit_status():
    document = json.loads(rendered(REPORT, "json"))

    assert document["exit_code"] == 4
    assert document["counts"] == {status.value: 1 for status in Status}
    first = document["findings"][0]
    assert first["where"] == {"file": "posthog.yaml", "line": 7, "column": 5}
    assert first["who"] == {"name": "ana@acme.io", "when": "2026-11-21T10:17:55.123456Z"}
    assert first["summary"] == 'projects.Web.timezone is "UTC", declared is "Europe/Berlin"'


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("report", [REPORT, CLEAN, FAILED], ids=["different", "clean", "failed"])
def test_every_format_says_what_there_is_to_say(form: str, report: Report):
    text = rendered(report, form)

    assert text.endswith("\n")
    for finding in report.findings:
        assert finding.object in text
    for failure in report.failures:
        assert failure.message in text
        assert failure.hint is not None
        assert failure.hint in text


def test_every_format_has_a_suffix_and_every_suffix_a_format():
    assert sorted(SUFFIXES.values()) == sorted(FORMATS)


# -- what is known or ignored -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_does_not_count_is_counted_but_not_listed_as_a_difference(form: str):
    known = dataclasses.replace(CHANGED, known=True)
    ignored = dataclasses.replace(STRANGE, ignored="a trial (ana@acme.io, until 2027-01-01)")

    text = rendered(dataclasses.replace(REPORT, findings=(known, ignored), exit=0), form)

    assert "PostHog is as declared" in text
    assert "changed live" not in text
    assert re.search("1 difference (known|known from the baseline)|2 differences known or ignored", text)


def test_sarif_suppresses_what_does_not_count_with_its_reason():
    ignored = dataclasses.replace(STRANGE, ignored="a trial")

    (run,) = json.loads(rendered(dataclasses.replace(REPORT, findings=(ignored,)), "sarif"))["runs"]

    assert run["results"][0]["suppressions"] == [{"kind": "external", "justification": "a trial"}]


def test_junit_skips_what_does_not_count():
    ignored = dataclasses.replace(STRANGE, ignored="a trial")

    suite = junit(dataclasses.replace(REPORT, findings=(ignored,)))

    assert (suite.get("tests"), suite.get("skipped"), suite.get("failures")) == ("5", "1", "0")


# -- what other programs want --------------------------------------------------------------------------------------


def junit(report: Report) -> Xml.Element:
    suite = Xml.fromstring(rendered(report, "junit")).find("testsuite")  # noqa: S314 - our own output
    assert suite is not None
    return suite


def test_junit_has_a_case_per_object_and_tells_errors_from_failures():
    suite = junit(REPORT)

    cases = {
        case.get("name"): next((child.tag for child in case), "passed") for case in suite.iter("testcase")
    }
    assert cases == {
        "projects.Web": "failure",
        "roles.Guests": "failure",
        "roles.Ops": "error",
        "roles.Fine": "passed",
        "roles.New": "failure",
        "roles.Soon": "failure",
        "roles": "failure",
    }
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("7", "5", "1")


def test_sarif_points_at_the_line_and_keeps_its_fingerprints():
    (run,) = json.loads(rendered(REPORT, "sarif"))["runs"]

    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "posthog.yaml"
    assert place["region"] == {"startLine": 7, "startColumn": 5}
    assert {each["ruleId"] for each in run["results"]} <= {
        rule["id"] for rule in run["tool"]["driver"]["rules"]
    }
    assert first["partialFingerprints"] == {"pulumiPosthog/v1": CHANGED.fingerprint}


TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
PLACE = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {
        # RFC 3986: no blanks, no fragments, no Windows paths.
        "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": r"^[\w\-.~%/:]+$"}}},
        "region": {
            "required": ["startLine"],
            "properties": {
                "startLine": {"type": "integer", "minimum": 1},
                "startColumn": {"type": "integer", "minimum": 1},
            },
        },
    },
}
# What SARIF 2.1.0 asks of the parts that we write (OASIS, sections 3.13 to 3.52).
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id"],
                                            "properties": {"shortDescription": TEXT},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "invocations": {
                        "items": {
                            "required": ["executionSuccessful"],
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "exitCode": {"type": "integer"},
                            },
                        }
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "required": ["message"],
                            "properties": {
                                "message": TEXT,
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "locations": {"items": {"properties": {"physicalLocation": PLACE}}},
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "suppressions": {
                                    "items": {
                                        "required": ["kind"],
                                        "properties": {"kind": {"enum": ["inSource", "external"]}},
                                    }
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("report", [REPORT, CLEAN, FAILED], ids=["different", "clean", "failed"])
@pytest.mark.parametrize("file", ["posthog.yaml", "our files/post#hog ü.yaml", "/srv/posthog.yaml"])
def test_sarif_is_as_its_standard_wants_it(report: Report, file: str):
    moved = [dataclasses.replace(each, where=Position(file, 7, 5)) for each in report.findings]

    document = json.loads(rendered(dataclasses.replace(report, file=file, findings=tuple(moved)), "sarif"))

    assert [error.message for error in Draft202012Validator(SARIF).iter_errors(document)] == []
    for run in document["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(rules) == len(set(rules))
        assert {result["ruleId"] for result in run["results"]} <= set(rules)


def test_sarif_of_a_run_that_failed_says_so():
    (run,) = json.loads(rendered(FAILED, "sarif"))["runs"]

    assert run["invocations"][0]["executionSuccessful"] is False
    assert (
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "there is no key; set it"
    )


def test_markdown_can_be_found_again_and_has_a_table_per_status():
    text = rendered(REPORT, "markdown")

    assert text.startswith("<!-- pulumi-posthog drift -->\n### This sets 1 value\n\ndrift: 1 changed live, ")
    assert (
        '| `projects.Web.timezone` | `"UTC"` | `"Europe/Berlin"` | ana@&#8203;acme.io, 2026-11-21 10:17:55 UTC |'
    ) in text


@settings(deadline=None)  # how long it takes depends on what else the machine does
@given(st.integers(1000, 20_000))
def test_markdown_is_never_longer_than_allowed(longest: int):
    many = tuple(
        dataclasses.replace(CHANGED, path=f"projects.Web.setting_{number}", live="x" * 300)
        for number in range(200)
    )

    text = markdown.rendered(dataclasses.replace(REPORT, findings=many), longest)

    assert len(text) <= longest
    assert "left out: this text is cut at" in text


def test_workflow_commands_escape_what_would_end_them():
    problem = Problem("50% of a\nline", Position("a,b:c.yaml", 3, 4), "do this")

    assert github.commands([problem]) == (
        "::error title=pulumi-posthog,file=a%2Cb%3Ac.yaml,line=3,col=4::50%25 of a%0Aline%0Ahint: do this\n"
    )


# -- hostile names ------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def evil() -> Report:
    finding = dataclasses.replace(
        CHANGED,
        object=f"projects.{EVIL}",
        path=f"projects.{EVIL}.name",
        live=EVIL,
        declared=EVIL,
        who=Who(EVIL),
    )
    whole = dataclasses.replace(UNREAD, object=EVIL, path=EVIL, message=EVIL, hint=EVIL)
    return dataclasses.replace(
        REPORT, findings=(finding, whole), file=EVIL, organization=EVIL, failures=(Failed(EVIL, EVIL),)
    )


def test_the_page_names_the_organization_links_to_the_object_and_says_what_to_do():
    of_project_two = Trace(Found(KINDS["project"], "2", {}), "2")
    report = dataclasses.replace(
        REPORT,
        organization_name="Acme & Sons",
        findings=(dataclasses.replace(CHANGED, trace=of_project_two), GONE),
    )

    text = rendered(report, "html")

    assert "<title>drift: Acme &amp; Sons</title>" in text
    assert "<dt>organization</dt><dd>Acme &amp; Sons (0191c0de)</dd>" in text
    link = "https://eu.posthog.com/project/2/settings/project"
    assert f'<a href="{link}" rel="noreferrer">projects.Web</a>' in text
    assert "<b>roles.Guests</b>" in text, "what is gone has no page"
    assert "To set the declared one again, run <code>pulumi up</code>." in text


def test_a_layout_is_drawn_once_below_the_lines_about_it_and_however_large_it_is():
    far = 10**30
    boxes = (Box(EVIL, 0, 0, 6, 5, Change.MOVED), Box("Far", 0, far, 12, 3))
    board = dataclasses.replace(
        CHANGED, object="projects.Web.dashboards.A", picture=Picture(12, boxes, boxes[1:] * 300)
    )
    report = dataclasses.replace(REPORT, findings=(board, dataclasses.replace(board, path="other"), GONE))
    page = Tags()

    text = rendered(report, "html")
    page.feed(text)

    assert text.count('<tr class="picture">') == 1
    assert text.index("other") < text.index('<tr class="picture">') < text.index("roles.Guests</b>")
    assert 'class="moved" style="grid-area: 1 / 1 / 6 / 7"' in text
    assert 'class="as-it-was" style="grid-area: 14 / 1 / 17 / 13"' in text
    assert "declared (100 more)" in text
    assert "script" not in page.tags


def test_an_id_or_a_host_of_another_form_makes_no_link_elsewhere():
    strange = dataclasses.replace(STRANGE, trace=Trace(Found(KINDS["batch_export"], '"/../x?y', {}), "2"))

    text = rendered(dataclasses.replace(REPORT, findings=(strange,)), "html")
    script = rendered(dataclasses.replace(REPORT, findings=(strange,), host="javascript:alert(1)//"), "html")

    assert 'href="https://eu.posthog.com/project/2/pipeline/batch-exports/%22%2F..%2Fx%3Fy"' in text
    assert 'href="javascript' not in script


def test_names_cannot_become_html():
    page = Tags()

    page.feed(rendered(evil(), "html"))

    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.words


def test_names_cannot_break_out_of_a_markdown_table():
    text = rendered(evil(), "markdown")

    assert "<script>" not in re.sub(r"(`+).*?\1", "", text)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "alert" in line]
    assert rows
    # A bar that is escaped is text, not a border.
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {3, 5}


def test_names_cannot_break_xml():
    assert junit(evil()).get("tests") == "7"


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_passes_terminal_control_characters_on(form: str):
    assert "\x1b" not in rendered(evil(), form)
    assert "\x00" not in rendered(evil(), form)


# -- words ---------------------------------------------------------------------------------------------------------


def test_moments_numbers_and_values_are_written_for_people():
    assert moment("2026-11-21T12:17:55+02:00") == "2026-11-21 10:17:55 UTC"
    assert moment("yesterday") == "yesterday"
    assert plural(1, "object") == "1 object"
    assert plural(1200, "object") == "1,200 objects"
    assert shown_json({"a": "é"}) == '{"a": "é"}'
    assert shown_json("x" * 50, 10) == '"xxxxxxxx…'


def test_a_fingerprint_is_about_the_live_value_and_not_about_where_it_is_declared():
    assert dataclasses.replace(CHANGED, where=None, who=None, id="2").fingerprint == CHANGED.fingerprint
    assert dataclasses.replace(CHANGED, live="Asia/Tokyo").fingerprint != CHANGED.fingerprint
