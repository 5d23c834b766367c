"""What a change would do: drift.md, drift.xml and preview.txt in a new folder.

Ends with the status of whichever could not be looked at.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

COULD_NOT = {1, 2, 3, 4, 8, 9}  # of `pulumi-posthog drift`; 5 and 7 are results

MARKS = re.compile(rb"<{%[^%]*%}>")  # for colours: Pulumi leaves them in its counts when there is no terminal


def made_anew(folder: Path) -> Path:
    """An empty folder: a link of that name, or what is in it, may come from the branch."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main(stack: str, folder: Path) -> int:
    """Compare and preview, beside the stack."""
    made_anew(folder)
    outputs = [part for name in ("drift.md", "drift.xml") for part in ("--output", str(folder / name))]
    drift = subprocess.run(
        [".venv/bin/pulumi-posthog", "drift", "--stack", stack, *outputs], check=False
    ).returncode
    preview = subprocess.run(
        ["pulumi", "preview", "--diff", "--non-interactive", "--color", "never", "--stack", stack],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = MARKS.sub(b"", preview.stdout)
    with (folder / "preview.txt").open("xb") as file:  # x: never through a link
        file.write(said)
    sys.stdout.write(said.decode(errors="replace"))
    return drift if drift in COULD_NOT else preview.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
