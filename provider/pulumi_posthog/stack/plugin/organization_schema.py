"""What the component `posthog:index:Organization` takes and gives, as the provider's schema has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INPUTS: Mapping[str, dict[str, Any]] = {
    "file": {
        "type": "string",
        "description": "The YAML file, relative to the folder of Pulumi.yaml. The default is `posthog.yaml`.",
    }
}
OUTPUTS: Mapping[str, dict[str, Any]] = {
    **INPUTS,
    "projects": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "The id of each declared project, by its name in the file.",
    },
    "projectTokens": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "secret": True,
        "description": "The token with which events are sent to each declared project.",
    },
    "erasures": {
        "$ref": "pulumi.json#/Any",
        "secret": True,
        "description": "The receipts of erased persons, by project.",
    },
}
SCHEMA: Mapping[str, Any] = {
    "isComponent": True,
    "description": "Everything that a posthog.yaml declares, with its limits and health checks. One for each stack.",
    "inputProperties": INPUTS,
    "properties": OUTPUTS,
    "required": ["projects", "projectTokens"],
}
