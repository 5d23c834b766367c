"""Nobody is locked out by the way (posthog-api-access.md 10.2): every guard, in each phase, through both doors.

The table has a line for each risk of that section which one resource can be. Those that a whole file is, such as too
many who leave at once, are in test_members.py and test_exact_rules.py; the order of writes is there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from harness.engine import Engine, Refused
from harness.plugin import Plugin, named
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog import config
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.kind import KindProvider
from pulumi_posthog.stack.holdings import claims_of
from pulumi_posthog.stack.location import PROPERTY, Location
from pulumi_posthog.values.variables import KEY_VARIABLE

ADA, ANA, BO, CY = "ada@acme.io", "ana@acme.io", "bo@acme.io", "cy@acme.io"  # owner, admin, members


@dataclass(frozen=True)
class Guard:
    """`key` is whose key it is; `kind` and `values` are what is declared; `words` say why it is refused."""

    risk: str
    key: str
    kind: str
    values: Mapping[str, Any]
    words: str

    def __str__(self) -> str:
        return self.risk


GUARDS = (
    Guard(
        "the key's owner has another level",
        ADA,
        "organization_member",
        {"email": ADA, "level": "admin"},
        "PostHog lets nobody change their own level",
    ),
    Guard(
        "the key's owner is put out",
        ANA,
        "organization_member",
        {"email": ANA, "__absent": True},
        "would leave the organization",
    ),
    Guard(
        "an owner is put out",
        ANA,
        "organization_member",
        {"email": ADA, "__absent": True},
        "PostHog removes no owner",
    ),
    Guard(
        "an admin is put out",
        ADA,
        "organization_member",
        {"email": ANA, "__absent": True},
        "posthog:allowDeletions organization_member/ana@acme.io",
    ),
    Guard(
        "an admin's key makes an owner",
        ANA,
        "organization_member",
        {"email": BO, "level": "owner"},
        "nobody can give a level above their own",
    ),
    Guard(
        "an admin's key demotes an owner",
        ANA,
        "organization_member",
        {"email": ADA, "level": "member"},
        "an owner is above the owner of the key",
    ),
    Guard(
        "a member's key changes levels",
        BO,
        "organization_member",
        {"email": CY, "level": "admin"},
        "may not change anybody's level",
    ),
    Guard(
        "everyone may change the rules of a project",
        ADA,
        "project_access_rule",
        {"access_level": "admin"},
        "posthog:allowRisks projects.{project}.access.everyone",
    ),
    Guard(
        "the key's owner loses the rule by which the rules are changed",
        BO,
        "project_access_rule",
        {"member": BO, "access_level": "member"},
        "without it, the next change is refused",
    ),
    Guard(
        "a second factor for everybody",
        ADA,
        "organization_settings",
        {"enforce_2fa": True},
        "posthog:allowRisks organization.settings.enforce_2fa",
    ),
    Guard(
        "single sign-on for everybody",
        ADA,
        "domain",
        {"domain": "else.io", "sso_enforcement": "saml"},
        "posthog:allowRisks domains.else.io.sso_enforcement",
    ),
    Guard(
        "personal keys of members, with a member's key",
        BO,
        "organization_settings",
        {"members_can_use_personal_api_keys": False},
        "would lose the use of their personal API keys",
    ),
    Guard(
        "verified domains only, with the key of somebody elsewhere",
        ADA,
        "organization_settings",
        {"enforce_verified_domains": True},
        "would lose the organization",
    ),
)


@pytest.fixture
def acme(started: Callable[..., Sandbox]) -> Sandbox:
    """A project that bo may administer by a rule, and a domain that is verified and is nobody's."""
    posthog = started("--age", "2026")
    posthog.call("POST", "/_sandbox/reset")
    project = posthog.info["projects"][0]["id"]
    members = posthog.all(f"/api/organizations/{posthog.organization}/members/")
    (bo,) = (each["id"] for each in members if each["user"]["email"] == BO)
    rule = {"organization_member": bo, "access_level": "admin"}
    posthog.call("PUT", f"/api/projects/{project}/access_controls/", rule)
    domains = f"/api/organizations/{posthog.organization}/domains/"
    posthog.call("POST", domains, {"domain": "else.io"})
    posthog.call("POST", "/_sandbox/domains/verify", {"domain": "else.io"})
    return posthog


