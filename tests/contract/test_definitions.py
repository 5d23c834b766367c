"""Definitions of events and properties: what comes in is described, what has not come in is told, nothing deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.pipeline_stack import Stack
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.program import resolved
from pulumi_posthog.values.variables import KEY_VARIABLE

HEAD = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
ADDRESS = "someone@example.com"
DESCRIBED = """\
    event_definitions:
      signed_up: {description: Account created, tags: [Growth], verified: true}
      clicked: {hidden: true, default_columns: [event, person]}
    property_definitions:
      plan: {description: Which plan, property_type: String, verified: true}
"""
BARE = "    timezone: UTC\n"


class Taxonomy(Stack):
    """A stack, and the definitions of a project into which two events have come."""

    states_read = 0

    def path(self, what: str = "event") -> str:
        return f"/api/projects/{self.posthog.project('Web')['id']}/{what}_definitions/"

    def there(self, what: str = "event") -> dict[str, Any]:
        return {each["name"]: each for each in self.posthog.all(self.path(what))}

    def told(self, text: str, ours: Collection[str] | None = None) -> list[str]:
        """What a run says before it registers anything; `ours` are the ids that the stack's state has, when it can be
        read.
        """
        said: list[str] = []
        live = self.live()

        def in_state() -> Collection[str]:
            self.states_read += 1
            if ours is None:
                raise UnknownOwners("no state")
            return ours

        resolved(self.load(text, head=HEAD), live, say=said.append, ours=in_state)
        live.reader.close()
        return said

    def come_in(self, *names: str) -> None:
        events = [
            {"event": name, "distinct_id": "tom", "seconds_ago": 60, "properties": {"plan": "free"}}
            for name in names
        ]
        project = self.posthog.project("Web")["id"]
        self.posthog.call("POST", "/_sandbox/events", {"project": project, "events": events})


@pytest.fixture(params=["2026", "2025"])
def web(request, started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Taxonomy]:
    sandbox: Sandbox = started("--age", request.param)
    monkeypatch.setenv(KEY_VARIABLE, sandbox.key)
    monkeypatch.chdir(tmp_path)
    begin_anew()
    stack = Taxonomy(tmp_path, sandbox)
    stack.up(BARE, head=HEAD)
    stack.come_in("signed_up", "clicked")
    yield stack
    begin_anew()


def test_what_has_come_in_is_taken_over_described_and_read_with_one_list_of_each_sort(web):
    web.up(DESCRIBED, head=HEAD)

    events = web.there()
    assert {
        name: (each["description"] or "", each["tags"], each["verified"], bool(each["hidden"]))
        for name, each in events.items()
        if name in ("signed_up", "clicked")
    } == {"signed_up": ("Account created", ["growth"], True, False), "clicked": ("", [], False, True)}
    assert events["clicked"]["default_columns"] == ["event", "person"]
    plan = web.there("property")["plan"]
    assert (plan["description"], plan["property_type"], plan["verified"]) == ("Which plan", "String", True)
    web.posthog.count_anew()
    assert web.differences(DESCRIBED, head=HEAD) == []
    assert web.posthog.requests()["by_path"][f"GET {web.path()}"] == 1
    assert web.up(DESCRIBED, head=HEAD) == []
    assert web.posthog.writes() == {}


def test_what_has_not_come_in_is_told_and_left_out_until_it_does_unless_the_server_makes_it(web, request):
    later = """\
    event_definitions:
      paid: {description: An invoice was paid}
    property_definitions:
      amount: {description: In cents}
"""
    is_made = "2026" in request.node.callspec.id
    unseen = [text.partition(" is left out for now")[0] for text in web.told(later)]
    web.up(later, head=HEAD)

    assert unseen == [
        *([] if is_made else ['event definition "Web/paid"']),
        'property definition "Web/amount"',
    ]
    assert ("paid" in web.there()) is is_made
    assert web.differences(later, head=HEAD) == []

    web.come_in("paid")
    web.up(later, head=HEAD)
    assert web.there()["paid"]["description"] == "An invoice was paid"


def test_nothing_has_come_into_a_project_that_is_yet_to_be_made_unless_it_may_be_one_that_was_renamed(web):
    new = (
        BARE
        + """\
  Shop:
    property_definitions:
      amount: {description: In cents}
