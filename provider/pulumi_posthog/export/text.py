"""values -> YAML text and files, in the order in which they come.

It is what `config` reads: texts that YAML 1.2 would take for something else are quoted, secrets are `!env NAME`.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from pulumi_posthog.config.node import WORDS, number
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.text import printable
from pulumi_posthog.values.variables import is_taken

SCHEMA_FILE: Final = "posthog.schema.json"
LINE_ENDS: Final = re.compile(
    "[\r\x85\u2028\u2029]"
)  # YAML folds them like a line feed unless they are escaped
# A CI that shows the text would carry such a line out; within quotes it is none.
COMMAND: Final = re.compile(r"^[^\S\n]*+::", re.MULTILINE)
FLOW: Final = 70  # characters: shorter lists and mappings stand on one line
ONE_LINE: Final = 2**31  # characters that a line may have: it is never folded


@dataclass(frozen=True)
class Variable:
    """Text that comes from the environment."""

    name: str


@dataclass(frozen=True)
class Ref:
    """The name of an object in place of its id."""

    kind: str
    name: str


def variables(value: Json) -> Iterator[str]:
    """The names of all variables in a document."""
    if isinstance(value, Variable):
        yield value.name
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from variables(item)


def variable_name(words: Sequence[str], taken: Collection[str]) -> str:
    """A name for a secret that is not among those `taken`: of the project, the objects within it, and the key.

    Members of PostHog choose these words: none of them may choose a variable that a run has for something else.
    """
    parts = [re.sub(r"[^A-Za-z0-9]+", "_", word).strip("_") for word in words]
    name = "_".join(part for part in (parts[0] or "PROJECT", *parts[1:]) if part).upper()
    stem = f"PROJECT_{name}" if is_taken(name) or not name[:1].isalpha() else name
    name, suffix = stem, 2
    while name in taken:
        name, suffix = f"{stem}_{suffix}", suffix + 1
    return name


class _Dumper(yaml.SafeDumper):
    """Writes what `config` reads: YAML 1.2's words and numbers quoted where they are texts."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Lists are indented below their key."""
        return super().increase_indent(flow, False)

    def choose_scalar_style(self) -> Any:
        """`!env NAME` needs no quotes, although PyYAML quotes what has a tag."""
        event: Any = self.event
        plain = event.tag in ("!env", "!include") and re.fullmatch(r"[A-Za-z_][\w./-]*", event.value)
        # A name may have blanks in it.
        plain = plain or (
            event.tag == "!ref" and re.fullmatch(r"[a-z_]+/[\w./-]+(?: [\w./-]+)*", event.value)
        )
        return "" if plain else super().choose_scalar_style()

    def ignore_aliases(self, data: Any) -> bool:
        """Equal values are written out."""
        return True


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    style = None
    if value in WORDS or number(value) is not None or LINE_ENDS.search(value) or COMMAND.search(value):
        style = '"'
    elif "\n" in value.strip("\n") and not re.search(r"[ \t]\n|\n\n\Z", value):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _mapping(dumper: _Dumper, value: dict[str, Json]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=_short(value))


def _sequence(dumper: _Dumper, value: list[Json]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_short(value))


def _short(value: dict[str, Json] | list[Json]) -> bool:
    items = list(value.values()) if isinstance(value, dict) else value
    if not items:
        return True
    plain = all(item is None or isinstance(item, str | int | float) for item in items)
    text = sum(len(str(item)) + 2 for item in items) + sum(
        len(key) + 2 for key in value if isinstance(value, dict)
    )
    return plain and text <= FLOW and not any("\n" in str(item) for item in items)


@dataclass(frozen=True)
class Include:
    """Another file."""

    name: str


class _Root(dict[str, Json]):
    """A whole file: never on one line."""


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(
    _Root,
    lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=False),
)
_Dumper.add_representer(Variable, lambda dumper, value: dumper.represent_scalar("!env", value.name))
_Dumper.add_representer(
    Ref, lambda dumper, value: dumper.represent_scalar("!ref", f"{value.kind}/{value.name}")
)
_Dumper.add_representer(Include, lambda dumper, value: dumper.represent_scalar("!include", value.name))


def text_of(value: Mapping[str, Json], *, ascii_only: bool = False) -> str:
    """A document as YAML text; with `ascii_only`, other letters are escaped."""
    return str(
        yaml.dump(_Root(value), Dumper=_Dumper, sort_keys=False, allow_unicode=not ascii_only, width=110)
    )