def dynamic(guard: Guard, given: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each.reason for each in KindProvider(guard.kind).check({}, dict(given)).failures)


def plugin(guard: Guard, given: Mapping[str, Any]) -> tuple[str, ...]:
    with closing(Plugin()) as it:
        return it.check(KINDS[guard.kind].resource, **given).objections


@pytest.mark.parametrize("door", [dynamic, plugin])
@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_a_preview_refuses_it_and_sends_nothing(acme, monkeypatch, guard: Guard, door):
    project = acme.info["projects"][0]
    key = acme.key_of(guard.key)
    monkeypatch.setenv(KEY_VARIABLE, key)
    begin_anew()
    place = Location(acme.url, acme.organization).as_property
    above = {"project": str(project["id"])} if KINDS[guard.kind].parent else {}
    acme.count_anew()

    said = door(guard, {**place, **above, **guard.values})

    assert len(said) == 1, said
    assert guard.words.format(project=project["name"]) in said[0]
    assert acme.writes() == {}
    begin_anew()


@pytest.fixture
def by_somebody(acme: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """From its call on, runs have the key of somebody; before, that of the organization's owner."""
    monkeypatch.setenv(KEY_VARIABLE, acme.key)
    begin_anew()

    def now(who: str) -> None:
        key = acme.key_of(who)
        monkeypatch.setenv(KEY_VARIABLE, key)
        begin_anew()
        acme.count_anew()

    yield now
    begin_anew()


@pytest.fixture
def by_bo(by_somebody: Callable[[str], None]) -> Callable[[], None]:
    """The same of bo, who may change the project's rules by one rule."""
    return lambda: by_somebody(BO)


def test_a_rule_that_a_destroy_would_remove_stays_if_the_owner_of_the_key_may_change_rules_by_it_alone(
    acme, by_bo, monkeypatch
):
    provider = KindProvider("project_access_rule")
    monkeypatch.setenv("POSTHOG_ALLOW_DESTROY", "true")
    place = Location(acme.url, acme.organization).as_property
    project = str(acme.info["projects"][0]["id"])
    given = {**place, "project": project, "member": BO, "access_level": "admin"}
    made = provider.create(provider.check({}, given).inputs)
    by_bo()

    with pytest.raises(Exception, match="without it, the next change is refused"):
        provider.delete(made.id, dict(made.outs))
    with closing(Plugin()) as it:
        it.provider.run.holdings.read_state(dict)  # there is no stack to ask for it
        said = it.delete("ProjectAccessRule", made.id, **made.outs)

    assert "without it, the next change is refused" in said.error
    assert acme.writes() == {}


RULES = """roles: {{Admins: {{members: [bo@acme.io, cy@acme.io]}}}}
projects: {{{name}: {{access: {{{rules}}}}}}}
"""
BY_NAME, BY_ROLE = "members: {bo@acme.io: admin}", "roles: {Admins: admin}"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((BY_NAME,), (), 'by the rule of member "bo@acme.io" alone'),
        ((BY_NAME, "everyone: none"), ("everyone: none",), 'by the rule of member "bo@acme.io" alone'),
        ((BY_NAME, BY_ROLE), (BY_ROLE,), None),
        (
            (BY_NAME, BY_ROLE),
            (),
            'by the rule of member "bo@acme.io" and the rule of role "Admins" alone',
        ),
        (  # nor does the file have the role
            (BY_NAME, BY_ROLE),
            None,
            'by the rule of member "bo@acme.io" and the rule of role "Admins" alone',
        ),
        ((BY_ROLE,), None, None),  # one that nobody declared stays
    ],
)
def test_a_preview_says_so_before_the_rule_leaves(acme, by_bo, tmp_path, monkeypatch, before, after, words):
    name = acme.info["projects"][0]["name"]

    def desired(rules: tuple[str, ...] | None) -> Configuration:
        file = tmp_path / "posthog.yaml"
        file.write_text(
            f"organization: {{host: '{acme.url}', id: {acme.organization}}}\n"
            + (
                f"projects: {{{name}: {{}}}}\n"
                if rules is None
                else RULES.format(name=name, rules=", ".join(rules))
            )
        )
        return config.load(file, environment={})

    monkeypatch.setattr(process.run.settings, "limits", Limits(allowed={"project_access_rule": 2}))
    engine = Engine()
    engine.up(desired(before))
    by_bo()

    if words is None:
        monkeypatch.setattr(process.run.settings, "limits", Limits(number=10, share=1))
        gone = [
            kind for what, (kind, _) in engine.up(desired(after), preview=True).operations if what == "delete"
        ]
        assert "project_access_rule" in gone
        return
    with pytest.raises(Refused) as refused:
        engine.up(desired(after), preview=True)

    assert (
        f'bo@acme.io owns the key that this runs with, and may change access rules of project "{name}" {words}'
        in str(refused.value)
    )
    assert acme.writes() == {}


