"""What a seed file has in one project, in the order in which its entries name each other (`!ref`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.batch_exports import integration_of
from pulumi_posthog.sandbox.families.catalog import of_projects
from pulumi_posthog.sandbox.families.chart_objects import Dashboard
from pulumi_posthog.sandbox.families.dashboards.family import DASHBOARDS
from pulumi_posthog.sandbox.families.group_types import GROUP_TYPES, GroupType
from pulumi_posthog.sandbox.families.insights.family import INSIGHTS
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.project_objects import FOLDER
from pulumi_posthog.sandbox.families.projects.changes import make_object
from pulumi_posthog.sandbox.options import SandboxError
from pulumi_posthog.sandbox.rules.family import Family
from pulumi_posthog.sandbox.rules.models import Organization, Project

TILES = "tiles"
OF_COMPLETION = (TILES, "variables")
"""What of an entry waits until insights are there."""


@dataclass(frozen=True)
class Ref:
    """`!ref cohort/Beta testers`: something that has an id."""

    kind: str
    name: str

    @classmethod
    def of(cls, text: str) -> Ref:
        """The reference in `!ref kind/name`."""
        kind, _, name = text.strip().partition("/")
        return cls(kind, name)

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


LookUp = Callable[[Ref], Any]


def filled(document: Any, look_up: LookUp) -> Any:
    """The document with what is looked up in the places of its references."""
    if isinstance(document, Ref):
        return look_up(document)
    if isinstance(document, list):
        return [filled(each, look_up) for each in document]
    if not isinstance(document, dict):
        return document
    done = {name: filled(value, look_up) for name, value in document.items()}
    if done.get("type") == "flag" and isinstance(document.get("key"), Ref):
        # A condition on another flag has its id as a text (posthog-api-release.md 8.1).
        done["key"] = str(done["key"])
    return done


def sections_of_projects() -> dict[str, Family]:
    """Each section of a project in a seed file, and whose it is."""
    return {family.section or family.name: family for family in of_projects()}


def as_sent(family: Family, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is written by its name becomes a reference; the folder of a new object has another name when it is sent."""
    fields = dict(entry)
    for name, (kind, sent) in family.named.items():
        given = fields.get(name)
        if isinstance(given, str):
            fields[sent] = Ref(kind, fields.pop(name))
        elif isinstance(given, list):
            fields[sent] = [Ref(kind, each) if isinstance(each, str) else each for each in fields.pop(name)]
    if "folder" in fields and any(each.name == FOLDER.name for each in family.fields):
        fields[FOLDER.name] = fields.pop("folder")
    return fields


def with_insight(tile: Mapping[str, Any]) -> dict[str, Any]:
    """The name of the insight is a reference."""
    name = tile.get("insight")
    return {**tile, "insight": Ref("insight", name)} if isinstance(name, str) else dict(tile)


def with_code_name(name: str, value: Any) -> Any:
    """A variable is called by its code name."""
    return {"code_name": name, **value} if isinstance(value, Mapping) else value


def placeholder(ref: Ref) -> str:
    """Where nothing can be named."""
    return f"placeholder-of-{ref}"


@dataclass
class ProjectSeed:
    """The entries of a project's sections, each made once, and before those that name it."""

    project: Project
    sections: Mapping[str, Mapping[str, Any]]
    """Section -> name -> fields."""
    ids: dict[tuple[str, str], Any] = field(default_factory=dict)
    being_made: list[tuple[str, str]] = field(default_factory=list)
    families: dict[str, Family] = field(default_factory=sections_of_projects)

    def make_all(self) -> None:
        """Makes all that the file has in this project; what an entry names is made before it."""
        for section in self.families:
            for name in self.sections.get(section, {}):
                self.made(section, name)
            if section == INSIGHTS.name:
                self.complete_dashboards()

    def complete_dashboards(self) -> None:
        """After the insights, which may name dashboards themselves; on POST PostHog drops these fields (3.3)."""
        for name, entry in self.sections.get(DASHBOARDS.name, {}).items():
            late = {key: value for key, value in entry.items() if key in OF_COMPLETION and value}
            if not late:
                continue
            where = f"projects.{self.project.name}.{DASHBOARDS.name}.{name}"
            board = Dashboard.objects.get(pk=self.made(DASHBOARDS.name, name))
            items = late.pop(TILES, [])
            if isinstance(variables := late.get("variables"), dict):
                late["variables"] = {key: with_code_name(key, value) for key, value in variables.items()}
            if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
                raise SandboxError(f"--seed {where}.{TILES}: a list of objects is expected")
            try:
                DASHBOARDS.change(board, filled(late, self.id_of), None)
                DASHBOARDS.seed_tiles(board, [filled(with_insight(each), self.id_of) for each in items])
            except ValidationError as error:
                raise SandboxError(f"--seed {where}: {error.detail}") from error

    def made(self, section: str, name: str) -> Any:
        """The id of an entry, which is made when nobody has asked for it before."""
        entry = (section, name)
        where = f"projects.{self.project.name}.{section}.{name}"
        if entry in self.being_made:
            raise SandboxError(f"--seed {where}: it refers to itself")
        if entry not in self.ids:
            self.being_made.append(entry)
            family = self.families[section]
            given = {
                key: value for key, value in self.sections[section][name].items() if key not in OF_COMPLETION
            }
            fields = filled(as_sent(family, given), self.id_of)
            row = seed_object(family, self.project, name, fields, where)
            self.ids[entry] = row.pk if isinstance(row.pk, int) else str(row.pk)
            self.being_made.pop()
        return self.ids[entry]

    def id_of(self, ref: Ref) -> Any:
        """Of an entry, or else of what the project has; what it does not have is there from now on."""
        section = next(
            (
                section
                for section, family in self.families.items()
                if family.title.replace(" ", "_") == ref.kind and ref.name in self.sections.get(section, {})
            ),
            None,
        )
        if section == GROUP_TYPES.name or ref.kind == "group_type":
            return self.index_of_group_type(ref.name)
        if section is not None:
            return self.made(section, ref.name)
        if ref.kind == "integration":
            return integration_of(self.project, ref.name.partition("/")[0], ref.name).pk
        found = ProjectObject.objects.filter(
            project=self.project, type=ref.kind, name=ref.name, deleted=False
        ).first()
        return (found or make_object(self.project, ref.kind, ref.name, None)).pk

    def index_of_group_type(self, name: str) -> int:
        """Which conditions name in place of an id."""
        if name in self.sections.get(GROUP_TYPES.name, {}):
            self.made(GROUP_TYPES.name, name)
        found = GroupType.objects.filter(project=self.project, group_type=name).first()
        row: GroupType = found or GROUP_TYPES.create(
            self.project, {"group_type": name}, None, is_logged=False
        )
        return row.group_type_index


def seed_object(
    family: Family, parent: Organization | Project, name: str, value: dict[str, Any], where: str
) -> Any:
    """As if it had been sent; one that the server has made already is changed."""
    sent = family.from_seed(name, value, parent)
    there = family.same(parent, sent)
    try:
        if there is None:
            return family.create(parent, sent, None, is_logged=False)
        return family.change(there, sent, None)
    except ValidationError as error:
        raise SandboxError(f"--seed {where}: {error.detail}") from error
