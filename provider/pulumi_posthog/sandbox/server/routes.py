"""Every path that is served; each family is one line or a few (1.1: the trailing slash is optional)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from pulumi_posthog.sandbox.control import endpoints
from pulumi_posthog.sandbox.families.access_controls import (
    ObjectAccessControlView,
    ProjectAccessControlView,
    ResourceAccessControlView,
)
from pulumi_posthog.sandbox.families.access_settings import (
    READS,
    RULE_WRITES,
    AccessSettingsView,
    MemberProjectAccessView,
)
from pulumi_posthog.sandbox.families.activity_log import ActivityLogView
from pulumi_posthog.sandbox.families.batch_exports import OrganizationBatchExportView
from pulumi_posthog.sandbox.families.calculated_persons import CalculatedPersonsView
from pulumi_posthog.sandbox.families.catalog import VIEWS
from pulumi_posthog.sandbox.families.events import EventView
from pulumi_posthog.sandbox.families.exports import ExportView
from pulumi_posthog.sandbox.families.feature_flag_access import FeatureFlagRoleAccessView, ResourceAccessView
from pulumi_posthog.sandbox.families.feature_flags.view import CopyFlagsView
from pulumi_posthog.sandbox.families.file_system.shortcuts import FileSystemShortcutView
from pulumi_posthog.sandbox.families.file_system.tree import FileSystemTreeView
from pulumi_posthog.sandbox.families.hog_functions.templates import PublicTemplateView, TemplateView
from pulumi_posthog.sandbox.families.insights.trend import TrendView
from pulumi_posthog.sandbox.families.members import MemberView
from pulumi_posthog.sandbox.families.organizations import OrganizationView
from pulumi_posthog.sandbox.families.personal_api_keys import PersonalAPIKeyView
from pulumi_posthog.sandbox.families.persons import PersonView
from pulumi_posthog.sandbox.families.plugin_configs import PluginConfigView
from pulumi_posthog.sandbox.families.plugins import FAMILIES, PluginView, narrowed
from pulumi_posthog.sandbox.families.projects.projects import (
    EnvironmentOfProjectView,
    EnvironmentView,
    NestedEnvironmentView,
    ProjectView,
)
from pulumi_posthog.sandbox.families.queries import QueryView
from pulumi_posthog.sandbox.families.roles import RoleMembershipView, RoleView
from pulumi_posthog.sandbox.families.users import UserView
from pulumi_posthog.sandbox.rules.errors import endpoint_not_found
from pulumi_posthog.sandbox.rules.resource_types import COLLECTIONS
from pulumi_posthog.sandbox.rules.view import PostHogView
from pulumi_posthog.sandbox.server.index import Index

Methods = Mapping[str, str]

LIST: Methods = {"get": "list"}
COLLECTION: Methods = {"get": "list", "post": "create"}
WRITES: Methods = {"patch": "partial_update", "put": "update", "delete": "destroy"}
DETAIL: Methods = {"get": "retrieve", **WRITES}

ORGANIZATION = r"organizations/(?P<organization_id>[^/]+)"
# The families of a project are served under both prefixes, with one id (3.1).
PROJECTS = (r"projects/(?P<project_id>[^/]+)", r"environments/(?P<project_id>[^/]+)")
ID = r"(?P<id>[^/]+)"


def route(pattern: str, view: type[PostHogView], methods: Methods) -> URLPattern:
    """One URL."""
    return re_path(rf"^{pattern}/?$", view.as_view(dict(methods)))


def organization_routes() -> Iterator[URLPattern]:
    yield route(
        "users/(?P<uuid>[^/]+)", UserView, {"get": "retrieve", "patch": "partial_update", "put": "update"}
    )
    yield route("organizations", OrganizationView, LIST)
    yield route(ORGANIZATION, OrganizationView, DETAIL)
    yield route(f"{ORGANIZATION}/members", MemberView, LIST)
    yield route(f"{ORGANIZATION}/members/project_access", MemberProjectAccessView, LIST)
    yield route(f"{ORGANIZATION}/members/(?P<user_uuid>[^/]+)", MemberView, WRITES)
    yield route(f"personal_api_keys/{ID}", PersonalAPIKeyView, {"get": "retrieve"})
    yield route(f"{ORGANIZATION}/personal_api_keys", PersonalAPIKeyView, {"get": "of_organization"})
    yield route(f"{ORGANIZATION}/roles", RoleView, COLLECTION)
    yield route(f"{ORGANIZATION}/roles/{ID}", RoleView, DETAIL)
    memberships = rf"{ORGANIZATION}/roles/(?P<role_id>[^/]+)/role_memberships"
    yield route(memberships, RoleMembershipView, COLLECTION)
    yield route(f"{memberships}/{ID}", RoleMembershipView, {"get": "retrieve", "delete": "destroy"})


def plugin_routes() -> Iterator[URLPattern]:
    yield route(f"{ORGANIZATION}/plugins", PluginView, COLLECTION)
    yield route(f"{ORGANIZATION}/plugins/{ID}", PluginView, DETAIL)
    for family in FAMILIES:
        yield route(f"{ORGANIZATION}/pipeline_{family}s", narrowed(PluginView, family), LIST)
        yield route(
            f"{ORGANIZATION}/pipeline_{family}s/{ID}", narrowed(PluginView, family), {"get": "retrieve"}
        )
    yield from plugin_config_routes("plugin_configs", PluginConfigView)
    for family in FAMILIES:
        plural = {"frontend_app": "frontend_apps", "import_app": "import_apps"}.get(family, family)
        view = narrowed(PluginConfigView, family)
        yield from plugin_config_routes(f"pipeline_{plural}_configs", view)


def plugin_config_routes(name: str, view: type[PostHogView]) -> Iterator[URLPattern]:
    for project in PROJECTS:
        configs = f"{project}/{name}"
        yield route(f"{configs}", view, COLLECTION)
        yield route(f"{configs}/rearrange", view, {"patch": "rearrange"})
        yield route(f"{configs}/{ID}", view, DETAIL)
        yield route(f"{configs}/{ID}/frontend", view, {"get": "frontend"})
        yield route(f"{configs}/{ID}/job", view, {"post": "job"})
        yield route(f"{configs}/{ID}/migrate", view, {"post": "migrate"})
        yield route(f"{configs}/{ID}/activity", view, {"get": "activity"})


def project_routes() -> Iterator[URLPattern]:
    for prefix, view in (
        (f"{ORGANIZATION}/projects", ProjectView),
        ("projects", ProjectView),
        ("environments", EnvironmentView),
    ):
        detail = rf"{prefix}/(?P<project_id>[^/]+)"
        yield route(prefix, view, COLLECTION)
        yield route(detail, view, DETAIL)
        yield route(f"{detail}/activity", view, {"get": "activity"})
        yield route(f"{detail}/is_generating_demo_data", view, {"get": "is_generating_demo_data"})
        yield route(f"{detail}/change_organization", view, {"post": "change_organization"})
        for action in ("reset_token", "rotate_secret_token", "delete_secret_token_backup"):
            yield route(f"{detail}/{action}", view, {"patch": action})
    yield route(r"projects/(?P<project_id>[^/]+)/environments", NestedEnvironmentView, COLLECTION)
    nested = r"projects/(?P<parent_id>[^/]+)/environments/(?P<project_id>[^/]+)"
    yield route(nested, EnvironmentOfProjectView, DETAIL)
    rules = {"get": "list", "put": "update"}
    for project in PROJECTS:
        yield route(f"{project}/access_controls", ProjectAccessControlView, rules)
        with_access = {"get": "users_with_access"}
        yield route(f"{project}/users_with_access", ProjectAccessControlView, with_access)
        for name in ("resource_access_controls", "global_access_controls"):
            yield route(f"{project}/{name}", ResourceAccessControlView, rules)
        thing = rf"{project}/(?P<collection>{'|'.join(COLLECTIONS)})/(?P<resource_id>[^/]+)"
        yield route(f"{thing}/access_controls", ObjectAccessControlView, rules)
        yield route(f"{thing}/users_with_access", ObjectAccessControlView, with_access)
        yield route(f"{thing}/resource_access_controls", ObjectAccessControlView, {"put": "of_types"})
        for name in READS:
            yield route(f"{project}/access_control_{name}", AccessSettingsView, {"get": name})
        for name in RULE_WRITES:
            yield route(f"{project}/access_control_{name}", AccessSettingsView, {"put": name})
        yield route(f"{project}/activity_log", ActivityLogView, LIST)


def feature_flag_routes() -> Iterator[URLPattern]:
    yield route(f"{ORGANIZATION}/resource_access", ResourceAccessView, COLLECTION)
    yield route(f"{ORGANIZATION}/resource_access/{ID}", ResourceAccessView, DETAIL)
    yield route(f"{ORGANIZATION}/feature_flags/copy_flags", CopyFlagsView, {"post": "copy"})
    flag = rf"{PROJECTS[0]}/feature_flags/(?P<flag_id>[^/]+)/role_access"
    yield route(flag, FeatureFlagRoleAccessView, COLLECTION)
    yield route(f"{flag}/{ID}", FeatureFlagRoleAccessView, {"get": "retrieve", "delete": "destroy"})


def file_system_routes() -> Iterator[URLPattern]:
    for project in PROJECTS:
        rows = f"{project}/file_system"
        yield route(rows, FileSystemTreeView, COLLECTION)
        yield route(f"{rows}/count_by_path", FileSystemTreeView, {"post": "count_by_path"})
        yield route(f"{rows}/unfiled", FileSystemTreeView, {"get": "unfiled"})
        yield route(f"{rows}/undo_delete", FileSystemTreeView, {"post": "undo_delete"})
        yield route(f"{rows}/log_view", FileSystemTreeView, {"get": "log_view", "post": "log_view"})
        yield route(f"{rows}/{ID}", FileSystemTreeView, DETAIL)
        for action in ("move", "link", "count"):
            yield route(f"{rows}/{ID}/{action}", FileSystemTreeView, {"post": action})
        yield route(f"{project}/file_system_shortcut", FileSystemShortcutView, COLLECTION)
        for action in ("reorder", "bulk_update"):
            yield route(f"{project}/file_system_shortcut/{action}", FileSystemShortcutView, {"post": action})
        yield route(f"{project}/file_system_shortcut/{ID}", FileSystemShortcutView, DETAIL)


def analytics_routes() -> Iterator[URLPattern]:
    read = {"get": "retrieve"}
    for project in PROJECTS:
        persons = f"{project}/persons"
        yield route(persons, PersonView, LIST)
        yield route(f"{persons}/bulk_delete", PersonView, {"post": "bulk_delete"})
        yield route(f"{persons}/activity", PersonView, {"get": "activity_of_all"})
        for action in ("cohorts", "values"):
            yield route(f"{persons}/{action}", PersonView, {"get": action})
        for calculated in ("lifecycle", "retention", "stickiness", "trends"):
            yield route(f"{persons}/{calculated}", CalculatedPersonsView, {"get": calculated})
        for path_, calculated in (
            ("funnel", "funnel"),
            ("funnel/correlation", "correlation"),
            ("path", "path"),
        ):
            yield route(f"{persons}/{path_}", CalculatedPersonsView, {"get": calculated, "post": calculated})
        yield route(f"{persons}/{ID}", PersonView, DETAIL)
        for action in ("delete_property", "update_property", "split"):
            yield route(f"{persons}/{ID}/{action}", PersonView, {"post": action})
        for action in ("activity", "properties_timeline"):
            yield route(f"{persons}/{ID}/{action}", PersonView, {"get": action})
        yield route(f"{project}/events", EventView, LIST)
        yield route(f"{project}/events/values", EventView, {"get": "values"})
        yield route(f"{project}/events/{ID}", EventView, read)
        yield route(f"{project}/insights/trend", TrendView, {"get": "trend", "post": "trend"})
        yield route(f"{project}/query", QueryView, {"post": "create"})
        yield route(f"{project}/query/chat", QueryView, {"post": "chat"})
        yield route(f"{project}/query/{ID}", QueryView, {"get": "retrieve", "delete": "destroy"})
        yield route(f"{project}/exports", ExportView, COLLECTION)
        yield route(f"{project}/exports/{ID}", ExportView, read)
        yield route(f"{project}/exports/{ID}/content", ExportView, {"get": "content"})


def family_routes() -> Iterator[URLPattern]:
    """Of each family in the catalog: its collection, one object, and its actions."""
    for view in VIEWS:
        family = view.family
        parents = (ORGANIZATION,) if family.parent == "organization" else PROJECTS
        for parent in parents if family.under_environments else parents[:1]:
            collection = f"{parent}/{family.name}"
            for paths, actions in (
                (collection, [each for each in family.actions if not each.of_one]),
                (f"{collection}/{ID}", [each for each in family.actions if each.of_one]),
            ):
                methods: dict[str, dict[str, str]] = {}
                for action in actions:
                    methods.setdefault(action.path, {})[action.method] = action.name
                for path_, offered in methods.items():
                    yield route(f"{paths}/{path_}", view, offered)
            offered = {method: name for method, name in COLLECTION.items() if name in family.methods}
            yield route(collection, view, offered)
            offered = {method: name for method, name in DETAIL.items() if name in family.methods}
            yield route(f"{collection}/{ID}", view, offered)


def batch_export_routes() -> Iterator[URLPattern]:
    yield route(f"{ORGANIZATION}/batch_exports", OrganizationBatchExportView, COLLECTION)


def template_routes() -> Iterator[URLPattern]:
    for project in PROJECTS:
        yield route(f"{project}/hog_function_templates", TemplateView, LIST)
        yield route(f"{project}/hog_function_templates/{ID}", TemplateView, {"get": "retrieve"})
    yield route("public_hog_function_templates", PublicTemplateView, LIST)
    yield route(f"public_hog_function_templates/{ID}", PublicTemplateView, {"get": "retrieve"})


def schema(request: HttpRequest) -> HttpResponseBase:
    # The generator is only loaded when somebody asks: it takes a tenth of the start.
    from pulumi_posthog.sandbox.server.openapi import SchemaView

    return SchemaView.as_view()(request)


api: list[URLPattern | URLResolver] = [
    *organization_routes(),
    *plugin_routes(),
    *project_routes(),
    *feature_flag_routes(),
    *file_system_routes(),
    *analytics_routes(),
    *family_routes(),
    *template_routes(),
    *batch_export_routes(),
    re_path(r"^schema/?$", schema),
    re_path(r"", endpoint_not_found),
]

urlpatterns: list[URLPattern | URLResolver] = [
    Index("api/", api),
    path("_sandbox/", include(endpoints.urls())),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
