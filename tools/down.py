"""`make down`: stops the local PostHog that `make up` started, if it is running."""

from __future__ import annotations

import sys

import sandbox_process
from steps import ToolError


def main() -> int:
    try:
        stopped = sandbox_process.stop()
    except ToolError as error:
        sys.stderr.write(f"down: {error}\n")
        return 2
    print(f"stopped the sandbox (process {stopped})" if stopped else "nothing is running")
    return 0


if __name__ == "__main__":
    sys.exit(main())
