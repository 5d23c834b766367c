"""Domains, proxies, colour themes and secret keys: what a key may do with them, and what it leaves to people
(posthog-api-access.md 5 to 9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.api import NotServed, Refused
from pulumi_posthog.export import export
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.location import Location
from pulumi_posthog.values.variables import KEY_VARIABLE

from .test_access_rules import View

DOMAIN, PROXY = KINDS["domain"], KINDS["proxy_record"]
THEME, KEY = KINDS["data_color_theme"], KINDS["project_secret_api_key"]
WANTED = {"domain": "acme.io", "jit_provisioning_enabled": True}


@pytest.fixture(scope="module", params=[2026, 2025])
def server(request: pytest.FixtureRequest, started: Callable[..., Sandbox]) -> Sandbox:
    return started("--age", str(request.param))


@pytest.fixture
def view(server: Sandbox) -> Iterator[View]:
    server.call("POST", "/_sandbox/reset")
    it = View(server)
    yield it
    it.reader.close()
    it.writer.close()


@pytest.fixture
def place(view: View, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The properties that every resource of the organization has."""
    monkeypatch.setenv(KEY_VARIABLE, view.posthog.key)
    begin_anew()
    yield dict(Location(view.posthog.url, view.posthog.organization).as_property)
    begin_anew()


def is_new(view: View) -> bool:
    """Whether the server has secret keys."""
    return int(view.posthog.info["age"]) >= KEY.since


# -- domains ---------------------------------------------------------------------------------------------------


def test_what_wants_a_verified_domain_is_set_once_a_person_has_verified_it(view):
    view.posthog.count_anew()
    made = view.applier.create(DOMAIN, {}, WANTED)
    again = view.anew().object(DOMAIN, {}, made.found.id)

    # PostHog would refuse it: nothing is sent, nothing differs, and what a person has to do is said.
    assert (made.ignored, sum(view.posthog.writes().values())) == ((), 1)
    assert DOMAIN.awaited(again.answer) == (
        "is not verified, which no key can do: publish the TXT record _posthog-challenge.acme.io with"
        f" {again.answer['verification_challenge']}, press *Verify* on PostHog's page, and run again: what else is"
        " declared of it is set then"
    )
    assert view.applier.update(DOMAIN, {}, again, WANTED).found == again

    view.posthog.call("POST", "/_sandbox/domains/verify", {"domain": "acme.io"})
    verified = view.anew().object(DOMAIN, {}, made.found.id)
    done = view.applier.update(DOMAIN, {}, verified, WANTED)

    assert (done.ignored, done.found.values["jit_provisioning_enabled"]) == ((), True)
    assert DOMAIN.awaited(verified.answer) is None


def test_single_sign_on_has_to_be_asked_for_by_name(view, place, monkeypatch):
    view.applier.create(DOMAIN, {}, {"domain": "acme.io"})
    view.posthog.call("POST", "/_sandbox/domains/verify", {"domain": "acme.io"})
    provider, given = KindProvider("domain"), {**place, "domain": "acme.io", "sso_enforcement": "saml"}

    (failure,) = provider.check({}, given).failures

    assert failure.reason == (
        "sso_enforcement: saml locks out, at the next login, everybody with such an address who has no account there\n"
        "  hint: if that is meant, say so: pulumi config set posthog:allowRisks domains.acme.io.sso_enforcement"
    )
    allowed = type(process.run.settings.limits)(risks=frozenset({"domains.acme.io.sso_enforcement"}))
    monkeypatch.setattr(process.run.settings, "limits", allowed)
    assert provider.check({}, given).failures == []
    assert provider.check({}, {**given, "sso_enforcement": ""}).failures == []


def test_a_run_says_what_a_domain_waits_for_each_time(view, place, capfd):
    provider, given = KindProvider("domain"), {**place, **WANTED}
    inputs = provider.check({}, given).inputs
    made = provider.create(inputs)
    assert "press *Verify*" in capfd.readouterr().err
    begin_anew()
    inputs = provider.check(made.outs, given).inputs

    assert provider.diff(made.id, made.outs, inputs).changes is False
    assert "press *Verify*" in capfd.readouterr().err


# -- proxies ---------------------------------------------------------------------------------------------------


def test_a_proxy_is_made_taken_over_and_taken_away(view):
    made = view.applier.create(PROXY, {}, {"domain": "e.acme.io"})
    again = Applier(view.anew(), view.writer).create(PROXY, {}, {"domain": "e.acme.io"})

    assert (made.adopted, again.adopted, again.found.id) == (False, True, made.found.id)
    assert PROXY.awaited(made.found.answer) == (
        f"waits for a CNAME record of e.acme.io that leads to {made.found.values['target_cname']}"
    )
    view.applier.delete(PROXY, {}, made.found.id)
    assert view.anew().collection(PROXY, {}) == {}


def test_a_proxy_that_posthog_is_taking_away_is_gone():
    assert PROXY.going({"status": "deleting"})
    assert not PROXY.going({"status": "valid"})


