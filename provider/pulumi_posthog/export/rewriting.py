"""A file's text, changes of single values -> its text: everything else stays as it is, to the last blank.

Changes are collected first, so that several in one list or mapping do not get in each other's way.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pulumi_posthog.config.written import Form, Text, Written, written
from pulumi_posthog.export import text as yaml_text
from pulumi_posthog.values.json_value import Json, json_text

BEGIN: Final = re.compile(r"[ \t]*(?:#[^\n]*)?(?=\r?\n|\Z)")  # the rest of a line, if it is a comment at most


class CannotWrite(Exception):
    """A value cannot be put where it belongs; the message says why, `place` where (counted from 0)."""

    def __init__(self, message: str, hint: str, place: int) -> None:
        super().__init__(message)
        self.hint = hint
        self.place = place


Edit = tuple[int, int, str]  # from, to, what is there afterwards


@dataclass
class Changes:
    """What is to be done to the values of a file, by the value, the list or the mapping that it is done to."""

    put: dict[Written, Json] = field(default_factory=dict)
    keys: dict[Written, str] = field(default_factory=dict)
    dropped: dict[Written, set[int]] = field(default_factory=lambda: defaultdict(set))
    added: dict[Written, list[tuple[int, str | None, Json]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def copied(self) -> Changes:
        """A copy, which what is asked for later does not touch."""
        return Changes(
            dict(self.put),
            dict(self.keys),
            defaultdict(set, {node: set(found) for node, found in self.dropped.items()}),
            defaultdict(list, {node: list(found) for node, found in self.added.items()}),
        )


class Rewriting:
    """The changes to one file."""

    def __init__(self, text: str) -> None:
        self.source: Text = written(text)
        self.text = text
        self.line = "\r\n" if "\r\n" in text else "\n"
        self.changes = Changes()

    # -- what is to change ---------------------------------------------------------------------------------------

    def snapshot(self) -> Changes:
        """What was asked for so far, to come back to by setting `changes`."""
        return self.changes.copied()

    def put(self, node: Written, value: Json) -> None:
        """Write a value in place of another. Raises CannotWrite."""
        self._check(node)
        self.changes.put[node] = value

    def rename(self, key: Written, name: str) -> None:
        """Give a mapping's key another name. Raises CannotWrite."""
        self._check(key)
        self.changes.keys[key] = name

    def drop(self, container: Written, index: int) -> None:
        """Take out an item, or a key with its value. Raises CannotWrite."""
        self._check(container)
        self._check_below(container.items[index])
        self.changes.dropped[container].add(index)

    def add(self, container: Written, key: str | None, value: Json, at: int | None = None) -> None:
        """Put in a key with its value, or (key None) an item before the one at `at`; else at the end.

        Raises CannotWrite.
        """
        self._check(container)
        self.changes.added[container].append((len(container.items) if at is None else at, key, value))

    def adapt(self, node: Written, declared: Json, value: Json) -> None:
        """Make a value that means `declared` mean `value`, and change as little as that takes. Raises CannotWrite."""
        if json_text(declared) == json_text(value):
            return
        if node.form is Form.MAPPING and isinstance(declared, dict) and isinstance(value, dict):
            self._check(node, tags_only=True)
            self._adapt_mapping(node, declared, value)
        elif (
            node.form is Form.SEQUENCE
            and isinstance(declared, list)
            and isinstance(value, list)
            and len(declared) == len(node.items)
        ):
            self._check(node, tags_only=True)
            self._adapt_sequence(node, declared, value)
        else:
            self.put(node, value)

    def _adapt_mapping(self, node: Written, declared: dict[str, Json], value: dict[str, Json]) -> None:
        own = {key.text: index for index, key in enumerate(node.keys) if key.form is Form.SCALAR}
        for key, before in declared.items():
            if key in value and json_text(before) == json_text(value[key]):
                continue
            if key not in own:
                raise self._shared(node)
            if key in value:
                self.adapt(node.items[own[key]], before, value[key])
            else:
                self.drop(node, own[key])
        for key, after in value.items():
            if key not in declared:
                self.add(node, key, after)

    def _adapt_sequence(self, node: Written, declared: list[Json], value: list[Json]) -> None:
        before, after = list(map(json_text, declared)), list(map(json_text, value))
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for what, from_, to, begin, end in matcher.get_opcodes():
            if what == "equal":
                continue
            common = min(to - from_, end - begin)
            for offset in range(common):
                self.adapt(node.items[from_ + offset], declared[from_ + offset], value[begin + offset])
            for index in range(from_ + common, to):
                self.drop(node, index)
            for new in value[begin + common : end]:
                self.add(node, None, new, to)

    # -- what may be changed -------------------------------------------------------------------------------------

    def _check(self, node: Written, *, tags_only: bool = False) -> None:
        tagged = node.tag is not None and not node.tag.startswith("tag:yaml.org,2002:")
        if tagged or (node.tag is not None and node.tag.startswith("!")):
            raise CannotWrite(
                f"the value comes from `{self.text[node.start : node.end].split()[0]}`",
                "change it there, or write the value itself in its place",
                node.start,
            )
        if node.form is Form.ALIAS:
            raise self._shared(node)
        if not tags_only:
            for each in node.lineage:
                if each.uses > (1 if self._only_for_others(each) else 0):
                    raise self._shared(each)

    def _check_below(self, node: Written) -> None:
        """What is taken out must not be what an alias elsewhere means."""
        if node.uses:
            raise self._shared(node)
        for each in (*node.keys, *node.items):
            self._check_below(each)

    def _only_for_others(self, node: Written) -> bool:
        """Whether a value is in a section `x-...`, and so declares nothing where it is."""
        lineage = list(node.lineage)
        root = lineage[-1]
        if len(lineage) < 2 or root.form is not Form.MAPPING:
            return False
        top = next((index for index, item in enumerate(root.items) if item is lineage[-2]), None)
        return top is not None and root.keys[top].text.startswith("x-")

    def _shared(self, node: Written) -> CannotWrite:
        return CannotWrite(
            "the value comes from an anchor that several entries share",
            "write the value into the entry itself, or change it for all of them",
            node.start,
        )

    # -- the text ------------------------------------------------------------------------------------------------

    def result(self) -> str:
        """The text with all changes. Raises CannotWrite where a comment would be lost that is about something else."""
        edits: list[tuple[int, Edit]] = []  # with how deep the value is that changes
        for node, value in self.changes.put.items():
            edits += [(_depth(node), edit) for edit in self._putting(node, value) if self._stays(node)]
        for key, name in self.changes.keys.items():
            if self._stays(key):
                edits.append((_depth(key), (key.start, key.end, yaml_text.bracketed(name, key.style))))
        for container in {**self.changes.dropped, **self.changes.added}:
            if self._stays(container):
                edits += [(_depth(container), edit) for edit in self._elements(container)]
        text = self.text
        in_order = [
            (start, end, -depth, order, new) for order, (depth, (start, end, new)) in enumerate(edits)
        ]
        # At one place, what ends the inner value is before what ends the outer one.
        for start, end, _, _, new in sorted(in_order, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _stays(self, node: Written) -> bool:
        """Whether a value is within nothing that is taken out or written anew."""
        for each in node.lineage:
            parent = each.parent
            if parent is None:
                return True
            if parent in self.changes.put:
                return False
            dropped = self.changes.dropped.get(parent, set())
            if any(
                parent.items[index] is each or (parent.keys and parent.keys[index] is each)
                for index in dropped
            ):
                return False
        return True

    def _putting(self, node: Written, value: Json) -> Iterator[Edit]:
        content = self.source.content(node)
        style = node.style if node.form is Form.SCALAR and node.style in ("'", '"') else None
        inline = yaml_text.bracketed(value, style)
        block = self._block(node, value)
        if block is None or node.in_brackets or node.parent is None:
            if not node.is_block:
                apart = self.text[:content].endswith((" ", "\t", "[", "{"))
                yield (content, node.end, inline if apart else f" {inline}")
                return
            yield self._instead(node, f" {inline}")
            return
        if node.is_block:
            yield self._instead(node, block)
            return
        rest = BEGIN.match(self.text, node.end)
        after = rest.end() if rest else node.end
        begin = content
        while self.text[begin - 1] in " \t" and content == node.start:
            begin -= 1
        first, newline, lines = block.partition(self.line)
        if "#" in self.text[node.end : after] and first.strip() and not first.strip().startswith(("|", ">")):
            # A comment cannot be within the first of several lines.
            lines = f"{' ' * (self._column(node) + 2)}{first.strip()}{newline}{lines}"
            first = ""
        yield (begin, node.end, first)
        yield (after, after, newline + lines + (self.line if after == len(self.text) else ""))

    def _instead(self, node: Written, new: str) -> Edit:
        """Another text after the colon, or the dash, of a value that takes lines of its own."""
        begin = self._mark(node)
        if node.anchor:
            begin = node.start + len(node.anchor) + 1
        if self.source.comments(begin, node.end):
            raise self._comment(node)
        return (begin, node.end, new)

    def _comment(self, node: Written) -> CannotWrite:
        return CannotWrite(
            "a comment is inside the part that would be written anew",
            "write the value by hand, so that the comment stays where it belongs",
            node.start,
        )

    def _mark(self, node: Written) -> int:
        """The place after the colon or the dash that a value follows."""
        parent = node.parent
        if parent is None:
            return node.start
        if parent.form is Form.MAPPING:
            key = parent.keys[parent.items.index(node)]
            return self.text.index(":", key.end) + 1
        return self._dash(node) + 1

    def _dash(self, node: Written) -> int:
        place = node.start - 1
        while place >= 0 and self.text[place].isspace():
            place -= 1
        if place < 0 or self.text[place] != "-":
            raise self._comment(node)
        return place

    def _block(self, node: Written, value: Json) -> str | None:
        """A value as lines below its key or its dash; None for one that fits on the same line."""
        if not isinstance(value, dict | list | str):
            return None
        parent = node.parent
        if parent is None:
            return None
        text = yaml_text.pair("k", value)[2:] if parent.form is Form.MAPPING else yaml_text.item(value)[1:]
        if "\n" not in text.strip("\n"):
            return None
        return self._indented(text, self._column(node)).rstrip("\r\n")

    def _column(self, node: Written) -> int:
        """The column of the key or the dash that a value follows."""
        parent = node.parent
        if parent is not None and parent.form is Form.MAPPING:
            return self.source.column(parent.keys[parent.items.index(node)].start)
        return self.source.column(self._dash(node))

    def _indented(self, text: str, column: int) -> str:
        """Lines below the first one moved to the right, with the file's ends of lines."""
        first, newline, rest = text.partition("\n")
        moved = first + newline + textwrap.indent(rest, " " * column)
        return moved.replace("\n", self.line)

    # -- items and keys ------------------------------------------------------------------------------------------

    def _elements(self, node: Written) -> list[Edit]:
        dropped, added = self.changes.dropped.get(node, set()), self.changes.added.get(node, [])
        if not dropped and not added:
            return []
        if (
            node.form not in (Form.MAPPING, Form.SEQUENCE)
            or (not node.flow and len(dropped) == len(node.items))
            or (not node.items and not node.in_brackets)
        ):
            return self._anew(node, added)
        return self._in_brackets(node, dropped, added) if node.flow else self._in_lines(node, dropped, added)

    def _anew(self, node: Written, added: list[tuple[int, str | None, Json]]) -> list[Edit]:
        """Nothing of a collection is left, or nothing was in it."""
        value: Json = (
            {key: value for _, key, value in added}
            if any(key is not None for _, key, _ in added) or (node.form is Form.MAPPING)
            else [value for _, _, value in added]
        )
        if node.parent is None:
            begin, end = node.start, node.end
            return [(begin, end, yaml_text.text_of(value).rstrip("\n").replace("\n", self.line))]
        # A comment beside what is taken out is taken out with it; one on a line of its own is about something else.
        return [self._emptied(node, value)] if node.is_block else list(self._putting(node, value))

    def _emptied(self, node: Written, value: Json) -> Edit:
        block = self._block(node, value)
        begin = self._mark(node)
        if node.anchor:
            begin = node.start + len(node.anchor) + 1
        new = block if block is not None else f" {yaml_text.bracketed(value)}"
        return (begin, self._after(node.end), new)

    def _after(self, place: int) -> int:
        """The end of a line whose rest is a comment at most; else the place itself."""
        rest = BEGIN.match(self.text, place)
        return rest.end() if rest else place

    def _start(self, node: Written, index: int) -> int:
        if node.form is Form.MAPPING:
            return node.keys[index].start
        return node.items[index].start if node.flow else self._dash(node.items[index])

    def _end(self, node: Written, index: int) -> int:
        key_end = node.keys[index].end if node.form is Form.MAPPING else 0
        return max(node.items[index].end, key_end)

    def _in_brackets(
        self, node: Written, dropped: set[int], added: list[tuple[int, str | None, Json]]
    ) -> list[Edit]:
        edits: list[Edit] = []
        count = len(node.items)
        texts = [
            (at, yaml_text.bracketed({key: value})[1:-1] if key is not None else yaml_text.bracketed(value))
            for at, key, value in added
        ]
        kept = [index for index in range(count) if index not in dropped]
        if not kept:
            inner = ", ".join(text for _, text in texts)
            begin, end = (self._start(node, 0), self._end(node, count - 1)) if count else (node.end - 1,) * 2
            return [(begin, end, inner)]
        last = kept[-1]
        edits += [
            (self._start(node, index), self._start(node, index + 1), "")
            for index in sorted(dropped)
            if index < last
        ]
        tail = "".join(f", {text}" for at, text in texts if at > last)
        if tail or last < count - 1:
            edits.append((self._end(node, last), self._end(node, count - 1), tail))
        edits += [
            (self._start(node, at), self._start(node, at), f"{text}, ") for at, text in texts if at <= last
        ]
        return edits

    def _in_lines(
        self, node: Written, dropped: set[int], added: list[tuple[int, str | None, Json]]
    ) -> list[Edit]:
        edits: list[Edit] = []
        first_kept = next(index for index in range(len(node.items)) if index not in dropped)
        begin = self._start(node, 0)
        inline = bool(self.text[self.source.line_begin(begin) : begin].strip())  # after a dash of its own
        for index in sorted(dropped):
            start = self._start(node, index)
            end = self.source.line_end(self._end(node, index))
            if inline and index < first_kept:
                end = self._start(node, index + 1)
                if self.source.comments(self._after(self._end(node, index)), end):
                    raise self._comment(node)
                edits.append((start, end, ""))
                continue
            edits.append((self.source.line_begin(start), end, ""))
        column = self.source.column(begin)
        for at, key, value in added:
            text = yaml_text.pair(key, value) if key is not None else yaml_text.item(value)
            lines = self._indented(text.rstrip("\n"), column)
            if at == 0:
                edits.append((begin, begin, f"{lines}{self.line}{' ' * column}"))
                continue
            place = self.source.line_end(self._end(node, at - 1))
            before = "" if self.text[:place].endswith("\n") else self.line
            last = "" if before and "\n" not in lines else self.line
            edits.append((place, place, f"{before}{' ' * column}{lines}{last}"))
        return edits


def _depth(node: Written) -> int:
    return sum(1 for _ in node.lineage)
