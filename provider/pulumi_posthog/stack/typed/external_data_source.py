"""External data source for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ExternalDataSource(Resource):
    """A source of the data warehouse: tables of another system, which PostHog copies again and
    again.

    Arguments:
        project: The `id` of the project that it is in.
        source_type: What it is, as PostHog calls it: `Stripe`, `Postgres`.
        prefix: What the names of its tables begin with; `""` for nothing. Two sources of one type
            have two.
        access_method: Whether PostHog keeps a copy (`warehouse`) or asks there each time
            (`direct`).
        description: Shown in PostHog.
        job_inputs: How PostHog gets in: the fields of its form for such a source. Write secrets as
            `!env NAME` or `!secret X`. (Such a tag is for YAML.)
        secret_job_inputs: The keys of `job_inputs` whose values are secret.
        schemas: Its tables by name, and how each is fetched. Tables that are not declared stay as
            they are.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        source_type: pulumi.Input[str],
        prefix: pulumi.Input[str] | Unset = UNSET,
        access_method: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        job_inputs: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_job_inputs: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        schemas: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["external_data_source"]
        given: dict[str, Any] = {
            "project": project,
            "source_type": source_type,
            "prefix": prefix,
            "access_method": access_method,
            "description": description,
            "job_inputs": job_inputs,
            "secret_job_inputs": secret_job_inputs,
            "schemas": schemas,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
