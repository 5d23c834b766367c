"""When the checks of a stack run: its setting `posthog:checks`."""

from __future__ import annotations

from typing import Final

from pulumi_posthog.values.spelling import one_line

ALWAYS: Final = "always"
CHANGED: Final = "changed"
NEVER: Final = "never"
SETTING: Final = "checks"  # of the stack
SETTINGS: Final = (ALWAYS, CHANGED, NEVER)


class SettingError(ValueError):
    """A setting of the stack that is none of those there are; the message names it."""


def setting(text: str | None) -> str:
    """When checks run in an update: after a change, always or never; raises SettingError."""
    if text and text not in SETTINGS:
        raise SettingError(
            f'posthog:{SETTING} is "{one_line(text)}": it must be one of {", ".join(SETTINGS)}'
        )
    return text or CHANGED
