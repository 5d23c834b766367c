"""`pulumi-posthog accept`: what was changed in PostHog, written into the files that declare it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from pulumi_posthog.cli.accepting import accepted
from pulumi_posthog.cli.comparing import Asked, compared
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import DEFAULT_FILE, Only, chosen, found, kinds


def accept(
    paths: Annotated[
        list[str] | None,
        Argument(
            metavar="PATH...",
            help="What to accept, by the path that drift prints: projects.Web, roles.*.members. Without a path:"
            " everything that was changed in PostHog.",
        ),
    ] = None,
    *,
    file: Annotated[
        Path, Option("--file", "-f", metavar="FILE", help="The configuration.", callback=found)
    ] = DEFAULT_FILE,
    undeclared: Annotated[
        bool, Option("--undeclared", help="Also declare what is in PostHog and is not declared.")
    ] = False,
    interactive: Annotated[bool, Option("--interactive", "-i", help="Ask about each difference.")] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Only show what would be written, as a patch for `git apply`.")
    ] = False,
    yes: Annotated[bool, Option("--yes", "-y", help="Write without asking.")] = False,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text (a patch) or json.")] = "text",
    only: Only = None,
    ignore_file: Annotated[
        Path | None, Option(metavar="FILE", help="YAML list of {path, reason, owner, until}.")
    ] = None,
    stack_name: Annotated[
        str | None,
        Option(
            "--stack",
            metavar="NAME",
            help="A Pulumi stack, to find out what is pending in Git. Default: the selected one.",
        ),
    ] = None,
    stack_state: Annotated[
        Path | None,
        Option(metavar="FILE", help="Like --stack, from a file that `pulumi stack export` wrote."),
    ] = None,
    no_stack: Annotated[bool, Option("--no-stack", help="Use no stack, even if one is selected.")] = False,
) -> int:
    """Write PostHog's values into the files. Status 5 if some of them cannot be written.

    Comments, anchors, order and quotes stay as they are. Nothing changes in PostHog.
    """
    chosen("--format", form, ("text", "json"))
    if form == "json" and (interactive or not (yes or dry_run)):
        raise Stop("--format json asks nothing", "give --yes or --dry-run with it")
    if stack_name and stack_state:
        raise Stop("--stack and --stack-state say the same", "give one of them")
    asked = Asked(
        file, kinds(only), undeclared, 0, ignore_file, None, stack_state, stack_name, no_stack, frozenset()
    )
    texts: dict[Path, str] = {}
    outcome = compared(asked, texts)
    return accepted(outcome, texts, paths or (), form=form, interactive=interactive, dry_run=dry_run, yes=yes)
