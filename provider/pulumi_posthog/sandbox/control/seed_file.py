"""Fills a sandbox from a file shaped like `posthog.yaml`; a small reader of its own."""

from __future__ import annotations

import mimetypes
import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.control.seed import MEMBERS, make_member, make_organization, make_plugins
from pulumi_posthog.sandbox.control.seed_objects import (
    ProjectSeed,
    Ref,
    filled,
    placeholder,
    sections_of_projects,
    seed_object,
)
from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.catalog import of_organizations
from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.file_system.moves import put
from pulumi_posthog.sandbox.families.file_system.paths import depth_of, make_parents
from pulumi_posthog.sandbox.families.plugins import Plugin, PluginAttachment, PluginConfig
from pulumi_posthog.sandbox.families.projects.changes import create_project, merged
from pulumi_posthog.sandbox.families.projects.settings import serializer_class
from pulumi_posthog.sandbox.families.roles import Role, RoleMembership
from pulumi_posthog.sandbox.options import SandboxError
from pulumi_posthog.sandbox.rules.models import MEMBER, Organization, OrganizationMembership, Project, User
from pulumi_posthog.sandbox.rules.switches import SWITCHES

# Under which names a project holds configs of plugins, and what a plugin that is not known can do then.
CONFIG_FAMILIES: dict[str, list[str]] = {
    "pipeline_destinations": ["onEvent"],
    "pipeline_transformations": ["processEvent"],
    "site_apps": [],
}
TREE = "file_system"
DEEPEST_INCLUDE = 20


class SeedLoader(yaml.SafeLoader):
    """`!env NAME`, `!secret name` are the variable, or a placeholder where it is not set.

    `!include` is what the file says, `!file` the file itself, `!ref kind/name` the id of what it names.
    """

    path: Path
    depth: int


@dataclass(frozen=True)
class SeedFile:
    """A file for a setting of a plugin."""

    path: Path

    def attach(self, row: PluginConfig, key: str) -> None:
        """As if it had been uploaded; one that is not there is empty."""
        contents = self.path.read_bytes() if self.path.is_file() else b""
        PluginAttachment.objects.create(
            plugin_config=row,
            key=key,
            file_name=self.path.name,
            content_type=mimetypes.guess_type(self.path.name)[0] or "application/octet-stream",
            file_size=len(contents),
            contents=contents,
        )


def resolved(loader: SeedLoader, suffix: str, node: yaml.Node) -> Any:
    """What `!include`, `!file` and `!ref` mean; of any other tag, the variable that it names, or a placeholder.

    Raises SandboxError for files that include each other.
    """
    text = str(loader.construct_scalar(node)) if isinstance(node, yaml.ScalarNode) else ""
    if suffix == "include":
        if loader.depth >= DEEPEST_INCLUDE:
            raise SandboxError(f"--seed {loader.path}: files include each other without end")
        return load(loader.path.parent / text, loader.depth + 1)
    if suffix == "file":
        return SeedFile(loader.path.parent / text)
    if suffix == "ref":
        return Ref.of(text)
    name = text.split()[0] if text.split() else suffix
    return os.environ.get(name) or f"placeholder-of-{name}"


SeedLoader.add_multi_constructor("!", resolved)
# Moments are sent as they are written.
SeedLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in SeedLoader.yaml_implicit_resolvers.items()
}


