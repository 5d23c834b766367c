"""The command `pulumi-posthog`: one file per verb, each thin over the engine that `pulumi` uses as well."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from pulumi_posthog.cli.wanted import json_is_wanted

CANCELLED = 8  # `Exit.CANCELLED`, for as long as that is not imported


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with one of the codes of `exits.Exit`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        from pulumi_posthog.cli.application import run

        status = int(run(arguments))
    except KeyboardInterrupt:  # on a slow disk it may take a while until `run` looks after that
        status = CANCELLED
        sys.stderr.write("cancelled\n")
        terminal = sys.modules.get("pulumi_posthog.cli.terminal")
        if json_is_wanted(arguments) and not (terminal and terminal.has_written()):
            failures = '[{"message": "cancelled", "hint": null}]'
            sys.stdout.write(f'{{"version": 1, "exit_code": {CANCELLED}, "failures": {failures}}}\n')
    if status == CANCELLED:
        # Threads that wait for an answer would keep the process until it comes: nobody wants it any more.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
