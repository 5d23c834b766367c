"""The API key is sent to nobody whom only a proposed configuration names."""

from __future__ import annotations

import pytest

from pulumi_posthog.values import host as values_host
from pulumi_posthog.values.host import HostRefused, checked, current, permitted

EU, OURS, THEIRS = (
    "https://eu.posthog.com",
    "https://posthog.acme.example",
    "https://collector.mallory.example",
)


@pytest.mark.parametrize(
    "host",
    [
        "http://posthog.localhost",
        "http://localhost.mallory.example",
        "http://127.0.0.1.mallory.example",
        "http://0x7f000001",
        "http://[::ffff:8.8.8.8]",
        "http://0.0.0.0",
        "https://acme.example/posthog",
        "https://us.i.posthog.com",
        "https://eu.i.posthog.com",
        "https://app.posthog.com",
        "https://user:hush@posthog.acme.example",
        "https://posthog.acme.example?x=1",
        "https://posthog.acme.example#x",
        "https://a b.example",
        "https://eu.posthog.com\\@mallory.example",
        "https://..",
        "javascript:alert(1)",
        "",
    ],
)
def test_there_is_one_rule_for_hosts(host: str):
    with pytest.raises(HostRefused) as refused:
        checked(host)

    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "spelt"),
    [
        ("https://EU.PostHog.com:443/", EU),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.8.8.8:80", "http://127.8.8.8"),
        ("http://[::1]:8010", "http://[::1]:8010"),
    ],
)
def test_a_host_has_one_spelling(host: str, spelt: str):
    assert checked(host) == spelt


def test_where_events_are_sent_to_is_answered_with_where_the_api_is():
    with pytest.raises(HostRefused, match=r"write https://us\.posthog\.com"):
        checked("https://us.i.posthog.com")


def test_posthog_host_decides_and_a_file_that_says_another_is_refused():
    with pytest.raises(HostRefused, match="sent to neither"):
        permitted(THEIRS, {values_host.VARIABLE: EU})

    assert permitted("https://EU.posthog.com/", {values_host.VARIABLE: EU}) == EU


def test_a_host_other_than_the_states_is_refused_with_the_way_to_move():
    with pytest.raises(HostRefused, match=f"POSTHOG_HOST={OURS} pulumi up"):
        permitted(OURS, {}, recorded=EU)

    assert permitted(EU, {}, recorded=f"{EU}/") == EU


def test_a_move_that_the_environment_says_is_made():
    assert permitted(OURS, {values_host.VARIABLE: OURS}, recorded=EU) == OURS
    assert current(EU, {values_host.VARIABLE: OURS}) == OURS
    assert current(EU, {}) == EU


def test_a_proposed_file_that_names_another_host_is_refused_before_anybody_connects(proposed):
    header = f"organization: {{host: {THEIRS}, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}}\n"

    said = proposed.refused("roles: {A: {}}\n", {values_host.VARIABLE: EU}, header=header, offline=True)

    assert said == [
        f"posthog.yaml:1:22: organization.host: the host is declared as {THEIRS} and POSTHOG_HOST says {EU}, so the"
        " API key is sent to neither\n  hint: make the two agree"
    ]
