"""`/_sandbox/`: what a test or a person asks the sandbox itself; no key needed on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from pulumi_posthog.sandbox.control import bulk, snapshots, start
from pulumi_posthog.sandbox.control import data_endpoints as analytics
from pulumi_posthog.sandbox.control.counting import REQUESTS
from pulumi_posthog.sandbox.control.door import JSON, is_form
from pulumi_posthog.sandbox.control.faults import FAULTS, KINDS
from pulumi_posthog.sandbox.control.seed import make_key
from pulumi_posthog.sandbox.families import domains
from pulumi_posthog.sandbox.families.batch_export_runs import finish_all
from pulumi_posthog.sandbox.families.invites import Mail, OrganizationInvite, accept
from pulumi_posthog.sandbox.families.plugins import Plugin, PluginAttachment
from pulumi_posthog.sandbox.families.scheduled_changes import ScheduledChange, carry_out
from pulumi_posthog.sandbox.families.surveys.family import SURVEYS
from pulumi_posthog.sandbox.families.surveys.models import Survey
from pulumi_posthog.sandbox.options import SandboxError, is_loopback
from pulumi_posthog.sandbox.rules.authentication import digest
from pulumi_posthog.sandbox.rules.columns import random_text
from pulumi_posthog.sandbox.rules.models import Organization, PersonalAPIKey, Project, User
from pulumi_posthog.sandbox.rules.projects import living_projects
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.writing import writing

Handler = Callable[[dict[str, Any]], Any]
ENDPOINTS: dict[str, dict[str, Handler]] = {}


def index(_body: dict[str, Any]) -> Any:
    """All of this, with what each takes."""
    return {
        f"{method} /_sandbox/{path}": " ".join((handler.__doc__ or "").split())
        for path, handlers in sorted(ENDPOINTS.items())
        for method, handler in handlers.items()
    }


def info(_body: dict[str, Any]) -> Any:
    """Who and what there is to begin with."""
    found: dict[str, Any] = {"organization": None, "age": SWITCHES.age, "admin": start.ADMIN_PAGE}
    organization = Organization.objects.order_by("created_at").first()
    if organization is None:
        return found
    members = organization.memberships.select_related("user").order_by("-level", "user__email")
    projects = living_projects().filter(organization=organization).order_by("pk")
    found.update(
        {
            "organization": {
                "id": str(organization.pk),
                "name": organization.name,
                "slug": organization.slug,
            },
            "projects": [{"id": each.pk, "name": each.name} for each in projects],
            "members": [
                {"email": each.user.email, "uuid": str(each.user.uuid), "level": each.level}
                for each in members
            ],
            "plugins": [
                {"id": each.pk, "name": each.name, "url": each.url} for each in Plugin.objects.order_by("pk")
            ],
        }
    )
    return found


def requests(_body: dict[str, Any]) -> Any:
    """How many requests came to the API, of which kind, and the last of them."""
    return REQUESTS.as_json()


def forget_requests(_body: dict[str, Any]) -> Any:
    """Count from 0 again."""
    REQUESTS.forget()
    return REQUESTS.as_json()


def settings(_body: dict[str, Any]) -> Any:
    """Age, latency, rate limits, how long exports and queries take, ..."""
    return SWITCHES.as_json()


def change_settings(body: dict[str, Any]) -> Any:
    """Some of them: `{"age": 2025, "query_seconds": 5}`."""
    SWITCHES.change(body)
    return SWITCHES.as_json()


def faults(_body: dict[str, Any]) -> Any:
    """What goes wrong now, and what could."""
    return {"faults": FAULTS.as_json(), "kinds": KINDS}


def add_faults(body: dict[str, Any]) -> Any:
    """`{"spec": "reset-after POST /roles/ times=1"}` or `{"specs": [...]}`."""
    specs = body.get("specs", [body["spec"]] if "spec" in body else None)
    if not isinstance(specs, list) or not all(isinstance(spec, str) for spec in specs):
        raise SandboxError('the body is {"spec": "KIND METHOD PATH ..."} or {"specs": [...]}')
    FAULTS.add(specs)
    return faults({})


def clear_faults(_body: dict[str, Any]) -> Any:
    """Nothing goes wrong any more."""
    FAULTS.clear()
    return faults({})


def make_keys(body: dict[str, Any]) -> Any:
    """`{"scopes": [...], "user": email, "organizations": [...], "projects": [...]}` -> the key, this once."""
    known = {"scopes", "user", "organizations", "projects", "label"}
    if unknown := body.keys() - known:
        raise SandboxError(f"a key has {', '.join(sorted(known))}, not {', '.join(sorted(unknown))}")
    email = body.get("user")
    user = User.objects.filter(email=email).first() if email else start.owner_of_keys()
    if user is None:
        raise SandboxError(f"there is no user {email}")
    key = random_text("phx_")
    with writing():
        make_key(
            user,
            key,
            label=str(body.get("label") or "made by /_sandbox/keys"),
            scopes=body.get("scopes"),
            organizations=[str(each) for each in body.get("organizations") or []],
            projects=[int(each) for each in body.get("projects") or []],
        )
    return {"key": key}


def make_many(body: dict[str, Any]) -> Any:
    """So many more of each: `{"roles": n, "file_system": n, "events": n, ...}` (`bulk.KINDS`)."""
    with writing():
        return bulk.make(body)


def attachments(_body: dict[str, Any]) -> Any:
    """The files of plugin configs with their contents, which PostHog itself gives to nobody (6.3)."""
    rows = PluginAttachment.objects.order_by("pk")
    return {
        "results": [
            {
                "plugin_config": row.plugin_config_id,
                "key": row.key,
                "name": row.file_name,
                "contents": bytes(row.contents).decode("utf-8", errors="replace"),
            }
            for row in rows
        ]
    }


def finish_demo_data(_body: dict[str, Any]) -> Any:
    """What PostHog does in the background: demo projects have their data now (3.2)."""
    with writing():
        done = Project.objects.exclude(demo_data_until=None).update(demo_data_until=None)
    return {"done": done}


def finish_deletions(_body: dict[str, Any]) -> Any:
    """What PostHog does in the background: pending projects are gone now (3.7)."""
    with writing():
        pending = Project.objects.exclude(deletion_began_at=None)
        ids = list(pending.values_list("pk", flat=True))
        pending.delete()
    return {"deleted": ids}


def mails(_body: dict[str, Any]) -> Any:
    """What would have been sent, newest last: to whom, about what, when."""
    rows = Mail.objects.order_by("sent_at", "pk")
    return {
        "count": len(rows),
        "results": [
            {"to": row.to, "subject": row.subject, "sent_at": row.sent_at.isoformat()} for row in rows
        ],
    }


def forget_mails(body: dict[str, Any]) -> Any:
    """Count from 0 again."""
    with writing():
        Mail.objects.all().delete()
    return mails(body)


def accept_invite(body: dict[str, Any]) -> Any:
    """`{"email": "eve@acme.io"}`: what that person's browser does with the link -> the new member."""
    rows = OrganizationInvite.objects.filter(target_email__iexact=str(body.get("email") or ""))
    invite = rows.order_by("-created_at").first()
    if invite is None:
        raise SandboxError(f"nobody has invited {body.get('email')!r}")
    if invite.is_expired:
        raise SandboxError(f"the invite of {invite.target_email} has expired")
    with writing():
        member = accept(invite)
    return {"id": str(member.pk), "user": str(member.user.uuid), "level": member.level}


