"""An organization in this process: its people, invitations, roles, projects and rules (posthog-api-access.md 1 to 3).

It answers as the API documentation says, refusals included, and keeps what was sent to it.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

import httpx  # noqa: TID251 - it answers in place of PostHog

from pulumi_posthog.api import Connection, Pace, Reader, Writer
from pulumi_posthog.reconcile.apply import Applier
from pulumi_posthog.reconcile.live import Live

ID = "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"
HOST = "https://eu.posthog.com"
ROOT = f"/api/organizations/{ID}/"


class Refusal(Exception):
    """What PostHog answers instead."""

    def __init__(self, status: int, code: str, detail: str, attr: str | None = None) -> None:
        super().__init__(detail)
        self.answer = {"type": "validation_error", "code": code, "detail": detail, "attr": attr}
        self.status = status


class Organization:
    """`people` are addresses with their levels; the key belongs to `owner`."""

    def __init__(self, people: dict[str, int] | None = None, owner: str = "ada@acme.io") -> None:
        self.owner = owner
        self.members = [self._member(*each) for each in (people or {"ada@acme.io": 15}).items()]
        self.invites: list[dict[str, Any]] = []
        self.roles: list[dict[str, Any]] = []
        self.projects: list[dict[str, Any]] = [{"id": 1, "uuid": "p-1", "name": "Web"}]
        self.rules: dict[str, list[dict[str, Any]]] = {}
        self.features: list[dict[str, str]] | None = None
        self.members_can_invite = True
        self.sent: list[tuple[str, str, Any]] = []
        self.asked: Counter[str] = Counter()
        self.mails: list[str] = []
        self.lose_answers = 0  # of so many writes the answer is lost, though they are done
        self.drop: set[str] = set()  # methods whose requests never arrive
        self.now = 0
        self.connect()

    @staticmethod
    def _member(address: str, level: int) -> dict[str, Any]:
        user = {"uuid": f"u-{address}", "email": address}
        return {"id": f"m-{address}", "level": level, "user": user}

    def connect(self) -> None:
        """Look at it anew, as another run would."""
        connection, pace = Connection(HOST, "phx_key"), Pace(per_minute=100_000, per_hour=10_000_000)
        transport = httpx.MockTransport(self)
        self.live = Live(Reader(connection, pace=pace, transport=transport), ID)
        self.writer = Writer(connection, pace=pace, transport=transport)
        self.applier = Applier(self.live, self.writer)

    # -- what people do ---------------------------------------------------------------------------------------

    def accept(self, address: str) -> None:
        """The person joins: a membership, and a rule for each project that the invitation opens (2.4)."""
        (invite,) = (
            each for each in self.invites if each["target_email"] == address and not each["is_expired"]
        )
        member = self._member(address, invite["level"])
        self.members.append(member)
        for opened in invite["private_project_access"] or ():
            self.rules.setdefault(f"{opened['id']}/access_controls", []).append(
                self._rule("project", str(opened["id"]), opened["level"], organization_member=member["id"])
            )
        self.invites = [each for each in self.invites if each["target_email"] != address]

    def expire(self) -> None:
        """Three days pass."""
        self.invites = [{**each, "is_expired": True} for each in self.invites]

    def role(self, name: str, *addresses: str) -> str:
        """A role with these members; its id."""
        role = {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), "name": name}
        role["members"] = [
            {"id": f"r-{name}-{each}", "user": {"uuid": f"u-{each}", "email": each}} for each in addresses
        ]
        self.roles.append(role)
        return str(role["id"])

    @staticmethod
    def _rule(resource: str, resource_id: str | None, level: str, **subject: str) -> dict[str, Any]:
        rule = {"access_level": level, "resource": resource, "resource_id": resource_id}
        return {**rule, "organization_member": None, "role": None, **subject}

    def rule(self, project: int, level: str, resource: str = "project", **subject: str) -> None:
        """A rule of a project, or of a type in it."""
        name = "access_controls" if resource == "project" else "resource_access_controls"
        own = str(project) if resource == "project" else None
        self.rules.setdefault(f"{project}/{name}", []).append(self._rule(resource, own, level, **subject))

    def level(self, address: str) -> int | None:
        """The level of a member; None of whoever is none."""
        return next((each["level"] for each in self.members if each["user"]["email"] == address), None)

    # -- what it answers --------------------------------------------------------------------------------------

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, method = request.url.path, request.method
        body = json.loads(request.content) if request.content else None
        self.asked[f"{method} {path}"] += 1
        if method != "GET":
            self.sent.append((method, path, body))
        if method in self.drop:
            raise httpx.ReadError("the connection was reset")
        try:
            answer = self._answer(method, path, body)
        except Refusal as refusal:
            return httpx.Response(refusal.status, json=refusal.answer)
        if method != "GET" and self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadError("the connection was reset")
        return httpx.Response(204 if answer is None else 200, json=answer)

    def _answer(self, method: str, path: str, body: Any) -> Any:
        if path == "/api/users/@me/":
            return {"uuid": f"u-{self.owner}", "email": self.owner, "organization": {"id": ID}}
        if path.startswith("/api/organizations/") and not path.startswith(ROOT):
            raise Refusal(404, "not_found", "Not found.")
        if path == ROOT:
            return {
                "id": ID,
                "name": "Acme",
                "membership_level": self.level(self.owner),
                "available_product_features": self.features,
                "members_can_invite": self.members_can_invite,
                "default_role_id": None,
            }
        if path.startswith(ROOT):
            return self._of_organization(method, path.removeprefix(ROOT).strip("/").split("/"), body)
        project, _, rest = path.removeprefix("/api/projects/").partition("/")
        rules = self.rules.setdefault(f"{project}/{rest.strip('/')}", [])
        if method == "GET":
            return {"access_controls": rules}
        if method == "PUT":
            return self._put_rule(rules, project, body)
        raise AssertionError(f"{method} {path} is not served here")

    def _put_rule(self, rules: list[dict[str, Any]], project: str, body: Any) -> Any:
        """One request makes a rule, changes it, or with a level of null removes it (3.4)."""
        resource = body.get("resource", "project")
        subject = {name: body[name] for name in ("organization_member", "role") if body.get(name)}
        made = self._rule(resource, None if "resource" in body else project, body["access_level"], **subject)
        key = ("resource", "organization_member", "role")
        rules[:] = [each for each in rules if any(each[name] != made[name] for name in key)]
        if body["access_level"] is None:
            return None
        rules.append(made)
        return made

    def _of_organization(self, method: str, parts: list[str], body: Any) -> Any:
        lists = {
            "members": self.members,
            "invites": self.invites,
            "roles": self.roles,
            "projects": self.projects,
        }
        if method == "GET" and len(parts) == 1:
            found = lists[parts[0]]
            return {"count": len(found), "next": None, "previous": None, "results": found}
        if method == "GET" and parts[0] == "projects":
            return next(each for each in self.projects if str(each["id"]) == parts[1])
        if parts[0] == "members":
            return self._change(method, parts[1], body)
        if parts[0] == "invites" and method == "POST":
            return self._invite(body)
        if parts[0] == "invites" and method == "DELETE":
            if all(each["id"] != parts[1] for each in self.invites):
                raise Refusal(404, "not_found", "Not found.")
            self.invites = [each for each in self.invites if each["id"] != parts[1]]
            return None
        raise AssertionError(f"{method} {parts} is not served here")

    def _change(self, method: str, user: str, body: Any) -> Any:
        member = next((each for each in self.members if each["user"]["uuid"] == user), None)
        if member is None:
            raise Refusal(404, "not_found", "Not found.")
        own, mine = self.level(self.owner) or 0, user == f"u-{self.owner}"
        if own < 8 and not mine:
            raise Refusal(403, "permission_denied", "You can only edit others if you are an admin.")
        if method == "PATCH" and mine and "level" in body:
            raise Refusal(403, "permission_denied", "You can't change your own access level.")
        if member["level"] > own:
            raise Refusal(
                403, "permission_denied", "You can only edit others with level lower or equal to you."
            )
        if method == "DELETE":
            if member["level"] == 15:
                raise Refusal(400, "invalid_input", "Cannot leave the organization as its owner!")
            self.members.remove(member)
            for role in self.roles:
                role["members"] = [each for each in role["members"] if each["user"]["uuid"] != user]
            for rules in self.rules.values():
                rules[:] = [each for each in rules if each["organization_member"] != member["id"]]
            return None
        if body["level"] > own:
            raise Refusal(403, "permission_denied", "only up to your own")
        member |= body
        return member

    def _invite(self, body: Any) -> Any:
        address = body["target_email"].lower()
        if self.level(address) is not None:
            detail = "A user with this email address already belongs to the organization."
            raise Refusal(400, "invalid_input", detail)
        if body.get("level", 1) > (self.level(self.owner) or 0):
            raise Refusal(403, "permission_denied", "You cannot invite a user with a higher permission level")
        self.now += 1
        self.invites = [each for each in self.invites if each["target_email"] != address]
        self.invites.append(
            {
                "id": str(uuid.UUID(int=self.now)),
                "target_email": address,
                "level": body.get("level", 1),
                "private_project_access": body.get("private_project_access") or None,
                "is_expired": False,
                "created_at": f"2026-11-28T10:00:{self.now:02}Z",
            }
        )
        self.mails.append(address)
        return self.invites[-1]
