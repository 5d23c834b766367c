"""What a user has: the package and what it needs, and nothing that only its tests need.

The libraries of the tests would be measured with it: httpx loads trio and click where they are installed, and
each run of Pulumi lists the packages.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run" / "benchmarks-venv"
OURS = "pulumi-posthog"


@cache
def binaries() -> Path:
    """The folder of its Python and `pulumi-posthog`; made at the first call, and when versions have changed.

    Raises subprocess.CalledProcessError when pip fails, which has said why.
    """
    versions = "".join(
        sorted(f"{each.name}=={each.version}\n" for each in distributions() if each.name != OURS)
    )
    stamp, folder = FOLDER / "versions.txt", FOLDER / "bin"
    if not stamp.is_file() or stamp.read_text() != versions:
        venv.create(FOLDER, clear=True, with_pip=True)
        constraints = FOLDER / "constraints.txt"
        constraints.write_text(versions)
        pip = [folder / "python", "-m", "pip", "install", "--quiet"]
        # As locked here: Pulumi calls it in each run.
        subprocess.run(
            [*pip, "--constraint", constraints, "pip", "--editable", ROOT], check=True, stdout=sys.stderr
        )
        constraints.rename(stamp)
    # As pip does where it installs a wheel: here our modules stay where they are, and the environment may forbid Python
    # to keep what it has compiled.
    subprocess.run([folder / "python", "-m", "compileall", "-q", ROOT / "provider"], check=True)
    return folder
