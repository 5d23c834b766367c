"""Plugins and their configs: destinations, transformations, site apps (2.4, 6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.hog_functions.family import HOG_FUNCTIONS
from pulumi_posthog.sandbox.families.hog_functions.templates import BY_ID
from pulumi_posthog.sandbox.families.plugins import (
    CONFIGURE,
    Plugin,
    PluginAttachment,
    PluginConfig,
    families,
    represented_plugin,
    visible_plugins,
)
from pulumi_posthog.sandbox.families.site_apps import recompute_inject_web_apps
from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.activity import Changes
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.models import ActivityLog, User
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

SECRET_MASK = "**************** POSTHOG SECRET FIELD ****************"  # noqa: S105 - what stands for one


class PluginConfigInput(serializers.Serializer[Any]):
    """A config as it is written. `config` is not here: no JSON body can set it (6.3)."""

    id = serializers.IntegerField(read_only=True)
    plugin = serializers.PrimaryKeyRelatedField(queryset=Plugin.objects.all())
    enabled = serializers.BooleanField(required=False)
    order = serializers.IntegerField(min_value=-(2**31), max_value=2**31 - 1)
    config = serializers.JSONField(read_only=True)
    name = serializers.CharField(max_length=400, required=False, allow_null=True, allow_blank=True)
    description = serializers.CharField(max_length=1000, required=False, allow_null=True, allow_blank=True)
    deleted = serializers.BooleanField(required=False, allow_null=True)
    team_id = serializers.IntegerField(read_only=True)
    plugin_info = serializers.JSONField(read_only=True)


class RearrangeInput(serializers.Serializer[Any]):
    """Config id -> order (6.6)."""

    orders = serializers.DictField(child=serializers.IntegerField())


def secret_keys(plugin: Plugin) -> set[str]:
    """Only list-shaped schemas mark secrets (6.3)."""
    schema = plugin.config_schema
    if not isinstance(schema, list):
        return set()
    return {
        each["key"] for each in schema if isinstance(each, dict) and each.get("key") and each.get("secret")
    }


def represented_config(row: PluginConfig, *, with_plugin: bool) -> dict[str, Any]:
    """6.3."""
    secrets = secret_keys(row.plugin)
    config = {
        key: SECRET_MASK if key in secrets and value else value
        for key, value in row.config.items()
        if key not in secrets or value not in (None, "")
    }
    if row.pk:
        config.update(represented_attachments(row, secrets))
    item: dict[str, Any] = {
        "id": row.pk,
        "plugin": row.plugin_id,
        "enabled": row.enabled,
        "order": row.order,
        "config": config,
        "error": None,
        "team_id": row.project_id,
        "plugin_info": represented_plugin(row.plugin) if with_plugin else None,
        "delivery_rate_24h": None,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "name": row.name or row.plugin.name,
        "description": row.description or row.plugin.description,
        "deleted": row.deleted,
    }
    if SWITCHES.age >= 2026:
        del item["delivery_rate_24h"]
    return item


def represented_attachments(row: PluginConfig, secrets: set[str]) -> dict[str, Any]:
    """Files answer inside `config` (6.3)."""
    return {
        file.key: {
            "uid": -1 if file.key in secrets else file.pk,
            "saved": True,
            "size": -1 if file.key in secrets else file.file_size,
            "name": SECRET_MASK if file.key in secrets else file.file_name,
            "type": "application/octet-stream" if file.key in secrets else file.content_type,
        }
        for file in row.attachments.all()
    }


def config_of_form(request: Request) -> dict[str, Any] | None:
    """`config` travels as a JSON text in a form; bad JSON there fails with 500 (6.3)."""
    if (request.content_type or "").startswith("application/json"):
        return None
    text = request.data.get("config") if isinstance(request.data, Mapping) else None
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Unhandled("config is no JSON") from error
    if not isinstance(found, dict):
        raise Unhandled("config is no object")
    return found


def merged_config(plugin: Plugin, stored: Mapping[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """The whole is replaced, but a secret that is absent or null stays; `""` clears it (6.3)."""
    merged = dict(sent)
    for key in secret_keys(plugin):
        if merged.get(key) is None:
            if key in stored:
                merged[key] = stored[key]
            else:
                merged.pop(key, None)
    return merged


class PluginConfigView(PostHogView):
    """`/api/projects/{id}/plugin_configs/` and the four families, which are filters over it (6.1, 6.2)."""

    scope_object = "plugin"
    serializer_class = PluginConfigInput
    family: ClassVar[str | None] = None
    urls_of_age = {"job": (2024, 2024), "migrate": (2025, 2026), "activity": (2025, 2026)}  # noqa: RUF012

    def of_project(self) -> QuerySet[PluginConfig]:
        return (
            PluginConfig.objects.select_related("plugin__organization")
            .prefetch_related("attachments")
            .filter(project=self.project)
            .order_by("order", "plugin_id", "id")
        )

    def in_family(self, row: PluginConfig) -> bool:
        """Whether a config is one of the URL's family: destinations, for example."""
        return self.family is None or self.family in families(row.plugin.capabilities)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        rows = [row for row in self.of_project().exclude(deleted=True) if self.in_family(row)]
        return self.page_response([represented_config(row, with_plugin=False) for row in self.page(rows)])

    def target(self) -> PluginConfig:
        """Also a deleted one (6.1)."""
        id_ = self.kwargs["id"]
        found = self.of_project().filter(pk=int(id_)).first() if id_.isdigit() else None
        if found is None or not self.in_family(found):
            raise NotFound
        return found

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented_config(self.target(), with_plugin=True))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = PluginConfigInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        if self.organization.plugins_access_level < CONFIGURE:
            raise ValidationError("Plugin configuration is not available for the current organization!")
        plugin: Plugin = values["plugin"]
        if not visible_plugins(self.organization).filter(pk=plugin.pk).exists():
            raise invalid("plugin", f'Invalid pk "{plugin.pk}" - object does not exist.', "does_not_exist")
        made = PluginConfig(
            project=self.project,
            plugin=plugin,
            order=values["order"],
            enabled=bool(values.get("enabled", False)) and not values.get("deleted"),
            name=values.get("name"),
            description=values.get("description"),
            deleted=values.get("deleted", False),
            config=merged_config(plugin, {}, config_of_form(request) or {}),
        )
        if not SWITCHES.makes_plugin_configs:
            return self.create_hog_function(made)
        made.save()
        self.change_attachments(made, request)
        log_config_change(made, {}, self.caller, enabled_before=False)
        recompute_inject_web_apps(self.project)
        return Response(represented_config(made, with_plugin=True), status=201)

    def create_hog_function(self, unsaved: PluginConfig) -> Response:
        """Since 2025: 201 with `id` null, or 400 without a template for the plugin (6.4)."""
        if not unsaved.plugin.has_hog_function_template:
            raise ValidationError("Plugins can no longer be created. Please use a destination instead.")
        HOG_FUNCTIONS.create(self.project, as_hog_function(unsaved), self.caller)
        return Response(represented_config(unsaved, with_plugin=True), status=201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        row = self.target()
        before, enabled_before = dict(row.config), row.enabled
        given = PluginConfigInput(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        values = {name: value for name, value in given.validated_data.items() if name != "plugin"}
        for name, value in values.items():
            setattr(row, name, value)
        if values.get("deleted"):
            row.enabled = False
        sent = config_of_form(request)
        if sent is not None:
            row.config = merged_config(row.plugin, before, sent)
        row.save()
        self.change_attachments(row, request)
        log_config_change(row, before, self.caller, enabled_before=enabled_before)
        recompute_inject_web_apps(self.project)
        return Response(represented_config(self.target(), with_plugin=True))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Disables; the row stays in the list. The family does not matter here (6.5)."""
        id_ = self.kwargs["id"]
        row = self.of_project().filter(pk=int(id_)).first() if id_.isdigit() else None
        if row is None:
            raise Unhandled("PluginConfig matching query does not exist.")
        was_enabled, row.enabled = row.enabled, False
        row.save()
        log_config_change(row, row.config, self.caller, enabled_before=was_enabled)
        recompute_inject_web_apps(self.project)
        return Response(status=204)

    def rearrange(self, request: Request, **_kwargs: Any) -> Response:
        """Answers all enabled configs of the project, whatever their family (6.6)."""
        given = RearrangeInput(data=request.data)
        given.is_valid(raise_exception=True)
        orders = given.validated_data["orders"]
        for row in self.of_project().filter(enabled=True):
            wanted = orders.get(str(row.pk))
            if wanted is None or wanted == row.order:
                continue
            before, row.order = row.order, wanted
            row.save()
            activity.log(
                scope="Plugin",
                activity="order_changed",
                item_id=row.pk,
                name=row.name or row.plugin.name,
                user=self.caller,
                project=self.project,
                changes=activity.changes("Plugin", {"order": before}, {"order": wanted}),
            )
        rows = self.of_project().filter(enabled=True)
        return Response([represented_config(row, with_plugin=False) for row in rows])

    def frontend(self, request: Request, **_kwargs: Any) -> HttpResponse:
        return HttpResponse(self.target().plugin.frontend_source, content_type="application/javascript")

    def job(self, request: Request, **_kwargs: Any) -> Response:
        self.target()
        return Response(status=200)

    def migrate(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        if not row.plugin.has_hog_function_template:
            raise ValidationError("No migration available for this plugin")
        return self.create_hog_function(row)

    def activity(self, request: Request, **_kwargs: Any) -> Response:
        rows = ActivityLog.objects.filter(
            team_id=self.project.pk, scope="PluginConfig", item_id=str(self.target().pk)
        )
        return activity.object_feed(request, rows)

    def change_attachments(self, row: PluginConfig, request: Request) -> None:
        """`add_attachment[<key>]` and `remove_attachment[<key>]` of a multipart body (6.3)."""
        for part, value in request.data.items() if isinstance(request.data, Mapping) else ():
            if not part.endswith("]"):
                continue
            if part.startswith("remove_attachment["):
                removed, _ = row.attachments.filter(key=part[18:-1]).delete()
                if removed:
                    log_attachment(row, "attachment_deleted", self.caller, part[18:-1])
            elif part.startswith("add_attachment[") and isinstance(value, UploadedFile):
                _, made = PluginAttachment.objects.update_or_create(
                    plugin_config=row,
                    key=part[15:-1],
                    defaults={
                        "file_name": value.name or "",
                        "content_type": value.content_type or "",
                        "file_size": value.size or 0,
                        "contents": value.read(),
                    },
                )
                what = "attachment_created" if made else "attachment_updated"
                log_attachment(row, what, self.caller, part[15:-1])


def as_hog_function(config: PluginConfig) -> dict[str, Any]:
    """What PostHog makes of a config; its template is named after the plugin's URL (6.4)."""
    plugin = config.plugin
    template = f"plugin-{(plugin.url or '').rstrip('/').rpartition('/')[2]}"
    schema = plugin.config_schema if isinstance(plugin.config_schema, list) else []
    return {
        "type": "transformation" if "transformation" in families(plugin.capabilities) else "destination",
        "name": config.name or plugin.name or "",
        "enabled": config.enabled,
        "hog": "return event",
        "template_id": template if template in BY_ID else None,
        "inputs_schema": [
            {"key": each["key"], "type": "string", "label": each["key"], "secret": bool(each.get("secret"))}
            for each in schema
            if each.get("key") and each.get("type") in {"string", "choice", "json"}
        ],
        "inputs": {key: {"value": value} for key, value in config.config.items() if isinstance(value, str)},
    }


def log_config(row: PluginConfig, what: str, user: User | None, changes: Changes) -> None:
    """6.7."""
    activity.log(
        scope="PluginConfig",
        activity=what,
        item_id=row.pk,
        name=row.name or row.plugin.name,
        user=user,
        project=row.project,
        changes=changes,
    )


def log_attachment(row: PluginConfig, what: str, user: User | None, key: str) -> None:
    """The fact, not the file."""
    change = {"type": "PluginConfig", "action": "changed", "field": key, "before": None, "after": None}
    log_config(row, what, user, [change])


def log_config_change(
    row: PluginConfig, before: Mapping[str, Any], user: User | None, *, enabled_before: bool
) -> None:
    """Only enabling, disabling and the config are logged, not name, description, order, deleted (6.7)."""
    if row.enabled != enabled_before:
        log_config(row, "enabled" if row.enabled else "disabled", user, [])
    secrets = secret_keys(row.plugin)
    changes = activity.changes("PluginConfig", before, row.config)
    for change in changes:
        if change["field"] in secrets:
            change["before"] = SECRET_MASK if change["before"] else None
            change["after"] = SECRET_MASK if change["after"] else None
    if changes:
        log_config(row, "config_updated", user, changes)
