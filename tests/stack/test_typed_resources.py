"""The typed resources for programs written in Python."""

import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_posthog
from pulumi_posthog.generate import typed_resources
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import UNSET
from pulumi_posthog.stack import typed_resources as stack_typed_resources
from pulumi_posthog.stack.resources import declared


def formatted(source: str) -> str:
    """As `ruff` leaves it in the repository."""
    ruff = Path(sys.executable).parent / "ruff"
    for arguments in (["check", "--fix", "-q", "--select", "I,F"], ["format", "-q"]):
        command = [ruff, *arguments, "--stdin-filename", stack_typed_resources.__file__, "-"]
        source = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    return source


def test_the_generated_module_is_current():
    current = Path(stack_typed_resources.__file__).read_text()

    assert current == formatted(typed_resources.source()), "run: python -m pulumi_posthog.generate"


def test_every_kind_has_a_public_class():
    for kind in KINDS.values():
        assert kind.resource in pulumi_posthog.__all__
        assert getattr(pulumi_posthog, kind.resource) is getattr(stack_typed_resources, kind.resource)


def test_what_is_left_out_is_not_declared_and_none_is_null():
    values = {"name": "Web", "timezone": UNSET, "surveys_opt_in": None}

    assert declared(KINDS["project"], values) == {"name": "Web", "__nulls": ["surveys_opt_in"]}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = pulumi_posthog.Nonsense
