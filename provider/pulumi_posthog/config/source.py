"""YAML text -> nodes that know where they are, with `!env`, `!secret`, `!file` and `!include` resolved.

Built on PyYAML's events, not on its constructors: no tag makes an object, and depth, aliases and files have limits.
Plain scalars mean what YAML 1.2 says: `yes`, `12:30` and `2026-01-01` are texts.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from pulumi_posthog.config import tags
from pulumi_posthog.config.node import WORDS, Node, number, tree
from pulumi_posthog.config.searching import Places, TooMuchToSearch, has_wildcards, matching, real
from pulumi_posthog.config.syntax import nothing, syntax
from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.bounds import CONFIGURATION_BYTES, MEGABYTE
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.local_file import (
    UnreadableError,
    UnreadableFile,
    file_text,
    shown_path,
    storable,
)
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.suggestion import closest
from pulumi_posthog.values.variables import is_never_plain

MAX_FILES: Final = 1_000  # of one configuration
MAX_NODES: Final = 500_000  # with every alias and include written out
MAX_DEPTH: Final = 64  # levels within each other
MAX_EXACT: Final = 2**53  # larger whole numbers do not survive JSON readers that know only floats
SAME: Final = "tag:yaml.org,2002:"
TAGS: Final = ("!env", "!secret", "!file", "!include", "!text", "!config", "!ref")
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

# The C parser is ten times as fast and reads the same; PyYAML is not always built with it.
Events: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Source:
    """Reads one configuration: `root` is its tree, or None; `problems` is what is wrong with its files' text.

    `secret` and `configured` look a name up in the stack configuration; the latter raises IsSecret. With `offline`,
    what the machine lacks is no problem. Its methods raise UnreadableError for what cannot be read, or is too much.
    """

    def __init__(
        self,
        path: Path,
        *,
        read: Callable[[Path, str], str] = file_text,
        environment: Mapping[str, str],
        secret: Callable[[str], str | None] | None,
        offline: bool,
        configured: Callable[[str], str | None] | None = None,
    ) -> None:
        self.read = read
        self.problems: list[Problem] = []
        self.environment = environment
        self.secret = secret
        self.configured = configured
        self.offline = offline
        self.main = shown_path(path)
        self.folder = path.parent.resolve()
        self.places = Places(self.folder)
        self.files = 0
        self.characters = 0
        self.root = self._main(path)

    def _main(self, path: Path) -> Node | None:
        try:
            if path.is_symlink() and not real(path).is_relative_to(self.folder):
                raise UnreadableError(
                    Problem(f"{self.main} is a link out of its folder", hint="put the file itself there")
                )
            root = self.file(path, self.main, ())
        except UnreadableError as error:
            self.problems.append(error.problem)
            return None
        if root.value is None:
            self.problems.append(nothing("the file is empty", self.main))
            return None
        return root

    def file(self, path: Path, name: str, within: tuple[Path, ...]) -> Node:
        """The tree of one file; `within` are the files that include it. Raises UnreadableError."""
        self.files += 1
        text = self.read(path, name)
        self.count(text, Position(name, 1, 1))
        document = Document(self, text, path, name, within)
        return document.root()

    def count(self, text: str, where: Position) -> None:
        """Count what is read; raises UnreadableError when it is too much."""
        self.characters += len(text)
        if self.characters > CONFIGURATION_BYTES:
            message = f"the files of this configuration are larger than {CONFIGURATION_BYTES // MEGABYTE} MB together"
            raise UnreadableError(Problem(message, where))

    # -- tags ------------------------------------------------------------------------------------------------

    def tagged(self, tag: str, node: Node, document: Document) -> Node:
        """The value of a tagged node."""
        if tag not in TAGS:
            close = difflib.get_close_matches(tag, TAGS, 1)
            # The tag itself is not shown: it may be an unquoted password that begins with "!".
            return self.lost(
                node,
                "a tag that has no meaning here",
                f"did you mean {close[0]}?"
                if close
                else f"the tags are {', '.join(TAGS)}; put a text that begins with ! in quotes",
            )
        if tag == "!env":
            return self._environment(node)
        if not isinstance(node.value, str) or not node.value:
            what = {
                "!secret": "the name of a secret",
                "!config": "the name of a setting",
                "!ref": "a kind and a name, as in cohort/Beta testers",
            }.get(tag, "a path")
            return self.lost(node, f"{tag} takes {what}", f"write `{tag} ...`")
        if tag == "!secret":
            return self._secret(node)
        if tag == "!config":
            return self._configured(node)
        if tag == "!ref":
            return self._reference(node)
        if tag == "!text":
            return self._text(node, document)
        return self._file(node, document) if tag == "!file" else self._include(node, document)

    def lost(
        self, node: Node, message: str, hint: str | None = None, source: str = "a value that is missing"
    ) -> Node:
        """Note a problem; the node's value is then unknown."""
        self.problems.append(Problem(message, node.where, hint))
        sources = (source,) if source.startswith(("!env ", "!secret ")) else ()
        return Node(SecretText("", source, known=False), node.where, sources=sources)

    def _environment(self, node: Node) -> Node:
        parts = node.value if isinstance(node.value, tuple) else (node,)
        name, default = parts[0].value if parts else None, parts[1] if len(parts) == 2 else None
        if (
            len(parts) not in {1, 2}
            or not isinstance(name, str)
            or not VARIABLE.match(name)
            or (default is not None and isinstance(default.value, dict | tuple))
        ):
            # What is there is not shown: it may be the secret itself.
            return self.lost(
                node,
                "!env takes the name of an environment variable",
                "write `!env NAME`, or `!env [NAME, default]`; a name is letters, digits and underscores",
            )
        source, value = f"!env {name}", self.environment.get(name)
        if value:
            return self._given(value, source, node)
        if default is not None:
            return Node(default.value, default.where, sources=(source, *default.sources))
        if self.offline:
            return Node(SecretText("", source, known=False), node.where, sources=(source,))
        state = "is empty" if value == "" else "is not set"
        near = closest(name, tuple(each for each, text in self.environment.items() if text and each != name))
        hint = f'did you mean "{near}"? Else set it' if near else "set it"
        # A secret has no default: it would be in Git.
        hint += "" if is_never_plain(name) else f", or write `!env [{name}, default]`"
        return self.lost(node, f"the environment variable {name} {state}", hint, source)

    def _secret(self, node: Node) -> Node:
        source = f"!secret {node.value}"
        value = self.secret(node.value) if self.secret else None
        if value:
            return self._given(value, source, node)
        if self.offline:
            return Node(SecretText("", source, known=False), node.where, sources=(source,))
        hint = f"set it: pulumi config set --secret posthog:{node.value}"
        return self.lost(node, f'the stack configuration has no secret "{node.value}"', hint, source)

    def _given(self, value: str, source: str, node: Node) -> Node:
        if not storable(value):
            return self.lost(node, f"{source} holds a character that no PostHog text can hold", None, source)
        return Node(SecretText(value, source), node.where, sources=(source,))

    def _configured(self, node: Node) -> Node:
        found = tags.configured(node.value, self.configured)
        source = f"!config {node.value}"
        if not isinstance(found, tags.Wrong):
            return tree(found, node.where)
        if found.missing and self.offline:
            return Node(SecretText("", source, known=False), node.where)
        return self.lost(node, found.message, found.hint)

    def _reference(self, node: Node) -> Node:
        found = tags.reference(node.value, node.where)
        if isinstance(found, tags.Wrong):
            return self.lost(node, found.message, found.hint)
        return Node(found, node.where)

    # -- files that are sent ---------------------------------------------------------------------------------

    def _text(self, node: Node, document: Document) -> Node:
        """The text of a file, as it is there."""
        path = self.places.beside(node.value, document.folder, "!text")
        if not isinstance(path, Path):
            return self.lost(node, *path, f"!text {node.value}")
        try:
            text = file_text(path, os.path.normpath(Path(document.name).parent / node.value))
        except UnreadableError as error:
            message = f"!text {node.value}: {error.problem.message}"
            return self.lost(
                Node(None, error.problem.where or node.where),
                message,
                f"paths are relative to {shown_path(document.folder)}",
            )
        self.count(text, node.where)
        return Node(text, node.where, sources=("!text",))

    def _file(self, node: Node, document: Document) -> Node:
        """The file itself is read when it is sent."""
        path = self.places.beside(node.value, document.folder, "!file")
        if not isinstance(path, Path):
            return self.lost(node, *path, f"!file {node.value}")
        source = f"!file {node.value}"
        hint = f"paths are relative to {shown_path(document.folder)}"
        if self.offline and not os.path.exists(path):  # noqa: PTH110 - that of Path raises where a name is too long
            # It may be a secret that is only written where the file is applied.
            return Node(SecretText("", source, known=False), node.where)
        try:
            return Node(Attachment.at(path), node.where)
        except UnreadableFile as error:
            return self.lost(node, f"{source}: {error}", hint, source)

    # -- includes --------------------------------------------------------------------------------------------

    def _include(self, node: Node, document: Document) -> Node:
        try:
            trees = [self._included(path, node, document) for path in self._matches(node, document)]
        except UnreadableError as error:
            self.problems.append(error.problem)
            return Node(SecretText("", "!include", known=False), node.where)
        if len(trees) == 1:
            return trees[0]
        return self.united(trees, node.where)

    def _matches(self, node: Node, document: Document) -> list[Path]:
        pattern = node.value
        if Path(pattern).is_absolute():
            raise UnreadableError(
                Problem(
                    f'!include "{pattern}" is an absolute path',
                    node.where,
                    "write it relative to the file that contains it",
                )
            )
        named = os.path.normpath(Path(document.name).parent / pattern)
        whole = document.folder / pattern
        wildcard = next((place for place, part in enumerate(whole.parts) if has_wildcards(part)), None)
        # The place is looked at before the file: whether it exists is nobody's business outside.
        self._check_place(Path(*whole.parts[:wildcard]), named, node)
        try:
            if has_wildcards(pattern):
                found = matching(document.folder, pattern)
            else:
                found = [path for path in (whole,) if os.path.isfile(path)]  # noqa: PTH113 - as above
        except TooMuchToSearch as error:
            raise UnreadableError(Problem(f'!include "{pattern[:200]}": {error}', node.where)) from None
        except (OSError, ValueError, NotImplementedError, RuntimeError):
            found = []
        if not found:
            raise UnreadableError(
                Problem(
                    f'!include "{pattern}" matches no file',
                    node.where,
                    f"paths are relative to {shown_path(document.folder)}",
                )
            )
        return found

    def _included(self, path: Path, node: Node, document: Document) -> Node:
        name = os.path.normpath(Path(document.name).parent / os.path.relpath(path, document.folder))
        self._check_place(path, name, node)
        within = (*document.within, real(document.path))
        if real(path) in within:
            raise UnreadableError(Problem(f"!include of {name}, which includes this file itself", node.where))
        if self.files >= MAX_FILES:
            raise UnreadableError(Problem(f"more than {MAX_FILES} files are included", node.where))
        return self.file(path, name, within)

    def _check_place(self, path: Path, name: str, node: Node) -> None:
        if objection := self.places.objection(path):
            raise UnreadableError(Problem(f"!include of {name}, which {objection}", node.where))

    def united(self, trees: list[Node], where: Position) -> Node:
        """Several included mappings as one; a key that two of them have is a problem."""
        items: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        for each in trees:
            if not isinstance(each.value, dict):
                if not each.unknown:
                    self.problems.append(Problem("one of several included files, not a mapping", each.where))
                continue
            for key, item in each.value.items():
                if key in keys:
                    self.problems.append(
                        Problem(f'"{key}" is declared already, at {keys[key]}', each.keys[key])
                    )
                    continue
                items[key], keys[key] = item, each.keys[key]
        return self.counted(Node(items, where, keys, 1 + sum(item.size for item in items.values())))

    def counted(self, node: Node) -> Node:
        """`node`, unless it has too many values."""
        if node.size > MAX_NODES:
            raise UnreadableError(
                Problem(
                    f"the file means more than {MAX_NODES:,} values, most of them through aliases or "
                    f"includes",
                    node.where,
                )
            )
        return node


