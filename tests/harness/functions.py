"""A PostHog that has projects, hog functions, their templates, and a few things that they refer to; nothing else.

From posthog-api-cdp.md 2 and 3. It is for tests of the client in one process; the sandbox is PostHog as a whole.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ORGANIZATION = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
KEY = "phx_functions_do_not_show_me"
WEBHOOK = {
    "id": "template-webhook",
    "name": "HTTP Webhook",
    "description": "Sends a webhook",
    "type": "destination",
    "status": "stable",
    "code": "fetch(inputs.url)",
    "icon_url": "/static/webhook.png",
    "inputs_schema": [
        {"key": "url", "type": "string", "label": "Webhook URL", "required": True},
        {
            "key": "method",
            "type": "choice",
            "default": "POST",
            "choices": [{"label": name, "value": name} for name in ("POST", "PUT", "GET")],
        },
        {"key": "headers", "type": "dictionary"},
        {"key": "signing_secret", "type": "string", "secret": True},
        {"key": "retries", "type": "number"},
        {"key": "debug", "type": "boolean"},
    ],
}
SLACK = {
    "id": "template-slack",
    "name": "Slack",
    "description": "",
    "type": "destination",
    "status": "stable",
    "code": "slack(inputs)",
    "inputs_schema": [
        {"key": "slack_workspace", "type": "integration", "integration": "slack", "required": True},
        {"key": "channel", "type": "integration_field", "required": True},
        {"key": "text", "type": "string", "templating": "liquid"},
    ],
}
GEOIP = {
    "id": "template-geoip",
    "name": "GeoIP",
    "description": "Where from",
    "type": "transformation",
    "status": "stable",
    "code": "return geo(event)",
    "inputs_schema": [],
}
OLD = {**WEBHOOK, "id": "template-old", "status": "deprecated"}
PLUGIN = {
    "id": "plugin-customerio-plugin",
    "name": "Customer.io",
    "type": "destination",
    "status": "alpha",
    "code": "not used",
    "inputs_schema": [
        {"key": "host", "type": "string", "required": True},
        {"key": "token", "type": "string", "secret": True, "required": True},
    ],
}
TEMPLATES = {each["id"]: each for each in (WEBHOOK, SLACK, GEOIP, OLD, PLUGIN)}
SECRET = {"secret": True}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, attr: str | None, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"type": "validation_error", "code": code, "attr": attr, "detail": detail}


class PostHog:
    """The server. `full` says whether it knows `full=true`; `requests` counts what it was asked, by method and path."""

    def __init__(self, *, full: bool = True, projects: tuple[str, ...] = ("Web",)) -> None:
        self.full = full
        self.requests: Counter[str] = Counter()
        self.bodies: list[tuple[str, str, Any]] = []
        self.projects: dict[str, dict[str, Any]] = {}
        self.functions: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, dict[str, Any]] = {}
        self.exports: dict[str, dict[str, Any]] = {}
        self.texts = False  # whether a GET answers numbers and booleans of a config as texts (4.5)
        self.above = True  # whether the organization's one list of batch exports is there
        self.lists: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.lost: Counter[str] = Counter()  # of so many requests of a method the answer is lost: a 502
        self.lock = threading.Lock()
        for name in projects:
            self.project(name)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"null")
                with server.lock:
                    status, said = server.answer(self.command, self.path, body)
                text = b"" if said is None else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        for verb in ("GET", "POST", "PATCH", "DELETE"):
            setattr(Handler, f"do_{verb}", Handler.answer)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.organization, self.key = ORGANIZATION, KEY

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def count_anew(self) -> None:
        self.requests.clear()
        self.bodies.clear()

    @property
    def writes(self) -> list[tuple[str, Any]]:
        """(method, body) of every request that was no GET, in their order."""
        return [(method, body) for method, _, body in self.bodies]

    def named(self, name: str, type_: str = "destination") -> dict[str, Any]:
        return next(
            each
            for each in self.functions.values()
            if (each["name"], each["type"]) == (name, type_) and not each["deleted"]
        )

    def project(self, name: str) -> dict[str, Any]:
        id_ = len(self.projects) + 1
        self.projects[str(id_)] = {
            "id": id_,
            "name": name,
            "organization": ORGANIZATION,
            "timezone": "UTC",
            "primary_dashboard": None,
            "test_account_filters": [],
        }
        self.make(str(id_), {"type": "transformation", "template_id": "template-geoip", "enabled": True})
        return self.projects[str(id_)]

    # -- hog functions ---------------------------------------------------------------------------------------

    def make(self, project: str, body: dict[str, Any]) -> dict[str, Any]:
        template = TEMPLATES.get(body.get("template_id", ""))
        if body.get("template_id") and template is None:
            raise Refusal(400, "invalid_input", "template_id", "No template found")
        type_ = body.get("type", "destination")
        row: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "project": project,
            "type": type_,
            "template": template,
            "enabled": False,
            "deleted": False,
            "inputs": {},
            "filters": {},
            "mappings": None,
            "masking": None,
            "description": "",
            "icon_url": None,
            "inputs_schema": [],
            "hog": "",
            "name": None,
            "execution_order": None,
            "status": {"state": 0, "tokens": 0},
            "created_at": f"2026-01-01T00:00:{len(self.functions):02}Z",
        }
        if type_ == "transformation":
            orders = [each["execution_order"] for each in self.here(project, type_)]
            row["execution_order"] = max(filter(None, orders), default=0) + 1
        filled = dict(body)
        if template:
            supplied = {
                name: template.get(name) for name in ("inputs_schema", "icon_url", "description", "name")
            }
            supplied["hog"] = template["code"]
            filled |= {name: value for name, value in supplied.items() if not filled.get(name) and value}
        if not filled.get("hog"):
            raise Refusal(400, "invalid_input", "hog", "Required.")
        self.functions[row["id"]] = row
        try:
            self.change(row, filled, created=True)
        except Refusal:
            del self.functions[row["id"]]
            raise
        return row

    def change(self, row: dict[str, Any], body: dict[str, Any], *, created: bool = False) -> None:
        known = ("name", "description", "enabled", "hog", "inputs_schema", "filters", "mappings", "masking")
        wanted = {
            **row,
            **{
                name: body[name]
                for name in (*known, "icon_url", "execution_order", "deleted")
                if name in body
            },
        }
        if not created and "type" in body and body["type"] != row["type"]:
            raise Refusal(400, "invalid_input", "type", "Cannot modify the type of an existing function")
        if wanted["enabled"] and row["type"] == "transformation" and not (row["enabled"] and not created):
            if (
                sum(
                    each["enabled"] for each in self.here(row["project"], "transformation") if each is not row
                )
                >= 20
            ):
                raise Refusal(400, "invalid_input", "type", "Maximum of 20 enabled transformation functions")
            if not created and "execution_order" not in body:
                orders = [each["execution_order"] for each in self.here(row["project"], "transformation")]
                wanted["execution_order"] = max(orders) + 1
        wanted["inputs_schema"] = [
            {"required": False, "secret": False, "hidden": False, **item} for item in wanted["inputs_schema"]
        ]
        wanted["hog"] = wanted["hog"].strip()
        if "mappings" not in body and not created:
            wanted["mappings"] = None  # the bug of 2026-09 (2.8)
        if wanted["mappings"] == [] and created:
            wanted["mappings"] = None
        if not wanted["filters"]:
            wanted["filters"] = {}
        if "filters" in body or created:
            allowed = ("source", "events", "actions", "properties", "filter_test_accounts")
            wanted["filters"] = {
                name: wanted["filters"][name] for name in allowed if name in wanted["filters"]
            }
            if created:
                wanted["filters"].setdefault("source", "events")
        inputs, secrets = self._inputs(row["id"], wanted["inputs_schema"], body.get("inputs"), row["inputs"])
        wanted["inputs"] = inputs
        row.update(wanted)
        self.secrets[row["id"]] = secrets

    def _inputs(self, id_: str, schema: Any, sent: Any, stored: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        secrets, result = dict(self.secrets.get(id_, {})), {}
        for item in schema:
            key = item["key"]
            given = (sent or {}).get(key) if sent is not None else stored.get(key)
            if item.get("secret"):
                if isinstance(given, dict) and "value" in given and not given.get("secret"):
                    secrets[key] = given["value"]
                if item.get("required") and key not in secrets:
                    raise Refusal(400, "invalid_input", f"inputs__{key}", "This field is required.")
                continue
            value = given.get("value") if isinstance(given, dict) else None
            if item.get("required") and value in (None, ""):
                raise Refusal(400, "invalid_input", f"inputs__{key}", "This field is required.")
            if value is None:
                continue
            result[key] = {"value": value}
            templating = item.get("templating") or given.get("templating")
            if templating:
                result[key]["templating"] = templating
        return result, {
            key: value for key, value in secrets.items() if any(each["key"] == key for each in schema)
        }

    def here(self, project: str, type_: str | None = None) -> list[dict[str, Any]]:
        return [
            each
            for each in self.functions.values()
            if each["project"] == project and not each["deleted"] and type_ in (None, each["type"])
        ]

    def shown(self, row: dict[str, Any], *, whole: bool) -> dict[str, Any]:
        answer = {name: value for name, value in row.items() if name not in ("project", "deleted")}
        answer["filters"] = {"source": "events", **row["filters"], "bytecode": ["_H", 1]}
        if not whole:
            for name in ("inputs", "inputs_schema", "mappings", "masking"):
                del answer[name]
            return answer
        answer["bytecode"] = ["_H", 1]
        inputs: dict[str, Any] = {}
        for place, item in enumerate(row["inputs_schema"]):
            key = item["key"]
            if item.get("secret"):
                if key in self.secrets.get(row["id"], {}):
                    inputs[key] = SECRET
            elif key in row["inputs"]:
                inputs[key] = {**row["inputs"][key], "order": place, "bytecode": ["_H"]}
            else:
                inputs[key] = None
        answer["inputs"] = inputs
        return answer

    # -- requests ----------------------------------------------------------------------------------------------

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.requests[f"{method} {parts.path}"] += 1
        if method != "GET":
            self.bodies.append((method, parts.path, body))
        try:
            answer = self._answer(method, parts.path, query, body)
            if self.lost[method]:
                self.lost[method] -= 1
                return 502, {}
            return answer
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if path == "/api/users/@me/":
            return 200, {"email": "ana@acme.io", "organization": {"id": ORGANIZATION}}
        if path == f"/api/organizations/{ORGANIZATION}/":
            projects = [{"id": each["id"], "name": each["name"]} for each in self.projects.values()]
            return 200, {"id": ORGANIZATION, "name": "Acme", "membership_level": 15, "projects": projects}
        if found := re.fullmatch(rf"/api/organizations/{ORGANIZATION}/(\w+)/(?:(\d+)/)?", path):
            return self._organization(method, found[1], found[2], query, body)
        if found := re.fullmatch(r"/api/projects/(\d+)/(\w+)/(?:([^/]+)/)?", path):
            return self._project(method, found[1], found[2], found[3], query, body)
        if found := re.fullmatch(r"/api/(?:projects|environments)/(\d+)/", path):
            return 200, self.projects[found[1]]
        return 404, {"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": None}

    def _organization(
        self, method: str, name: str, id_: str | None, query: Any, body: Any
    ) -> tuple[int, Any]:
        if name == "batch_exports":
            if not self.above:
                return 404, {
                    "type": "invalid_request",
                    "code": "not_found",
                    "detail": "Not found.",
                    "attr": None,
                }
            return 200, self._page([self.export_shown(each) for each in self.exports.values()], query)
        if name != "projects":
            return 200, self._page(self.lists.get(("", name), []), query)
        if method == "POST":
            return 201, {**self.project(body["name"]), **body}
        if id_ is None:
            return 200, self._page(list(self.projects.values()), query)
        if method == "PATCH":
            self.projects[id_].update(body)
        return 200, self.projects[id_]

    def _project(
        self, method: str, project: str, name: str, id_: str | None, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        missing = 404, {"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": None}
        if project not in self.projects or "access_controls" in name:
            return missing
        if name == "hog_function_templates":
            if id_:
                return (200, TEMPLATES[id_]) if id_ in TEMPLATES else missing
            types = query.get("types", "destination").split(",")
            listed = [
                each for each in TEMPLATES.values() if each["type"] in types and each not in (OLD, PLUGIN)
            ]
            return 200, self._page(listed, query)
        if name == "batch_exports":
            return self._exports(method, project, id_, query, body)
        if name != "hog_functions":
            return 200, self._page(self.lists.get((project, name), []), query)
        if method == "POST":
            return 201, self.shown(self.make(project, body), whole=True)
        if id_ is None:
            rows = sorted(self.here(project), key=lambda each: each["execution_order"] or 10**9)
            whole = self.full and query.get("full") == "true"
            return 200, self._page([self.shown(each, whole=whole) for each in rows], query)
        row = self.functions.get(id_)
        restores = method == "PATCH" and body.get("deleted") is False
        if row is None or row["project"] != project or (row["deleted"] and not restores):
            return missing
        if method == "DELETE":
            return 405, None
        if method == "PATCH":
            self.change(row, body)
        return 200, self.shown(row, whole=True)

    # -- batch exports -----------------------------------------------------------------------------------------

    def _exports(
        self, method: str, project: str, id_: str | None, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        if method == "POST":
            row = {
                "id": str(uuid.uuid4()),
                "team_id": int(project),
                "model": "events",
                "paused": False,
                "timezone": "UTC",
                "offset_hour": None,
                "created_at": "2026-01-01T00:00:00.000000Z",
                **body,
            }
            self.exports[row["id"]] = row
            return 201, self.export_shown(row, texts=False)
        if id_ is None:
            here = [each for each in self.exports.values() if each["team_id"] == int(project)]
            return 200, self._page([self.export_shown(each) for each in here], query)
        if id_ not in self.exports:
            return 404, {"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": None}
        row = self.exports[id_]
        if method == "DELETE":
            del self.exports[id_]
            return 204, None
        if method == "PATCH":
            if "destination" in body:
                sent = body["destination"]
                if not {"type", "config"} <= sent.keys():
                    return 500, {}
                if sent["type"] != row["destination"]["type"]:
                    raise Refusal(400, "invalid_input", "destination", "Cannot change destination type")
                merged = {**row["destination"]["config"], **sent["config"]}
                row["destination"] = {**row["destination"], **sent, "config": merged}
            if "offset_hour" in body and "interval" not in body:
                return 500, {}
            row.update({name: value for name, value in body.items() if name != "destination"})
        return 200, self.export_shown(row, texts=method == "GET" and self.texts)

    def export_shown(self, row: dict[str, Any], *, texts: bool | None = None) -> dict[str, Any]:
        config = {
            name: value
            for name, value in row["destination"]["config"].items()
            if name not in ("user", "password", "aws_access_key_id", "aws_secret_access_key")
        }
        if self.texts if texts is None else texts:
            config = {name: str(value) if isinstance(value, int) else value for name, value in config.items()}
        destination = {"integration": None, **row["destination"], "config": config}
        return {**row, "destination": destination, "latest_runs": [], "schema": None}

    def _page(self, items: list[Any], query: dict[str, str]) -> dict[str, Any]:
        start, size = int(query.get("offset", 0)), int(query.get("limit", 100))
        return {"count": len(items), "next": None, "previous": None, "results": items[start : start + size]}
