"""What a team releases, of a model and of a sandbox: what is drawn, what is there, what somebody does by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.sandbox import Sandbox
from harness.surveyed import FAMILIES, SPLIT, all_of, assert_means, drawn_surveys, surveys_by_hand
from pulumi_posthog.kinds.cohort import TEST_USERS
from pulumi_posthog.values.reference import Reference, references_in

PAGE, CHECKOUT = "page", "checkout"  # the second one may need the first
STAFF, TESTERS, PAYERS = "Staff", "Testers", "Payers"  # each may be among what the one before it is


def called(project: str, kind: str, name: str) -> Reference:
    """Something that is declared beside it, in the place of its id."""
    return Reference(kind, name, target=(kind, f"{project}/{name}"))


def flag(
    project: str, key: str, share: int = 100, needs: str | None = None, among: str | None = None, **more: Any
) -> rows.Row:
    """A flag for `share` per cent of the people, of those who have the flag `needs` and are `among` a cohort."""
    condition: dict[str, Any] = {"rollout_percentage": share, "properties": []}
    if needs:
        other = called(project, "feature_flag", needs)
        condition["properties"].append(
            {"type": "flag", "key": other, "operator": "flag_evaluates_to", "value": True}
        )
    if among:
        cohort = called(project, "cohort", among)
        condition["properties"].append({"type": "cohort", "key": "id", "operator": "in", "value": cohort})
    filters = {"groups": [condition]}
    return rows.row("feature_flag", f"{project}/{key}", project, key=key, filters=filters, **more)


def criteria(*leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Who is in a cohort."""
    return {"properties": {"type": "OR", "values": [{"type": "AND", "values": [*leaves]}]}}


def cohort(project: str, name: str, plan: str = "pro", inside: str | None = None) -> rows.Row:
    """A cohort of persons with a plan, of those who are `inside` another one."""
    leaf = {"type": "person", "key": "plan", "operator": "exact", "value": [plan]}
    other = {"type": "cohort", "key": "id", "value": called(project, "cohort", inside or "")}
    filters = criteria(leaf, *([other] if inside else []))
    return rows.row("cohort", f"{project}/{name}", project, name=name, filters=filters)


def drawn_cohorts(draw: st.DrawFn, project: str) -> list[rows.Row]:
    """Some cohorts of a project, one inside the other."""
    names = draw(st.sampled_from(((), (), (STAFF,), (STAFF, TESTERS), (STAFF, TESTERS, PAYERS), (PAYERS,))))
    plans = [draw(st.sampled_from(("pro", "team"))) for _ in names]
    inside = [before if before and draw(st.booleans()) else None for before in (None, *names)]
    return [cohort(project, *each) for each in zip(names, plans, inside[: len(names)], strict=True)]


def drawn(draw: st.DrawFn, project: str) -> Iterator[rows.Row]:
    """Some cohorts of a project, some flags, which may be for them, and what is about those."""
    cohorts = drawn_cohorts(draw, project)
    yield from cohorts
    keys = draw(st.sampled_from(((), (), (PAGE,), (PAGE, CHECKOUT), (CHECKOUT,))))
    for key in keys:
        needs = PAGE if key == CHECKOUT and PAGE in keys and draw(st.booleans()) else None
        among = dict(cohorts[-1][3])["name"] if cohorts and draw(st.booleans()) else None
        share, active = draw(st.sampled_from((0, 50, 100))), draw(st.sampled_from((..., True, False)))
        # PostHog refuses that a flag which is on needs one that is off.
        yield flag(
            project, key, share, needs, among, active=... if PAGE in keys[1:] or len(keys) > 1 else active
        )
    about = PAGE if PAGE in keys else None
    yield from drawn_surveys(draw, project, about, dict(cohorts[-1][3])["name"] if cohorts else None)


