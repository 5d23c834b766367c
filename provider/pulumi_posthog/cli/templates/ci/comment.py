"""drift.md and preview.txt -> one comment of the pull request, kept up to date. Wants GH_TOKEN and PULL_REQUEST."""

import json
import os
import subprocess
import sys
from pathlib import Path

MARKER = "<!-- pulumi-posthog drift -->"
LONGEST = 65_000  # characters: GitHub takes 65,536


def body() -> str:
    """The comment's text; the preview is cut before the report is."""
    drift, preview = Path("drift.md"), Path("preview.txt")
    text = (
        drift.read_text(encoding="utf-8")
        if drift.exists()
        else f"{MARKER}\n### PostHog could not be compared\n"
    )
    plan = (
        preview.read_text(encoding="utf-8", errors="replace") if preview.exists() else "there is no preview"
    )
    plan = plan.replace("```", "'''")
    room = LONGEST - len(text) - 200
    if len(plan) > room:
        plan = plan[: max(room, 0)] + "\n… cut here: the job's log has all of it"
    return f"{text}\n<details><summary>pulumi preview</summary>\n\n```text\n{plan}\n```\n</details>\n"


def github(*arguments: str, data: object = None) -> str:
    """`gh api ...`, with a JSON body on its standard input."""
    command = ["gh", "api", *arguments, *(["--input", "-"] if data is not None else [])]
    text = json.dumps(data) if data is not None else None
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def main() -> int:
    """Write over our own comment, or make it."""
    repository, number = os.environ["GITHUB_REPOSITORY"], os.environ["PULL_REQUEST"]
    comments = f"repos/{repository}/issues/{number}/comments"
    filter_ = f'.[] | select(.body | startswith("{MARKER}")) | .id'
    found = github(f"{comments}?per_page=100", "--paginate", "--jq", filter_).split()
    if found:
        github(f"repos/{repository}/issues/comments/{found[0]}", "--method", "PATCH", data={"body": body()})
    else:
        github(comments, "--method", "POST", data={"body": body()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
