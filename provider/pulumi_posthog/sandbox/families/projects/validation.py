"""What PostHog refuses in a project's settings, field by field (3.4)."""

from __future__ import annotations

import json
import re
from typing import Any

from rest_framework import serializers

from pulumi_posthog.sandbox.families.projects.closed_lists import HOGQL_MODIFIERS
from pulumi_posthog.sandbox.rules.switches import SWITCHES

PROPERTY_TYPES = {
    "meta",
    "event",
    "event_metadata",
    "person",
    "person_metadata",
    "element",
    "feature",
    "session",
    "cohort",
    "recording",
    "log_entry",
    "group",
    "hogql",
    "data_warehouse",
    "data_warehouse_person_property",
    "error_tracking_issue",
    "revenue_analytics",
    "flag",
    "log",
}


class JSONObject(serializers.JSONField):
    """An object, or null where the setting allows it."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            raise serializers.ValidationError("Must provide a dictionary or `None`.")
        self.check(value)
        return self.normal(value)

    def check(self, value: dict[str, Any]) -> None:
        """Raise what PostHog raises."""

    def normal(self, value: dict[str, Any]) -> dict[str, Any]:
        """As it is stored."""
        return value

    def refuse_unknown_keys(self, value: dict[str, Any], known: set[str]) -> None:
        """400 for a key that is not known."""
        if not value.keys() <= known:
            names = " and ".join(f"`{name}`" for name in sorted(known))
            raise serializers.ValidationError(f"Must provide a dictionary with only {names} keys.")


class JSONList(serializers.JSONField):
    """A list of anything."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, list):
            raise serializers.ValidationError("Must provide a list.")
        self.check(value)
        return value

    def check(self, value: list[Any]) -> None:
        """Raise what PostHog raises."""


class Domains(serializers.ListField):
    """Null items are dropped; order is kept."""

    def to_internal_value(self, data: Any) -> list[Any]:
        return [item for item in super().to_internal_value(data) if item is not None]


class AppURLs(Domains):
    """2026 refuses a wildcard where it would represent other people's sites (15)."""

    def to_internal_value(self, data: Any) -> list[Any]:
        urls = super().to_internal_value(data)
        if SWITCHES.age >= 2026:
            for url in urls:
                host = re.sub(r"^[a-z*]+://", "", url, flags=re.IGNORECASE).split("/")[0]
                if any("*" in label for label in host.split(":")[0].split(".")[-2:]):
                    raise serializers.ValidationError(f"URL {url} has a wildcard in its domain.")
        return urls


def app_urls(**options: Any) -> serializers.ListField:
    return AppURLs(child=serializers.CharField(max_length=200, allow_null=True), **options)


def display_names(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=400), **options)


