"""Who may ask at all: programs on this machine, and the sandbox's own page, but no page from elsewhere.

A browser lets any page send requests to this machine, and a page's name may be made to lead here (DNS rebinding).
What PostHog itself allows to other pages, nobody needs here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, JsonResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

ALLOWED_NAMES: set[str] = set()
"""Names under which the sandbox may be asked for beside `localhost`, in small letters; `--allow-host` says them."""
JSON = "application/json"


class KeepOtherPagesOut:
    """Refuses what a page of another origin sends, and shows nothing inside another page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        refusal = refused(request)
        response = JsonResponse({"error": refusal}, status=403) if refusal else self.get_response(request)
        response["X-Frame-Options"] = "DENY"
        response["Content-Security-Policy"] = "frame-ancestors 'none'"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def refused(request: HttpRequest) -> str | None:
    """Why a request is not answered; None when it is."""
    host = str(request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", ""))
    if not is_allowed_name(split_domain_port(host)[0].strip("[]")):
        return "the sandbox is not known by this name: start it with --allow-host NAME"
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return "the sandbox answers no page of another origin"
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and not is_link(request):
        return "the sandbox answers no page of another site"
    return None


def is_allowed_name(name: str) -> bool:
    """An address is nobody's name, and cannot be made to lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.lower() == "localhost" or name.lower() in ALLOWED_NAMES
    return True


def is_link(request: HttpRequest) -> bool:
    """Whether a person followed a link to the sandbox's own page, which changes nothing."""
    return (
        request.method == "GET"
        and request.path.startswith("/admin/")
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
    )


def is_form(request: HttpRequest) -> bool:
    """Whether there is something in a request that is not said to be JSON: a page can send that unasked."""
    return (bool(request.content_type) or bool(request.body)) and request.content_type != JSON
