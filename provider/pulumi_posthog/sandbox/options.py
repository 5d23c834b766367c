"""What a sandbox is started with: secrets come from the environment, all else from flags of the command line."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_PORT = 8765
DEFAULT_KEY = "phx_sandbox"
AGES = (2024, 2025, 2026)
SAMPLE_DATA = ("seed", "all", "none")

KEY_VARIABLE = "POSTHOG_SANDBOX_KEY"
EXTRA_KEYS_VARIABLE = "POSTHOG_SANDBOX_EXTRA_KEYS"
ADMIN_PASSWORD_VARIABLE = "POSTHOG_SANDBOX_ADMIN_PASSWORD"  # noqa: S105 - a name
# Fields of `Options` that are no flags: everybody on a machine can read the arguments of a process (`ps`), and
# nobody but its owner its environment.
VARIABLES = {
    "key": KEY_VARIABLE,
    "extra_key": EXTRA_KEYS_VARIABLE,
    "admin_password": ADMIN_PASSWORD_VARIABLE,
}


class SandboxError(Exception):
    """Something that the person who starts the sandbox can put right: one line, no traceback."""


@dataclass(frozen=True)
class Options:
    """`port` 0 picks a free one; without `db` the database is temporary and gone after the stop."""

    port: int = DEFAULT_PORT
    key: str = field(default=DEFAULT_KEY, repr=False)
    host: str = "127.0.0.1"
    allow_host: tuple[str, ...] = ()
    db: Path | None = None
    seed: Path | None = None
    age: int = 2026
    later_2026: bool = True
    legacy_destinations: bool = False
    latency_ms: float = 0.0
    rate_limit: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    extra_key: tuple[str, ...] = field(default=(), repr=False)
    admin_password: str | None = field(default=None, repr=False)
    deletion_seconds: float = 30.0
    demo_data_seconds: float = 0.0
    export_seconds: float = 0.0
    query_seconds: float = 0.0
    sample_data: str = "seed"
    order_seed: int = 0
    threads: int = 32

    def __post_init__(self) -> None:
        if self.age not in AGES:
            raise SandboxError(f"--age is one of {', '.join(map(str, AGES))}, not {self.age}")
        if not 0 <= self.port <= 65535:
            raise SandboxError(f"--port is a number from 0 to 65535, not {self.port}")
        if not self.key.strip() or not self.key.isascii():
            raise SandboxError(f"{KEY_VARIABLE} is a text of ASCII characters, such as {DEFAULT_KEY}")
        for number, text in enumerate(self.extra_key, 1):
            key, _, scopes = text.partition(":")
            if not key or not scopes:
                # Without the text: it is a key.
                raise SandboxError(f"{EXTRA_KEYS_VARIABLE}: number {number} is not written KEY:SCOPE,SCOPE")
        if self.latency_ms < 0 or self.deletion_seconds < 0:
            raise SandboxError("--latency-ms and --deletion-seconds are not negative")
        if self.demo_data_seconds < 0:
            raise SandboxError("--demo-data-seconds is not negative")
        if self.export_seconds < 0 or self.query_seconds < 0:
            raise SandboxError("--export-seconds and --query-seconds are not negative")
        if self.sample_data not in SAMPLE_DATA:
            raise SandboxError(f"--sample-data is one of {', '.join(SAMPLE_DATA)}, not {self.sample_data}")
        if self.threads < 1:
            raise SandboxError("--threads is at least 1")
        if self.key == DEFAULT_KEY and not is_loopback(self.host):
            raise SandboxError(
                f"{self.host} can be reached from other machines: set {KEY_VARIABLE} to a key of your own "
                f"(the default one is public)"
            )


def secrets_of(environment: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `Options` that are secret, as far as the variables are set."""
    found: dict[str, Any] = {}
    if KEY_VARIABLE in environment:
        found["key"] = environment[KEY_VARIABLE]
    found["extra_key"] = tuple(environment.get(EXTRA_KEYS_VARIABLE, "").split())
    found["admin_password"] = environment.get(ADMIN_PASSWORD_VARIABLE) or None
    return found


def refuse_flags(given: Mapping[str, object]) -> None:
    """Raises SandboxError for a secret on the command line, by the field's name; its value is not repeated."""
    for name, variable in VARIABLES.items():
        if given.get(name) not in (None, []):
            flag = "--" + name.replace("_", "-")
            raise SandboxError(
                f"{flag}: everybody on this machine can read arguments; set {variable} instead"
            )


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
