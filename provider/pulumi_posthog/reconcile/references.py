"""Desired, what PostHog has -> Desired with e-mails and plugins looked up. Pure: nothing here reads.

posthog-api.md 2.3 (members), 2.4 (plugins), 6.2 (families), 6.3 (config).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from pulumi_posthog.kinds import LOOKUPS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import MEMBER, PLUGIN
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.plugin_settings import config_specs, setting_problems
from pulumi_posthog.kinds.words import Lookup
from pulumi_posthog.reconcile.desired import Desired, Entry, group_of
from pulumi_posthog.values.json_value import Answer, Json, dig
from pulumi_posthog.values.problem import ConfigError, Position, Problem
from pulumi_posthog.values.secret_text import is_at_hand
from pulumi_posthog.values.spelling import folded, one_line
from pulumi_posthog.values.suggestion import enumeration, nearly, suggestion

Wanted = TypeVar("Wanted", bound=Desired)


def needed(desired: Desired) -> set[str]:
    """The lookups whose objects are referred to: of "member" and "plugin"."""
    return {
        field.refers_to or ""
        for entry in desired.entries
        for field in references(entry.kind)
        if entry.fields.get(field.name)
    }


def resolve(
    desired: Wanted,
    *,
    members: Sequence[Answer],
    plugins: Sequence[Answer],
    pending: Callable[[], Collection[str]],
    strangers: bool = False,
) -> tuple[Wanted, tuple[str, ...]]:
    """`desired` with every plugin as its id and every e-mail as PostHog spells it, and notes for the user.

    `members` and `plugins` are PostHog's answers, `pending` the e-mails that are invited, asked for only when
    somebody is unknown. Who is invited, or will be by the same file, is left out, and a note says so. An address that
    nobody has is an error or, with `strangers`, kept as it is and told in the result's `strangers`: somebody else
    knows who has left.
    Raises ConfigError.
    """
    coming = {
        folded(str(entry.fields[entry.kind.natural_keys[0][0]]))
        for entry in desired.entries
        if entry.kind.invitation and not entry.absent
    }
    resolver = Resolver({MEMBER.name: members, PLUGIN.name: plugins}, lambda: {*coming, *pending()})
    entries = tuple(entry for each in desired.entries if (entry := resolver.resolved(each)) is not None)
    resolver.check_once(entries)
    if not strangers:
        resolver.problems += resolver.strangers.values()
    if resolver.problems:
        raise ConfigError(resolver.problems)
    notes = (*desired.notes, *resolver.notes)
    return dataclasses.replace(desired, entries=entries, strangers=resolver.strangers), notes


def references(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind that refer to what PostHog already has."""
    return tuple(field for field in kind.writable if field.refers_to in LOOKUPS)


