"""An event that the code of an app sends, and the properties that come with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property; `type` is PostHog's word for its values, None if there is none."""

    name: str
    type: str | None
    required: bool
    doc: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a project; `hidden` ones are not to be used any more."""

    name: str
    project: str
    doc: str = ""
    hidden: bool = False
    properties: tuple[Property, ...] = ()
