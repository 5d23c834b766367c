"""Flags that people have made on PostHog's page: written into a file, and compared with it, in few requests."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cli.lab import Lab, declared, lab_of

SECRET = "hush-hush-encrypted"
PRO = {"key": "plan", "type": "person", "operator": "exact", "value": ["pro"]}
CONDITION = {"properties": [PRO], "rollout_percentage": 25}
VARIANTS = [{"key": "control", "rollout_percentage": 50}, {"key": "one-page", "rollout_percentage": 50}]
THOUSANDS = 900  # and as many flags as below are more than a page
MANY = {"2024": 5, "2025": 5, "2026": 500}


def made_by_hand(lab: Lab, age: str) -> str:
    """Many plain flags in Web and one of each other sort; the list's path."""
    project = lab.posthog.project("Web")["id"]
    path = f"/api/projects/{project}/feature_flags/"
    many = {"feature_flags": MANY[age], "cohorts": MANY[age] * 2 // 5, "actions": MANY[age] // 5}
    lab.call("POST", "/_sandbox/bulk", {**many, "project": project})

    def make(key: str, filters: dict[str, Any], **more: Any) -> Any:
        return lab.call("POST", path, {"key": key, "filters": filters, **more})

    everybody = make("everybody", {"groups": [{"rollout_percentage": 100}]})
    payloads = {"one-page": '{"color": "green"}'}
    make(
        "variants",
        {"groups": [CONDITION], "multivariate": {"variants": VARIANTS}, "payloads": payloads},
        name="Checkout rewrite",
        ensure_experience_continuity=True,
    )
    make("off", {"groups": [{"rollout_percentage": 0}]}, active=False)
    gone = make("gone", {"groups": [{}]})
    lab.call("PATCH", f"{path}{gone['id']}/", {"deleted": True})
    if age != "2024":
        needs = {
            "key": str(everybody["id"]),
            "type": "flag",
            "operator": "flag_evaluates_to",
            "value": True,
        }
        make("dependent", {"groups": [{"properties": [needs]}]})
    if age == "2026":
        make("put-away", {"groups": [CONDITION]}, active=False, archived=True)
        make(
            "settings",
            {"groups": [{"rollout_percentage": 100}], "payloads": {"true": f'"{SECRET}"'}},
            is_remote_configuration=True,
            has_encrypted_payloads=True,
        )
    return path


@pytest.mark.parametrize("age", ["2024", "2025", "2026"])
def test_flags_of_a_living_project_become_a_file_that_changes_nothing_with_one_list(seeded, tmp_path, age):
    lab = lab_of(seeded(age), tmp_path)
    path = made_by_hand(lab, age)
    more = THOUSANDS if age == "2026" else 0
    lab.call("POST", "/_sandbox/bulk", {"feature_flags": more, "project": lab.posthog.project("Web")["id"]})
    lab.posthog.count_anew()

    out = lab.run(
        *("export", "--host", lab.posthog.url, "--project", "Web", "--only", "feature_flag"),
        *("--output", "flags.yaml"),
    )

    assert out.status == 0, out.text
    # Archived ones are in a list of their own; beyond a thousand there is another page, read beside the others.
    assert asked(lab, path) == {f"GET {path}": 3 if more else 2}
    text = (lab.folder / "flags.yaml").read_text()
    assert SECRET not in text + out.text
    flags = declared_flags(text)
    assert len(flags) == more + MANY[age] + {"2024": 3, "2025": 4, "2026": 6}[age]
    assert flags["variants"] == {
        "name": "Checkout rewrite",
        "ensure_experience_continuity": True,
        "filters": {
            "groups": [CONDITION],
            "multivariate": {"variants": VARIANTS},
            "payloads": {"one-page": {"color": "green"}},
        },
    }
    assert flags["off"] == {"active": False, "filters": {"groups": [{"rollout_percentage": 0}]}}
    if age != "2024":
        assert "!ref feature_flag/everybody" in text
    variables = dict.fromkeys(names_in(flags.get("settings", {}).get("encrypted_payloads", {})), "x")
    lab.posthog.count_anew()

    run = lab.run("drift", "flags.yaml", **variables)

    assert run.status == 0, run.text
    assert asked(lab, path) == {f"GET {path}": 3 if more else 2}
    assert lab.posthog.writes() == {}


ONE_LIST = {
    **dict.fromkeys(("actions", "cohorts", "early_access_feature", "surveys"), 1),
    **dict.fromkeys(("experiment_holdouts", "experiment_saved_metrics"), 1),
    **dict.fromkeys(("feature_flags", "experiments"), 2),
}
# The newest servers list experiments without metrics: one more request for each.
FOR_ALL = {"2024": ONE_LIST, "2025": ONE_LIST, "2026": {**ONE_LIST, "experiments": 3}}
KINDS = "feature_flag,cohort,action,early_access_feature,experiment,experiment_holdout,experiment_saved_metric,survey"


def made_of_each_other(lab: Lab, age: str) -> str:
    """Hundreds of flags, cohorts and actions, and some that refer to each other in each way; the project's path."""
    project = f"/api/projects/{lab.posthog.project('Web')['id']}"
    made_by_hand(lab, age)

    def make(family: str, name: str, **fields: Any) -> Any:
        return lab.call("POST", f"{project}/{family}/", {"name": name, **fields})

    def criteria(leaf: dict[str, Any]) -> dict[str, Any]:
        return {"properties": {"type": "OR", "values": [{"type": "AND", "values": [leaf]}]}}

    staff = make("cohorts", "Staff", filters=criteria({**PRO, "key": "email", "value": ["ada@acme.io"]}))
    inside = {"type": "cohort", "key": "id", "value": staff["id"], "negation": True}
    others = make("cohorts", "Everybody else", filters=criteria(inside), description="Who pays")
    of_staff = {"key": "id", "type": "cohort", "operator": "not_in", "value": staff["id"]}
    signed_up = make("actions", "Signed up", steps=[{"event": "signed_up", "properties": [of_staff]}])
    lately = {
        "type": "behavioral",
        "key": signed_up["id"],
        "event_type": "actions",
        "value": "performed_event",
    }
    make("cohorts", "New", filters=criteria({**lately, "time_value": 30, "time_interval": "day"}))
    make("cohorts", "Partners", is_static=True)
    group = {"properties": [{"key": "id", "type": "cohort", "operator": "in", "value": others["id"]}]}
    flag = lab.call(
        "POST", f"{project}/feature_flags/", {"key": "for-others", "filters": {"groups": [group]}}
    )
    make("early_access_feature", "Dark mode", stage="beta", feature_flag_id=flag["id"])
    held = make("experiment_holdouts", "Held", filters=[{"properties": [], "rollout_percentage": 5}])
    of_action = {"kind": "ActionsNode", "id": signed_up["id"]}
    metric = {"kind": "ExperimentMetric", "metric_type": "mean", "name": "Orders", "source": of_action}
    saved = make("experiment_saved_metrics", "Sign-ups", query=metric)
    saved_as = {"id": saved["id"], "metadata": {"type": "secondary"}}
    trial = make(
        "experiments",
        "One page",
        feature_flag_key="variants",
        holdout_id=held["id"],
        saved_metrics_ids=[saved_as],
        metrics=[metric],
    )
    lab.call("PATCH", f"{project}/experiments/{trial['id']}/", {"start_date": "2026-01-01T00:00:00Z"})
    asked = [{"type": "open", "question": "Why?"}]
    conditions = {"actions": {"values": [{"id": signed_up["id"]}]}}
    survey = make(
        "surveys",
        "NPS",
        type="popover",
        questions=asked,
        conditions=conditions,
        linked_flag_id=flag["id"],
        targeting_flag_filters={"groups": [group]},
    )
    started = {"start_date": "2026-01-01T00:00:00Z", "conditions": conditions}
    lab.call("PATCH", f"{project}/surveys/{survey['id']}/", started)
    return project


LATER, LATER_SAID = "2036-01-01T00:00:00Z", "2036-01-01T00:00:00+00:00"


@pytest.mark.parametrize("age", ["2024", "2025", "2026"])
def test_what_is_released_becomes_a_file_that_changes_nothing_with_one_list_of_each(seeded, tmp_path, age):
    lab = lab_of(seeded(age), tmp_path)
    project = made_of_each_other(lab, age)
    lab.posthog.count_anew()

    out = lab.run(
        *("export", "--host", lab.posthog.url, "--project", "Web", "--only", KINDS, "--output", "all.yaml")
    )

    assert out.status == 0, out.text
    assert lists(lab, project) == FOR_ALL[age]
    text = (lab.folder / "all.yaml").read_text()
    web = dict(declared(text.replace("!ref ", "ref "))["projects"]["Web"])
    many = {"feature_flags": MANY[age], "cohorts": MANY[age] * 2 // 5, "actions": MANY[age] // 5}
    assert all(len(web[section]) > number for section, number in many.items())
    (leaf,) = web["cohorts"]["New"]["filters"]["properties"]["values"][0]["values"]
    assert leaf["key"] == "ref action/Signed up"
    (leaf,) = web["cohorts"]["Everybody else"]["filters"]["properties"]["values"][0]["values"]
    assert leaf == {"type": "cohort", "key": "id", "value": "ref cohort/Staff", "negation": True}
    (step,) = web["actions"]["Signed up"]["steps"]
    assert step["properties"][0]["value"] == "ref cohort/Staff"
    assert web["cohorts"]["Partners"] == {"is_static": True}
    (group,) = web["feature_flags"]["for-others"]["filters"]["groups"]
    assert group["properties"][0]["value"] == "ref cohort/Everybody else"
    assert web["early_access_features"]["Dark mode"]["feature_flag"] in (
        "for-others",
        "ref feature_flag/for-others",
    )
    assert web["experiments"]["One page"]["status"] == "running"
    assert web["experiments"]["One page"]["holdout"] in ("Held", "ref experiment_holdout/Held")
    assert web["surveys"]["NPS"]["conditions"] == {"actions": {"values": [{"id": "ref action/Signed up"}]}}
    assert web["surveys"]["NPS"]["status"] == "running"
    payloads = web["feature_flags"].get("settings", {}).get("encrypted_payloads", {})
    variables = dict.fromkeys(names_in(payloads), "x")
    lab.posthog.count_anew()

    run = lab.run("drift", "all.yaml", **variables)

    assert run.status == 0, run.text
    assert lists(lab, project) == FOR_ALL[age]
    assert lab.posthog.writes() == {}

    for family in ("experiments", "surveys"):
        (one,) = lab.posthog.all(f"{project}/{family}/?limit=100")
        lab.call("PATCH", f"{project}/{family}/{one['id']}/", {"end_date": LATER})
    told = lab.run("drift", "all.yaml", **variables)
    accepted = lab.run("accept", "--file", "all.yaml", "--yes", **variables)

    assert (told.status, accepted.status) == (7, 0), told.text + accepted.text
    web = declared((lab.folder / "all.yaml").read_text().replace("!ref ", "ref "))["projects"]["Web"]
    states = [
        web[section][name]["status"] for section, name in (("experiments", "One page"), ("surveys", "NPS"))
    ]
    assert states == ["stopped", "stopped"]
    assert lab.run("drift", "all.yaml", **variables).status == 0


def test_what_somebody_has_scheduled_for_a_flag_of_the_file_is_told_by_drift_and_is_no_difference(lab):
    path = f"/api/projects/{lab.posthog.project('Web')['id']}/"
    filters = {"groups": [{"rollout_percentage": 50}]}
    ids = {
        key: lab.call("POST", f"{path}feature_flags/", {"key": key, "filters": filters})["id"]
        for key in ("checkout", "other")
    }
    lab.write(
        "projects:\n  Web:\n    feature_flags:\n      checkout: {filters: {groups: [{rollout_percentage: 50}]}}\n"
    )
    assert "about to be changed" not in lab.run("drift", "--who", "0").text

    for key, id_ in ids.items():
        value = {"operation": "update_status", "value": key == "other"}
        about = {"record_id": str(id_), "model_name": "FeatureFlag", "scheduled_at": LATER}
        lab.call("POST", f"{path}scheduled_changes/", {**about, "payload": value})
    run = lab.run("drift", "--who", "0")

    told = f'"Web/checkout" is about to be changed by PostHog (update status, at {LATER_SAID}): it will then differ'
    assert run.status == 0, run.text
    assert told in " ".join(run.text.split())
    assert run.text.count("about to be changed") == 1


def lists(lab: Lab, project: str) -> dict[str, int]:
    """How often each list of a project was asked for, of what is released; rules of single objects are apart."""
    counts: Counter[str] = Counter()
    for request, number in lab.posthog.requests()["by_path"].items():
        method, _, path = request.partition("?")[0].partition(" ")
        family = path.removeprefix(f"{project}/").partition("/")[0]
        if method == "GET" and family in FOR_ALL["2026"] and "/access_controls/" not in path:
            counts[family] += number
    return dict(counts)


def asked(lab: Lab, path: str) -> dict[str, int]:
    """The requests about flags and what belongs to them, without their parameters; their access rules are apart."""
    counts: Counter[str] = Counter()
    for request, number in lab.posthog.requests()["by_path"].items():
        if path in request and "/access_controls/" not in request:
            counts[request.partition("?")[0]] += number
    return dict(counts)


def declared_flags(text: str) -> dict[str, Any]:
    """The flags of Web by key; a reference is its text."""
    return dict(declared(text.replace("!ref ", "ref "))["projects"]["Web"]["feature_flags"])


def names_in(payloads: dict[str, Any]) -> list[str]:
    """The variables that a file wants."""
    return [each["env"] for each in payloads.values()]
