"""A host and the environment -> a client of PostHog; it can only read, except for one verb."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.closing import opened
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.values.variables import KEY_VARIABLE

if TYPE_CHECKING:
    from pulumi_posthog.api import Reader, Writer
    from pulumi_posthog.reconcile.live import Live


Client = TypeVar("Client", bound="Reader")


NO_KEY = f"set {KEY_VARIABLE} to a personal API key (PostHog: Settings, Personal API keys)"


def reader_for(host: str) -> Reader:
    """HTTP with a host, with the key from the environment; raises Stop when either cannot be right."""
    from pulumi_posthog.api import Reader

    return _client_for(host, Reader)


def writer_for(host: str) -> Writer:
    """As `reader_for`, and able to write: for the one verb that makes something, an export. Raises Stop as well."""
    from pulumi_posthog.api import Writer

    return _client_for(host, Writer)


def _client_for(host: str, kind: type[Client]) -> Client:
    from pulumi_posthog.api import Connection, Pace
    from pulumi_posthog.values.host import HostRefused

    key = os.environ.get(KEY_VARIABLE)
    if not key:
        raise Stop("there is no PostHog API key", NO_KEY, Exit.KEY)
    try:
        pace = Pace.from_environment(os.environ)
    except ValueError as error:
        raise Stop(str(error)) from None
    try:
        connection = Connection(host, key)
    except HostRefused as error:
        raise Stop(error.problem, error.hint) from None
    except ValueError as error:
        raise Stop(str(error), NO_KEY, Exit.KEY) from None
    return opened(kind(connection, pace=pace, notify=terminal.note))


def live_for(host: str, organization: str) -> Live:
    """A view of one organization, which can only read; raises Stop as `reader_for`."""
    from pulumi_posthog.reconcile.live import Live

    return Live(reader_for(host), organization)
