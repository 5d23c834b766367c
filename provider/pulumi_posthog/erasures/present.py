"""Names of persons -> those of them whom PostHog has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_posthog.api import ApiError
from pulumi_posthog.erasures.declared import Erasure, Identifier
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json

if TYPE_CHECKING:
    from pulumi_posthog.reconcile.observe import Observed


READERS = 8  # look-ups under way at the same time


@dataclass(frozen=True, repr=False)
class Present:
    """Who of those who must not exist does: PostHog's uuid -> the identifiers that led there.

    `unclear` are identifiers that mean more than one person without saying that they may, and how many.
    """

    persons: Mapping[str, tuple[Identifier, ...]]
    unclear: tuple[tuple[Identifier, int], ...] = ()

    def __len__(self) -> int:
        return len(self.persons)


def present(live: Live, project: str, identifiers: Sequence[Identifier]) -> Present:
    """Look everybody up: one request for each identifier, `READERS` side by side; raises ApiError."""
    live.reader.hide(*(each.text for each in identifiers))
    found: dict[str, list[Identifier]] = {}
    unclear = []
    for identifier, persons in zip(identifiers, _looked_up(live, project, identifiers), strict=True):
        if len(persons) > 1 and not identifier.several:
            unclear.append((identifier, len(persons)))
        for person in persons:
            found.setdefault(str(person["uuid"]), []).append(identifier)
    return Present({uuid: tuple(names) for uuid, names in found.items()}, tuple(unclear))


def _looked_up(live: Live, project: str, identifiers: Sequence[Identifier]) -> list[list[Mapping[str, Json]]]:
    if not identifiers:
        return []
    pool = ThreadPoolExecutor(min(READERS, len(identifiers)))
    try:
        return list(pool.map(lambda each: live.persons(project, each.by, each.text), identifiers))
    except KeyboardInterrupt:
        live.reader.pace.stop()  # they may be sitting out a rate limit
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Sighting:
    """What one project has of the persons whom it must not have, or why that could not be looked at."""

    erasure: Erasure
    found: Present
    error: ApiError | None = None


def sightings(erasures: Iterable[Erasure], observed: Observed, live: Live) -> tuple[Sighting, ...]:
    """A look at every project that there is; of one that there is not, or that could not be read, nothing."""
    result = []
    for erasure in erasures:
        project = observed.found.get((PROJECT.name, erasure.project))
        if project is None:
            continue
        try:
            result.append(Sighting(erasure, present(live, project.id, erasure.identifiers)))
        except ApiError as error:
            result.append(Sighting(erasure, Present({}), error))
    return tuple(result)


def words(count: int) -> str:
    """How many there are who should not be."""
    return (
        "1 person that should not exist does" if count == 1 else f"{count:,} persons that should not exist do"
    )
