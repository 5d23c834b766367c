"""A legacy object of PostHog -> what PostHog would make of it today, as an entry of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.function_inputs import specs
from pulumi_posthog.kinds.plugin_settings import config_specs
from pulumi_posthog.reconcile.blueprints import made_from
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Answer, Json
from pulumi_posthog.values.secret_text import MASK


@dataclass(frozen=True)
class Successor:
    """The entry: its kind, its name, its body; and the settings that it has no place for."""

    kind: str
    name: str
    body: Mapping[str, Json]
    lost: tuple[str, ...]


def template_of(plugin: Answer) -> str:
    """The id of the template that PostHog has for a plugin: it is named after the last part of the plugin's URL."""
    return f"plugin-{str(plugin.get('url') or '').rstrip('/').rpartition('/')[2]}"


def successor(
    live: Live, scope: Scope, found: Found, variable: Callable[[str], Json]
) -> Successor | str | None:
    """What PostHog would make of an object; why it would make nothing; None for a kind that has not ended.

    It is switched off, because both would do the same work. `variable` gives the text in place of a
    secret of that key. May raise ApiError.
    """
    if found.kind.discontinued is None or found.kind.successor is None:
        return None
    name, fields = found.kind.successor
    blueprint = KINDS[name].blueprint
    plugin = next(
        (each for each in live.lookup("plugin") if each.get("id") == found.values.get("plugin")), None
    )
    if plugin is None or blueprint is None:
        return "its plugin is not installed any more"
    template = made_from(KINDS[name], scope, template_of(plugin), live)
    if template is None:
        words = "choose one on its page, or a batch export"
        return f'PostHog has no template for the plugin "{plugin.get("name")}": {words}'
    known, declared = specs(template.get("inputs_schema")), config_specs(plugin)
    config = {key: value for key, value in (found.values.get("config") or {}).items() if value is not None}
    inputs = {
        key: variable(key)
        if value == MASK or declared.get(key, {}).get("secret") or known[key].get("secret")
        else value
        for key, value in config.items()
        if key in known
    }
    body = {
        **fields,
        blueprint.field: template["id"],
        "enabled": False,
        **({"inputs": inputs} if inputs else {}),
    }
    title = str(found.values.get("name") or plugin.get("name"))
    return Successor(name, title, body, tuple(key for key in config if key not in known))
