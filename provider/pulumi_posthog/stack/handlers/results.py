"""What a handler answers, in the words of Pulumi's life cycle. Plain values: each door makes its own of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = Mapping[str, Any]


@dataclass
class CheckFailure:
    """Why one property, or with "" the whole resource, may not be as declared."""

    property: str
    reason: str


@dataclass
class CheckResult:
    """The inputs as they are to be compared and stored, and what is wrong with them."""

    inputs: dict[str, Any]
    failures: list[CheckFailure] = field(default_factory=list)


@dataclass
class DiffResult:
    """Whether something differs; `replaces` names the properties for which the object is made anew."""

    changes: bool
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False


@dataclass
class ReadResult:
    """What there is now; an `id` of None says that it is gone. Without `inputs` those of the state stay."""

    id: str | None
    outs: Properties
    inputs: Properties | None = None


@dataclass
class CreateResult:
    """The id and the outputs of what was made or taken over."""

    id: str
    outs: Properties


@dataclass
class UpdateResult:
    """The outputs after a change."""

    outs: Properties


def replaced(fields: list[str]) -> DiffResult:
    """A change for which the object is deleted and made anew."""
    # Names are unique in PostHog, so the old one has to go before the new one comes.
    return DiffResult(changes=True, replaces=fields, delete_before_replace=True)
