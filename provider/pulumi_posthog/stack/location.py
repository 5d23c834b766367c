"""Where a resource lives, whether a guard looks after it, and what its parent is called: one hidden property.

One, not four: each property of a resource costs Pulumi a third of a millisecond in every run, and memory. As JSON
text, because Pulumi passes that on as it is. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from typing import Any, Final

PROPERTY: Final = "__at"


@dataclass(frozen=True)
class Location:
    """`host` is PostHog's URL and `organization` its id there.

    `guarded` says whether its stack has a guard, which has to be asked before it is deleted. `parent` are the names of
    what it is in, as JSON text, by which that is found before it has an id; empty for none.
    """

    host: str
    organization: str
    guarded: bool = False
    parent: str = ""

    @property
    def as_property(self) -> dict[str, str]:
        """The property with its name."""
        return {PROPERTY: _text(self)}


def location_of(properties: Mapping[str, Any]) -> Location:
    """Where the resource with these properties lives; raises KeyError when they do not say.

    States from before have a property for each.
    """
    text = properties.get(PROPERTY)
    if text is not None:
        return _location(text)
    return Location(
        properties["__host"],
        properties["__organization"],
        guarded=bool(properties.get("__guarded")),
        parent=properties.get("__parent") or "",
    )


@cache
def _text(location: Location) -> str:
    # What is false or empty is left out: it is the rule for most.
    return json.dumps({name: value for name, value in asdict(location).items() if value}, ensure_ascii=False)


@lru_cache(maxsize=10_000)  # one for each parent
def _location(text: str) -> Location:
    return Location(**json.loads(text))
