"""PostHog moves to another address: the state follows where POSTHOG_HOST says so, and nobody else is asked."""

from __future__ import annotations

import json
import urllib.parse

import pytest

ROLE = "roles: {Data team: {}}\n"


def elsewhere(host: str) -> str:
    """The same server by another name: what a move looks like from outside."""
    return (
        host.replace("127.0.0.1", "localhost")
        if "127.0.0.1" in host
        else host.replace("localhost", "127.0.0.1")
    )


def recorded(stack) -> set[str]:
    state = stack.state().values()
    places = [part["__at"] for each in state for part in (each.get("outputs") or {},) if "__at" in part]
    return {json.loads(place)["host"] for place in places}


@pytest.mark.parametrize("refresh", ["--refresh=true", "--refresh=false"])
def test_posthog_moves_and_the_state_follows(stack, refresh: str):
    stack.write(ROLE)
    assert stack.up().status == 0
    new = elsewhere(stack.posthog.url)
    stack.environment["POSTHOG_HOST"] = new

    moved = stack.up(refresh)

    assert moved.status == 0, moved.text
    assert recorded(stack) == {new}
    assert stack.up(refresh).changes.keys() == {"unchanged"}


@pytest.mark.parametrize("refresh", ["--refresh=true", "--refresh=false"])
def test_a_file_that_names_another_host_than_the_state_is_refused(stack, refresh: str):
    header = "organization:\n  host: {}\n  id: !env POSTHOG_ORGANIZATION_ID\n"
    host, new = stack.posthog.url, elsewhere(stack.posthog.url)
    del stack.environment["POSTHOG_HOST"]
    stack.write(ROLE, header=header.format(host))
    assert stack.up().status == 0
    stack.write(ROLE, header=header.format(new))

    refused = stack.up(refresh)

    assert refused.status != 0
    assert f"POSTHOG_HOST={new} pulumi up" in refused.text
    assert recorded(stack) == {host}
    assert urllib.parse.urlsplit(new).hostname != urllib.parse.urlsplit(host).hostname
