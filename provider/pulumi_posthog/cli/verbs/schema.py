"""`pulumi-posthog schema`: what may be in posthog.yaml, for editors and other programs."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.options import chosen


def schema(
    *,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> None:
    """Print the JSON Schema of posthog.yaml. Its draft is 2020-12. It is JSON in both formats."""
    from pulumi_posthog.config.schema import text

    chosen("--format", form, ("text", "json"))
    terminal.write(text(), "json")