def test_a_server_without_proxies_says_so_and_none_of_them_counts_as_gone(started):
    view = View(started("--age", "2024"))

    with pytest.raises(NotServed, match="no list of proxy record objects"):
        view.live.collection(PROXY, {})
    with pytest.raises(Refused):  # an organization that is not there is another matter
        Live(view.reader, "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c").collection(PROXY, {})
    view.reader.close()
    view.writer.close()


# -- themes ----------------------------------------------------------------------------------------------------


def test_a_theme_of_the_name_of_one_that_posthog_has_for_everybody_is_another_one(view):
    (everybody,) = view.anew().collection(THEME, view.scope).values()
    name = everybody.values["name"]

    made = view.applier.create(THEME, view.scope, {"name": name, "colors": ["#1d4aff"]})
    again = Applier(view.anew(), view.writer).create(THEME, view.scope, {"name": name, "colors": ["#1d4aff"]})

    assert (made.adopted, again.adopted, again.found.id) == (False, True, made.found.id)
    assert made.found.id != everybody.id
    assert view.anew().object(THEME, view.scope, everybody.id).values == everybody.values


def test_the_order_of_colours_matters_and_they_are_replaced_whole(view):
    made = view.applier.create(THEME, view.scope, {"name": "Acme", "colors": ["#1d4aff", "#621da6"]})

    changed = view.applier.update(THEME, view.scope, made.found, {"name": "Acme", "colors": ["#621da6"]})

    assert view.anew().object(THEME, view.scope, made.found.id).values["colors"] == ["#621da6"]
    assert changed.ignored == ()


# -- secret keys -----------------------------------------------------------------------------------------------


def test_a_secret_key_is_in_no_state_no_file_and_no_message(view, place, capfd):
    if not is_new(view):
        pytest.skip("servers of 2025 have none")
    provider = KindProvider("project_secret_api_key")
    given = {**place, "project": view.project, "label": "Flags", "scopes": ["feature_flag:read"]}
    answers: list[Any] = []
    post = type(view.writer).post

    def listening(writer: Any, *arguments: Any, **options: Any) -> Any:
        answers.append(post(writer, *arguments, **options))
        return answers[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(view.writer), "post", listening)
        made = provider.create(provider.check({}, given).inputs)
    (answer,) = answers
    begin_anew()
    read = provider.read(made.id, made.outs)

    assert answer["value"]
    state = json.dumps([made.outs, read.outs, read.inputs], default=str)
    assert answer["value"] not in state + "".join(capfd.readouterr())


def test_keys_themes_domains_and_proxies_are_exported_and_come_back(view, tmp_path):
    if not is_new(view):
        pytest.skip("servers of 2025 have no secret keys")
    view.applier.create(DOMAIN, {}, {"domain": "acme.io"})
    view.applier.create(PROXY, {}, {"domain": "e.acme.io"})
    view.applier.create(THEME, view.scope, {"name": "Acme", "colors": ["#1d4aff"]})
    view.applier.create(KEY, view.scope, {"label": "Flags", "scopes": ["feature_flag:read"]})
    live = view.anew()
    file = tmp_path / "posthog.yaml"
    file.write_text(export(live).files["posthog.yaml"])
    variables = {
        "POSTHOG_HOST": view.posthog.url,
        "POSTHOG_ORGANIZATION_ID": view.posthog.organization,
    }
    desired = config.load(file, environment=variables)

    assert {each.kind.name for each in desired.entries} >= {each.name for each in (DOMAIN, PROXY, THEME, KEY)}
    found = observe(desired, view.anew())
    assert plan(found.readable, found.for_plan).changes == ()


# -- what no key may do ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "projects: {Web: {group_types: {company: {name_singular: Company}}}}",
            'group_types of project "Web" is not managed here: events make group types, and no key may name them:'
            " write the names on PostHog's page",
        ),
        (
            "domains: {acme.io: {is_verified: true}}",
            'is_verified of domain "acme.io" is not managed here: no key may verify a domain: a person presses *Verify*'
            " on PostHog's page",
        ),
        (
            "proxy_records: {e.acme.io: {retry: true}}",
            'retry of proxy record "e.acme.io" is not managed here: no key can make PostHog try again: take the entry'
            " out, run, and declare it again",
        ),
    ],
)
def test_what_no_key_may_do_is_refused_at_its_place_with_the_reason(tmp_path, text, expected):
    file = tmp_path / "posthog.yaml"
    header = "organization: {host: 'https://eu.posthog.com', id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}\n"
    file.write_text(f"{header}{text}\n")

    with pytest.raises(config.ConfigError) as caught:
        config.load(file, environment={})

    (problem,) = caught.value.problems
    assert expected in str(problem)


def test_a_key_that_may_do_nothing_is_told_where_the_file_has_it(tmp_path):
    file = tmp_path / "posthog.yaml"
    file.write_text(
        "organization: {host: 'https://eu.posthog.com', id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}\n"
        "projects: {Web: {project_secret_api_keys: {Flags: {scopes: []}}}}\n"
    )

    with pytest.raises(
        config.ConfigError, match=r"posthog.yaml:2:\d+: project secret api key .* may do nothing"
    ):
        config.load(file, environment={})
