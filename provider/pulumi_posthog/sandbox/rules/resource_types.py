"""Which types of resource have access rules, at which levels, since when (posthog-api-access.md 3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pulumi_posthog.sandbox.rules.ages import LATER_2026, Ages, generation, within

PROJECT_LEVELS = ("none", "member", "admin")
RESOURCE_LEVELS = ("none", "viewer", "editor", "manager")
SINCE_2025: Ages = (2025, 2026)
SINCE_2026: Ages = (2026, 2026)


@dataclass(frozen=True)
class ResourceType:
    """A type: its levels are those of `RESOURCE_LEVELS` from `minimum` to `maximum`."""

    name: str
    default: str = "editor"
    minimum: str = "none"
    maximum: str = "manager"
    ages: Ages = SINCE_2026
    parent: str | None = None
    """Whose type rules count in place of its own."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that a rule about it may give, from the lowest."""
        first, last = RESOURCE_LEVELS.index(self.minimum), RESOURCE_LEVELS.index(self.maximum)
        return RESOURCE_LEVELS[first : last + 1]


OF_2025 = "feature_flag dashboard insight notebook session_recording revenue_analytics survey experiment web_analytics"
OF_2026 = (
    "customer_analytics early_access_feature endpoint export external_data_source warehouse_objects heatmap "
    "hog_flow llm_analytics evaluation tagger llm_skill ai_observability_clusters sharing_configuration ticket "
    "error_tracking logs mcp_analytics metrics tracing replay_scanner llm_playground"
)
CHILDREN = {
    "warehouse_table": "warehouse_objects",
    "warehouse_view": "warehouse_objects",
    "dataset": "llm_analytics",
    "llm_provider_key": "llm_analytics",
    "llm_prompt": "llm_analytics",
    "account": "customer_analytics",
    "customer_journey": "customer_analytics",
    "experiment_saved_metric": "experiment",
    "experiment_holdout": "experiment",
    "dashboard_template": "dashboard",
    "marketing_analytics": "web_analytics",
    "vision_action": "replay_scanner",
    "vision_alert": "replay_scanner",
}
ALL_TYPES: tuple[ResourceType, ...] = (
    *(ResourceType(name, ages=SINCE_2025) for name in OF_2025.split()),
    ResourceType("action", minimum="viewer", ages=SINCE_2025),
    ResourceType("activity_log", default="viewer", maximum="viewer"),
    ResourceType("toolbar", default="viewer", maximum="viewer"),
    *(ResourceType(name) for name in OF_2026.split()),
    ResourceType("session_recording_playlist", ages=SINCE_2025, parent="session_recording"),
    *(ResourceType(name, parent=parent) for name, parent in CHILDREN.items()),
)
# Other nouns of scopes (posthog-api.md 1.3): a rule about them is stored and has no effect (3.4).
WITHOUT_EFFECT = [
    "annotation",
    "batch_export",
    "cohort",
    "dashboard_template",
    "event_definition",
    "evaluation",
    "export",
    "feature_flag",
    "file_system",
    "file_system_shortcut",
    "group",
    "hog_function",
    "insight_variable",
    "integration",
    "organization",
    "organization_member",
    "person",
    "plugin",
    "property_definition",
    "query",
    "subscription",
    "user",
    "webhook",
]
NO_OBJECT_RULES = [
    "activity_log",
    "error_tracking",
    "llm_playground",
    "logs",
    "mcp_analytics",
    "metrics",
    "revenue_analytics",
    "toolbar",
    "tracing",
    "web_analytics",
]
MORE_OBJECT_RULES = [
    "account",
    "canvas",
    "customer_journey",
    "dataset",
    "experiment_saved_metric",
    "llm_prompt",
    "llm_provider_key",
    "product_tour",
    "session_recording_playlist",
    "warehouse_table",
    "warehouse_view",
]
# Not served by `access_control_object_rules` (3.5).
NOT_BY_OBJECT_RULES = [
    "account",
    "customer_analytics",
    "customer_journey",
    "export",
    "llm_analytics",
    "sharing_configuration",
    "warehouse_objects",
]

# The last part but one of `/{collection}/{id}/access_controls/` -> the type (3.2).
COLLECTIONS: dict[str, str] = {
    "actions": "action",
    "dashboards": "dashboard",
    "datasets": "dataset",
    "early_access_feature": "early_access_feature",
    "endpoints": "endpoint",
    "evaluations": "evaluation",
    "external_data_sources": "external_data_source",
    "experiments": "experiment",
    "experiment_saved_metrics": "experiment_saved_metric",
    "feature_flags": "feature_flag",
    "insights": "insight",
    "notebooks": "notebook",
    "session_recordings": "session_recording",
    "session_recording_playlists": "session_recording_playlist",
    "surveys": "survey",
    "warehouse_tables": "warehouse_table",
    "warehouse_saved_queries": "warehouse_view",
}
COLLECTIONS_OF_2026 = {"evaluations", "external_data_sources"}


def types() -> dict[str, ResourceType]:
    """The types that the running age has, by name, children too."""
    return types_of(generation())


@cache
def types_of(of_generation: float) -> dict[str, ResourceType]:
    """Built once for each generation, while the server is that."""
    return {each.name: each for each in ALL_TYPES if within(each.ages)}


def type_of_collection(name: str) -> ResourceType | None:
    """What rules about one object of a collection are about; None where the running age serves none.

    The client of October 2025 has all of these URLs but those of 2026, also for types that had no rules of their own
    then: rules about their objects are stored.
    """
    type_ = types().get(COLLECTIONS[name])
    if type_ is None and generation() >= 2025 and name not in COLLECTIONS_OF_2026:
        return ResourceType(COLLECTIONS[name], ages=SINCE_2025)
    return type_


def with_type_rules() -> dict[str, ResourceType]:
    """The types whose own rules count, by name."""
    return {name: each for name, each in types().items() if each.parent is None}


def type_of(name: str) -> ResourceType | None:
    """What is known of a `resource`: one without effect has all levels. None: no such noun."""
    found = types().get(name)
    return found or (ResourceType(name) if name in WITHOUT_EFFECT else None)


def has_object_rules(name: str) -> bool:
    """Whether rules about one object exist (3.5, later 2026)."""
    own = name in with_type_rules() and name not in NO_OBJECT_RULES
    return own or (name in MORE_OBJECT_RULES and within((LATER_2026, 2026)))