"""
    )
    there = "/api/organizations/@current/projects/"
    web.posthog.call("POST", there, {"name": "By hand"})
    ids = {each["name"]: str(each["id"]) for each in web.posthog.all(there)}

    first, *more = web.told(new, ours=[ids["Web"]])
    assert first.startswith('property definition "Shop/amount" is left out for now')
    assert more == []
    assert web.told(new, ours=[ids["Web"], ids["By hand"]]) == []
    assert web.told(new) == []
    assert web.differences(new, head=HEAD) == ["create Shop: []"]

    web.states_read = 0
    assert len(web.told(new + "      tax: {description: In cents}\n", ours=[ids["Web"]])) == 2
    assert web.states_read == 1


def test_one_that_leaves_the_file_stays_in_posthog_and_says_nothing_any_more(web):
    web.up(DESCRIBED, head=HEAD)
    ids = {name: each["id"] for name, each in web.there().items()}
    rest = "".join(line for line in DESCRIBED.splitlines(keepends=True) if "signed_up" not in line)

    web.up(rest, head=HEAD)

    events = web.there()
    assert web.posthog.writes() == {f"PATCH {web.path()}{ids['signed_up']}/": 1}
    assert {name: each["id"] for name, each in events.items()} == ids
    gone = events["signed_up"]
    assert (gone["description"] or "", gone["tags"], gone["verified"]) == ("", [], False)
    assert web.differences(rest, head=HEAD) == []


def test_a_removal_of_many_is_refused_by_the_limits_and_nothing_is_written(web):
    web.up(DESCRIBED, head=HEAD)
    web.posthog.count_anew()

    with pytest.raises(Exception, match="allowRemovals event_definition=2"):
        web.up(BARE, head=HEAD)

    assert web.posthog.writes() == {}


def test_a_change_by_hand_is_a_difference_and_one_patch(web):
    web.up(DESCRIBED, head=HEAD)
    id_ = web.there()["signed_up"]["id"]
    web.posthog.call("PATCH", f"{web.path()}{id_}/", {"description": "?"})

    assert web.differences(DESCRIBED, head=HEAD) == ["update Web/signed_up: ['description']"]
    web.up(DESCRIBED, head=HEAD)

    assert web.posthog.writes() == {f"PATCH {web.path()}{id_}/": 1}


def test_who_looks_after_an_event_is_declared_by_address(web):
    address = web.posthog.info["members"][0]["email"]
    owned = f"    event_definitions:\n      signed_up: {{owner: {address}}}\n"

    web.up(owned, head=HEAD)

    assert web.there()["signed_up"]["owner"]["email"] == address
    assert web.differences(owned, head=HEAD) == []
    web.up(owned.replace(address, "null"), head=HEAD)
    assert web.there()["signed_up"]["owner"] is None


def test_only_what_people_have_said_about_becomes_a_file_that_changes_nothing(web):
    web.up(DESCRIBED, head=HEAD)

    text = web.exported().files["posthog.yaml"]

    assert text.count("signed_up:") == 1
    assert "$pageview" not in text.partition("event_definitions:")[2]
    assert "plan:" in text


def test_where_groups_may_not_be_looked_at_their_properties_are_unread_and_all_others_are_compared(
    web, monkeypatch
):
    groups = "      seats: {type: group, group_type_index: 0, description: How many}\n"
    web.up(DESCRIBED, head=HEAD)
    scopes = ["organization:read", "project:read", "event_definition:read", "property_definition:read"]
    key = web.posthog.call("POST", "/_sandbox/keys", {"scopes": scopes})["key"]
    monkeypatch.setattr(web.posthog, "key", key)

    live = web.live()
    observed = observe(web.load(DESCRIBED + groups, head=HEAD), live)
    live.reader.close()

    assert [name for _, name in observed.unread] == ["Web/seats"]
    assert ("property_definition", "Web/plan") in observed.found


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("event_definitions: {a: {verified: true, hidden: true}}", "both verified and hidden"),
        ("property_definitions: {a: {type: group}}", "does not say of which"),
        ("property_definitions: {a: {group_type_index: 0}}", "is not of groups"),
        ("property_definitions: {a: {property_type: Text}}", "Text"),
    ],
)
def test_what_posthog_refuses_is_told_with_its_place(tmp_path, posthog, entry, words):
    with pytest.raises(config.ConfigError) as error:
        Stack(tmp_path, posthog).load(f"    {entry}\n", head=HEAD)

    assert words in str(error.value)
    assert "posthog.yaml:4:" in str(error.value)
