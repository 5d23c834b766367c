"""What the configuration says of persons whom a project must not have."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_posthog.values.problem import Position


@dataclass(frozen=True)
class Origin:
    """Where the names of persons come from, which are in no file of YAML themselves: "!env NAME" or "!file path".

    `by` is what they are: "email", "distinct_id", or None for each as it looks. With `several`, one of them may mean
    more than one person. `where` is the place in the YAML, as text.
    """

    source: str
    where: str
    by: str | None = None
    several: bool = False


@dataclass(frozen=True, repr=False)
class Identifier:
    """What one person, or several, are known by. It is personal data: only `where` may be shown."""

    text: str
    by: str
    where: str
    several: bool = False

    def __repr__(self) -> str:
        return f"<identifier of {self.where}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("personal data is never pickled")


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """Persons whom one project must not have. `missing` are origins that were not available (offline)."""

    project: str  # the name of the project's entry
    origins: tuple[Origin, ...]
    identifiers: tuple[Identifier, ...]
    where: Position
    delete_events: bool = False
    missing: tuple[Origin, ...] = ()
    previously: tuple[str, ...] = ()