def flags_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The flags of a project, by key."""
    found = posthog.all(f"/api/projects/{project}/feature_flags/?limit=1000")
    return sorted(found, key=lambda each: str(each["key"]))


def cohorts_of(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The cohorts of a project that somebody has made, by name."""
    found = posthog.all(f"/api/projects/{project}/cohorts/?limit=1000")
    return sorted(
        (each for each in found if each["name"] != TEST_USERS),
        key=lambda each: (str(each["name"]), int(each["id"])),
    )


def cohorts_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody says otherwise who is in a cohort, describes or renames it, or deletes one that nothing uses."""
    cohorts = cohorts_of(posthog, project)
    if not cohorts:
        return
    one = dice.choice(cohorts)
    used = {
        leaf["value"]
        for each in (*cohorts, *flags_of(posthog, project), *owned_by_surveys(posthog, project))
        for leaf in leaves(each["filters"])
        if leaf.get("type") == "cohort"
    }
    leaf = {"type": "person", "key": "plan", "operator": "exact", "value": ["by hand"]}
    changes: list[dict[str, Any]] = [
        {"filters": criteria(leaf)},
        {"description": "By hand"},
        {"name": f"{one['name']} by hand"},
    ]
    if one["id"] not in used:
        changes.append({"deleted": True})
    posthog.call("PATCH", f"/api/projects/{project}/cohorts/{one['id']}/", dice.choice(changes))


def owned_by_surveys(posthog: Sandbox, project: Any) -> list[Mapping[str, Any]]:
    """The hidden flags by which surveys choose their people."""
    surveys = all_of(posthog, project, "survey")
    return [each["targeting_flag"] for each in surveys if each["targeting_flag"]]


def leaves(value: Any) -> Iterator[Mapping[str, Any]]:
    """The conditions in filters, at any depth."""
    if isinstance(value, Mapping):
        if "key" in value:
            yield value
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


def releases_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody deletes a flag that no other needs, rolls one out, or adds a payload that the file does not have."""
    turn = dice.randrange(3)
    if turn:
        (surveys_by_hand if turn == 1 else cohorts_by_hand)(posthog, project, dice)
        return
    flags = flags_of(posthog, project)
    if not flags:
        return
    one = dice.choice(flags)
    if one["key"] == SPLIT:
        shares = [{**each, "rollout_percentage": 50} for each in one["filters"]["multivariate"]["variants"]]
        change = {**one["filters"], "multivariate": {"variants": shares}}
        posthog.call("PATCH", f"/api/projects/{project}/feature_flags/{one['id']}/", {"filters": change})
        return
    needed = {each["key"] for each in needs_of(flags)}
    filters = {**one["filters"], "groups": [{**one["filters"]["groups"][0], "rollout_percentage": 7}]}
    changes: list[dict[str, Any]] = [
        {"filters": filters},
        {"filters": {**one["filters"], "payloads": {"true": '"by hand"'}}},
    ]
    if str(one["id"]) not in needed:
        changes.append({"active": not one["active"]})
        if not any(
            each["feature_flag"]["id"] == one["id"]
            for each in all_of(posthog, project, "early_access_feature")
        ):
            changes.append({"deleted": True})
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


def assert_refers(posthog: Sandbox, project: Any, kind: str, fields: Mapping[str, Any]) -> None:
    """What names flags and cohorts has their ids: those of flags as texts, where they are conditions."""
    flags = {each["key"]: each for each in flags_of(posthog, project)}
    cohorts = {each["name"]: each for each in cohorts_of(posthog, project)}
    wanted = []
    for reference in references_in(fields):
        name = (reference.target or ("", ""))[1].partition("/")[2]
        wanted.append(cohorts[name]["id"] if reference.kind == "cohort" else str(flags[name]["id"]))
    if kind in FAMILIES:
        assert_means(posthog, project, kind, [str(each) for each in wanted])
        return
    one = flags[fields["key"]] if kind == "feature_flag" else cohorts[fields["name"]]
    found = [
        leaf["value"] if leaf["type"] == "cohort" else leaf["key"]
        for leaf in leaves(one["filters"])
        if leaf.get("type") in ("cohort", "flag")
    ]
    assert found == wanted, f"{kind} {fields}"
