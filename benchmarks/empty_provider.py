"""Pulumi's own floor: dynamic resources that do nothing at all, to count what a resource costs before we do."""

from __future__ import annotations

import base64
import pickle
from typing import Any

from pulumi.dynamic import (  # noqa: TID251 - the floor is what this costs without us
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
)

import pulumi


class EmptyProvider(ResourceProvider):
    """Answers without looking."""

    def check(self, _olds: Any, news: Any) -> CheckResult:
        """What it was given."""
        return CheckResult(news, [])

    def diff(self, _id: str, _olds: Any, _news: Any) -> DiffResult:
        """Never a change."""
        return DiffResult(changes=False)

    def read(self, id_: str, props: Any) -> ReadResult:
        """What it was given."""
        return ReadResult(id_, props, inputs=dict(props))

    def create(self, props: Any) -> CreateResult:
        """There is nothing to make."""
        return CreateResult(props["name"], props)

    def delete(self, _id: str, _props: Any) -> None:
        """There is nothing to remove."""


PROVIDER = base64.b64encode(pickle.dumps(EmptyProvider(), protocol=4)).decode()


class Empty(pulumi.CustomResource):
    """A resource with one property: as `pulumi.dynamic.Resource`, which fails at the 981st of a program."""

    def __init__(self, name: str) -> None:
        super().__init__("pulumi-python:dynamic/floor:Empty", name, {"name": name, "__provider": PROVIDER})


def register(count: int) -> None:
    """The whole program."""
    for number in range(count):
        Empty(f"Empty {number:05}")
