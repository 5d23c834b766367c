"""The provider's configuration: where the organization is, the key, and the limits. Pure but for the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.stack.plugin.wire import Secret, opened
from pulumi_posthog.values.json_value import whole
from pulumi_posthog.values.variables import KEY_VARIABLE

KEY = "personalApiKey"
NO_KEY = (
    "there is no PostHog API key\n"
    f"  hint: set {KEY_VARIABLE} to a personal API key (PostHog: Settings, Personal API keys)"
)
# Name -> type in the schema, what it is.
PROPERTIES: Mapping[str, tuple[str, str]] = {
    "host": (
        "string",
        "PostHog's address: `https://eu.posthog.com`, `https://us.posthog.com`, or your own. Without it,"
        " POSTHOG_HOST.",
    ),
    "organization": ("string", "The organization's id, a UUID. Without it, POSTHOG_ORGANIZATION_ID."),
    KEY: (
        "string",
        f"A personal API key, a secret. {KEY_VARIABLE} in the environment is used before this one, and is the"
        " better place: it is in no state, not even encrypted.",
    ),
    "maxRemovals": ("integer", "How many objects of a kind one run may remove, below each parent."),
    "maxRemovalShare": ("number", "The share of a kind's objects that one run may remove, from 0 to 1."),
    "allowRemovals": ("string", "More for some kinds: `role=3,role_membership=7`."),
    "allowDeletions": ("string", "The guarded objects that `state: absent` may delete: `project/Web`."),
    "allowTakeovers": ("string", "What may be taken over from another stack: `project/Web`."),
    "maxErasures": ("integer", "How many persons of a project one run may erase."),
    "maxInvitations": ("integer", "How many people one run may invite by mail."),
    "allowRisks": (
        "string",
        "What may be changed although it may shut people out, by its path in a file:"
        " `organization.settings.enforce_2fa`.",
    ),
    "otherStates": (
        "string",
        "Other stacks whose objects are left alone, with commas between them; `none` for none. Without it, all stacks"
        " of the same project and backend.",
    ),
    "checks": ("string", "When health checks run: `changed`, `always` or `never`."),
}


def kept(news: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """What Pulumi keeps of a configuration: nothing that is not ours, and the key only where it is needed.

    Pulumi hands over all of the stack's `posthog:...` settings, the secrets of `!secret` among them.
    """
    result = {name: value for name, value in news.items() if name in PROPERTIES}
    key = result.pop(KEY, None)
    if key is not None and not environment.get(KEY_VARIABLE):
        result[KEY] = Secret(opened(key))
    return result


def unknown_names(news: Mapping[str, Any]) -> list[str]:
    """The properties that the configuration of a provider does not have."""
    return [name for name in news if name not in PROPERTIES and name != "version"]


def texts(arguments: Mapping[str, Any]) -> dict[str, str]:
    """What is set, as text, as a stack's configuration has it."""
    plain = whole(opened(arguments))
    return {
        name: str(value)
        for name, value in plain.items()
        if name in PROPERTIES and isinstance(value, str | int | float)
    }


def address(settings: Mapping[str, str]) -> tuple[str, str] | None:
    """(host, organization) of resources that do not say it themselves; None when they are not configured."""
    host = settings.get("host") or os.environ.get("POSTHOG_HOST")
    organization = settings.get("organization") or os.environ.get("POSTHOG_ORGANIZATION_ID")
    return (host, organization) if host and organization else None
