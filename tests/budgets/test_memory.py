"""How much memory a run may take: the provider holds one snapshot, whatever its size."""

import pytest

from harness.stack import HEADER

pytestmark = pytest.mark.e2e

FILES = 5_000
MIB_OF_THE_PROVIDER = 200


def test_five_thousand_live_objects_fit_into_the_providers_budget(tmp_path, posthog):
    from benchmarks import stacks

    posthog.call("POST", "/_sandbox/bulk", {"file_system": FILES})
    text = "projects:\n  Default project:\n    file_system:\n      Bulk 001: {type: folder}\n"
    stack = stacks.ours(tmp_path / "stack", posthog, HEADER + text)

    run = stack.pulumi(*stacks.arguments("up"))

    assert run.status == 0, run.text
    assert "taken over" in run.text
    assert set(run.peak_of) >= {"engine", "program", "provider"}
    assert run.peak_of["provider"] < MIB_OF_THE_PROVIDER
