"""Feature flag for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class FeatureFlagFiltersGroupPropertieArgs(TypedDict, total=False):
    """What is in `filters.groups.*.properties.*`.

    type: What has the property: `person`, `cohort`, `group` or `flag`.
    key: The property's name. For a cohort it is `id`, for a flag `!ref feature_flag/KEY`. (Such a
        tag is for YAML.)
    operator: `exact`, `icontains`, `in`, ...
    value: What it is compared with. For a cohort it is `!ref cohort/NAME`. (Such a tag is for
        YAML.)
    group_type_index: For a group's property: the type of group, `!ref group_type/NAME`. (Such a tag
        is for YAML.)
    """

    type: Required[pulumi.Input[str]]
    key: Required[pulumi.Input[str | float]]
    operator: pulumi.Input[str | None]
    value: pulumi.Input[Any]
    group_type_index: pulumi.Input[Any]


class FeatureFlagFiltersGroupArgs(TypedDict, total=False):
    """What is in `filters.groups.*`.

    properties: People have to fit all of them.
    rollout_percentage: For how many of these people, in per cent. Null means all.
    variant: Which variant they get.
    description: Shown in PostHog.
    aggregation_group_type_index: The type of group that it is about.
    sort_key: Its place on PostHog's page.
    """

    properties: pulumi.Input[Sequence[pulumi.Input[FeatureFlagFiltersGroupPropertieArgs | Mapping[str, Any]]]]
    rollout_percentage: pulumi.Input[float | None]
    variant: pulumi.Input[str | None]
    description: pulumi.Input[str | None]
    aggregation_group_type_index: pulumi.Input[Any]
    sort_key: pulumi.Input[str | None]


class FeatureFlagFiltersMultivariateVariantArgs(TypedDict, total=False):
    """What is in `filters.multivariate.variants.*`.

    key: What your code gets.
    name: Shown in PostHog.
    description: Shown in PostHog.
    rollout_percentage: For how many people, in per cent. The percentages of all variants add up to
        100.
    """

    key: Required[pulumi.Input[str]]
    name: pulumi.Input[str | None]
    description: pulumi.Input[str | None]
    rollout_percentage: Required[pulumi.Input[float]]


class FeatureFlagFiltersMultivariateArgs(TypedDict, total=False):
    """What is in `filters.multivariate`.

    variants: The variants.
    """

    variants: Required[pulumi.Input[Sequence[pulumi.Input[FeatureFlagFiltersMultivariateVariantArgs]]]]


class FeatureFlagFiltersArgs(TypedDict, total=False):
    """What is in `filters`.

    groups: Release conditions. A person who fits one of them has the flag. The first that fits
        decides.
    multivariate: The variants, for a flag that is more than on and off.
    payloads: What your code gets with a variant, by its key, or with the flag, under `'true'`: any
        value.
    aggregation_group_type_index: Null means that it is for persons. For groups, it is their type,
        as in `!ref group_type/company`. (Such a tag is for YAML.)
    early_exit: Whether the search ends at a condition that fits a person who is outside of its
        rollout.
    """

    groups: Required[pulumi.Input[Sequence[pulumi.Input[FeatureFlagFiltersGroupArgs]]]]
    multivariate: pulumi.Input[FeatureFlagFiltersMultivariateArgs | None]
    payloads: pulumi.Input[Mapping[str, Any] | None]
    aggregation_group_type_index: pulumi.Input[Any]
    early_exit: pulumi.Input[bool | None]


class FeatureFlagEncryptedPayloadsArgs(TypedDict, total=False):
    """What is in `encrypted_payloads`.

    true: The value, as JSON text.
    """

    true: pulumi.Input[str]


class FeatureFlag(Resource):
    """A feature flag says for whom something is switched on, or which of several variants a person
    gets.

    Arguments:
        project: The `id` of the project that it is in.
        key: The key that your code asks for.
        name: What it is for; PostHog's page shows it below the key.
        filters: For whom it is on, in PostHog's own form. Without it, a new flag is on for
            everybody.
        active: Whether it is evaluated at all.
        archived: Whether it is archived. Only a flag that is not active can be.
        tags: Tags to find it by, in lower case.
        evaluation_contexts: In which parts of your product it is evaluated, in lower case. PostHog
            stores them only if it has switched this on for the organization.
        evaluation_runtime: Where it may be evaluated.
        bucketing_identifier: What decides which variant somebody gets: the person, or the device.
        ensure_experience_continuity: Whether a person keeps the variant after logging in.
        is_remote_configuration: Whether your code asks it for a value in `filters.payloads`,
            instead of for on or off.
        encrypted_payloads: The value of a remote configuration that PostHog keeps encrypted, as
            JSON text: `'true': !env NAME` or `'true': !secret name`. It makes the flag a remote
            configuration.
        secret_encrypted_payloads: The keys of `encrypted_payloads` whose values are secret.
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        key: pulumi.Input[str] | Unset = UNSET,
        name: pulumi.Input[str] | Unset = UNSET,
        filters: pulumi.Input[FeatureFlagFiltersArgs] | Unset = UNSET,
        active: pulumi.Input[bool] | Unset = UNSET,
        archived: pulumi.Input[bool] | Unset = UNSET,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        evaluation_contexts: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        evaluation_runtime: pulumi.Input[Literal["server", "client", "all"]] | Unset | None = UNSET,
        bucketing_identifier: pulumi.Input[Literal["distinct_id", "device_id"]] | Unset | None = UNSET,
        ensure_experience_continuity: pulumi.Input[bool] | Unset | None = UNSET,
        is_remote_configuration: pulumi.Input[bool] | Unset | None = UNSET,
        encrypted_payloads: pulumi.Input[FeatureFlagEncryptedPayloadsArgs] | Unset = UNSET,
        secret_encrypted_payloads: pulumi.Input[FeatureFlagEncryptedPayloadsArgs] | Unset = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["feature_flag"]
        given: dict[str, Any] = {
            "project": project,
            "key": key,
            "name": name,
            "filters": filters,
            "active": active,
            "archived": archived,
            "tags": tags,
            "evaluation_contexts": evaluation_contexts,
            "evaluation_runtime": evaluation_runtime,
            "bucketing_identifier": bucketing_identifier,
            "ensure_experience_continuity": ensure_experience_continuity,
            "is_remote_configuration": is_remote_configuration,
            "encrypted_payloads": encrypted_payloads,
            "secret_encrypted_payloads": secret_encrypted_payloads,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
