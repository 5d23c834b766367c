"""Where PostHog is and who is asking; checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from pulumi_posthog import __version__
from pulumi_posthog.api.httpx_alone import httpx
from pulumi_posthog.masking import HIDDEN, never_tell


@dataclass(frozen=True, repr=False)
class Connection:
    """Where PostHog is and who is asking.

    `host` is an address like https://eu.posthog.com, with https unless it is this very machine; `key` a
    personal API key (posthog-api.md 1.2). Raises ValueError for what cannot be one. Never shows the key, and
    cannot be pickled, so that no Pulumi state can hold it by accident.
    """

    host: str
    key: str
    user_agent: str = f"pulumi-posthog/{__version__}"

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", checked_host(self.host))
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


def checked_host(host: str) -> str:
    """`host` without a trailing slash; raises ValueError for anything but https://name[:port][/path]."""
    address = host.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        _ = parts.port
        httpx.URL(address)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("host is no address: write it as https://eu.posthog.com") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # Not repeated: whoever mixed up two variables has the key here.
        raise ValueError("host is no address: write it as https://eu.posthog.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("host may have no user, query or fragment: write it as https://eu.posthog.com")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(
            f"host {address} would see the key unencrypted: write https (plain http is for this machine only)"
        )
    return address


def checked_key(key: str) -> str:
    """`key` without white space around it; raises ValueError, not naming it, for what no header may have."""
    stripped = key.strip()
    if not stripped:
        raise ValueError("the personal API key is empty")
    if not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        raise ValueError("the personal API key has characters that no key has: copy it again")
    return stripped


def is_loopback(hostname: str) -> bool:
    """Whether a host name means this very machine."""
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return False
