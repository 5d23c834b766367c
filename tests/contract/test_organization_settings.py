"""The settings of an organization: every field, by its own answers, and what shuts people out.

An organization in this process answers as posthog-api-access.md 4 says; what Pulumi sees is tried against the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.lockouts import lacking, verdict
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.location import Location
from pulumi_posthog.values.variables import KEY_VARIABLE

SETTINGS = KINDS["organization_settings"]
ID = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
ANALYSTS, GROWTH = "0191c0de-0000-0000-0000-000000000001", "0191c0de-0000-0000-0000-000000000002"
# PostHog's own values (4.2), and another one for each field.
FIRST: dict[str, Any] = {
    "name": "Acme",
    "logo_media_id": None,
    "is_member_join_email_enabled": True,
    "enforce_2fa": None,
    "members_can_invite": True,
    "members_can_use_personal_api_keys": True,
    "allow_publicly_shared_resources": True,
    "default_experiment_stats_method": "bayesian",
    "default_role_id": None,
    "default_anonymize_ips": False,
    "members_can_create_projects": False,
    "members_can_see_org_members": True,
    "enforce_verified_domains": False,
}
OTHER: dict[str, Any] = {
    "name": "Acme Ltd.",
    "logo_media_id": GROWTH,
    "is_member_join_email_enabled": False,
    "enforce_2fa": True,
    "members_can_invite": False,
    "members_can_use_personal_api_keys": False,
    "allow_publicly_shared_resources": False,
    "default_experiment_stats_method": "frequentist",
    "default_role": ANALYSTS,
    "default_anonymize_ips": True,
    "members_can_create_projects": True,
    "members_can_see_org_members": False,
    "enforce_verified_domains": True,
}
ALL = Limits(risks=frozenset({"organization.settings.enforce_2fa"}))


def member(address: str, level: int) -> dict[str, Any]:
    return {"id": f"m-{address}", "level": level, "user": {"uuid": f"u-{address}", "email": address}}


class Organization:
    """One organization, and what was sent to it. `owner` is whose key it is."""

    def __init__(self, owner: str = "ada@acme.io") -> None:
        self.values: dict[str, Any] = {"id": ID, **FIRST, "available_product_features": None}
        self.members = [member("ada@acme.io", 15), member("bo@acme.io", 1), member("cy@else.io", 1)]
        self.domains = [{"id": "d", "domain": "acme.io", "is_verified": True}]
        self.owner = owner
        self.sent: list[tuple[str, str, Any]] = []
        connection, pace = Connection("https://eu.posthog.com", "phx_key"), Pace(per_minute=100_000)
        transport = httpx.MockTransport(self)
        self.live = Live(Reader(connection, pace=pace, transport=transport), ID)
        self.applier = Applier(self.live, Writer(connection, pace=pace, transport=transport))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method != "GET":
            body = json.loads(request.content)
            self.sent.append((request.method, path, body))
            self.values |= body
        if path == f"/api/organizations/{ID}/":
            return httpx.Response(200, json=self.values)
        if path == "/api/users/@me/":
            return httpx.Response(200, json={"uuid": f"u-{self.owner}", "email": self.owner})
        lists = {"members": self.members, "domains": self.domains}
        results = lists[path.removeprefix(f"/api/organizations/{ID}/").strip("/")]
        return httpx.Response(200, json={"count": len(results), "next": None, "results": results})

    def found(self):
        (found,) = self.live.find(SETTINGS, {}, {})
        return found


def test_no_field_is_forgotten():
    assert set(OTHER) == {field.name for field in SETTINGS.writable}
    assert {field.sent_as or field.name for field in SETTINGS.writable} == set(FIRST)


@pytest.mark.parametrize("name", OTHER)
def test_a_change_is_one_patch_with_that_field_only(name):
    it = Organization()
    values = {field: it.found().values[field] for field in OTHER}

    applied = it.applier.update(SETTINGS, {}, it.found(), {**values, name: OTHER[name]})

    sent_as = SETTINGS.field(name).sent_as or name
    assert it.sent == [("PATCH", f"/api/organizations/{ID}/", {sent_as: OTHER[name]})]
    assert applied.ignored == ()
    assert differences(SETTINGS, {name: OTHER[name]}, it.found().values) == ()


def test_it_is_taken_over_and_never_made():
    it = Organization()

    applied = it.applier.create(SETTINGS, {}, {"members_can_invite": False})

    assert (applied.adopted, applied.found.id) == (True, ID)
    assert it.sent == [("PATCH", f"/api/organizations/{ID}/", {"members_can_invite": False})]


def test_it_is_never_deleted():
    it = Organization()

    it.applier.delete(SETTINGS, {}, ID)
    it.applier.delete(SETTINGS, {}, ID, even_guarded=True)

    assert it.sent == []


def test_a_second_factor_for_everybody_has_to_be_asked_for_by_name():
    it = Organization()

    found = verdict(SETTINGS, {}, {"enforce_2fa": True}, it.live, Limits())

    assert found.refusal == (
        "enforce_2fa: true makes everybody without a second factor set one up at the next login\n"
        "  hint: if that is meant, say so: pulumi config set posthog:allowRisks"
        " organization.settings.enforce_2fa"
    )
    assert verdict(SETTINGS, {}, {"enforce_2fa": True}, it.live, ALL).refusal is None
    it.values["enforce_2fa"] = True
    assert verdict(SETTINGS, {}, {"enforce_2fa": True}, Organization().live, ALL).refusal is None


def test_what_is_so_already_asks_for_nothing():
    it = Organization()
    it.values["enforce_2fa"] = True

    assert verdict(SETTINGS, {}, {"enforce_2fa": True}, it.live, Limits()).refusal is None


@pytest.mark.parametrize(
    ("owner", "values", "words"),
    [
        (
            "bo@acme.io",
            {"members_can_use_personal_api_keys": False},
            "bo@acme.io owns the key that this runs with, and would lose the use of their personal API keys by"
            " `members_can_use_personal_api_keys: false`",
        ),
        (
            "cy@else.io",
            {"enforce_verified_domains": True},
            "cy@else.io owns the key that this runs with, and would lose the organization, because their addresses"
            " are in no verified domain by `enforce_verified_domains: true`",
        ),
    ],
)
def test_the_owner_of_the_key_is_never_shut_out(owner, values, words):
    it = Organization(owner)

    refusal = verdict(SETTINGS, {}, values, it.live, ALL).refusal

    assert refusal is not None
    assert refusal.partition("\n")[0] == words


def test_who_else_is_shut_out_is_named():
    it = Organization()

    keys = verdict(SETTINGS, {}, {"members_can_use_personal_api_keys": False}, it.live, Limits())
    domains = verdict(SETTINGS, {}, {"enforce_verified_domains": True}, it.live, Limits())

    assert keys.refusal is None
    assert keys.warnings == (
        "by `members_can_use_personal_api_keys: false`, bo@acme.io, cy@else.io lose the use of their personal API keys",
    )
    assert domains.warnings == (
        "by `enforce_verified_domains: true`, cy@else.io lose the organization, because their addresses are in no"
        " verified domain",
    )


def test_a_domain_that_is_not_verified_counts_for_nothing():
    it = Organization()
    it.domains[0]["is_verified"] = False

    assert verdict(SETTINGS, {}, {"enforce_verified_domains": True}, it.live, ALL).refusal is not None


def test_what_the_plan_lacks_is_known_before_anything_is_sent():
    it = Organization()
    declared = {"members_can_invite": False, "members_can_see_org_members": True, "name": "Acme"}
    it.values["available_product_features"] = [{"key": "organization_invite_settings"}]

    assert list(lacking(SETTINGS, declared, it.live)) == ["organization_security_settings"]
    assert lacking(SETTINGS, declared, Organization().live) == {}  # an answer that does not say it


@pytest.fixture
def place(posthog: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The hidden properties that say where a resource lives."""
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    begin_anew()
    yield Location(posthog.url, posthog.organization).as_property
    begin_anew()


