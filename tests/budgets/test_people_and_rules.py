"""How many requests a large organization takes: 1,000 members, 50 roles, and 50 projects with 10 rules each."""

from __future__ import annotations

from collections import Counter
from functools import partial

import httpx  # noqa: TID251 - it answers in place of PostHog
import pytest

from harness.engine import Engine
from harness.organization import ID, ROOT, Organization
from harness.run import begin_anew
from pulumi_posthog import config
from pulumi_posthog.api import Reader, Writer
from pulumi_posthog.cli.look import Look
from pulumi_posthog.cli.verbs.estimate import of_look
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack import view
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.resolution import resolved
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.variables import KEY_VARIABLE

PEOPLE, ROLES, PROJECTS = 1000, 50, 50


@pytest.fixture
def large() -> tuple[Organization, str]:
    """An organization, and the file that says all of it."""
    it = Organization({"ada@acme.io": 15} | {f"p{number}@acme.io": 1 for number in range(1, PEOPLE)})
    it.features = [{"key": "access_control"}, {"key": "role_based_access"}]
    it.projects = [{"id": n, "uuid": f"p-{n}", "name": f"P{n}"} for n in range(1, PROJECTS + 1)]
    ids = [it.role(f"R{n}", *(f"p{n * 10 + k}@acme.io" for k in range(10))) for n in range(ROLES)]
    lines = ["members:", "  mode: exact", "  items:", "    ada@acme.io: owner"]
    lines += [f"    p{number}@acme.io: member" for number in range(1, PEOPLE)]
    lines.append("roles:")
    for number in range(ROLES):
        people = ", ".join(f"p{number * 10 + k}@acme.io" for k in range(10) if number + k)
        lines.append(f"  R{number}: {{members: [{people}]}}")
    it.roles[0]["members"] = it.roles[0]["members"][1:]  # there is no p0
    lines.append("projects:")
    for project in range(1, PROJECTS + 1):
        it.rule(project, "none")
        for role in ids[:4]:
            it.rule(project, "member", role=role)
        it.rule(project, "viewer", "dashboard")
        for person in range(1, 5):
            it.rule(project, "editor", "dashboard", organization_member=f"m-p{person}@acme.io")
        roles = ", ".join(f"R{n}: member" for n in range(4))
        people = ", ".join(f"p{n}@acme.io: editor" for n in range(1, 5))
        lines += [
            f"  P{project}:",
            f"    access: {{mode: exact, everyone: none, roles: {{{roles}}}}}",
            f"    resource_access: {{mode: exact, dashboard: {{everyone: viewer, members: {{{people}}}}}}}",
        ]
    it.connect()
    return it, f"organization: {{host: 'https://eu.posthog.com', id: {ID}}}\n" + "\n".join(lines) + "\n"


def test_two_requests_for_the_rules_of_each_project_and_five_for_all_people_and_roles(large, tmp_path):
    it, text = large
    file = tmp_path / "posthog.yaml"
    file.write_text(text)

    wanted = resolved(config.load(file, environment={}), it.live, lambda _: None, Limits())
    observed = observe(wanted, it.live)

    assert plan(observed.readable, observed.for_plan).changes == ()
    assert not any(entry.absent for entry in wanted.entries)
    assert len(wanted.entries) == PEOPLE + 2 * ROLES + PROJECTS * 11
    assert it.sent == []
    rules = {path for path in it.asked if "access_controls" in path}
    settings = {path for path in it.asked if path.rstrip("/").rpartition("/")[2].isdigit()}
    assert len(rules) == 2 * PROJECTS
    assert set(it.asked) - rules - settings == {
        f"GET {path}"
        for path in (ROOT, f"{ROOT}members/", f"{ROOT}invites/", f"{ROOT}roles/", f"{ROOT}projects/")
    }
    assert max(it.asked.values()) == 1


def test_where_the_members_are_read_they_answer_for_the_organization_too(tmp_path):
    file = tmp_path / "posthog.yaml"
    role = "roles: {Analysts: {members: [ana@acme.io]}}"
    file.write_text(f"organization: {{host: 'https://eu.posthog.com', id: {ID}}}\n{role}\n")
    it, wanted = Organization({"ana@acme.io": 1}), config.load(file, environment={})

    resolved(wanted, it.live)
    assert it.asked == {f"GET {ROOT}members/": 1}

    it.live = Live(it.live.reader, "0191dead-0000-0000-0000-000000000000")
    with pytest.raises(ConfigError, match="shows this key no organization 0191dead"):
        resolved(wanted, it.live)


def test_an_up_sends_what_changes_reads_as_a_preview_and_an_estimate_agrees(large, tmp_path, monkeypatch):
    it, text = large
    for member in it.members[1:21]:
        member["level"] = 8  # twenty have become admins
    for member in it.members[-10:]:  # ten are not there yet
        it.members.remove(member)
    for project in range(1, 11):  # ten projects have no rules, and one has others, too
        it.rules[f"{project}/access_controls"].clear()
        it.rules[f"{project}/resource_access_controls"].clear()
    it.rule(11, "admin", organization_member="m-p900@acme.io")
    it.rule(12, "editor", "dashboard", organization_member="m-p901@acme.io")
    file = tmp_path / "posthog.yaml"
    file.write_text(text)
    transport = httpx.MockTransport(it)
    monkeypatch.setenv(KEY_VARIABLE, "phx_key")
    monkeypatch.setattr(view, "Reader", partial(Reader, transport=transport))
    monkeypatch.setattr(view, "Writer", partial(Writer, transport=transport))
    limits = Limits(invitations=10, allowed={"project_access_rule": 1, "resource_access_rule": 1})
    monkeypatch.setattr(process.run.settings, "limits", limits)
    it.connect()
    wanted = resolved(config.load(file, environment={}), it.live, lambda _: None, limits)
    observed = observe(wanted, it.live)
    estimate = of_look(Look(it.live, observed, plan(observed.readable, observed.for_plan)), ())
    it.asked.clear()

    Engine().up(config.load(file, environment={}))

    begin_anew()
    assert Counter(method for method, _, _ in it.sent) == {"PATCH": 20, "POST": 10, "PUT": 102}
    # One change is one write: 132. Read is what a preview reads, the members once more, and whether two rules are gone.
    assert (estimate.writes, estimate.reads, estimate.looks) == (132, 207, 2)
    assert sum(it.asked.values()) == estimate.up == 341
