"""Options that several verbs share, and what may be written in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.values.suggestion import did_you_mean

File = Annotated[Path, Argument(metavar="FILE", help="The configuration.", show_default=True)]
Only = Annotated[
    list[str] | None, Option("--only", metavar="KIND", help="This kind only, such as role; repeatable.")
]
DEFAULT_FILE = Path("posthog.yaml")


def chosen(option: str, value: str, known: Sequence[str]) -> str:
    """`value` if it is one of `known`; raises Stop with the closest ones."""
    if value in known:
        return value
    raise Stop(f'{option}: there is no "{value}"', did_you_mean(value, known))


def kinds(only: Sequence[str] | None) -> frozenset[str]:
    """The kinds that `--only` names; a list of members is asked for by either of its two kinds."""
    from pulumi_posthog.kinds import KINDS

    names = {chosen("--only", name.replace("-", "_"), list(KINDS)) for name in only or ()}
    for kind in KINDS.values():
        if kind.exact_list_of and names & {kind.name, kind.exact_list_of}:
            names |= {kind.name, kind.exact_list_of}
    return frozenset(names)
