"""Kind -> Pulumi's dynamic provider: translates and decides nothing."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CheckFailure, CheckResult  # noqa: TID251 - this is the one door

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.dynamic.provider import Door
from pulumi_posthog.stack.form import of_another_form
from pulumi_posthog.stack.handlers.kind import KindHandler


class KindProvider(Door):
    """The provider of all resources of one kind; knows the kind by name, since it is pickled into the state."""

    __module__ = "pulumi_posthog.dynamic"  # states name the class there

    def __init__(self, kind: str) -> None:
        # Nothing else: an attribute that varies would be a change of every resource, and a name cannot go stale.
        self.kind = kind

    @property
    def handler(self) -> KindHandler:
        """Who decides about this kind."""
        return KindHandler(KINDS[self.kind], process.run)

    def check(self, _olds: Any, news: Any) -> CheckResult:
        """What is declared, complete and comparable, or why it cannot be; a program may give values of any form.

        The failure names no property: Pulumi would print the value, which may be a secret.
        """
        faults = [*of_another_form(KINDS[self.kind], news)]
        if faults:
            return CheckResult(news, [CheckFailure("", each.text) for each in faults])
        return super().check(_olds, news)
