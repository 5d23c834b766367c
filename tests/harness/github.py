"""A GitHub of its own for tests: `gh api` on a JSON file with the issues and comments of one repository."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

US = "github-actions[bot]"
# `gh api PATH [--method M] [--input -]`; what it is told to make is made by the workflow's own user.
PROGRAM = """\
#!{python}
import json, pathlib, re, sys
path, file = sys.argv[2].partition("?")[0], pathlib.Path({file!r})
state = json.loads(file.read_text()) if file.exists() else {{"issues": [], "comments": []}}
method = sys.argv[sys.argv.index("--method") + 1] if "--method" in sys.argv else "GET"
body = json.load(sys.stdin) if "--input" in sys.argv else {{}}
state.setdefault("log", []).append(f"{{method}} {{path}}")
kind = "comments" if "comments" in path else "issues"
last = path.rpartition("/")[2]
if method == "GET":
    found = [each for each in state[kind] if each.get("state", "open") == "open"]
    page = int((re.search("[?&]page=([0-9]+)", sys.argv[2]) or [0, 1])[1])
    print(json.dumps(found[100 * (page - 1) : 100 * page]))
elif method == "POST":
    number = len(state[kind]) + 1
    state[kind].append({{"id": number, "number": number, "state": "open", "user": {{"login": "{us}"}}, **body}})
else:
    state[kind][int(last) - 1].update(body)
file.write_text(json.dumps(state))
"""


def put(folder: Path, file: Path) -> None:
    """Puts a `gh` into a folder that is on PATH; it keeps what it is told in `file`."""
    program = folder / "gh"
    program.write_text(PROGRAM.format(python=sys.executable, file=str(file), us=US))
    program.chmod(0o755)


def told(file: Path) -> dict[str, Any]:
    """Issues, comments, and the log of what was asked."""
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"issues": [], "comments": []}
    return found
