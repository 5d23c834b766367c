"""PostHog moves to another address: the state follows where POSTHOG_HOST says so, and nobody else is asked."""

from __future__ import annotations

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ROLE = "roles:\n  Data team: {}\n"


def elsewhere(host: str) -> str:
    """The same server by another name: what a move looks like from outside."""
    return (
        host.replace("127.0.0.1", "localhost")
        if "127.0.0.1" in host
        else host.replace("localhost", "127.0.0.1")
    )


def recorded(stack) -> set[str]:
    state = stack.state().values()
    places = [part["__at"] for each in state for part in (each.get("outputs") or {},) if "__at" in part]
    return {json.loads(place)["host"] for place in places}


@pytest.mark.parametrize("refresh", ["--refresh=true", "--refresh=false"])
def test_posthog_moves_and_the_state_follows(stack, refresh: str):
    stack.write(ROLE)
    assert stack.up().status == 0
    new = elsewhere(stack.posthog.url)
    stack.environment["POSTHOG_HOST"] = new

    moved = stack.up(refresh)

    assert moved.status == 0, moved.text
    assert recorded(stack) == {new}
    assert stack.up(refresh).changes.keys() == {"unchanged"}


@pytest.mark.parametrize("refresh", ["--refresh=true", "--refresh=false"])
def test_a_file_that_names_another_host_than_the_state_is_refused(stack, refresh: str):
    header = "organization:\n  host: {}\n  id: !env POSTHOG_ORGANIZATION_ID\n"
    host, new = stack.posthog.url, elsewhere(stack.posthog.url)
    del stack.environment["POSTHOG_HOST"]
    stack.write(ROLE, header=header.format(host))
    assert stack.up().status == 0
    stack.write(ROLE, header=header.format(new))

    refused = stack.up(refresh)

    assert refused.status != 0
    assert f"POSTHOG_HOST={new} pulumi up" in refused.text
    assert recorded(stack) == {host}
    assert urllib.parse.urlsplit(new).hostname != urllib.parse.urlsplit(host).hostname


class Listener(ThreadingHTTPServer):
    """A server that only listens: `heard` is the headers of each request."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def parse_request(self) -> bool:
                if not super().parse_request():
                    return False
                heard.append({**self.headers, "requested": f"{self.command} {self.path}"})
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return False

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def listener():
    with Listener() as server:
        yield server
        server.shutdown()


PYTHON = """\
import pulumi_posthog

for name in ("Data team", "Another"):
    pulumi_posthog.Role(name, name=name)
"""


@pytest.mark.parametrize("program", ["yaml", "python"])
def test_a_server_that_only_a_file_names_never_hears_of_the_key(stack, listener, program: str):
    header = "organization:\n  host: {}\n  id: !env POSTHOG_ORGANIZATION_ID\n"
    del stack.environment["POSTHOG_HOST"]
    stack.write(ROLE, header=header.format(stack.posthog.url))
    stack.set("host", stack.posthog.url)
    if program == "python":
        (stack.folder / "__main__.py").write_text(PYTHON.replace(', "Another"', ","))
    made = stack.up()
    assert made.status == 0, made.text
    # What a branch proposes: the same and one more, at another address.
    stack.write(f"{ROLE}  Another: {{}}\n", header=header.format(listener.url))
    stack.set("host", listener.url)
    if program == "python":
        (stack.folder / "__main__.py").write_text(PYTHON)

    runs = [stack.preview(), stack.up("--refresh=false"), stack.up()]
    verbs = [stack.command(*verb, timeout=60) for verb in VERBS] if program == "yaml" else []

    assert listener.heard == []
    for run in runs:
        assert run.status != 0
        assert f"POSTHOG_HOST={listener.url} pulumi up" in run.text
        assert "Traceback" not in run.text
    assert [verb.status for verb in verbs] == [2] * len(verbs), [verb.text for verb in verbs]


VERBS = (("drift",), ("persons",), ("estimate",), ("doctor",), ("adopt",), ("query", "SELECT 1"))


def test_where_the_state_cannot_be_asked_the_key_is_not_sent(stack, listener):
    header = f"organization:\n  host: {listener.url}\n  id: !env POSTHOG_ORGANIZATION_ID\n"
    del stack.environment["POSTHOG_HOST"]
    stack.write(ROLE, header=header)
    # Pulumi itself runs, but the program finds no `pulumi` that answers.
    broken = stack.folder / "broken"
    broken.mkdir()
    (broken / "pulumi").write_text("#!/bin/sh\necho 'error: the backend is away' >&2\nexit 1\n")
    (broken / "pulumi").chmod(0o755)
    program = (stack.folder / "__main__.py").read_text()
    (stack.folder / "__main__.py").write_text(
        f"import os\nos.environ['PATH'] = {str(broken)!r} + os.pathsep + os.environ['PATH']\n{program}"
    )

    refused = stack.preview()

    assert refused.status != 0
    assert "the backend is away" in refused.text
    assert f"POSTHOG_HOST={listener.url}" in refused.text
    assert listener.heard == []
