"""Members and invitations: levels healed, people invited once, and nobody put out by the way (posthog-api-access.md
1, 2 and 10.2)."""

from __future__ import annotations

from typing import Any

import pytest

from harness.organization import ID, ROOT, Organization, Refusal
from pulumi_posthog.api import Invalid, OutcomeUnknown
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile import invitations, people
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.differences import differences
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack.declarations import declarations
from pulumi_posthog.stack.resolution import resolved
from pulumi_posthog.values.problem import ConfigError, Position

MEMBER = KINDS["organization_member"]
PEOPLE = {
    "ada@acme.io": 15,
    "ana@acme.io": 8,
    "bo@acme.io": 1,
    "cy@acme.io": 1,
    "dee@acme.io": 1,
    "own@acme.io": 15,
}
HERE = Position("posthog.yaml", 5, 3)


def entry(address: str, level: str | None = None, **more: Any) -> Entry:
    fields = {"email": address} | ({"level": level} if level else {}) | more
    return Entry(kind=MEMBER, name=address, fields=fields, absent=level is None, positions={"": HERE})


def desired(*entries: Entry, exact: bool = False) -> Configuration:
    groups = {("organization_member", None): HERE} if exact else {}
    return Configuration(host="https://eu.posthog.com", organization=ID, entries=entries, exact=groups)


def applied(
    it: Organization, *entries: Entry, limits: Limits | None = None, exact: bool = False
) -> list[str]:
    """What a run does without Pulumi: the guards, the plan, the writes; what was said."""
    it.connect()
    said: list[str] = []
    wanted = resolved(desired(*entries, exact=exact), it.live, said.append, limits or Limits())
    for change in plan(wanted, observe(wanted, it.live).for_plan).changes:
        assert change.entry is not None
        if change.entry.absent:
            it.applier.delete(MEMBER, {}, str(change.id), even_guarded=True)
            continue
        found = it.live.object(MEMBER, {}, str(change.id)) if change.id else None
        if found is None:
            it.applier.create(MEMBER, {}, change.entry.fields)
        else:
            it.applier.update(MEMBER, {}, found, change.entry.fields)
    return said


