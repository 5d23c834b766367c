"""The typed resources for programs written in Python."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_posthog
from pulumi_posthog.generate import typed_resources
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET
from pulumi_posthog.stack import typed
from pulumi_posthog.stack.resources import declared

HERE = Path(typed.__file__).parent


def formatted(folder: Path) -> dict[str, str]:
    """The files of a folder, as `ruff` leaves them in the repository."""
    ruff = Path(sys.executable).parent / "ruff"
    settings = ["--config", str(Path(__file__).parents[2] / "pyproject.toml")]
    for arguments in (["check", "--fix", "-q", "--select", "I,F"], ["format", "-q"]):
        subprocess.run([ruff, *arguments, *settings, folder], check=True)
    return files(folder)


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.py")}


def test_the_generated_modules_are_current(tmp_path):
    for name, text in typed_resources.sources().items():
        (tmp_path / name).write_text(text)

    assert files(HERE) == formatted(tmp_path), "run: python -m pulumi_posthog.generate"


def test_every_kind_has_a_public_class():
    for kind in KINDS.values():
        assert kind.resource in pulumi_posthog.__all__
        assert getattr(pulumi_posthog, kind.resource) is getattr(typed, kind.resource)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_class_describes_each_of_its_arguments_and_of_its_outputs_what_is_known(kind):
    class_ = getattr(typed, kind.resource)
    arguments = {*inspect.signature(class_).parameters} - {"resource_name", "opts"}  # Pulumi's own
    outputs = {field.name for field in kind.fields if field.read_only and field.doc}

    described = set(re.findall(r"^ {4}(\w+): \S", inspect.getdoc(class_), re.MULTILINE))

    assert described == arguments | outputs


def test_what_is_left_out_is_not_declared_and_none_is_null():
    values = {"name": "Web", "timezone": UNSET, "surveys_opt_in": None}

    assert declared(KINDS["project"], values) == {"name": "Web", "__nulls": ["surveys_opt_in"]}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = pulumi_posthog.Nonsense
