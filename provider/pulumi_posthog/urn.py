"""Pulumi's name of a resource -> what is in it: `urn:pulumi:STACK::PROJECT::TYPES::NAME`.

It is split from the left, because the resource's own name may have anything in it, `::` included. TYPES are the types
of its parents and its own, joined by `$` (https://www.pulumi.com/docs/iac/concepts/resources/names/).
"""

from __future__ import annotations

TYPE = "pulumi-python:dynamic/posthog:"  # before the name of each type of ours


def name_of(urn: str) -> str | None:
    """The resource's own name; None where `urn` is no name of a resource."""
    parts = urn.split("::", 3)
    return parts[3] if len(parts) == 4 else None


def type_of(urn: str) -> str | None:
    """The name of the resource's own type without what all types of ours begin with; None where it is not ours."""
    parts = urn.split("::", 3)
    own = parts[2].rpartition("$")[2] if len(parts) == 4 else ""
    return own.removeprefix(TYPE) if own.startswith(TYPE) else None
