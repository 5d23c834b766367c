"""`make up`: a local PostHog, examples/acme applied to it, edits by hand found and put right.

Whatever the story tells is checked. Exit codes: 0 all as told, 1 a claim did not hold, 2 something that the
user can put right is missing.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

import local_posthog
import places
import pulumi_stack
import sandbox_process
from local_posthog import LocalPostHog
from pulumi_stack import Outcome, Resource, Stack
from steps import ToolError, alone

EXAMPLE = places.REPOSITORY / "examples" / "acme"
ENVIRONMENT_FILE = sandbox_process.FOLDER / "environment"
console = Console(highlight=False, soft_wrap=True)


class ClaimError(Exception):
    """What the story says is not what happened."""


def main() -> int:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # In the background. Pulumi ends its helpers by this signal, and waits five seconds for those that ignore it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with alone(places.RUN / "up.lock", "make up"):
            tell()
    except ClaimError as error:
        sys.stdout.flush()
        sys.stderr.write(
            f"\nup: {error}\n\nhint: this is a fault of pulumi-posthog or of its sandbox, "
            f"whose log is {sandbox_process.LOG}; `make down` stops it\n"
        )
        return 1
    except ToolError as error:
        sys.stdout.flush()
        sys.stderr.write(f"\nup: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nup: interrupted; `make down` stops the sandbox, `make up` begins anew\n")
        return 130
    return 0


def tell() -> None:
    """The whole story. Raises ToolError and ClaimError."""
    chapter("A PostHog on this machine")
    posthog = begin()
    variables = local_posthog.variables(posthog)
    stack = pulumi_stack.create(EXAMPLE, variables)
    write_environment(stack)

    chapter("The first `pulumi up` makes what posthog.yaml declares")
    posthog.forget_requests()
    up = pulumi(stack, "up", "--yes", "--skip-preview")
    claim(up.status == 0, "the first `pulumi up` failed", up)
    made = stack.resources()
    claim(bool(made), "the first `pulumi up` made nothing", up)
    show(made)
    told(f"{counted(made)}: made, or taken over where it was there, with {requests(posthog)}")

    chapter("The second one has nothing to change, and only reads")
    posthog.forget_requests()
    up = pulumi(stack, "up", "--yes", "--skip-preview", "--expect-no-changes")
    claim(up.status == 0, "the second `pulumi up` changed something", up)
    claim(only_reads(posthog), f"the second `pulumi up` sent {requests(posthog)}", up)
    told(f"0 to change, {requests(posthog)}")

    chapter("Meanwhile, somebody edits three things by hand")
    edits = edit_by_hand(posthog, made)
    for edit in edits:
        told(edit.told)

    chapter("`pulumi preview --diff` finds them all, field by field")
    posthog.forget_requests()
    preview = pulumi(stack, "preview", "--diff")
    claim(preview.status == 0, "`pulumi preview` failed", preview)
    for edit in edits:
        line = edit.line.search(one_space(preview.text))
        claim(line is not None, f"`pulumi preview --diff` does not show this: {edit.told}", preview)
        quote(line[0] if line else "")
    claim(only_reads(posthog), f"`pulumi preview` sent {requests(posthog)}", preview)
    told(f"found with {requests(posthog)}")

    chapter("`pulumi up` puts them right")
    posthog.forget_requests()
    up = pulumi(stack, "up", "--yes", "--skip-preview")
    claim(up.status == 0, "`pulumi up` could not put the edits right", up)
    told(f"healed with {requests(posthog)}")
    for edit in edits:
        claim(edit.is_healed(), f"`pulumi up` did not put this right: {edit.told}", up)
    preview = pulumi(stack, "preview", "--expect-no-changes")
    claim(preview.status == 0, "a last `pulumi preview` still finds something to change", preview)
    told("a last preview finds nothing more to change")

    chapter("Look around")
    look_around(posthog)


def begin() -> LocalPostHog:
    """Stop and forget an earlier run, whatever became of it, and start a new sandbox. Raises ToolError."""
    if not (EXAMPLE / "posthog.yaml").is_file():
        raise ToolError(f"{EXAMPLE / 'posthog.yaml'} is missing", "check out the whole repository")
    if (stopped := sandbox_process.stop()) is not None:
        told(f"stopped the sandbox of an earlier `make up` (process {stopped}); beginning anew")
    # A state folder and a lock that a killed Pulumi left there go as well: they belong to data that has gone.
    shutil.rmtree(sandbox_process.FOLDER, ignore_errors=True)
    posthog = local_posthog.start()
    information = posthog.information()
    people = ", ".join(member["email"] for member in information["members"])
    told(f"{posthog.url} is a PostHog with the organization {information['organization']['name']}: {people}")
    return posthog


@dataclass(frozen=True)
class Edit:
    """What somebody did by hand, the line of a preview that shows it, and whether it has been put right."""

    told: str
    line: re.Pattern[str]
    is_healed: Callable[[], bool]


def edit_by_hand(posthog: LocalPostHog, made: list[Resource]) -> list[Edit]:
    """Rename a role, move a project to another time zone and let somebody into a role, as PostHog's pages do."""
    roles = f"/api/organizations/{posthog.information()['organization']['id']}/roles"
    role, project, members = (one(made, kind) for kind in ("Role", "Project", "RoleMembers"))
    return [
        edit_field(posthog, role, f"{roles}/{role.id}/", "name", "Renamed by hand"),
        edit_field(posthog, project, f"/api/projects/{project.id}/", "timezone", "Asia/Tokyo"),
        add_member(posthog, members, f"{roles}/{members.id}/role_memberships/"),
    ]


