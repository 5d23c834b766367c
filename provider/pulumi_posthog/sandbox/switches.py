"""What can be changed while the sandbox runs: the server's age, what it allows, how slow it is."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from pulumi_posthog.sandbox.options import AGES, Options, SandboxError
from pulumi_posthog.sandbox.rates import Rate


@dataclass
class Switches:
    """One of these per process; a request reads it, `/_sandbox/settings` changes it."""

    age: int = 2026
    """Which generation of PostHog answers (0.1): 2024 is G24, 2025 is G25, 2026 is G26."""
    legacy_destinations: bool = True
    """Creating a plugin config makes the row in every age, as on an instance that still allows it (6.4)."""
    latency_ms: float = 0.0
    """Every answer under /api/ waits this long first."""
    rate_limits: tuple[Rate, ...] = field(default=())
    """Per personal API key (1.8)."""
    deletion_seconds: float = 30.0
    """How long a deleted project stays readable with `is_pending_deletion` in 2026 (3.7)."""

    def start(self, options: Options) -> None:
        """Take over what the command line says."""
        self.age = options.age
        self.legacy_destinations = options.legacy_destinations
        self.latency_ms = options.latency_ms
        self.rate_limits = tuple(Rate.parse(text) for text in options.rate_limit)
        self.deletion_seconds = options.deletion_seconds

    def as_json(self) -> dict[str, Any]:
        """For GET /_sandbox/settings."""
        return {
            name: [str(rate) for rate in value] if name == "rate_limits" else value
            for name, value in ((each.name, getattr(self, each.name)) for each in fields(self))
        }

    def change(self, changes: dict[str, Any]) -> None:
        """For PATCH /_sandbox/settings: all of it or, with a `SandboxError`, nothing."""
        checked: dict[str, Any] = {}
        for name, value in changes.items():
            if name == "age":
                if value not in AGES:
                    raise SandboxError(f"age is one of {', '.join(map(str, AGES))}, not {value!r}")
                checked[name] = value
            elif name == "legacy_destinations":
                if not isinstance(value, bool):
                    raise SandboxError(f"legacy_destinations is true or false, not {value!r}")
                checked[name] = value
            elif name in {"latency_ms", "deletion_seconds"}:
                if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                    raise SandboxError(f"{name} is a number that is not negative, not {value!r}")
                checked[name] = float(value)
            elif name == "rate_limits":
                if not isinstance(value, list):
                    raise SandboxError(f'rate_limits is a list such as ["480/min"], not {value!r}')
                checked[name] = tuple(Rate.parse(str(text)) for text in value)
            else:
                raise SandboxError(f"there is no switch {name!r}; there are {', '.join(self.as_json())}")
        for name, value in checked.items():
            setattr(self, name, value)


SWITCHES = Switches()
