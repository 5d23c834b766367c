"""Who changed a function or an export, by PostHog's log, which masks some fields and renames others (2.16)."""

from __future__ import annotations

from typing import Any

import pytest

from contract.generations import PROJECT
from pulumi_posthog.drift.attribution import Attribution
from pulumi_posthog.kinds import KINDS

FILE = f"""{PROJECT}    hog_functions:
      Mine: {{hog: "return inputs.a", inputs_schema: [{{key: a, type: string}}], inputs: {{a: x}}}}
      Late: {{type: transformation, enabled: true, hog: "return event", execution_order: 4}}
    batch_exports:
      Copy: {{type: NoOp, interval: day, config: {{}}}}
"""


def named(stack: Any, kind: str, name: str, *fields: str) -> dict[str, bool]:
    """Which fields somebody is named for."""
    live = stack.live()
    try:
        scope = {"project": str(stack.posthog.project_id())}
        found = next(
            each for each in live.collection(KINDS[kind], scope).values() if each.values["name"] == name
        )
        found = live.object(KINDS[kind], scope, found.id)
        who = Attribution(live)
        return {
            field: "ada@acme.io" in str(who.changed(found, scope["project"], KINDS[kind].field(field)))
            for field in fields
        }
    finally:
        live.reader.close()


def test_who_changed_a_function_is_told(stack, posthog):
    stack.up(FILE, head="")
    posthog.change(posthog.function("Mine"), inputs={"a": {"value": "y"}}, description="By hand")
    posthog.change(posthog.function("Mine"), enabled=True)
    posthog.change(posthog.function("Late", "transformation"), execution_order=7)

    assert named(stack, "hog_function", "Mine", "inputs", "description", "enabled", "hog") == {
        "inputs": True,
        "description": True,
        "enabled": True,
        "hog": False,  # nobody did
    }
    assert named(stack, "hog_function", "Late", "execution_order") == {"execution_order": True}


def test_who_paused_an_export_is_told_where_posthog_notes_it(stack, posthog):
    if posthog.name == "2025":
        pytest.skip("whether its log has exports is not known")
    stack.up(FILE, head="")
    (export,) = posthog.exports()
    path = f"/api/projects/{posthog.project_id()}/batch_exports/{export['id']}/"
    posthog.call("POST", f"{path}pause/")
    posthog.call("PATCH", path, {"interval": "week"})

    assert named(stack, "batch_export", "Copy", "paused", "interval") == {"paused": True, "interval": True}