def one(made: list[Resource], kind: str) -> Resource:
    """A resource of that kind. Raises ToolError when the example declares none."""
    found = next((resource for resource in made if resource.kind == kind), None)
    if found is None:
        raise ToolError(f"examples/acme/posthog.yaml declares no {kind}", "the story needs one: declare it")
    return found


def edit_field(posthog: LocalPostHog, resource: Resource, path: str, field: str, after: str) -> Edit:
    before = posthog.call("GET", path)[field]
    posthog.call("PATCH", path, {field: after})
    return Edit(
        f'{resource.kind} {resource.name}: {field} "{before}" is now "{after}"',
        re.compile(f'~ {field}: "{re.escape(after)}" => "{re.escape(before)}"'),
        lambda: bool(posthog.call("GET", path)[field] == before),
    )


def add_member(posthog: LocalPostHog, resource: Resource, path: str) -> Edit:
    def emails() -> set[str]:
        return {membership["user"]["email"] for membership in posthog.call("GET", path)["results"]}

    people = {person["email"]: person["uuid"] for person in posthog.information()["members"]}
    newcomer = max(people.keys() - emails())
    posthog.call("POST", path, {"user_uuid": people[newcomer]})
    return Edit(
        f"Role {resource.name}: {newcomer} is now a member",
        re.compile(rf'- {re.escape(newcomer)}: "member"'),
        lambda: newcomer not in emails(),
    )


def pulumi(stack: Stack, *arguments: str) -> Outcome:
    """Run Pulumi and show the command and how long it took."""
    console.print(f"  $ pulumi {' '.join(arguments)}", style="bold", markup=False)
    began = time.monotonic()
    outcome = stack.run(*arguments)
    console.print(f"    {time.monotonic() - began:.1f} s", style="dim")
    return outcome


def only_reads(posthog: LocalPostHog) -> bool:
    return set(posthog.requests()) <= {"GET", "HEAD", "OPTIONS"}


def requests(posthog: LocalPostHog) -> str:
    """What the sandbox counted, such as "12 requests: 9 GET, 3 POST"."""
    by_method = posthog.requests()
    total = sum(by_method.values())
    each = ", ".join(f"{number} {method}" for method, number in sorted(by_method.items()))
    return f"{total} request{'' if total == 1 else 's'}" + (f": {each}" if each else "")


def counted(made: list[Resource]) -> str:
    """How many of each kind, such as "2 Project, 3 Role"."""
    return ", ".join(
        f"{number} {kind}" for kind, number in sorted(Counter(each.kind for each in made).items())
    )


def show(made: list[Resource]) -> None:
    """One line for each, in columns that are never cut short."""
    rows = [(resource.kind, resource.name, resource.id) for resource in made]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for kind, name, identifier in rows:
        quote(f"  {kind:{widths[0]}}  {name:{widths[1]}}  {identifier}")


def claim(holds: bool, otherwise: str, outcome: Outcome) -> None:
    """Go on only when what is told is so; else show what Pulumi said."""
    if holds:
        return
    console.print(outcome.text, markup=False)
    raise ClaimError(otherwise)


def one_space(text: str) -> str:
    """The text with every run of blanks as one: Pulumi aligns names."""
    return re.sub(r"[ \t]+", " ", text).replace(" :", ":")


def write_environment(stack: Stack) -> None:
    """Leave a file to `source`, readable by its owner only, for work on the same stack by hand."""
    values = places.changes(os.environ) | dict(stack.variables)
    # The PATH of the shell that reads it, not ours.
    path = f'export PATH={shlex.quote(str(places.VENV_BIN))}:"$PATH"\n'
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in values.items() if name != "PATH"]
    # Made anew, with its rights from the first byte on: it may be one of before, or a link.
    ENVIRONMENT_FILE.unlink(missing_ok=True)
    descriptor = os.open(ENVIRONMENT_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("".join([path, *lines]))


def look_around(posthog: LocalPostHog) -> None:
    admin = posthog.information()["admin"]
    quote(f"{posthog.url}/admin/    user {admin['username']}, password {admin['password']}")
    quote("edit something there, then:")
    quote(f"source {relative(ENVIRONMENT_FILE)} && cd {relative(EXAMPLE)} && pulumi preview --diff")
    quote("make down    stops it")


def relative(place: Path) -> str:
    """The place as one would type it here."""
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)


def chapter(title: str) -> None:
    console.print(f"\n{title}", style="bold cyan", markup=False)


def told(text: str) -> None:
    console.print(f"  {text}", style="green", markup=False)


def quote(text: str) -> None:
    console.print(f"  {text}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
