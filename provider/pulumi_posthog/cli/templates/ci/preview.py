"""What a change would do: drift.md and preview.txt. Ends with the status of whichever could not be looked at."""

import subprocess
import sys
from pathlib import Path

COULD_NOT = {1, 2, 3, 4, 8, 9}  # of `pulumi-posthog drift`; 5 and 7 are results


def main(stack: str) -> int:
    """Compare and preview, beside the stack."""
    drift = subprocess.run(
        [
            ".venv/bin/pulumi-posthog",
            "drift",
            "--stack",
            stack,
            "--output",
            "drift.md",
            "--output",
            "drift.xml",
        ],
        check=False,
    ).returncode
    preview = subprocess.run(
        ["pulumi", "preview", "--diff", "--non-interactive", "--color", "never", "--stack", stack],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    Path("preview.txt").write_bytes(preview.stdout)
    sys.stdout.write(preview.stdout.decode(errors="replace"))
    return drift if drift in COULD_NOT else preview.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
