"""Which live objects a name means, and which lists a path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Lookup
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import meant


def spelled_alike(kind: Kind, live: Mapping[str, Json], wanted: Mapping[str, Json]) -> bool:
    """Whether a live object has exactly the names that are asked for, so that none in another case is meant."""
    names = (name for name, _ in kind.natural_key(wanted) or () if kind.field(name).caseless)
    return all(live.get(name) == kind.field(name).normal(wanted.get(name)) for name in names)


def is_one_of(kind: Kind, path: str) -> bool:
    """Whether a path is a kind's, as in "/api/projects/{project}/cohorts/", with ids filled in."""
    # What objects are attached to takes two parts of it.
    about = f"{{{kind.attached.place}}}" if kind.attached else ""
    template = kind.collection.replace(about, "{}/{}") if about else kind.collection
    wanted, parts = template.split("/"), path.split("/")
    return len(wanted) == len(parts) and all(
        one == other or one.startswith("{") for one, other in zip(wanted, parts, strict=True)
    )


def with_name(
    lookup: Lookup, key: str, value: str, answers: Iterable[Mapping[str, Json]]
) -> list[Mapping[str, Json]]:
    """The objects that `value` may mean by what is at `key`."""

    def name(answer: Mapping[str, Json]) -> str:
        return str(dig(answer, key) or "")

    if lookup.caseless:
        return meant(value, answers, name)
    return [answer for answer in answers if name(answer) == value]
