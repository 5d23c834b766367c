"""What the plan that an organization pays for has (posthog-api.md 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.values.json_value import Json


def has_feature(organization: Mapping[str, Json], feature: str) -> bool:
    """Whether the plan has a feature such as "tagging"; an organization that does not say lacks nothing."""
    said = organization.get("available_product_features")
    return not isinstance(said, list) or any(
        isinstance(each, Mapping) and each.get("key") == feature for each in said
    )


def without_what_is_silent(
    kind: Kind, answer: Mapping[str, Json], organization: Callable[[], Mapping[str, Json]]
) -> Mapping[str, Json]:
    """An answer without the fields that it has empty because the organization's plan does not have them.

    PostHog takes them, keeps nothing of them, and does not say so (posthog-api-release.md 1.3).
    """
    empty = [
        field
        for field in kind.fields
        if field.feature and field.silent_when_null and answer.get(field.name) == []
    ]
    if not empty:
        return answer
    lost = {field.name for field in empty if not has_feature(organization(), str(field.feature))}
    return {name: value for name, value in answer.items() if name not in lost}
