"""The sandbox's page: every object under PostHog's name, to be changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.models import User as PageUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from pulumi_posthog.sandbox import by_hand, models
from pulumi_posthog.sandbox.closed_lists import CURRENCIES, TIMEZONES
from pulumi_posthog.sandbox.disturbances import second_actor
from pulumi_posthog.sandbox.project_changes import create_project
from pulumi_posthog.sandbox.project_settings import SETTINGS

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm

admin.site.site_header = "PostHog sandbox"
admin.site.site_title = "PostHog sandbox"
admin.site.index_title = "Change something by hand, then watch `pulumi preview` find it"
admin.site.unregister(Group)
admin.site.unregister(PageUser)


class ByHand(ModelAdmin):
    """What is changed here is in the activity log under the name of another admin than the key's owner."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        by_hand.save(obj, second_actor())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        by_hand.delete(obj, second_actor())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            by_hand.delete(row, second_actor())


@admin.register(models.Organization)
class OrganizationAdmin(ByHand):
    list_display = ("name", "slug", "id")


@admin.register(models.User)
class UserAdmin(ByHand):
    list_display = ("email", "first_name", "uuid", "is_active")
    search_fields = ("email",)
    exclude = ("hedgehog_config", "distinct_id")


@admin.register(models.OrganizationMembership)
class OrganizationMembershipAdmin(ByHand):
    list_display = ("user", "organization", "level")
    search_fields = ("user__email",)


@admin.register(models.OrganizationInvite)
class OrganizationInviteAdmin(ByHand):
    list_display = ("target_email", "organization", "level", "created_at")


@admin.register(models.PersonalAPIKey)
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
        model = models.Project
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


@admin.register(models.Project)
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
        if change or not isinstance(obj, models.Project):
            super().save_model(request, obj, form, change)
            return
        made = create_project(obj.organization, {**obj.settings, "name": obj.name}, None)
        obj.pk = made.pk


@admin.register(models.ProjectObject)
class ProjectObjectAdmin(ByHand):
    list_display = ("name", "type", "ref", "project", "deleted")
    list_filter = ("type",)
    exclude = ("created_by",)


@admin.register(models.Role)
class RoleAdmin(ByHand):
    list_display = ("name", "organization", "id")
    search_fields = ("name",)
    exclude = ("created_by",)


@admin.register(models.RoleMembership)
class RoleMembershipAdmin(ByHand):
    list_display = ("user", "role", "joined_at")
    list_filter = ("role",)
    fields = ("role", "user")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if isinstance(obj, models.RoleMembership):
            obj.organization_member = models.OrganizationMembership.objects.filter(
                organization=obj.role.organization_id, user=obj.user
            ).first()
        super().save_model(request, obj, form, change)


@admin.register(models.Plugin)
class PluginAdmin(ByHand):
    list_display = ("name", "url", "id")


@admin.register(models.PluginConfig)
class PluginConfigAdmin(ByHand):
    list_display = ("__str__", "plugin", "project", "enabled", "order", "deleted")


@admin.register(models.FileSystem)
class FileSystemAdmin(ByHand):
    list_display = ("path", "type", "ref", "project")
    search_fields = ("path",)
    list_filter = ("type",)
    exclude = ("created_by", "depth")


@admin.register(models.AccessControl)
class AccessControlAdmin(ByHand):
    list_display = ("resource", "resource_id", "organization_member", "role", "access_level")


@admin.register(models.ActivityLog)
class ActivityLogAdmin(ModelAdmin):
    list_display = ("created_at", "scope", "activity", "item_id", "user")
    ordering = ("-created_at",)


for model in (
    models.HogFunction,
    models.FileSystemShortcut,
    models.FeatureFlagRoleAccess,
    models.OrganizationResourceAccess,
    models.PluginAttachment,
):
    admin.site.register(model, ByHand)

# Registers itself; it needs `ByHand` of this module.
from pulumi_posthog.sandbox.analytics import admin as analytics_admin  # noqa: E402, F401
