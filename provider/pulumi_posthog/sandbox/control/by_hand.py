"""Changes that no API call makes: on the page, or by a second actor. They are logged like any other."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict

from pulumi_posthog.sandbox.families.catalog import family_of
from pulumi_posthog.sandbox.families.file_system.models import FileSystem
from pulumi_posthog.sandbox.families.file_system.paths import depth_of, file_object
from pulumi_posthog.sandbox.families.hog_functions.models import refresh_filters
from pulumi_posthog.sandbox.families.members import give_default_role, remove_member
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.plugin_configs import log_config_change
from pulumi_posthog.sandbox.families.plugins import PluginConfig
from pulumi_posthog.sandbox.families.projects.projects import log_project_change
from pulumi_posthog.sandbox.families.roles import Role, RoleMembership
from pulumi_posthog.sandbox.families.site_apps import recompute_inject_web_apps
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.models import Organization, OrganizationMembership, Project, User
from pulumi_posthog.sandbox.rules.switches import SWITCHES


def stored(row: Model) -> Any:
    """The row as it is in the database, None for a new one."""
    return type(row)._default_manager.filter(pk=row.pk).first()


def save(row: Model, user: User | None) -> None:
    """Save, log, and do what PostHog does along with it."""
    before = stored(row)
    if isinstance(row, FileSystem):
        row.depth = depth_of(row.path)
    row.save()
    if (family := family_of(row)) is not None:
        family.saved(row, before, user)
    elif isinstance(row, Project):
        refresh_filters(row)
        if before is None:
            log_creation("Project", row, row, user)
            log_creation("Team", row, row, user)
        else:
            log_project_change(before, row, user)
    elif isinstance(row, ProjectObject):
        file_object(row, user)
    elif isinstance(row, PluginConfig):
        was_enabled = bool(before and before.enabled)
        log_config_change(row, before.config if before else {}, user, enabled_before=was_enabled)
        recompute_inject_web_apps(row.project)
    elif isinstance(row, OrganizationMembership):
        if before is None:
            give_default_role(row)
        log_of_organization(
            "OrganizationMembership", row, row.organization, row.user.email, before=before, user=user
        )
    elif isinstance(row, Organization):
        log_of_organization("Organization", row, row, row.name, before=before, user=user)
    elif isinstance(row, Role) and SWITCHES.age >= 2026:
        log_of_organization("Role", row, row.organization, row.name, before=before, user=user)


def delete(row: Model, user: User | None) -> None:
    """Delete and log."""
    if (family := family_of(row)) is not None:
        family.delete(row, user, for_good=True)
        return
    if isinstance(row, Project):
        for scope in ("Project", "Team"):
            activity.log(
                scope=scope, activity="deleted", item_id=row.pk, name=row.name, user=user, project=row
            )
    elif isinstance(row, OrganizationMembership):
        log_deletion("OrganizationMembership", row, row.organization, row.user.email, user)
        remove_member(row)
        return
    elif isinstance(row, Role) and SWITCHES.age >= 2026:
        log_deletion("Role", row, row.organization, row.name, user)
    elif isinstance(row, RoleMembership):
        pass  # PostHog logs nothing here (8.3)
    project = row.project if isinstance(row, PluginConfig) else None
    row.delete()
    if project is not None:
        recompute_inject_web_apps(project)


def log_creation(scope: str, row: Model, project: Project, user: User | None) -> None:
    """Writes that somebody made it into the project's activity log."""
    activity.log(
        scope=scope, activity="created", item_id=row.pk, name=project.name, user=user, project=project
    )


def log_deletion(scope: str, row: Model, organization: Organization, name: str, user: User | None) -> None:
    """Writes that somebody deleted it into the organization's activity log."""
    activity.log(
        scope=scope, activity="deleted", item_id=row.pk, name=name, user=user, organization=organization
    )


def log_of_organization(
    scope: str, row: Model, organization: Organization, name: str, *, before: Model | None, user: User | None
) -> None:
    """Writes what somebody made or changed into the organization's activity log; `before` is None for a new row."""
    changes: Changes = activity.changes(scope, plain(before), plain(row)) if before is not None else []
    activity.log(
        scope=scope,
        activity="updated" if before is not None else "created",
        item_id=row.pk,
        name=name,
        user=user,
        organization=organization,
        changes=changes,
    )


def plain(row: Model) -> dict[str, Any]:
    """Its columns, as JSON can hold them."""
    return {
        name: value if isinstance(value, bool | int | float | str | list | dict | None) else str(value)
        for name, value in model_to_dict(row).items()
    }