OF_BOARD = """roles: {{Admins: {{members: [bo@acme.io, cy@acme.io]}}}}
projects: {{{name}: {{dashboards: {{{board}}}}}}}
"""
ITS_NAME, ITS_ROLE = "members: {cy@acme.io: manager}", "roles: {Admins: manager}"
IT_ALONE = 'may change access rules of dashboard "Board" by the rule of member "cy@acme.io" alone'
BOTH_ALONE = IT_ALONE.replace(" alone", ' and the rule of role "Admins" alone')


@pytest.mark.parametrize(
    ("before", "after", "words", "refresh"),
    [
        ((ITS_NAME,), (), IT_ALONE, True),
        ((ITS_NAME,), (), IT_ALONE, False),  # then the state says which objects they are
        ((ITS_NAME, "everyone: none"), ("everyone: none",), IT_ALONE, True),
        ((ITS_NAME, ITS_ROLE), (), BOTH_ALONE, True),
        ((ITS_NAME, ITS_ROLE), (ITS_ROLE,), None, True),  # the other one stays
        ((ITS_NAME.replace("manager", "editor"),), (), None, True),  # it lets nobody change rules
        ((ITS_NAME,), None, None, True),  # it goes with its dashboard
    ],
)
def test_a_preview_says_so_before_the_rule_of_an_object_leaves(
    acme, by_somebody, tmp_path, monkeypatch, before, after, words, refresh
):
    name = acme.info["projects"][0]["name"]

    def desired(rules: tuple[str, ...] | None) -> Configuration:
        file = tmp_path / "posthog.yaml"
        board = "" if rules is None else f"Board: {{access: {{{', '.join(rules)}}}}}"
        head = f"organization: {{host: '{acme.url}', id: {acme.organization}}}\n"
        file.write_text(head + OF_BOARD.format(name=name, board=board))
        return config.load(file, environment={})

    limits = Limits(number=10, share=1)
    monkeypatch.setattr(process.run.settings, "limits", limits)
    engine = Engine()
    engine.up(desired(before))
    by_somebody(CY)
    monkeypatch.setattr(process.run.settings, "limits", limits)

    if words is None:
        operations = engine.up(desired(after), preview=True, refresh=refresh).operations
        assert "object_access_rule" in [kind for what, (kind, _) in operations if what == "delete"]
        return
    with pytest.raises(Refused) as refused:
        engine.up(desired(after), preview=True, refresh=refresh)

    assert f"{CY} owns the key that this runs with, and {words}" in str(refused.value)
    assert acme.writes() == {}


def test_the_plugin_says_so_of_the_rule_of_an_object_too(acme, by_somebody):
    project = str(acme.info["projects"][0]["id"])
    board = acme.call("POST", f"/api/projects/{project}/dashboards/", {"name": "Board"})["id"]
    place = Location(acme.url, acme.organization).as_property
    given = {**place, "project": project, "resource": "dashboard", "resource_id": str(board)}
    given |= {"member": CY, "access_level": "manager"}
    provider = KindProvider("object_access_rule")
    made = provider.create(provider.check({}, given).inputs)
    by_somebody(CY)
    of_guard = {"__asked_at": place[PROPERTY], "__managed": '{"object_access_rule": {"": {"tried": "1"}}}'}
    urn = named("ObjectAccessRule")["urn"]

    with closing(Plugin()) as it:
        it.provider.run.holdings.read_state(
            lambda: {urn: claims_of(KINDS["object_access_rule"], acme.organization, None, made.id, {})}
        )
        said = it.check("Guard", of_guard, **{**of_guard, "__managed": "{}"})

    assert [IT_ALONE in each for each in said.objections] == [True], said
    assert acme.writes() == {}
