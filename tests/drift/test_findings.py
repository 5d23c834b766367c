"""observed, plan, what a stack remembers -> findings."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.trials import TRIAL, Trials
from pulumi_posthog.api import Forbidden
from pulumi_posthog.drift import baseline
from pulumi_posthog.drift.finding import Finding, Report, Status
from pulumi_posthog.drift.findings import findings
from pulumi_posthog.drift.rules import Rule, ignored, rules
from pulumi_posthog.drift.unanswered import untold
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.desired import Desired, Entry, key_of
from pulumi_posthog.reconcile.fingerprint import fingerprint
from pulumi_posthog.reconcile.observe import Observed, Undeclared
from pulumi_posthog.reconcile.path import path_of
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.reconcile.recorded import Recorded
from pulumi_posthog.report.json_document import rendered
from pulumi_posthog.values.problem import ConfigError, Position
from pulumi_posthog.values.secret_text import MASK, SecretText

WEB = Entry(
    kind=KINDS["project"],
    name="Web",
    fields={"name": "Web", "timezone": "Europe/Berlin", "app_urls": ["https://a.io"]},
    positions={"": Position("posthog.yaml", 5, 3), "timezone": Position("posthog.yaml", 6, 5)},
)
ORDERS = Entry(
    kind=KINDS["pipeline_destination"],
    name="Web/Orders",
    parent="Web",
    fields={
        "name": "Orders",
        "plugin": 1,
        "config": {"account": "acme", "password": SecretText("hush", "!env PASSWORD")},
    },
)
ROLE = Entry(kind=KINDS["role"], name="Ops", fields={"name": "Ops"})
MEMBERS = Entry(
    kind=KINDS["role_members"], name="Ops", parent="Ops", fields={"members": ["ana@acme.io", "bo@acme.io"]}
)
LIVE_WEB = {"id": 1, "name": "Web", "timezone": "Europe/Berlin", "app_urls": ["https://a.io"]}
LIVE_ORDERS = {"id": 7, "plugin": 1, "name": "Orders", "config": {"account": "acme", "password": MASK}}


def person(email: str) -> dict[str, Any]:
    return {"id": email, "user": {"email": email}}


def role(*emails: str) -> dict[str, Any]:
    return {"id": "r1", "name": "Ops", "members": [person(email) for email in emails]}


def look(answers: Mapping[Entry, Mapping[str, Any]] | list[tuple[Entry, Any]], **more: Any) -> Observed:
    """What there is of these entries; an answer of None says that there is nothing."""
    pairs = list(answers)
    entries = tuple(entry for entry, _ in pairs)
    return Observed(
        Desired(host="https://eu.posthog.com", organization="o", entries=entries),
        {
            key_of(entry): Found(entry.kind, str(answer["id"]), answer)
            for entry, answer in pairs
            if answer is not None
        },
        more.pop("unread", {}),
        {(entry.kind.name, entry.parent): {"project": "1"} if entry.parent else {} for entry in entries},
        **more,
    )


def found(observed: Observed, recorded: Any = None) -> tuple[Finding, ...]:
    return findings(observed, plan(observed.readable, observed.for_plan), recorded)


def short(observed: Observed, recorded: Any = None) -> list[tuple[str, str]]:
    return [(each.status.value, each.path) for each in found(observed, recorded)]


def test_what_is_as_declared_is_no_finding():
    assert (
        found(
            look(
                [
                    (WEB, LIVE_WEB),
                    (ORDERS, LIVE_ORDERS),
                    (ROLE, role()),
                    (MEMBERS, role("bo@acme.io", "ana@acme.io")),
                ]
            )
        )
        == ()
    )


def test_paths_are_those_of_the_file():
    desired = look([(WEB, None), (ORDERS, None), (ROLE, None), (MEMBERS, None)]).desired

    assert [path_of(entry, desired) for entry in desired.entries] == [
        "projects.Web",
        "projects.Web.pipeline_destinations.Orders",
        "roles.Ops",
        "roles.Ops.members",
    ]


def test_a_field_that_differs_is_told_with_both_values_and_its_line():
    (each,) = found(look([(WEB, {**LIVE_WEB, "timezone": "UTC"})]))

    assert (each.path, each.live, each.declared) == ("projects.Web.timezone", "UTC", "Europe/Berlin")
    assert str(each.where) == "posthog.yaml:6:5"


def test_a_list_of_texts_is_told_as_a_whole():
    (each,) = found(look([(WEB, {**LIVE_WEB, "app_urls": ["https://x.io", "https://a.io"]})]))

    assert (each.path, each.live) == ("projects.Web.app_urls", ["https://x.io", "https://a.io"])


def test_of_a_set_who_is_missing_is_a_removal_and_who_is_too_many_is_not():
    first, second = found(look([(ROLE, role()), (MEMBERS, role("ana@acme.io", "eve@acme.io"))]))

    assert (first.path, first.removal) == ("roles.Ops.members[bo@acme.io]", True)
    assert (second.path, second.removal) == ("roles.Ops.members[eve@acme.io]", False)


# -- secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("live", ["somebody else's secret", "", None])
def test_a_secret_is_never_shown_declared_or_live(live: str | None):
    config = {"account": "acme", **({"password": live} if live is not None else {})}

    report = Report(findings=found(look([(WEB, LIVE_WEB), (ORDERS, {**LIVE_ORDERS, "config": config})])))

    text = rendered(report)
    assert "hush" not in text
    assert "somebody else" not in text
    (each,) = report.findings
    assert each.path == "projects.Web.pipeline_destinations.Orders.config.password"
    assert each.declared == "!env PASSWORD"


def test_beside_a_masked_secret_another_key_is_told_alone():
    config = {"account": "else", "password": MASK}

    (each,) = found(look([(WEB, LIVE_WEB), (ORDERS, {**LIVE_ORDERS, "config": config})]))

    assert (each.path.rpartition(".")[2], each.live, each.declared) == ("account", "else", "acme")


def test_a_whole_configuration_that_is_missing_shows_no_secret_either():
    (each,) = found(look([(WEB, LIVE_WEB), (ORDERS, {**LIVE_ORDERS, "config": None})]))

    assert "hush" not in str(each)
    assert each.declared == {"account": "acme", "password": "!env PASSWORD"}


@pytest.mark.parametrize("kept", ["secret", "digest of an older state", "encrypted"])
def test_a_rotated_secret_is_told_by_what_the_stack_keeps_of_it(kept):
    salt = "00" * 16
    observed = look([(WEB, LIVE_WEB), (ORDERS, LIVE_ORDERS)])

    def with_secret(value: str) -> list[tuple[str, str]]:
        recorded = {
            ("project", "Web"): Recorded(WEB.kind, "Web", "1", WEB.fields),
            ("pipeline_destination", "Web/Orders"): Recorded(
                ORDERS.kind,
                "Web/Orders",
                "7",
                {},
                {"config": {"password": value}} if kept == "secret" else {},
                {"config": {"password": fingerprint(salt, "password", value)}},
                salt if kept.startswith("digest") else None,
            ),
        }
        assert untold(observed, recorded) == (1 if kept == "encrypted" else 0)
        return short(observed, recorded)

    assert with_secret("hush") == []
    assert with_secret("older") == (
        []
        if kept == "encrypted"
        else [("pending_in_git", "projects.Web.pipeline_destinations.Orders.config.password")]
    )


# -- beside a stack ------------------------------------------------------------------------------------------------


def recorded(**values: Any) -> dict[tuple[str, str], Recorded]:
    return {("project", "Web"): Recorded(WEB.kind, "Web", "1", {"name": "Web", **values})}


@pytest.mark.parametrize(
    ("applied", "live", "status"),
    [
        ("Europe/Berlin", "UTC", "changed_live"),  # somebody changed it in PostHog
        ("UTC", "UTC", "pending_in_git"),  # somebody changed the file
        ("Asia/Tokyo", "UTC", "changed_live"),  # both did: somebody's work would be overwritten
        (None, "UTC", "pending_in_git"),  # newly declared
    ],
)
def test_a_stack_tells_who_moved(applied: str | None, live: str, status: str):
    values = {"app_urls": ["https://a.io"], **({"timezone": applied} if applied else {})}

    assert short(look([(WEB, {**LIVE_WEB, "timezone": live})]), recorded(**values)) == [
        (status, "projects.Web.timezone")
    ]


def test_without_a_stack_what_is_missing_is_gone_and_with_one_it_may_be_new():
    assert short(look([(ROLE, None)])) == [("gone", "roles.Ops")]
    assert short(look([(ROLE, None)]), {}) == [("pending_in_git", "roles.Ops")]
    known = {("role", "Ops"): Recorded(ROLE.kind, "Ops", "r1", {})}
    assert short(look([(ROLE, None)]), known) == [("gone", "roles.Ops")]


def test_what_the_stack_has_and_nobody_declares_any_more_is_pending_and_not_strange():
    other = Found(ROLE.kind, "r9", {"id": "r9", "name": "Old", "members": []})
    observed = look([(ROLE, role())], undeclared=(Undeclared(other, ("role", None)),))
    stack = {
        ("role", name): Recorded(ROLE.kind, name, id_, {"name": name})
        for name, id_ in (("Ops", "r1"), ("Old", "r9"))
    }

    assert short(observed) == [("not_declared", "roles.Old")]
    assert short(observed, stack) == [("pending_in_git", "roles.Old")]


def test_what_could_not_be_read_is_nothing_else():
    error = Forbidden(
        "PostHog answered 403", method="GET", path="/roles/", hint="ask for the scope", status=403
    )

    (each,) = found(look([(ROLE, None)], unread={("role", "Ops"): error}))

    assert each.status is Status.UNREAD
    assert each.message == "could not be looked at: GET /roles/: PostHog answered 403"
    assert each.hint == "ask for the scope"


# -- rules and baseline --------------------------------------------------------------------------------------------

TODAY = datetime.date(2026, 11, 21)
CHANGED = Finding(status=Status.CHANGED, kind="project", object="projects.Web", path="projects.Web.timezone")


@pytest.mark.parametrize(
    ("pattern", "hides"),
    [
        ("projects.Web.timezone", True),
        ("projects.Web", True),  # what is below it, too
        ("projects.*.timezone", True),
        ("*", True),
        ("projects.We", False),
        ("projects.Web.time", False),
        ("roles.*", False),
    ],
)
def test_a_rule_is_about_a_path_and_what_is_below_it(pattern: str, hides: bool):
    rule = Rule(pattern, "a trial", "ana", TODAY)

    (marked,), warnings = ignored([CHANGED], [rule], TODAY)

    assert (marked.ignored is not None) is hides
    assert warnings == ()


def test_a_rule_holds_on_its_last_day_and_not_on_the_next():
    rule = Rule("*", "a trial", "ana", TODAY)

    (marked,), warnings = ignored([CHANGED], [rule], TODAY + datetime.timedelta(days=1))

    assert marked.ignored is None
    assert warnings == ('the ignore rule for "*" ended on 2026-11-21 and hides nothing now: ask ana',)


def test_rules_are_read_in_full_or_not_at_all():
    good = {"path": "*", "reason": "r", "owner": "o", "until": "2027-01-01"}

    assert rules([good, {**good, "until": TODAY}], "f")[0] == Rule("*", "r", "o", datetime.date(2027, 1, 1))
    with pytest.raises(ConfigError) as error:
        rules([good, {"path": "x", "until": "soon", "colour": "red"}, "nonsense"], "ignore.yaml")
    assert [problem.message for problem in error.value.problems] == [
        'ignore.yaml, rule 2 has an unknown key "colour"',
        'ignore.yaml, rule 2 has no "reason"',
        'ignore.yaml, rule 2 has no "owner"',
        'ignore.yaml, rule 2: until is "soon", which is not a date',
        "ignore.yaml, rule 3 is not a mapping",
    ]


def test_a_baseline_is_an_earlier_report(tmp_path: Path):
    path = tmp_path / "before.json"
    path.write_text(rendered(Report(findings=(CHANGED,))))

    (known,) = baseline.marked([CHANGED], baseline.read(path))

    assert known.known
    path.write_text(json.dumps({"findings": "none"}))
    with pytest.raises(ConfigError, match="is not a report"):
        baseline.read(path)


def test_a_state_that_differs_is_shown_like_a_field_and_says_when_nothing_leads_to_it():
    def of(live: str, declared: str) -> tuple[Any, ...]:
        answer = Trials().answered("Checkout", live)
        entry = Entry(
            kind=TRIAL, name="Web/Checkout", parent="Web", fields={"name": "Checkout", "status": declared}
        )
        (finding,) = found(look([(WEB, LIVE_WEB), (entry, answer)]))
        return finding.path, finding.live, finding.declared, finding.hint

    assert of("draft", "running") == ("projects.Web.trials.Checkout.status", "draft", "running", None)
    assert of("stopped", "running")[3] == (
        "`pulumi up` refuses that: PostHog has no way from one to the other for this trial:"
        " status: stopped => running; write `status: stopped`, or leave `status` out"
    )
