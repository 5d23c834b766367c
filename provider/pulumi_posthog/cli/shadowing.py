"""What of a folder Python would run in place of an installed package: `python -I -m pulumi_posthog.cli.shadowing`.

Pulumi's program runs in the folder, and what is beside it comes first: a `yaml.py` or a `pulumi_posthog/` of a branch
would run with the secrets of the job. Workflows ask this before any step that has them.
"""

from __future__ import annotations

import sys
from importlib.machinery import all_suffixes
from importlib.util import find_spec
from pathlib import Path

# The program, and what Python made of it.
OURS = {"__main__", "__pycache__"}
# Imported by Python itself as it starts, where they are.
ALWAYS = {"sitecustomize", "usercustomize"}


def shadowing(folder: Path) -> list[str]:
    """The names in `folder` that hide a module which is installed or Python's own."""
    return sorted(entry.name for entry in folder.iterdir() if _hides(_module(entry)))


def _module(entry: Path) -> str:
    """What it is imported as; empty for what cannot be imported, or has no code to run."""
    if entry.is_dir():
        return entry.name if entry.is_symlink() or any(map(_is_code, entry.rglob("*"))) else ""
    return entry.name.partition(".")[0] if _is_code(entry) else ""


def _is_code(entry: Path) -> bool:
    return entry.name.endswith(tuple(all_suffixes())) or entry.is_symlink()


def _hides(name: str) -> bool:
    """Whether Python finds another of that name without the folder."""
    if not name.isidentifier() or name in OURS:
        return False
    return name in ALWAYS or name in sys.stdlib_module_names or find_spec(name) is not None


def main(arguments: list[str]) -> int:
    """Print one line for each, as GitHub shows it at the file; the exit status, 2 when there is one."""
    folder = Path(arguments[0] if arguments else ".")
    found = shadowing(folder)
    for name in found:
        shown = name.encode("ascii", "backslashreplace").decode()
        print(f"::error title=pulumi-posthog::{shown} would run in place of an installed package: rename it")  # noqa: T201
    return 2 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
