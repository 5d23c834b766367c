"""A refresh asks where the state says: when nobody is there any more, it says how to name the new address."""

from __future__ import annotations

import pytest

from pulumi_posthog.api import NotFound, Unreachable
from pulumi_posthog.stack.handlers.call import Call, serving
from pulumi_posthog.stack.handlers.clean import clean
from pulumi_posthog.stack.run import Run


class Handler:
    """One whose calls end as they are told."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.run = Run()

    @clean
    def read(self) -> None:
        raise self.error

    @clean
    def update(self) -> None:
        raise self.error


def said(error: Exception, method: str) -> str:
    with serving(Call("urn", print, print)) as call, pytest.raises(type(error)):
        getattr(Handler(error), method)()
    assert call.failure is not None
    return call.failure.text


GONE = "old.example cannot be reached: no such name"


def test_an_old_host_that_is_unreachable_in_a_refresh_has_a_hint(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("POSTHOG_HOST", raising=False)

    text = said(Unreachable(GONE, hint="check `host`"), "read")

    assert text.splitlines()[1:] == [
        "  hint: where PostHog has moved since the last run, say so: export POSTHOG_HOST=https://..."
    ]


@pytest.mark.parametrize(
    ("error", "method", "host"),
    [
        (Unreachable(f"1 {GONE}"), "update", ""),
        (Unreachable(f"2 {GONE}"), "read", "https://new.example"),
        (NotFound("3 no"), "read", ""),
    ],
)
def test_nobody_else_has_it(monkeypatch: pytest.MonkeyPatch, error: Exception, method: str, host: str):
    monkeypatch.setenv("POSTHOG_HOST", host)

    assert "POSTHOG_HOST" not in said(error, method)
