"""`pulumi-posthog init`: a repository for an organization, with the workflows that check, preview, apply and watch."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import chosen
from pulumi_posthog.cli.requirement import requirement
from pulumi_posthog.cli.writing import refuse_links, write_file

if TYPE_CHECKING:
    from pulumi_posthog.export.exported import Exported


# Where a template goes; those of a CI system stand under its name.
PLACES: Mapping[str, Mapping[str, str]] = {
    "": {
        "posthog.yaml": "posthog.yaml",
        "Pulumi.yaml": "Pulumi.yaml",
        "program.py": "__main__.py",
        "requirements.txt": "requirements.txt",
        "requirements.lock": "requirements.lock",
        "gitignore": ".gitignore",
        "README.md": "README.md",
    },
    "github": {
        "CODEOWNERS": ".github/CODEOWNERS",
        "github/pull-request.yml": ".github/workflows/pull-request.yml",
        "github/apply.yml": ".github/workflows/apply.yml",
        "github/drift.yml": ".github/workflows/drift.yml",
        "github/dependabot.yml": ".github/dependabot.yml",
        "ci/preview.py": "ci/preview.py",
        "ci/comment.py": "ci/comment.py",
        "ci/drift_issue.py": "ci/drift_issue.py",
    },
    "gitlab": {
        "CODEOWNERS": "CODEOWNERS",
        "gitlab/gitlab-ci.yml": ".gitlab-ci.yml",
        "ci/preview.py": "ci/preview.py",
    },
}
CI = ("github", "gitlab", "none")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
# It is written into files of another language.
ORGANIZATION = re.compile(r"[0-9A-Fa-f-]{32,36}")
# What Pulumi needs beside the key: where the state is, and what opens it.
STATE = {
    "PULUMI_BACKEND_URL": "vars",
    "PULUMI_ACCESS_TOKEN": "secrets",
    "PULUMI_CONFIG_PASSPHRASE": "secrets",
}
UNKNOWN = {"host": "!env POSTHOG_HOST", "organization": "!env POSTHOG_ORGANIZATION_ID"}


def init(
    name: Annotated[
        str, Argument(metavar="NAME", help="The new folder, and the name of the Pulumi project.")
    ],
    *,
    host: Annotated[
        str,
        Option(
            metavar="URL", envvar="POSTHOG_HOST", help="PostHog's address, such as https://eu.posthog.com."
        ),
    ] = "",
    organization: Annotated[
        str,
        Option(
            metavar="ID",
            envvar="POSTHOG_ORGANIZATION_ID",
            help="The organization's id. With --from-live, its name is enough.",
        ),
    ] = "",
    from_live: Annotated[
        bool, Option("--from-live", help="Write the organization as it is now, instead of an example.")
    ] = False,
    ci: Annotated[str, Option(metavar="CI", help="github, gitlab or none.")] = "github",
    stack: Annotated[str, Option(metavar="NAME", help="The stack that the workflows apply.")] = "production",
    package: Annotated[
        str,
        Option(
            metavar="SPEC",
            help="What pip installs this tool from, such as 'pulumi-posthog @ git+https://...@COMMIT'. "
            "Default: what it was itself installed from.",
        ),
    ] = "",
    force: Annotated[
        bool, Option("--force", help="Write into a folder that is not empty, and overwrite files in it.")
    ] = False,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> int:
    """Make a repository for an organization. It has a configuration, a Pulumi project and CI workflows."""
    chosen("--ci", ci, CI)
    chosen("--format", form, ("text", "json"))
    folder = Path(name)
    if not NAME.fullmatch(folder.name):
        raise Stop(
            f'"{folder.name}" cannot be the name of a Pulumi project',
            "letters, digits, dots, dashes and underscores",
        )
    if not re.fullmatch(NAME, stack):
        raise Stop(
            f'"{stack}" cannot be the name of a stack', "letters, digits, dots, dashes and underscores"
        )
    host = _address(host)
    if organization and not from_live and not ORGANIZATION.fullmatch(organization):
        raise Stop(f"{organization!r} is not the id of an organization", "with --from-live its name will do")
    if folder.exists() and any(folder.iterdir()) and not force:
        raise Stop(f"{folder} is not empty, and nothing was written", "--force writes over it", Exit.REFUSED)
    tool = requirement(package)
    exported = _exported(host, organization) if from_live else None
    contents = _contents(folder.name, host, organization, ci, stack, tool.line, exported)
    for place in contents:
        refuse_links(folder / place, folder)
    for place, text in contents.items():
        path = folder / place
        write_file(path, text, within=folder, private=from_live and path.name == "posthog.yaml")
    if tool.warning:
        terminal.warn(tool.warning)
    _say(folder, list(contents), tool.line, exported, form)
    return Exit.API if exported is not None and not exported.objects else Exit.NOTHING


def _address(host: str) -> str:
    """The host in its one spelling, which is safe in any file; empty when it is not known. Raises Stop."""
    from pulumi_posthog.values.host import HostRefused, checked

    try:
        return checked(host) if host else ""
    except HostRefused as error:
        raise Stop(error.problem, error.hint) from None


def _say(folder: Path, places: list[str], tool: str, exported: Exported | None, form: str) -> None:
    variables = list(exported.variables) if exported else []
    left_out = list(exported.left_out) if exported else []
    if form == "json":
        document = {
            "version": 1,
            "exit_code": Exit.API if exported is not None and not exported.objects else Exit.NOTHING,
            "folder": str(folder),
            "written": places,
            "requirement": tool,
            "variables": variables,
            "left_out": left_out,
        }
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
    else:
        terminal.write("\n".join(str(folder / place) for place in places))
    for row in left_out:
        terminal.warn(f"left out: {row}")
    if exported is not None and not exported.objects:
        terminal.warn("PostHog shows nothing to export, and a file that declares nothing is refused")
    if variables:
        terminal.note(f"set before `pulumi up`: {', '.join(variables)}")
    terminal.note(f"next: cd {folder} && cat README.md")


def _contents(
    name: str, host: str, organization: str, ci: str, stack: str, tool: str, exported: Exported | None
) -> dict[str, str]:
    from pulumi_posthog.config.schema import text
    from pulumi_posthog.export import SCHEMA_FILE
    from pulumi_posthog.values.variables import KEY_VARIABLE

    # What the configuration takes from the environment, the workflows have to hand on.
    known = {"host": host, "organization": organization}
    unknown = [] if exported else [each for each in UNKNOWN if not known[each]]
    address = [UNKNOWN[each].removeprefix("!env ") for each in unknown]
    secrets = list(exported.variables) if exported else []
    values = {
        "name": name,
        "host": host or UNKNOWN["host"],
        "organization": organization or UNKNOWN["organization"],
        "stack": stack,
        "requirement": tool,
        "host_variable": f'\n  # No other host gets the key.\n  POSTHOG_HOST: "{host}"' if host else "",
        "names": ", ".join(f"`{each}`" for each in (KEY_VARIABLE, "PULUMI_CONFIG_PASSPHRASE", *secrets)),
        "variables": "".join(f"`{each}`, " for each in address),
        "exports": "".join(f"\nexport {each}=..." for each in (*address, *secrets)),
        **_environments(host, address, secrets),
    }
    templates = files("pulumi_posthog.cli") / "templates"
    setup = "" if ci == "none" else (templates / ci / "setup.md").read_text(encoding="utf-8")
    values["setup"] = Template(setup).substitute(values)
    values["pulumi"] = pulumi_version()
    places = {**PLACES[""], **PLACES.get(ci, {})}
    result = {}
    for source, place in places.items():
        raw = (templates / source).read_text(encoding="utf-8")
        # Programs and hashes are as they are: nothing in them is to be filled in.
        result[place] = raw if source.endswith((".py", ".lock")) else Template(raw).substitute(values)
    return {**result, **(exported.files if exported else {}), SCHEMA_FILE: text()}


def _environments(host: str, address: list[str], secrets: list[str]) -> dict[str, str]:
    """What each step of GitHub's workflows gets, and no other step: to look at PostHog, to run Pulumi."""
    from pulumi_posthog.values.variables import KEY_VARIABLE

    given = {KEY_VARIABLE: "secrets"}
    # Always: with it in the environment, no other host in the file gets the key.
    fixed = {"POSTHOG_HOST": f'"{host}"'} if host else {}
    taken = dict.fromkeys(address, "vars")
    whole = {**given, **taken, **dict.fromkeys(secrets, "secrets"), **STATE}

    def lines(asked: Mapping[str, str]) -> str:
        values = {**fixed, **{name: f"${{{{ {kind}.{name} }}}}" for name, kind in asked.items()}}
        return "".join(f"\n          {name}: {value}" for name, value in values.items())

    return {"look": lines({**given, **taken}), "run": lines(whole)}


def pulumi_version() -> str:
    """The version of Pulumi's SDK in requirements.lock; the command line is to be the same."""
    lock = (files("pulumi_posthog.cli") / "templates" / "requirements.lock").read_text(encoding="utf-8")
    found = re.search(r"^pulumi==(\S+)", lock, re.MULTILINE)
    if found is None:
        raise RuntimeError("requirements.lock does not pin pulumi")
    return found[1]


def _exported(host: str, organization: str) -> Exported:
    from pulumi_posthog.cli.client import reader_for
    from pulumi_posthog.cli.verbs.export import organization_id
    from pulumi_posthog.export.document import export
    from pulumi_posthog.reconcile.live import Live

    if not host:
        raise Stop("which PostHog?", "give --host https://eu.posthog.com, or set POSTHOG_HOST")
    reader = reader_for(host)
    live = Live(reader, organization_id(reader, organization))
    with terminal.progress() as tell:
        result = export(live, progress=tell)
    if result.unread:
        raise Stop(
            f"not everything could be read: {result.unread[0]}", "`pulumi-posthog doctor` says more", Exit.API
        )
    return result
