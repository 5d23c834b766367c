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
    lab.posthog.count_anew()

    out = lab.run(
        *("export", "--host", lab.posthog.url, "--project", "Web", "--only", "feature_flag"),
        *("--output", "flags.yaml"),
    )

    assert out.status == 0, out.text
    assert asked(lab, path) == {f"GET {path}": 2}  # archived ones are in a list of their own
    text = (lab.folder / "flags.yaml").read_text()
    assert SECRET not in text + out.text
    flags = declared_flags(text)
    assert len(flags) == MANY[age] + {"2024": 3, "2025": 4, "2026": 6}[age]
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
    assert asked(lab, path) == {f"GET {path}": 2}
    assert lab.posthog.writes() == {}


FOR_ALL = {
    "2024": {"actions": 1, "cohorts": 1, "feature_flags": 2, "early_access_feature": 1},
    "2025": {"actions": 1, "cohorts": 1, "feature_flags": 2, "early_access_feature": 1},
    "2026": {"actions": 1, "cohorts": 1, "feature_flags": 2, "early_access_feature": 1},
}


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
    return project


@pytest.mark.parametrize("age", ["2024", "2025", "2026"])
def test_what_is_released_becomes_a_file_that_changes_nothing_with_one_list_of_each(seeded, tmp_path, age):
    lab = lab_of(seeded(age), tmp_path)
    project = made_of_each_other(lab, age)
    kinds = "feature_flag,cohort,action,early_access_feature"
    lab.posthog.count_anew()

    out = lab.run(
        *("export", "--host", lab.posthog.url, "--project", "Web", "--only", kinds, "--output", "all.yaml")
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
    payloads = web["feature_flags"].get("settings", {}).get("encrypted_payloads", {})
    lab.posthog.count_anew()

    run = lab.run("drift", "all.yaml", **dict.fromkeys(names_in(payloads), "x"))

    assert run.status == 0, run.text
    assert lists(lab, project) == FOR_ALL[age]
    assert lab.posthog.writes() == {}


def lists(lab: Lab, project: str) -> dict[str, int]:
    """How often each list of a project was asked for, of what is released."""
    counts: Counter[str] = Counter()
    for request, number in lab.posthog.requests()["by_path"].items():
        method, _, path = request.partition("?")[0].partition(" ")
        family = path.removeprefix(f"{project}/").partition("/")[0]
        if method == "GET" and family in FOR_ALL["2026"]:
            counts[family] += number
    return dict(counts)


def asked(lab: Lab, path: str) -> dict[str, int]:
    """The requests about flags and what belongs to them, without their parameters."""
    counts: Counter[str] = Counter()
    for request, number in lab.posthog.requests()["by_path"].items():
        if path in request:
            counts[request.partition("?")[0]] += number
    return dict(counts)


def declared_flags(text: str) -> dict[str, Any]:
    """The flags of Web by key; a reference is its text."""
    return dict(declared(text.replace("!ref ", "ref "))["projects"]["Web"]["feature_flags"])


def names_in(payloads: dict[str, Any]) -> list[str]:
    """The variables that a file wants."""
    return [each["env"] for each in payloads.values()]
