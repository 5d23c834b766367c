"""What lives in PostHog -> the files of a configuration: what is accepted, at the places where it is declared.

Everything is tried on the texts first. The changed configuration is loaded again, and nothing may mean something else
than before but what was accepted: so no change of one entry reaches another through an anchor or an include.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.config.written import Form, Written
from pulumi_posthog.export.rewriting import CannotWrite, Changes, Rewriting
from pulumi_posthog.export.wish import Wish, wished
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Entry, Key, above, group_of, key_of
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.values.json_value import Json, json_text
from pulumi_posthog.values.local_file import LINE_END
from pulumi_posthog.values.problem import ConfigError, Position, Problem

HAND: Final = "write it by hand"


@dataclass(frozen=True)
class Accepted:
    """The texts of the files that change, by path; which wishes are in them, and why the others are not."""

    texts: Mapping[Path, str]
    wishes: tuple[Wish, ...]
    refused: tuple[tuple[Wish, Problem], ...]


Load = Callable[[Mapping[Path, str]], Configuration]


def accept(
    wishes: Sequence[Wish], desired: Configuration, files: Mapping[Path, str], load: Load, folder: Path
) -> Accepted:
    """Write what is wished for into texts.

    `desired` is what `files` (by their real paths) mean, and `load` loads them again with other texts. Positions name
    files relative to `folder`. What cannot be written is refused, each with its reason; the rest is accepted.
    """
    groups: dict[object, list[Wish]] = defaultdict(list)
    for wish in wishes:
        own = wish.entry is not None and wish.field is not None
        groups[
            (key_of(wish.entry), wish.field.name)
            if own and wish.entry and wish.field
            else wish.beside or id(wish)
        ].append(wish)
    attempts = list(groups.values())
    whole = _Attempt(desired, files, load, folder)
    refused = [problem for each in attempts for problem in whole.write(each)]
    if whole.objection() is None:
        return whole.accepted(refused)
    # Something does not fit: one after the other, to find out what.
    refused = []
    good: list[list[Wish]] = []
    for each in attempts:
        trial = _Attempt(desired, files, load, folder)
        for earlier in good:
            trial.write(earlier)
        found = trial.write(each)
        objection = trial.objection() if not found else None
        if not found and objection is None:
            good.append(each)
        elif found:
            refused += found
        else:
            refused += [(wish, objection) for wish in each if objection]
    last = _Attempt(desired, files, load, folder)
    for each in good:
        last.write(each)
    return last.accepted(refused)


class _Attempt:
    def __init__(self, desired: Configuration, files: Mapping[Path, str], load: Load, folder: Path) -> None:
        self.desired = desired
        self.files = files
        self.load = load
        self.folder = folder
        self.rewritings: dict[Path, Rewriting] = {}
        self.written: list[Wish] = []
        self.removed: set[Key] = set()
        self.placed: set[Key] = set()  # those of them whose siblings keep their places already
        self.renamed: set[Key] = set()
        self.touched: dict[Key, set[str]] = defaultdict(set)

    # -- the wishes ------------------------------------------------------------------------------------------

    def write(self, wishes: Sequence[Wish]) -> list[tuple[Wish, Problem]]:
        """Write wishes that are about one field, or one that is about something whole; the reasons if it cannot be."""
        before = {path: each.snapshot() for path, each in self.rewritings.items()}
        first = wishes[0]
        try:
            where = self._write(wishes)
        except _Refused as refusal:
            for path, each in self.rewritings.items():
                each.changes = before[path] if path in before else Changes()
            return [
                (wish, Problem(f"{wish.path}: {refusal}", refusal.where, refusal.hint)) for wish in wishes
            ]
        if first.entry is not None and where is not None:
            self.touched[key_of(first.entry)].add(where)
        self.written += wishes
        return []

    def _write(self, wishes: Sequence[Wish]) -> str | None:
        first = wishes[0]
        if first.beside is not None:
            self._put_beside(first.beside, wishes)
        elif first.entry is None:
            self._declare(first)
        elif first.field is None:
            self._take_out(first.entry)
            self.removed.add(key_of(first.entry))
        elif first.field.from_key and not first.entry.named_apart:
            self._rename(first.entry, first.field, first.found)
            self.renamed.add(key_of(first.entry))
        elif _is_unsaid(first.entry, first.field):
            live = first.found.values.get(first.field.name) if first.found else None
            self._say(first.entry, first.field, live)
            return first.field.name
        else:
            self._set(first.entry, first.field, wishes)
            return first.field.name
        return None

    def _say(self, entry: Entry, field_: Field, live: Json) -> None:
        """Declare a setting that the entry says nothing of."""
        mapping, index, file = self._pair(entry.where, entry)
        file, body = self._followed(file, mapping.items[index], entry.where)
        with _Placing(self._name(file), self.rewritings[file].text):
            self._check_mapping(body, entry.where)
            self.rewritings[file].add(body, field_.name, field_.own(live))

    def _keep_places(self) -> None:
        """Say the places of those that would move up because one before them is taken out."""
        gone = [self.desired.by_name[key] for key in self.removed - self.placed]
        self.placed |= self.removed
        for other in self.desired.entries if gone else ():
            if key_of(other) in self.removed or self._below_removed(other):
                continue
            if not any(each.kind is other.kind and each.parent == other.parent for each in gone):
                continue
            for field_ in other.kind.fields:
                said = field_.name in self.touched[key_of(other)] or not _is_unsaid(other, field_)
                if field_.numbered_within and field_.name in other.fields and not said:
                    with contextlib.suppress(_Refused):  # then it is told that its place would change as well
                        self._say(other, field_, other.fields[field_.name])

    def _set(self, entry: Entry, field_: Field, wishes: Sequence[Wish]) -> None:
        where = entry.positions.get(field_.name)
        mapping, index, file = self._pair(where, entry)
        node = mapping.items[index]
        file, node = self._followed(file, node, where)
        declared = entry.fields[field_.name]
        live = wishes[0].found.values.get(field_.name) if wishes[0].found else None
        value = wished(field_, declared, field_.named(live, wishes[0].meant), wishes)
        if field_.refers_to and not entry.kind.set_of:
            raise _Refused("it is another object in PostHog", where, HAND)
        if isinstance(value, dict) and field_.secret and node.tag and node.tag.startswith("!"):
            raise _Refused("its settings come from elsewhere", where, HAND)
        with _Placing(self._name(file), self.rewritings[file].text):
            if entry.kind.set_of and node.form is Form.MAPPING:
                node = node.item("items") or node
            if value is None and not field_.nullable:
                self.rewritings[file].drop(mapping, index)
            else:
                self.rewritings[file].adapt(node, declared, value)

    def _take_out(self, entry: Entry) -> None:
        where = entry.where
        file = self._file(where)
        if where is None:
            raise _Refused("it is not known where it is declared", None, HAND)
        source = self.rewritings[file].source
        with _Placing(self._name(file), source.text):
            if found := source.keys.get((where.line, where.column)):
                self._alone(where, entry)
                self.rewritings[file].drop(*found)
                return
            item = source.values.get((where.line, where.column))
            if item is None or item.parent is None:
                raise _Refused("it is not known where it is declared", where, HAND)
            self._alone(where, entry)
            self.rewritings[file].drop(item.parent, item.parent.items.index(item))

    def _rename(self, entry: Entry, field_: Field, found: Found | None) -> None:
        mapping, index, file = self._pair(entry.where, entry)
        name = str(found.values.get(field_.name)) if found else ""
        if not name or mapping.item(name) is not None:
            raise _Refused(f'its name in PostHog, "{name}", is taken in the file', entry.where, HAND)
        before = str(entry.fields[field_.name])
        body, rewriting = mapping.items[index], self.rewritings[file]
        file, body = self._followed(file, body, entry.where)
        with _Placing(self._name(file), rewriting.text):
            rewriting.rename(mapping.keys[index], name)
            earlier = body.item("previously")
            if body.form is not Form.MAPPING:
                raise _Refused("its settings come from elsewhere", entry.where, HAND)
            if earlier is None:
                self.rewritings[file].add(body, "previously", before)
            elif earlier.form is Form.SEQUENCE:
                self.rewritings[file].add(earlier, None, before)
            else:
                self.rewritings[file].put(earlier, [earlier.text, before])

    def _declare(self, wish: Wish) -> None:
        if wish.group is None or wish.found is None:
            raise _Refused("it has no place in the file", None, HAND)
        kind = wish.found.kind
        siblings = [each for each in self.desired.entries if group_of(each) == wish.group]
        places = [each.where for each in siblings if each.where is not None]
        if places:
            self._beside(places[-1], wish)
            return
        holder = above(wish.group, self.desired)
        section = kind.section.rpartition(".")[2]
        if holder is not None:
            mapping, index, file = self._pair(holder.where, holder)
            file, body = self._followed(file, mapping.items[index], holder.where)
        else:
            main = next(iter(self.files))
            file, body = main, self._rewriting(main).source.root
        with _Placing(self._name(file), self.rewritings[file].text):
            own = body.item(section)
            if own is None:
                self._check_mapping(body, holder.where if holder else None)
                self.rewritings[file].add(body, section, {wish.name: dict(wish.body or {})})
                return
            file, own = self._followed(file, own, holder.where if holder else None)
            if (
                kind.name in {each.kind.set_of for each in self.desired.entries}
                or own.item("items") is not None
            ):
                own = own.item("items") or own
            if own.form is Form.SEQUENCE:
                self.rewritings[file].add(own, None, wish.name)
                return
            self.rewritings[file].add(own, wish.name, dict(wish.body or {}))

    def _put_beside(self, where: Position, wishes: Sequence[Wish]) -> None:
        """Declare values in the mapping whose key is at a place, each at the end of its way."""
        file = self._file(where)
        found = self._rewriting(file).source.keys.get((where.line, where.column))
        if found is None:
            raise _Refused("it is not known where it belongs", where, HAND)
        wanted: dict[str, Any] = {}
        for wish in wishes:
            *keys, last = wish.way
            inside = wanted
            for key in keys:
                inside = inside.setdefault(key, {})
            inside[last] = wish.value
        self._put_in(file, found[0], wanted, where)

    def _put_in(self, file: Path, mapping: Written, wanted: Mapping[str, Any], where: Position) -> None:
        with _Placing(self._name(file), self._rewriting(file).text):
            self._check_mapping(mapping, where)
            for key, value in wanted.items():
                own = mapping.item(key)
                if own is None:
                    self.rewritings[file].add(mapping, key, value)
                elif isinstance(value, dict):
                    self._put_in(*self._followed(file, own, where), value, where)
                else:
                    raise _Refused(f'"{key}" is declared already', where, HAND)

    def _beside(self, where: Position, wish: Wish) -> None:
        """Declare something behind what is at a place."""
        file = self._file(where)
        rewriting = self._rewriting(file)
        with _Placing(self._name(file), rewriting.text):
            if found := rewriting.source.keys.get((where.line, where.column)):
                if found[0].item(wish.name) is not None:
                    raise _Refused(f'"{wish.name}" is declared already', where, HAND)
                rewriting.add(found[0], wish.name, dict(wish.body or {}))
                return
            item = rewriting.source.values.get((where.line, where.column))
            if item is None or item.parent is None:
                raise _Refused("it is not known where it belongs", where, HAND)
            rewriting.add(item.parent, None, wish.name)

    def _check_mapping(self, body: Written, where: Position | None) -> None:
        if body.form is not Form.MAPPING:
            raise _Refused("what it belongs to comes from elsewhere", where, HAND)

    # -- places ----------------------------------------------------------------------------------------------

    def _pair(self, where: Position | None, entry: Entry) -> tuple[Written, int, Path]:
        file = self._file(where)
        found = (
            self._rewriting(file).source.keys.get((where.line, where.column)) if where is not None else None
        )
        if found is None or where is None:
            raise _Refused("it is not known where it is declared", where, HAND)
        self._alone(where, entry)
        return (*found, file)

    def _alone(self, where: Position, entry: Entry) -> None:
        """Raise where one place in a file declares something of several entries."""
        key = key_of(entry)
        for other in self.desired.entries:
            if key_of(other) != key and where in other.positions.values() and not _together(entry, other):
                raise _Refused(
                    f'{other.kind.title} "{other.name}" has its value from the same place',
                    where,
                    "write the value into the entry itself, or change it for all of them",
                )

    def _file(self, where: Position | None) -> Path:
        if where is None:
            raise _Refused("it is not known where it is declared", None, HAND)
        path = Path(where.file) if Path(where.file).is_absolute() else self.folder / where.file
        real = path.resolve()
        if real not in self.files:
            raise _Refused("it is not known where it is declared", where, HAND)
        self._rewriting(real)
        return real

    def _rewriting(self, file: Path) -> Rewriting:
        if file not in self.rewritings:
            self.rewritings[file] = Rewriting(self.files[file])
        return self.rewritings[file]

    def _name(self, file: Path) -> str:
        return os.path.relpath(file, self.folder)

    def _followed(self, file: Path, node: Written, where: Position | None) -> tuple[Path, Written]:
        """The value itself where a file is included in its place."""
        if node.tag != "!include":
            return file, node
        real = (file.parent / node.text).resolve()
        if real not in self.files:
            raise _Refused(f"its value comes from several files, `!include {node.text}`", where, HAND)
        return self._followed(real, self._rewriting(real).source.root, where)

    # -- what it comes to ------------------------------------------------------------------------------------

    def texts(self) -> dict[Path, str]:
        """The new texts of the files that change."""
        self._keep_places()
        made = {path: each.result() for path, each in self.rewritings.items()}
        return {path: text for path, text in made.items() if text != self.files[path]}

    def accepted(self, refused: Iterable[tuple[Wish, Problem]]) -> Accepted:
        """The outcome."""
        return Accepted(self.texts(), tuple(self.written), tuple(refused))

    def objection(self) -> Problem | None:
        """Why the new texts may not be written: they mean something else than what was wished for."""
        try:
            after = self.load(self.texts())
        except CannotWrite as error:
            return Problem(
                f"{self.written[0].path}: {error}" if self.written else str(error), hint=error.hint
            )
        except ConfigError as error:
            found = error.problems[0]
            return Problem(f"what PostHog has cannot be declared: {found.message}", found.where, found.hint)
        now = after.by_name
        if (new := self._not_wished_for(after)) is not None:
            return Problem(
                f'{new.kind.title} "{new.name}" would be declared as well: the place is shared',
                new.where,
                "write the value into the entry itself, or change it for all of them",
            )
        if self.renamed:
            return None  # what is below has another name, too; the loading itself has looked at everything
        for before in self.desired.entries:
            key = key_of(before)
            if key in self.removed or self._below_removed(before):
                continue
            problem = self._same(before, now.get(key))
            if problem is not None:
                return problem
        return None

    def _not_wished_for(self, after: Configuration) -> Entry | None:
        """What comes to be declared with what was put beside something, and is not it."""
        wished = {
            (each.group[0], each.name) for each in self.written if each.beside is not None and each.group
        }
        kinds = {kind for kind, _ in wished}
        return next(
            (
                each
                for each in after.entries
                if each.kind.name in kinds
                and key_of(each) not in self.desired.by_name
                and key_of(each) not in wished
            ),
            None,
        )

    def _below_removed(self, entry: Entry) -> bool:
        holder = above(group_of(entry), self.desired)
        return holder is not None and (key_of(holder) in self.removed or self._below_removed(holder))

    def _same(self, before: Entry, after: Entry | None) -> Problem | None:
        touched = self.touched[key_of(before)]
        if after is None:
            return Problem(
                f'{before.kind.title} "{before.name}" would no longer be declared', before.where, HAND
            )
        for name in {**before.fields, **after.fields}:
            if name not in touched and _said(before.fields.get(name)) != _said(after.fields.get(name)):
                return Problem(
                    f'{name} of {before.kind.title} "{before.name}" would change as well: the value is shared',
                    before.positions.get(name, before.where),
                    "write the value into the entry itself, or change it for all of them",
                )
        live = next(
            (
                each.found
                for each in self.written
                if each.entry is not None and key_of(each.entry) == key_of(before)
            ),
            None,
        )
        whole = {
            each.field.name
            for each in self.written
            if each.entry is not None
            and key_of(each.entry) == key_of(before)
            and each.field
            and each.key is None
            and each.item is None
            and not each.field.refers_to
        }
        told = {name: value for name, value in after.fields.items() if name in touched & whole}
        if live is not None and (left := differences(before.kind, told, live.values)):
            return Problem(
                f'{left[0].field.name} of {before.kind.title} "{before.name}" would still differ',
                before.positions.get(left[0].field.name, before.where),
                HAND,
            )
        return None


def _is_unsaid(entry: Entry, field_: Field) -> bool:
    """Whether the entry says nothing of a field: what follows from its place in the file is said nowhere."""
    return field_.name not in entry.fields or bool(
        field_.numbered_within and field_.name not in entry.positions
    )


class _Refused(Exception):
    def __init__(self, message: str, where: Position | None, hint: str) -> None:
        super().__init__(message)
        self.where = where
        self.hint = hint


class _Placing:
    """Makes of what a rewriting refuses a refusal with a line."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, CannotWrite):
            lines = LINE_END.split(self.text[: error.place])
            where = Position(self.name, len(lines), len(lines[-1]) + 1)
            raise _Refused(str(error), where, error.hint) from error


def _together(one: Entry, other: Entry) -> bool:
    """Whether two entries are one in the file: a role, and the list of its members."""
    return other.parent == one.name or one.parent == other.name


def _said(value: Json) -> str:
    return json_text(value) if not isinstance(value, dict | list) else repr(value)
