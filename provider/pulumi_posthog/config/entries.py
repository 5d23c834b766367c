"""Nodes, values -> Configuration: one entry per declared object, parents first."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pulumi_posthog.config import grants, shorthand
from pulumi_posthog.config.carried import events
from pulumi_posthog.config.completed import numbered_entry, objections_of
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.config.node import Node
from pulumi_posthog.config.parts import files, listed, positions_of, texts
from pulumi_posthog.config.persons import erasures
from pulumi_posthog.config.place import titled
from pulumi_posthog.config.references import as_reference
from pulumi_posthog.config.schema import UNMANAGED, reserved
from pulumi_posthog.config.told_apart import alone_in, natural_key, same_words
from pulumi_posthog.erasures.declared import Erasure
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.kinds.tree import below, body_fields, in_the_organization, key_field, list_field
from pulumi_posthog.reconcile.blueprints import without_blueprint
from pulumi_posthog.reconcile.desired import Block, Entry, Group, Key, key_of
from pulumi_posthog.values.host import HostRefused, permitted
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Position, Problem
from pulumi_posthog.values.secret_text import MASK, UNKNOWN, SecretText, is_unknown, revealed
from pulumi_posthog.values.spelling import DRIVES, as_uuid, drives

if TYPE_CHECKING:
    from pulumi_posthog.checks.declared import Check


FILES_HINT: Final = "`!file` gives the value of a plugin's setting, directly below `config`"


def desired(
    root: Node, values: Json, file: str, environment: Mapping[str, str], *, sound: bool
) -> tuple[Configuration, tuple[Problem, ...]]:
    """What a tree declares, and what is wrong with it beyond its schema.

    `values` are the tree's, as the schema wants them, and `sound` says that all of them are. `environment` has its
    say about the host.
    Nothing is made of what has the wrong form, which the check of the schema has told.
    """
    builder = Builder(environment, sound=sound)
    builder.sections(None, root, values, None)
    builder.check()
    builder.entries[:] = grants.renamed_along(builder.entries)
    builder.problems += grants.problems(builder.entries)
    builder.problems += shorthand.contradictions(builder.entries)
    host, organization = builder.organization(root, values)
    options = values.get("options") if isinstance(values, dict) else None
    result = Configuration(
        host=host,
        organization=organization,
        entries=tuple(builder.entries),
        erasures=tuple(builder.erasures),
        unmanaged=tuple(builder.unmanaged),
        file=file,
        notes=tuple(grants.closed(builder.entries)),
        options=options if isinstance(options, dict) else {},
        checks=tuple(builder.checks),
        events=tuple(events(builder.entries, builder.carried, builder.problems.append)),
        exact=builder.exact,
        exact_blocks=builder.exact_blocks,
    )
    return result, tuple(builder.problems)


class Builder:
    """Makes `entries` and `erasures` from the sections of a file, and `problems`."""

    def __init__(self, environment: Mapping[str, str], *, sound: bool) -> None:
        self.environment = environment
        self.sound = sound
        self.entries: list[Entry] = []
        self.unmanaged: list[Entry] = []
        self.erasures: list[Erasure] = []
        self.checks: list[Check] = []
        self.carried: dict[Key, tuple[Node, Json]] = {}
        self.problems: list[Problem] = []
        self.exact: dict[Group, Position] = {}
        self.exact_blocks: dict[Block, Position | None] = {}

    # -- sections and entries --------------------------------------------------------------------------------

    def sections(self, kind: Kind | None, node: Node, values: Json, parent: Entry | None) -> None:
        """Make the entries of all sections within `parent`, of that kind, or at the top of the file."""
        if not isinstance(node.value, dict):
            return
        known = below(kind)
        address = node.value.get("organization") if kind is None else None
        if address is not None and isinstance(address.value, dict):
            self._sections(in_the_organization(), address, values["organization"], None)
        self._sections(known, node, values, parent)

    def _sections(
        self, known: Mapping[str, tuple[Kind, ...]], node: Node, values: Json, parent: Entry | None
    ) -> None:
        for key, section in node.value.items():
            kinds = known.get(key)
            if kinds is None or section.unknown:
                continue
            if kinds[0].grants and parent is not None:
                self.entries += grants.entries(kinds[0], section, values[key], parent, self)
                continue
            if kinds[0].singleton:
                self._only(kinds[0], key, section, values[key], parent, node.keys[key])
                continue
            exact = next((each for each in kinds if each.set_of), None)
            if exact is not None and parent is not None:
                self._list(exact, section, values[key], parent, node.keys[key])
            elif isinstance(section.value, dict):
                self._mapping(kinds[0], section, values[key], parent)

    def _only(
        self, kind: Kind, key: str, body: Node, values: Json, parent: Entry | None, where: Position
    ) -> None:
        """The one entry of a kind that has one object."""
        if not isinstance(body.value, dict):
            return
        fields, positions = self._fields(kind, "", body, values)
        self.entries.append(
            Entry(
                kind=kind,
                name=joined(parent.name if parent else None, key),
                fields=fields,
                parent=parent.name if parent else None,
                positions={"": where, **positions},
            )
        )
        self.sections(kind, body, values, self.entries[-1])

    def _fields(
        self, kind: Kind, key: str, body: Node, values: Mapping[str, Json]
    ) -> tuple[dict[str, Json], dict[str, Position]]:
        """What the body of an entry declares, and where."""
        fields: dict[str, Json] = {}
        positions: dict[str, Position] = {}
        for field in body_fields(kind):
            if field.name in body.value:
                item = body.value[field.name]
                fields[field.name] = self._value(kind, key, field, item, values[field.name])
                positions |= positions_of(field.name, body.keys[field.name], item)
        return fields, positions

    def _mapping(self, kind: Kind, section: Node, values: Json, parent: Entry | None) -> None:
        made = []
        numbered: dict[str, int] = {}
        self.problems += shorthand.halves(kind, section)
        section, values, exact = shorthand.items_of(kind, section, values)
        if exact:
            self.exact[kind.name, parent.name if parent else None] = section.where
        if not isinstance(section.value, dict):
            return
        for place, (key, short) in enumerate(section.value.items(), 1):
            body, value = shorthand.in_full(kind, short, values[key])
            if isinstance(body.value, dict):
                where = section.keys[key]
                self.problems += shorthand.lacking(kind, key, body, value)
                entry = self._entry(kind, key, body, value, where=where, parent=parent, place=place)
                if value.get("state") == UNMANAGED:
                    self.unmanaged.append(entry)
                    continue
                entry = numbered_entry(entry, numbered)
                self.problems += [*without_blueprint(entry), *objections_of(entry, body, sound=self.sound)]
                made.append((entry, body, value))
        self._check_previous(kind, [(key, body) for key, body in section.value.items()], values)
        folders: dict[object, Entry] = {}
        for alone, body, value in holders_first(made):
            entry = moved_along(alone, folders)
            folders[natural_key(entry)] = entry
            self.entries.append(entry)
            if kind.checks in value:
                from pulumi_posthog.config.checks import checks  # few configurations have any

                self.checks += checks(entry, body, value, self.problems.append)
            if kind.carries and kind.carries.key in value:
                self.carried[key_of(entry)] = body.value[kind.carries.key], value[kind.carries.key]
            self.erasures += erasures(entry, body, value, self.problems.append)
            self.sections(kind, body, value, entry)

    def _entry(
        self,
        kind: Kind,
        key: str,
        body: Node,
        values: Mapping[str, Json],
        *,
        where: Position,
        parent: Entry | None,
        place: int,
    ) -> Entry:
        absent = kind.deletion is Deletion.NEVER and values.get("state") == "absent"
        own = key_field(kind)
        if any(map(drives, key)):
            self.problems.append(
                Problem(
                    f'{kind.title} "{key}" {DRIVES[6:]}',
                    where,
                    "take it out: it is shown here as it is spelled in a program",
                )
            )
        elif key != key.strip() and not own.pattern:
            self.problems.append(
                Problem(
                    f'{kind.title} "{key}" begins or ends with a blank',
                    where,
                    "PostHog takes such blanks off",
                )
            )
        fields: dict[str, Json] = {own.name: key}
        positions = {"": where, own.name: where}
        if absent:
            self._check_absent(kind, key, body)
        else:
            declared, places = self._fields(kind, key, body, values)
            fields, positions = fields | declared, positions | places
        id_ = values.get("id")
        return Entry(
            kind=kind,
            name=joined(parent.name if parent else None, key),
            fields=fields,
            parent=parent.name if parent else None,
            id=str(id_) if isinstance(id_, str | int) else None,
            previously=earlier_names(parent, key, listed(values.get("previously"))),
            absent=absent,
            place=place,
            positions=positions,
        )

    def _check_absent(self, kind: Kind, key: str, body: Node) -> None:
        for other, where in body.keys.items():
            if other not in reserved(kind):
                self.problems.append(
                    Problem(
                        f'{kind.title} "{key}" has `state: absent` and "{other}"',
                        where,
                        "what is to be deleted has no settings: keep `state: absent` alone",
                    )
                )

    def _list(self, kind: Kind, section: Node, values: Json, parent: Entry, where: Position) -> None:
        """A list of names below `parent`: one entry that owns it, or one entry per name."""
        additive = isinstance(section.value, dict) and values.get("mode") == "additive"
        if isinstance(section.value, dict):
            if "mode" not in values or "items" not in section.value:
                return
            section, values = section.value["items"], values["items"]
        if not isinstance(section.value, tuple):
            return
        names = [
            (str(value), item.where)
            for value, item in zip(values, section.value, strict=True)
            if isinstance(value, str) and not item.unknown
        ]
        names = self._once_each(kind, parent, names)
        if not additive:
            self._exact(kind, section, [name for name, _ in names], parent, where)
            return
        single = KINDS[kind.set_of or ""]
        own = key_field(single)
        self.entries += [
            Entry(
                kind=single,
                name=joined(parent.name, name),
                fields={own.name: name},
                parent=parent.name,
                previously=earlier_names(parent, name, ()),
                place=place,
                positions={"": there, own.name: there},
            )
            for place, (name, there) in enumerate(names, 1)
        ]

    def _exact(self, kind: Kind, section: Node, names: list[str], parent: Entry, where: Position) -> None:
        field = list_field(kind)
        self.entries.append(
            Entry(
                kind=kind,
                name=parent.name,
                fields={field.name: names},
                parent=parent.name,
                previously=parent.previously,
                positions={"": where, **positions_of(field.name, where, section)},
            )
        )

    def _once_each(
        self, kind: Kind, parent: Entry, names: list[tuple[str, Position]]
    ) -> list[tuple[str, Position]]:
        seen: dict[str, tuple[str, Position]] = {}
        for name, where in names:
            other = seen.setdefault(name, (name, where))
            if other[1] is not where:
                self.problems.append(
                    Problem(
                        f'"{name}" is listed twice in {list_field(kind).name} of {parent.kind.title} '
                        f'"{parent.name}"',
                        where,
                        f"it is at {other[1]} already",
                    )
                )
        return list(seen.values())

    # -- values ----------------------------------------------------------------------------------------------

    def _value(self, kind: Kind, key: str, field: Field, node: Node, value: Json) -> Json:
        """A field's value as entries hold it: secrets only where PostHog keeps secrets."""
        place = f"{field.name} of {titled(kind, key)}"
        value = as_reference(field, value, node)
        misplaced = [where for depth, where in files(node) if not field.files or depth != 1]
        if misplaced:
            self.problems += [
                Problem(f"{place} takes no file there", where, FILES_HINT) for where in misplaced
            ]
            return UNKNOWN
        if field.secret:
            for text, where in texts(node):
                if str(text) == MASK:
                    self.problems.append(
                        Problem(
                            f"{place} holds what PostHog shows in place of a secret",
                            where,
                            "write the secret itself as `!env NAME` or `!secret name`, or leave it out "
                            "to keep it",
                        )
                    )
            if field.type is Type.STRING and value and not isinstance(value, SecretText):
                self.problems.append(
                    Problem(
                        f"{place} is a secret and is in the file in plain text",
                        node.where,
                        "write `!env NAME` or `!secret name`, and change the secret: it has been in a file",
                    )
                )
            return value
        # A value with a gap in it can neither be compared nor sent.
        if any(is_unknown(text) for text, _ in texts(node)):
            return UNKNOWN
        value = revealed(value)
        # PostHog takes the blanks off both ends: a file ends with a line's end that nobody means.
        return field.normal(value) if field.type is Type.STRING and node.sources == ("!text",) else value

    # -- what entries must not be to each other --------------------------------------------------------------

    def check(self) -> None:
        """Note entries that PostHog, or Pulumi, could not tell apart."""
        self._check_unique(
            lambda entry: (entry.kind.name, entry.name),
            lambda entry, other: (
                f"{described(entry)} would have the same name in Pulumi as the one at {other.where}",
                "a / in a project's name can do that: change one of the two",
            ),
        )
        self._check_unique(
            lambda entry: (
                (entry.kind.name, alone_in(entry), natural_key(entry)) if natural_key(entry) else None
            ),
            lambda entry, other: (
                f"{described(entry)} is the same to PostHog as {described(other)}, at {other.where}",
                same_words(entry),
            ),
        )
        self._check_unique(
            lambda entry: (entry.kind.name, entry.id) if entry.id else None,
            lambda entry, other: (
                f"{described(entry)} has the same id as {described(other)}, at {other.where}",
                "one object can be taken over once",
            ),
        )

    def _check_unique(
        self,
        key: Callable[[Entry], Any],
        words: Callable[[Entry, Entry], tuple[str, str]],
    ) -> None:
        seen: dict[Any, Entry] = {}
        for entry in (*self.entries, *self.unmanaged):
            found = key(entry)
            if found is None:
                continue
            other = seen.setdefault(found, entry)
            if other is not entry:
                message, hint = words(entry, other)
                self.problems.append(Problem(message, entry.where, hint))

    def _check_previous(
        self, kind: Kind, items: Iterable[tuple[str, Node]], values: Mapping[str, Json]
    ) -> None:
        keys, claimed = set(values), dict[str, str]()
        for key, body in items:
            if not isinstance(body.value, dict) or "previously" not in body.value:
                continue
            where = body.keys["previously"]
            for name in listed(values[key].get("previously")):
                if any(map(drives, name)):
                    self.problems.append(
                        Problem(f'{kind.title} "{key}" was previously "{name}", {DRIVES}', where)
                    )
                if name in keys:
                    self.problems.append(
                        Problem(
                            f'{kind.title} "{key}" was previously "{name}", which is still declared',
                            where,
                            "`previously` names a key that is no longer in the file; two keys are swapped in two runs,"
                            " by a third name in between",
                        )
                    )
                elif claimed.setdefault(name, key) != key:
                    self.problems.append(
                        Problem(
                            f'{kind.title} "{key}" and "{claimed[name]}" were both previously "{name}"',
                            where,
                            "one object cannot become two",
                        )
                    )

    # -- the organization ------------------------------------------------------------------------------------

    def organization(self, root: Node, values: Json) -> tuple[str, str]:
        """(host, id); empty where they are unknown."""
        node = root.value.get("organization") if isinstance(root.value, dict) else None
        if node is None or not isinstance(node.value, dict):
            return "", ""
        declared = values["organization"]
        found = {}
        for key in ("host", "id"):
            text = declared.get(key)
            found[key] = str(text) if isinstance(text, str) else ""
        if found["host"]:
            found["host"] = self._host(node.value["host"], declared["host"])
        return found["host"], as_uuid(found["id"])

    def _host(self, node: Node, text: str) -> str:
        try:
            return permitted(str(text), self.environment)
        except HostRefused as error:
            said = error.problem
            if isinstance(text, SecretText):
                said = said.replace(str(text).strip().rstrip("/"), text.source)
            self.problems.append(Problem(f"organization.host: {said}", node.where, error.hint))
            return ""


