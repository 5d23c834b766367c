"""`python -m pulumi_posthog.sandbox`: the sandbox without the rest of the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pulumi_posthog.sandbox import serve
from pulumi_posthog.sandbox.options import (
    AGES,
    DEFAULT_PORT,
    SAMPLE_DATA,
    VARIABLES,
    Options,
    SandboxError,
    refuse_flags,
    secrets_of,
)


def parser() -> argparse.ArgumentParser:
    """The flags, named as the fields of `Options`."""
    flags = argparse.ArgumentParser(
        prog="pulumi-posthog sandbox",
        description="Run a local PostHog.",
        epilog=f"Secrets come from the environment: {', '.join(VARIABLES.values())}.",
    )
    for name in VARIABLES:
        flags.add_argument("--" + name.replace("_", "-"), help=argparse.SUPPRESS)  # to be refused
    flags.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 picks a free one")
    flags.add_argument("--host", default="127.0.0.1", help="address to listen on")
    flags.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name beside localhost under which it may be asked for, such as a container's; repeatable",
    )
    flags.add_argument("--db", type=Path, help="SQLite file to keep (default: temporary)")
    flags.add_argument("--seed", type=Path, help="a posthog.yaml to fill an empty database from")
    flags.add_argument("--age", type=int, choices=AGES, default=2026, help="which PostHog to be")
    flags.add_argument(
        "--later-2026",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="be 2026 as it is since about July",
    )
    flags.add_argument(
        "--legacy-destinations",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="let legacy destinations and site apps be created in every age (PostHog itself stopped in 2025)",
    )
    flags.add_argument("--latency-ms", type=float, default=0.0, help="wait before each answer")
    flags.add_argument(
        "--rate-limit",
        action="append",
        default=[],
        metavar="480/min",
        help="per key, such as 480/min or 120/hour:hogql; repeatable",
    )
    flags.add_argument(
        "--fault", action="append", default=[], metavar="'KIND METHOD PATH times=1'", help="repeatable"
    )
    flags.add_argument(
        "--deletion-seconds", type=float, default=30.0, help="how long a deleted project stays pending (2026)"
    )
    flags.add_argument(
        "--demo-data-seconds", type=float, default=0.0, help="how long a new demo project makes its data"
    )
    flags.add_argument("--export-seconds", type=float, default=0.0, help="how long an export has no content")
    flags.add_argument("--query-seconds", type=float, default=0.0, help="how long a query runs")
    flags.add_argument(
        "--sample-data",
        choices=SAMPLE_DATA,
        default="seed",
        help="which projects have persons and events: those of the seed, all, or none",
    )
    flags.add_argument("--order-seed", type=int, default=0, help="shuffles the lists that have no order")
    flags.add_argument("--threads", type=int, default=32)
    return flags


def options(arguments: Sequence[str] | None = None) -> Options:
    """The command line and the environment as a value."""
    given: dict[str, Any] = vars(parser().parse_args(arguments))
    refuse_flags(given)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.items()
        if name not in VARIABLES
    }
    return Options(**values, **secrets_of(os.environ))


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after a clean stop, 2 for what the user can put right."""
    try:
        serve(options(arguments))
    except SandboxError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
