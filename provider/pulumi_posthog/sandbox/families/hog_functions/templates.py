"""Templates of hog functions: a library that PostHog keeps (3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.ages import within
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView


def item(key: str, type_: str, **more: Any) -> dict[str, Any]:
    """One input of a schema, complete as GET shows it (3.3)."""
    label = key.replace("_", " ").capitalize()
    return {
        "key": key,
        "type": type_,
        "label": label,
        "required": False,
        "secret": False,
        "hidden": False,
    } | more


def template(id_: str, name: str, type_: str = "destination", **more: Any) -> dict[str, Any]:
    """3.2, in the order of the answer."""
    made: dict[str, Any] = {
        "id": id_,
        "name": name,
        "description": f"{name}, as PostHog delivers it.",
        "code": "return event",
        "code_language": "javascript" if type_.startswith("site_") else "hog",
        "inputs_schema": [],
        "type": type_,
        "status": "stable",
        "category": ["Custom"],
        "free": True,
        "icon_url": f"/static/services/{id_.removeprefix('template-')}.png",
        "filters": None,
        "masking": None,
        "mapping_templates": None,
    }
    return made | more


WEBHOOK_INPUTS = [
    item("url", "string", label="Webhook URL", required=True),
    item(
        "method",
        "choice",
        default="POST",
        choices=[{"label": each, "value": each} for each in ("POST", "PUT", "PATCH", "GET", "DELETE")],
    ),
    item("body", "json", label="JSON Body", default={"event": "{event}", "person": "{person}"}),
    item("headers", "dictionary", default={"Content-Type": "application/json"}),
    item("debug", "boolean", label="Log responses", default=False),
]
SLACK_INPUTS = [
    item(
        "slack_workspace", "integration", integration="slack", required=True, requiredScopes="channels:read"
    ),
    item(
        "channel",
        "integration_field",
        integration_key="slack_workspace",
        integration_field="slack_channel",
        requires_field="slack_workspace",
        required=True,
    ),
    item("text", "string", label="Plain text message", default="{event.event}"),
]
CUSTOMERIO_INPUTS = [
    item("site_id", "string", secret=True, required=True),
    item("token", "string", secret=True, required=True),
    item(
        "host", "choice", default="track.customer.io", choices=[{"label": "US", "value": "track.customer.io"}]
    ),
]

ALL = (
    template(
        "template-webhook",
        "HTTP Webhook",
        code="let res := fetch(inputs.url, {'headers': inputs.headers, 'body': inputs.body});",
        inputs_schema=WEBHOOK_INPUTS,
    ),
    template("template-slack", "Slack", inputs_schema=SLACK_INPUTS, category=["Customer Success"]),
    template("template-slack-internal", "Slack", "internal_destination", inputs_schema=SLACK_INPUTS),
    template(
        "template-customerio", "Customer.io", inputs_schema=CUSTOMERIO_INPUTS, category=["Email Marketing"]
    ),
    template(
        "template-email",
        "Email",
        inputs_schema=[item("email", "email", required=True), item("reply_to", "string")],
        status="beta",
    ),
    template(
        "template-ad-conversions",
        "Ad conversions",
        inputs_schema=[
            item("ad_account", "integration", integration="google-ads", required=True),
            item("access_token", "string", secret=True),
        ],
        mapping_templates=[
            {
                "name": "Order completed",
                "include_by_default": True,
                "filters": {
                    "events": [{"id": "Order Completed", "name": "Order Completed", "type": "events"}]
                },
                "inputs": {"conversion": {"value": "purchase"}},
                "inputs_schema": [item("conversion", "string", required=True)],
            }
        ],
        category=["Advertisement"],
    ),
    template("template-geoip", "GeoIP", "transformation", description="Adds where an IP address is."),
    template("template-ip-anonymization", "IP Anonymization", "transformation"),
    template("template-remove-null-properties", "Remove Null Properties", "transformation"),
    template(
        "template-url-masking",
        "URL Parameter Masking",
        "transformation",
        inputs_schema=[
            item("urlProperties", "dictionary", required=True, default={"$current_url": "email, token"}),
            item("maskWith", "string", default="[REDACTED]"),
        ],
    ),
    template(
        "template-pii-hashing",
        "PII Data Hashing",
        "transformation",
        inputs_schema=[
            item("propertiesToHash", "string", required=True),
            item("salt", "string", secret=True),
        ],
    ),
    template(
        "template-notification-bar",
        "Notification Bar",
        "site_app",
        code="export function onLoad({ inputs }) { document.title = inputs.message }",
        inputs_schema=[item("message", "string", required=True)],
    ),
    template(
        "template-pixel",
        "Pixel",
        "site_destination",
        code="export async function onLoad({ inputs }) {}\nexport function onEvent({ inputs }) {}",
        inputs_schema=[item("pixel_id", "string", required=True)],
        mapping_templates=[
            {
                "name": "Page visit",
                "include_by_default": True,
                "filters": {"events": [{"id": "$pageview", "name": "Pageview", "type": "events"}]},
                "inputs": {"eventType": {"value": "PageVisit"}},
                "inputs_schema": [item("eventType", "string", required=True)],
            }
        ],
    ),
    template(
        "template-source-webhook",
        "Incoming webhook",
        "source_webhook",
        inputs_schema=[item("event", "string", required=True), item("auth_header", "string", secret=True)],
    ),
    template("template-old-webhook", "Old webhook", inputs_schema=WEBHOOK_INPUTS, status="deprecated"),
    template("template-not-for-all", "Not for all", inputs_schema=WEBHOOK_INPUTS, status="hidden"),
    # What a configured plugin becomes (6.4 of the first page).
    template("plugin-customerio-plugin", "Customer.io", inputs_schema=CUSTOMERIO_INPUTS, status="deprecated"),
)
BY_ID: Mapping[str, dict[str, Any]] = {each["id"]: each for each in ALL}


class TemplateView(PostHogView):
    """`/api/projects/{id}/hog_function_templates/`; keys are looked at since 2026 only (3.1)."""

    scope_object = "hog_function"
    ages = (2025, 2026)
    shows_hidden = True

    def get_authenticators(self) -> list[Any]:
        return super().get_authenticators() if within((2026, 2026)) and self.shows_hidden else []

    def get_permissions(self) -> list[Any]:
        return super().get_permissions() if within((2026, 2026)) and self.shows_hidden else []

    def list(self, request: Request, **_kwargs: Any) -> Response:
        asked = request.query_params
        types = (
            asked.get("types", "").split(",") if asked.get("types") else [asked.get("type") or "destination"]
        )
        unlisted = {"deprecated"} if self.shows_hidden else {"deprecated", "hidden"}
        found = [each for each in ALL if each["type"] in types and each["status"] not in unlisted]
        if SWITCHES.age >= 2026 and asked.get("template_id"):
            found = [each for each in found if each["id"] == asked["template_id"]]
        # Sorted within the page only.
        page = sorted(self.page(found), key=lambda each: str(each["name"]))
        return self.page_response(page)

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        found = BY_ID.get(self.kwargs["id"])
        if found is None or (found["status"] == "hidden" and not self.shows_hidden):
            raise NotFound
        return Response(found)


class PublicTemplateView(TemplateView):
    """`/api/public_hog_function_templates/`: for everybody, without those that are hidden."""

    shows_hidden = False
