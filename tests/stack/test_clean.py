"""How often an error is told: what Pulumi may not show hides nothing that it would have shown."""

import pytest

from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.stack.handlers.call import Call, serving
from pulumi_posthog.stack.handlers.clean import clean
from pulumi_posthog.stack.run import SAME_ERROR, Run

DOWN = "PostHog does not answer"


class Asking:
    """A handler of which every call fails in the same way."""

    def __init__(self, run):
        self.run = run

    @clean
    def read(self):
        raise CannotApply(DOWN)

    @clean
    def diff(self):
        raise CannotApply(DOWN)

    @clean
    def create(self):
        raise CannotApply(DOWN)


def told(method, urn):
    """What the engine gets of a call that fails."""
    with serving(Call(urn, print, print)) as call, pytest.raises(CannotApply):
        method()
    return call.failure.text


def test_a_refresh_tells_the_same_error_once():
    handler = Asking(Run())

    assert [told(handler.read, urn) for urn in "ab"] == [DOWN, SAME_ERROR]
    assert told(handler.diff, "c") == SAME_ERROR  # a refresh compares, too


def test_each_comparison_of_what_is_declared_tells_its_error_because_pulumi_shows_one_of_them():
    handler = Asking(Run())
    for urn in "ab":
        handler.run.holdings.declares("role", urn)

    assert [told(handler.diff, urn) for urn in "ab"] == [DOWN, DOWN]
    assert told(handler.create, "a") == DOWN  # this one is shown in any case, and those may not have been
