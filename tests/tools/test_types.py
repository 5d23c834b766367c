"""What a type checker makes of a program written with our resources."""

from __future__ import annotations

from pathlib import Path

import mypy.api

PROGRAM = """\
import pulumi_posthog as posthog

web = posthog.Project("web", name="Web", week_start_day=1, business_model="b2b")
posthog.Projekt("shop", name="Shop")
posthog.Project("shop", name="Shop", business_model="b2x")
posthog.Project("shop", name="Shop", timezoon="UTC")
posthog.OrganizationSettings("settings", members_can_invite=False)
posthog.Project("shop", name="Shop", session_recording_masking_config={"maskAllInputs": True})
posthog.Project("shop", name="Shop", session_recording_masking_config={"maskAlInputs": True})
posthog.Project("shop", name="Shop", session_recording_linked_flag={"id": "7", "key": "new"})
posthog.FeatureFlag("new", project=web.id, key="new", filters={"groups": [{"rollout_percentage": 50}]})
posthog.FeatureFlag("new", project=web.id, key="new", filters={"group": []})
posthog.HealthCheck("alive", project=web, last="1h", expect="> 0")
posthog.HealthCheck("alive", project=posthog.get_project("Web").id, last="1h", expect="> 0")
posthog.get_cohort("Beta testers", posthog.get_project("Web")).as_property
posthog.AbsentPersons("gone", project=web, absent=["kim@example.org"])
"""


def test_a_type_checker_finds_names_settings_and_choices_that_there_are_not(tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    out, _, status = mypy.api.run(
        ["--config-file=", "--no-error-summary", "--follow-imports=silent", str(program)]
    )

    wrong = [
        (int(line.split(":")[1]), line.rpartition("[")[2]) for line in out.splitlines() if "error" in line
    ]
    assert status == 1
    assert wrong == [
        (4, "attr-defined]"),
        (5, "arg-type]"),
        (6, "call-arg]"),
        (9, "arg-type]"),
        (10, "arg-type]"),
        (12, "arg-type]"),
        (14, "arg-type]"),
        (16, "list-item]"),
    ], out
