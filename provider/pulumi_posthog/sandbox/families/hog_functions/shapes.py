"""The nested objects of a hog function; in a PATCH nothing in them is required or filled in (2.8)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

INPUT_TYPES = (
    "string",
    "number",
    "boolean",
    "dictionary",
    "choice",
    "json",
    "integration",
    "integration_field",
    "email",
)
INPUT_TYPES_OF_2026 = (
    *INPUT_TYPES,
    "integration_multi",
    "native_email",
    "posthog_assignee",
    "posthog_ticket_tags",
    "posthog_business_hours",
    "non_failure_status_codes",
)
SOURCES = ("events", "person-updates")
SOURCES_OF_2026 = (*SOURCES, "data-warehouse-table", "data-warehouse-view", "internal-events")
INTEGRATION_KEYS = ("integration", "integration_key", "integration_field", "requires_field", "requiredScopes")
BOOLEANS = ("required", "secret", "hidden")


class Choice(serializers.Serializer[Any]):
    """A choice of an input."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField()


class Templating(serializers.JSONField):
    """Whether texts of an input are templates, and of which language (2026)."""

    def to_internal_value(self, data: Any) -> Any:
        if data is True or data is False or data in {"hog", "liquid"}:
            return data
        raise serializers.ValidationError(f'"{data}" is not a valid choice.', code="invalid_choice")


class InputsSchemaItem(serializers.Serializer[Any]):
    """3.3, as 2025 takes it."""

    key = serializers.CharField()
    type = serializers.ChoiceField(choices=INPUT_TYPES)
    label = serializers.CharField(required=False, allow_blank=True)  # type: ignore[assignment]
    choices = Choice(many=True, required=False)
    description = serializers.CharField(required=False)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]
    default = serializers.JSONField(required=False)
    secret = serializers.BooleanField(default=False)
    hidden = serializers.BooleanField(default=False)
    integration = serializers.CharField(required=False)
    integration_key = serializers.CharField(required=False)
    integration_field = serializers.CharField(required=False)
    requires_field = serializers.CharField(required=False)
    requiredScopes = serializers.CharField(required=False)  # noqa: N815 - PostHog's name
    templating = serializers.BooleanField(required=False)


class InputsSchemaItemOf2026(InputsSchemaItem):
    """With more types, and with the language of its templates."""

    type = serializers.ChoiceField(choices=INPUT_TYPES_OF_2026)
    templating = Templating(required=False)  # type: ignore[assignment]


class Filters(serializers.Serializer[Any]):
    """2.6, as 2025 takes it."""

    source = serializers.ChoiceField(choices=SOURCES, default="events")  # type: ignore[assignment]
    actions = serializers.ListField(child=serializers.DictField(), required=False)
    events = serializers.ListField(child=serializers.DictField(), required=False)
    properties = serializers.ListField(child=serializers.DictField(), required=False)
    filter_test_accounts = serializers.BooleanField(required=False)


class FiltersOf2026(Filters):
    """With the data warehouse."""

    source = serializers.ChoiceField(choices=SOURCES_OF_2026, default="events")
    data_warehouse = serializers.ListField(child=serializers.DictField(), required=False)


class Masking(serializers.Serializer[Any]):
    """How often the same is let through."""

    ttl = serializers.IntegerField(min_value=60, max_value=86400)
    threshold = serializers.IntegerField(required=False, allow_null=True)
    hash = serializers.CharField()


class Mapping(serializers.Serializer[Any]):
    """One of several sets of inputs and filters."""

    name = serializers.CharField(required=False)
    inputs_schema = InputsSchemaItem(many=True, required=False)
    inputs = serializers.DictField(required=False)
    filters = Filters(required=False, allow_null=True)


class MappingOf2026(Mapping):
    """2026."""

    inputs_schema = InputsSchemaItemOf2026(many=True, required=False)
    filters = FiltersOf2026(required=False, allow_null=True)


def complete_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """As GET shows them."""
    return {"source": "events", **filters}


def complete_schema(schema: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As GET shows it."""
    return [{**item, **{name: item.get(name, False) for name in BOOLEANS}} for item in schema]