def _needs_quotes(value: str) -> bool:
    """Whether a text, bare on one line, would mean something else."""
    return value in WORDS or number(value) is not None or not value.isprintable()


class _Items(list[Json]):
    """A list with a line for each item."""


class _InBrackets(_Dumper):
    """Writes everything on one line, as within brackets."""


_Dumper.add_representer(
    _Items,
    lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=False),
)
_InBrackets.add_representer(
    str,
    lambda dumper, value: dumper.represent_scalar(
        "tag:yaml.org,2002:str", value, style='"' if _needs_quotes(value) else None
    ),
)
_InBrackets.add_representer(
    dict,
    lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True),
)
_InBrackets.add_representer(
    list, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


def pair(key: str, value: Json) -> str:
    """A key and its value, with lines of their own, not indented."""
    return text_of({key: value})


def item(value: Json) -> str:
    """An item of a list with its dash, not indented."""
    text = yaml.dump(_Items([value]), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return textwrap.dedent(str(text))


def bracketed(value: Json, style: str | None = None) -> str:
    """A value on one line, as it may be within brackets; a text in quotes of this `style` where it can be."""
    if isinstance(value, str) and style and not (style == "'" and not value.isprintable()):
        text = yaml.dump(
            [_Quoted(value, style)],
            Dumper=_InBrackets,
            default_flow_style=True,
            allow_unicode=True,
            width=ONE_LINE,
        )
    elif isinstance(value, str) and _is_plain(value):
        return value
    else:
        text = yaml.dump([value], Dumper=_InBrackets, allow_unicode=True, width=ONE_LINE, sort_keys=False)
    return str(text).strip()[1:-1]


def _is_plain(value: str) -> bool:
    """Whether a text needs no quotes on one line, in brackets or not; PyYAML puts some around each `:`."""
    if _needs_quotes(value) or not value[:1].isalnum():
        return False
    try:
        return bool(yaml.safe_load(f"[{value}]") == [value] and yaml.safe_load(f"k: {value}") == {"k": value})
    except yaml.YAMLError:
        return False


class _Quoted:
    """A text in quotes of one kind."""

    def __init__(self, text: str, style: str) -> None:
        self.text = text
        self.style = style


_InBrackets.add_representer(
    _Quoted,
    lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value.text, style=value.style),
)


def files(
    document: Mapping[str, Json], main: str, split: bool, header: Iterable[str], *, ascii_only: bool = False
) -> dict[str, str]:
    """Name of a file -> its text: the main one, and with `split` one for each project and each other section.

    `header` are the lines of the comment at the top of the main one.
    """
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header)
    if ascii_only:
        comment = comment.encode("ascii", "backslashreplace").decode()
    dumped = functools.partial(text_of, ascii_only=ascii_only)
    if not split:
        return {main: comment + "\n" + "\n".join(dumped({key: value}) for key, value in document.items())}
    result: dict[str, str] = {}
    short: dict[str, Json] = {}
    for key, value in document.items():
        if key == "organization":
            short[key] = value
        elif key == PROJECT.section:
            short[key] = {
                name: Include(_put(result, f"{key}/{_file_name(name)}", dumped(body)))
                for name, body in value.items()
            }
        else:
            short[key] = Include(_put(result, key, dumped(value)))
    return {main: comment + "\n" + "\n".join(dumped({key: value}) for key, value in short.items()), **result}


def _file_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "project"


def _put(files: dict[str, str], stem: str, text: str) -> str:
    name, suffix = f"{stem}.yaml", 2
    while name in files:
        name, suffix = f"{stem}-{suffix}.yaml", suffix + 1
    files[name] = text
    return name


def header(
    variables: Iterable[str], left_out: Iterable[str], unread: Iterable[str], *, migrate: bool
) -> tuple[str, ...]:
    """The lines of the comment at the top of the main file: where its schema is, what to set, and what is not in it."""
    lines = [f"yaml-language-server: $schema={SCHEMA_FILE}"]
    if migrate:
        lines.append("")
        lines.append(
            "Hog functions in place of legacy destinations are switched off: enable one, disable the other."
        )
    if names := list(variables):
        lines += ["", "PostHog never shows secrets. These come from the environment:"]
        lines += [f"  {name}" for name in names]
    for title, rows in (("Left out:", left_out), ("Could not be read:", unread)):
        if shown := [f"  {printable(row)}" for row in rows]:
            lines += ["", title, *shown]
    return tuple(lines)
