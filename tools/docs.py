"""`make docs`: the pages of this repository as a web site in .run/site; every link has to lead somewhere.

MkDocs wants all pages in one folder, and a list of them. The pages link to each other, and to examples, as the
repository has them. So they are laid out in .run/site-pages as they are here, with what they link to beside them, and
the list is read from the pages that lead to others. Other pages stand under "More".
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
LAID_OUT, SETTINGS, SITE = RUN / "site-pages", RUN / "mkdocs.yml", RUN / "site"
TOP = ("README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md")
LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
LEADING = {"How to": Path("docs/how-to/README.md"), "Reference": Path("docs/reference/README.md")}
BESIDE = {"Reference": ("docs/command-line.md", "docs/operations.md")}


def main() -> int:
    """Build the site; the exit status of MkDocs."""
    shutil.rmtree(LAID_OUT, ignore_errors=True)
    for path in {*pages(), *linked()}:
        target = LAID_OUT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    settings = {
        "INHERIT": "../mkdocs.yml",
        "docs_dir": str(LAID_OUT),
        "site_dir": str(SITE),
        "nav": navigation(),
    }
    SETTINGS.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), encoding="utf-8")
    # Not --quiet: with it, a warning is no failure.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--config-file", str(SETTINGS)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
    print("\n".join([*said, f"the site is in {SITE.relative_to(ROOT)}/"] if not done.returncode else said))
    return done.returncode


def pages() -> list[Path]:
    """All pages, relative to the repository."""
    below = sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))
    return [*map(Path, TOP), *below]


def linked() -> Iterator[Path]:
    """Files of the repository that a page links to or shows."""
    for page in pages():
        for _, link in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
            path = (ROOT / page).parent / link
            if "://" not in link and path.is_file():
                yield path.resolve().relative_to(ROOT)


def navigation() -> list[Any]:
    """The list of pages, as MkDocs reads it."""
    entries: list[Any] = [{"Home": "README.md"}, {"Tour": "docs/tour.md"}]
    for title, page in LEADING.items():
        inner: list[Any] = [{"All": str(page)}]
        for words, link in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
            path = (page.parent / link).as_posix()
            if (ROOT / path).is_file() and (ROOT / path).parent == (ROOT / page).parent:
                inner.append({words[:1].upper() + words[1:]: path})
        entries.append({title: [*inner, *BESIDE.get(title, ())]})
    named = set(_paths(entries))
    rest = {str(path) for path in (*pages(), *linked()) if path.suffix == ".md"} - named
    return [*entries, {"More": sorted(rest)}]


def _paths(entries: Any) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values():
                yield from _paths([inner] if isinstance(inner, str) else inner)


if __name__ == "__main__":
    sys.exit(main())
