"""Starts the local PostHog, and talks to it as a person at a browser would: reads, edits."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import places
import sandbox_process
from steps import ToolError

KEY_VARIABLE = "POSTHOG_PERSONAL_API_KEY"
SECONDS_TO_START = 60.0
SECONDS_PER_REQUEST = 30.0
# A program elsewhere may take the free port between our asking for one and the sandbox's listening on it.
TRIES = 3


@dataclass(frozen=True)
class LocalPostHog:
    """A running sandbox: its URL, and a key that is never printed."""

    url: str
    key: str

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request; its decoded answer, None for an empty one. Raises ToolError with PostHog's words."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), headers, method=method
        )
        # Whatever proxy the environment names: this stays on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=SECONDS_PER_REQUEST) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:300]
            raise ToolError(
                f"{method} {path}: {error.code} {said}", f"look at {sandbox_process.LOG}"
            ) from error
        except OSError as error:
            raise ToolError(f"{method} {path}: {error}", f"look at {sandbox_process.LOG}") from error
        return json.loads(text) if text else None

    def information(self) -> dict[str, Any]:
        """The organization, its projects and members, and the login of the admin page."""
        return dict(self.call("GET", "/_sandbox/info"))

    def forget_requests(self) -> None:
        """Count requests from zero."""
        self.call("DELETE", "/_sandbox/requests")

    def requests(self) -> dict[str, int]:
        """How many requests came, by method, since they were last forgotten."""
        return dict(self.call("GET", "/_sandbox/requests")["by_method"])


def start() -> LocalPostHog:
    """Start a sandbox with a key of its own on a free port. Raises ToolError with the end of its log."""
    key = f"phx_{secrets.token_urlsafe(32)}"
    environment = places.environment() | {"PYTHONUNBUFFERED": "1", "POSTHOG_SANDBOX_KEY": key}
    # Of a sandbox by hand in the same shell: `make up` says a password that is made up.
    environment.pop("POSTHOG_SANDBOX_ADMIN_PASSWORD", None)
    for _attempt in range(TRIES):
        port = sandbox_process.free_port()
        program = places.VENV_BIN / "pulumi-posthog"
        database = sandbox_process.FOLDER / "posthog.sqlite3"
        options = ["--port", str(port), "--db", str(database)]
        process = sandbox_process.start([program, "sandbox", *options], environment)
        posthog = LocalPostHog(f"http://127.0.0.1:{port}", key)
        give_up = time.monotonic() + SECONDS_TO_START
        while process.poll() is None and time.monotonic() < give_up:
            if answers(posthog):
                return posthog
            time.sleep(0.1)
        sandbox_process.stop()
        text = sandbox_process.LOG.read_text(errors="replace").replace(key, "(the key)")
        if "cannot listen" not in text:
            break
    last = "\n".join(f"    {line}" for line in text.splitlines()[-8:])
    raise ToolError(f"the sandbox does not start:\n{last}", f"the whole log is {sandbox_process.LOG}")


def answers(posthog: LocalPostHog) -> bool:
    """Whether it answers, and knows our key: another program may have got the port."""
    try:
        return bool(posthog.call("GET", "/api/users/@me/"))
    except ToolError:
        return False


def variables(posthog: LocalPostHog) -> dict[str, str]:
    """What examples/acme needs in the environment."""
    return {
        "POSTHOG_HOST": posthog.url,
        "POSTHOG_ORGANIZATION_ID": posthog.information()["organization"]["id"],
        KEY_VARIABLE: posthog.key,
        # Of a pretended service and a pretended project, to which nothing is ever sent.
        "ORDERS_HOOK_TOKEN": f"Bearer {secrets.token_urlsafe(16)}",
        "COPY_PROJECT_TOKEN": f"phc_{secrets.token_urlsafe(16)}",
    }
