"""Functions and batch exports of a running sandbox: what is there, and what somebody does to it on the page."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from harness.sandbox import Sandbox


def destinations_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The legacy destinations of a project."""
    return list(posthog.all(f"/api/projects/{project}/pipeline_destination_configs/"))


def functions_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The functions of a project, by name."""
    rows = posthog.all(f"/api/projects/{project}/hog_functions/?full=true&limit=100")
    return sorted(rows, key=lambda each: str(each["name"]))


def exports_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The batch exports of a project."""
    return list(posthog.all(f"/api/projects/{project}/batch_exports/"))


def change_function(posthog: Sandbox, project: Any, id_: Any, change: Mapping[str, Any]) -> None:
    """As the page does it."""
    posthog.call("PATCH", f"/api/projects/{project}/hog_functions/{id_}/", dict(change))


def pipelines_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody deletes, changes or switches a function, or a batch export; never what PostHog made itself."""
    path = f"/api/projects/{project}/batch_exports/"
    changes = ({"deleted": True}, {"inputs": {"to": {"value": "by hand"}}}, {"enabled": True})
    functions = [each for each in functions_of(posthog, project) if each["name"] != "GeoIP"]
    if functions and dice.randrange(4):
        change_function(posthog, project, dice.choice(functions)["id"], dice.choice(changes))
        return
    for export in exports_of(posthog, project):
        if dice.randrange(2):
            posthog.call("DELETE", f"{path}{export['id']}/")
        else:
            posthog.call("PATCH", f"{path}{export['id']}/", {"paused": True, "interval": "hour"})
