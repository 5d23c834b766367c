"""The command `pulumi-posthog`: one file per verb, each thin over the engine that `pulumi` uses as well."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

CANCELLED = 8  # `Exit.CANCELLED`, for as long as that is not imported


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with one of the codes of `exits.Exit`."""
    try:
        from pulumi_posthog.cli.application import run
        from pulumi_posthog.cli.exits import Exit
    except KeyboardInterrupt:  # on a slow disk this may take a while
        sys.stderr.write("cancelled\n")
        sys.exit(CANCELLED)
    status = run(sys.argv[1:] if arguments is None else arguments)
    if status == Exit.CANCELLED:
        # Threads that wait for an answer would keep the process until it comes: nobody wants it any more.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
