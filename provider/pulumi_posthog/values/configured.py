"""A plain value from the stack's configuration: `!config name`."""

from __future__ import annotations

import json

from pulumi_posthog.values.json_value import Json


class Configured(str):
    """A text of the stack's configuration, which becomes a number or a boolean where no text is wanted."""


class IsSecret(Exception):
    """The stack's configuration has the name as a secret, which is nowhere else."""


def value_of(text: str) -> Json:
    """What a setting means: a list or a mapping where it is the JSON text of one, as Pulumi keeps them; else a text."""
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return Configured(text)
    return Configured(text)
