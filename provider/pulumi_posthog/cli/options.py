"""Options that several verbs share, and what may be written in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.values.suggestion import did_you_mean

DEFAULT_FILE = Path("posthog.yaml")


def found(file: Path) -> Path:
    """The default file, where this folder has none, of the folder above it that has the Pulumi.yaml; else `file`."""
    if file != DEFAULT_FILE or file.exists():
        return file
    from pulumi_posthog.values.local_file import project_above

    above = project_above(Path.cwd())
    if above is None or not (above / file).is_file():
        return file
    return Path(os.path.relpath(above / file))


File = Annotated[Path, Argument(metavar="FILE", help="The configuration.", show_default=True, callback=found)]
Only = Annotated[
    list[str] | None,
    Option(
        "--only", metavar="KIND", help="Only this kind, such as role; repeatable, or several with commas."
    ),
]


def chosen(option: str, value: str, known: Sequence[str]) -> str:
    """`value` if it is one of `known`; raises Stop with the closest ones."""
    if value in known:
        return value
    raise Stop(f'{option}: there is no "{value}"', did_you_mean(value, known))


def kinds(only: Sequence[str] | None) -> frozenset[str]:
    """The kinds that `--only` names; a list of members is asked for by either of its two kinds. Raises Stop."""
    from pulumi_posthog.kinds import KINDS

    given = (name.strip().replace("-", "_") for each in only or () for name in each.split(","))
    names = {chosen("--only", name, list(KINDS)) for name in given}
    for kind in KINDS.values():
        if kind.set_of and names & {kind.name, kind.set_of}:
            names |= {kind.name, kind.set_of}
    return frozenset(names)
