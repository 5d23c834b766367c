"""Random differences, accepted: afterwards nothing differs, and the files' comments are what they were."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pulumi_posthog import config
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.export.accepting import Accepted, accept
from pulumi_posthog.export.wish import Wish
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Entry, key_of
from pulumi_posthog.reconcile.plan import Action, plan
from pulumi_posthog.values.local_file import file_text

FILES = {
    "posthog.yaml": """\
# The organization.
organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}
x-private: &private {anonymize_ips: true}  # alone
projects:
  Web:  # our window
    timezone: "Europe/Berlin"
    # Where it runs.
    app_urls:
      - https://acme.io   # the shop
      - https://b.io
    session_recording_opt_in: true
    survey_config: {appearance: {backgroundColor: '#fff', position: right}}
    path_cleaning_filters:
      - {alias: a, regex: '\\d+'}
      - alias: b   # second
        regex: x
    test_account_filters: []
    file_system: !include web/folders.yaml
  Shop:
    <<: *private
    base_currency: EUR  # by law
roles: !include roles.yaml
""",
    "web/folders.yaml": """\
# Folders.
Marketing: {type: folder}
Marketing/Launches: {type: folder}
""",
    "roles.yaml": """\
Analysts:
  members: [ana@acme.io, bo@acme.io]  # exactly
Engineering:
  members: {mode: additive, items: [cy@acme.io, di@acme.io]}
# Nobody.
Guests: {}
""",
}
URLS = st.lists(
    st.sampled_from(["https://acme.io", "https://b.io", "https://c.io", "https://d.io"]), unique=True
)
COLOURS = st.dictionaries(
    st.sampled_from(["backgroundColor", "position", "textColor"]),
    st.sampled_from(["#fff", "it's", "yes", "1"]),
)
LIVE: Mapping[str, st.SearchStrategy[Any]] = {
    "timezone": st.sampled_from(["Europe/Berlin", "Europe/Paris", "UTC"]),
    "app_urls": URLS,
    "session_recording_opt_in": st.booleans(),
    "survey_config": st.one_of(
        st.none(), st.fixed_dictionaries({"appearance": st.one_of(st.none(), COLOURS)})
    ),
    "path_cleaning_filters": st.lists(
        st.fixed_dictionaries(
            {"alias": st.sampled_from(["a", "b", "c: d"]), "regex": st.sampled_from(["x", "\\d+"])}
        ),
        max_size=4,
    ),
    "test_account_filters": st.lists(
        st.fixed_dictionaries(
            {
                "key": st.sampled_from(["email", "#x"]),
                "value": st.just("two\nlines"),
                "type": st.just("person"),
            }
        ),
        max_size=2,
    ),
    "anonymize_ips": st.booleans(),
    "base_currency": st.sampled_from(["EUR", "USD"]),
    "members": st.lists(
        st.sampled_from([f"{name}@acme.io" for name in ("ana", "bo", "cy", "eve")]), unique=True
    ),
}


class Folder:
    """The files, and what they mean."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder.resolve()
        for name, text in files.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(text)
        self.texts: dict[Path, str] = {}
        self.desired = self.load({}, self.texts)

    def load(self, instead: Mapping[Path, str], texts: dict[Path, str] | None = None) -> Configuration:
        def read(path: Path, name: str) -> str:
            text = instead.get(path.resolve()) or file_text(path, name)
            if texts is not None:
                texts[path.resolve()] = text
            return text

        return config.load(self.folder / "posthog.yaml", read=read, environment={}, offline=True)

    def accept(self, live: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]) -> Accepted:
        """Everything that differs, accepted."""
        wishes = []
        for change in plan(self.desired, live).changes:
            entry = change.entry
            assert entry is not None
            if change.action is Action.CREATE:
                wishes.append(Wish(path=entry.name, entry=entry))
            found = (
                a_found(entry.kind, live[key_of(entry)][1]) if change.action is not Action.CREATE else None
            )
            wishes += [
                Wish(path=f"{entry.name}.{each.field.name}", entry=entry, found=found, field=each.field)
                for each in change.differences
            ]
        return accept(wishes, self.desired, self.texts, self.load, self.folder)


def a_found(kind: Kind, values: Mapping[str, Any]) -> Found:
    """A live object with these values, whatever PostHog would answer for it."""
    found = Found(kind, "1", {})
    found.__dict__["values"] = values
    return found


def live_of(draw: Any, desired: Configuration) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """PostHog as it is declared, but for what somebody has changed or deleted."""
    live: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for entry in desired.entries:
        above = (entry.kind.parent or "", entry.parent or "")
        if (entry.parent is not None and above not in live) or draw(st.integers(0, 9)) == 0:
            continue
        values = {
            name: field_of(entry, name).normal(draw(LIVE[name]))
            if name in LIVE and draw(st.booleans())
            else value
            for name, value in entry.fields.items()
        }
        live[key_of(entry)] = ("1", values)
    return live


def field_of(entry: Entry, name: str) -> Field:
    return entry.kind.field(name)


def comments(texts: Mapping[Path, str]) -> set[str]:
    return {found for text in texts.values() for found in re.findall(r"(?<=\s)# .*", f"\n{text}")}


@settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_whatever_differs_is_accepted_and_then_nothing_differs(data: st.DataObject):
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(Path(name), FILES)
        live = live_of(data.draw, folder.desired)

        outcome = folder.accept(live)

        refused = {wish.path for wish, _ in outcome.refused}
        reasons = {problem.message for _, problem in outcome.refused}
        assert {each for each in reasons if not re.search("comment|declares nothing", each)} == set()
        after = folder.load(outcome.texts)
        left = {
            f"{change.name}.{each.field.name}"
            for change in plan(after, live).changes
            for each in change.differences
        }
        gone = {change.name for change in plan(after, live).changes if change.action is Action.CREATE}
    assert (left | gone) <= refused
    texts = {**folder.texts, **outcome.texts}
    # What is gone takes the remarks beside it along; all others are there, and no new ones.
    assert comments(texts) <= comments(folder.texts)
    if not any(key_of(entry) not in live for entry in folder.desired.entries):
        about_items = {"# the shop", "# second"}
        assert comments(folder.texts) - about_items <= comments(texts)


def test_a_live_value_that_no_file_may_declare_is_refused_alone(tmp_path: Path):
    folder = Folder(tmp_path, FILES)
    live: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
        key_of(entry): ("1", dict(entry.fields)) for entry in folder.desired.entries
    }
    live["project", "Web"][1].update(timezone="Mars/Olympus", session_recording_opt_in=False)

    outcome = folder.accept(live)

    assert [(wish.path, problem.message[:40]) for wish, problem in outcome.refused] == [
        ("Web.timezone", "what PostHog has cannot be declared: tim")
    ]
    assert dict(outcome.texts) == {
        folder.folder / "posthog.yaml": FILES["posthog.yaml"].replace("opt_in: true", "opt_in: false")
    }
