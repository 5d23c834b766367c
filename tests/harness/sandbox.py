"""The sandbox as a real process, and its API as another person would use it."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Mapping
from typing import Any

from harness import forked
from harness.waiting import eventually

KEY = "phx_test_key_that_must_not_leak"
START_SECONDS = 30


class Sandbox:
    """A running sandbox; `with Sandbox("--age", "2025") as posthog: ...`.

    It is a fork of a process that has imported Django, but for the `real` program, which is itself in `process`.
    """

    def __init__(self, *options: str, key: str = KEY, real: bool = False, **variables: str) -> None:
        self.key = key
        self.said = ""  # what the process has printed, once it is stopped
        self._connections: dict[tuple[int, int], http.client.HTTPConnection] = {}
        self._organization = ""  # asked for once, until something is told to the sandbox itself
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "POSTHOG_SANDBOX_KEY": key, **variables}
        program = [sys.executable, "-m", "pulumi_posthog.sandbox"] if real else [forked.sandbox(environment)]
        self.process = subprocess.Popen(
            [*program, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self.url = self._url()

    def _url(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if match := re.search(r"http://[\d.]+:\d+", line):
                return match.group()
        self.process.stdout.close()
        self.process.wait()
        raise AssertionError(f"the sandbox did not start: {self.said}")

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the process."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self.process.terminate()
        self.said += self.process.communicate(timeout=START_SECONDS)[0]

    def call(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        """One request with the key; raises AssertionError with PostHog's answer when it is refused."""
        data, headers = None, {"Authorization": f"Bearer {self.key}"}
        if method != "GET" and path.startswith("/_sandbox/"):
            self._organization = ""
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if form:
            data = urllib.parse.urlencode(body).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, text = self._exchange(method, path, data, headers)
        if status >= 400:
            raise AssertionError(f"{method} {path}: {status} {text.decode()}")
        answer = json.loads(text) if text else None
        if path == "/_sandbox/reset":  # which tells whose the sandbox is now
            self._organization = str(answer["organization"]["id"]) if answer["organization"] else ""
        return answer

    def _exchange(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Status and body, over a connection that stays open: to make a new one costs the sandbox a millisecond."""
        mine = (os.getpid(), threading.get_ident())  # no connection is used by two threads, or after a fork
        connection = self._connections.get(mine)
        if connection is None:
            address = urllib.parse.urlsplit(self.url)
            connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
            self._connections[mine] = connection
        elif connection.sock and select.select([connection.sock], [], [], 0)[0]:
            connection.close()  # the sandbox has ended it, as it does when nobody asks for ten minutes
        try:
            connection.request(method, path, data, dict(headers))
            with connection.getresponse() as response:
                return response.status, response.read()
        except BaseException:
            connection.close()  # the next request makes a new one
            raise

    def get(self, path: str) -> Any:
        """The answer to a GET."""
        return self.call("GET", path)

    def all(self, path: str) -> list[Any]:
        """All objects of a list."""
        results: list[Any] = []
        while True:
            page = self.get(path)
            results += page["results"]
            if not page["next"]:
                return results
            path = page["next"].removeprefix(self.url)

    def key_of(self, person: str) -> str:
        """A new key of somebody, by the e-mail address, that may do all that its owner may."""
        return str(self.call("POST", "/_sandbox/keys", {"user": person, "scopes": ["*"]})["key"])

    @property
    def info(self) -> Mapping[str, Any]:
        """The ids that a client needs."""
        info: Mapping[str, Any] = self.get("/_sandbox/info")
        return info

    @property
    def organization(self) -> str:
        """The organization's id."""
        if not self._organization:
            self._organization = str(self.info["organization"]["id"])
        return self._organization

    def requests(self) -> Mapping[str, Any]:
        """What was asked since the last `count_anew`."""
        counts: Mapping[str, Any] = self.get("/_sandbox/requests")
        return counts

    def count_anew(self) -> None:
        """Starts the counts from zero."""
        self.call("DELETE", "/_sandbox/requests")

    def await_request(self) -> None:
        """Until a request has begun since the last `count_anew`; one that began before it does not count."""
        assert eventually(lambda: self.requests()["at_once"]), "nothing is asked of PostHog"

    def writes(self) -> dict[str, int]:
        """Every request that was no GET: "METHOD path" -> how often."""
        return {
            path: count for path, count in self.requests()["by_path"].items() if not path.startswith("GET ")
        }

    def allow_legacy_destinations(self) -> None:
        """Lets destinations and site apps be created, which PostHog stopped in 2025; until the next reset."""
        self.call("PATCH", "/_sandbox/settings", {"legacy_destinations": True})

    def role(self, name: str) -> Any:
        """The role of that name, None when there is none."""
        roles = self.all(f"/api/organizations/{self.organization}/roles/")
        return next((role for role in roles if role["name"] == name), None)

    def project(self, name: str) -> Any:
        """The whole project of that name, None when there is none."""
        projects = self.all(f"/api/organizations/{self.organization}/projects/")
        found = next((project for project in projects if project["name"] == name), None)
        return found and self.get(f"/api/organizations/{self.organization}/projects/{found['id']}/")

    def members(self, role: str) -> list[str]:
        """The e-mail addresses of a role's members, sorted."""
        return sorted(membership["user"]["email"] for membership in self.role(role)["members"])
