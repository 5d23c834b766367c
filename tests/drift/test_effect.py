"""What a change that waits in Git does to PostHog, in one sentence."""

import dataclasses

from pulumi_posthog.drift.effect import effect
from pulumi_posthog.drift.finding import Report
from pulumi_posthog.drift.findings import findings
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry, key_of
from pulumi_posthog.reconcile.observe import Observed
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.reconcile.recorded import Recorded
from pulumi_posthog.report.markdown import rendered

WEB = Entry(
    kind=KINDS["project"], name="Web", fields={"name": "Web", "timezone": "UTC", "anonymize_ips": True}
)
ROLE = Entry(kind=KINDS["role"], name="Ops", fields={"name": "Ops"})
NEW = Entry(kind=KINDS["role"], name="New", fields={"name": "New"})
MEMBERS = Entry(kind=KINDS["role_members"], name="Ops", parent="Ops", fields={"members": ["ana@acme.io"]})
CY = Entry(kind=KINDS["role_membership"], name="New/cy@acme.io", parent="New", fields={"user": "cy@acme.io"})
LIVE_WEB = {"id": 1, "name": "Web", "timezone": "Asia/Tokyo", "anonymize_ips": False}
LIVE_ROLE = {
    "id": "r1",
    "name": "Ops",
    "members": [{"id": each, "user": {"email": f"{each}@acme.io"}} for each in ("bo", "cy")],
}
APPLIED = {
    "project": {"name": "Web", "timezone": "Asia/Tokyo", "anonymize_ips": False},
    "role": {"name": "Ops"},
    "role_members": {"members": ["bo@acme.io", "cy@acme.io"]},
}


def recorded(*entries, **more):
    found = {key_of(each): Recorded(each.kind, each.name, "1", APPLIED[each.kind.name]) for each in entries}
    gone = (Recorded(KINDS[kind], name, "9", {}) for kind, names in more.items() for name in names)
    return {**found, **{(each.kind.name, each.name): each for each in gone}}


def pending(live, state, unmanaged=()):
    entries = tuple(entry for entry, _ in live)
    observed = Observed(
        Desired(host="https://eu.posthog.com", organization="o", entries=entries, unmanaged=unmanaged),
        {
            key_of(entry): Found(entry.kind, str(answer["id"]), answer)
            for entry, answer in live
            if answer is not None
        },
        {},
        {(entry.kind.name, entry.parent): {} for entry in entries},
    )
    return findings(observed, plan(observed.readable, observed.for_plan), state)


def test_values_objects_and_people_are_counted():
    live = [(WEB, LIVE_WEB), (ROLE, LIVE_ROLE), (MEMBERS, LIVE_ROLE), (NEW, None), (CY, None)]
    state = recorded(WEB, ROLE, MEMBERS, role=["Old"], role_membership=["Old/ana@acme.io"], project=["Shop"])

    assert effect(pending(live, state)) == (
        "This sets 2 values, makes 1 role, deletes 1 role, stops managing 1 project,"
        ' 1 person gets role "Ops", 2 persons lose role "Ops", 1 person gets role "New",'
        ' 1 person loses role "Old"'
    )


def test_where_only_people_come_and_go_they_are_the_sentence():
    assert effect(pending([(ROLE, LIVE_ROLE), (MEMBERS, LIVE_ROLE)], recorded(ROLE, MEMBERS))) == (
        '1 person gets role "Ops", 2 persons lose role "Ops"'
    )


def test_what_is_given_up_loses_nobody():
    old = dataclasses.replace(NEW, name="Old", fields={"name": "Old"})
    state = recorded(ROLE, role=["Old"], role_membership=["Old/ana@acme.io"])

    assert effect(pending([(ROLE, LIVE_ROLE)], state, unmanaged=(old,))) == (
        "This stops managing 1 role and 1 role membership"
    )


def test_a_drift_alone_is_no_change_of_ours():
    assert effect(pending([(WEB, LIVE_WEB)], None)) == ""


def test_a_pull_requests_comment_begins_with_it():
    report = Report(findings=pending([(WEB, LIVE_WEB)], recorded(WEB)))

    assert rendered(report).splitlines()[1:4] == [
        "### This sets 2 values",
        "",
        "drift: 2 pending in Git.",
    ]
