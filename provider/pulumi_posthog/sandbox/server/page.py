"""What only the sandbox's own page needs: who is logged in, and from which form a request comes.

A request to the API has its key. With Django's own middleware a tenth of its time was spent on cookies that it has not.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

WITHOUT_COOKIES = ("/api/", "/_sandbox/")


class OfPage:
    """Passes on at once what is asked by programs."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(WITHOUT_COOKIES):
            passed: HttpResponseBase = self.get_response(request)
            return passed
        done: HttpResponseBase = super().__call__(request)  # type: ignore[misc] # it is beside a middleware
        return done


class Sessions(OfPage, SessionMiddleware):
    """Who is logged in, by a cookie."""


class Forms(OfPage, CsrfViewMiddleware):
    """A form comes from the page itself; what is said to be exempt from that needs no token without it, too."""


class Users(OfPage, AuthenticationMiddleware):
    """The person of the session."""


class Messages(OfPage, MessageMiddleware):
    """What the page tells after a change."""
