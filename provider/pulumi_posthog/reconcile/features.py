"""What the plan that an organization pays for has (posthog-api.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.values.json_value import Json


def has_feature(organization: Mapping[str, Json], feature: str) -> bool:
    """Whether the plan has a feature such as "tagging"; an organization that does not say lacks nothing."""
    said = organization.get("available_product_features")
    return not isinstance(said, list) or any(
        isinstance(each, Mapping) and each.get("key") == feature for each in said
    )
