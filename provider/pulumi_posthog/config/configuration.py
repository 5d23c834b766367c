"""What a file says: what should exist, what is asked of it, which persons it must not have, which events the code
sends, and its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_posthog.capture.declared import Event
from pulumi_posthog.checks.declared import Check
from pulumi_posthog.erasures.declared import Erasure
from pulumi_posthog.reconcile.desired import Desired
from pulumi_posthog.values.json_value import Json


@dataclass(frozen=True, kw_only=True)
class Configuration(Desired):
    """What is desired, and what only some commands look at: `options` are those of the section of that name."""

    checks: tuple[Check, ...] = ()
    erasures: tuple[Erasure, ...] = ()
    events: tuple[Event, ...] = ()
    options: Mapping[str, Json] = field(default_factory=dict)