def verify_domain(body: dict[str, Any]) -> Any:
    """`{"domain": "acme.io"}`: DNS has the challenge, and somebody has pressed the button."""
    with writing():
        row = domains.verify(str(body.get("domain") or ""))
    if row is None:
        raise SandboxError(f"there is no domain {body.get('domain')!r}")
    return {"id": str(row.pk), "domain": row.domain, "is_verified": True}


def carry_out_changes(_body: dict[str, Any]) -> Any:
    """What PostHog does in the background: scheduled changes whose time has come are made."""
    with writing():
        due = ScheduledChange.objects.filter(executed_at=None, scheduled_at__lte=timezone.now()).order_by(
            "pk"
        )
        rows = list(due)
        for row in rows:
            carry_out(row)
    return {"results": [{"id": row.pk, "failure_reason": row.failure_reason} for row in rows]}


def end_survey(body: dict[str, Any]) -> Any:
    """`{"name": "..."}`: so many have answered as `responses_limit` says, and the server stops it."""
    with writing():
        row = Survey.objects.filter(name=str(body.get("name"))).first()
        if row is None:
            raise SandboxError(f"there is no survey {body.get('name')!r}")
        SURVEYS.end_of_itself(row)
    return {"id": str(row.uuid), "end_date": moment(row.end_date)}


