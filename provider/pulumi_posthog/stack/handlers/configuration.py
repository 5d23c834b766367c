"""What a stack's configuration says to all handlers of one run."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_posthog.checks.setting import SettingError, setting
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import SETTINGS, Limits, LimitsError, items
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.run import Run

NONE = "none"  # of posthog:otherStates: no other stack is looked at


def configure(run: Run, get: Callable[[str], str | None]) -> None:
    """Take over the settings that `get` gives by their names; a limit that makes no sense stops the run."""
    settings = run.settings
    others = get("otherStates")
    settings.other_stacks = None if others is None else () if others.strip() == NONE else tuple(items(others))
    settings.key = get("personalApiKey")
    try:
        settings.checks = setting(get("checks"))
        settings.limits = Limits.from_settings({name: get(name) for name in SETTINGS}, KINDS)
    except (LimitsError, SettingError) as error:
        pulumi_engine.fail(error, run.once)
