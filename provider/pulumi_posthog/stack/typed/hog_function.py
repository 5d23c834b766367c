"""Hog function for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class HogFunctionInputsSchemaArgs(TypedDict, total=False):
    """What is in `inputs_schema.*`.

    key: Its name in `inputs` and in the code.
    type: what it is: `string`, `number`, `boolean`, `dictionary`, `choice`, `json`, `integration`,
        `email`, ...
    label: Shown in PostHog.
    description: Shown in PostHog.
    required: Whether it has to have a value.
    secret: Whether it is a secret, which PostHog shows to nobody.
    hidden: Whether PostHog's page does not show it.
    """

    key: Required[pulumi.Input[str]]
    type: Required[pulumi.Input[str]]
    label: pulumi.Input[str]
    description: pulumi.Input[str]
    required: pulumi.Input[bool]
    secret: pulumi.Input[bool]
    hidden: pulumi.Input[bool]


class HogFunctionFiltersArgs(TypedDict, total=False):
    """What is in `filters`.

    events: Any of these events.
    actions: Any of these actions. Each has an `id`, as in `!ref action/Signed up`. (Such a tag is
        for YAML.)
    properties: What the event also has to have.
    data_warehouse: Tables of the data warehouse.
    filter_test_accounts: Whether internal and test users are left out.
    source: `events`, `person-updates`, ...
    """

    events: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    actions: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]]
    properties: pulumi.Input[Sequence[pulumi.Input[Any]]]
    data_warehouse: pulumi.Input[Sequence[pulumi.Input[Any]]]
    filter_test_accounts: pulumi.Input[bool]
    source: pulumi.Input[str]


class HogFunctionMappingInputsSchemaArgs(TypedDict, total=False):
    """What is in `mappings.*.inputs_schema.*`.

    key: Its name in `inputs` and in the code.
    type: what it is: `string`, `number`, `boolean`, `dictionary`, `choice`, `json`, `integration`,
        `email`, ...
    label: Shown in PostHog.
    description: Shown in PostHog.
    required: Whether it has to have a value.
    secret: Whether it is a secret, which PostHog shows to nobody.
    hidden: Whether PostHog's page does not show it.
    """

    key: Required[pulumi.Input[str]]
    type: Required[pulumi.Input[str]]
    label: pulumi.Input[str]
    description: pulumi.Input[str]
    required: pulumi.Input[bool]
    secret: pulumi.Input[bool]
    hidden: pulumi.Input[bool]


class HogFunctionMappingArgs(TypedDict, total=False):
    """What is in `mappings.*`.

    name: Shown in PostHog.
    filters: Which events it is for.
    inputs: Its inputs: plain values. No secret may be here.
    inputs_schema: Which inputs it has.
    """

    name: pulumi.Input[str]
    filters: pulumi.Input[Mapping[str, Any]]
    inputs: pulumi.Input[Mapping[str, Any]]
    inputs_schema: pulumi.Input[
        Sequence[pulumi.Input[HogFunctionMappingInputsSchemaArgs | Mapping[str, Any]]]
    ]


class HogFunctionMaskingArgs(TypedDict, total=False):
    """What is in `masking`.

    ttl: For how many seconds.
    hash: A Hog template.
    threshold: After how many events.
    """

    ttl: Required[pulumi.Input[int]]
    hash: Required[pulumi.Input[str]]
    threshold: pulumi.Input[int | None]


class HogFunction(Resource):
    """A hog function is code that PostHog runs for events: a destination, a transformation or a
    site app. It uses a template or your own code.

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        type: What it is. PostHog does not take it from the template.
        template: The id of the template that it is made from, such as `template-webhook`.
        description: A text that PostHog shows. Without it, PostHog shows the template's.
        enabled: Whether it runs.
        hog: Its code, as in `!text fn.hog`. It is written in Hog, or in TypeScript for a web page.
            A template has its own code. (Such a tag is for YAML.)
        inputs_schema: Which inputs the code takes. A template has its own.
        inputs: The values of its inputs, by key. Write secrets as `!env NAME` or `!secret name`, an
            integration as `slack/Acme` (it is made on PostHog's page), a Liquid template as
            `{value: ..., templating: liquid}`. (Such a tag is for YAML.)
        secret_inputs: The keys of `inputs` whose values are secret.
        filters: Which events it is for: `events`, `actions`, `properties`, `filter_test_accounts`,
            `source`.
        mappings: For a destination: what it does for which events, instead of the events in
            `filters`.
        masking: How often it may run for events with the same `hash`: `ttl` in seconds, and a
            `threshold`.
        icon_url: Its picture. Without it, PostHog shows the template's.
        execution_order: For a transformation: its place in the order. Without it, its place in the
            file or program decides.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        type: pulumi.Input[
            Literal[
                "destination",
                "site_destination",
                "internal_destination",
                "source_webhook",
                "site_app",
                "transformation",
                "transformation_log",
            ]
        ]
        | Unset = UNSET,
        template: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        hog: pulumi.Input[str] | Unset = UNSET,
        inputs_schema: pulumi.Input[Sequence[pulumi.Input[HogFunctionInputsSchemaArgs | Mapping[str, Any]]]]
        | Unset = UNSET,
        inputs: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        secret_inputs: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        filters: pulumi.Input[HogFunctionFiltersArgs] | Unset = UNSET,
        mappings: pulumi.Input[Sequence[pulumi.Input[HogFunctionMappingArgs]]] | Unset = UNSET,
        masking: pulumi.Input[HogFunctionMaskingArgs] | Unset | None = UNSET,
        icon_url: pulumi.Input[str] | Unset | None = UNSET,
        execution_order: pulumi.Input[int] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["hog_function"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "type": type,
            "template": template,
            "description": description,
            "enabled": enabled,
            "hog": hog,
            "inputs_schema": inputs_schema,
            "inputs": inputs,
            "secret_inputs": secret_inputs,
            "filters": filters,
            "mappings": mappings,
            "masking": masking,
            "icon_url": icon_url,
            "execution_order": execution_order,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
