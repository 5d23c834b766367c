"""Look-ups for programs in Python: what they find, and what they say where they find nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import pulumi_posthog as posthog
from harness.functions import PostHog
from pulumi_posthog.stack import existing
from pulumi_posthog.stack.existing import LookupFailed
from pulumi_posthog.values.host import VARIABLE
from pulumi_posthog.values.variables import KEY_VARIABLE

ANA = "0191c0de-0000-4000-8000-0000000000aa"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostHog]:
    server = PostHog(projects=("Web", "Shop"))
    server.lists["", "members"] = [
        {"id": "1", "level": 8, "user": {"uuid": ANA, "email": "Ana@acme.io", "first_name": "Ana"}},
    ]
    server.lists["", "invites"] = [{"id": "secret", "target_email": "cy@acme.io", "is_expired": False}]
    server.lists["1", "cohorts"] = [
        {"id": 9, "name": "Beta testers", "is_static": False},
        {"id": 8, "name": "Gone", "is_static": False, "deleted": True},
        {"id": 10, "name": "Twin", "is_static": True},
        {"id": 11, "name": "Twin", "is_static": False},
        {"id": 12, "name": None, "is_static": False},
    ]
    monkeypatch.setenv(KEY_VARIABLE, server.key)
    monkeypatch.setenv(VARIABLE, server.url)
    yield server
    existing.close()
    server.close()


@pytest.fixture
def address(server: PostHog) -> posthog.Address:
    return posthog.Address(server.url, server.organization)


def test_a_project_a_member_and_a_cohort_are_found_by_name_with_one_request_for_each_list(server, address):
    web = posthog.get_project("Web", address=address)
    found = posthog.get_cohort("Beta testers", web)
    ana = posthog.get_member("ana@ACME.io", address=address)

    assert web == posthog.ExistingProject(id="1", name="Web", address=address)
    assert found == posthog.ExistingCohort(id=9, name="Beta testers", is_static=False)
    assert found.as_property == {"key": "id", "type": "cohort", "value": 9}
    assert ana == posthog.ExistingMember(uuid=ANA, email="Ana@acme.io", level="admin")
    posthog.get_project("Shop", address=address)
    posthog.get_cohort("Beta testers", web)
    assert set(server.requests.values()) == {1}
    assert server.writes == []


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda web: posthog.get_project("Shopp", address=web.address),
            'there is no project "Shopp"\n  hint: did you mean "Shop"?\n'
            "  A project that this program declares is referred to by its resource: `web.id`",
        ),
        (
            lambda web: posthog.get_project("Something else", address=web.address),
            'there is no project "Something else"\n  hint: known: Web, Shop\n'
            "  A project that this program declares is referred to by its resource: `web.id`",
        ),
        (
            lambda web: posthog.get_member("ama@acme.io", address=web.address),
            'no member of the organization has the e-mail address "ama@acme.io"\n'
            '  hint: did you mean "Ana@acme.io"?',
        ),
        (
            lambda web: posthog.get_member("cy@acme.io", address=web.address),
            '"cy@acme.io" is invited and has not joined yet\n  hint: run again once they have',
        ),
        (
            lambda web: posthog.get_cohort("Beta tester", web),
            'there is no cohort "Beta tester" in project "Web"\n  hint: did you mean "Beta testers"?',
        ),
        (
            lambda web: posthog.get_cohort("Gone", web),
            'there is no cohort "Gone" in project "Web"\n  hint: known: Beta testers, Twin, Twin',
        ),
        (
            lambda web: posthog.get_cohort("Twin", web),
            '2 objects are called cohort "Twin" in project "Web": ids 10, 11\n'
            "  hint: give all but one of them another name on PostHog's page",
        ),
    ],
)
def test_what_is_not_there_or_not_alone_is_one_error_that_names_what_is_near(server, address, ask, said):
    web = posthog.get_project("Web", address=address)

    with pytest.raises(LookupFailed) as error:
        ask(web)

    assert str(error.value) == said
    assert server.writes == []


def test_what_cannot_be_read_is_not_taken_for_absent(server, address, monkeypatch):
    monkeypatch.setattr(server, "answer", lambda *_: (403, {"detail": "No.", "code": "permission_denied"}))

    with pytest.raises(LookupFailed, match="No"):
        posthog.get_project("Web", address=address)


def test_without_a_key_or_to_a_host_that_only_the_program_names_nothing_is_sent(server, monkeypatch):
    monkeypatch.setenv(VARIABLE, "https://eu.posthog.com")
    elsewhere = posthog.Address(server.url, server.organization)
    with pytest.raises(LookupFailed):
        posthog.get_project("Web", address=elsewhere)

    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(LookupFailed, match="there is no PostHog API key"):
        posthog.get_project("Web", address=elsewhere)

    assert server.requests == {}
