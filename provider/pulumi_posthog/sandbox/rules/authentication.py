"""Personal API keys: whose call is this? (1.2)"""

from __future__ import annotations

import hashlib
import re

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from pulumi_posthog.sandbox.rules.models import Organization, PersonalAPIKey, User
from pulumi_posthog.sandbox.rules.row import row_of


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def mask(key: str) -> str:
    """What a person may see of a key."""
    return f"{key[:4]}...{key[-4:]}" if len(key) > 12 else "..."


def find_key(request: Request) -> tuple[str, str] | None:
    """The key and where it was: only the first of header, body, query string is looked at (1.2)."""
    bearer = re.fullmatch(r"Bearer\s+(\S.+)", request.META.get("HTTP_AUTHORIZATION", ""))
    if bearer:
        return bearer[1].strip(), "Authorization header"
    if isinstance(request.data, dict) and request.data.get("personal_api_key"):
        return str(request.data["personal_api_key"]), "body"
    if request.GET.get("personal_api_key"):
        return request.GET["personal_api_key"], "query string"
    return None


class PersonalAPIKeyAuthentication(BaseAuthentication):
    """A project token (`phc_`) is unknown here, as is every text that is not a stored key."""

    def authenticate(self, request: Request) -> tuple[User, PersonalAPIKey] | None:
        found = find_key(request)
        if found is None:
            return None
        key, place = found
        stored = row_of(PersonalAPIKey, secure_value=digest(key))
        user = row_of(User, id=stored.user_id) if stored else None
        if stored is None or user is None or not user.is_active:
            raise AuthenticationFailed(f"Personal API key found in request {place} is invalid.")
        stored.user = user
        # Not the current project: few calls ask for it, and it has a hundred columns.
        if user.current_organization_id:
            user.current_organization = row_of(Organization, id=user.current_organization_id)
        return user, stored

    def authenticate_header(self, request: Request) -> str:
        # Without it the framework would answer 403; PostHog's own handler then leaves the header out.
        return "Bearer"