class Resolver:
    """Looks up what entries refer to; collects `problems` and `notes`."""

    def __init__(self, found: Mapping[str, Sequence[Answer]], pending: Callable[[], Collection[str]]) -> None:
        self.found = found
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.strangers: dict[str, Problem] = {}
        self._pending = pending
        self._invited: frozenset[str] | None = None
        self._indexes = {
            name: [index(LOOKUPS[name], key, answers) for key in LOOKUPS[name].keys]
            for name, answers in found.items()
        }

    def resolved(self, entry: Entry) -> Entry | None:
        """The entry with its references looked up; None when it is about somebody who has not joined yet."""
        fields = dict(entry.fields)
        for field in references(entry.kind):
            value = fields.get(field.name)
            if field.type is Type.STRINGS and isinstance(value, list):
                names = [
                    self._member(entry, text, entry.positions.get(f"{field.name}.{place}"))
                    for place, text in enumerate(value)
                ]
                fields[field.name] = [name for name in names if name is not None]
            elif field.refers_to == PLUGIN.name and is_at_hand(value):
                fields = self._with_plugin(entry, field, fields)
            elif isinstance(value, str) and is_at_hand(value):
                fields[field.name] = self._member(entry, value, entry.positions.get(field.name))
                if fields[field.name] is None:
                    return None
        return dataclasses.replace(entry, fields=fields)

    # -- members ---------------------------------------------------------------------------------------------

    def _member(self, entry: Entry, email: str, where: Position | None) -> str | None:
        """The e-mail as PostHog spells it; None for who cannot be in a role yet."""
        matches = self._matches(MEMBER, email)
        if len(matches) > 1:
            self.problems.append(
                Problem(
                    f'{len(matches)} members of the organization answer to "{email}"',
                    where or entry.where,
                    f"write the one that is meant exactly so: {enumeration(map(_email, matches))}",
                )
            )
            return None
        if matches:
            return _email(matches[0])
        if folded(email) in self.invited:
            self.notes.append(
                f'"{one_line(email)}" is invited and has not joined yet: left out of {_named_in(entry)} for now'
            )
            return None
        close = nearly(email, map(_email, self.found[MEMBER.name]))
        self.strangers.setdefault(
            email,
            Problem(
                f'no member of the organization has the e-mail address "{email}"',
                where or entry.where,
                f'did you mean "{close}"?' if close else "invite that person in PostHog first",
            ),
        )
        return email

    def check_once(self, entries: Iterable[Entry]) -> None:
        """Note who is named twice, in two spellings."""
        seen: dict[tuple[str, str | None, str, str], Position | None] = {}
        for entry in entries:
            for field in references(entry.kind):
                value = entry.fields.get(field.name)
                for place, text in enumerate(value if isinstance(value, list) else [value]):
                    if field.refers_to != MEMBER.name or not isinstance(text, str):
                        continue
                    where = entry.positions.get(f"{field.name}.{place}") or entry.where
                    block = entry.kind.grants.keyed_by if entry.kind.grants else None
                    holder = str(entry.fields.get(block)) if block else _holder(entry)
                    key = (*group_of(entry), holder, text)
                    if key not in seen:
                        seen[key] = where
                        continue
                    self.problems.append(
                        Problem(
                            f'"{text}" is listed twice in {_named_in(entry, "members of ")}',
                            where,
                            f"it is at {seen[key]} already, in another spelling",
                        )
                    )

    @property
    def invited(self) -> frozenset[str]:
        """The e-mails of those who are invited, asked for once and only when somebody is unknown."""
        if self._invited is None:
            self._invited = frozenset(map(folded, self._pending()))
        return self._invited

    # -- plugins ---------------------------------------------------------------------------------------------

    def _with_plugin(self, entry: Entry, field: Field, fields: dict[str, Json]) -> dict[str, Json]:
        """The fields with the plugin's id, once it is there, fits and takes the configuration."""
        value, where = fields[field.name], entry.positions.get(field.name, entry.where)
        name = str(value)
        # A program may say the id itself, and so does what a stack remembers of any.
        matches = (
            [each for each in self.found[PLUGIN.name] if dig(each, PLUGIN.value) == value]
            if isinstance(value, int)
            else self._matches(PLUGIN, name)
        )
        if len(matches) != 1:
            self.problems.append(self._no_plugin(name, matches, where))
            return fields
        plugin = matches[0]
        if entry.kind.accepts and not entry.kind.accepts(plugin):
            self.problems.append(
                Problem(
                    f'plugin "{plugin.get("name")}" cannot be a {entry.kind.title}',
                    where,
                    f"a {entry.kind.title} takes {entry.kind.accepts_words}",
                )
            )
        for other in entry.kind.writable:
            config = fields.get(other.name)
            if other.keys_from == field.name and isinstance(config, dict):
                self._check_config(entry, other, config, plugin)
        return {**fields, field.name: dig(plugin, PLUGIN.value)}

    def _no_plugin(self, name: str, matches: Sequence[Answer], where: Position | None) -> Problem:
        if matches:
            urls = ", ".join(str(plugin.get("url") or f"id {plugin['id']}") for plugin in matches)
            return Problem(
                f'{len(matches)} installed plugins are called "{name}"', where, f"name it by its URL: {urls}"
            )
        plugins = self.found[PLUGIN.name]
        names = [str(dig(plugin, key)) for plugin in plugins for key in PLUGIN.keys if dig(plugin, key)]
        installed = "; ".join(
            f"{plugin.get('name')} ({plugin['url']})" if plugin.get("url") else str(plugin.get("name"))
            for plugin in plugins
        )
        close = suggestion(name, names, listed=False)
        hint = f"installed: {installed}" if plugins else "no plugin is installed in the organization"
        return Problem(f'no plugin "{name}" is installed', where, f"{close} {hint}" if close else hint)

    def _check_config(self, entry: Entry, field: Field, config: Mapping[str, Json], plugin: Answer) -> None:
        if plugin.get("config_schema") is None:
            return
        specs = config_specs(plugin)
        place = f'{field.name} of {entry.kind.title} "{one_line(entry.name)}"'
        start = entry.positions.get(field.name, entry.where)
        for key, value in config.items():
            where = entry.positions.get(f"{field.name}.{key}", start)
            if key not in specs:
                message = f'plugin "{one_line(str(plugin.get("name")))}" has no setting "{one_line(key)}"'
                self.problems.append(Problem(message, where, suggestion(key, specs)))
            elif is_at_hand(value):
                self.problems += [
                    Problem(f"{field.name}.{key} of {place.partition(' of ')[2]} {words}", where, hint)
                    for words, hint in setting_problems(specs[key], value)
                ]
        for key, spec in specs.items():
            if not spec.get("required") or spec.get("default") not in {None, ""} or key in config:
                continue
            if spec.get("secret"):
                # PostHog keeps a secret that is not sent: it may have been typed in there.
                self.notes.append(
                    f'{place} does not say "{one_line(key)}", a secret that the plugin needs: it stays as it is'
                )
            else:
                self.problems.append(
                    Problem(f'{place} lacks "{key}", which the plugin needs', start, spec.get("hint") or None)
                )

    # -- both ------------------------------------------------------------------------------------------------

    def _matches(self, lookup: Lookup, text: str) -> Sequence[Answer]:
        """The objects that the text names, by the first key that has any."""
        for key, by_name in zip(lookup.keys, self._indexes[lookup.name], strict=True):
            matches = by_name.get(folded(text) if lookup.caseless else text.rstrip("/"))
            if matches:
                return [each for each in matches if dig(each, key) == text] or matches
        return ()


