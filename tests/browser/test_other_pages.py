"""A page of somebody else, open in the same browser, reaches nothing of the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from harness.sandbox import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

ATTACK = """\
const done = arguments[arguments.length - 1], [sandbox, key] = arguments;
const send = (path, options) => fetch(sandbox + path, {mode: "no-cors", ...options}).catch(() => null);
const form = new URLSearchParams({personal_api_key: key, name: "Made by a page"});
Promise.all([
  send("/_sandbox/faults", {method: "POST", body: '{"spec": "500 GET /roles/ times=1"}'}),
  send("/_sandbox/reset", {method: "POST"}),
  send(ROLES, {method: "POST", body: form}),
]).then(() => done(true));
"""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of an empty page of another server."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f":{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["of another site", "of another port"])
def test_a_page_can_change_nothing(
    browser: webdriver.Chrome, posthog: Sandbox, elsewhere: str, host: str
) -> None:
    roles = f"/api/organizations/{posthog.organization}/roles/"
    posthog.call("POST", roles, {"name": "Kept"})
    before = posthog.get(roles)
    browser.get(f"http://{host}{elsewhere}")

    browser.execute_async_script(ATTACK.replace("ROLES", repr(roles)), posthog.url, posthog.key)

    assert posthog.get("/_sandbox/faults")["faults"] == []
    assert posthog.get(roles) == before


def test_a_form_of_a_page_can_change_nothing(
    browser: webdriver.Chrome, posthog: Sandbox, elsewhere: str
) -> None:
    roles = f"/api/organizations/{posthog.organization}/roles/"
    before = posthog.get(roles)
    browser.get(f"http://localhost{elsewhere}")

    browser.execute_script(
        """
        const form = document.createElement("form");
        form.method = "POST"; form.action = arguments[0];
        for (const [name, value] of Object.entries({personal_api_key: arguments[1], name: "Made by a form"})) {
          const field = document.createElement("input");
          field.name = name; field.value = value; form.append(field);
        }
        document.body.append(form); form.submit();
        """,
        posthog.url + roles,
        posthog.key,
    )

    assert "no page of another origin" in browser.find_element(By.TAG_NAME, "body").text
    assert posthog.get(roles) == before


def test_the_admin_page_shows_in_no_other_page(
    browser: webdriver.Chrome, posthog: Sandbox, elsewhere: str
) -> None:
    browser.get(f"http://127.0.0.1{elsewhere}")

    browser.execute_async_script(
        """
        const done = arguments[1], frame = document.createElement("iframe");
        frame.onload = () => done(true); frame.src = arguments[0]; document.body.append(frame);
        """,
        f"{posthog.url}/admin/",
    )
    browser.switch_to.frame(0)

    assert browser.find_elements(By.NAME, "username") == []
