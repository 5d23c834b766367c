"""Access rules, levels and settings of an organization: what a model declares, and what somebody does by hand."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from harness.rows import Row, refer_to, role_called, row
from harness.sandbox import Sandbox
from pulumi_posthog.kinds import KINDS

RULES = {
    "project_access_rule": "access",
    "resource_access_rule": "resource_access",
    "object_access_rule": "access",
}
LISTS = ("access_controls", "resource_access_controls")
RULED = ("bo@acme.io", "cy@acme.io")  # people below admin
LEVELS = ("member", "admin")
HIDEABLE = ("dashboards", "insights", "feature_flags", "experiments", "surveys")


def project_rule(project: str, level: str, *, role: str | None = None, member: str | None = None) -> Row:
    """Who may do what in a project."""
    way, subject = _about(role, member)
    return row("project_access_rule", f"{project}/{way}", project, access_level=level, **subject)


def dashboard_rule(project: str, level: str, *, role: str | None = None, member: str | None = None) -> Row:
    """Who may do what with all dashboards of a project."""
    way, subject = _about(role, member)
    fields = {"resource": "dashboard", "access_level": level, **subject}
    return row("resource_access_rule", f"{project}/dashboard/{way}", project, **fields)


def object_rule(about: Row, level: str, *, role: str | None = None, member: str | None = None) -> Row:
    """Who may do what with the object of an entry, such as a feature flag."""
    kind, name, project, _ = about
    way, subject = _about(role, member)
    fields = {"resource": kind, "resource_id": refer_to(kind, name), "access_level": level, **subject}
    return row("object_access_rule", f"{name}/{kind}/{way}", project, **fields)


def _about(role: str | None, member: str | None) -> tuple[str, Mapping[str, Any]]:
    if role:
        return f"roles/{role}", {"role": role_called(role)}
    return (f"members/{member}", {"member": member}) if member else ("everyone", {})


def member(address: str, level: str) -> Row:
    """Somebody of the organization, or who is asked to join it."""
    return row("organization_member", address, None, email=address, level=level)


def settings(**fields: Any) -> Row:
    """The settings of the organization."""
    return row("organization_settings", "settings", None, **fields)


@st.composite
def access_of(
    draw: st.DrawFn,
    projects: Sequence[str],
    roles: Sequence[str],
    joinable: Sequence[str],
    objects: Sequence[Row],
) -> list[Row]:
    """Rules for projects and single objects of them, people and settings.

    `joinable` are roles that people may get when they join, `objects` entries that may have rules of their own.
    """
    rows: list[Row] = []
    for each in objects:
        subjects = [{}, *({"role": each} for each in roles), *({"member": each} for each in RULED)]
        some = draw(st.lists(st.sampled_from(subjects), max_size=2, unique_by=str))
        rows += [
            object_rule(each, draw(st.sampled_from(("viewer", "editor"))), **subject)
            for subject in sorted(some, key=lambda subject: not subject)
        ]
    for project in projects:
        for rule, levels in ((project_rule, LEVELS), (dashboard_rule, ("viewer", "editor"))):
            subjects = [*({"role": each} for each in roles), *({"member": each} for each in RULED)]
            drawn = draw(st.lists(st.sampled_from(subjects), max_size=3, unique_by=str))
            rows += [rule(project, draw(st.sampled_from(levels)), **subject) for subject in drawn]
            if draw(st.booleans()):
                rows.append(rule(project, draw(st.sampled_from(("none", levels[0])))))
    people = draw(st.lists(st.sampled_from((*RULED, "eve@acme.io")), max_size=2, unique=True))
    rows += [member(person, draw(st.sampled_from(LEVELS))) for person in people]
    if draw(st.booleans()):
        role = draw(st.sampled_from((..., *map(role_called, joinable))))
        rows.append(settings(name=draw(st.sampled_from(("Acme", "Acme Inc"))), default_role=role))
    return rows


def in_tree(
    tree: dict[str, Any], kind: str, name: str, parent: str | None, values: Mapping[str, Any]
) -> None:
    """Put what a model declares of this where a file has it."""
    if kind == "organization_member":
        tree.setdefault("members", {})[name] = values["level"]
        return
    inside = tree["projects"][parent]
    if "resource_id" in values:
        about = values["resource_id"]
        inside = inside[KINDS[about.kind].section.rpartition(".")[2]][about.name]
    block: dict[str, Any] = inside.setdefault(RULES[kind], {})
    if "resource" in values and "resource_id" not in values:
        block = block.setdefault(values["resource"], {})
    *_, group, subject = ("", *name.split("/"))
    if subject == "everyone":
        block[subject] = values["access_level"]
    else:
        block.setdefault(group, {})[subject] = values["access_level"]


def rules_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """Every rule of a project, of the types in it, and of its flags."""
    flags = posthog.all(f"/api/projects/{project}/feature_flags/?limit=1000")
    of_flags = [f"feature_flags/{each['id']}/access_controls" for each in flags]
    return [
        {**rule, "list": name}
        for name in (*LISTS, *of_flags)
        for rule in posthog.get(f"/api/projects/{project}/{name}/")["access_controls"]
    ]


def make_rule(posthog: Sandbox, project: Any, person: str) -> None:
    """Somebody lets a person into a project by hand, and see its insights."""
    people = posthog.all(f"/api/organizations/{posthog.organization}/members/")
    who = next(each["id"] for each in people if each["user"]["email"] == person)
    bodies = ({"access_level": "member"}, {"resource": "insight", "access_level": "viewer"})
    for name, more in zip(LISTS, bodies, strict=True):
        posthog.call("PUT", f"/api/projects/{project}/{name}/", {"organization_member": who, **more})


@contextlib.contextmanager
def hidden_from_a_member(posthog: Sandbox) -> Iterator[str]:
    """A member's key, while rules hide from its owner what the projects have: no list has it."""
    people = posthog.all(f"/api/organizations/{posthog.organization}/members/")
    who = next(each["user"]["email"] for each in people if each["level"] < 8)
    projects = posthog.all(f"/api/organizations/{posthog.organization}/projects/")
    lists = [f"/api/projects/{project['id']}/{name}/" for project in projects for name in HIDEABLE]
    paths = [f"{path}{each['id']}/access_controls/" for path in lists for each in posthog.all(path)]
    rules = [(path, each) for path in paths for each in posthog.get(path)["access_controls"]]
    everyone = {
        path: each["access_level"]
        for path, each in rules
        if not (each["role"] or each["organization_member"])
    }
    for path in paths:
        posthog.call("PUT", path, {"access_level": "none"})
    try:
        yield posthog.key_of(who)
    finally:
        for path in paths:
            with contextlib.suppress(AssertionError):  # a run may have deleted what it is about
                posthog.call("PUT", path, {"access_level": everyone.get(path)})


