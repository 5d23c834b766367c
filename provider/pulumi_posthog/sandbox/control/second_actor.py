"""What somebody else does between two requests, and what gets lost on the way in."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from django.http import HttpRequest

    from pulumi_posthog.sandbox.rules.models import User


def drop_field(request: HttpRequest, name: str) -> None:
    """The body without one field, as if PostHog did not know it."""
    body = request.body
    kind = (request.content_type or "").lower()
    if kind == "application/json":
        try:
            values = json.loads(body or b"{}")
        except ValueError:
            return
        if isinstance(values, dict):
            values.pop(name, None)
            body = json.dumps(values).encode()
    elif kind == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        body = urlencode([(key, value) for key, value in pairs if key != name]).encode()
    # Django keeps the body it has read; the framework takes it from there.
    request._body = body
    request._stream = io.BytesIO(body)
    request.META["CONTENT_LENGTH"] = str(len(body))


def act(name: str) -> None:
    """One of `ACTS`, by an admin who is not the owner of the key."""
    from pulumi_posthog.sandbox.rules.writing import writing

    with writing():
        ACTS[name](second_actor())


def second_actor() -> User | None:
    """Whom changes by hand are put down to: the first admin after the owner, else the owner."""
    from pulumi_posthog.sandbox.rules.models import ADMIN, OrganizationMembership

    admins = OrganizationMembership.objects.select_related("user").filter(level__gte=ADMIN)
    first = admins.order_by("level", "joined_at").first()
    return first.user if first else None


def first_role() -> Any:
    from pulumi_posthog.sandbox.families.roles import Role

    return Role.objects.order_by("created_at").first()


def first_project() -> Any:
    from pulumi_posthog.sandbox.rules.projects import living_projects

    return living_projects().order_by("pk").first()


def rename_role(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save

    role = first_role()
    if role is not None:
        role.name = f"{role.name} (renamed)"
        save(role, user)


def delete_role(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import delete

    role = first_role()
    if role is not None:
        delete(role, user)


def add_role(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save
    from pulumi_posthog.sandbox.families.roles import Role
    from pulumi_posthog.sandbox.rules.models import Organization

    organization = Organization.objects.order_by("created_at").first()
    number = Role.objects.count() + 1
    save(Role(organization=organization, name=f"Role of somebody else {number}"), user)


def remove_role_membership(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import delete
    from pulumi_posthog.sandbox.families.roles import RoleMembership

    membership = RoleMembership.objects.order_by("joined_at").first()
    if membership is not None:
        delete(membership, user)


def change_timezone(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save

    project = first_project()
    if project is not None:
        now = project.settings.get("timezone")
        project.settings["timezone"] = "Europe/Paris" if now != "Europe/Paris" else "Europe/Madrid"
        save(project, user)


def rename_project(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save

    project = first_project()
    if project is not None:
        project.name = project.environment_name = f"{project.name} (renamed)"
        save(project, user)


def disable_destination(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save
    from pulumi_posthog.sandbox.families.plugins import PluginConfig

    config = PluginConfig.objects.filter(enabled=True).order_by("pk").first()
    if config is not None:
        config.enabled = False
        save(config, user)


def add_file(user: User | None) -> None:
    from pulumi_posthog.sandbox.control.by_hand import save
    from pulumi_posthog.sandbox.families.file_system.models import FileSystem

    project = first_project()
    if project is not None:
        save(FileSystem(project=project, path="Folder of somebody else", depth=1, type="folder"), user)


ACTS: dict[str, Callable[[User | None], None]] = {
    "add-role": add_role,
    "rename-role": rename_role,
    "delete-role": delete_role,
    "remove-role-membership": remove_role_membership,
    "change-timezone": change_timezone,
    "rename-project": rename_project,
    "disable-destination": disable_destination,
    "add-file": add_file,
}
