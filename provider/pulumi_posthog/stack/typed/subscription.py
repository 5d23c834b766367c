"""Subscription for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Subscription(Resource):
    """A subscription sends an insight or a dashboard to people, a Slack channel or a URL, again and
    again.

    Arguments:
        project: The `id` of the project that it is in.
        target_type: How it is sent.
        frequency: How often it is sent.
        start_date: When it is sent first, as in 2026-03-02T09:00:00Z. Later ones are sent at the
            same time of day.
        title: The title that PostHog and the mail show. It is the key of the entry, unless the
            entry has `title`.
        insight: The insight that is sent, by its name or its id.
        dashboard: The dashboard that is sent, by its name or its id.
        dashboard_export_insights: Which insights of the dashboard are sent, by name or id: 1 to 6.
        target_emails: For `email`: exactly these addresses. If somebody unsubscribes, PostHog
            removes the address, and that is a difference.
        target_value: Of `webhook` the URL, of `slack` the channel as `C0123ABC|#channel`: a secret,
            so `!env NAME`. (Such a tag is for YAML.)
        integration_id: For `slack`: the workspace, as in `slack/Acme`, or its id. Connect it on
            PostHog's page.
        interval: The number of days, weeks, months or years between two.
        byweekday: On which days of the week: `monday` to `sunday`.
        bysetpos: For a month: which of these days. 1 is the first, -1 the last.
        count: The number of times after which it ends.
        until_date: When it ends.
        enabled: Whether it is sent.
        invite_message: A text in the first mail. Afterwards, PostHog shows it to nobody.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        target_type: pulumi.Input[Literal["email", "slack", "webhook"]],
        frequency: pulumi.Input[Literal["daily", "weekly", "monthly", "yearly"]],
        start_date: pulumi.Input[str],
        title: pulumi.Input[str] | Unset = UNSET,
        insight: pulumi.Input[int | str] | Unset | None = UNSET,
        dashboard: pulumi.Input[int | str] | Unset | None = UNSET,
        dashboard_export_insights: pulumi.Input[Sequence[pulumi.Input[str | int]]] | Unset = UNSET,
        target_emails: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        target_value: pulumi.Input[str] | Unset = UNSET,
        integration_id: pulumi.Input[int | str] | Unset | None = UNSET,
        interval: pulumi.Input[int] | Unset = UNSET,
        byweekday: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset | None = UNSET,
        bysetpos: pulumi.Input[int] | Unset | None = UNSET,
        count: pulumi.Input[int] | Unset | None = UNSET,
        until_date: pulumi.Input[str] | Unset | None = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        invite_message: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["subscription"]
        given: dict[str, Any] = {
            "project": project,
            "target_type": target_type,
            "frequency": frequency,
            "start_date": start_date,
            "title": title,
            "insight": insight,
            "dashboard": dashboard,
            "dashboard_export_insights": dashboard_export_insights,
            "target_emails": target_emails,
            "target_value": target_value,
            "integration_id": integration_id,
            "interval": interval,
            "byweekday": byweekday,
            "bysetpos": bysetpos,
            "count": count,
            "until_date": until_date,
            "enabled": enabled,
            "invite_message": invite_message,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