def load(path: Path, depth: int = 0) -> Any:
    """A file and what it includes, as plain values."""
    try:
        loader = SeedLoader(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SandboxError(f"--seed {path}: {error}") from error
    loader.path, loader.depth = path, depth
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise SandboxError(f"--seed {path}: {' '.join(str(error).split())}") from error
    finally:
        loader.dispose()


def read(path: Path) -> dict[str, Any]:
    """The whole of it."""
    found = load(path)
    if not isinstance(found, dict):
        raise SandboxError(f"--seed {path}: organization, projects and roles are expected")
    return found


def seed_from(path: Path) -> Organization:
    """Everything that the file names; members that only roles name become members."""
    content = read(path)
    content |= {key: filled(value, placeholder) for key, value in content.items() if key != "projects"}
    named = mapping(content.get("organization"), f"{path}: organization")
    name = str(named.get("name") or "Acme")
    organization = make_organization(name[:64], re.sub(r"[^a-z0-9]+", "-", name.lower())[:48])
    if pinned := as_pinned(named.get("id")):
        Organization.objects.filter(pk=organization.pk).update(id=pinned)
        organization = Organization.objects.get(pk=pinned)
    for member in MEMBERS:
        make_member(organization, *member)
    make_plugins(organization)
    projects = mapping(content.get("projects"), f"{path}: projects") or {"Default project": {}}
    made = [
        seed_project(organization, str(each), mapping(value, f"{path}: projects.{each}"))
        for each, value in projects.items()
        if not (isinstance(value, dict) and value.get("state") == "absent")
    ]
    if made:
        User.objects.update(current_project=made[0])
    for family in of_organizations():
        where = f"{path}: {family.name}"
        for title, value in mapping(content.get(family.name), where).items():
            seed_object(family, organization, str(title), mapping(value, where), f"{family.name}.{title}")
    for each, value in mapping(content.get("roles"), f"{path}: roles").items():
        seed_role(organization, str(each), mapping(value, f"{path}: roles.{each}"))
    return organization


def mapping(value: Any, where: str) -> dict[str, Any]:
    """Nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SandboxError(f"--seed {where}: names with their fields are expected")
    return value


def as_pinned(value: object) -> uuid.UUID | None:
    """The organization's id, where the file has a real one."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def seed_project(organization: Organization, name: str, value: dict[str, Any]) -> Project:
    """Settings, destinations and site apps, tree."""
    where = f"projects.{name}"
    seeded = set(sections_of_projects())
    project = create_project(organization, {"name": str(value.get("name") or name)}, None)
    sections = {section: entries_of(value.get(section), f"{where}.{section}") for section in seeded}
    objects = ProjectSeed(project, sections)
    beside = {*CONFIG_FAMILIES, TREE}
    # Functions are compiled with the project's filters of test accounts: its settings come first.
    own = {key: given for key, given in value.items() if key not in {*seeded, *beside}}
    seed_settings(project, name, filled(own, objects.id_of))
    objects.make_all()
    value = {key: filled(given, objects.id_of) for key, given in value.items() if key in beside}
    if SWITCHES.sample_data == "seed":
        sample_data.begin(project)
    for family, methods in CONFIG_FAMILIES.items():
        found = mapping(value.get(family), f"{where}.{family}")
        for order, (title, config) in enumerate(found.items(), start=1):
            fields = mapping(config, f"{where}.{family}.{title}")
            seed_config(project, str(title), fields, methods, order)
    for path, row in mapping(value.get(TREE), f"{where}.{TREE}").items():
        seed_row(project, str(path), mapping(row, f"{where}.{TREE}.{path}"))
    return project


def entries_of(section: Any, where: str) -> dict[str, dict[str, Any]]:
    """By name; those that should not be there are not made."""
    found = {
        str(title): mapping(fields, f"{where}.{title}") for title, fields in mapping(section, where).items()
    }
    return {title: fields for title, fields in found.items() if fields.get("state") != "absent"}


def seed_settings(project: Project, name: str, sent: dict[str, Any]) -> None:
    """What the file says of the project itself."""
    settings = serializer_class(SWITCHES.age, "environment")(data={**sent, "name": sent.get("name", name)})
    try:
        settings.is_valid(raise_exception=True)
    except ValidationError as error:
        raise SandboxError(f"--seed: project {name}: {error.detail}") from error
    values = dict(settings.validated_data)
    values.pop("name")
    project.product_description = sent.get("product_description")
    for setting, given in values.items():
        project.settings[setting] = merged(setting, project.settings.get(setting), given)
    project.save()


def seed_config(project: Project, name: str, value: dict[str, Any], methods: list[str], order: int) -> None:
    """A plugin that is not installed is installed."""
    wanted = str(value.get("plugin") or name)
    plugin = Plugin.objects.filter(url=wanted).first() or Plugin.objects.filter(name=wanted).first()
    if plugin is None:
        plugin = Plugin.objects.create(
            organization=project.organization,
            name=wanted.rsplit("/", 1)[-1],
            url=wanted if "/" in wanted else None,
            capabilities={"methods": methods, "jobs": [], "scheduled_tasks": []},
        )
    settings = mapping(value.get("config"), f"{name}.config")
    row = PluginConfig.objects.create(
        project=project,
        plugin=plugin,
        name=str(value.get("name") or name),
        description=value.get("description"),
        enabled=bool(value.get("enabled", False)),
        order=int(value.get("order", order)),
        config={key: given for key, given in settings.items() if not isinstance(given, SeedFile)},
    )
    for key, given in settings.items():
        if isinstance(given, SeedFile):
            given.attach(row, key)


def seed_row(project: Project, path: str, value: dict[str, Any]) -> None:
    """A folder that an earlier row made along the way is not made twice."""
    type_ = str(value.get("type", "folder"))
    same = FileSystem.objects.filter(project=project, path=path, type=type_)
    if type_ == "folder" and same.exists():
        return
    ref = None if value.get("ref") is None else str(value["ref"])
    make_parents(project, path, None, escaped=False)
    # A dashboard that the project was made with has its row already: it is filed where the file says.
    filed = FileSystem.objects.filter(project=project, type=type_, ref=ref).exclude(ref=None).first()
    if filed is not None and not value.get("shortcut"):
        put(filed, path)
        return
    FileSystem.objects.create(
        project=project,
        path=path,
        depth=depth_of(path),
        type=type_,
        ref=ref,
        href=value.get("href"),
        meta=value.get("meta") or {},
        shortcut=bool(value.get("shortcut")),
    )


def seed_role(organization: Organization, name: str, value: dict[str, Any]) -> None:
    """With its members, whichever way they are listed."""
    role = Role.objects.create(
        organization=organization,
        name=str(value.get("name") or name),
        feature_flags_access_level=value.get("feature_flags_access_level", Role.EDIT),
    )
    members = value.get("members") or []
    emails = members.get("items") or [] if isinstance(members, dict) else members
    for email in emails:
        address = str(email.get("email") if isinstance(email, dict) else email)
        member = OrganizationMembership.objects.filter(
            organization=organization, user__email__iexact=address
        ).first() or make_member(organization, address, address.partition("@")[0].title(), MEMBER)
        RoleMembership.objects.get_or_create(
            role=role, user=member.user, defaults={"organization_member": member}
        )
