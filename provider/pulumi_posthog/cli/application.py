"""The verbs as one program, and what becomes of an error that was not caught.

Typer reads each verb's options from its signature, which mypy checks. Click alone would start sooner by 22 ms of CPU
(70 ms against 48 for an empty program with either, medians of 20 pairs, CPython 3.11), of 160 for `--help` and 370 for
`validate`: not enough to declare each option twice.
"""

from __future__ import annotations

import os
import platform
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer

from pulumi_posthog.cli.closing import one_command
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Failure
from pulumi_posthog.cli.wanted import json_is_wanted
from pulumi_posthog.values.version import __version__

TYPERS_INTERRUPTED = 130  # what typer makes of Ctrl-C
NO_COLOR, DEBUG = "--no-color", "--debug"
VERSION = (["--version"], ["-v"])  # ways to ask for it, which need no verb

# In the order of the help. Each is the function of that name in the module of that name.
VERBS = (
    "validate",
    "drift",
    "accept",
    "check",
    "export",
    "adopt",
    "access",
    "diff",
    "doctor",
    "estimate",
    "persons",
    "events",
    "query",
    "export-asset",
    "init",
    "schema",
    "types",
    "explain",
    "sandbox",
)


def application(verbs: Sequence[str] = VERBS) -> typer.Typer:
    """The program with these verbs: with the one that is called it starts in two thirds of the time."""
    made = typer.Typer(
        name="pulumi-posthog",
        help="Keep a PostHog organization in Git. `pulumi up` applies it. This command checks and compares.",
        add_completion=True,
        no_args_is_help=True,
        # Plain: a tenth of a second sooner, and it reads well at any width.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_options)
    for verb in verbs:
        name = verb.replace("-", "_")
        made.command(verb)(getattr(import_module(f"pulumi_posthog.cli.verbs.{name}"), name))
    return made


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pulumi-posthog {__version__} (Python {platform.python_version()})")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", "-v", callback=_say_version, is_eager=True, help="Print the version."),
    ] = False,
    _no_color: Annotated[
        bool,
        typer.Option(
            NO_COLOR, help="No colours, as with NO_COLOR=1. You can also write it after the command."
        ),
    ] = False,
    _debug: Annotated[
        bool, typer.Option(DEBUG, help="Show where a bug happened. You can also write it after the command.")
    ] = False,
) -> None:
    """What is true of all verbs; `run` acts on it before any of them."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit status, whatever goes wrong."""
    from pulumi_posthog.cli import terminal

    terminal.begin()
    if key := os.environ.get("POSTHOG_PERSONAL_API_KEY", "").strip():
        from pulumi_posthog.values.masking import never_tell

        never_tell(key)
    anywhere, rest = _parted(arguments)
    if NO_COLOR in anywhere:
        os.environ["NO_COLOR"] = "1"
    signal.signal(signal.SIGTERM, _interrupt)
    if rest[:1] == ["help"]:
        rest = [*rest[1:], "--help"]
    try:
        verbs = rest[:1] if rest and rest[0] in VERBS else () if rest in VERSION else VERBS
        with one_command():
            result = application(verbs)([*anywhere, *rest], prog_name="pulumi-posthog", standalone_mode=False)
        if result == TYPERS_INTERRUPTED:
            raise KeyboardInterrupt
        sys.stdout.flush()
    except BaseException as error:
        status, failures = _failed(error, debug=DEBUG in anywhere)
        if failures and json_is_wanted(rest) and not terminal.has_written():
            # A reader of JSON gets some, whatever the status.
            _write_failures(status, failures)
        return status
    return int(result or Exit.NOTHING)


def _parted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The options of all verbs, wherever they are, and the other arguments."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    anywhere = [argument for argument in arguments[:end] if argument in (NO_COLOR, DEBUG)]
    rest = [argument for argument in arguments[:end] if argument not in (NO_COLOR, DEBUG)]
    return anywhere, [*rest, *arguments[end:]]


def _interrupt(_signal: int, _frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def _write_failures(status: Exit, failures: Sequence[Failure]) -> None:
    import json

    from pulumi_posthog.cli import terminal

    rows = [{"message": failure.message, "hint": failure.hint} for failure in failures]
    document = {"version": 1, "exit_code": status, "failures": rows}
    terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")


def _failed(error: BaseException, *, debug: bool) -> tuple[Exit, tuple[Failure, ...]]:
    """Say why the command ended, in one line where the user can put it right; the exit status, and the reasons."""
    from pulumi_posthog.cli import failures, terminal

    if isinstance(error, typer.Exit):
        return Exit(error.exit_code), ()
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        terminal.note("cancelled")
        return Exit.CANCELLED, (Failure("cancelled", None, Exit.CANCELLED),)
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
        # Whoever read our output has stopped: there is nobody to tell, and Python must not try at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CANCELLED, ()
    if isinstance(error, SystemExit):  # a shell has been told how a line may continue
        return Exit.NOTHING if not error.code else Exit.USAGE, ()
    if isinstance(error, typer.TyperException):
        if type(error).__name__ == "NoArgsIsHelpError":
            terminal.note(error.format_message())
            return Exit.USAGE, ()
        said: tuple[Failure, ...] | None = (_misused(error),)
    else:
        said = failures.said(error)
    if said is None:
        said = (
            Failure(
                f"this is a bug of pulumi-posthog: {type(error).__name__}: {error}",
                "please report it to those who maintain it" + ("" if debug else f", with what {DEBUG} shows"),
                Exit.BUG,
            ),
        )
    for failure in said:
        terminal.error(failure.message, failure.hint)
    status = failures.exit_of(said)
    if debug and status is Exit.BUG:
        terminal.note("".join(traceback.format_exception(error)))
    return status, said


def _misused(error: typer.TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "pulumi-posthog"
    message = " ".join(error.format_message().split())
    return Failure(message[:1].lower() + message[1:].rstrip("."), f"see {command} --help", Exit.USAGE)
