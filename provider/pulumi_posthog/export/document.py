"""PostHog -> posthog.yaml: what is in an organization, as a configuration that changes nothing.

A secret is never written: PostHog shows none, and what looks like one becomes a reference to a variable. What a
configuration cannot say is left out, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from pulumi_posthog.api import ApiError, GaveUp, NotOffered, NotServed, Unauthorized
from pulumi_posthog.export.acceptance import Path_, accepted, shown
from pulumi_posthog.export.exported import Exported, ExportedEntry
from pulumi_posthog.export.migration import Successor, successor
from pulumi_posthog.export.ready_made import left_out, names_none
from pulumi_posthog.export.rules import ATTACHED, HOLDERS, asked, block_of
from pulumi_posthog.export.text import Ref, Variable, files, header, variable_name, variables
from pulumi_posthog.kinds import KINDS, LOOKUPS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.lookups import INTEGRATION
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import (
    about_scope,
    ancestors,
    below,
    body_fields,
    in_the_organization,
    key_field,
    list_field,
    named_kind,
    possible_keys,
)
from pulumi_posthog.reconcile.blueprints import integration_inputs
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.defaults import is_default, is_fresh
from pulumi_posthog.reconcile.links import names
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.observe import silent
from pulumi_posthog.reconcile.readers import readers
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.reference import with_names
from pulumi_posthog.values.secret_text import MASK, looks_secret
from pulumi_posthog.values.spelling import folded

OLDEST: Final = 2024  # the age of servers that have all that has no age of its own


def export(
    live: Live,
    *,
    kinds: Collection[str] = (),
    projects: Collection[str] = (),
    main: str = "posthog.yaml",
    split: bool = False,
    ascii_only: bool = False,
    migrate: bool = False,
    with_defaults: bool = False,
    progress: Callable[[int, int], object] = silent,
) -> Exported:
    """Everything of these kinds (all) in these projects (all, and then what is outside of projects as well).

    With `split`, one file per project and one per other section; with `ascii_only` all other letters are escaped, so
    that the text means the same in any encoding. Raises ApiError when PostHog cannot be read at
    all; a list that cannot be read is in `unread`, and nothing of it in the files. With `migrate`, what PostHog makes
    today in place of legacy objects is beside these. What PostHog has by default, or puts into what is new, is left
    out unless `with_defaults` asks for it. `progress` is told how many lists are read, and of how many.
    """
    named = frozenset(map(folded, projects))
    return _Exporter(
        live, frozenset(kinds), named, progress, migrate=migrate, with_defaults=with_defaults
    ).export(main, split, ascii_only)


def entry_of(
    live: Live, found: Found, scope: Scope, path: Path_, taken: Collection[str] = ()
) -> ExportedEntry:
    """One live object, with everything below it, as an entry; `path` is where its section is in a file.

    `taken` are the keys that are there. Raises ApiError when what is below it cannot be read.
    """
    exporter = _Exporter(live, frozenset(), frozenset(), silent)
    entries = exporter.entries(found.kind, scope, path, [found], taken)
    name, body = next(iter(entries.items()), ("", None))
    left_out = (*exporter.left_out, *exporter.unread)
    return ExportedEntry(name, body, tuple(exporter.variables), left_out)


class _Exporter:
    def __init__(
        self,
        live: Live,
        kinds: frozenset[str],
        projects: frozenset[str],
        progress: Callable[[int, int], object],
        *,
        migrate: bool = False,
        with_defaults: bool = False,
    ) -> None:
        self.live = live
        self.with_defaults = with_defaults
        self.migrate = migrate
        # Rules of objects have a place in a file only with these.
        self.kinds = (
            kinds | HOLDERS if kinds & {each.name for each in ATTACHED} and not kinds & HOLDERS else kinds
        )
        self.projects = projects
        self.progress = progress
        self._done = 0
        self._total = 0
        self.variables: list[str] = []
        self.left_out: list[str] = []
        self.unread: list[str] = []
        self._everywhere: dict[tuple[str, str], Path_] = {}
        # The objects that are asked for their rules, as scopes; None: whichever is written.
        self._asked: list[Scope] | None = None

    def export(self, main: str, split: bool, ascii_only: bool) -> Exported:
        self.live.organization()
        with readers(self.live) as pool:
            self._read_ahead(pool)
            declared = self._under(in_the_organization(), {}, ("organization",))
            document = {"organization": {**self._address(), **declared}, **self._sections(None, {}, ())}
        desired, left_out = accepted(document, self.live)
        self.left_out = list(dict.fromkeys(self.left_out + left_out))
        # Of what was left out again, no variable is needed.
        used = [name for name in self.variables if name in set(variables(document))]
        top = header(used, self.left_out, self.unread, migrate=self.migrate)
        return Exported(
            files(document, main, split, top, ascii_only=ascii_only),
            main,
            tuple(used),
            tuple(self.left_out),
            tuple(dict.fromkeys(self.unread)),
            len(desired.entries) if desired else 0,
        )

    def _address(self) -> dict[str, str]:
        return {"host": self.live.reader.connection.host, "id": self.live.organization_id}

    # -- reading -------------------------------------------------------------------------------------------------

    def _read_ahead(self, pool: ThreadPoolExecutor) -> None:
        """Read side by side what is needed later; errors come again where they belong to something."""
        top = [kind for kind in KINDS.values() if kind.parent is None and self._wanted(kind)]
        self._total = len(top) + len(LOOKUPS)
        lookups = [pool.submit(self._try, partial(self.live.lookup, name)) for name in LOOKUPS]
        list(pool.map(lambda kind: self._try(lambda: self.live.collection(kind, {})), top))
        work: list[tuple[Kind, Scope]] = []
        whole = []
        for parent in top:
            for found in self._list(parent, {}, ()) if parent is PROJECT else ():
                scope = {parent.name: found.id}
                work += [
                    (kind, scope)
                    for kind in KINDS.values()
                    if kind.parent == parent.name and self._wanted(kind) and not kind.attached
                ]
                if self._included(parent):
                    whole.append((parent, found.id))
        self._total += len(work) + len(whole)
        objects = [
            pool.submit(self._try, partial(self.live.object, parent, {}, id_)) for parent, id_ in whole
        ]
        list(pool.map(lambda each: self._try(lambda: self.live.collection(*each)), work))
        for future in (*lookups, *objects):
            future.result()
        self._read_rules_ahead({scope[PROJECT.name]: scope for _, scope in work}.values(), pool)

    def _read_rules_ahead(self, projects: Iterable[Scope], pool: ThreadPoolExecutor) -> None:
        """Read the rules of single objects, as far as that is worth it."""
        self._asked = []
        for scope, kind in ((scope, kind) for scope in projects for kind in ATTACHED if self._wanted(kind)):
            abouts = [KINDS[name] for name in sorted(HOLDERS) if self._included(KINDS[name])]
            found = asked(self.live, kind, scope, abouts, at_any_cost=kind.name in self.kinds)
            self.left_out += found.left_out
            self.unread += found.unread
            self._total += len(found.scopes)
            list(pool.map(lambda each: self._try(lambda: self.live.collection(*each)), found.scopes))
            self._asked += [scope for _, scope in found.scopes]

    def _try(self, read: Callable[[], object]) -> None:
        try:
            read()
        except (Unauthorized, GaveUp):
            raise
        except ApiError:
            return  # it is asked again where it is needed, and an error is told there
        finally:
            self._done += 1
            self.progress(self._done, self._total)

    def _wanted(self, kind: Kind) -> bool:
        """Whether a kind is asked for, or something below it is."""
        if kind.exported_when_asked and kind.name not in self.kinds:
            return False
        if self.projects and PROJECT.name not in (kind.name, *ancestors(kind)):
            return False
        if kind.attached and self.kinds & HOLDERS:
            return True  # an object's rules come with it
        return not self.kinds or any(
            kind.name in (name, *ancestors(KINDS[name])) for name in self.kinds if name in KINDS
        )

    def _included(self, kind: Kind) -> bool:
        """Whether the fields of a kind are asked for."""
        return not self.kinds or kind.name in self.kinds

    def _list(self, kind: Kind, scope: Scope, path: Path_) -> list[Found]:
        """The objects of one collection that are worth writing, by what they are called, the oldest first."""
        try:
            found = list(self.live.collection(kind, scope).values())
        except ApiError as error:
            if isinstance(error, Unauthorized | GaveUp):
                raise
            if isinstance(error, NotServed | NotOffered) and kind.since > OLDEST:
                # The server is older than the kind, or than keys for it: nothing went wrong.
                self.left_out.append(f"{shown(path)}: {error.problem}")
            else:
                self.unread.append(f"{shown(path)}: {error.problem}")
            return []
        if kind is PROJECT and self.projects:
            found = [each for each in found if folded(str(each.values.get("name"))) in self.projects]
        return sorted(found, key=lambda each: (folded(str(kind.own_name(each.values))), each.age))

    # -- what is written -----------------------------------------------------------------------------------------

    def _sections(self, kind: Kind | None, scope: Scope, path: Path_) -> dict[str, Json]:
        result = self._under(below(kind), scope, path)
        if self.migrate and kind is not None:
            self._add_successors(kind, scope, path, result)
        return result

    def _under(self, sections: Mapping[str, tuple[Kind, ...]], scope: Scope, path: Path_) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for key, kinds in sections.items():
            exact = next((each for each in kinds if each.set_of), None)
            own = exact or kinds[0]
            if not any(map(self._wanted, kinds)):
                continue
            if own.grants:
                about = scope if own.attached is None else self._ruled(own, scope)
                block = self._rules(own, about, (*path, key)) if about else {}
                result |= {key: block} if block else {}
                continue
            if own.singleton:
                result |= self._only(own, scope, (*path, key))
                continue
            if exact is not None:
                found = self.live.object(exact, scope, scope[exact.parent or ""])
                members = found.values.get(list_field(exact).name) if found else None
                if members is not None and found is not None:
                    listed = sorted(members, key=lambda member: (folded(member), member))
                    # PostHog puts people into a default role: an exact list of it is refused.
                    default = found.answer.get("is_default")
                    result[key] = {"mode": "additive", "items": listed} if default else listed
                continue
            entries = self.entries(own, scope, (*path, key), self._list(own, scope, (*path, key)))
            if entries:
                result[key] = entries
        return result

    def _rules(self, kind: Kind, scope: Scope, path: Path_) -> dict[str, Json]:
        """What is under a section that says who has what."""
        return block_of(
            kind,
            self._list(kind, scope, path),
            lambda names, id_: self._name(names, id_, scope),
            lambda text: self.left_out.append(f"{shown(path)}: {text}"),
        )

    def _ruled(self, kind: Kind, scope: Scope) -> Scope | None:
        """Where the rules of the object are that a scope ends with; None where they are not asked for."""
        about, id_ = list(scope.items())[-1]
        own = about_scope(kind, scope, KINDS[about], id_)
        return own if self._asked is None or own in self._asked else None

    def _add_successors(self, kind: Kind, scope: Scope, path: Path_, result: dict[str, Json]) -> None:
        """Put what PostHog would make today of legacy objects among the sections of one entry."""
        for legacy in (each for each in KINDS.values() if each.successor and each.parent == kind.name):
            key = legacy.section.rpartition(".")[2]
            for found in self._list(legacy, scope, (*path, key)) if key in result else ():
                here = (*path, key, str(found.values.get(key_field(legacy).name)))
                made = successor(
                    self.live, scope, found, partial(self._variable, (*here[:-1], f"{here[-1]} new"))
                )
                if isinstance(made, Successor):
                    section = result.setdefault(KINDS[made.kind].section.rpartition(".")[2], {})
                    if made.name in section:
                        title = KINDS[made.kind].title
                        self.left_out.append(f"{shown(here)}: not migrated: there is a {title} of that name")
                        continue
                    section[made.name] = dict(made.body)
                    self.left_out += [
                        f"{shown((*here, setting))}: the template {made.body['template']} has no such input"
                        for setting in made.lost
                    ]
                elif made:
                    self.left_out.append(f"{shown(here)}: not migrated: {made}")

    def _only(self, kind: Kind, scope: Scope, path: Path_) -> dict[str, Json]:
        """The one object of a kind, under the path's last key; nothing where all of it is by default."""
        found = next(iter(self._list(kind, scope, path)), None)
        body = self._body(kind, found, found.values, path, scope) if found else {}
        return {str(path[-1]): body} if body else {}

    def entries(
        self, kind: Kind, scope: Scope, path: Path_, objects: Iterable[Found], taken: Collection[str] = ()
    ) -> dict[str, Json]:
        """The entries of a section for these objects."""
        result: dict[str, Json] = {}
        first: dict[str, Found] = {}
        for listed in objects:
            try:
                found = listed
                if (not kind.listed_in_full or kind.whole_sign) and self._included(kind):
                    full = self.live.object(kind, scope, listed.id)
                    if full is None:
                        continue  # about to be deleted
                    found = full
            except ApiError as error:
                if isinstance(error, Unauthorized | GaveUp):
                    raise
                self.unread.append(
                    f"{shown((*path, str(listed.values.get(key_field(kind).name))))}: {error.problem}"
                )
                continue
            values = kind.in_a_file(found.values, with_defaults=self.with_defaults)
            name = str((values or {}).get(key_field(kind).name) or "")
            if values is None or self._is_elsewhere(found, path):
                continue
            if not name:
                self.left_out.append(f"{shown(path)}: id {found.id} has no {key_field(kind).name}")
                continue
            keys = (each for each in possible_keys(kind, name, values) if each not in taken)
            key = next((each for each in keys if each not in first), name)
            here = (*path, key)
            if key in first:
                self.left_out.append(
                    f"{shown(here)}: id {found.id} has the same name as id {first[name].id}; rename one of the two"
                )
                continue
            body = self._body(kind, found, values, here, scope) if self._included(kind) else {}
            if words := left_out(kind, values, body):
                self.left_out.append(f"{shown(here)}: {words}")
                continue
            first[key] = found
            twins = self.live.find(kind, scope, values)
            if len(twins) > 1 and not (kind.oldest_wins and twins[0].id == found.id):
                body["id"] = _id(found)  # nothing else says which of them is meant
            result[key] = {**body, **self._sections(kind, {**scope, kind.name: found.id}, here)}
        return result

    def _is_elsewhere(self, found: Found, path: Path_) -> bool:
        """Whether it is below another project already: the lists of all projects have it."""
        if found.kind.everywhere is None or not found.kind.everywhere(found.values):
            return False
        return self._everywhere.setdefault((found.kind.name, found.id), path) != path

    def _body(
        self, kind: Kind, found: Found, values: Mapping[str, Json], path: Path_, scope: Scope
    ) -> dict[str, Json]:
        here = scope if scope else {kind.name: found.id}
        result: dict[str, Json] = {}
        for field in body_fields(kind):
            if field.name not in values or self._is_left_out(field, values[field.name]):
                continue
            value = values[field.name]
            if field.also_in_body and value == path[-1]:
                continue
            if field.refers_to in LOOKUPS and field.type is Type.INTEGER:
                if (value := self._referred(field, value, path)) is None:
                    continue
            else:
                value = self._named(kind, field, value, found, here)
                if not self.with_defaults and names_none(self.live, field, value, values[field.name], here):
                    continue
                if field.secret:
                    value = self._without_secrets(field, value, found, path)
                if field.left_out:
                    example = variable_name([*map(str, path[1::2]), "password"], self.variables)
                    self.left_out.append(
                        f"{shown((*path, field.name))}: PostHog does not even say which secrets it has, and keeps those"
                        " that a file does not name; to be able to make it anew, add each secret of its form in"
                        f" PostHog, such as `password: !env {example}`"
                    )
            result[field.name] = value
        return result

    def _is_left_out(self, field: Field, value: Json) -> bool:
        if self.with_defaults:
            return value is None and not field.nullable
        return is_default(field, value) or is_fresh(field, value)

    def _named(self, kind: Kind, field: Field, value: Json, found: Found, scope: Scope) -> Json:
        """The value with names in place of ids, as far as one name means one object."""
        if (names := named_kind(field, found.values)) is not None:
            value = self._name(names, value, scope)
        for place in field.ids:
            value = with_names(value, place.path, partial(self._name, place.names, scope=scope), place.where)
        for path in integration_inputs(kind, field, found):
            value = with_names(value, path, partial(self._name, INTEGRATION.name, scope=scope))
        return value

    def _name(self, kind: str, id_: Json, scope: Scope) -> Json:
        if isinstance(id_, bool) or not isinstance(id_, str | int):
            return id_
        try:
            known = names(self.live, kind, scope)
        except (Unauthorized, GaveUp):
            raise
        except ApiError:
            # An id means the same here, and a key need not have the scope for its name.
            return id_
        name = known.get(str(id_))
        return Ref(kind, name) if name and list(known.values()).count(name) == 1 else id_

    def _referred(self, field: Field, value: Json, path: Path_) -> Json:
        """What names a live object in the file; None, and told, when nothing names it and no other."""
        lookup = LOOKUPS[field.refers_to or ""]
        try:
            answers = self.live.lookup(lookup.name)
        except ApiError as error:
            self.unread.append(f"{shown((*path, field.name))}: {error.problem}")
            return None
        own = next((answer for answer in answers if dig(answer, lookup.value) == value), None)
        for key in lookup.keys if own else ():
            name = dig(own or {}, key)
            if name and sum(dig(answer, key) == name for answer in answers) == 1:
                return name
        self.left_out.append(f"{shown(path)}: its {field.name} {value} has neither a URL nor a unique name")
        return None

    def _without_secrets(self, field: Field, value: Json, found: Found, path: Path_) -> Json:
        if not isinstance(value, dict):
            return self._variable(path, field.name)
        specs = self._plugin_settings(field, found)
        result: dict[str, Json] = {}
        for key, item in value.items():
            spec = specs.get(key, {})
            if spec.get("type") == "attachment" or (
                isinstance(item, dict) and {"uid", "saved"} <= item.keys()
            ):
                self.left_out.append(
                    f"{shown((*path, field.name, key))}: is a file; it stays as it is in PostHog"
                )
            elif item == MASK or (
                item and (spec.get("secret") or (not spec.get("type") and looks_secret(key, item)))
            ):
                result[key] = self._variable(path, key)
            elif isinstance(item, dict):
                result[key] = self._without_secrets_within(item, (*path, field.name, key))
            elif item is not None:
                result[key] = item
        return result

    def _without_secrets_within(self, value: Json, path: Path_) -> Json:
        """A mapping without what looks like a secret, such as the headers of a request."""
        return {
            key: self._variable(path, key)
            if looks_secret(key, item)
            else self._without_secrets_within(item, (*path, key))
            if isinstance(item, dict)
            else item
            for key, item in value.items()
        }

    def _plugin_settings(self, field: Field, found: Found) -> Mapping[str, Mapping[str, Json]]:
        """What the plugin says about the keys of its configuration; nothing when it cannot be asked."""
        if not field.keys_from:
            return {}
        try:
            plugins = self.live.lookup("plugin")
        except ApiError:
            return {}
        own = next((each for each in plugins if each.get("id") == found.values.get(field.keys_from)), {})
        schema = own.get("config_schema")
        if isinstance(schema, dict):
            return {key: spec for key, spec in schema.items() if isinstance(spec, dict)}
        return {spec["key"]: spec for spec in schema or () if isinstance(spec, dict) and spec.get("key")}

    def _variable(self, path: Path_, key: str) -> Variable:
        name = variable_name([*map(str, path[1::2]), key], self.variables)
        self.variables.append(name)
        return Variable(name)


def _id(found: Found) -> str | int:
    return int(found.id) if found.id.isdigit() else found.id
