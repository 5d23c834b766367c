"""`/api/schema/`: the sandbox describes itself in OpenAPI."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView


class PersonalAPIKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Registers itself by being defined."""

    target_class = "pulumi_posthog.sandbox.rules.authentication.PersonalAPIKeyAuthentication"
    name = "PersonalAPIKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class SchemaView(SpectacularAPIView):
    """Open to everybody, as PostHog's own is."""

    authentication_classes = []  # noqa: RUF012
    permission_classes = []  # noqa: RUF012
