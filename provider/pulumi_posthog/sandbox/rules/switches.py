"""What can be changed while the sandbox runs: the server's age, what it allows, how slow it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pulumi_posthog.sandbox.options import AGES, SAMPLE_DATA, Options, SandboxError
from pulumi_posthog.sandbox.rules.rates import Rate

Check = Callable[[str, Any], Any]


def one_of(*choices: Any) -> Check:
    """A check that lets these values pass, and raises SandboxError for any other."""

    def check(name: str, value: Any) -> Any:
        if value not in choices:
            raise SandboxError(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}")
        return value

    return check


def a_bool(name: str, value: Any) -> bool:
    """`value`, if it is true or false; raises SandboxError for any other."""
    if not isinstance(value, bool):
        raise SandboxError(f"{name} is true or false, not {value!r}")
    return value


def not_negative(name: str, value: Any) -> float:
    """`value` as a number that is not negative; raises SandboxError for any other."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise SandboxError(f"{name} is a number that is not negative, not {value!r}")
    return float(value)


def a_count(name: str, value: Any) -> int:
    """`value`, if it is a whole number that is not negative; raises SandboxError for any other."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SandboxError(f"{name} is a whole number that is not negative, not {value!r}")
    return value


def limits(name: str, value: Any) -> tuple[Rate, ...]:
    """Rate limits, each as in "480/min"; raises SandboxError for any other."""
    if not isinstance(value, list):
        raise SandboxError(f'{name} is a list such as ["480/min"], not {value!r}')
    return tuple(Rate.parse(str(text)) for text in value)


CHECKS: Mapping[str, Check] = {
    "age": one_of(*AGES),
    "later_2026": a_bool,
    "newest_2026": a_bool,
    "legacy_destinations": a_bool,
    "patch_clears_mappings": a_bool,
    "evaluation_contexts": a_bool,
    "rejects_flag_shapes": a_bool,
    "asks_flag_scope": a_bool,
    "legacy_insight_filters": a_bool,
    "alerts_beyond_trends": a_bool,
    "sends_mail": a_bool,
    "invite_seconds": not_negative,
    "latency_ms": not_negative,
    "rate_limits": limits,
    "deletion_seconds": not_negative,
    "demo_data_seconds": not_negative,
    "export_seconds": not_negative,
    "query_seconds": not_negative,
    "query_timeout_seconds": not_negative,
    "query_cache_seconds": not_negative,
    "query_concurrency": a_count,
    "sample_data": one_of(*SAMPLE_DATA),
}
"""What `/_sandbox/settings` takes for each switch."""


@dataclass
class Switches:
    """One of these per process; a request reads it, `/_sandbox/settings` changes it."""

    age: int = 2026
    """Which generation of PostHog answers (0.1): 2024 is G24, 2025 is G25, 2026 is G26."""
    later_2026: bool = True
    """2026 in its later form, since about July: drafts, and batch exports that need an integration."""
    newest_2026: bool = False
    """On top of the later form of 2026: what copies of September have (posthog-api-access.md 14, G26+)."""
    legacy_destinations: bool = False
    """Creating a plugin config makes the row in every age; without it, only in 2024, as in PostHog (6.4)."""
    patch_clears_mappings: bool = False
    """A PATCH of a hog function without `mappings` sets them to null: a mistake of some servers of 2026."""
    evaluation_contexts: bool = True
    """PostHog's own switch `flag-evaluation-tags` (posthog-api-release.md 2.3)."""
    rejects_flag_shapes: bool = False
    """Later 2026: whether the rules about the shape of a flag reject or only watch (posthog-api-release.md 2.7)."""
    asks_flag_scope: bool = True
    """Later 2026: a survey or feature that changes a flag needs `feature_flag:write` (posthog-api-release.md 1.2)."""
    legacy_insight_filters: bool = False
    """2026: whether insights may still be written with filters from before there were queries."""
    alerts_beyond_trends: bool = False
    """Later 2026: PostHog's own switches for alerts about SQL and funnels (posthog-api-analytics.md 4.3)."""
    sends_mail: bool = True
    """Whether the instance can send mails at all; what was sent is counted (`/_sandbox/mails`)."""
    invite_seconds: float = 3 * 24 * 3600.0
    """How old an invite is when it has expired (posthog-api-access.md 2.4); 0: at once."""
    latency_ms: float = 0.0
    """Every answer under /api/ waits this long first."""
    rate_limits: tuple[Rate, ...] = field(default=())
    """Per personal API key (1.8)."""
    deletion_seconds: float = 30.0
    """How long a deleted project stays readable with `is_pending_deletion` in 2026 (3.7)."""
    demo_data_seconds: float = 0.0
    """How long a new demo project is generating its data (3.2)."""
    export_seconds: float = 0.0
    """How long an export has no content (10.6)."""
    query_seconds: float = 0.0
    """How long a query runs (10.2); one that is longer than `query_timeout_seconds` never ends by itself."""
    query_timeout_seconds: float = 60.0
    """A blocking query that is not done by then ends in 504 (1.6)."""
    query_cache_seconds: float = 0.0
    """So long the same query gets the same answer, unless its `refresh` is `force_...` (10.2)."""
    query_concurrency: int = 0
    """So many queries of a project at once, then 429 without `Retry-After` (10.2); 0 is any number."""
    sample_data: str = "seed"
    """Which projects have persons and events: those of the `seed`, `all`, or `none`."""

    @property
    def makes_plugin_configs(self) -> bool:
        """Whether a new plugin config becomes a row, and no hog function in its place (6.4)."""
        return self.age < 2025 or self.legacy_destinations

    def start(self, options: Options) -> None:
        """Take over what the command line says."""
        self.age = options.age
        self.later_2026 = options.later_2026
        self.legacy_destinations = options.legacy_destinations
        self.newest_2026 = Switches.newest_2026
        self.patch_clears_mappings = Switches.patch_clears_mappings
        self.evaluation_contexts = Switches.evaluation_contexts
        self.rejects_flag_shapes = Switches.rejects_flag_shapes
        self.asks_flag_scope = Switches.asks_flag_scope
        self.legacy_insight_filters = Switches.legacy_insight_filters
        self.alerts_beyond_trends = Switches.alerts_beyond_trends
        self.sends_mail = Switches.sends_mail
        self.invite_seconds = Switches.invite_seconds
        self.latency_ms = options.latency_ms
        self.rate_limits = tuple(Rate.parse(text) for text in options.rate_limit)
        self.deletion_seconds = options.deletion_seconds
        self.demo_data_seconds = options.demo_data_seconds
        self.export_seconds = options.export_seconds
        self.query_seconds = options.query_seconds
        self.query_timeout_seconds = Switches.query_timeout_seconds
        self.query_cache_seconds = Switches.query_cache_seconds
        self.query_concurrency = Switches.query_concurrency
        self.sample_data = options.sample_data

    def as_json(self) -> dict[str, Any]:
        """For GET /_sandbox/settings."""
        return {
            name: [str(rate) for rate in value] if name == "rate_limits" else value
            for name, value in ((each.name, getattr(self, each.name)) for each in fields(self))
        }

    def change(self, changes: dict[str, Any]) -> None:
        """For PATCH /_sandbox/settings: all of it or, with a `SandboxError`, nothing."""
        for name in changes:
            if name not in CHECKS:
                raise SandboxError(f"there is no switch {name!r}; there are {', '.join(self.as_json())}")
        checked = {name: CHECKS[name](name, value) for name, value in changes.items()}
        for name, value in checked.items():
            setattr(self, name, value)


SWITCHES = Switches()
