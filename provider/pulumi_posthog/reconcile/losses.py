"""What is about to be deleted -> who loses it: PostHog deletes what is embedded in an object with it. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_posthog.api import Forbidden, NotFound, NotOffered, NotServed
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.words import TakenAlong
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.limits import Limits, too_many
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.meant import Meant
from pulumi_posthog.reconcile.object_lists import objects_with_rules, told
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.spelling import folded, one_line

NOTHING: Final[Mapping[tuple[str, str], str]] = {}


@dataclass(frozen=True)
class Loss:
    """What one object takes along: `names` are its items, of the kind `kind`, and `holder` is the object's own kind.

    `name` is what PostHog calls the object, `key` what the stack calls it; None where the items are no kind's.
    """

    kind: Kind | TakenAlong
    holder: Kind
    name: str
    names: tuple[str, ...]
    unread: str | None = None  # why nobody can tell what goes along, where the key may not look
    key: str | None = None

    def __str__(self) -> str:
        if self.unread is not None:
            return (
                f"it is not known which {self.kind.plural} would be deleted with the {self.holder.title}"
                f' "{one_line(self.name)}": {self.unread}'
            )
        one, several = self.kind.lost_words
        count = len(self.names)
        return f'{count} {one if count == 1 else several} {self.holder.title} "{one_line(self.name)}"'


def losses(
    gone: Mapping[str, Iterable[str]],
    called: Mapping[tuple[str, str], str],
    live: Live,
    ids: Mapping[tuple[str, str], str] = NOTHING,
) -> tuple[Loss, ...]:
    """Who loses what is deleted. `gone` are names by kind, `called` says how PostHog calls one of them now.

    `ids` are those that the state has, by kind and name: they find what has another name by now.

    May raise ApiError: who loses something is not guessed. What PostHog does not have takes nothing along.
    """
    found = [*_along(Meant(gone, called, ids, live), live)]
    for item in KINDS.values():
        if item.embedded_in is None or item.set_of:
            continue
        holder = KINDS[item.embedded_in[0]]
        key = next(field.name for field in holder.fields if field.from_key)
        for name in () if holder.parent else gone.get(holder.name, ()):
            now = called.get((holder.name, name), name)
            for match in live.find(holder, {}, {key: now}):
                items = live.collection(item, {holder.name: match.id}).values()
                names = tuple(sorted(item.own_name(each.values) or each.id for each in items))
                found += [Loss(item, holder, now, names, key=name)] if names else []
    return tuple(found)


def _along(gone: Meant, live: Live) -> Iterator[Loss]:
    """What PostHog deletes with objects of projects, but for what the run deletes itself."""
    holders = [kind for kind in KINDS.values() if kind.taken_along and gone.names.get(kind.name)]
    for project in live.collection(PROJECT, {}).values() if holders else ():
        for holder in holders:
            yield from _along_in(project, holder, gone.of(holder, project), gone, live)


def _along_in(
    project: Found, holder: Kind, those: Mapping[str, str], gone: Meant, live: Live
) -> Iterator[Loss]:
    """What is deleted with objects of a project, and with what is deleted with them; `those` are their names by id."""
    for taken in holder.taken_along if those else ():
        if taken.inside is not None:
            yield from _inside(project, holder, those, taken, taken.inside, live)
            continue
        path = taken.collection.format(**{PROJECT.name: project.id})
        try:
            answers = live.list_at(path, **taken.parameters)
        except (NotFound, NotOffered):
            continue  # servers without it, or that have it for nobody's key
        except Forbidden as error:
            yield Loss(taken, holder, ", ".join(sorted(those.values())), (), unread=error.problem)
            continue
        kind = KINDS.get(taken.name)
        removed = gone.of(kind, project) if kind else {}
        further: dict[str, str] = {}
        for id_, name in sorted(those.items(), key=lambda item: item[1]):
            lost = {
                str(each["id"]): str(each.get(taken.called) or each["id"])
                for each in (object_of(answer, path) for answer in answers)
                if id_ in taken.holders(each) and str(each["id"]) not in removed and not each.get("deleted")
            }
            if lost:
                yield Loss(taken, holder, name, tuple(sorted(lost.values())))
            further |= lost
        yield from _along_in(project, kind, further, gone, live) if kind else ()


def _inside(
    project: Found, holder: Kind, those: Mapping[str, str], taken: TakenAlong, key: str, live: Live
) -> Iterator[Loss]:
    """What objects of one project have under a key of their own answers."""
    objects = live.collection(holder, {PROJECT.name: project.id})
    for id_, name in sorted(those.items(), key=lambda item: item[1]):
        items = objects[id_].answer.get(key) or ()
        if items:
            yield Loss(taken, holder, name, tuple(sorted(str(each[taken.called]) for each in items)))


def losses_of_rules(
    gone: Mapping[str, Iterable[str]], called: Mapping[tuple[str, str], str], live: Live
) -> tuple[Loss, ...]:
    """The access rules that PostHog deletes with what they are about, except those that the stack removes itself.

    Two lists of each project are read, and on newer servers one more for each object that is deleted, of the single
    objects that it has rules of. They are read only when something of such a kind is deleted. May raise ApiError; a key
    that may not read rules is told, because rules are not what such a stack manages.
    """
    return tuple(
        loss
        for item in KINDS.values()
        for field in (item.writable if item.grants else ())
        if field.names in KINDS and gone.get(field.names or "")
        for loss in _of_rules(item, field, gone, called, live)
    )


def _of_rules(
    item: Kind,
    field: Field,
    gone: Mapping[str, Iterable[str]],
    called: Mapping[tuple[str, str], str],
    live: Live,
) -> Iterator[Loss]:
    holder = KINDS[field.names or ""]
    key = next(each.name for each in holder.fields if each.from_key)
    about = {
        match.id: name
        for name in gone[holder.name]
        for match in live.find(holder, {}, {key: called.get((holder.name, name), name)})
    }
    if not about:
        return
    lost: dict[str, list[str]] = {}
    for project in live.collection(PROJECT, {}).values():
        if item.attached:
            try:
                _of_objects(item, field, about, project, set(gone.get(item.name, ())), lost, live)
            except (NotFound, NotOffered):
                break  # older servers list no objects with rules: each would have to be asked
            except Forbidden as error:
                yield Loss(item, holder, ", ".join(sorted(about.values())), (), unread=error.problem)
                return
            continue
        try:
            rules = live.collection(item, {PROJECT.name: project.id})
        except NotServed:
            return  # older servers have no rules
        except Forbidden as error:
            yield Loss(item, holder, ", ".join(sorted(about.values())), (), unread=error.problem)
            return
        for rule in rules.values():
            name = about.get(str(rule.values.get(field.name)))
            above = str(project.values.get("name"))
            if name is not None and _resource(item, field, rule.values, above, name) not in set(
                gone.get(item.name, ())
            ):
                lost.setdefault(name, []).append(_shown(item, rule.values, above))
    for name, rows in sorted(lost.items()):
        yield Loss(item, holder, called.get((holder.name, name), name), tuple(sorted(rows)))


def _of_objects(
    item: Kind,
    field: Field,
    about: Mapping[str, str],
    project: Found,
    removed: Collection[str],
    lost: dict[str, list[str]],
    live: Live,
) -> None:
    """Add to `lost` the rules of a project's single objects, by one list for each object that is deleted.

    posthog-api-access.md 3.8.
    """
    above = str(project.values.get("name"))
    for id_, name in about.items():
        for each in objects_with_rules(live, item, {PROJECT.name: project.id}, field.names or "", id_):
            within = f"{each.get('name')}/{each['resource']}"
            if _resource(item, field, {}, f"{above}/{within}", name) not in removed:
                lost.setdefault(name, []).append(f"{above}: {told(each)}")


def _resource(item: Kind, field: Field, values: Mapping[str, Json], project: str, name: str) -> str:
    """The name under which a file has a rule."""
    grants = item.grants
    if grants is None:
        return ""
    within = [str(values[grants.keyed_by])] if grants.keyed_by else []
    group = next(key for key, subject in grants.subjects.items() if subject == field.name)
    return "/".join((project, *within, group, name))


def _shown(item: Kind, values: Mapping[str, Json], project: str) -> str:
    grants = item.grants
    if grants is None:
        return project
    within = f"{values[grants.keyed_by]}: " if grants.keyed_by else ""
    return f"{project}: {within}{values[grants.value]}"


def lost_besides(those: Iterable[Loss], removed: Mapping[str, Collection[str]]) -> int:
    """How many are lost that the run does not remove itself; `removed` are names by what they are below.

    A file names an item after what it is below and what it is called. A program may name it freely: then it is one of
    those that its parent has, whichever of them.
    """
    return sum(_besides(loss, removed.get(loss.key or "", ()) if loss.key else ()) for loss in those)


def _besides(loss: Loss, removed: Collection[str]) -> int:
    above = f"{loss.key}/"
    known = {folded(name) for name in removed if name.startswith(above)}
    left = sum(folded(above + each) not in known for each in loss.names)
    return max(0, left - (len(removed) - sum(name.startswith(above) for name in removed)))


def refusal_of_losses(
    found: Iterable[Loss],
    limits: Limits,
    removed: Mapping[str, tuple[Mapping[str, Collection[str]], int]] | None = None,
) -> str | None:
    """Why what is deleted may not take so much along; None when it may.

    `removed` says by kind which of the same the run removes itself, by what they are below, and of how many: together
    they are one number, in which each counts once.
    """
    by_kind: dict[str, list[Loss]] = {}
    for loss in found:
        by_kind.setdefault(loss.kind.name, []).append(loss)
    lines = []
    for name, those in by_kind.items():
        own, total = (removed or {}).get(name, ({}, 0))
        besides, lost = sum(map(len, own.values())), lost_besides(those, own)
        count = lost + besides
        if lost and too_many(those[0].kind, count, lost + total if besides else lost, limits):
            lines += [
                f"{loss}:\n" + "\n".join(f"    {one_line(each)}" for each in loss.names) for loss in those
            ]
            more = f", with {besides} that the run removes besides" if besides else ""
            lines.append(
                f"  that is more than the limits allow{more}\n"
                f"  hint: if that is meant, say so: pulumi config set posthog:allowRemovals {name}={count}"
            )
    return "\n".join(lines) or None
