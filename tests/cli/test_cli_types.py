"""`pulumi-posthog types`: what it writes compiles, and a name that is not declared does not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.lab import Lab

TSC = Path(__file__).parents[1] / "typescript" / "node_modules" / ".bin" / "tsc"
EVENTS = """\
projects:
  Web:
    event_definitions:
      user_signed_up:
        properties: {plan: required, seats: optional, "at": optional, trial: optional, $set: optional}
      plan chosen: {properties: {plan: optional}}
      class: {}
      "it's \\"odd\\" 日本": {properties: {"a \\"b\\"": required}}
    property_definitions:
      plan: {property_type: String}
      seats: {property_type: Numeric}
      "at": {property_type: DateTime}
      trial: {property_type: Boolean}
      'a "b"': {property_type: Duration}
"""
USED_IN_TYPESCRIPT = """\
import { Client, captureClass, captureItSOdd日本, capturePlanChosen, captureUserSignedUp } from "./events";

class PostHog {  // as posthog-js declares it
  capture(event: "$pageview" | (string & {}), properties?: Record<string, any> | null, options?: object) {
    return { event, properties, options } as { event: string } | undefined;
  }
}
const posthog: Client = new PostHog();
captureUserSignedUp(posthog, { plan: "pro", seats: 3, at: new Date(), trial: true, $set: { a: 1 } });
captureUserSignedUp(posthog, { plan: "pro" });
capturePlanChosen(posthog);
captureClass(posthog);
captureItSOdd日本(posthog, { 'a "b"': 3 });
const elsewhere = { plan: "pro", seets: 3 };
// @ts-expect-error
captureUserSignedUp(posthog, { plan: "pro", seets: 3 });
// @ts-expect-error
captureUserSignedUp(posthog, elsewhere);
// @ts-expect-error
captureUserSignedUp(posthog, { seats: 3 });
// @ts-expect-error
captureUserSignedUp(posthog, { plan: 3 });
// @ts-expect-error
captureUserSignedUp(posthog);
// @ts-expect-error
captureUserSignedOp(posthog, { plan: "pro" });
// @ts-expect-error
captureClass(posthog, { plan: "pro" });
"""
USED_IN_PYTHON = """\
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack
import events


class Older:  # as posthog before 6 declares it
    def capture(self, distinct_id: str | None = None, event: str | None = None,
                properties: dict[str, Any] | None = None, timestamp: object = None) -> object: ...


class Arguments(TypedDict):
    distinct_id: NotRequired[str | int | None]
    properties: NotRequired[dict[str, Any] | None]
    timestamp: NotRequired[datetime | str | None]


class Newer:  # as posthog since 6 declares it
    def capture(self, event: str, **kwargs: Unpack[Arguments]) -> str | None: ...


for posthog in (Older(), Newer()):
    pass
