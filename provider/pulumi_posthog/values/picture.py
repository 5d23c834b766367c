"""Boxes on a grid, before and after: what a report draws where tiles have another place."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Change(enum.Enum):
    """What is different about a box. The value is a name in the report's style sheet."""

    NONE = "as-it-was"
    MOVED = "moved"
    ONLY_HERE = "only-here"


@dataclass(frozen=True)
class Box:
    """Something on a grid: what it is called, and which columns and rows it covers, counted from 0."""

    label: str
    x: int
    y: int
    width: int
    height: int
    change: Change = Change.NONE


@dataclass(frozen=True)
class Picture:
    """A grid of so many columns: what is on it in PostHog, and what is declared to be."""

    columns: int
    live: tuple[Box, ...]
    declared: tuple[Box, ...]
