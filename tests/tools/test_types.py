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
    assert (status, wrong) == (1, [(4, "attr-defined]"), (5, "arg-type]"), (6, "call-arg]")]), out
