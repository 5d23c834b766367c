"""The key itself, as its owner sees it; others are not for keys (posthog-api-access.md 7)."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.view import PostHogView


class PersonalAPIKeyView(PostHogView):
    """`/api/personal_api_keys/@current/`: what the key may do. The organization's list is 403 for keys."""

    scope_object = "personal_api_key"
    ages = (2025, 2026)
    exempt_from_key_restriction = True

    def needed_scopes(self) -> list[str] | None:
        """A key may always look at itself."""
        return [] if self.action == "retrieve" else None

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        if self.kwargs["id"] != "@current":
            raise NotFound
        key = self.key
        return Response(
            {
                "id": str(key.pk),
                "label": key.label,
                "mask_value": key.mask_value,
                "scopes": key.scopes if key.scopes is not None else ["*"],
                "scoped_teams": key.scoped_teams,
                "scoped_organizations": key.scoped_organizations,
                "created_at": moment(key.created_at),
                "user_id": self.caller.pk,
            }
        )

    def of_organization(self, request: Request, **_kwargs: Any) -> Response:
        """For browsers only."""
        raise NotFound
