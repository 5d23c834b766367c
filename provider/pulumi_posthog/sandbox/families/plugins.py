"""Plugins, and the rows that belong to them (2.4, 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.columns import somewhere
from pulumi_posthog.sandbox.rules.models import Organization, Project
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView


class Plugin(models.Model):
    """An installed plugin; what its configs are is decided by its capabilities (2.4, 6.2)."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="plugins"
    )
    plugin_type = models.CharField(max_length=200, null=True, blank=True, default="repository")
    is_global = models.BooleanField(default=False)
    name = models.CharField(max_length=200, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    url = models.CharField(max_length=800, null=True, blank=True)
    icon = models.CharField(max_length=800, null=True, blank=True)
    config_schema = models.JSONField(default=list, blank=True)
    capabilities = models.JSONField(default=dict, blank=True)
    tag = models.CharField(max_length=200, null=True, blank=True)
    latest_tag = models.CharField(max_length=800, null=True, blank=True)
    metrics = models.JSONField(null=True, blank=True)
    public_jobs = models.JSONField(null=True, blank=True)
    frontend_source = models.TextField(blank=True, default="")
    has_hog_function_template = models.BooleanField(
        default=False, help_text="2025 and later: creating a config makes a hog function instead"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    heap_position = models.FloatField(default=somewhere, editable=False)

    class Meta:
        verbose_name = "Plugin"

    def __str__(self) -> str:
        return self.name or self.url or f"plugin {self.pk}"


class PluginConfig(models.Model):
    """A pipeline destination, transformation or site app of a project (6)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="plugin_configs")
    plugin = models.ForeignKey(Plugin, on_delete=models.CASCADE, related_name="configs")
    enabled = models.BooleanField(default=False)
    order = models.IntegerField()
    config = models.JSONField(default=dict, blank=True)
    name = models.CharField(max_length=400, null=True, blank=True)
    description = models.CharField(max_length=1000, null=True, blank=True)
    deleted = models.BooleanField(default=False, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Pipeline config (destination, transformation, site app)"
        verbose_name_plural = "Pipeline configs (destinations, transformations, site apps)"

    def __str__(self) -> str:
        return self.name or str(self.plugin)


class PluginAttachment(models.Model):
    """A file in the config of a plugin (6.3)."""

    plugin_config = models.ForeignKey(PluginConfig, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=200)
    file_size = models.IntegerField()
    contents = models.BinaryField()

    class Meta:
        verbose_name = "Plugin attachment"

    def __str__(self) -> str:
        return self.file_name


CONFIGURE, INSTALL = 3, 6


DESTINATION_METHODS = {"onEvent", "composeWebhook"}


ALL_METHODS = DESTINATION_METHODS | {"processEvent"}


def families(capabilities: Mapping[str, Any] | None) -> set[str]:
    """The families in whose lists the configs of such a plugin appear (6.2)."""
    methods = set((capabilities or {}).get("methods") or [])
    scheduled = (capabilities or {}).get("scheduled_tasks") or []
    found = set()
    if methods & DESTINATION_METHODS:
        found.add("destination")
    if "processEvent" in methods:
        found.add("transformation")
    if not methods and not scheduled:
        found.add("frontend_app")
    if scheduled or (methods and not methods & ALL_METHODS):
        found.add("import_app")
    return found


def represented_plugin(plugin: Plugin) -> dict[str, Any]:
    """2.4. Who makes plugin configs knows nothing of migrations to hog functions, as a server of 2024."""
    item = {
        "id": plugin.pk,
        "plugin_type": plugin.plugin_type,
        "name": plugin.name,
        "description": plugin.description,
        "url": plugin.url.split("?")[0] if plugin.url else plugin.url,
        "icon": plugin.icon,
        "config_schema": plugin.config_schema,
        "tag": plugin.tag,
        "latest_tag": plugin.latest_tag,
        "is_global": plugin.is_global,
        "organization_id": str(plugin.organization_id) if plugin.organization_id else None,
        "organization_name": plugin.organization.name if plugin.organization else None,
        "capabilities": plugin.capabilities,
        "metrics": plugin.metrics,
        "public_jobs": plugin.public_jobs,
        "hog_function_migration_available": plugin.has_hog_function_template,
        "created_at": moment(plugin.created_at),
        "updated_at": moment(plugin.updated_at),
    }
    if SWITCHES.makes_plugin_configs:
        del item["hog_function_migration_available"]
    return item


def visible_plugins(organization: Organization) -> QuerySet[Plugin]:
    """Own ones, global ones, and any that a project of the organization has a config of (2.4)."""
    in_use = PluginConfig.objects.filter(project__organization=organization).exclude(deleted=True)
    return (
        Plugin.objects.select_related("organization")
        .filter(Q(organization=organization) | Q(is_global=True) | Q(pk__in=in_use.values("plugin_id")))
        .order_by("heap_position")
    )


class PluginInput(serializers.Serializer[Any]):
    """What a plugin is installed from."""

    plugin_type = serializers.CharField(max_length=200, required=False, allow_null=True)
    name = serializers.CharField(max_length=200, required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    url = serializers.CharField(max_length=800, required=False, allow_null=True)
    config_schema = serializers.JSONField(required=False)
    is_global = serializers.BooleanField(read_only=True)
    capabilities = serializers.JSONField(read_only=True)


class PluginView(PostHogView):
    """`/api/organizations/{org}/plugins/` and the four narrowed lists (2.4)."""

    scope_object = "plugin"
    serializer_class = PluginInput
    family: ClassVar[str | None] = None

    def visible(self) -> QuerySet[Plugin]:
        return visible_plugins(self.organization)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        if self.organization.plugins_access_level < CONFIGURE:
            raise PermissionDenied("Your organization's plugin access level is insufficient.")
        rows: Any = self.visible()
        if self.family:
            # The capabilities are JSON; an organization has tens of plugins, not thousands.
            rows = [row for row in rows if self.family in families(row.capabilities)]
        return self.page_response([represented_plugin(each) for each in self.page(rows)])

    def target(self) -> Plugin:
        if self.organization.plugins_access_level < CONFIGURE:
            raise PermissionDenied("Your organization's plugin access level is insufficient.")
        id_ = self.kwargs["id"]
        found = self.visible().filter(pk=int(id_)).first() if id_.isdigit() else None
        if found is None:
            raise NotFound
        return found

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented_plugin(self.target()))

    def require_install(self) -> None:
        """403 for an organization that may not install plugins."""
        if self.organization.plugins_access_level < INSTALL:
            raise PermissionDenied("Your organization's plugin access level is insufficient.")

    def create(self, request: Request, **_kwargs: Any) -> Response:
        self.require_install()
        given = PluginInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        url = values.get("url")
        if url and Plugin.objects.filter(url=url).exists():
            raise ValidationError(f'Plugin from URL "{url}" already installed!')
        made = Plugin.objects.create(organization=self.organization, **values)
        return Response(represented_plugin(made), status=201)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        self.require_install()
        plugin = self.target()
        given = PluginInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        for name, value in given.validated_data.items():
            setattr(plugin, name, value)
        plugin.save()
        return Response(represented_plugin(plugin))

    update = partial_update

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        self.require_install()
        self.target().delete()
        return Response(status=204)


def narrowed(view: type[PostHogView], family: str) -> type[PostHogView]:
    """The same view, for one family."""
    name = f"{family.title().replace('_', '')}{view.__name__}"
    return type(name, (view,), {"family": family, "__doc__": view.__doc__})


FAMILIES = ("destination", "transformation", "frontend_app", "import_app")
