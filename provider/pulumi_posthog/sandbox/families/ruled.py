"""What access rules leave of a family's endpoints (posthog-api-access.md 3.6)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.rules.access import Rules
from pulumi_posthog.sandbox.rules.family import FamilyView
from pulumi_posthog.sandbox.rules.models import OrganizationMembership
from pulumi_posthog.sandbox.rules.permissions import SAFE_METHODS
from pulumi_posthog.sandbox.rules.resource_types import types

READ_ONLY = {"none", "viewer"}
"""Levels at which nothing is changed."""


def may_change(thing: ProjectObject, who: OrganizationMembership) -> bool:
    """Whether rules let somebody change an object that is named along with another."""
    if thing.type not in types():
        return True
    found = Rules(thing.project).object_access(who, thing.type, thing.key_of_rules, thing.created_by_id)
    return found.level not in READ_ONLY


class RuledView(FamilyView):
    """Endpoints of a type of resource: who may see and change its objects is asked of the rules."""

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.project)

    @property
    def who(self) -> OrganizationMembership:
        assert self.membership is not None  # noqa: S101 - permissions have seen to it
        return self.membership

    @property
    def resource(self) -> str:
        """What rules call the type."""
        return self.family.resource

    def key_of(self, row: Any) -> str:
        """What rules call one object."""
        return str(row.pk)

    @property
    def asks_rules(self) -> bool:
        """Whether the running age has rules about the type (3.5)."""
        return self.resource in types()

    def level(self, row: Any) -> str:
        """A word of the levels of resources; with 2024's rules nobody is kept away."""
        return self.rules.object_access(self.who, self.resource, self.key_of(row), row.created_by_id).level

    def listed(self, rows: QuerySet[Any] | list[Any]) -> QuerySet[Any] | list[Any]:
        """Those that the caller may know of."""
        if not self.asks_rules or not self.rules.rows:
            return rows
        return [
            row
            for row in rows
            if self.rules.is_listed(self.who, self.resource, self.key_of(row), row.created_by_id)
        ]

    def target(self, sent: Any = None) -> Any:
        row = super().target(sent)
        self.refuse(row)
        return row

    def refuse(self, row: Any) -> None:
        """403 for who may not see it, or only see it and asks for a change."""
        if not self.asks_rules or (level := self.level(row)) not in READ_ONLY:
            return
        if level == "none" or self.request.method not in SAFE_METHODS:
            raise PermissionDenied("You do not have the access level that this needs.")

    def create(self, request: Request, **kwargs: Any) -> Response:
        if self.asks_rules and self.rules.type_access(self.who, self.resource).level in READ_ONLY:
            raise PermissionDenied("You do not have the access level that this needs.")
        return super().create(request, **kwargs)

    def filtered(self, request: Request) -> Any:
        return self.listed(super().filtered(request))  # type: ignore[arg-type] # a list, where it is no query set