def finish_exports(_body: dict[str, Any]) -> Any:
    """Runs and backfills of batch exports are complete."""
    with writing():
        return {"completed": finish_all()}


def reset(_body: dict[str, Any]) -> Any:
    """As after the start: objects, keys, switches, faults, counts."""
    start.reset()
    return info({})


def keep_snapshot(body: dict[str, Any]) -> Any:
    """`{"name": "..."}`: keep all objects and keys as they are now, until the sandbox ends."""
    snapshots.keep(str(body.get("name")))
    return {}


def restore_snapshot(body: dict[str, Any]) -> Any:
    """`{"name": "..."}`: objects and keys as they were kept; switches, faults and counts stay."""
    snapshots.restore(str(body.get("name")))
    return info({})


def may_ask(request: HttpRequest) -> bool:
    """Programs on this machine, or who has an unrestricted key.

    The name in the URL is looked at, too: a page in somebody's browser can have a name of its own lead here.
    """
    host = split_domain_port(request.get_host())[0].strip("[]")
    if is_loopback(str(request.META.get("REMOTE_ADDR", ""))) and is_loopback(host):
        return True
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return PersonalAPIKey.objects.filter(secure_value=digest(bearer), scopes__isnull=True).exists()


def endpoint(path: str, **handlers: Handler) -> URLPattern:
    """A path and what each method does there."""
    ENDPOINTS[path] = handlers

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponseBase:
        if not may_ask(request):
            return JsonResponse(
                {"error": "from elsewhere /_sandbox/ wants the sandbox's own key"}, status=403
            )
        if is_form(request):
            return JsonResponse({"error": f"/_sandbox/ takes a body of type {JSON}"}, status=415)
        handler = handlers.get(str(request.method))
        if handler is None:
            return JsonResponse({"error": f"{path} takes {', '.join(handlers)}"}, status=405)
        try:
            body = json.loads(request.body or b"{}")
            if not isinstance(body, dict):
                raise SandboxError("the body is a JSON object")
            return JsonResponse(handler(body))
        except (SandboxError, ValueError, TypeError, APIException) as error:
            return JsonResponse({"error": str(error)}, status=400)

    return re_path(rf"^{path}/?$" if path else "^$", view)


def urls() -> list[URLPattern]:
    """All of it."""
    return [
        endpoint("", GET=index),
        endpoint("info", GET=info),
        endpoint("requests", GET=requests, DELETE=forget_requests),
        endpoint("settings", GET=settings, PATCH=change_settings),
        endpoint("faults", GET=faults, POST=add_faults, DELETE=clear_faults),
        endpoint("keys", POST=make_keys),
        endpoint("bulk", POST=make_many),
        endpoint("attachments", GET=attachments),
        endpoint("demo_data", POST=finish_demo_data),
        endpoint("deletions", POST=finish_deletions),
        endpoint("events", GET=analytics.events, POST=analytics.make_events, DELETE=analytics.forget_events),
        endpoint("persons", POST=analytics.make_persons),
        endpoint("event_deletions", GET=analytics.event_deletions, POST=analytics.finish_event_deletions),
        endpoint("mails", GET=mails, DELETE=forget_mails),
        endpoint("invites/accept", POST=accept_invite),
        endpoint("domains/verify", POST=verify_domain),
        endpoint("scheduled_changes", POST=carry_out_changes),
        endpoint("surveys/end", POST=end_survey),
        endpoint("batch_exports/finish", POST=finish_exports),
        endpoint("reset", POST=reset),
        endpoint("snapshots", POST=keep_snapshot),
        endpoint("snapshots/restore", POST=restore_snapshot),
    ]
