"""What people see: data is written to stdout, everything else to stderr."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # rich takes a tenth of a second, and `--help` does without it
    from rich.console import Console, RenderableType

WIDTH_OF_FILES = 120  # columns of text that goes into a file or a pipe, unless COLUMNS says otherwise


ESCAPED = "pulumi_posthog.escaped"


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """What the encoding of a stream lacks, as JSON escapes it: so that JSON stays what it was, and text readable."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    units = lacking.encode("utf-16-be", "surrogatepass")
    pairs = (units[place : place + 2].hex() for place in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end


codecs.register_error(ESCAPED, _escaped)


_WROTE = ContextVar("wrote", default=False)


def begin() -> None:
    """A command begins: nothing is written yet, and whatever is written can be."""
    _WROTE.set(False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


def has_written() -> bool:
    """Whether the command has written data."""
    return _WROTE.get()


@cache
def stderr() -> Console:
    """Where notes, progress and errors are written."""
    return _console(to_stderr=True)


@cache
def stdout() -> Console:
    """Where text for people is written; other formats are written as they are (`write`)."""
    return _console(to_stderr=False)


def _console(*, to_stderr: bool) -> Console:
    from rich.console import Console

    # Colours, NO_COLOR, TERM=dumb, and the width of a terminal are rich's business.
    stream = sys.stderr if to_stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDTH_OF_FILES
    return Console(stderr=to_stderr, width=width, highlight=False, emoji=False, markup=False)


def show(what: RenderableType) -> None:
    """Text for people on stdout; in files and pipes its lines do not end in blanks. Raises Stop as `write`."""
    console = stdout()
    if console.is_terminal:
        _WROTE.set(True)
        console.print(what)
        return
    with console.capture() as captured:
        console.print(what)
    write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def is_unicode() -> bool:
    """Whether stdout is in UTF-8, as other programs expect of JSON, YAML, HTML and XML."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return codecs.lookup(encoding).name == "utf-8"


# What programs read -> how it spells a sign that the encoding of stdout lacks. None: it has no way to.
SPELT: Final[Mapping[str, str | None]] = {
    "json": ESCAPED,
    "sarif": ESCAPED,
    "html": "xmlcharrefreplace",
    "junit": "xmlcharrefreplace",
    "yaml": None,
    "csv": None,
    "markdown": None,
    "patch": None,
    "typescript": None,
    "python": None,
}


def write(text: str, form: str = "text") -> None:
    """Data for stdout, unchanged except for what must not be told.

    `form` is what it is: of text, what stdout lacks is escaped as in JSON, for people. Of what programs read nothing
    may become something else: it is spelt in ASCII, or Stop is raised.
    """
    text = data(text)
    if SPELT.get(form) == ESCAPED:
        text = _unseen_escaped(text)
    if form in SPELT and not is_unicode():
        text = _spelt(text, form)
    _WROTE.set(True)
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def _unseen_escaped(text: str) -> str:
    """JSON whose texts turn no terminal's line round: what nobody sees is escaped, and means the same."""
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else json.dumps(sign)[1:-1] for sign in text)


def _spelt(text: str, form: str) -> str:
    from pulumi_posthog.cli.failures import Stop

    if how := SPELT[form]:
        return text.encode("ascii", how).decode()
    try:
        # A table in the encoding that a program asked for is what it asked for; the others are UTF-8 by definition.
        text.encode(sys.stdout.encoding if form == "csv" else "ascii")
    except UnicodeEncodeError as error:
        raise Stop(
            f"stdout is in {sys.stdout.encoding}, which cannot carry {error.object[error.start]!a} as {form}",
            "set PYTHONIOENCODING=utf-8, or ask for --format json",
        ) from None
    return text


def data(text: str) -> str:
    """What a verb writes, to stdout or into a file, without what must not be told."""
    from pulumi_posthog.values.masking import UNTOLD

    # JSON may spell a sign in another way: a log in which it stands then has no command for GitHub in it.
    return UNTOLD(text).replace("##[", "\\u0023#[") if text.startswith(("{", "[")) else UNTOLD(text)


def note(text: str) -> None:
    """Something worth knowing that is no result."""
    # Never folded: a terminal does that itself, and logs are searched line by line.
    stderr().print(_harmless(text), soft_wrap=True)


def warn(text: str) -> None:
    """Something that the user should look at."""
    _headed("warning", "yellow", text)


def error(text: str, hint: str | None = None) -> None:
    """Why the command did not do what it was asked to, and what to do about it."""
    _headed("error", "red", text)
    if hint:
        _headed("hint", "cyan", hint, before="  ")


def _harmless(text: str) -> str:
    from pulumi_posthog.values.text import lines

    return lines(text)


def _headed(head: str, colour: str, text: str, before: str = "") -> None:
    from rich.text import Text

    stderr().print(
        Text.assemble(before, (f"{head}:", f"bold {colour}"), f" {_harmless(text)}"), soft_wrap=True
    )


@contextlib.contextmanager
def working(what: str) -> Iterator[Callable[[str], object]]:
    """Tells what is happening, and what it is told to, on a terminal; elsewhere nothing."""
    console = stderr()
    if not console.is_terminal:
        yield lambda _text: None
        return
    with console.status(what) as status:
        yield status.update


@contextlib.contextmanager
def progress(words: str = "reading PostHog: {} of {} lists") -> Iterator[Callable[[int, int], object]]:
    """Tells how far the work is, on a terminal; elsewhere nothing. `words` take how much is done, and of how much."""
    with working(words.partition(":")[0]) as tell:
        yield lambda done, total: tell(words.format(done, total))
