"""From what was sent to what is stored: merging, side conditions, and what creation adds (3.4, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import PermissionDenied, ValidationError

from pulumi_posthog.sandbox.families import sample_data
from pulumi_posthog.sandbox.families.file_system.paths import file_object
from pulumi_posthog.sandbox.families.hog_functions.family import GEOIP, HOG_FUNCTIONS
from pulumi_posthog.sandbox.families.objects import ProjectObject, new_object
from pulumi_posthog.sandbox.families.projects.settings import BY_NAME, DROPPED_ON_CREATE, defaults
from pulumi_posthog.sandbox.rules.columns import random_text
from pulumi_posthog.sandbox.rules.errors import Conflict, Unhandled, invalid
from pulumi_posthog.sandbox.rules.models import ADMIN, Organization, OrganizationMembership, Project, User
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES

HARD_LIMIT_OF_PROJECTS = 1500
RETENTION_DAYS = {"30d": 30, "90d": 90, "1y": 365, "5y": 1825}
FREE_LOGS_RETENTION = 14
# The server keeps these inside conversations_settings for itself.
MANAGED_CONVERSATION_KEYS = ("widget_public_token",)


def merged(name: str, stored: Any, sent: Any) -> Any:
    """What is stored afterwards; several settings are merged, not replaced."""
    how = BY_NAME[name].merge
    old: dict[str, Any] = stored or {}
    if how == "nested":
        return {**old, **sent} if sent else stored
    if how == "sources":
        return merged_sources(old, sent) if sent else stored
    if sent is None or how == "replace":
        return sent
    if how == "deep":
        return {
            **old,
            **{
                key: {**old[key], **value}
                if isinstance(value, dict) and isinstance(old.get(key), dict)
                else value
                for key, value in sent.items()
            },
        }
    if how == "modifiers":
        return {**old, **sent} if SWITCHES.age >= 2026 else sent
    if how == "conversations":
        return merged_conversations(old, sent)
    return {**old, **sent}


def merged_sources(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """`sources_map` merges per source, null removes one; other keys are replaced."""
    result = {**stored, **sent}
    if "sources_map" in sent:
        sources = {**(stored.get("sources_map") or {}), **(sent["sources_map"] or {})}
        result["sources_map"] = {
            source: mapping for source, mapping in sources.items() if mapping is not None
        }
    return result


def merged_conversations(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The widget's public token exists as long as the widget does; nobody can send one."""
    result = {**stored, **{key: value for key, value in sent.items() if key not in MANAGED_CONVERSATION_KEYS}}
    if result.get("widget_enabled"):
        result.setdefault("widget_public_token", random_text("", 32))
    else:
        result.pop("widget_public_token", None)
    return result


def check(
    values: Mapping[str, Any],
    organization: Organization,
    project: Project | None,
    asks: OrganizationMembership,
) -> None:
    """Rules that need more than the value."""
    if values.get("proactive_tasks_enabled"):
        raise PermissionDenied("Proactive tasks are not available for this organization.")
    if values.get("receive_org_level_activity_logs") is not None and asks.level < ADMIN:
        raise PermissionDenied("Only organization admins can change receive_org_level_activity_logs.")
    if "session_recording_retention_period" in values:
        check_retention(values["session_recording_retention_period"], organization)
    if values.get("logs_settings"):
        check_logs(values["logs_settings"], organization, project)
    if project is not None and values.get("primary_dashboard") is not None:
        dashboard = ProjectObject.objects.filter(pk=values["primary_dashboard"], type="dashboard").first()
        if dashboard is None:
            raise invalid(
                "primary_dashboard",
                f'Invalid pk "{values["primary_dashboard"]}" - object does not exist.',
                "does_not_exist",
            )
        if dashboard.project_id != project.pk:
            raise invalid("primary_dashboard", "Dashboard does not belong to this team.")


def check_retention(wanted: str, organization: Organization) -> None:
    """Above the plan 403; with no record of the entitlement at all the server fails."""
    feature = organization.feature("session_replay_data_retention")
    if feature is None:
        raise Unhandled("no entitlement of session_replay_data_retention")
    unit = {"day": 1, "month": 30, "year": 365}[feature.get("unit") or "day"]
    limit = feature.get("limit")
    if limit is not None and RETENTION_DAYS[wanted] > limit * unit:
        raise PermissionDenied(
            f"This organization does not have permission to set retention period of {wanted}."
        )