def test_a_role_is_named_and_sent_by_its_id(posthog, place):
    path = f"/api/organizations/{posthog.organization}/roles/"
    role = posthog.call("POST", path, {"name": "Everybody"})["id"]
    provider = KindProvider("organization_settings")

    inputs = provider.check({}, {**place, "default_role": "Everybody"}).inputs
    made = provider.create(inputs)

    assert posthog.get(f"/api/organizations/{posthog.organization}/")["default_role_id"] == role
    assert (made.id, made.outs["default_role"]) == (posthog.organization, "!ref role/Everybody")
    assert provider.diff(made.id, made.outs, inputs).changes is False


def test_a_change_by_hand_is_seen_and_healed(posthog, place):
    path = f"/api/organizations/{posthog.organization}"
    posthog.call("POST", f"{path}/roles/", {"name": "Everybody"})
    other = posthog.call("POST", f"{path}/roles/", {"name": "Nobody"})["id"]
    provider = KindProvider("organization_settings")
    inputs = provider.check({}, {**place, "default_role": "Everybody"}).inputs
    made = provider.create(inputs)
    posthog.call("PATCH", f"{path}/", {"default_role_id": other})
    begin_anew()

    read = provider.read(made.id, made.outs)

    assert read.inputs["default_role"] == other
    assert provider.diff(made.id, read.outs, inputs).changes is True
    provider.update(made.id, read.outs, inputs)
    assert posthog.get(f"{path}/")["default_role_id"] != other


def test_a_role_that_nobody_has_is_refused_before_anything_is_sent(posthog, place):
    posthog.count_anew()

    (failure,) = KindProvider("organization_settings").check({}, {**place, "default_role": "Nobody"}).failures

    assert failure.reason.startswith('there is no role "Nobody"')
    assert posthog.writes() == {}


def test_leaving_the_program_sends_nothing(posthog, place):
    provider = KindProvider("organization_settings")
    made = provider.create(provider.check({}, {**place, "members_can_invite": True}).inputs)
    posthog.count_anew()

    provider.delete(made.id, made.outs)

    assert posthog.writes() == {}
