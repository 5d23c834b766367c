"""What a sandbox is started with; every field is a flag of the command line."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8765
DEFAULT_KEY = "phx_sandbox"
AGES = (2024, 2025, 2026)
SAMPLE_DATA = ("seed", "all", "none")


class SandboxError(Exception):
    """Something that the person who starts the sandbox can put right: one line, no traceback."""


@dataclass(frozen=True)
class Options:
    """`port` 0 picks a free one; without `db` the database is temporary and gone after the stop."""

    port: int = DEFAULT_PORT
    key: str = DEFAULT_KEY
    host: str = "127.0.0.1"
    allow_host: tuple[str, ...] = ()
    db: Path | None = None
    seed: Path | None = None
    age: int = 2026
    legacy_destinations: bool = False
    latency_ms: float = 0.0
    rate_limit: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    extra_key: tuple[str, ...] = ()
    admin_password: str | None = None
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
            raise SandboxError("--key is a text of ASCII characters, such as phx_sandbox")
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
                f"{self.host} can be reached from other machines: choose a --key of your own "
                f"(the default one is public)"
            )


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
