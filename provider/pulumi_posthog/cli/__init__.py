"""The command `pulumi-posthog`: one file per verb, each thin over the engine that `pulumi` uses as well."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with one of the codes of `exits.Exit`."""
    from pulumi_posthog.cli.application import run

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
