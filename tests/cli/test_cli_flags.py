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
