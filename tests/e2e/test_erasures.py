"""Persons who shall not exist, through the real Pulumi: erased, erased again, refused, and named nowhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.leaks import TELLING, files, leaks
from harness.stack import Run, Stack

pytestmark = pytest.mark.e2e

COMMAND = str(Path(sys.executable).with_name("pulumi-posthog"))
# Both change under each encoding; an address has no blank.
EMAIL = f"ana{TELLING.replace(' ', '')}@example.org"
DISTINCT_ID = f"device{TELLING}"
PERSONS = {
    "an e-mail address": EMAIL,
    "a distinct id": DISTINCT_ID,
    "in a file": "bo.in.the.file@example.org",
}
DECLARED = """\
projects:
  Web:
    persons:
      absent:
        - !env GONE
        - distinct_id: !env GONE_DEVICE
        - !file gone.txt
      delete_events: true
"""


class Story:
    """A stack whose project has persons, and everything that was said."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.posthog = stack, stack.posthog
        self.said: dict[str, str] = {}
        stack.environment |= {"GONE": EMAIL, "GONE_DEVICE": DISTINCT_ID}
        (stack.folder / "gone.txt").write_text(f"# asked on Monday\n{PERSONS['in a file']}\n")
        path = f"/api/organizations/{self.posthog.organization}/projects/"
        self.project = self.posthog.call("POST", path, {"name": "Web"})["id"]
        self.stays = self.person("stays", "stays@example.org")
        stack.write(DECLARED)

    def person(self, distinct_id: str, email: str | None = None) -> str:
        """Somebody comes; the uuid."""
        person = {"distinct_ids": [distinct_id], "properties": {"email": email} if email else {}}
        body = {"project": self.project, "persons": [person]}
        return self.posthog.call("POST", "/_sandbox/persons", body)["persons"][0]["uuid"]

    def they_come(self) -> set[str]:
        return {
            self.person("ana", EMAIL),
            self.person(DISTINCT_ID),
            self.person("bo", PERSONS["in a file"]),
        }

    def there(self) -> set[str]:
        return {row["uuid"] for row in self.posthog.all(f"/api/projects/{self.project}/persons/?limit=1000")}

    def pulumi(self, *arguments: str, status: int = 0) -> Run:
        run = self.stack.pulumi(*arguments)
        self.said[f"{len(self.said)}: pulumi {' '.join(arguments)}"] = run.text
        assert run.status == status, run.text
        assert "Traceback" not in run.text, run.text
        return run

    def up(self, *arguments: str, status: int = 0) -> Run:
        return self.pulumi("up", "--yes", "--skip-preview", "--diff", *arguments, status=status)

    def cli(self, *arguments: str, status: int) -> str:
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.stack.folder,
            env=self.stack.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.said[f"{len(self.said)}: {' '.join(arguments)}"] = done.stdout
        assert done.returncode == status, done.stdout
        return done.stdout

    def searched(self) -> list[str]:
        """Where somebody is named: nowhere but in the list itself."""
        places = files(self.stack.folder, except_for=[self.stack.folder / "gone.txt"])
        return leaks(PERSONS, {**self.said, **places})


@pytest.fixture
def story(stack: Stack) -> Story:
    return Story(stack)


def test_they_are_erased_and_erased_again_when_they_come_back(story):
    posthog = story.posthog
    gone = story.they_come()
    posthog.count_anew()

    first = story.up().text
    assert 'project "Web": 3 persons are erased, and their events within a week' in first
    assert "digests" not in first, "receipts fill no terminal"

    path = f"/api/projects/{story.project}/persons/bulk_delete/"
    assert story.there() == {story.stays}
    assert posthog.writes() == {f"POST {path}": 1}
    queued = {row["person"] for row in posthog.get("/_sandbox/event_deletions")["event_deletions"]}
    assert queued == gone

    posthog.count_anew()
    run = story.up()
    assert run.changes == {"unchanged": 4}, run.text
    requests = posthog.requests()
    assert set(requests["by_method"]) == {"GET"}, requests
    assert requests["total"] <= 4 + 3 + 3, requests["by_path"]

    story.they_come()
    assert "3 persons that should not exist do" in story.cli("drift", status=7)
    preview = story.pulumi("preview", "--diff").text
    assert re.search(r"~ present\s*: 3 => 0", preview), preview
    assert len(story.there()) == 4, "a preview erases nobody"
    story.up()
    assert story.there() == {story.stays}
    assert "PostHog is as declared" in story.cli("drift", status=0)

    shown = story.pulumi("stack", "output", "erasures", "--json", "--show-secrets").text
    receipts = json.loads(shown)["Web"]
    assert [(each["persons"], each["request"], each["events"]) for each in receipts] == [
        (3, f"POST {path}", True),
        (3, f"POST {path}", True),
    ]

    story.they_come()
    posthog.count_anew()
    story.stack.write("projects:\n  Web: {}\n")
    story.up()
    assert len(story.there()) == 4, "who is no longer declared absent may be there"
    assert posthog.writes() == {}
    assert story.searched() == []


def test_more_than_the_rail_allows_stay_until_that_is_said(story):
    for number in range(9):
        story.person(f"bot-{number}")
    story.they_come()
    (story.stack.folder / "gone.txt").write_text(
        "".join(f"bot-{number}\n" for number in range(9)) + PERSONS["in a file"]
    )
    story.posthog.count_anew()

    for run in (story.pulumi("preview", "--diff", status=1), story.up(status=1)):
        assert '12 persons of project "Web" would be erased for good, and one run may erase 10' in run.text
    assert len(story.there()) == 13
    assert story.posthog.writes() == {}

    story.stack.set("maxErasures", "12")
    story.up()
    assert story.there() == {story.stays}


def test_nobody_is_erased_for_a_name_that_is_not_clear_or_not_at_hand(story):
    story.they_come()
    story.person("another", PERSONS["in a file"])
    story.posthog.count_anew()

    several = story.up(status=1).text
    assert "gone.txt:2:1: this e-mail address means 2 persons" in several
    assert "gone.txt:2:1" in story.cli("drift", status=5)
    del story.stack.environment["GONE"]
    unset = story.up(status=1).text
    assert "posthog.yaml:8:11: the environment variable GONE is not set" in unset
    assert len(story.there()) == 5
    assert story.posthog.writes() == {}
    assert story.searched() == []


def test_they_are_named_nowhere_even_when_posthog_repeats_what_it_was_asked(story):
    story.they_come()
    for form in ("text", "json", "markdown", "html", "sarif", "junit"):
        story.cli("drift", "--format", form, "--undeclared", status=7)
    story.cli("estimate", status=0)
    story.cli("validate", status=0)
    assert "3 persons that should not exist do" in story.pulumi("preview", "--diff").text
    story.pulumi("preview", "--json")
    for spec in ("repeated-request GET /persons/", "repeated-request POST bulk_delete"):
        story.posthog.call("POST", "/_sandbox/faults", {"spec": spec})
        story.cli("drift", status=4 if "GET" in spec else 7)
        refused = story.up("--logtostderr", "--logflow", "-v=9", status=1)
        assert "Cannot make sense of: Bearer <hidden>" in refused.text
        story.posthog.call("DELETE", "/_sandbox/faults")
    assert len(story.there()) == 4
    story.up("--logtostderr", "--logflow", "-v=9", "--debug")
    story.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    story.pulumi("stack", "export")
    story.pulumi("stack", "history")
    story.stack.environment["POSTHOG_ALLOW_DESTROY"] = "true"
    story.pulumi("destroy", "--yes", "--skip-preview", "--diff")

    assert story.there() == {story.stays}
    assert story.searched() == []
