"""How many requests a large organization takes: 1,000 members, 50 roles, and 50 projects with 10 rules each."""

from __future__ import annotations

import pytest

from harness.organization import ID, ROOT, Organization
from pulumi_posthog import config
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.observe import observe
from pulumi_posthog.reconcile.plan import plan
from pulumi_posthog.stack.resolution import resolved

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
