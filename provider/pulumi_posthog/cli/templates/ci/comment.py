"""drift.md and preview.txt of a folder -> one comment of the pull request, kept up to date.

Wants GH_TOKEN and PULL_REQUEST.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MARKER = "<!-- pulumi-posthog drift -->"
AUTHOR = "github-actions[bot]"  # who a workflow's own token is; anybody can write the marker
LONGEST = 65_000  # characters: GitHub takes 65,536
A_PAGE = 100


def text_of(path: Path) -> str | None:
    """What a file holds; None when there is none. A link is none: it may lead to what nobody is to see."""
    try:
        with os.fdopen(
            os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8", errors="replace"
        ) as file:
            return file.read(1_000_000)
    except OSError:
        return None


def body(folder: Path) -> str:
    """The comment's text; the preview is cut before the report is."""
    drift, plan = text_of(folder / "drift.md"), text_of(folder / "preview.txt")
    text = drift if drift is not None else f"{MARKER}\n### PostHog could not be compared\n"
    plan = "there is no preview" if plan is None else plan.replace("```", "'''")
    room = LONGEST - len(text) - 200
    if len(plan) > room:
        plan = plan[: max(room, 0)] + "\n… cut here: the job's log has all of it"
    return f"{text}\n<details><summary>pulumi preview</summary>\n\n```text\n{plan}\n```\n</details>\n"


def github(*arguments: str, data: object = None) -> str:
    """`gh api ...`, with a JSON body on its standard input."""
    command = ["gh", "api", *arguments, *(["--input", "-"] if data is not None else [])]
    text = json.dumps(data) if data is not None else None
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def ours(comments: str) -> int | None:
    """The id of the comment that we have written before."""
    page = 0
    found: list[Any] = [None] * A_PAGE
    while len(found) == A_PAGE:
        page += 1
        found = json.loads(github(f"{comments}?per_page={A_PAGE}&page={page}"))
        for comment in found:
            if comment["user"]["login"] == AUTHOR and (comment["body"] or "").startswith(MARKER):
                return int(comment["id"])
    return None


def main(folder: Path) -> int:
    """Write over our own comment, or make it."""
    repository, number = os.environ["GITHUB_REPOSITORY"], os.environ["PULL_REQUEST"]
    comments = f"repos/{repository}/issues/{number}/comments"
    known, data = ours(comments), {"body": body(folder)}
    if known is not None:
        github(f"repos/{repository}/issues/comments/{known}", "--method", "PATCH", data=data)
    else:
        github(comments, "--method", "POST", data=data)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
