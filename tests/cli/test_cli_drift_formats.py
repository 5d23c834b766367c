"""`pulumi-posthog drift`: a report is complete in every format, whatever the exit status."""

from __future__ import annotations

import json
import signal
from xml.etree import ElementTree as Xml

import pytest

from cli.lab import Lab, state_of

FORMATS = ("text", "json", "markdown", "html", "sarif", "junit")


def complete(form: str, text: str) -> bool:
    """Whether a report is whole: read to its end by a reader of its format."""
    if form == "json":
        return "findings" in json.loads(text)
    if form == "sarif":
        return json.loads(text)["version"] == "2.1.0"
    if form == "junit":
        return Xml.fromstring(text).tag == "testsuites"  # noqa: S314 - our own output
    if form == "html":
        return text.startswith("<!doctype html>") and text.endswith("</html>\n")
    if form == "markdown":
        return text.startswith("<!-- pulumi-posthog drift -->\n### ") and text.endswith("\n")
    return text.startswith("drift: ")


FILES = {
    "json": "r.json",
    "markdown": "r.md",
    "html": "r.html",
    "sarif": "r.sarif",
    "junit": "r.xml",
    "text": "r.txt",
}


def outputs() -> list[str]:
    """The options that write a report in every format."""
    return [part for name in FILES.values() for part in ("--output", name)]


def situation(lab: Lab, status: int) -> tuple[list[str], dict[str, str]]:
    """The arguments and variables that make drift end with a status."""
    if status == 2:
        lab.write("projets: {}\n")
    elif status == 3:
        return [], {"POSTHOG_PERSONAL_API_KEY": "phx_nobody_has_this_key"}
    elif status == 4:
        return [], {"POSTHOG_PERSONAL_API_KEY": lab.key_without("plugin:read")}
    elif status == 5:
        lab.pulumi(state_of({f"Role {number}": str(number) for number in range(12)}))
        return ["--stack", "prod"], {}
    elif status == 7:
        lab.call("PATCH", lab.project("Web"), {"timezone": "UTC"})
    elif status == 9:
        return [], {"POSTHOG_REQUESTS_PER_MINUTE": "1", "POSTHOG_MAX_WAIT": "1"}
    return [], {}


@pytest.mark.parametrize("status", [0, 2, 3, 4, 5, 7, 9])
def test_every_format_is_complete_whatever_the_exit_status(lab: Lab, status: int):
    arguments, environment = situation(lab, status)

    run = lab.run("drift", *arguments, *outputs(), **environment)

    assert run.status == status, run.err
    assert complete("text", run.out)
    for form, name in FILES.items():
        text = (lab.folder / name).read_text()
        assert complete(form, text), text
        assert lab.posthog.key not in text
    assert json.loads((lab.folder / FILES["json"]).read_text())["exit_code"] == status
    assert "Traceback" not in run.err


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_complete_when_the_command_has_a_bug(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from pulumi_posthog.cli.application import run
    from pulumi_posthog.cli.verbs import drift

    def broken(*_: object) -> None:
        raise RuntimeError("never meant to happen")

    monkeypatch.setattr(drift, "compared", broken)

    status = run(["drift", "--format", form])

    out, err = capsys.readouterr()
    assert status == 1
    assert complete(form, out)
    assert "please report it" in err
    assert "Traceback" not in err


def test_ctrl_c_ends_at_once_with_a_complete_report_in_every_format(lab: Lab):
    lab.call("PATCH", "/_sandbox/settings", {"latency_ms": 4_000})
    lab.posthog.count_anew()
    process = lab.start("drift", *outputs())
    lab.posthog.await_request()

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=2)  # the requests under way take longer

    assert process.returncode == 8
    assert err == "cancelled\n"
    assert complete("text", out)
    for form, name in FILES.items():
        assert complete(form, (lab.folder / name).read_text())


def test_a_report_for_a_comment_is_cut_at_the_size_that_was_asked_for(lab: Lab):
    lab.write("roles:\n" + "".join(f"  Role {number}: {{}}\n" for number in range(300)))

    run = lab.run("drift", "--format", "markdown", "--max-size", "5000")

    assert run.status == 7
    assert len(run.out) <= 5000
    assert "left out: this text is cut at 5,000 characters" in run.out
