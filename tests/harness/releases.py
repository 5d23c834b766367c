"""Feature flags of a model and of a running sandbox: what is drawn, what is there, what somebody does to it by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.sandbox import Sandbox
from pulumi_posthog.values.reference import Reference, references_in

PAGE, CHECKOUT = "page", "checkout"  # the second one may need the first


def flag(project: str, key: str, share: int = 100, needs: str | None = None, **more: Any) -> rows.Row:
    """A flag for `share` per cent of the people, of those who have the flag `needs`."""
    condition: dict[str, Any] = {"rollout_percentage": share}
    if needs:
        other = Reference("feature_flag", needs, target=("feature_flag", f"{project}/{needs}"))
        condition["properties"] = [
            {"type": "flag", "key": other, "operator": "flag_evaluates_to", "value": True}
        ]
    filters = {"groups": [condition]}
    return rows.row("feature_flag", f"{project}/{key}", project, key=key, filters=filters, **more)


def drawn(draw: st.DrawFn, project: str) -> Iterator[rows.Row]:
    """Some flags of a project."""
    keys = draw(st.sampled_from(((), (), (PAGE,), (PAGE, CHECKOUT), (CHECKOUT,))))
    for key in keys:
        needs = PAGE if key == CHECKOUT and PAGE in keys and draw(st.booleans()) else None
        share, active = draw(st.sampled_from((0, 50, 100))), draw(st.sampled_from((..., True, False)))
        # PostHog refuses that a flag which is on needs one that is off.
        yield flag(project, key, share, needs, active=... if PAGE in keys[1:] or len(keys) > 1 else active)


def flags_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The flags of a project, by key."""
    found = posthog.all(f"/api/projects/{project}/feature_flags/?limit=1000")
    return sorted(found, key=lambda each: str(each["key"]))


def releases_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody deletes a flag that no other needs, rolls one out, or adds a payload that the file does not have."""
    flags = flags_of(posthog, project)
    if not flags:
        return
    one = dice.choice(flags)
    needed = {each["key"] for each in needs_of(flags)}
    filters = {**one["filters"], "groups": [{**one["filters"]["groups"][0], "rollout_percentage": 7}]}
    changes: list[dict[str, Any]] = [
        {"filters": filters},
        {"filters": {**one["filters"], "payloads": {"true": '"by hand"'}}},
    ]
    if str(one["id"]) not in needed:
        changes += [{"deleted": True}, {"active": not one["active"]}]
    posthog.call("PATCH", f"/api/projects/{project}/feature_flags/{one['id']}/", dice.choice(changes))


def needs_of(flags: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The conditions of flags that are about other flags."""
    return [
        condition
        for each in flags
        for group in each["filters"]["groups"]
        for condition in group.get("properties") or ()
        if condition["type"] == "flag"
    ]


def assert_flag_refers(posthog: Sandbox, project: Any, fields: Mapping[str, Any]) -> None:
    """A flag that needs another one has the id of that one, as a text."""
    ids = {each["key"]: each for each in flags_of(posthog, project)}
    wanted = [str(ids[reference.target[1].partition("/")[2]]["id"]) for reference in references_in(fields)]
    assert [each["key"] for each in needs_of([ids[fields["key"]]])] == wanted
