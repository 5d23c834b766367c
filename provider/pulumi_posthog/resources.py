"""The resources for programs written in Python. Generated from the kinds: do not edit.

    web = Project("Web", name="Web", timezone="Europe/Berlin")
    PipelineDestination("orders", project=web.id, plugin="https://github.com/...", name="Orders", order=1)

A field that is left out is not managed; None says null to PostHog. Where the organization lives comes from
`address`, or from the stack's configuration (`Address.configured`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_posthog.entity import Address, Entity, declared
from pulumi_posthog.kind import UNSET, Unset
from pulumi_posthog.kinds import KINDS


class Project(Entity):
    """A project with its settings.

    Arguments:
        name: Unique within the organization, whatever its case.
        timezone: The time zone of dates and charts.
        app_urls: Where the toolbar may run.
        anonymize_ips: Drop IP addresses of events.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        timezone: pulumi.Input[str] | Unset = UNSET,
        app_urls: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        anonymize_ips: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["project"]
        values: dict[str, Any] = {
            "name": name,
            "timezone": timezone,
            "app_urls": app_urls,
            "anonymize_ips": anonymize_ips,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class Role(Entity):
    """A role of the organization.

    Arguments:
        name: Unique within the organization, whatever its case.
        feature_flags_access_level: What the role may do with feature flags: 21 view, 37 edit.
    """

    created_at: pulumi.Output[str]
    is_default: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        feature_flags_access_level: pulumi.Input[int] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role"]
        values: dict[str, Any] = {
            "name": name,
            "feature_flags_access_level": feature_flags_access_level,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class RoleMembership(Entity):
    """One member of one role, declared beside others that are left alone.

    Arguments:
        user: The member's e-mail address.
    """

    joined_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        user: pulumi.Input[str],
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role_membership"]
        values: dict[str, Any] = {
            "role": role,
            "user": user,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class RoleMembers(Entity):
    """Exactly these members of one role: others are removed, within the rails.

    Arguments:
        members: The members' e-mail addresses.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        role: pulumi.Input[str],
        members: pulumi.Input[Sequence[pulumi.Input[str]]],
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["role_members"]
        values: dict[str, Any] = {
            "role": role,
            "members": members,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class PipelineDestination(Entity):
    """A plugin configuration that exports a project's events.

    Arguments:
        plugin: The installed plugin: its URL, or its name where that is unique.
        name: Shown in PostHog.
        description: Shown in PostHog.
        enabled: Whether events are sent.
        order: Its place among the project's plugins; without it, its place in the file when it is
            created.
        config: The plugin's own settings. Write secrets as `!env NAME` or `!secret name`.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        plugin: pulumi.Input[int | str],
        name: pulumi.Input[str] | Unset | None = UNSET,
        description: pulumi.Input[str] | Unset | None = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        order: pulumi.Input[int] | Unset = UNSET,
        config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["pipeline_destination"]
        values: dict[str, Any] = {
            "project": project,
            "plugin": plugin,
            "name": name,
            "description": description,
            "enabled": enabled,
            "order": order,
            "config": config,
            "secret_config": secret_config,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class SiteApp(Entity):
    """A plugin configuration that injects a web app into the project's pages.

    Arguments:
        plugin: The installed plugin: its URL, or its name where that is unique.
        name: Shown in PostHog.
        description: Shown in PostHog.
        enabled: Whether events are sent.
        order: Its place among the project's plugins; without it, its place in the file when it is
            created.
        config: The plugin's own settings. Write secrets as `!env NAME` or `!secret name`.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        plugin: pulumi.Input[int | str],
        name: pulumi.Input[str] | Unset | None = UNSET,
        description: pulumi.Input[str] | Unset | None = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        order: pulumi.Input[int] | Unset = UNSET,
        config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["site_app"]
        values: dict[str, Any] = {
            "project": project,
            "plugin": plugin,
            "name": name,
            "description": description,
            "enabled": enabled,
            "order": order,
            "config": config,
            "secret_config": secret_config,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


class FileSystemEntry(Entity):
    """A folder, an item or a shortcut in a project's file system.

    Arguments:
        path: Segments joined by /; a / inside a segment is written \\/ and a \\ is written \\\\.
        type: folder, or the type of the object behind the row.
        ref: Id or short id of the object behind the row.
        href: Where a click leads.
        shortcut: Whether the row is a shortcut to an object filed elsewhere.
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        path: pulumi.Input[str],
        type: pulumi.Input[str],
        ref: pulumi.Input[str] | Unset | None = UNSET,
        href: pulumi.Input[str] | Unset | None = UNSET,
        shortcut: pulumi.Input[bool] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["file_system_entry"]
        values: dict[str, Any] = {
            "project": project,
            "path": path,
            "type": type,
            "ref": ref,
            "href": href,
            "shortcut": shortcut,
        }
        super().__init__(kind, resource_name, declared(kind, values), address or Address.configured(), opts)


__all__ = [
    "Address",
    "FileSystemEntry",
    "PipelineDestination",
    "Project",
    "Role",
    "RoleMembers",
    "RoleMembership",
    "SiteApp",
]