def refused(
    it: Organization, *entries: Entry, limits: Limits | None = None, exact: bool = False
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        applied(it, *entries, limits=limits, exact=exact)
    assert it.sent == []
    return [str(problem).removeprefix(f"{HERE}: ") for problem in caught.value.problems]


# -- levels ----------------------------------------------------------------------------------------------------


def test_a_level_is_declared_and_healed_by_one_patch_to_the_users_own_url():
    it = Organization(PEOPLE)

    applied(it, entry("bo@acme.io", "admin"), entry("ana@acme.io", "admin"))

    assert it.sent == [("PATCH", f"{ROOT}members/u-bo@acme.io/", {"level": 8})]
    assert applied(it, entry("bo@acme.io", "admin")) == []
    assert len(it.sent) == 1
    it.members[2]["level"] = 1  # somebody changes it by hand
    applied(it, entry("bo@acme.io", "admin"))
    assert it.level("bo@acme.io") == 8


def test_another_spelling_of_an_address_is_the_same_person():
    it = Organization({**PEOPLE, "Eve@Acme.io": 1})

    applied(it, entry("eve@acme.io", "member"), entry("BO@acme.io", "admin"))

    assert it.sent == [("PATCH", f"{ROOT}members/u-bo@acme.io/", {"level": 8})]


def test_the_level_of_the_keys_owner_is_never_sent_where_it_is_so():
    it = Organization(PEOPLE)

    applied(it, entry("ada@acme.io", "owner"))

    assert it.sent == []


def test_a_lost_answer_to_a_level_is_looked_up():
    it = Organization(PEOPLE)
    it.lose_answers = 1

    found = it.live.object(MEMBER, {}, "bo@acme.io")
    assert found is not None
    done = it.applier.update(MEMBER, {}, found, {"email": "bo@acme.io", "level": "admin"})

    assert (it.level("bo@acme.io"), done.ignored) == (8, ())


# -- invitations -----------------------------------------------------------------------------------------------


def test_whoever_is_not_there_is_invited_once_and_waited_for():
    it = Organization(PEOPLE)
    eve = entry("Eve@acme.io", "admin", projects={"Web": "member"})

    applied(it, eve)
    waiting = applied(it, eve)
    applied(it, eve)

    sent = {
        "target_email": "Eve@acme.io",
        "level": 8,
        "private_project_access": [{"id": 1, "level": "member"}],
    }
    assert it.sent == [("POST", f"{ROOT}invites/", sent)]
    assert it.mails == ["eve@acme.io"]
    assert waiting == ["eve@acme.io is invited and has not joined yet"]

    it.accept("eve@acme.io")
    applied(it, eve)
    assert (len(it.sent), it.level("eve@acme.io")) == (1, 8)


def test_a_level_that_changes_while_somebody_is_invited_is_told_and_put_right_after_they_have_joined():
    it = Organization(PEOPLE)
    applied(it, entry("eve@acme.io", "member"))

    said = applied(it, entry("eve@acme.io", "admin"))

    assert it.mails == ["eve@acme.io"]
    assert said[0].startswith("eve@acme.io is invited with another level")
    it.accept("eve@acme.io")
    applied(it, entry("eve@acme.io", "admin"))
    assert it.level("eve@acme.io") == 8


def test_an_invitation_is_never_changed_and_no_difference_of_a_plan():
    it = Organization(PEOPLE)
    applied(it, entry("eve@acme.io", "member"))
    it.connect()
    wanted = desired(entry("eve@acme.io", "admin"))

    assert plan(wanted, observe(wanted, it.live).for_plan).changes == ()
    found = it.live.object(MEMBER, {}, "eve@acme.io")
    assert found is not None
    assert invitations.update(it.live, it.writer, MEMBER, found, {"level": "admin"}) is found
    assert [method for method, *_ in it.sent] == ["POST"]


def test_somebody_who_has_joined_is_a_member_whatever_invitation_is_left():
    it = Organization(PEOPLE)
    left = {"id": "left", "target_email": "BO@acme.io", "level": 8, "is_expired": False, "created_at": "2026"}
    it.invites.append(left)

    found = it.live.object(MEMBER, {}, "bo@acme.io")

    assert found is not None
    assert (found.values["standing"], found.values["level"]) == ("joined", "member")


def test_an_invitation_that_has_expired_is_told_and_sent_again_by_a_word_only():
    it = Organization(PEOPLE)
    applied(it, entry("eve@acme.io", "member"))
    it.expire()

    said = applied(it, entry("eve@acme.io", "member"))

    assert it.mails == ["eve@acme.io"]
    assert said == [
        "the invitation of eve@acme.io has expired, and is not sent again by itself: to send it, declare"
        " `reinvite: <any text, such as 2026-12>`"
    ]
    it.connect()
    again = it.live.object(MEMBER, {}, "eve@acme.io")
    assert again is not None
    values = {"email": "eve@acme.io", "level": "member"}
    field = MEMBER.field("reinvite")
    after = it.applier.act(MEMBER, {}, again, field, None, values)
    assert (it.mails, after.values["standing"]) == (["eve@acme.io"] * 2, "invited")
    # The same word after a run that was killed: the invitation counts, so nobody is mailed again.
    it.connect()
    there = it.live.object(MEMBER, {}, "eve@acme.io")
    assert there is not None
    it.applier.act(MEMBER, {}, there, field, None, values)
    assert len(it.mails) == 2


def test_a_lost_answer_to_an_invitation_mails_nobody_twice():
    it = Organization(PEOPLE)
    it.lose_answers = 1

    applied(it, entry("eve@acme.io", "member"))

    assert it.mails == ["eve@acme.io"]
    assert [each["target_email"] for each in it.invites] == ["eve@acme.io"]


def test_an_invitation_that_was_not_made_is_not_tried_again_in_the_same_run():
    it = Organization(PEOPLE)
    it.drop = {"POST"}

    with pytest.raises(OutcomeUnknown):
        applied(it, entry("eve@acme.io", "member"))

    assert [method for method, *_ in it.sent] == ["POST"]


def test_somebody_who_joins_while_being_invited_is_taken_as_joined():
    it = Organization(PEOPLE)
    it.live.collection(MEMBER, {})
    it.members.append(it._member("eve@acme.io", 1))  # after the lists were read

    done = it.applier.create(MEMBER, {}, {"email": "eve@acme.io", "level": "member"})

    assert (done.found.values["standing"], it.mails) == ("joined", [])


def test_an_invitations_id_is_in_nothing_that_anybody_sees():
    it = Organization(PEOPLE)

    done = it.applier.create(MEMBER, {}, {"email": "eve@acme.io", "level": "member"})
    secret = it.invites[0]["id"]

    assert done.found.id == "eve@acme.io"
    assert secret not in repr(done) + str(done.found.values)
    assert secret not in it.live.reader.quoted(f"about {secret}")
    assert secret not in it.writer.quoted(f"about {secret}")


def test_an_invitation_is_taken_back_when_its_person_is_absent():
    it = Organization(PEOPLE)
    applied(it, entry("eve@acme.io", "member"))

    applied(it, entry("eve@acme.io"))
    applied(it, entry("eve@acme.io"))

    assert it.invites == []
    assert [method for method, *_ in it.sent] == ["POST", "DELETE"]


def test_of_many_invitations_for_one_address_the_one_that_counts_is_told():
    it = Organization(PEOPLE)
    for number, expired in ((1, True), (2, False), (3, True)):
        it.invites.append(
            {
                "id": str(number),
                "target_email": "Eve@acme.io",
                "level": 1,
                "is_expired": expired,
                "created_at": f"2026-01-0{number}",
            }
        )

    found = it.live.object(MEMBER, {}, "eve@acme.io")

    assert found is not None
    assert found.values["standing"] == "invited"


def test_two_accounts_whose_addresses_differ_in_case_are_two_and_the_exact_spelling_counts():
    it = Organization({**PEOPLE, "Bo@acme.io": 8})

    (found,) = it.live.find(MEMBER, {}, {"email": "Bo@acme.io"})

    assert (found.id, found.values["level"]) == ("Bo@acme.io", "admin")
    assert len(it.live.find(MEMBER, {}, {"email": "BO@acme.io"})) == 2


def test_nobody_leaves_for_not_being_mentioned():
    it = Organization(PEOPLE)

    applied(it, entry("bo@acme.io", "member"))

    assert (it.sent, len(it.members)) == ([], len(PEOPLE))


def test_removal_says_who_loses_what_and_takes_roles_and_rules_along():
    it = Organization(PEOPLE)
    it.role("Analysts", "bo@acme.io", "cy@acme.io")
    it.rule(1, "admin", organization_member="m-bo@acme.io")
    it.rule(1, "viewer", "dashboard", organization_member="m-bo@acme.io")
    it.rule(1, "none")

    said = applied(it, entry("bo@acme.io"))

    assert said == [
        'bo@acme.io leaves the organization and loses role "Analysts", project "Web": admin,'
        ' project "Web": dashboard: viewer'
    ]
    assert it.sent == [("DELETE", f"{ROOT}members/u-bo@acme.io/", None)]
    assert it.live.find(MEMBER, {}, {"email": "bo@acme.io"}) == []


def test_only_these_means_that_everybody_else_leaves_within_the_limits():
    it = Organization(PEOPLE)
    stay = [entry("ada@acme.io", "owner"), entry("own@acme.io", "owner"), entry("ana@acme.io", "admin")]
    stay += [entry("bo@acme.io", "member"), entry("cy@acme.io", "member")]

    applied(it, *stay, exact=True)

    assert it.sent == [("DELETE", f"{ROOT}members/u-dee@acme.io/", None)]


# -- guards (10.2) ---------------------------------------------------------------------------------------------

BY_ADMIN = "ana@acme.io"


@pytest.mark.parametrize(
    ("owner", "wanted", "words"),
    [
        ("ada@acme.io", entry("ada@acme.io", "admin"), "PostHog lets nobody change their own level"),
        ("ada@acme.io", entry("ada@acme.io"), "would leave the organization"),
        ("ada@acme.io", entry("own@acme.io"), "PostHog removes no owner"),
        ("ada@acme.io", entry("ana@acme.io"), "posthog:allowDeletions organization_member/ana@acme.io"),
        (BY_ADMIN, entry("bo@acme.io", "owner"), "nobody can give a level above their own"),
        (BY_ADMIN, entry("eve@acme.io", "owner"), "nobody can give a level above their own"),
        (BY_ADMIN, entry("own@acme.io", "admin"), "an owner is above the owner of the key"),
        (BY_ADMIN, entry("own@acme.io"), "PostHog removes no owner"),
        ("bo@acme.io", entry("cy@acme.io", "admin"), "may not change anybody's level"),
        ("bo@acme.io", entry("cy@acme.io"), "may not remove this person"),
        ("ada@acme.io", entry("eve@acme.io", "member", projects={"Shop": "admin"}), 'no project "Shop"'),
    ],
)
def test_what_posthog_would_refuse_or_would_shut_somebody_out_is_refused_before_anything_is_sent(
    owner, wanted, words
):
    it = Organization(PEOPLE, owner)

    (problem,) = refused(it, entry("cy@acme.io", "member"), wanted)

    assert words in problem
    assert f'organization member "{wanted.name}": ' in problem


def test_an_invitation_that_only_admins_may_send_is_refused_where_the_plan_has_that_setting():
    it, eve = Organization(PEOPLE, "bo@acme.io"), entry("eve@acme.io", "member")
    it.members_can_invite, it.features = False, [{"key": "organization_invite_settings"}]
    assert "only admins may invite people in this organization" in refused(it, eve)[0]

    for owner, features in (("bo@acme.io", []), (BY_ADMIN, it.features)):
        it.owner, it.features = owner, features
        it.connect()
        assert people.objection(eve.kind, eve.fields, absent=False, live=it.live, limits=Limits()) is None


def test_an_admin_is_removed_when_that_is_asked_for_by_name():
    it = Organization(PEOPLE)

    applied(it, entry("ana@acme.io"), limits=Limits(deletions=frozenset({"organization_member/ana@acme.io"})))

    assert it.level("ana@acme.io") is None


def test_owners_may_be_made_and_demoted_by_an_owner_and_the_keys_owner_remains_one():
    it = Organization(PEOPLE)

    applied(it, entry("own@acme.io", "admin"), entry("bo@acme.io", "owner"))

    assert [it.level(each) for each in ("own@acme.io", "bo@acme.io", "ada@acme.io")] == [8, 15, 15]


def test_no_run_mails_more_people_than_the_limit():
    it = Organization(PEOPLE)
    many = [entry(f"p{number}@acme.io", "member") for number in range(11)]

    (problem,) = refused(it, *many)

    assert problem == (
        "11 people would be invited by mail, and one run may invite 10\n"
        "  hint: if that is meant, say so: pulumi config set posthog:maxInvitations 11"
    )
    applied(it, *many, limits=Limits(invitations=11))
    assert len(it.mails) == 11


def test_many_who_leave_at_once_are_listed_with_what_they_lose_and_refused():
    it = Organization(PEOPLE)
    it.role("Analysts", "bo@acme.io")
    gone = [entry("bo@acme.io"), entry("cy@acme.io"), entry("dee@acme.io")]

    (problem,) = refused(it, *gone)

    assert "3 of 6 organization members would leave the organization, more than the limits allow: " in problem
    assert 'bo@acme.io leaves the organization and loses role "Analysts"' in problem
    assert "posthog:allowRemovals organization_member=3" in problem
    applied(it, *gone, limits=Limits(allowed={"organization_member": 3}))
    assert len(it.members) == 3


def test_whoever_becomes_an_owner_is_written_before_an_owner_is_lowered():
    it = Organization(PEOPLE)
    wanted = desired(
        entry("own@acme.io", "member"), entry("bo@acme.io", "owner"), entry("cy@acme.io", "admin")
    )

    after = {
        key[1]: names for key, names in resolved(wanted, it.live, lambda _: None, Limits()).after.items()
    }

    assert after == {"own@acme.io": (("organization_member", "bo@acme.io"),)}
    # So it is registered: Pulumi does what nothing depends on side by side.
    configuration = resolved(wanted, it.live, lambda _: None, Limits())
    made = {each.name: each.follows for each in declarations(configuration)}
    assert ("organization_member", "bo@acme.io") in made["own@acme.io"]
    assert ("organization_member", "bo@acme.io") not in made["cy@acme.io"]


def test_exactness_never_puts_the_keys_owner_out():
    it = Organization({"ada@acme.io": 15, "own@acme.io": 15})

    problems = refused(it, entry("own@acme.io", "owner"), exact=True)

    assert "ada@acme.io owns the key that this runs with, and would leave the organization" in problems[0]


def test_people_who_could_not_be_read_are_not_taken_for_gone():
    it = Organization(PEOPLE)
    answer = it._of_organization

    def broken(method: str, parts: list[str], body: Any) -> Any:
        if parts == ["invites"]:
            raise Refusal(403, "permission_denied", "no scope")
        return answer(method, parts, body)

    it._of_organization = broken  # type: ignore[method-assign]
    observed = observe(desired(entry("eve@acme.io", "member")), it.live)

    assert [name for _, name in observed.unread] == ["eve@acme.io"]
    assert not plan(observed.readable, observed.for_plan)


# -- beside roles and rules ------------------------------------------------------------------------------------


def test_whoever_the_same_file_invites_may_be_in_roles_and_rules_which_follow_after_they_have_joined():
    it = Organization(PEOPLE)
    role = Entry(kind=KINDS["role"], name="Analysts", fields={"name": "Analysts"})
    exact = Entry(
        kind=KINDS["role_members"],
        name="Analysts",
        fields={"role": "Analysts", "members": ["bo@acme.io", "eve@acme.io"]},
        parent="Analysts",
    )
    said: list[str] = []

    found = resolved(desired(entry("eve@acme.io", "member"), role, exact), it.live, said.append, Limits())

    assert found.by_name["role_members", "Analysts"].fields["members"] == ["bo@acme.io"]
    assert found.strangers == {}
    assert 'left out of role "Analysts" for now' in said[-1]


def test_a_refusal_that_hides_nobody_is_told_as_it_is():
    it = Organization(PEOPLE)
    invite = it._invite

    def never(_body: Any) -> Any:
        raise Refusal(400, "invalid_input", "Enter a valid email address.", "target_email")

    it._invite = never  # type: ignore[method-assign]
    with pytest.raises(Invalid):
        it.applier.create(MEMBER, {}, {"email": "eve@acme.io", "level": "member"})
    it._invite = invite  # type: ignore[method-assign]
    assert it.mails == []


def test_an_invitation_that_was_accepted_while_it_was_taken_back_is_said():
    it = Organization(PEOPLE)
    applied(it, entry("eve@acme.io", "member"))
    it.connect()
    found = it.live.object(MEMBER, {}, "eve@acme.io")
    assert found is not None
    it.accept("eve@acme.io")

    with pytest.raises(CannotApply, match="has joined meanwhile: run again"):
        invitations.delete(it.live, it.writer, MEMBER, found)

    assert it.level("eve@acme.io") == 1


def test_a_few_requests_say_everything_of_a_thousand_members():
    it = Organization({"ada@acme.io": 15, **{f"p{number}@acme.io": 1 for number in range(999)}})
    every = [entry(f"p{number}@acme.io", "member") for number in range(999)]

    applied(it, *every)

    assert sum(it.asked.values()) <= 5, it.asked
    assert people.losses(desired(*every), it.live) == []
    assert differences(MEMBER, every[0].fields, it.live.find(MEMBER, {}, every[0].fields)[0].values) == ()