def joined(parent: str | None, key: str) -> str:
    """An entry's name: its parent's, then its own."""
    return f"{parent}/{key}" if parent is not None else key


def earlier_names(parent: Entry | None, key: str, previously: Iterable[str]) -> tuple[str, ...]:
    """Every name that an entry may have had, given its own earlier keys and its parent's earlier names."""
    parents = (parent.name, *parent.previously) if parent else (None,)
    names = [joined(above, name) for above in parents for name in (key, *previously)]
    return tuple(dict.fromkeys(names[1:]))


def moved_along(entry: Entry, folders: Mapping[object, Entry]) -> Entry:
    """The entry with the names that it had while the folder it is in had its earlier ones."""
    above = entry.kind.containers(entry.fields) if entry.kind.containers else ()
    keys = (entry.kind.natural_key(holder) for holder in above)
    folder = next((folders[key] for key in keys if key in folders), None)
    if folder is None or not folder.previously:
        return entry
    below = entry.name.removeprefix(folder.name)
    names = (*entry.previously, *(f"{name}{below}" for name in folder.previously))
    return dataclasses.replace(entry, previously=tuple(dict.fromkeys(names)))


def holders_first(made: list[tuple[Entry, Node, Json]]) -> Iterator[tuple[Entry, Node, Json]]:
    """What was `made`, in the order of the file, but nothing before the declared folders that it is in."""
    by_key = {natural_key(item[0]): item for item in made}
    done: set[int] = set()
    for item in made:
        entry = item[0]
        above = entry.kind.containers(entry.fields) if entry.kind.containers else ()
        for holder in (*reversed(above), None):
            first = by_key.get(entry.kind.natural_key(holder)) if holder is not None else item
            if first is not None and id(first) not in done:
                done.add(id(first))
                yield first


def described(entry: Entry) -> str:
    """An entry in a message."""
    return titled(entry.kind, entry.name)
