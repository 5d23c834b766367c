"""The run that the providers of this process share, for tests that drive them in the process."""

from __future__ import annotations

from pulumi_posthog.stack.dynamic import process
from pulumi_posthog.stack.run import Run


def begin_anew() -> None:
    """Forget what has been seen, as another process of the same stack would; its settings stay."""
    process.run.close()
    process.run = Run(process.run.settings)
