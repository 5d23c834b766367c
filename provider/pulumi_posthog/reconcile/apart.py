"""Lists that have one sort of their objects at a time, and whose items do not say which. Only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulumi_posthog.api import ApiError, Forbidden, NotFound, NotOffered, Reader
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Apart
from pulumi_posthog.values.json_value import Json, dig


def listed(
    reader: Reader, kind: Kind, apart: Apart, path: str, numbers: Callable[[], list[Mapping[str, Json]]]
) -> tuple[list[Mapping[str, Json]], ApiError | None]:
    """All objects of such a list, with the fields that their sort says, and why one sort could not be looked at.

    `numbers` asks for the objects of the sort's lookup. May raise ApiError for any other sort.
    """
    sorts: list[dict[str, Json]] = [{apart.field: sort} for sort in apart.sorts]
    blind: ApiError | None = None
    try:
        found = [dig(each, apart.lookup.value) for each in numbers()]
        sorts += [{apart.field: apart.numbered, apart.number: number} for number in found]
    except (Forbidden, NotFound, NotOffered) as error:
        blind = error
    answers: list[Mapping[str, Json]] = []
    for sort in sorts:
        parameters = {name: str(value) for name, value in sort.items()}
        items = reader.list_all(path, page_size=kind.page_size, params={**kind.list_parameters, **parameters})
        answers += [{**object_of(each, path), **sort} for each in items]
    return answers, blind


def with_sort(
    kind: Kind, before: Mapping[str, Json] | None, answer: Mapping[str, Json]
) -> Mapping[str, Json]:
    """What PostHog answers to a write, with what only the list's address says."""
    if kind.apart is None or before is None:
        return answer
    own = (kind.apart.field, kind.apart.number)
    return {**{name: before[name] for name in own if name in before}, **answer}
