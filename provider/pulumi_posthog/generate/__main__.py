"""Writes what is made from the kinds and committed: pages, the schemas, typed resources. Run it in the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pulumi_posthog.config import schema
from pulumi_posthog.generate import command_line, kinds, operations, typed_resources
from pulumi_posthog.stack.plugin import schema as plugin_schema


def write(root: Path) -> None:
    """Write all of it below `root`, the folder of the repository."""
    os.environ["COLUMNS"] = "100"  # a narrow terminal must not break lines elsewhere
    typed = root / "provider" / "pulumi_posthog" / "stack" / "typed"
    texts = {
        **{root / "docs" / "reference" / name: text for name, text in kinds.pages().items()},
        root / "docs" / "command-line.md": command_line.command_line(),
        root / "docs" / "operations.md": operations.page(),
        root / "schemas" / "posthog.schema.json": schema.text(),
        root / "schemas" / "provider.schema.json": plugin_schema.text(),
        **{typed / name: text for name, text in typed_resources.sources().items()},
    }
    for path in typed.glob("*.py"):
        path.unlink()  # of a kind that there is no more
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (["check", "--fix", "--quiet", "--select", "I,F"], ["format", "--quiet"]):
        subprocess.run([Path(sys.executable).parent / "ruff", *command, typed], check=True)


if __name__ == "__main__":
    write(Path.cwd())
