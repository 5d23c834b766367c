"""A stack in the middle of a move from one provider, or from the component, to another: what a kill leaves."""

from __future__ import annotations

import json
from typing import Any

from harness.stack import Stack

COMPONENT = "posthog:index:Organization"


def exported(stack: Stack) -> dict[str, Any]:
    """The state as Pulumi writes and takes it."""
    state: dict[str, Any] = json.loads(stack.pulumi("stack", "export").text)
    return state


def half_move(stack: Stack, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give a stack a state in the middle between two that were exported."""
    (stack.folder / "half.json").write_text(json.dumps(half_moved(before, after)))
    done = stack.pulumi("stack", "import", "--file", "half.json")
    assert done.status == 0, done.text


def half_moved(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is in no other resource of ours is as it is after the move, and what is in that as it was before.

    Pulumi saves the state after each step, and what refers to a resource has that one's new URN then.
    """
    ours: dict[tuple[str, str], list[dict[str, Any]]] = {}
    others = {}
    for state in (after, before):
        for resource in state["deployment"]["resources"]:
            type_ = resource["type"]
            if "posthog:" in type_ and "pulumi:providers" not in type_ and type_ != COMPONENT:
                key = (type_.rpartition(":")[2], resource["urn"].rpartition("::")[2])
                ours.setdefault(key, []).append(resource)
            else:
                others[resource["urn"]] = resource
    below = {key for key, (_, old) in ours.items() if "$" in old["urn"].replace(f"{COMPONENT}$", "")}
    assert below
    assert below != ours.keys()
    text = json.dumps([*others.values(), *(old if key in below else new for key, (new, old) in ours.items())])
    for key, (new, old) in ours.items():
        if key not in below:
            text = text.replace(json.dumps(old["urn"]), json.dumps(new["urn"]))
    return {**before, "deployment": {**before["deployment"], "resources": json.loads(text)}}
