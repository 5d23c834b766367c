"""Site app for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class SiteApp(Resource):
    """A plugin configuration that injects a web app into the project's pages.

    Arguments:
        project: The `id` of the project that it is in.
        plugin: The installed plugin: its URL, or its name if that is unique.
        name: Shown in PostHog.
        description: The text that PostHog shows. Without it, PostHog shows the plugin's.
        enabled: Whether events are sent.
        order: Its place among the project's plugins. Without it, its place in the file or program
            decides when it is created.
        config: The plugin's own settings. Write secrets as `!env NAME` or `!secret name`, and files
            as `!file path`. (Such a tag is for YAML.)
        secret_config: The keys of `config` whose values are secret.
        config_files: The keys of `config` whose values are files, and the path of each: relative to
            the folder of Pulumi.yaml.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        plugin: pulumi.Input[int | str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        order: pulumi.Input[int] | Unset = UNSET,
        config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        config_files: pulumi.Input[Mapping[str, pulumi.Input[str]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["site_app"]
        given: dict[str, Any] = {
            "project": project,
            "plugin": plugin,
            "name": name,
            "description": description,
            "enabled": enabled,
            "order": order,
            "config": config,
            "secret_config": secret_config,
            "config_files": config_files,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
