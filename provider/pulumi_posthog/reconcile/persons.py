"""The persons of a project whom PostHog knows by a name. Only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulumi_posthog.api import IncompleteRead, NotFound, Reader
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.spelling import folded


def persons_called(
    reader: Reader, path: str, by: str, name: str, is_there: Callable[[], bool]
) -> list[Mapping[str, Json]]:
    """Those with an `email` or a `distinct_id` (`by`), exactly; none where `is_there` says that their project is gone.

    Raises as `Live.persons`.
    """
    try:
        found: list[Mapping[str, Json]] = reader.list_all(path, params={by: name})
    except NotFound:
        # Of a project that is gone there is nobody; of one that is there, we could not look.
        if is_there():
            raise
        return []
    for person in (object_of(each, path) for each in found):
        names = person.get("distinct_ids") if by == "distinct_id" else [dig(person, "properties.email")]
        if folded(name) not in (folded(str(each)) for each in names or ()):
            raise IncompleteRead(
                f"asked for the persons of one {by}, PostHog answers others",
                method="GET",
                path=path,
                hint="no person is erased after such an answer; does this server know the parameter?",
            )
    return found
