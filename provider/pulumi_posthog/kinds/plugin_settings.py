"""The settings that a plugin of PostHog declares -> what is wrong with those in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pulumi_posthog.values.attachment import Attachment
from pulumi_posthog.values.json_value import Answer, Json
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.suggestion import suggestion


def config_specs(plugin: Answer) -> dict[str, Mapping[str, Json]]:
    """What a plugin says about its settings, by key: in a list or, in old ones, in an object (posthog-api.md 2.4)."""
    schema = plugin.get("config_schema")
    if isinstance(schema, dict):
        return {key: spec for key, spec in schema.items() if isinstance(spec, dict)}
    return {
        spec["key"]: spec
        for spec in schema or ()
        if isinstance(spec, dict) and isinstance(spec.get("key"), str) and spec["key"]
    }


def setting_problems(spec: Mapping[str, Json], value: Json) -> Iterator[tuple[str, str | None]]:
    """What is wrong with one plugin setting: (the end of a sentence, a hint). No value is shown."""
    type_, choices = spec.get("type"), spec.get("choices") or ()
    if value is None:
        return
    if type_ == "attachment":
        if not isinstance(value, Attachment):
            yield "must be a file", "write `!file path`, relative to the file that contains it"
    elif isinstance(value, Attachment):
        yield "is a file, and the plugin takes none there", "write the value itself"
    elif spec.get("secret") and value != "" and not isinstance(value, SecretText):
        yield (
            "is a secret and is in the file in plain text",
            "write `!env NAME` or `!secret name`, and change the secret: it has been in a file",
        )
    elif type_ == "choice" and choices and value not in choices:
        listed = ", ".join(str(choice) for choice in choices)
        yield f"must be one of {listed}", suggestion(value, choices, listed=False)
    elif type_ in {"string", "choice"} and not isinstance(value, str):
        yield "must be text", "put it in quotes"
    elif spec.get("required") and value == "":
        yield "must not be empty: the plugin needs it", None
