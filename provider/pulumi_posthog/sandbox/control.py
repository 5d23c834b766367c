"""`/_sandbox/`: what a test or a person asks the sandbox itself; no key needed on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from pulumi_posthog.sandbox.counting import REQUESTS
from pulumi_posthog.sandbox.models import Organization, Plugin
from pulumi_posthog.sandbox.options import SandboxError, is_loopback
from pulumi_posthog.sandbox.switches import SWITCHES
from pulumi_posthog.sandbox.views import living_projects

Handler = Callable[[dict[str, Any]], Any]

# Where the page is and how to log in; the server says so at the start.
ADMIN_PAGE: dict[str, str] = {"url": "/admin/", "username": "admin", "password": ""}


def info(_body: dict[str, Any]) -> Any:
    """Who and what there is to begin with."""
    organization = Organization.objects.order_by("created_at").first()
    if organization is None:
        return {"organization": None, "age": SWITCHES.age, "admin": ADMIN_PAGE}
    members = organization.memberships.select_related("user").order_by("-level", "user__email")
    return {
        "organization": {"id": str(organization.pk), "name": organization.name, "slug": organization.slug},
        "projects": [
            {"id": each.pk, "name": each.name}
            for each in living_projects().filter(organization=organization).order_by("pk")
        ],
        "members": [
            {"email": each.user.email, "uuid": str(each.user.uuid), "level": each.level} for each in members
        ],
        "plugins": [
            {"id": each.pk, "name": each.name, "url": each.url} for each in Plugin.objects.order_by("pk")
        ],
        "age": SWITCHES.age,
        "admin": ADMIN_PAGE,
    }


def requests(_body: dict[str, Any]) -> Any:
    return REQUESTS.as_json()


def forget_requests(_body: dict[str, Any]) -> Any:
    REQUESTS.forget()
    return REQUESTS.as_json()


def settings(_body: dict[str, Any]) -> Any:
    return SWITCHES.as_json()


def change_settings(body: dict[str, Any]) -> Any:
    SWITCHES.change(body)
    return SWITCHES.as_json()


def endpoint(path: str, **handlers: Handler) -> URLPattern:
    """A path and what each method does there."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponseBase:
        if not is_loopback(str(request.META.get("REMOTE_ADDR", ""))):
            return JsonResponse(
                {"error": "/_sandbox/ is for programs on the sandbox's own machine"}, status=403
            )
        handler = handlers.get(str(request.method))
        if handler is None:
            return JsonResponse({"error": f"{path} takes {', '.join(handlers)}"}, status=405)
        try:
            body = json.loads(request.body or b"{}")
            if not isinstance(body, dict):
                raise SandboxError("the body is a JSON object")
            return JsonResponse(handler(body))
        except (SandboxError, ValueError) as error:
            return JsonResponse({"error": str(error)}, status=400)

    return re_path(rf"^{path}/?$", view)


def urls() -> list[URLPattern]:
    """All of it."""
    return [
        endpoint("info", GET=info),
        endpoint("requests", GET=requests, DELETE=forget_requests),
        endpoint("settings", GET=settings, PATCH=change_settings),
    ]
