"""What can go wrong between us and PostHog.

ApiError
├── Unreachable          no answer at all, and nothing was sent that could have changed anything
├── BadSurroundings      a proxy or a certificate cannot be used: nothing was sent
├── OutcomeUnknown       a write was sent and its answer was lost: it may have happened
├── IncompleteRead       a list or object could not be read whole: nothing may be planned from it
│   └── NotServed        the server is too old for a list, or has it switched off
├── GaveUp               waiting would take longer than allowed
├── WriteRefused         a reader was asked to write: a bug, or a safety net doing its work
├── NotForKeys           no personal API key may do this (posthog-api.md 1.5): it was not even sent
└── Refused              PostHog answered no; has status, code, attr, detail
    ├── Unauthorized     401
    ├── PaymentRequired  402
    ├── Forbidden        403
    │   └── NotOffered   403 for an action without scope mapping, or 405 (posthog-api.md 1.5)
    ├── NotFound         404 in PostHog's own words; a proxy's 404 page is a plain Refused: it proves nothing
    ├── Conflict         409
    ├── Invalid          400, 415, 422
    ├── Throttled        429
    └── ServerFailed     5xx
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


class ApiError(Exception):
    """One line for people: what was attempted, what went wrong, what to do about it.

    `problem` and `hint` are the parts of that line. The other attributes are None where they don't apply:
    `status`, `code`, `attr` and `detail` are PostHog's answer (posthog-api.md 1.6), also where it is only the
    cause of the trouble; `retry_after` is in seconds.
    """

    def __init__(
        self,
        problem: str,
        *,
        method: str | None = None,
        path: str | None = None,
        hint: str | None = None,
        status: int | None = None,
        code: str | None = None,
        attr: str | None = None,
        detail: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        attempted = f"{method} {path}: " if method and path else ""
        super().__init__(f"{attempted}{problem}" + (f"; {hint}" if hint else ""))
        self.problem = problem
        self.hint = hint
        self.method = method
        self.path = path
        self.status = status
        self.code = code
        self.attr = attr
        self.detail = detail
        self.retry_after = retry_after


class Unreachable(ApiError):
    """No answer at all, and nothing was sent that could have changed anything."""


class BadSurroundings(ApiError):
    """A variable of the environment keeps us from any request: a proxy, a certificate. Nothing was sent."""


class OutcomeUnknown(ApiError):
    """A write was sent and its answer was lost: it may have happened. Look before trying again."""


class IncompleteRead(ApiError):
    """A list or object could not be read whole: nothing may be planned from it."""


class NotServed(IncompleteRead):
    """The server has no such list: it is older than what is asked about, or has it switched off."""


class GaveUp(ApiError):
    """Waiting would take longer than allowed, or somebody stopped it. This request was not sent, or it only reads."""


class WriteRefused(ApiError):
    """A reader was asked to write. Nothing was sent."""


class NotForKeys(ApiError):
    """An operation that no scope opens to a personal API key (posthog-api.md 1.5). Nothing was sent."""


class Refused(ApiError):
    """PostHog, or a proxy on the way, answered no."""


class Unauthorized(Refused):
    """401: the key is missing, unknown or revoked (posthog-api.md 1.2)."""


class PaymentRequired(Refused):
    """402: the organization's plan lacks the feature."""


class Forbidden(Refused):
    """403: a scope is missing, or the key's owner may not do this (posthog-api.md 1.2)."""


class NotOffered(Forbidden):
    """No scope opens this action to a personal API key, or the method does not exist (posthog-api.md 1.5)."""


class NotFound(Refused):
    """404, in PostHog's own words."""


class Conflict(Refused):
    """409: a project of that name exists (posthog-api.md 1.6)."""


class Invalid(Refused):
    """400, 415, 422: PostHog does not take what was sent."""


class Throttled(Refused):
    """429: too many requests with this key (posthog-api.md 1.8)."""


class ServerFailed(Refused):
    """5xx: PostHog or a proxy in front of it failed."""


HINTS: Final[Mapping[type[Refused], str]] = {
    Unauthorized: "check that the personal API key is complete, not revoked, and made on this very host",
    PaymentRequired: "the plan of this organization does not include it",
    Forbidden: "give the key that scope or that access, or use the key of an organization admin",
    NotOffered: "this server does not offer that to a personal API key, whatever its scopes",
    NotFound: "check the id, and that the key may see this organization or project",
    Conflict: "look at what already exists",
    Throttled: "the key has used up its requests: run again later",
    ServerFailed: "try again later; PostHog's state is at https://status.posthog.com",
}
