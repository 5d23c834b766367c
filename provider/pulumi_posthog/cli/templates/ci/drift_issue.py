"""Drift -> reports in a new folder, and one issue with the patch that accepts it: opened, updated and closed.

Wants GH_TOKEN.
Ends with 7 when the differences are others than those that the issue tells already, 0 when they are the same or
gone, and with drift's own status when PostHog could not be looked at; then the issue stays as it is.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LABEL = "posthog-drift"
AUTHOR = "github-actions[bot]"  # who a workflow's own token is; a form can give anybody's issue the label
SAME, DIFFERENT = 0, 7
LONGEST = 60_000  # characters of an issue's text, of which GitHub takes 65,536


def made_anew(folder: Path) -> Path:
    """An empty folder: a link of that name, or what is in it, may have been committed."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def drift(folder: Path) -> int:
    """Look; leaves drift.json, drift.md and drift.html in the folder."""
    command = [".venv/bin/pulumi-posthog", "drift"]
    names = [f"drift.{form}" for form in ("json", "md", "html")]
    outputs = [part for name in names for part in ("--output", str(folder / name))]
    return subprocess.run([*command, *outputs], check=False).returncode


def patch(folder: Path) -> str:
    """What takes PostHog's values into the files, to keep them there; leaves accept.patch in the folder."""
    command = [".venv/bin/pulumi-posthog", "accept", "--dry-run"]
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    if text:
        (folder / "accept.patch").write_text(text, encoding="utf-8")
    return text


def section(text: str, room: int) -> str:
    """A patch as a part of the issue that is folded up; nothing of it can end the part early."""
    if not text:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 3)
    how = "Keep PostHog's values: `pulumi-posthog accept`, or this patch with `git apply`"
    found = f"\n<details><summary>{how}</summary>\n\n{fence}diff\n{text}{fence}\n\n</details>\n"
    return found if len(found) <= room else f"\n{how} (`accept.patch` of this run's artifact).\n"


def marker(folder: Path) -> str:
    """The set of differences in one line, to be found again in the issue's text."""
    findings = json.loads((folder / "drift.json").read_text(encoding="utf-8"))["findings"]
    prints = sorted(each["fingerprint"] for each in findings if each["new"])
    return f"<!-- differences {hashlib.sha256(' '.join(prints).encode()).hexdigest()} -->"


def github(*arguments: str, data: object = None) -> str:
    """`gh api ...`, with a JSON body on its standard input."""
    command = ["gh", "api", *arguments, *(["--input", "-"] if data is not None else [])]
    text = json.dumps(data) if data is not None else None
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def main(folder: Path) -> int:
    """Bring the issue up to date with what was found."""
    status = drift(made_anew(folder))
    if status not in (SAME, DIFFERENT):
        return status
    issues = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    labelled = json.loads(github(f"{issues}?labels={LABEL}&state=open&per_page=100"))
    found = [issue for issue in labelled if issue["user"]["login"] == AUTHOR]
    if status == SAME:
        for issue in found:
            github(
                f"{issues}/{issue['number']}/comments",
                "--method",
                "POST",
                data={"body": "PostHog is as declared."},
            )
            github(f"{issues}/{issue['number']}", "--method", "PATCH", data={"state": "closed"})
        return SAME
    report = (folder / "drift.md").read_text(encoding="utf-8")
    text = f"{report}{section(patch(folder), LONGEST - len(report))}\n{marker(folder)}\n"
    if not found:
        github(issues, "--method", "POST", data={"title": "PostHog differs", "body": text, "labels": [LABEL]})
        return DIFFERENT
    known = marker(folder) in (found[0]["body"] or "")
    github(f"{issues}/{found[0]['number']}", "--method", "PATCH", data={"body": text})
    return SAME if known else DIFFERENT


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