class Document:
    """One file's events, made into nodes. Its methods raise UnreadableError for what cannot be read, or is too much."""

    def __init__(self, source: Source, text: str, path: Path, name: str, within: tuple[Path, ...]) -> None:
        self.source = source
        self.text = text
        self.path = path
        self.folder = path.parent
        self.name = name
        self.within = within
        self.anchors: dict[str | None, Node | None] = {}
        try:
            self.events = Events(text)
        except yaml.YAMLError as error:
            raise UnreadableError(syntax(error, text, name)) from None

    def root(self) -> Node:
        """The tree of the file's one document; of an empty file, a null. Raises UnreadableError."""
        try:
            self.events.get_event()  # the stream starts
            if self.events.check_event(yaml.StreamEndEvent):
                return Node(None, Position(self.name, 1, 1))
            self.events.get_event()  # the document starts
            root = self.node(0)
            self.events.get_event()  # the document ends
            if not self.events.check_event(yaml.StreamEndEvent):
                raise UnreadableError(
                    Problem(
                        "a second YAML document",
                        self._position(self.events.peek_event()),
                        "a file holds one: take the --- out",
                    )
                )
            return root
        except yaml.YAMLError as error:
            raise UnreadableError(syntax(error, self.text, self.name)) from None
        finally:
            self.events.dispose()

    def node(self, depth: int) -> Node:
        """The node that the next event begins."""
        event = self.events.get_event()
        where = self._position(event)
        if depth > MAX_DEPTH:
            raise UnreadableError(Problem(f"nested more than {MAX_DEPTH} levels deep", where))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, where)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self._scalar(event, where), where)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(depth, where)
        else:
            node = self._mapping(depth, where)
        tag = event.tag
        if tag not in {None, "!", *(SAME + name for name in ("str", "seq", "map"))}:
            node = self.source.tagged(tag, node, self)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return self.source.counted(node)

    def _alias(self, anchor: str | None, where: Position) -> Node:
        # The name is not shown: it may be an unquoted password that begins with "*".
        if anchor not in self.anchors:
            message = "an alias without its anchor above it"
            return self.source.lost(Node(None, where), message, "put a text that begins with * in quotes")
        node = self.anchors[anchor]
        if node is None:
            return self.source.lost(Node(None, where), "an alias inside its own anchor")
        return node

    def _scalar(self, event: yaml.ScalarEvent, where: Position) -> Json:
        text = event.value
        if not storable(text):
            return self.source.lost(
                Node(None, where), "a character that no PostHog text can hold (NUL, or half a pair)"
            ).value
        if event.tag is not None or not event.implicit[0]:
            return text
        if text in WORDS:
            return WORDS[text]
        value = number(text)
        if value is None:
            return text
        if abs(value) > MAX_EXACT:
            return self.source.lost(
                Node(None, where), "a number too large to be kept exactly", "put it in quotes if it is a text"
            ).value
        return value

    def _sequence(self, depth: int, where: Position) -> Node:
        items = []
        while not self.events.check_event(yaml.SequenceEndEvent):
            items.append(self.node(depth + 1))
        self.events.get_event()
        return Node(tuple(items), where, size=1 + sum(item.size for item in items))

    def _mapping(self, depth: int, where: Position) -> Node:
        items: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        merged: list[tuple[Position, Node, bool]] = []
        while not self.events.check_event(yaml.MappingEndEvent):
            event = self.events.peek_event()
            here = self._position(event)
            key = self._key(depth)
            including = getattr(self.events.peek_event(), "tag", None) == "!include"
            item = self.node(depth + 1)
            if key is None:
                self.source.problems.append(Problem("a key that is not plain text", here))
            elif key == "<<" and event.implicit[0]:
                merged += self._merged(item, here, including)
            elif key in keys:
                self.source.problems.append(
                    Problem(f'"{key}" is here already, at {keys[key]}', here, "keep one of the two")
                )
            else:
                items[key], keys[key] = item, here
        self.events.get_event()
        self._merge(merged, items, keys)
        return Node(items, where, keys, 1 + sum(item.size for item in items.values()))

    def _key(self, depth: int) -> str | None:
        """A mapping's key as it is written, whatever YAML would make of it: `2026:` is "2026"."""
        event = self.events.peek_event()
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or event.anchor is not None:
            self.node(depth + 1)
            return None
        text: str = self.events.get_event().value
        return text if storable(text) else None

    def _merged(self, node: Node, where: Position, including: bool) -> Iterator[tuple[Position, Node, bool]]:
        """The mappings that one `<<` brings: (where it is, the mapping, whether from other files)."""
        for each in node.value if isinstance(node.value, tuple) else (node,):
            if isinstance(each.value, dict):
                yield where, each, including
            elif not each.unknown:
                self.source.problems.append(
                    Problem("<< takes a mapping", where, "write `<<: *anchor`, or `<<: !include path`")
                )

    def _merge(
        self,
        merged: list[tuple[Position, Node, bool]],
        items: dict[str, Node],
        keys: dict[str, Position],
    ) -> None:
        """Add what is not there yet: what the mapping says itself counts, then what was merged first."""
        for _, node, including in merged:
            for key, item in node.value.items():
                if key not in keys:
                    items[key], keys[key] = item, node.keys[key]
                elif including and isinstance(item.value, dict) and isinstance(items[key].value, dict):
                    # The own one would win, as with any merge key, and lose the other file's whole block.
                    self.source.problems.append(
                        Problem(
                            f'"{key}" is declared already, at {keys[key]}',
                            node.keys[key],
                            f"include it inside: `{key}: {{<<: !include ...}}`",
                        )
                    )

    # -- positions and syntax --------------------------------------------------------------------------------

    def _position(self, event: Any) -> Position:
        return Position(self.name, event.start_mark.line + 1, event.start_mark.column + 1)
