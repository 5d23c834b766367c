"""YAML text -> where each of its values begins and ends. Changes of a part of a file use it."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

PROPERTIES: Final = re.compile(
    r"(?:[&!][^\s,\[\]{}]*\s+)*"
)  # an anchor and a tag, before what they belong to


class Form(enum.Enum):
    """What a value is in YAML."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    ALIAS = "alias"


@dataclass(eq=False, kw_only=True)
class Written:
    """A value as it is in a text.

    `start` and `end` are places in the text, counted in characters from 0: before its anchor and tag, and after its
    last character that is no blank. `items` are those of a sequence, or the values of a mapping, whose `keys` are
    beside them. `text` is a scalar's value, or the anchor that an alias names.
    """

    form: Form
    start: int
    end: int
    text: str = ""
    style: str | None = None  # of a scalar: None (plain), ', ", | or >
    flow: bool = False  # of a collection: whether it is in brackets
    anchor: str | None = None
    tag: str | None = None
    keys: list[Written] = field(default_factory=list)
    items: list[Written] = field(default_factory=list)
    parent: Written | None = None
    uses: int = 0  # how many aliases refer to it

    @property
    def lineage(self) -> Iterator[Written]:
        """The value itself and all that it is in, the nearest first."""
        here: Written | None = self
        while here is not None:
            yield here
            here = here.parent

    @property
    def in_brackets(self) -> bool:
        """Whether it is within a collection in brackets, where nothing may be a block."""
        return any(each.flow for each in self.lineage if each is not self)

    @property
    def is_block(self) -> bool:
        """Whether it takes lines of its own."""
        if self.form is Form.SCALAR:
            return self.style in ("|", ">")
        return self.form is not Form.ALIAS and not self.flow

    def item(self, key: str) -> Written | None:
        """Of a mapping, the value of a key that it has itself, not by `<<`."""
        found = [
            item
            for own, item in zip(self.keys, self.items, strict=True)
            if own.form is Form.SCALAR and own.text == key
        ]
        return found[0] if found else None


@dataclass(eq=False)
class Text:
    """A text with its values. `keys` and `values` find them by line and column, both counted from 1."""

    text: str
    root: Written
    keys: dict[tuple[int, int], tuple[Written, int]]  # -> the mapping, and which of its keys
    values: dict[tuple[int, int], Written]

    def content(self, node: Written) -> int:
        """Where a value begins after its anchor and its tag."""
        found = PROPERTIES.match(self.text, node.start)
        return min(found.end(), node.end) if found else node.start

    def line_begin(self, place: int) -> int:
        """Where the line begins that a place is in."""
        return self.text.rfind("\n", 0, place) + 1

    def line_end(self, place: int) -> int:
        """Where the next line begins; the end of the text for the last one."""
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1

    def column(self, place: int) -> int:
        """How many characters are before a place in its line."""
        return place - self.line_begin(place)

    def comments(self, start: int, end: int) -> bool:
        """Whether a comment is between two places, outside of all values."""
        return any("#" in gap for gap in self._gaps(self.root, start, end))

    def _gaps(self, node: Written, start: int, end: int) -> Iterator[str]:
        """What is between the places and belongs to no scalar."""
        leaves = sorted(
            (leaf.start, leaf.end) for leaf in _leaves(node) if leaf.end > start and leaf.start < end
        )
        here = start
        for begin, finish in leaves:
            yield self.text[here : max(here, begin)]
            here = max(here, finish)
        yield self.text[here : max(here, end)]


def _leaves(node: Written) -> Iterator[Written]:
    if node.form in (Form.SCALAR, Form.ALIAS):
        yield node
    for each in (*node.keys, *node.items):
        yield from _leaves(each)


def written(text: str) -> Text:
    """The values of a text that `config.load` has read; raises yaml.YAMLError for what is no YAML."""
    return _Writing(text).read()


class _Writing:
    def __init__(self, text: str) -> None:
        self.text = text
        # PyYAML's own parser: libyaml's places are those of bytes in some versions.
        events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self.events = events
        self.keys: dict[tuple[int, int], tuple[Written, int]] = {}
        self.values: dict[tuple[int, int], Written] = {}
        self.anchors: dict[str, Written] = {}

    def read(self) -> Text:
        root: Written | None = None
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event)
        if root is None:
            root = Written(form=Form.SCALAR, start=0, end=0)
        return Text(self.text, root, self.keys, self.values)

    def node(self, event: Any) -> Written:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.AliasEvent):
            node = Written(form=Form.ALIAS, start=start, end=end, text=event.anchor or "")
            if event.anchor in self.anchors:
                self.anchors[event.anchor].uses += 1
        elif isinstance(event, yaml.ScalarEvent):
            end = start + len(self.text[start:end].rstrip()) if event.style in ("|", ">") else end
            node = Written(form=Form.SCALAR, start=start, end=end, text=event.value, style=event.style)
        else:
            form = Form.MAPPING if isinstance(event, yaml.MappingStartEvent) else Form.SEQUENCE
            node = Written(form=form, start=start, end=end, flow=bool(event.flow_style))
            self._fill(node)
        if not isinstance(event, yaml.AliasEvent):
            node.anchor, node.tag = event.anchor, event.tag
            if event.anchor:
                self.anchors[event.anchor] = node
        self.values[event.start_mark.line + 1, event.start_mark.column + 1] = node
        return node

    def _fill(self, node: Written) -> None:
        while True:
            event: Any = next(self.events)
            end: Any = event.end_mark
            if isinstance(event, yaml.CollectionEndEvent):
                # The end of a block is where the next thing begins; of brackets, after them.
                last = max((each.end for each in (*node.keys, *node.items)), default=node.end)
                node.end = end.index if node.flow else last
                return
            if node.form is Form.MAPPING:
                place = (event.start_mark.line + 1, event.start_mark.column + 1)
                self.keys.setdefault(place, (node, len(node.keys)))
                node.keys.append(self.node(event))
                node.keys[-1].parent = node
                event = next(self.events)
            node.items.append(self.node(event))
            node.items[-1].parent = node
