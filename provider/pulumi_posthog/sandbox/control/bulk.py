"""Many objects at once, for measuring: no API call makes them, so that they are there in a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pulumi_posthog.sandbox.families.catalog import FAMILIES
from pulumi_posthog.sandbox.families.event_store import Event, Person, PersonDistinctId
from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.plugins import Plugin, PluginConfig
from pulumi_posthog.sandbox.families.projects.settings import defaults
from pulumi_posthog.sandbox.families.roles import Role, RoleMembership
from pulumi_posthog.sandbox.options import SandboxError
from pulumi_posthog.sandbox.rules.family import Family
from pulumi_posthog.sandbox.rules.models import MEMBER, Organization, OrganizationMembership, Project, User
from pulumi_posthog.sandbox.rules.projects import living_projects

KINDS = (
    "members",
    "roles",
    "projects",
    "file_system",
    "pipeline_destinations",
    "persons",
    "events",
    *(family.name for family in FAMILIES),
)
MOST = 100_000
FILES_PER_FOLDER = 100


def make(body: dict[str, Any]) -> dict[str, int]:
    """So many more of each kind, in the first organization and the first project (or `project`)."""
    wanted = {name: value for name, value in body.items() if name != "project"}
    for name, value in wanted.items():
        if name not in KINDS:
            raise SandboxError(f"bulk makes {', '.join(KINDS)}, not {name!r}")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            raise SandboxError(f"{name} is a number from 0 to {MOST}, not {value!r}")
    organization = Organization.objects.order_by("created_at").first()
    if organization is None:
        raise SandboxError("there is no organization to fill")
    made = {}
    # Members before roles, so that these can have them.
    for name in KINDS:
        if wanted.get(name):
            made[name] = MAKERS[name](organization, body, wanted[name])
    return made


def the_project(organization: Organization, body: dict[str, Any]) -> Project:
    """The project that `body` names by its id, else the first one; raises SandboxError where there is none."""
    projects = living_projects().filter(organization=organization).order_by("pk")
    found = projects.filter(pk=body["project"]).first() if "project" in body else projects.first()
    if found is None:
        raise SandboxError(f"there is no project {body.get('project', '')}")
    return found


def make_members(organization: Organization, _body: dict[str, Any], count: int) -> int:
    """Makes `count` users who are members; how many were made."""
    first = User.objects.count() + 1
    users = User.objects.bulk_create(
        User(
            email=f"member{number:05}@acme.io",
            first_name=f"Member {number}",
            distinct_id=f"sandbox-member-{number}",
            current_organization=organization,
        )
        for number in range(first, first + count)
    )
    OrganizationMembership.objects.bulk_create(
        OrganizationMembership(organization=organization, user=user, level=MEMBER) for user in users
    )
    return len(users)


def make_roles(organization: Organization, _body: dict[str, Any], count: int) -> int:
    """With one membership each, the members taken in turn."""
    first = Role.objects.count() + 1
    roles = Role.objects.bulk_create(
        Role(organization=organization, name=f"Role {number:05}") for number in range(first, first + count)
    )
    members = list(
        OrganizationMembership.objects.filter(organization=organization).order_by("joined_at", "id")
    )
    RoleMembership.objects.bulk_create(
        RoleMembership(role=role, user_id=member.user_id, organization_member=member)
        for role, member in zip(roles, members * (count // len(members) + 1), strict=False)
    )
    return len(roles)


def make_projects(organization: Organization, _body: dict[str, Any], count: int) -> int:
    """Makes `count` projects with every setting at its default; how many were made."""
    first = Project.objects.count() + 1
    names = [f"Project {number:05}" for number in range(first, first + count)]
    projects = Project.objects.bulk_create(
        Project(organization=organization, name=name, environment_name=name, settings=defaults())
        for name in names
    )
    return len(projects)


def make_file_system(organization: Organization, body: dict[str, Any], count: int) -> int:
    """Links in folders of a hundred; the folders come on top of the count."""
    project = the_project(organization, body)
    first = FileSystem.objects.filter(project=project, type="link").count() + 1
    numbers = range(first, first + count)
    folders = sorted({f"Bulk {number // FILES_PER_FOLDER:03}" for number in numbers})
    known = set(FileSystem.objects.filter(project=project, path__in=folders).values_list("path", flat=True))
    rows = [
        FileSystem(project=project, path=path, depth=1, type="folder")
        for path in folders
        if path not in known
    ]
    rows += [
        FileSystem(
            project=project,
            path=f"Bulk {number // FILES_PER_FOLDER:03}/Link {number:05}",
            depth=2,
            type="link",
            ref=f"bulk-{number:05}",
            href=f"https://acme.io/{number}",
        )
        for number in numbers
    ]
    FileSystem.objects.bulk_create(rows)
    return count


def make_pipeline_destinations(organization: Organization, body: dict[str, Any], count: int) -> int:
    """Makes `count` destinations of the first plugin; how many were made.

    Raises SandboxError where there is no plugin.
    """
    project = the_project(organization, body)
    plugin = Plugin.objects.order_by("pk").first()
    if plugin is None:
        raise SandboxError("there is no plugin to make destinations of")
    first = PluginConfig.objects.filter(project=project).count() + 1
    PluginConfig.objects.bulk_create(
        PluginConfig(
            project=project,
            plugin=plugin,
            order=number,
            name=f"Destination {number:05}",
            config={"account": "acme", "password": "secret"},
        )
        for number in range(first, first + count)
    )
    return count


def make_persons(organization: Organization, body: dict[str, Any], count: int) -> int:
    """With one distinct id each."""
    project = the_project(organization, body)
    first = Person.objects.filter(project=project).count() + 1
    names = [f"bulk-{number:06}" for number in range(first, first + count)]
    persons = Person.objects.bulk_create(
        Person(project=project, properties={"email": f"{name}@example.org", "plan": "free"}) for name in names
    )
    PersonDistinctId.objects.bulk_create(
        PersonDistinctId(project=project, person=person, distinct_id=name)
        for person, name in zip(persons, names, strict=True)
    )
    return count


def make_events(organization: Organization, body: dict[str, Any], count: int) -> int:
    """One a second, until now."""
    project = the_project(organization, body)
    now = timezone.now()
    Event.objects.bulk_create(
        Event(
            project=project,
            event="bulk",
            distinct_id=f"bulk-{number % 100:06}",
            properties={"number": number},
            timestamp=now - timedelta(seconds=number),
        )
        for number in range(count)
    )
    return count


def maker(family: Family) -> Maker:
    """Makes many of a family in the catalog."""

    def make_rows(organization: Organization, body: dict[str, Any], count: int) -> int:
        parent = organization if family.parent == "organization" else the_project(organization, body)
        first = family.model._default_manager.filter(**{family.parent: parent}).count() + 1
        rows = (family.filler(number, parent) for number in range(first, first + count))
        if family.model._meta.parents:
            for row in rows:  # Django makes many of them at once only where they are in one table
                row.save(force_insert=True)
            return count
        return len(family.model._default_manager.bulk_create(rows))

    return make_rows


Maker = Callable[[Organization, dict[str, Any], int], int]
MAKERS: dict[str, Maker] = {
    "members": make_members,
    "roles": make_roles,
    "projects": make_projects,
    "file_system": make_file_system,
    "pipeline_destinations": make_pipeline_destinations,
    "persons": make_persons,
    "events": make_events,
}
MAKERS |= {family.name: maker(family) for family in FAMILIES}
