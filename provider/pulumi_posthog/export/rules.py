"""Access rules -> what a file has of them; and which objects of a project are asked for rules of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pulumi_posthog.api import ApiError, GaveUp, NotFound, NotOffered, NotServed, Unauthorized
from pulumi_posthog.config.grants import EVERYONE
from pulumi_posthog.export.text import Ref
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import about_scope
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.object_lists import objects_with_rules
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.text import plural

# Requests for the rules of a project's objects that nobody has to ask for by name.
MOST: Final = 200
ATTACHED: Final = tuple(kind for kind in KINDS.values() if kind.attached)
HOLDERS: Final = frozenset(kind.name for kind in KINDS.values() if kind.accessible_as)


def block_of(
    kind: Kind,
    rules: Iterable[Found],
    name_of: Callable[[str, Json], Json],
    leave_out: Callable[[str], object],
) -> dict[str, Json]:
    """What is under a section that says who has what, as the file has it; `leave_out` is told what cannot be said."""
    grants, result = kind.grants, dict[str, Json]()
    if grants is None:
        return result
    for found in rules:
        values = found.values
        block = result.setdefault(str(values[grants.keyed_by]), {}) if grants.keyed_by else result
        group = next((key for key, name in grants.subjects.items() if values.get(name)), None)
        if group is None:
            block[EVERYONE] = values[grants.value]
            continue
        field = kind.field(grants.subjects[group])
        subject = values[field.name]
        named = name_of(field.names, subject) if field.names else subject
        if field.names and not isinstance(named, Ref):
            leave_out(f"a rule of {field.name} {subject}, which has no unique name")
            continue
        name = named.name if isinstance(named, Ref) else named
        block.setdefault(group, {})[name] = values[grants.value]
    return result


@dataclass(frozen=True)
class Asked:
    """The collections of rules of a project's objects that are worth a request, and why no more are read."""

    scopes: tuple[tuple[Kind, Scope], ...] = ()
    left_out: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def asked(live: Live, kind: Kind, scope: Scope, abouts: Iterable[Kind], *, at_any_cost: bool) -> Asked:
    """Which objects of a project to ask for their rules; the first is asked, so that what fails is told once.

    `abouts` are the kinds of such objects. Each takes a request. Newer servers list, by whom rules are about, the
    objects that have any: these lists are read where that takes fewer requests (posthog-api-access.md 3.8). More
    than MOST are not made unless `at_any_cost`.
    Raises Unauthorized and GaveUp.
    """
    project = live.object(PROJECT, {}, scope[PROJECT.name], ())
    here = f"{PROJECT.section}.{project.values['name'] if project else scope[PROJECT.name]}"
    what = f"{here}: access rules of single objects"
    try:
        found = [
            (kind, about_scope(kind, scope, *each))
            for each in _worth_asking(live, kind, scope, abouts, at_any_cost)
        ]
        for each in found[:1]:
            live.collection(*each)
    except (Unauthorized, GaveUp):
        raise
    except (NotServed, NotOffered) as error:
        return Asked(left_out=(f"{what}: {error.problem}",))
    except ApiError as error:
        return Asked(unread=(f"{what}: {error.problem}",))
    if len(found) > MOST and not at_any_cost:
        cost = plural(len(found), "request")
        return Asked(left_out=(f"{what} take {cost}: ask for them, `--only {kind.name}`",))
    return Asked(tuple(found))


def _worth_asking(
    live: Live, kind: Kind, scope: Scope, abouts: Iterable[Kind], at_any_cost: bool
) -> Iterator[tuple[Kind, str]]:
    objects: list[tuple[Kind, str]] = []
    for about in abouts:
        try:
            objects += [(about, id_) for id_ in live.collection(about, scope)]
        except (Unauthorized, GaveUp):
            raise
        except ApiError:
            continue  # none of them is written, and that is told there
    lists = _lists(live, kind)
    ruled = None
    if lists and len(objects) > len(lists) and (at_any_cost or len(lists) <= MOST):
        ruled = _with_rules(live, kind, scope, lists)
    return (each for each in objects if ruled is None or (each[0].accessible_as, each[1]) in ruled)


def _lists(live: Live, kind: Kind) -> list[tuple[str, str]]:
    """Whom the lists of objects with rules are about: everyone, each role and each member, and the id of that."""
    subjects: dict[str, Iterable[str]] = {
        "": ("",),
        "role": live.collection(KINDS["role"], {}),
        "member": (str(each.get("id")) for each in live.lookup(MEMBER.name)),
    }
    lists = kind.attached.lists if kind.attached else {}
    return [(subject, id_) for subject in lists for id_ in subjects[subject]]


def _with_rules(
    live: Live, kind: Kind, scope: Scope, lists: Iterable[tuple[str, str]]
) -> frozenset[tuple[str, str]] | None:
    """The objects that have rules, by type and id; None where the server has no such lists."""
    try:
        return frozenset(
            (str(each["resource"]), str(each.get("resource_id")))
            for subject, id_ in lists
            for each in objects_with_rules(live, kind, scope, subject, id_)
        )
    except NotFound:
        return None
