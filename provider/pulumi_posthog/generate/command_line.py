"""The verbs' `--help` -> docs/command-line.md."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping

from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.generate.table import markdown_table

STATUSES: Mapping[Exit, str] = {
    Exit.NOTHING: "nothing to report",
    Exit.BUG: "a bug of pulumi-posthog",
    Exit.USAGE: "the configuration or the command line is wrong",
    Exit.KEY: "the key, or a scope of it, is missing",
    Exit.API: "PostHog failed, something could not be read, or only a part was done",
    Exit.REFUSED: "`pulumi up` would be refused, because it would remove too much; or a file would be overwritten",
    Exit.DIFFERENT: "there are differences, or a health check does not hold",
    Exit.CANCELLED: "cancelled",
    Exit.GAVE_UP: "gave up waiting for PostHog's rate limit, a query or an export",
}
HELP = """\
# The command line

Generated from `--help` by `python -m pulumi_posthog.generate`: do not edit. `pulumi` applies a file.
`pulumi-posthog` checks, compares and reads. It changes nothing in PostHog: it sends `GET`, and `POST` only for a query.
Only `export-asset` makes something in PostHog, the export. The key comes from `POSTHOG_PERSONAL_API_KEY`.
After `pulumi-posthog --install-completion bash` (or zsh, or fish), the shell completes commands and options.
"""


def command_line() -> str:
    """The page on all verbs."""
    from pulumi_posthog.cli.application import VERBS

    contents = "\n".join(f"* [{verb}](#{verb})" for verb in VERBS)
    statuses = markdown_table(
        ("status", "meaning"), [(str(int(exit_)), words) for exit_, words in STATUSES.items()]
    )
    parts = [f"{HELP}\n{contents}\n", f"## pulumi-posthog\n\n{_fenced(help_of())}"]
    parts += [f"## {verb}\n\n{_fenced(help_of(verb))}" for verb in VERBS]
    parts.append(
        "## Exit statuses\n\nIf several apply, the first one in this order is used: 1, 8, 9, 2, 3, 4, 5, 7. "
        f"6 is not used, because Pulumi uses it for a stack that does not exist.\n\n{statuses}"
    )
    return "\n".join(parts)


def _fenced(text: str) -> str:
    return f"```text\n{text}```\n"


def help_of(*verb: str) -> str:
    """What `pulumi-posthog VERB --help` prints."""
    from pulumi_posthog.cli.application import application

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        application()([*verb, "--help"], prog_name="pulumi-posthog", standalone_mode=False)
    return said.getvalue()
