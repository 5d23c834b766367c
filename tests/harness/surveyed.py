"""Experiments, holdouts, features and surveys of a model and of a sandbox: drawn, there, changed by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from harness import rows
from harness.rows import refer_to
from harness.sandbox import Sandbox

SPLIT, TRIAL, HELD, NPS, FEATURE = "split", "Trial", "Held", "NPS", "Feature"
BEGAN, ENDED = "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"
FAMILIES: Mapping[str, str] = {
    "experiment": "experiments",
    "experiment_holdout": "experiment_holdouts",
    "survey": "surveys",
    "early_access_feature": "early_access_feature",
}


def split(project: str, control: int = 50) -> rows.Row:
    """A flag with two variants, `control` per cent of the first."""
    variants = [
        {"key": key, "rollout_percentage": share}
        for key, share in (("control", control), ("other", 100 - control))
    ]
    filters = {"groups": [{"rollout_percentage": 100}], "multivariate": {"variants": variants}}
    return rows.row("feature_flag", f"{project}/{SPLIT}", project, key=SPLIT, filters=filters)


def trial(project: str, event: str = "paid", **more: Any) -> rows.Row:
    """An experiment about that flag, which counts an event."""
    metric = {
        "kind": "ExperimentMetric",
        "metric_type": "mean",
        "name": "Orders",
        "source": {"kind": "EventsNode", "event": event},
    }
    return rows.row(
        "experiment",
        f"{project}/{TRIAL}",
        project,
        name=TRIAL,
        feature_flag_key=SPLIT,
        metrics=[metric],
        **more,
    )


def held(project: str, share: int = 5) -> rows.Row:
    """A holdout of `share` per cent."""
    return rows.row(
        "experiment_holdout",
        f"{project}/{HELD}",
        project,
        name=HELD,
        filters=[{"rollout_percentage": share}],
    )


def feature(project: str, flag: str, stage: str = "beta") -> rows.Row:
    """A feature that opens a flag."""
    to = refer_to("feature_flag", f"{project}/{flag}")
    return rows.row(
        "early_access_feature",
        f"{project}/{FEATURE}",
        project,
        name=FEATURE,
        feature_flag=to,
        stage=stage,
    )


def survey(project: str, flag: str | None = None, among: str | None = None, **more: Any) -> rows.Row:
    """A survey for people who have a flag and are `among` a cohort; with None, for everybody."""
    who = {"key": "id", "type": "cohort", "operator": "in"}
    filters = (
        {"groups": [{"properties": [{**who, "value": refer_to("cohort", f"{project}/{among}")}]}]}
        if among
        else None
    )
    return rows.row(
        "survey",
        f"{project}/{NPS}",
        project,
        name=NPS,
        type="popover",
        questions=[{"type": "open", "question": "What should we improve?"}],
        linked_flag=refer_to("feature_flag", f"{project}/{flag}") if flag else None,
        targeting_flag_filters=filters,
        **more,
    )


def drawn_surveys(draw: st.DrawFn, project: str, flag: str | None, cohort: str | None) -> Iterator[rows.Row]:
    """Some of them, which may be about a flag and a cohort.

    Of the states only those are drawn to which a way leads from each other one.
    """

    def perhaps(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    if perhaps(True, False, False):
        yield held(project, perhaps(5, 10))
    if perhaps(True, False):
        yield split(project, perhaps(50, 90))
        if perhaps(True, True, False):
            yield trial(project, perhaps("paid", "seen"), status=perhaps(..., "running"))
    if flag and perhaps(True, False):
        yield feature(project, flag, perhaps("draft", "beta", "general-availability"))
    if perhaps(True, False):
        about, among = perhaps(None, flag), perhaps(None, cohort)
        status = perhaps(..., "running", "archived")
        yield survey(project, about, among, status=status, description=perhaps(..., "x"))


def all_of(posthog: Sandbox, project: Any, kind: str) -> list[Mapping[str, Any]]:
    """The objects of a kind in a project, by name."""
    path = f"/api/projects/{project}/{FAMILIES[kind]}/?limit=100"
    return sorted(posthog.all(path), key=lambda each: (str(each["name"]), str(each["id"])))


def surveys_by_hand(posthog: Sandbox, project: Any, dice: random.Random) -> None:
    """Somebody changes, starts, stops, puts away or deletes an experiment, a holdout, a feature or a survey."""
    found = [(kind, each) for kind in FAMILIES for each in all_of(posthog, project, kind)]
    if not found:
        return
    kind, one = dice.choice(found)
    path = f"/api/projects/{project}/{FAMILIES[kind]}/{one['id']}/"

    def change(**body: Any) -> Callable[[], Any]:
        return lambda: posthog.call("PATCH", path, body)

    ways: list[Callable[[], Any]] = [change(description="By hand")]
    if kind == "experiment":
        ways.append(change(deleted=True))
        if not one["start_date"]:
            ways.append(change(start_date=BEGAN))
        elif one.get("status") == "running":
            ways.append(lambda: posthog.call("POST", f"{path}pause/", {}))
    else:
        ways.append(lambda: posthog.call("DELETE", path))
    if kind == "experiment_holdout":
        ways.append(change(filters=[{"properties": [], "rollout_percentage": 7}]))
    if kind == "early_access_feature":
        ways.append(change(stage="alpha"))
    if kind == "survey":
        if not one["start_date"]:
            ways.append(change(start_date=BEGAN))
        elif not one["end_date"]:
            ways += [change(end_date=ENDED), change(archived=True)]
    dice.choice(ways)()


def assert_means(posthog: Sandbox, project: Any, kind: str, wanted: list[str]) -> None:
    """A survey, or a feature, is about the flag and the cohort with these ids, and about no other."""
    (one,) = all_of(posthog, project, kind)
    if kind == "early_access_feature":
        found = [one["feature_flag"]["id"]]
    else:
        groups = ((one["targeting_flag"] or {}).get("filters") or {}).get("groups") or ()
        among = [leaf["value"] for group in groups for leaf in group.get("properties") or ()]
        found = [*([] if one["linked_flag_id"] is None else [one["linked_flag_id"]]), *among]
    assert [str(each) for each in found] == wanted, f"{kind}: {one}"
