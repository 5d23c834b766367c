"""Where PostHog is and who is asking; checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_posthog.values.host import checked
from pulumi_posthog.values.masking import HIDDEN, never_tell
from pulumi_posthog.values.version import __version__


@dataclass(frozen=True, repr=False)
class Connection:
    """Where PostHog is and who is asking.

    `host` is an address like https://eu.posthog.com (`values.host.checked`); `key` a personal API key (posthog-api.md
    1.2). Raises ValueError for what cannot be one. Never shows the key, and cannot be pickled, so that no Pulumi state
    can hold it by accident.
    """

    host: str
    key: str
    user_agent: str = f"pulumi-posthog/{__version__}"

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", checked(self.host))
        object.__setattr__(self, "key", checked_key(self.key))
        never_tell(self.key)
        if not (self.user_agent.isascii() and self.user_agent.isprintable()):
            raise ValueError("the user agent has characters that no header may have")

    @property
    def encrypted(self) -> bool:
        """Whether the host is reached by https."""
        return self.host.startswith("https://")

    def __repr__(self) -> str:
        return f"Connection(host={self.host!r}, key={HIDDEN})"

    def __reduce__(self) -> str:
        raise TypeError(
            "a connection holds the API key and is not to be pickled: make a new one where it is needed"
        )


def checked_key(key: str) -> str:
    """`key` without white space around it; raises ValueError, not naming it, for what no header may have."""
    stripped = key.strip()
    if not stripped:
        raise ValueError("the personal API key is empty")
    if not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise ValueError("the personal API key has characters that no key has: copy it again")
    return stripped
