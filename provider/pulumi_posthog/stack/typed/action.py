"""Action for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class ActionStepPropertieArgs(TypedDict, total=False):
    """What is in `steps.*.properties.*`.

    type: What has the property: `person`, `cohort`, `group` or `flag`.
    key: The property's name. For a cohort it is `id`, for a flag `!ref feature_flag/KEY`. (Such a
        tag is for YAML.)
    operator: `exact`, `icontains`, `in`, ...
    value: What it is compared with. For a cohort it is `!ref cohort/NAME`. (Such a tag is for
        YAML.)
    group_type_index: For a group's property: the type of group, `!ref group_type/NAME`. (Such a tag
        is for YAML.)
    """

    type: Required[pulumi.Input[str]]
    key: Required[pulumi.Input[str | float]]
    operator: pulumi.Input[str | None]
    value: pulumi.Input[Any]
    group_type_index: pulumi.Input[Any]


class ActionStepArgs(TypedDict, total=False):
    """What is in `steps.*`.

    event: The event's name. For a click, it is `$autocapture`.
    properties: What the event also has to have.
    selector: The CSS selector of what is clicked.
    tag_name: The HTML tag of what is clicked.
    text: The text on it.
    text_matching: How `text` is compared.
    href: Where the link leads.
    href_matching: How `href` is compared.
    url: The address of the page.
    url_matching: How the address is compared. The default is `contains`.
    """

    event: pulumi.Input[str | None]
    properties: pulumi.Input[Sequence[pulumi.Input[ActionStepPropertieArgs | Mapping[str, Any]]] | None]
    selector: pulumi.Input[str | None]
    tag_name: pulumi.Input[str | None]
    text: pulumi.Input[str | None]
    text_matching: pulumi.Input[Literal["contains", "regex", "exact", None]]
    href: pulumi.Input[str | None]
    href_matching: pulumi.Input[Literal["contains", "regex", "exact", None]]
    url: pulumi.Input[str | None]
    url_matching: pulumi.Input[Literal["contains", "regex", "exact", None]]


class Action(Resource):
    """An action: several events, or clicks, that mean the same.

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        description: Shown in PostHog.
        steps: The events that count as this action. Any one of them is enough.
        tags: Tags to find it by, in lower case.
        pinned_at: Whether it is pinned.
        post_to_slack: Whether PostHog posts it to Slack. This is an older way: declare a hog
            function instead.
        slack_message_format: The text of the message in Slack.
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        steps: pulumi.Input[Sequence[pulumi.Input[ActionStepArgs]]] | Unset = UNSET,
        tags: pulumi.Input[Sequence[pulumi.Input[str]]] | Unset = UNSET,
        pinned_at: pulumi.Input[bool] | Unset = UNSET,
        post_to_slack: pulumi.Input[bool] | Unset = UNSET,
        slack_message_format: pulumi.Input[str] | Unset = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["action"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "steps": steps,
            "tags": tags,
            "pinned_at": pinned_at,
            "post_to_slack": post_to_slack,
            "slack_message_format": slack_message_format,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