def integer(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(**options)


class SampleRate(serializers.DecimalField):
    """Answers a text with two places, whatever was sent (3.4)."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        return None if value is None else format(value, ".2f")


def sample_rate(**options: Any) -> SampleRate:
    return SampleRate(max_digits=3, decimal_places=2, min_value=0, max_value=1, **options)


class TimeOfDay(serializers.TimeField):
    """Stored as it answers."""

    def to_internal_value(self, value: Any) -> Any:
        return super().to_internal_value(value).isoformat()


def time_of_day(**options: Any) -> TimeOfDay:
    return TimeOfDay(**options)


class PropertyFilters(JSONList):
    """2026 looks into every filter."""

    def check(self, value: list[Any]) -> None:
        if SWITCHES.age < 2026:
            return
        for each in value:
            if not isinstance(each, dict) or "type" not in each or "key" not in each:
                raise serializers.ValidationError("Each filter must be an object with a key and a type.")
            if each["type"] not in PROPERTY_TYPES:
                raise serializers.ValidationError(f"Unknown property filter type: {each['type']}")


class PathCleaningFilters(JSONList):
    """2026: every regex compiles, its back-references exist, none is empty."""

    def check(self, value: list[Any]) -> None:
        if SWITCHES.age < 2026:
            return
        for each in value:
            pattern = each.get("regex") if isinstance(each, dict) else None
            if not isinstance(pattern, str) or not pattern:
                raise serializers.ValidationError("Path cleaning rules need a regex.")
            try:
                groups = re.compile(pattern).groups
            except re.error as error:
                raise serializers.ValidationError(f"Invalid regex in path cleaning rule: {error}") from error
            referred = [int(found) for found in re.findall(r"\\(\d)", str(each.get("alias") or ""))]
            if any(number > groups for number in referred):
                raise serializers.ValidationError("The alias refers to a group that the regex does not have.")


class ErrorsToIgnore(serializers.JSONField):
    """A list of texts, 300 characters in all; the list check refuses the null that the column allows."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if not isinstance(value, list):
            raise serializers.ValidationError(
                "Must provide a list for field: autocapture_exceptions_errors_to_ignore."
            )
        if any(not isinstance(item, str) for item in value):
            raise serializers.ValidationError(
                "Must provide a list of strings to field: autocapture_exceptions_errors_to_ignore."
            )
        if len(json.dumps(value)) > 300:
            raise serializers.ValidationError(
                "Field autocapture_exceptions_errors_to_ignore must be less than 300 characters."
            )
        return value


class LinkedFlag(JSONObject):
    """Exactly `id` and `key`, perhaps `variant`."""

    def check(self, value: dict[str, Any]) -> None:
        if set(value) - {"variant"} != {"id", "key"}:
            raise serializers.ValidationError("Must provide a dictionary with only `id` and `key` keys.")
        if SWITCHES.age >= 2026:
            try:
                int(value["id"])
            except (TypeError, ValueError) as error:
                raise serializers.ValidationError("The flag's id must be a number.") from error

    def normal(self, value: dict[str, Any]) -> dict[str, Any]:
        return {**value, "id": int(value["id"])} if SWITCHES.age >= 2026 else value


class NetworkPayloadCapture(JSONObject):
    def check(self, value: dict[str, Any]) -> None:
        self.refuse_unknown_keys(value, {"recordHeaders", "recordBody"})


class Masking(JSONObject):
    def check(self, value: dict[str, Any]) -> None:
        types = {"maskAllInputs": bool, "maskTextSelector": str, "blockSelector": str}
        self.refuse_unknown_keys(value, set(types))
        for name, item in value.items():
            if not isinstance(item, types[name]):
                raise serializers.ValidationError(f"The value of `{name}` has the wrong type.")


class URLMatches(JSONList):
    """Items `{url, matching}`."""

    def check(self, value: list[Any]) -> None:
        for each in value:
            if not isinstance(each, dict) or not {"url", "matching"} <= each.keys():
                raise serializers.ValidationError("Each item must be an object with `url` and `matching`.")


class TriggerGroups(JSONObject):
    def check(self, value: dict[str, Any]) -> None:
        groups = value.get("groups")
        if value.get("version") != 2 or not isinstance(groups, list):
            raise serializers.ValidationError("Must provide `version` 2 and a list of `groups`.")
        for group in groups:
            if not isinstance(group, dict) or not {"id", "sampleRate", "conditions"} <= group.keys():
                raise serializers.ValidationError("Each group needs `id`, `sampleRate` and `conditions`.")
            if not is_number(group["sampleRate"]) or not 0 <= group["sampleRate"] <= 1:
                raise serializers.ValidationError("`sampleRate` must be between 0 and 1.")
            least = group.get("minDurationMs", 0)
            if not is_number(least) or not 0 <= least <= 30000:
                raise serializers.ValidationError("`minDurationMs` must be between 0 and 30000.")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class SessionReplay(JSONObject):
    def check(self, value: dict[str, Any]) -> None:
        self.refuse_unknown_keys(value, {"record_canvas", "ai_config"})


class Modifiers(JSONObject):
    def check(self, value: dict[str, Any]) -> None:
        for name in value:
            if name not in HOGQL_MODIFIERS:
                raise serializers.ValidationError(f"{name} is not a known HogQL modifier.")


class OptionalObject(JSONObject):
    """Null is ignored, as `{}` is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "allow_null": True})


class RevenueAnalytics(OptionalObject):
    def check(self, value: dict[str, Any]) -> None:
        if not isinstance(value.get("events", []), list) or not isinstance(value.get("goals", []), list):
            raise serializers.ValidationError("`events` and `goals` are lists.")


class MarketingAnalytics(OptionalObject):
    def check(self, value: dict[str, Any]) -> None:
        days = value.get("attribution_window_days", 90)
        if not is_number(days) or not 1 <= days <= 90:
            raise serializers.ValidationError({"attribution_window_days": ["Must be between 1 and 90."]})
        if not isinstance(value.get("sources_map", {}), dict):
            raise serializers.ValidationError({"sources_map": ["Must be an object."]})


class LogsSettings(JSONObject):
    def check(self, value: dict[str, Any]) -> None:
        if value.get("retention_days", 14) not in {14, 30}:
            raise serializers.ValidationError("`retention_days` is 14 or 30.")


class AccessControlSwitch(serializers.BooleanField):
    """2026: any value but null is refused; access controls took its place (9)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "allow_null": SWITCHES.age >= 2026})

    def to_internal_value(self, data: Any) -> Any:
        if SWITCHES.age >= 2026:
            raise serializers.ValidationError(
                "The access_control field is gone: use access controls instead."
            )
        return super().to_internal_value(data)
