"""A random configuration of an organization, before it has an address: what is drawn, and the file that says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.access import RULES, access_of, in_tree
from harness.charted import CHARTS, drawn_charts, drawn_data
from harness.releases import drawn
from harness.rows import VARIABLE
from harness.sandbox import Sandbox
from harness.sourced import drawn_sources
from harness.surveyed import FAMILIES
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.desired import Desired, Entry
from pulumi_posthog.reconcile.links import in_order
from pulumi_posthog.reconcile.tables import joined, tables_of, views_of
from pulumi_posthog.values.problem import Position
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import SecretText

PLUGIN = "https://github.com/PostHog/snowflake-export-plugin"
CONFIG = {"username": "exporter", "database": "orders"}  # what the plugin needs
PEOPLE = ("ada@acme.io", "ana@acme.io", "bo@acme.io", "cy@acme.io", "dee@acme.io")
BY_KEY = (
    "hog_function",
    "batch_export",
    "feature_flag",
    "cohort",
    "external_data_source",
    *FAMILIES,
    *CHARTS,
)
SECTIONS = {kind: KINDS[kind].section.rpartition(".")[2] for kind in BY_KEY}


@dataclass(frozen=True)
class Model:
    """A configuration, before it has an address: what each entry declares."""

    entries: tuple[tuple[str, str, str | None, tuple[tuple[str, Any], ...]], ...]
    # Of kind and name: what an entry was called before, and the id that it is said to have.
    previously: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unmanaged: tuple[tuple[str, str, str | None, tuple[tuple[str, Any], ...]], ...] = ()  # `state: unmanaged`

    exact: tuple[tuple[str, str | None], ...] = ()  # of which nothing else may be

    def desired(self, posthog: Sandbox) -> Desired:
        entries, _ = in_order(self._entry(place, *row) for place, row in enumerate(self.entries, 1))
        return Desired(
            exact=dict.fromkeys(self.exact, Position("posthog.yaml", 1, 1)),
            host=posthog.url,
            organization=posthog.organization,
            entries=entries,
            unmanaged=tuple(self._entry(place, *row) for place, row in enumerate(self.unmanaged, 1)),
        )

    def _entry(
        self, place: int, kind: str, name: str, parent: str | None, fields: tuple[tuple[str, Any], ...]
    ) -> Entry:
        return Entry(
            kind=KINDS[kind],
            name=name,
            parent=parent,
            fields=dict(fields),
            place=place,
            id=self.ids.get((kind, name)),
            follows=tuple(self._followed(KINDS[kind], parent, dict(fields))),
            previously=self.previously.get((kind, name), ()),
        )

    def _followed(
        self, kind: Kind, parent: str | None, fields: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """What is made first because its name stands in a field, or in SQL."""
        for named, name in views_of(kind, fields):
            if (key := (named, f"{parent}/{name}")) in {row[:2] for row in self.entries}:
                yield key
        read = {joined(table) for _, table in tables_of(kind, fields)}
        for other, name, above, values in self.entries if read else ():
            tables = KINDS[other].tables
            if tables and above == parent and read & {joined(table) for table in tables(dict(values))}:
                yield other, name
        for field_ in kind.fields:
            key = (field_.follows or "", f"{parent}/{fields.get(field_.name)}")
            if key in {row[:2] for row in self.entries}:
                yield key

    def yaml(self) -> str:
        """The same as a file has it, below the organization."""
        tree: dict[str, Any] = {"settings": {}, "projects": {}, "roles": {}}
        for kind, name, parent, fields in self.entries:
            values = {key: _in_yaml(value) for key, value in fields if key != "name"}
            if (kind, name) in self.previously:
                values["previously"] = list(self.previously[kind, name])
            if kind == "project":
                tree["projects"][name] = values
            elif kind == "role":
                tree["roles"][name] = values
            elif kind == "pipeline_destination":
                section = tree["projects"][parent].setdefault("pipeline_destinations", {})
                section[dict(fields)["name"]] = {**values, "plugin": PLUGIN}
            elif kind in SECTIONS:
                section = tree["projects"][parent].setdefault(SECTIONS[kind], {})
                key, called = name.removeprefix(f"{parent}/"), KINDS[kind].own_name(dict(fields))
                for own in ("key", "title", "code_name", "prefix"):
                    values.pop(own, None)
                section[key] = values if key == called else {"name": called, **values}
            elif kind == "file_system_entry":
                tree["projects"][parent].setdefault("file_system", {})[values.pop("path")] = values
            elif kind == "role_members":
                tree["roles"][parent]["members"] = values["members"]
            elif kind == "organization_settings":
                tree["settings"] = {
                    key: str(each.name) if isinstance(each, Reference) else each for key, each in fields
                }
            elif kind in RULES or kind == "organization_member":
                in_tree(tree, kind, name, parent, values)
            else:
                exact = tree["roles"][parent].setdefault("members", {"mode": "additive", "items": []})
                exact["items"].append(values["user"])
        return "".join(
            # The settings stand below the organization, which the text follows.
            _with_tags(f"{'  ' * (section == 'settings')}{section}: {json.dumps(inner)}\n")
            for section, inner in tree.items()
            if inner
        )


def _in_yaml(value: Any) -> Any:
    if isinstance(value, SecretText):
        return f"!env {VARIABLE}"
    if isinstance(value, dict):
        return {key: _in_yaml(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _with_tags(text: str) -> str:
    return re.sub(r'"!(env|ref) ([^"]*)"', r'!\1 "\2"', text)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A small organization: up to two projects and three roles with what is in them."""
    entries: list[Any] = []

    def entry(kind: str, name: str, parent: str | None = None, /, **fields: Any) -> None:
        entries.append(rows.row(kind, name, parent, **fields))

    def maybe(*values: Any) -> Any:
        return draw(st.sampled_from((..., *values)))

    projects = sorted(draw(st.sets(st.sampled_from(("Web", "Shop")))))
    for project in projects:
        entry(
            "project",
            project,
            None,
            name=project,
            timezone=maybe("UTC", "Europe/Berlin"),
            anonymize_ips=maybe(True, False),
            surveys_opt_in=maybe(True, None),
            app_urls=maybe((), ("https://acme.io",)),
        )
        for destination in draw(st.sets(st.sampled_from(("Orders", "Users")))):
            entry(
                "pipeline_destination",
                f"{project}/{destination}",
                project,
                name=destination,
                plugin=1,
                enabled=maybe(True, False),
                config=maybe(
                    {
                        **CONFIG,
                        "account": draw(st.sampled_from("ab")),
                        "password": SecretText("hush", f"!env {VARIABLE}"),
                    }
                ),
            )
        functions = draw(
            st.sampled_from(
                ((), (), ("Hook",), ("Hook", "Relay"), ("Trim",), ("Trim", "Hook"), ("Hook", "Twin", "Relay"))
            )
        )
        for place, function in enumerate(functions, 1):
            other = draw(st.booleans()) and "Hook" in functions[: place - 1]
            to = rows.refer_to("hog_function", f"{project}/Hook") if other else draw(st.sampled_from("xy"))
            early = function in ("Trim", "Twin")
            entries.append(
                rows.function(
                    project,
                    "Hook" if function == "Twin" else function,
                    to,
                    key=function,
                    type="transformation" if early else "destination",
                    enabled=maybe(True, False),
                    execution_order=draw(st.sampled_from((2, 3))) if early else ...,
                )
            )
        if draw(st.sampled_from((True, False, False))):
            every = draw(st.sampled_from(("hour", "day")))
            entries.append(rows.export(project, interval=every, paused=maybe(True, False)))
        entries += drawn(draw, project)
        entries += drawn_charts(draw, project)
        entries += drawn_data(draw, project)
        entries += drawn_sources(draw, project)
        folders = draw(st.sampled_from(((), ("M",), ("M", "M/N"))))
        for folder in folders:
            entry("file_system_entry", f"{project}/{folder}", project, path=folder, type="folder")
        if draw(st.booleans()):
            path = "/".join((*folders[-1:], "Board"))
            entry("file_system_entry", f"{project}/{path}", project, path=path, type="dashboard", ref="4242")
    roles = sorted(draw(st.sets(st.sampled_from(("Analysts", "Editors", "Ops")))))
    # Whoever joins would be put out again of a role whose list is exact: this one's never is, in no round, because a
    # default role stays one when the settings leave the file.
    joinable = [role for role in roles if role == "Ops"]
    for role in roles:
        entry("role", role, None, name=role)
        members = draw(st.sets(st.sampled_from(PEOPLE[1:])))
        match draw(st.sampled_from(("none", "additive", *(("exact",) if role not in joinable else ())))):
            case "exact":
                entry("role_members", role, role, members=tuple(sorted(members)))
            case "additive":
                for person in sorted(members):
                    entry("role_membership", f"{role}/{person}", role, user=person)
    flags = [each for each in entries if each[0] == "feature_flag"]
    return Model((*entries, *draw(access_of(projects, roles, joinable, flags))))
