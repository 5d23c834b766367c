"""The sandbox's page: every object under PostHog's name, to be changed by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.models import User as PageUser
from django.db.models import Model
from django.http import HttpRequest

from pulumi_posthog.sandbox.control.by_hand_admin import ByHand, ModelAdmin, ModelForm
from pulumi_posthog.sandbox.families.catalog import FAMILIES
from pulumi_posthog.sandbox.families.chart_objects import DashboardText, DashboardTile
from pulumi_posthog.sandbox.families.feature_flag_access import FeatureFlagRoleAccess
from pulumi_posthog.sandbox.families.file_system.models import FileSystem, FileSystemShortcut
from pulumi_posthog.sandbox.families.invites import Mail
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.plugins import Plugin, PluginAttachment, PluginConfig
from pulumi_posthog.sandbox.families.projects.changes import create_project
from pulumi_posthog.sandbox.families.projects.closed_lists import CURRENCIES, TIMEZONES
from pulumi_posthog.sandbox.families.projects.settings import SETTINGS
from pulumi_posthog.sandbox.families.roles import OrganizationResourceAccess, Role, RoleMembership
from pulumi_posthog.sandbox.rules.models import (
    AccessControl,
    ActivityLog,
    Organization,
    OrganizationMembership,
    PersonalAPIKey,
    Project,
    User,
)

admin.site.site_header = "PostHog sandbox"
admin.site.site_title = "PostHog sandbox"
admin.site.index_title = "Change something by hand, then watch pulumi preview find it"
admin.site.unregister(Group)
admin.site.unregister(PageUser)


# What people come to change stands first; the rest follows by name.
FIRST = (
    "Project",
    "Role",
    "RoleMembership",
    "OrganizationMembership",
    "HogFunction",
    "PluginConfig",
    "FileSystem",
)
by_name = admin.site.get_app_list


def that_matters_first(request: HttpRequest, app_label: str | None = None) -> list[Any]:
    """All models of the page."""
    apps: list[Any] = by_name(request, app_label)
    for app in apps:
        app["models"].sort(
            key=lambda model: ([*FIRST, model["object_name"]].index(model["object_name"]), model["name"])
        )
    return apps


admin.site.get_app_list = that_matters_first  # type: ignore[method-assign]


@admin.register(Organization)
class OrganizationAdmin(ByHand):
    list_display = ("name", "slug", "id")


@admin.register(User)
class UserAdmin(ByHand):
    list_display = ("email", "first_name", "uuid", "is_active")
    search_fields = ("email",)
    exclude = ("hedgehog_config", "distinct_id")


@admin.register(OrganizationMembership)
class OrganizationMembershipAdmin(ByHand):
    list_display = ("user", "organization", "level")
    search_fields = ("user__email",)


@admin.register(PersonalAPIKey)
class PersonalAPIKeyAdmin(ModelAdmin):
    list_display = ("label", "mask_value", "user", "scopes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A key is shown once, to who makes it: POST /_sandbox/keys."""
        return False


def setting_field(name: str, default: Any) -> forms.Field:
    """A setting as a field of the form."""
    if name == "timezone":
        return forms.ChoiceField(choices=[(each, each) for each in TIMEZONES])
    if name == "base_currency":
        return forms.ChoiceField(choices=[(each, each) for each in CURRENCIES])
    if isinstance(default, bool):
        return forms.BooleanField(required=False)
    return forms.JSONField(required=False, help_text='JSON: null, true, 3, "text", [...] or {...}')


class ProjectForm(ModelForm):
    """One field per setting instead of one text with eighty."""

    class Meta:
        model = Project
        exclude = ("settings", "deletion_began_at", "created_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for setting in SETTINGS:
            if not setting.exists("environment"):
                continue
            field = setting_field(setting.name, setting.default)
            field.initial = self.instance.settings.get(setting.name, setting.default)
            self.fields[setting.name] = field

    def save(self, commit: bool = True) -> Any:
        settings = dict(self.instance.settings)
        for setting in SETTINGS:
            if setting.name in self.changed_data:
                settings[setting.name] = self.cleaned_data[setting.name]
        self.instance.settings = settings
        return super().save(commit=commit)


@admin.register(Project)
class ProjectAdmin(ByHand):
    form = ProjectForm
    list_display = ("name", "id", "organization", "deletion_began_at")
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The form's own: Django would only look for columns of the table."""
        return list(self.form(instance=obj).fields)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return self.form

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if change or not isinstance(obj, Project):
            super().save_model(request, obj, form, change)
            return
        made = create_project(obj.organization, {**obj.settings, "name": obj.name}, None)
        obj.pk = made.pk


@admin.register(ProjectObject)
class ProjectObjectAdmin(ByHand):
    list_display = ("name", "type", "ref", "project", "deleted")
    list_filter = ("type",)
    exclude = ("created_by",)


@admin.register(Role)
class RoleAdmin(ByHand):
    list_display = ("name", "organization", "id")
    search_fields = ("name",)
    exclude = ("created_by",)


@admin.register(RoleMembership)
class RoleMembershipAdmin(ByHand):
    list_display = ("user", "role", "joined_at")
    list_filter = ("role",)
    fields = ("role", "user")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if isinstance(obj, RoleMembership):
            obj.organization_member = OrganizationMembership.objects.filter(
                organization=obj.role.organization_id, user=obj.user
            ).first()
        super().save_model(request, obj, form, change)


@admin.register(Plugin)
class PluginAdmin(ByHand):
    list_display = ("name", "url", "id")


@admin.register(PluginConfig)
class PluginConfigAdmin(ByHand):
    list_display = ("__str__", "plugin", "project", "enabled", "order", "deleted")


@admin.register(FileSystem)
class FileSystemAdmin(ByHand):
    list_display = ("path", "type", "ref", "project")
    search_fields = ("path",)
    list_filter = ("type",)
    exclude = ("created_by", "depth")


@admin.register(AccessControl)
class AccessControlAdmin(ByHand):
    list_display = ("project", "resource", "resource_id", "organization_member", "role", "access_level")
    list_filter = ("resource", "access_level")


@admin.register(DashboardTile)
class DashboardTileAdmin(ByHand):
    list_display = ("dashboard", "insight", "text", "color", "layouts", "deleted")
    list_filter = ("dashboard", "deleted")


@admin.register(ActivityLog)
class ActivityLogAdmin(ModelAdmin):
    list_display = ("created_at", "scope", "activity", "item_id", "user")
    ordering = ("-created_at",)


for model in (
    FileSystemShortcut,
    FeatureFlagRoleAccess,
    OrganizationResourceAccess,
    PluginAttachment,
    Mail,
    DashboardText,
):
    admin.site.register(model, ByHand)

for family in FAMILIES:
    words = {"list_display": family.on_page, "exclude": family.not_on_page}
    admin.site.register(family.model, type(f"{family.model.__name__}Admin", (ByHand,), words))
