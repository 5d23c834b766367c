"""Which hosts may get the API key, in which spelling, and which are this machine itself."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

VARIABLE: Final = "POSTHOG_HOST"
EXAMPLE: Final = "write it as https://eu.posthog.com"
# PostHog's own: a key for PostHog is not a secret to PostHog, so a state need not be asked before they get it.
OWN: Final = frozenset({"https://us.posthog.com", "https://eu.posthog.com"})
# Hosts of PostHog that do not serve the API: those that SDKs send to, and the one from before there were regions.
ELSEWHERE: Final[Mapping[str, str]] = {
    "us.i.posthog.com": "https://us.posthog.com",
    "eu.i.posthog.com": "https://eu.posthog.com",
    "app.posthog.com": "https://us.posthog.com",
    "us-assets.i.posthog.com": "https://us.posthog.com",
    "eu-assets.i.posthog.com": "https://eu.posthog.com",
}


class HostRefused(ValueError):
    """An address that the key is not sent to. Its text is `problem` and `hint`; neither repeats a secret."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(f"{problem}: {hint}")
        self.problem = problem
        self.hint = hint


@functools.lru_cache(maxsize=64)  # asked for each resource several times; what is refused is not kept
def checked(host: str) -> str:
    """`host` in its one spelling, https://name[:port]; raises HostRefused.

    Plain http is for localhost, 127.0.0.0/8 and ::1. There is no path: below one, PostHog does not serve its API.
    """
    try:
        parts = urlsplit(host.strip())
        name, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise HostRefused("host is not an address", EXAMPLE) from None
    if parts.scheme not in ("http", "https") or not name or not _is_name(name):
        # Not repeated: whoever mixed up two variables has the key here.
        raise HostRefused("host is not an address", EXAMPLE)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise HostRefused("host may have no user, query or fragment", EXAMPLE)
    if parts.path.strip("/"):
        raise HostRefused("host may have no path", EXAMPLE)
    if parts.scheme == "http" and not is_loopback(name):
        raise HostRefused(
            "host would see the key unencrypted", "write https (plain http is for localhost only)"
        )
    if name in ELSEWHERE:
        raise HostRefused(f"host {name} does not serve PostHog's API", f"write {ELSEWHERE[name]}")
    shown = f"[{name}]" if ":" in name else name
    own = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}{f':{port}' if port and port != own else ''}"


def permitted(host: str, environment: Mapping[str, str], *, recorded: str | None = None) -> str:
    """A declared host, checked, when the key may be sent there; raises HostRefused.

    `recorded` is the host that the state has, None where there is none or it is not known.
    """
    declared, given = checked(host), wanted(environment)
    if given is not None and given != declared:
        raise HostRefused(
            f"the host is declared as {declared} and {VARIABLE} says {given}, so the API key is sent to neither",
            "make the two agree",
        )
    if given is None and recorded is not None and current(recorded, {}) != declared:
        raise HostRefused(
            f"the host is declared as {declared} and the state says {recorded}, so the API key is sent to neither",
            f"if PostHog has moved there, say so: {VARIABLE}={declared} pulumi up",
        )
    return declared


def only_declared(declared: str, environment: Mapping[str, str]) -> bool:
    """Whether nothing but a proposed file vouches for a host, so that the state has to; raises HostRefused."""
    return wanted(environment) is None and checked(declared) not in OWN


def agreed(declared: str, environment: Mapping[str, str], recorded: Collection[str]) -> str:
    """`permitted` by a whole state, whose resources may be at several hosts while PostHog moves; raises HostRefused.

    A state without a resource is that of a first run: the file decides.
    """
    known = {current(host, {}) for host in recorded}
    if not known or checked(declared) in known:
        return permitted(declared, environment)
    return permitted(declared, environment, recorded=min(known))


def current(recorded: str, environment: Mapping[str, str]) -> str:
    """Where to ask now for what the state has at `recorded`; raises HostRefused for what POSTHOG_HOST may not be."""
    given = wanted(environment)
    if given is not None:
        return given
    try:
        return checked(recorded)
    except HostRefused:
        return recorded  # as an earlier version took it


def wanted(environment: Mapping[str, str]) -> str | None:
    """What POSTHOG_HOST says, None when it is not set; raises HostRefused."""
    given = environment.get(VARIABLE)
    if not given:
        return None
    try:
        return checked(given)
    except HostRefused as error:
        raise HostRefused(f"{VARIABLE}: {error.problem}", error.hint) from None


def is_loopback(name: str) -> bool:
    """Whether a host name means this very machine, whatever a resolver says: localhost, 127.0.0.0/8, ::1."""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_name(name: str) -> bool:
    if ":" in name:
        try:
            ip_address(name)
        except ValueError:
            return False
        return True
    return len(name) <= 253 and all(
        part and all(char.isalnum() or char in "-_" for char in part)
        for part in name.removesuffix(".").split(".")
    )
