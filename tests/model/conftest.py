"""What the model tests need in their process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.drivers import InProcess, Reaper
from harness.run import begin_anew
from harness.sandbox import Sandbox
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.values.variables import KEY_VARIABLE

WIDE = Limits(number=1000, share=1.0, allowed=dict.fromkeys(KINDS, 1000))


@pytest.fixture(autouse=True)
def at_hand(monkeypatch: pytest.MonkeyPatch, posthog: Sandbox) -> Iterator[None]:
    """The key and a pace that does not wait; limits that let everything pass, because most tests are not about them."""
    monkeypatch.setenv(KEY_VARIABLE, posthog.key)
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_MINUTE", "1000000")
    monkeypatch.setenv("POSTHOG_REQUESTS_PER_HOUR", "10000000")
    monkeypatch.setattr(process.run.settings, "limits", WIDE)
    # Waiting between tries is tried elsewhere.
    monkeypatch.setattr("pulumi_posthog.api.pacing.Pace.sleep", lambda _self, _seconds: None)
    # A run is killed at its n-th request, which has to be the same one each time: so nothing is read beside.
    monkeypatch.setattr("pulumi_posthog.stack.read_ahead.READERS", 0)
    yield
    begin_anew()


@pytest.fixture
def reaper(monkeypatch: pytest.MonkeyPatch) -> Reaper:
    """Kills a run at a request."""
    return Reaper(monkeypatch)


@pytest.fixture
def anew(posthog: Sandbox, reaper: Reaper):
    """Makes a stack that manages nothing yet, beside a PostHog as after its start."""

    def anew(*, guarded: bool = True) -> InProcess:
        posthog.call("POST", "/_sandbox/reset")
        posthog.allow_legacy_destinations()
        return InProcess(posthog, reaper, guarded=guarded)

    return anew