def check_logs(wanted: dict[str, Any], organization: Organization, project: Project | None) -> None:
    """One change of the retention per day; the server notes when."""
    if "retention_days" not in wanted:
        return
    stored = (project.setting("logs_settings") if project else None) or {}
    if wanted["retention_days"] == stored.get("retention_days", FREE_LOGS_RETENTION):
        wanted.setdefault("retention_last_updated", stored.get("retention_last_updated"))
        return
    if wanted["retention_days"] > FREE_LOGS_RETENTION and organization.feature("logs_retention") is None:
        raise PermissionDenied("This organization does not have permission to set a longer logs retention.")
    last = parse_datetime(stored.get("retention_last_updated") or "")
    if last is not None and (timezone.now() - last).total_seconds() < 86400:
        raise ValidationError("Logs retention can only be changed once every 24 hours.")
    wanted["retention_last_updated"] = moment(timezone.now())


def check_admin_only(values: Mapping[str, Any], level: int | None) -> None:
    """2026: most settings are for project admins; the answer lists the fields (3.4)."""
    if SWITCHES.age < 2026 or (level or 0) >= ADMIN:
        return
    refused = sorted(name for name in values if name not in BY_NAME or not BY_NAME[name].anybody)
    if refused:
        raise PermissionDenied(f"You must be a project admin to change these fields: {', '.join(refused)}")


def check_name(name: str, organization: Organization, project: Project | None) -> None:
    """2026: unique in the organization whatever the case; projects that are being deleted do not count."""
    if SWITCHES.age < 2026:
        return
    taken = Project.objects.filter(organization=organization, name__iexact=name, deletion_began_at=None)
    if project is not None:
        taken = taken.exclude(pk=project.pk)
    if taken.exists():
        raise Conflict(f"A project named '{name}' already exists in this organization.")


def check_limit(organization: Organization, *, is_demo: bool = False) -> None:
    """403, not 402: without the feature one project, else its limit; one demo project (3.5)."""
    living = living_projects().filter(organization=organization)
    if is_demo and living.filter(settings__is_demo=True).exists():
        raise PermissionDenied("You already have a demo project.")
    feature = organization.feature("organizations_projects")
    limit = 1 if feature is None else feature.get("limit")
    count = living.count()
    if (limit is not None and count >= limit) or count >= HARD_LIMIT_OF_PROJECTS:
        raise PermissionDenied(
            "You have reached the maximum limit of allowed projects for your current plan. "
            "Upgrade your plan to be able to create and manage more projects."
        )


def free_name(organization: Organization) -> str:
    """2026 numbers the default name if it is taken (3.4)."""
    name, number = "Default project", 1
    if SWITCHES.age >= 2026:
        taken = Project.objects.filter(organization=organization, deletion_began_at=None)
        while taken.filter(name__iexact=name).exists():
            number += 1
            name = f"Default project {number}"
    return name


def create_project(organization: Organization, values: Mapping[str, Any], user: User | None) -> Project:
    """A project with everything that PostHog makes along with it (3.5)."""
    given = dict(values)
    name = given.pop("name", None) or free_name(organization)
    description = given.pop("product_description", None)
    settings = defaults()
    if SWITCHES.age >= 2026:
        settings["anonymize_ips"] = organization.default_anonymize_ips
    settings.update({key: value for key, value in given.items() if key not in DROPPED_ON_CREATE})
    settings.setdefault("extra_settings", {"recorder_script": "posthog-recorder"})
    project = Project.objects.create(
        organization=organization,
        name=name,
        environment_name=name,
        product_description=description,
        settings=settings,
        created_by=user,
        demo_data_until=(
            timezone.now() + timedelta(seconds=SWITCHES.demo_data_seconds)
            if settings.get("is_demo")
            else None
        ),
    )
    dashboard = make_object(project, "dashboard", "My App Dashboard", user)
    settings["primary_dashboard"] = dashboard.pk
    settings["test_account_filters"] = internal_users(project, user)
    project.settings = settings
    project.save()
    HOG_FUNCTIONS.create(project, GEOIP, None, is_logged=False)
    if SWITCHES.sample_data == "all":
        sample_data.begin(project)
    if user is not None:
        # Every @current URL of that person means another project from now on.
        user.current_organization, user.current_project = organization, project
        user.save(update_fields=["current_organization", "current_project"])
    return project


def make_object(project: Project, type_: str, name: str, user: User | None) -> ProjectObject:
    """A dashboard, cohort, ... with its row in the tree."""
    thing = new_object(project, type_, name, user)
    file_object(thing, user)
    return thing


def internal_users(project: Project, user: User | None) -> list[dict[str, Any]]:
    """What `test_account_filters` becomes, whatever was sent."""
    if SWITCHES.age >= 2026:
        cohort = make_object(project, "cohort", "Internal / Test users", user)
        return [{"key": "id", "type": "cohort", "value": cohort.pk, "operator": "not_in"}]
    if user is None:
        return []
    domain = user.email.partition("@")[2]
    return [{"key": "email", "type": "person", "value": f"@{domain}", "operator": "not_icontains"}]