events.capture_user_signed_up(Older(), "ana", {"plan": "pro", "seats": 3, "at": datetime.now(), "$set": {}})
events.capture_user_signed_up(Newer(), "ana", {"plan": "pro"})
events.capture_plan_chosen(Newer(), "ana")
events.capture_class(Newer(), "ana")
events.capture_it_s_odd_日本(Newer(), "ana", {'a "b"': 1.5})
events.capture_user_signed_up(Newer(), "ana", {"plan": "pro", "seets": 3})  # wrong
events.capture_user_signed_up(Newer(), "ana", {"seats": 3})  # wrong
events.capture_user_signed_up(Newer(), "ana", {"plan": 3})  # wrong
events.capture_user_signed_up(Newer(), "ana")  # wrong
events.capture_user_signed_op(Newer(), "ana", {"plan": "pro"})  # wrong
events.capture_class(Newer(), "ana", {"plan": "pro"})  # wrong
events.capture_class("posthog", "ana")  # wrong
"""


def test_python_that_sends_what_is_not_declared_is_told_by_mypy(lab: Lab):
    lab.write(EVENTS, "events.yaml")
    run = lab.run("types", "events.yaml", "--language", "python", "--output", "events.py")
    assert (run.status, run.out) == (0, ""), run.err
    (lab.folder / "used.py").write_text(USED_IN_PYTHON, encoding="utf-8")

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            "--cache-dir=.mypy",
            "events.py",
            "used.py",
        ],
        cwd=lab.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    lines = USED_IN_PYTHON.splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert {int(each) for each in re.findall(r"used.py:(\d+): error", done.stdout)} == wrong, done.stdout
    assert "events.py" not in done.stdout


@pytest.mark.skipif(not TSC.exists(), reason="no TypeScript compiler: npm ci --prefix tests/typescript")
def test_typescript_that_sends_what_is_not_declared_does_not_compile(lab: Lab):
    lab.write(EVENTS, "events.yaml")
    run = lab.run("types", "events.yaml", "--language", "typescript", "--output", "events.ts")
    assert (run.status, run.out) == (0, ""), run.err
    (lab.folder / "used.ts").write_text(USED_IN_TYPESCRIPT, encoding="utf-8")

    # Every line of `@ts-expect-error` has to be one.
    done = subprocess.run(
        [str(TSC), "--strict", "--noEmit", "--target", "es2022", "events.ts", "used.ts"],
        cwd=lab.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("language", ["typescript", "python"])
def test_check_says_whether_a_file_is_current_and_writes_nothing(lab: Lab, language: str):
    lab.write(EVENTS, "events.yaml")
    check = ("types", "events.yaml", "--language", language, "--output", "src/events", "--check")

    assert lab.run(*check).status == 7
    assert not (lab.folder / "src").exists()
    assert lab.run(*check[:-1]).status == 0
    before = (lab.folder / "src/events").read_text(encoding="utf-8")
    assert before == lab.run(*check[:4]).out
    current = lab.run(*check)
    assert (current.status, current.err.splitlines()[-1]) == (0, "src/events: 4 events, current")

    lab.write(EVENTS.replace("seats: optional", "seats: required"), "events.yaml")
    run = lab.run(*check)
    assert (run.status, run.out) == (7, "")
    assert "src/events is not current\n  hint: run `pulumi-posthog types` without --check" in run.err
    assert lab.run(*check, "--format", "json").json["current"] is False
    assert (lab.folder / "src/events").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("plan: required", "plann: required"),
            'events.yaml:9:22: event definition "Web/user_signed_up" names the property "plann", and no'
            ' property_definition of project "Web" declares it\n  hint: did you mean "plan"?',
        ),
        (
            ("plan: required", "colour: required"),
            "hint: declare it as well, under `property_definitions`: `colour:",
        ),
        (("plan: required", "plan: always"), "events.yaml:9:28: properties.plan"),
        (
            ("      plan: {property_type: String}", "      plan: {type: person}"),
            "no property_definition of project",
        ),
    ],
)
def test_a_property_that_nothing_declares_is_told_at_its_place(lab: Lab, change: tuple[str, str], told: str):
    lab.write(EVENTS.replace(*change), "events.yaml")

    run = lab.run("types", "events.yaml", "--language", "python")

    assert (run.status, run.out) == (2, "")
    assert told in run.err


def test_what_cannot_be_meant_is_told(lab: Lab):
    two = EVENTS + "  Shop: {event_definitions: {bought: {}}}\n"
    lab.write(two, "two.yaml")
    language = ("--language", "python")

    assert "give --project with one of: Web, Shop" in lab.run("types", "two.yaml", *language).err
    assert "did you mean Shop?" in lab.run("types", "two.yaml", *language, "--project", "Shopp").err
    assert "def capture_bought" in lab.run("types", "two.yaml", *language, "--project", "Shop").out
    assert "declares no event" in lab.run("types", *language).err
    assert "did you mean python?" in lab.run("types", "--language", "pyton").err
    assert "say which: --output" in lab.run("types", "two.yaml", *language, "--check").err
    # It has no end, or may have none: it is not even read.
    device = lab.run("types", "two.yaml", *language, "--project", "Web", "--output", "/dev/null", "--check")
    assert (device.status, "/dev/null is not a file\n  hint: name a file" in device.err) == (2, True)


def test_posthog_is_not_told_of_the_properties_of_an_event(lab: Lab):
    from pulumi_posthog import config

    lab.write(EVENTS, "events.yaml")

    desired = config.load(lab.folder / "events.yaml", environment={}, offline=True)

    assert [entry.fields for entry in desired.entries if entry.name == "Web/user_signed_up"] == [
        {"name": "user_signed_up"}
    ]
