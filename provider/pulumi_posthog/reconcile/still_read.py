"""Tables that are deleted -> whose SQL reads them, and fails from then on. Only reads.

A view is a table, and a source brings tables. PostHog asks nobody before it deletes a source, and older servers ask
nobody before they delete a view (posthog-api-analytics.md 9.4, 11). What is declared and reads one is refused. What
nobody declares here is named: it may be somebody else's, so that nobody here could put it right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_posthog.api import ApiError, NotServed
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.meant import Meant, halves
from pulumi_posthog.reconcile.readers import readers
from pulumi_posthog.reconcile.tables import has_sql, joined, tables_of
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.suggestion import enumeration

READ_ALONE: Final = 100  # objects of one kind whose SQL is in no list, and is read one by one
WITH_SQL: Final = tuple(kind for kind in KINDS.values() if has_sql(kind) and kind.parent == PROJECT.name)
BRING_TABLES: Final = tuple(kind for kind in KINDS.values() if kind.named_in_sql or kind.tables)


@dataclass(frozen=True)
class Broken:
    """What of one kind reads an object that is deleted, and nobody declares it here.

    `holder` and `name` are the object, `names` who reads it, and `unread` is why nobody can tell of all who does.
    `becomes` is the other name that the object gets, where it is not deleted.
    """

    holder: Kind
    name: str
    kind: Kind
    becomes: str | None
    names: tuple[str, ...] = ()
    unread: str | None = None

    def __str__(self) -> str:
        end = "is deleted" if self.becomes is None else f'gets the name "{one_line(self.becomes)}"'
        what = f'{self.holder.title} "{one_line(self.name)}", which {end}'
        of_it = "names" if self.holder.named_in_sql else "names tables of"
        if self.unread is not None:
            return f"it is not known which {self.kind.plural} still read {what}: {one_line(self.unread)}"
        shown = enumeration(f'"{one_line(each)}"' for each in self.names)
        count = f"{len(self.names):,} {self.kind.title if len(self.names) == 1 else self.kind.plural}"
        return f"the SQL of {count} that nobody declares here {of_it} {what}, and fails from then on: {shown}"


@dataclass(frozen=True)
class _Table:
    """An object whose tables are deleted. `reads` says of a name in SQL whether it is one of those."""

    kind: Kind
    name: str
    key: str  # what the stack calls it
    reads: Callable[[str], bool]
    becomes: str | None = None  # the name that it gets in place of its own


def broken(
    gone: Meant, staying: Meant, renamed: Mapping[str, Mapping[str, str]], live: Live
) -> tuple[Broken, ...]:
    """What nobody declares, and reads what is deleted.

    `gone` are names of the stack, and `staying` are those that it keeps. `renamed` are kind's name -> what the stack
    called an object until now -> what PostHog is going to call it: SQL that has the former name fails as well. It reads
    the lists of what has SQL, in the projects where a view or a source is deleted or renamed, and only there. May raise
    ApiError of what is deleted; of what could not be looked at otherwise, it says so.
    """
    return tuple(
        each
        for project in live.collection(PROJECT, {}).values()
        if (tables := [*_tables(project, gone, staying), *_renamed(project, renamed, gone)])
        for kind in WITH_SQL
        for each in _broken_in(project, kind, tables, gone, staying, live)
    )


def still_declared(
    gone: Meant, staying: Meant, referred: Mapping[str, Mapping[str, str]], live: Live
) -> Iterator[str]:
    """Why a source is not deleted: the SQL of what stays declared reads a table of it (`links.only_referred_to`).

    May raise ApiError.
    """
    named = [
        (name, who)
        for kind, those in referred.items()
        if kind in KINDS and KINDS[kind].named_in_sql
        for name, who in those.items()
    ]
    for project in live.collection(PROJECT, {}).values() if named else ():
        for table in _tables(project, gone, staying):
            if table.kind.named_in_sql:
                continue  # known by its own name
            for name, who in named:
                read = next((rest for above, rest in halves(name) if gone.is_project(project, above)), "")
                if table.reads(read):
                    yield (
                        f'{table.kind.title} "{one_line(table.key)}" is no longer declared and would be deleted, but'
                        f' {who}, reads its table "{one_line(read)}"\n'
                        "  hint: declare it again, take that table out of the SQL as well, or write `state: unmanaged`"
                        " for it"
                    )


def _tables(project: Found, gone: Meant, staying: Meant) -> Iterator[_Table]:
    """What of one project is deleted and had tables; not those that something else which stays brings as well."""
    for kind in BRING_TABLES:
        for each, key in gone.objects(kind, project).values():
            reads = _reading(kind, each, _kept(kind, project, staying))
            yield _Table(kind, str(kind.own_name(each.values)), key, reads)


def _renamed(project: Found, renamed: Mapping[str, Mapping[str, str]], gone: Meant) -> Iterator[_Table]:
    """What of one project gets another name in SQL."""
    before = Meant(renamed, gone.called, gone.ids, gone.live)
    for kind in BRING_TABLES:
        for each, key in before.objects(kind, project).values() if kind.named_in_sql else ():
            name, becomes = str(kind.own_name(each.values)), renamed[kind.name][key]
            if name != becomes:
                yield _Table(kind, name, key, _reading(kind, each, ()), becomes)


def _kept(kind: Kind, project: Found, staying: Meant) -> frozenset[str]:
    """The tables of what stays, as `joined` has them."""
    if kind.tables is None:
        return frozenset()
    return frozenset(
        joined(table)
        for each, _ in staying.objects(kind, project).values()
        for table in kind.tables(each.values)
    )


def _reading(kind: Kind, found: Found, kept: Collection[str]) -> Callable[[str], bool]:
    if kind.tables is None:
        name = kind.own_name(found.values)
        return lambda table: table == name
    tables = {joined(table) for table in kind.tables(found.values)} - set(kept)
    return lambda table: joined(table) in tables


def _broken_in(
    project: Found, kind: Kind, tables: list[_Table], gone: Meant, staying: Meant, live: Live
) -> Iterator[Broken]:
    """What of one kind in one project reads one of the tables."""
    try:
        ours = {*gone.of(kind, project), *staying.of(kind, project)}
        found = live.collection(kind, {PROJECT.name: project.id})
    except NotServed:
        return  # an older server, which has none
    except ApiError as error:
        yield from (Broken(each.kind, each.name, kind, each.becomes, unread=error.problem) for each in tables)
        return
    those, unread = _with_sql(kind, project, [each for id_, each in found.items() if id_ not in ours], live)
    for table in tables:
        names = sorted(
            str(kind.own_name(each.values) or each.id)
            for each in those
            if any(table.reads(name) for _, name in tables_of(kind, each.values))
        )
        if names:
            yield Broken(table.kind, table.name, kind, table.becomes, tuple(names))
        if unread:
            yield Broken(table.kind, table.name, kind, table.becomes, unread=unread)


def _with_sql(kind: Kind, project: Found, those: list[Found], live: Live) -> tuple[list[Found], str | None]:
    """The objects with their SQL, which the list of some kinds lacks; and why that is not known of all."""
    sql = [field.name for field in kind.fields if field.sql or field.tables]
    whole = [each for each in those if not _lacks(kind, each, sql)]
    alone = [each for each in those if _lacks(kind, each, sql)]
    unread = f"only {READ_ALONE} of {len(alone)} are read one by one" if len(alone) > READ_ALONE else None
    if not alone:
        return whole, None

    def read(found: Found) -> Found | ApiError | None:
        try:
            return live.object(kind, {PROJECT.name: project.id}, found.id, sql)
        except ApiError as error:
            return error

    with readers(live) as pool:
        for each in pool.map(read, alone[:READ_ALONE]):
            if isinstance(each, ApiError):
                unread = unread or each.problem
            elif each is not None:
                whole.append(each)
    return whole, unread


def _lacks(kind: Kind, found: Found, names: list[str]) -> bool:
    """Whether an object of a list lacks its SQL."""
    return kind.needs_whole(names) and (kind.whole_sign is None or kind.whole_sign not in found.answer)
