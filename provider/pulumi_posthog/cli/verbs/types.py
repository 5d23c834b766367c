"""`pulumi-posthog types`: the declared events as typed functions for the code that sends them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import DEFAULT_FILE, File, chosen
from pulumi_posthog.cli.writing import write_file

if TYPE_CHECKING:
    from pulumi_posthog.capture.declared import Event

LANGUAGES = ("typescript", "python")


def types(
    file: File = DEFAULT_FILE,
    *,
    language: Annotated[
        str, Option("--language", metavar="LANGUAGE", help=f"{LANGUAGES[0]} or {LANGUAGES[1]}.")
    ],
    project: Annotated[
        str | None,
        Option(
            "--project",
            metavar="NAME",
            help="The project whose events to take, if several projects declare events.",
        ),
    ] = None,
    output: Annotated[
        Path | None, Option("--output", "-o", help="The file to write, instead of stdout.")
    ] = None,
    check: Annotated[
        bool, Option("--check", help="Write nothing. Status 7 if the file of --output is out of date.")
    ] = False,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text (the code) or json.")] = "text",
) -> int:
    """Write typed functions of your events. Your own code calls them to send declared events.

    This needs no network and no key. A function takes the properties that `properties` of the event names, with the
    types in property_definitions. Code with a name or a property that is not declared does not compile.
    """
    from pulumi_posthog import config
    from pulumi_posthog.capture.python import python
    from pulumi_posthog.capture.typescript import typescript
    from pulumi_posthog.values.text import plural

    chosen("--language", language, LANGUAGES)
    chosen("--format", form, ("text", "json"))
    if check and output is None:
        raise Stop("--check compares a file", "say which: --output src/events.ts")
    declared = config.load(file, environment=os.environ, offline=True).events
    events = _of_one(declared, project, file)
    write = typescript if language == LANGUAGES[0] else python
    text = terminal.data(write(events, file.name))
    untyped = [
        f'"{each.name}" of event "{event.name}" has no `property_type`, so it takes any value'
        for event in events
        for each in event.properties
        if each.type is None
    ]
    for words in untyped:
        terminal.warn(words)
    current = output is None or _has(output, text)
    if output is not None and not check and not current:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_file(output, text)
    exit_ = Exit.DIFFERENT if check and not current else Exit.NOTHING
    if form == "json":
        document = {
            "version": 1,
            "exit_code": exit_,
            "language": language,
            "events": [event.name for event in events],
            "untyped": untyped,
            "written": str(output) if output is not None and not check else None,
            "current": current if check else None,
            "text": text if output is None else None,
        }
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
    elif output is None:
        terminal.write(text, language)
    number = plural(len(events), "event")
    if check:
        terminal.note(
            f"{output}: {number}, current"
            if current
            else f"{output} is not current\n  hint: run `pulumi-posthog types` without --check, and commit the file"
        )
    elif output is not None:
        terminal.note(f"{output}: {number}{', unchanged' if current else ''}")
    return exit_


def _of_one(declared: Sequence[Event], project: str | None, file: Path) -> list[Event]:
    """The events of the project that is meant; raises Stop where that is not clear, or there are none."""
    from pulumi_posthog.values.suggestion import did_you_mean

    projects = [*dict.fromkeys(event.project for event in declared)]
    if not projects:
        raise Stop(f"{file} declares no event", "write `event_definitions` below a project")
    if project is not None and project not in projects:
        raise Stop(f'no project "{project}" declares an event', did_you_mean(project, projects))
    if project is None and len(projects) > 1:
        raise Stop("several projects declare events", f"give --project with one of: {', '.join(projects)}")
    return [event for event in declared if event.project == (project or projects[0])]


def _has(path: Path, text: str) -> bool:
    """Whether a file has that text; one that is not there, or is in another encoding, has not. Raises Stop."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a device may have no end, and a pipe no beginning
            raise Stop(f"{path} is not a file", "name a file with --output", Exit.USAGE)
        return path.read_bytes().replace(b"\r\n", b"\n") == text.encode()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Stop(f"{path}: {error.strerror}", "name a file with --output", Exit.USAGE) from error
