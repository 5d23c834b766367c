"""Batch export for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class BatchExportConfigArgs(TypedDict, total=False):
    """What is in `config`.

    copy_inputs: For Redshift: where a `COPY` puts its files in between.
    """

    copy_inputs: pulumi.Input[Mapping[str, Any]]


class BatchExport(Resource):
    """A batch export copies a project's events, persons or sessions to a storage or a warehouse, at
    an interval.

    Arguments:
        project: The `id` of the project that it is in.
        type: Where it copies to: the `type` of PostHog's `destination`. New servers take `AwsS3`
            instead of `S3`.
        interval: How often it runs. PostHog has to switch on intervals of minutes for you.
        name: Shown in PostHog.
        config: The `config` of PostHog's `destination`. Write secrets, and the user too, as `!env
            NAME` or `!secret X`. (Such a tag is for YAML.)
        secret_config: The keys of `config` whose values are secret.
        integration: The integration with the credentials, as in `aws-s3/Acme`. Make it on PostHog's
            page. New servers need one.
        model: What is exported.
        paused: Whether it is paused.
        filters: Which events are copied: property filters.
        hogql_query: The query of a `hogql` export. Servers from before the middle of 2026 do not
            show it, so drift cannot see a change there.
        start_at: It copies nothing before this time, as in 2026-01-31T00:00:00Z.
        end_at: It copies nothing after this time, as in 2026-12-31T00:00:00Z.
        timezone: The time zone of the offsets. It is not the project's.
        offset_hour: The hour of the day at which it runs.
        offset_day: The day of the week on which it runs; 0 is Sunday.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        type: pulumi.Input[
            Literal[
                "S3",
                "AwsS3",
                "S3Compatible",
                "Snowflake",
                "Postgres",
                "Redshift",
                "BigQuery",
                "Databricks",
                "AzureBlob",
                "HTTP",
                "NoOp",
            ]
        ],
        interval: pulumi.Input[Literal["hour", "day", "week", "every 5 minutes", "every 15 minutes"]],
        name: pulumi.Input[str] | Unset = UNSET,
        config: pulumi.Input[BatchExportConfigArgs | Mapping[str, Any]] | Unset = UNSET,
        secret_config: pulumi.Input[BatchExportConfigArgs | Mapping[str, Any]] | Unset = UNSET,
        integration: pulumi.Input[int | str] | Unset | None = UNSET,
        model: pulumi.Input[Literal["events", "persons", "sessions", "hogql"]] | Unset = UNSET,
        paused: pulumi.Input[bool] | Unset = UNSET,
        filters: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | Unset | None = UNSET,
        hogql_query: pulumi.Input[str] | Unset = UNSET,
        start_at: pulumi.Input[str] | Unset | None = UNSET,
        end_at: pulumi.Input[str] | Unset | None = UNSET,
        timezone: pulumi.Input[str] | Unset = UNSET,
        offset_hour: pulumi.Input[int] | Unset | None = UNSET,
        offset_day: pulumi.Input[int] | Unset | None = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["batch_export"]
        given: dict[str, Any] = {
            "project": project,
            "type": type,
            "interval": interval,
            "name": name,
            "config": config,
            "secret_config": secret_config,
            "integration": integration,
            "model": model,
            "paused": paused,
            "filters": filters,
            "hogql_query": hogql_query,
            "start_at": start_at,
            "end_at": end_at,
            "timezone": timezone,
            "offset_hour": offset_hour,
            "offset_day": offset_day,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
