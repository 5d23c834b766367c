"""The steps of `tools/install.py` in their order, its options and its exit codes (2: the user's to mend)."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from typing import NoReturn

import places
import pulumi_command
import virtual_environment
from steps import ToolError, alone, full_disk, is_full_disk, say


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="install.py", description="Make .venv with the locked packages and find or build the Pulumi CLI."
    )
    parser.add_argument(
        "--print-env",
        action="store_true",
        help='print what to export: eval "$(python3 tools/install.py --print-env)"',
    )
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        if options.print_env:
            print_environment()
        else:
            install()
    except ToolError as problem:
        return complain(problem)
    except KeyboardInterrupt:
        sys.stderr.write("\ninstall: interrupted; run it again to go on\n")
        return 130
    except OSError as error:
        if is_full_disk(error):
            return complain(full_disk(f"writing {error.filename or 'a file'}"))
        return complain(ToolError(str(error), "check that you may write here and to your cache folder"))
    return 0


def install() -> None:
    """Do what is missing, and say what there is. Raises ToolError and OSError."""
    if virtual_environment.is_current() and (ready := pulumi_command.current()):
        say(f"nothing to do: .venv is up to date, Pulumi is {ready.resolve()}")
        return
    with alone(places.RUN / "install.lock", ".venv"):
        if not virtual_environment.is_current():
            virtual_environment.install()
        if not pulumi_command.current():
            pulumi_command.install()
    say('ready. For your own shell: eval "$(python3 tools/install.py --print-env)"')


def print_environment() -> None:
    """Print shell `export` lines. Raises ToolError where nothing is installed yet."""
    if not virtual_environment.works():
        raise ToolError(f"{places.VENV} is not there yet", "run `make install` first")
    for name, value in places.changes(os.environ).items():
        print(f"export {name}={shlex.quote(value)}")


def complain(problem: ToolError) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"install: {problem}\n")
    return 2


def stop(_signal: int, _frame: object) -> NoReturn:
    # So that `finally` runs and a build that was begun is ended, not left behind.
    raise KeyboardInterrupt
