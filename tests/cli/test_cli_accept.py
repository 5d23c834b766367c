"""`pulumi-posthog accept`: what was changed in PostHog, written into the files that declare it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.lab import ORGANIZATION, SNOWFLAKE, Lab, declared
from harness.soak import examples
from pulumi_posthog.cli.application import run
from pulumi_posthog.cli.exits import Exit

MAIN = f"""\
# Who we are.
x-shared: &shared
  anonymize_ips: true  # since the audit
projects:
  # The shop window.
  Web:
    <<: *shared
    timezone: "Europe/Berlin"   # as the office
    app_urls: [https://acme.io]
    survey_config: {{appearance: {{color: 'red'}}}}
    pipeline_destinations:
      Orders to Snowflake:
        plugin: {SNOWFLAKE}
        enabled: true  # always
        order: 1
        config: {{account: acme, username: ana, database: orders, password: !env SNOWFLAKE_PASSWORD}}
    file_system: !include folders.yaml
  Shop:
    <<: *shared
    timezone: !env [SHOP_TIMEZONE, Europe/Paris]

roles: !include roles/*.yaml
"""
FOLDERS = """\
# The folders.
Marketing: {type: folder}
Marketing/Launches: {type: folder}   # one for each year
"""
ROLES = """\
Analysts:
  members:
    - ana@acme.io  # since 2021
    - bo@acme.io
Engineering:
  members: {mode: additive, items: [cy@acme.io]}
# Nobody.
Guests: {}
"""


class Desk:
    """A lab with includes, and the command in this process."""

    def __init__(self, lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
        self.lab = lab
        self.capsys = capsys
        lab.write(MAIN)
        (lab.folder / "folders.yaml").write_text(FOLDERS)
        (lab.folder / "roles").mkdir()
        (lab.folder / "roles" / "all.yaml").write_text(ROLES)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Status, output, errors."""
        status = run(arguments)
        out, err = self.capsys.readouterr()
        return status, out, err

    @property
    def texts(self) -> dict[str, str]:
        """Every file of the configuration, without the organization, which is the lab's."""
        return {
            str(path.relative_to(self.lab.folder)): path.read_text().removeprefix(self.lab.header)
            for path in sorted(self.lab.folder.rglob("*.yaml"))
        }

    @property
    def comments(self) -> list[str]:
        return [found for text in self.texts.values() for found in re.findall("#.*", text)]

    def set(self, project: str, **values: object) -> None:
        self.lab.call("PATCH", self.lab.project(project), values)

    def drift(self) -> int:
        return self("drift", "--who", "0")[0]


@pytest.fixture
def desk(lab: Lab, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(lab.folder)
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    lab.call("PATCH", lab.project("Shop"), {"anonymize_ips": True})
    desk = Desk(lab, capsys)
    assert desk("drift", "--who", "0")[0] == 0
    return desk


def test_what_was_changed_in_posthog_is_written_where_it_is_declared(desk: Desk):
    comments = desk.comments
    desk.set("Web", timezone="Europe/Madrid", app_urls=["https://acme.io", "https://b.io"])
    desk.set("Web", survey_config={"appearance": {"color": "it's blue"}})
    destination = f"/api/{desk.lab.project('Web')}pipeline_destination_configs/"
    only = desk.lab.posthog.all(destination)[0]
    desk.lab.call("PATCH", f"{destination}{only['id']}/", {"enabled": "false"}, form=True)
    config = '{"account": "new", "username": "ana", "database": "orders"}'
    desk.lab.call("PATCH", f"{destination}{only['id']}/", {"config": config}, form=True)
    roles = {role["name"]: role for role in desk.lab.call("GET", "roles/")["results"]}
    [bo] = [each for each in roles["Analysts"]["members"] if each["user"]["email"] == "bo@acme.io"]
    desk.lab.call("DELETE", f"roles/{roles['Analysts']['id']}/role_memberships/{bo['id']}/")
    desk.lab.call("DELETE", f"roles/{roles['Guests']['id']}/")

    status, patch, err = desk("accept", "--yes")

    assert (status, err) == (
        0,
        "7 differences in 2 files written; look at it with `git diff`, and commit it\n",
    )
    assert desk.texts == {
        "posthog.yaml": MAIN.replace('"Europe/Berlin"', '"Europe/Madrid"')
        .replace("[https://acme.io]", "[https://acme.io, https://b.io]")
        .replace("'red'", "'it''s blue'")
        .replace("enabled: true", "enabled: false")
        .replace("account: acme", "account: new"),
        "folders.yaml": FOLDERS,
        "roles/all.yaml": ROLES.replace("    - bo@acme.io\n", "").replace("Guests: {}\n", ""),
    }
    assert desk.comments == comments
    assert patch.startswith("--- a/posthog.yaml\n+++ b/posthog.yaml\n")
    assert desk.drift() == 0


def test_a_dry_run_gives_the_patch_and_writes_nothing(desk: Desk):
    before = desk.texts
    desk.set("Web", timezone="Europe/Madrid")

    status, patch, err = desk("accept", "--dry-run")

    assert (status, err, desk.texts) == (0, "1 difference in 1 file would be written\n", before)
    subprocess.run(["git", "apply", "--check", "-"], input=patch, text=True, check=True, cwd=desk.lab.folder)
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True, cwd=desk.lab.folder)
    assert desk.drift() == 0


def test_only_what_is_named_is_accepted(desk: Desk):
    desk.set("Web", timezone="Europe/Madrid", app_urls=["https://b.io"])

    assert desk("accept", "projects.Web.timezone", "--yes")[0] == 0

    assert desk.texts["posthog.yaml"] == MAIN.replace("Berlin", "Madrid")
    assert desk.drift() == Exit.DIFFERENT
    status, _, err = desk("accept", "projects.Web.timezon")
    assert status == Exit.USAGE
    assert "nothing differs at projects.Web.timezon" in err


def test_what_nobody_declared_is_added_when_it_is_asked_for(desk: Desk):
    comments = desk.comments
    desk.lab.call("POST", "roles/", {"name": "Support: night"})
    desk.lab.call("POST", f"/api/{desk.lab.project('Web')}file_system/", {"path": "Sales", "type": "folder"})

    assert desk("accept", "--yes")[2] == "nothing to accept\n"
    status, _, _ = desk("accept", "--undeclared", "roles", "projects.Web.file_system.Sales", "--yes")

    assert status == 0
    assert desk.texts["folders.yaml"] == f"{FOLDERS}Sales: {{type: folder}}\n"
    assert desk.texts["roles/all.yaml"] == f"{ROLES}'Support: night':\n  members: []\n"
    assert desk.comments == comments
    assert desk("drift", "--undeclared", "--only", "role", "--who", "0")[0] == 0


def test_what_is_renamed_with_a_stack_keeps_its_name_in_pulumi(desk: Desk):
    roles = {role["name"]: role for role in desk.lab.call("GET", "roles/")["results"]}
    desk.lab.call("PATCH", f"roles/{roles['Analysts']['id']}/", {"name": "Analytics"})

    status, _, err = desk("accept", "--yes")

    assert status == 0, err
    assert desk.texts["roles/all.yaml"] == ROLES.replace("Analysts:", "Analytics:").replace(
        "    - bo@acme.io\n", "    - bo@acme.io\n  previously: Analysts\n"
    )
    assert desk.drift() == 0


# Without #, because what follows one is looked for in the files; tests/config/test_rewriting.py has all signs.
WORDS = st.text(st.sampled_from("ab '\":{}[]|>-%@!&*?,ä"), min_size=1, max_size=12)
DRIFTS = st.fixed_dictionaries(
    {},
    optional={
        "timezone": st.sampled_from(["UTC", "Europe/Madrid", "Asia/Tokyo"]),
        "app_urls": st.lists(
            st.sampled_from(["https://acme.io", "https://b.io", "https://c.io"]), unique=True
        ),
        "survey_config": WORDS.map(lambda words: {"appearance": {"color": words, "fontFamily": "system-ui"}}),
        "members": st.sets(st.sampled_from(["bo@acme.io", "cy@acme.io"])),
    },
)


def disturb(desk: Desk, drift: dict[str, Any]) -> None:
    """Change these in PostHog; `members` are those of Analysts beside Ana."""
    settings = {name: value for name, value in drift.items() if name != "members"}
    if settings:
        desk.set("Web", **settings)
    if "members" not in drift:
        return
    (role,) = (each for each in desk.lab.call("GET", "roles/")["results"] if each["name"] == "Analysts")
    path, there = f"roles/{role['id']}/role_memberships/", {}
    for each in role["members"]:
        there[each["user"]["email"]] = each["id"]
    for email in there.keys() - drift["members"] - {"ana@acme.io"}:
        desk.lab.call("DELETE", f"{path}{there[email]}/")
    people = {
        each["user"]["email"]: each["user"]["uuid"] for each in desk.lab.call("GET", "members/")["results"]
    }
    for email in drift["members"] - there.keys():
        desk.lab.call("POST", path, {"user_uuid": people[email]})


@settings(**examples(8))
@given(drift=DRIFTS)
def test_whatever_was_changed_is_accepted_and_then_nothing_differs_and_no_comment_is_lost(
    desk: Desk, drift: dict[str, Any]
):
    # One example begins with what the one before it has left: the file that `accept` wrote.
    comments = desk.comments
    disturb(desk, drift)

    status, _, err = desk("accept", "--yes")

    assert status == 0, err
    assert desk.comments == comments
    assert desk.drift() == 0


Prepare = Callable[[Desk, pytest.MonkeyPatch], object]


@pytest.mark.parametrize(
    ("project", "values", "said"),
    [
        ("Web", {"anonymize_ips": False}, "from the same place"),
        ("Shop", {"timezone": "Europe/Madrid"}, "!env"),
    ],
)
def test_what_others_share_or_a_variable_says_is_refused_and_the_rest_is_written(
    desk: Desk, project: str, values: dict[str, object], said: str
):
    desk.set(project, **values)
    desk.set("Web", app_urls=["https://b.io"])

    status, _, err = desk("accept", "--yes")

    assert status == Exit.REFUSED
    assert said in err
    assert re.search(r"warning: posthog\.yaml:\d+:\d+: projects\.", err)
    assert desk.texts["posthog.yaml"] == MAIN.replace("[https://acme.io]", "[https://b.io]")


def test_a_file_that_changed_meanwhile_stays_as_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    from pulumi_posthog.cli import accepting

    desk.set("Web", timezone="Europe/Madrid")
    roles = desk.lab.folder / "posthog.yaml"
    patch = accepting._patch

    def slowly(*arguments: dict[Path, str]) -> str:
        roles.write_text(f"{roles.read_text()}# mine\n")
        return patch(*arguments)

    monkeypatch.setattr(accepting, "_patch", slowly)
    status, _, err = desk("accept", "--yes")

    assert status == Exit.REFUSED
    assert "changed meanwhile, and nothing was written" in err
    assert desk.texts["posthog.yaml"] == f"{MAIN}# mine\n"


def test_a_folder_that_nobody_may_write_to_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    import tempfile

    desk.set("Web", timezone="Europe/Madrid")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(desk.lab.folder))

    monkeypatch.setattr(tempfile, "mkstemp", refused)  # whoever runs the tests may be root
    status, _, err = desk("accept", "--yes")

    assert status == Exit.REFUSED
    assert f"{desk.lab.folder}: Permission denied, and nothing was written" in err
    assert desk.texts["posthog.yaml"] == MAIN


def test_nothing_is_written_unasked(desk: Desk):
    desk.set("Web", timezone="Europe/Madrid")

    status, _, err = desk("accept")

    assert status == Exit.REFUSED
    assert "--yes writes without asking" in err
    assert desk.texts["posthog.yaml"] == MAIN


def test_a_link_is_not_followed(desk: Desk):
    real = desk.lab.folder / "real.yaml"
    folders = desk.lab.folder / "folders.yaml"
    folders.rename(real)
    folders.symlink_to(real)
    desk.lab.call("POST", f"/api/{desk.lab.project('Web')}file_system/", {"path": "Sales", "type": "folder"})

    status, _, err = desk("accept", "--undeclared", "projects.Web.file_system.Sales", "--yes")

    assert (status, real.read_text()) == (0, f"{FOLDERS}Sales: {{type: folder}}\n"), err
    assert ORGANIZATION in (desk.lab.folder / "posthog.yaml").read_text()


def test_drift_can_accept_what_it_shows(desk: Desk):
    desk.set("Web", timezone="Europe/Madrid")

    status, out, _ = desk("drift", "--who", "0", "--accept", "--yes")

    assert status == 0
    assert "1 changed live" in out
    assert desk.texts["posthog.yaml"] == MAIN.replace("Berlin", "Madrid")
    assert desk("drift", "--yes")[0] == Exit.USAGE


def test_what_was_accepted_is_told_to_programs(desk: Desk):
    desk.set("Web", timezone="Europe/Madrid", anonymize_ips=False)

    status, out, _ = desk("accept", "--format", "json", "--yes")

    told = json.loads(out)
    assert (status, told["exit_code"], told["accepted"]) == (5, 5, ["projects.Web.timezone"])
    assert [each["path"] for each in told["refused"]] == ["projects.Web.anonymize_ips"]
    assert told["written"] == [str((desk.lab.folder / "posthog.yaml").resolve())]
    assert told["patch"].startswith("--- a/posthog.yaml\n")
    assert desk("accept", "--format", "json")[0] == Exit.USAGE


class Typed(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


TIMEZONE = ('"Europe/Berlin"', '"Europe/Madrid"')
URLS = ("[https://acme.io]", "[https://b.io]")


@pytest.mark.parametrize(
    ("typed", "status", "changed", "said"),
    [
        ("y\nn\ny\n", Exit.NOTHING, (TIMEZONE,), "1 difference in 1 file written"),
        ("n\nYes\ny\n", Exit.NOTHING, (URLS,), "1 difference in 1 file written"),
        ("y\ny\ny\n", Exit.NOTHING, (TIMEZONE, URLS), "2 differences in 1 file written"),
        ("y\nq\ny\n", Exit.NOTHING, (TIMEZONE,), "1 difference in 1 file written"),
        ("y\ny\nn\n", Exit.REFUSED, (), "nothing was written"),
        ("\n\n", Exit.NOTHING, (), "nothing to accept"),
        ("q\n", Exit.NOTHING, (), "nothing to accept"),
        ("y\n", Exit.CANCELLED, (), "cancelled"),
    ],
    ids=[
        "the first",
        "the second",
        "both",
        "no more",
        "not at last",
        "Enter",
        "none",
        "the terminal is closed",
    ],
)
def test_each_difference_is_asked_about(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    status: Exit,
    changed: tuple[tuple[str, str], ...],
    said: str,
):
    desk.set("Web", timezone="Europe/Madrid", app_urls=["https://b.io"])
    monkeypatch.setattr(sys, "stdin", Typed(typed))

    found, _, err = desk("accept", "--interactive")

    assert (found, said in err) == (status, True), err
    assert re.search(
        r'posthog\.yaml:\d+:\d+: projects\.Web\.timezone is "Europe/Madrid", declared is "Europe/Berlin"', err
    )
    expected = MAIN
    for before, after in changed:
        expected = expected.replace(before, after)
    assert desk.texts["posthog.yaml"] == expected


def test_where_nobody_can_answer_nothing_is_asked_and_nothing_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    desk.set("Web", timezone="Europe/Madrid")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\ny\n"))

    status, _, err = desk("accept", "--interactive")

    assert (status, "asks in a terminal" in err) == (Exit.USAGE, True)
    assert desk.texts["posthog.yaml"] == MAIN


def test_a_function_whose_name_is_the_key_of_another_is_told_and_declared_under_a_key_of_its_own(desk: Desk):
    functions = f"/api/{desk.lab.project('Web')}hog_functions/"
    for type_ in ("destination", "transformation"):
        body = {"name": "Orders", "type": type_, "hog": "return event"}
        desk.lab.posthog.call("POST", functions, body)
    desk.lab.write(
        "projects:\n  Web:\n    hog_functions:\n      Orders: {hog: return event}\n"
        "      GeoIP: {type: transformation, template: template-geoip}\n"
    )

    _, told, _ = desk("drift", "--undeclared", "--who", "0")
    status, _, err = desk("accept", "--undeclared", "--yes")

    assert "projects.Web.hog_functions.Orders (transformation)" in told
    assert (status, "warning" in err) == (0, False)
    written = declared(desk.texts["posthog.yaml"])["projects"]["Web"]["hog_functions"]
    assert written["Orders (transformation)"]["name"] == "Orders"
    assert desk.drift() == 0


def transformations(desk: Desk) -> dict[str, dict[str, Any]]:
    path = f"/api/{desk.lab.project('Web')}hog_functions/?types=transformation"
    return {row["name"]: row for row in desk.lab.posthog.call("GET", path)["results"]}


def in_order(desk: Desk, **places: int) -> None:
    """Transformations of these names, each at its place."""
    there = transformations(desk)
    functions = f"/api/{desk.lab.project('Web')}hog_functions/"
    for name, place in places.items():
        id_ = (
            there[name]["id"]
            if name in there
            else desk.lab.posthog.call(
                "POST", functions, {"name": name, "type": "transformation", "hog": "return event"}
            )["id"]
        )
        desk.lab.posthog.call("PATCH", f"{functions}{id_}/", {"execution_order": place})


CLEANING = """\
projects:
  Web:
    hog_functions:
      First: {type: transformation, hog: return event}
      Second:
        type: transformation   # after the first
        hog: return event
      Third: {type: transformation, hog: return event}
"""


def test_a_place_that_follows_from_the_file_is_written_where_posthog_has_another(desk: Desk):
    in_order(desk, First=1, Second=2, Third=3)
    desk.lab.write(CLEANING)
    assert desk.drift() == 0
    in_order(desk, First=7, Second=5)

    status, _, err = desk("accept", "--yes")

    assert status == 0, err
    assert desk.texts["posthog.yaml"] == CLEANING.replace(
        "First: {type: transformation, hog: return event}",
        "First: {type: transformation, hog: return event, execution_order: 7}",
    ).replace("        hog: return event\n", "        hog: return event\n        execution_order: 5\n")
    assert desk.drift() == 0


def test_where_one_is_taken_out_those_behind_it_keep_their_places(desk: Desk):
    in_order(desk, First=1, Second=2, Third=3)
    desk.lab.write(CLEANING)
    functions = f"/api/{desk.lab.project('Web')}hog_functions/"
    desk.lab.posthog.call("PATCH", f"{functions}{transformations(desk)['Second']['id']}/", {"deleted": True})

    status, _, err = desk("accept", "--yes")

    assert status == 0, err
    assert (
        "Third: {type: transformation, hog: return event, execution_order: 3}" in desk.texts["posthog.yaml"]
    )
    assert "Second" not in desk.texts["posthog.yaml"]
    assert desk.drift() == 0


def test_a_value_that_the_stack_says_is_not_compared_and_never_overwritten(desk: Desk):
    declared = "projects:\n  Web:\n    timezone: !config zone\n    app_urls: [https://acme.io]\n"
    desk.lab.write(declared)
    desk.set("Web", timezone="Europe/Madrid", app_urls=["https://b.io"])

    status, _, err = desk("accept", "--yes")
    named, _, said = desk("accept", "projects.Web.timezone", "--yes")

    assert (status, desk.texts["posthog.yaml"]) == (0, declared.replace("acme.io", "b.io")), err
    assert (named, said) == (
        Exit.USAGE,
        "error: projects.Web.timezone comes from a setting or a variable that is not at hand here: it is not"
        " compared, and never overwritten\n  hint: change it where it comes from\n",
    )


def test_what_was_paused_or_resumed_by_hand_is_accepted(desk: Desk):
    exports = f"/api/{desk.lab.project('Web')}batch_exports/"
    declared_ = (
        "projects:\n  Web:\n    batch_exports:\n"
        "      Copy: {type: NoOp, interval: day, paused: false, config: {}}   # nowhere\n"
    )
    body = {"name": "Copy", "interval": "day", "destination": {"type": "NoOp", "config": {}}}
    id_ = desk.lab.posthog.call("POST", exports, body)["id"]
    desk.lab.write(declared_)
    assert desk.drift() == 0
    desk.lab.posthog.call("POST", f"{exports}{id_}/pause/")

    status, _, err = desk("accept", "--yes")

    paused = declared_.replace("false", "true")
    assert (status, desk.texts["posthog.yaml"]) == (0, paused), err
    assert desk.drift() == 0
    desk.lab.posthog.call("POST", f"{exports}{id_}/unpause/")
    status, _, err = desk("accept", "--yes")
    assert (status, desk.texts["posthog.yaml"]) == (0, declared_), err
    assert desk.drift() == 0
