"""`python -m benchmarks`: measure, print tables, write JSON."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent.parent
# The sandbox and its harness are those of the tests.
sys.path.insert(0, str(ROOT / "tests"))

from benchmarks import suite, tables  # noqa: E402 - after the path
from benchmarks.organizations import SIZES  # noqa: E402
from harness.stack import DOORS, heed_interrupts  # noqa: E402

RESULTS = ROOT / ".run" / "benchmarks.json"
SMALL = ["roles-20", "roles-200"]


def main(
    *,
    size: Annotated[list[str] | None, typer.Option(help=f"{', '.join(SIZES)}, or all; repeatable.")] = None,
    latency: Annotated[
        list[int] | None, typer.Option(help="Milliseconds before each answer; repeatable.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="Only steps whose name holds this text.")] = None,
    floor: Annotated[bool, typer.Option(help="Measure as many empty resources, too.")] = True,
    repeat: Annotated[
        int, typer.Option(min=1, help="Measure what changes nothing so often, and keep the cheapest run.")
    ] = 1,
    limited: Annotated[
        bool,
        typer.Option(
            "--limited", help="With PostHog Cloud's limits of 480 requests a minute, 4,800 an hour."
        ),
    ] = False,
    door: Annotated[list[str] | None, typer.Option(help=f"{', '.join(DOORS)}; repeatable.")] = None,
    output: Annotated[Path, typer.Option(metavar="FILE", help="JSON of all figures.")] = RESULTS,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="The tables as Markdown.")] = None,
) -> None:
    """Measure requests, time and memory of every command against a local PostHog."""
    heed_interrupts()
    names = list(SIZES) if size == ["all"] else size or SMALL
    if unknown := [name for name in names if name not in SIZES]:
        raise typer.BadParameter(f"{unknown[0]}: it is one of {', '.join(SIZES)}, all", param_hint="--size")
    rows: list[suite.Row] = []
    titles: dict[str, str] = {}
    for name in names:
        organization = SIZES[name]()
        titles[name] = organization.title
        for latency_ms in latency or [0, 50]:
            with tempfile.TemporaryDirectory(prefix="pulumi-posthog-bench-") as folder:
                for row in suite.rows(
                    organization,
                    latency_ms,
                    Path(folder),
                    only=only,
                    limited=limited,
                    repeat=repeat,
                    doors=door or DOORS,
                ):
                    rows.append(row)
                    tell(row)
        if floor:
            with tempfile.TemporaryDirectory(prefix="pulumi-posthog-bench-") as folder:
                for row in suite.floor_rows(organization, Path(folder), repeat=repeat):
                    rows.append(row)
                    tell(row)
    tables.show(rows, titles)
    for text in tables.shares(rows) if limited else ():
        typer.echo(text)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(tables.document(rows))
    if markdown:
        markdown.write_text(tables.markdown(rows, titles))


def tell(row: suite.Row) -> None:
    """Say on stderr how far it is: a large size takes minutes."""
    typer.echo(
        f"{row.size} {row.latency_ms} ms: {row.step} {row.door}: {row.wall:.1f} s, CPU {row.cpu:.1f} s",
        err=True,
    )


if __name__ == "__main__":
    typer.run(main)
