"""`pulumi-posthog validate`: everything that is wrong with a configuration, without a network or a key."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.options import DEFAULT_FILE, chosen, found

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.values.problem import Problem


FORMATS = ("text", "json", "sarif", "github")
RULE = "configuration"


def validate(
    files: Annotated[
        list[Path] | None, Argument(metavar="FILE", help="Configurations.  [default: posthog.yaml]")
    ] = None,
    *,
    form: Annotated[
        str, Option("--format", metavar="FORMAT", help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}.")
    ] = "text",
) -> int:
    """Check configurations offline. It shows all problems at once, with their lines. Status 2 if there is one.

    The values of `!env` and `!secret` need not be set. `drift`, `adopt` and `pulumi preview` look up the members and
    plugins that a file names; this command does not.
    """
    from pulumi_posthog import config
    from pulumi_posthog.values.problem import ConfigError

    chosen("--format", form, FORMATS)
    good: list[Configuration] = []
    problems: list[Problem] = []
    for file in files or [found(DEFAULT_FILE)]:
        try:
            good.append(config.load(file, environment=os.environ, offline=True))
        except ConfigError as error:
            problems += error.problems
    for note in (note for desired in good for note in desired.notes):
        terminal.warn(note)
    _say(good, problems, form)
    return Exit.USAGE if problems else Exit.NOTHING


def _say(good: list[Configuration], problems: list[Problem], form: str) -> None:
    from pulumi_posthog.report import github, sarif
    from pulumi_posthog.values.text import plural

    exit_ = Exit.USAGE if problems else Exit.NOTHING
    if form == "json":
        terminal.write(json.dumps(_document(good, problems, exit_), indent=2, ensure_ascii=False), "json")
    elif form == "sarif":
        results = [
            sarif.Result(
                RULE,
                f"{problem.message}; hint: {problem.hint}" if problem.hint else problem.message,
                problem.where,
            )
            for problem in problems
        ]
        rules = {RULE: "The configuration cannot be applied as it is."}
        terminal.write(sarif.log(results, rules, file=str(DEFAULT_FILE), exit_code=exit_), "sarif")
    elif form == "github":
        if problems:
            terminal.write(github.commands(problems))
    else:
        # Problems are what was asked for: data, on stdout.
        for problem in problems:
            terminal.write(f"{problem}\n")
        for desired in good:
            number = plural(len(desired.entries), "object")
            terminal.write(f"{desired.file}: {number} declared, nothing wrong")
            # So that a reviewer sees it in the log of a proposal.
            where = desired.host or "a host from a variable that is not set"
            terminal.note(f"{desired.file}: the API key would be sent to {where}")
        if problems:
            terminal.note(f"{plural(len(problems), 'problem')}")


def _document(good: list[Configuration], problems: list[Problem], exit_: Exit) -> dict[str, object]:
    return {
        "version": 1,
        "exit_code": exit_,
        "files": [
            {"file": desired.file, "objects": len(desired.entries), "host": desired.host or None}
            for desired in good
        ],
        "problems": [
            {
                "message": problem.message,
                "hint": problem.hint,
                "file": problem.where.file if problem.where else None,
                "line": problem.where.line if problem.where else None,
                "column": problem.where.column if problem.where else None,
            }
            for problem in problems
        ],
    }
