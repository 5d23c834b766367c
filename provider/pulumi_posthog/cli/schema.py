"""`pulumi-posthog schema`: what may stand in posthog.yaml, for editors and other programs."""

from __future__ import annotations

from pulumi_posthog.cli import terminal


def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of posthog.yaml."""
    from pulumi_posthog.schema import text

    terminal.write(text())