def identities(rules: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """What each rule is about: no two are about the same."""
    return [(each["list"], each["resource"], each["role"], each["organization_member"]) for each in rules]


def access_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody changes or removes a rule, makes one, gives a person another level, or changes a setting."""
    organization = f"/api/organizations/{posthog.organization}"
    rules = sorted(rules_of(posthog, project), key=lambda each: str(identities([each])))
    match dice.randrange(4):
        case 0 | 1 if rules:
            rule = dice.choice(rules)
            levels = ("none", "member", None) if rule["resource"] == "project" else ("none", "viewer", None)
            about = {name: rule[name] for name in ("role", "organization_member") if rule[name]}
            body = {"resource": rule["resource"], **about, "access_level": dice.choice(levels)}
            posthog.call("PUT", f"/api/projects/{project}/{rule['list']}/", body)
        case 2:
            people = posthog.all(f"{organization}/members/")
            address, level = dice.choice(RULED), dice.choice((1, 8))
            for who in people:
                if who["user"]["email"] == address:
                    posthog.call("PATCH", f"{organization}/members/{who['user']['uuid']}/", {"level": level})
        case 3:
            posthog.call("PATCH", f"{organization}/", {"name": "By hand", "default_role_id": None})
        case _:
            body = {"resource": "insight", "access_level": "viewer"}
            posthog.call("PUT", f"/api/projects/{project}/resource_access_controls/", body)