def index(lookup: Lookup, key: str, answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The objects by what names them at one key."""
    result: dict[str, list[Answer]] = {}
    for answer in answers:
        name = dig(answer, key)
        if isinstance(name, str) and name:
            result.setdefault(folded(name) if lookup.caseless else name.rstrip("/"), []).append(answer)
    return result


def _holder(entry: Entry) -> str:
    """Which entry names people by itself, and not as an item of what it is in; "": none."""
    field = next((each for each in references(entry.kind) if each.refers_to == MEMBER.name), None)
    return entry.name if field and field.type is Type.STRINGS and not entry.kind.set_of else ""


def _named_in(entry: Entry, of_parent: str = "") -> str:
    """In what somebody is named, for messages: the entry, or what it is in."""
    if _holder(entry) or not entry.kind.parent:
        return f'{entry.kind.title} "{one_line(entry.name)}"'
    return f'{of_parent}{entry.kind.parent} "{one_line(entry.parent or entry.name)}"'


def _email(member: Answer) -> str:
    return str(dig(member, MEMBER.keys[0]))


def referred_to(entry: Entry) -> set[str]:
    """The lookups ("member", "plugin") and kinds that an entry's declared fields refer to."""
    return {each.refers_to for each in entry.kind.fields if each.refers_to and each.name in entry.fields}
