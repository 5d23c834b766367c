"""What a stack calls its objects -> which objects of a project those are now: by the ids of its state, or by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.live import Live


class Meant:
    """The objects that some names mean. Its methods may raise ApiError.

    `names` are those of the stack, by kind; `called` says by kind and name how PostHog calls one of them now, and `ids`
    are those that the state has: they find what has another name by now.
    """

    def __init__(
        self,
        names: Mapping[str, Iterable[str]],
        called: Mapping[tuple[str, str], str],
        ids: Mapping[tuple[str, str], str],
        live: Live,
    ) -> None:
        self.names, self.called, self.ids, self.live = names, called, ids, live

    def of(self, kind: Kind, project: Found) -> dict[str, str]:
        """The objects of a kind in a project, by id: what PostHog calls each."""
        return {
            id_: str(kind.own_name(each.values)) for id_, (each, _) in self.objects(kind, project).items()
        }

    def objects(self, kind: Kind, project: Found) -> dict[str, tuple[Found, str]]:
        """The objects of a kind in a project, by id, each with the name that means it."""
        wanted = [
            (whole, self.ids.get((kind.name, whole)), self.called.get((kind.name, whole), rest))
            for whole in self.names.get(kind.name, ())
            for above, rest in halves(whole)
            if self.is_project(project, above)
        ]
        if not wanted:
            return {}
        found = self.live.collection(kind, {PROJECT.name: project.id})
        return {
            id_: (each, whole)
            for id_, each in found.items()
            for whole, known, name in wanted
            if (id_ == known if known is not None else kind.own_name(each.values) == name)
        }

    def is_project(self, project: Found, name: str) -> bool:
        """Whether what the stack calls so is that project: the state knows its id, whatever it is called by now."""
        known = self.ids.get((PROJECT.name, name))
        if known is not None:
            return known == project.id
        return project.values.get("name") == self.called.get((PROJECT.name, name), name)


def halves(name: str) -> Iterator[tuple[str, str]]:
    """The ways in which a name may be what something is in, and what it is called there."""
    parts = name.split("/")
    return (("/".join(parts[:place]), "/".join(parts[place:])) for place in range(1, len(parts)))
