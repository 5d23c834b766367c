"""The sandbox's page: every object under PostHog's name, to be changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.models import User as PageUser

from pulumi_posthog.sandbox import models

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

admin.site.site_header = "PostHog sandbox"
admin.site.site_title = "PostHog sandbox"
admin.site.index_title = "Change something by hand, then watch `pulumi preview` find it"
admin.site.unregister(Group)
admin.site.unregister(PageUser)


@admin.register(models.Organization)
class OrganizationAdmin(ModelAdmin):
    list_display = ("name", "slug", "id")


@admin.register(models.User)
class UserAdmin(ModelAdmin):
    list_display = ("email", "first_name", "uuid", "is_active")
    search_fields = ("email",)


@admin.register(models.OrganizationMembership)
class OrganizationMembershipAdmin(ModelAdmin):
    list_display = ("user", "organization", "level")


@admin.register(models.OrganizationInvite)
class OrganizationInviteAdmin(ModelAdmin):
    list_display = ("target_email", "organization", "level")


@admin.register(models.PersonalAPIKey)
class PersonalAPIKeyAdmin(ModelAdmin):
    list_display = ("label", "mask_value", "user", "scopes")


@admin.register(models.Project)
class ProjectAdmin(ModelAdmin):
    list_display = ("name", "id", "organization")


@admin.register(models.Role)
class RoleAdmin(ModelAdmin):
    list_display = ("name", "organization", "id")
    search_fields = ("name",)


@admin.register(models.RoleMembership)
class RoleMembershipAdmin(ModelAdmin):
    list_display = ("user", "role")
    list_filter = ("role",)


@admin.register(models.Plugin)
class PluginAdmin(ModelAdmin):
    list_display = ("name", "url", "id")


@admin.register(models.PluginConfig)
class PluginConfigAdmin(ModelAdmin):
    list_display = ("__str__", "plugin", "project", "enabled", "order", "deleted")


@admin.register(models.FileSystem)
class FileSystemAdmin(ModelAdmin):
    list_display = ("path", "type", "ref", "project")
    search_fields = ("path",)
    list_filter = ("type",)


for model in (
    models.ProjectObject,
    models.HogFunction,
    models.FileSystemShortcut,
    models.AccessControl,
    models.OrganizationResourceAccess,
    models.ActivityLog,
    models.PluginAttachment,
):
    admin.site.register(model)
