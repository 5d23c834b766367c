"""Where to ask about a resource: PostHog may have moved since the state was written, and a file may name any host."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack.location import Location, location_of
from pulumi_posthog.values import host as values_host

Props = Mapping[str, Any]


def host_of(location: Location) -> str:
    """Where PostHog is now; raises CannotApply when it is nowhere that the key may be sent to."""
    try:
        return values_host.current(location.host, os.environ)
    except values_host.HostRefused as error:
        raise CannotApply(str(error)) from None


def relocated(properties: Props) -> dict[str, Any]:
    """What a state has, with the host where it is to be found now: so the state follows a refresh.

    Raises CannotApply as `host_of`.
    """
    location = location_of(properties)
    host = host_of(location)
    if host == location.host:
        return dict(properties)
    earlier = ("__host", "__organization", "__guarded", "__parent")
    rest = {name: value for name, value in properties.items() if name not in earlier}
    return {**rest, **dataclasses.replace(location, host=host).as_property}


def objection_to_move(olds: Props | None, news: Props) -> str | None:
    """Why the key is not sent to where a program declares a resource; None when it may be."""
    try:
        recorded = location_of(olds).host if olds else None
        values_host.permitted(location_of(news).host, os.environ, recorded=recorded)
    except values_host.HostRefused as error:
        return f"{error.problem}\n  hint: {error.hint}"
    except KeyError:
        return None  # a check that nobody gave a place, as in a test
    return None
