"""Access rules: what a model declares of them, and which ones PostHog has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.rows import Row, role_called, row
from harness.sandbox import Sandbox

RULES = ("project_access_rule", "resource_access_rule")
LISTS = ("access_controls", "resource_access_controls")


def project_rule(project: str, level: str, *, role: str | None = None, member: str | None = None) -> Row:
    """Who may do what in a project."""
    way, subject = _about(role, member)
    return row("project_access_rule", f"{project}/{way}", project, access_level=level, **subject)


def dashboard_rule(project: str, level: str, *, role: str | None = None, member: str | None = None) -> Row:
    """Who may do what with all dashboards of a project."""
    way, subject = _about(role, member)
    fields = {"resource": "dashboard", "access_level": level, **subject}
    return row("resource_access_rule", f"{project}/dashboard/{way}", project, **fields)


def _about(role: str | None, member: str | None) -> tuple[str, Mapping[str, Any]]:
    if role:
        return f"roles/{role}", {"role": role_called(role)}
    return (f"members/{member}", {"member": member}) if member else ("everyone", {})


def rules_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """Every rule of a project and of the types in it."""
    return [
        {**rule, "list": name}
        for name in LISTS
        for rule in posthog.get(f"/api/projects/{project}/{name}/")["access_controls"]
    ]


def identities(rules: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """What each rule is about: no two are about the same."""
    return [(each["list"], each["resource"], each["role"], each["organization_member"]) for each in rules]
