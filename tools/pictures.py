"""README's pictures: what `pulumi preview` and `pulumi-posthog drift` say of its first example, in docs/pictures.

The preview is the README's own block, which a test compares with what Pulumi says. Drift comes from the code that
prints it. `make docs` writes the pictures, and a test compares them.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from pulumi_posthog.drift.finding import Finding, Report, Status, Who
from pulumi_posthog.report import rendered
from pulumi_posthog.values.problem import Position

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
COLUMNS = 104
# Its fonts would come from elsewhere: a picture takes what the reader has.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
COLOURS = {"~": "yellow", "+": "green", "-": "red"}
REPORT = Report(
    host="https://eu.posthog.com",
    organization="0191c0de-7e3a-0000-8000-0c6f5d1a2b3c",
    requests=7,
    findings=(
        Finding(
            status=Status.CHANGED,
            kind="project",
            object="projects.Web",
            path="projects.Web.timezone",
            live="UTC",
            declared="Europe/Berlin",
            where=Position("posthog.yaml", 6, 5),
            who=Who("dee@acme.io", "2026-11-21T10:17:55Z"),
        ),
        Finding(
            status=Status.CHANGED,
            kind="role_members",
            object="roles.Analysts",
            path="roles.Analysts.members[dee@acme.io]",
            message="is in PostHog, and is not declared",
            where=Position("posthog.yaml", 10, 5),
        ),
    ),
)


def pictures() -> dict[str, str]:
    """The name of each picture -> its SVG."""
    blocks = re.findall(r"^```text\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    preview = "$ pulumi preview --diff\n" + blocks[0]
    drift = "$ pulumi-posthog drift\n" + rendered(REPORT, "text")
    return {"preview.svg": picture("preview", preview), "drift.svg": picture("drift", drift)}


def picture(name: str, text: str) -> str:
    """What a terminal shows, as SVG; `name` keeps the names in it apart from those of other pictures."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for line in text.splitlines():
        console.print(Text(line, style=COLOURS.get(line.lstrip()[:1], "")), soft_wrap=False)
    return console.export_svg(title="", theme=DIMMED_MONOKAI, code_format=FORMAT, unique_id=name) + "\n"


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, svg in pictures().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
