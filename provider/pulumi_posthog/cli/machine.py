"""What a run needs of this machine: Python, Pulumi, its state, the provider plugin, variables."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_posthog.cli.exits import Exit
from pulumi_posthog.cli.readiness import Check, Outcome, failed, noted, passed
from pulumi_posthog.values.bounds import SETTINGS_BYTES, TooLarge
from pulumi_posthog.values.program import output_of
from pulumi_posthog.values.secret_text import SecretText
from pulumi_posthog.values.text import plural
from pulumi_posthog.values.version import __version__

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration


OLDEST_PULUMI = (3, 216)  # the first whose refresh takes what we read
OLDEST_PYTHON = (3, 11)
SECONDS = 30  # that Pulumi may take to answer


def of_this_machine(file: Path) -> Iterator[Check]:
    """Whether Python, Pulumi, its state and the provider plugin are as a run of `file` needs them."""
    yield passed("pulumi-posthog", __version__)
    python = tuple(map(int, platform.python_version_tuple()[:2]))
    wanted = ".".join(map(str, OLDEST_PYTHON))
    if python >= OLDEST_PYTHON:
        yield passed("Python", platform.python_version())
    else:
        yield failed("Python", platform.python_version(), f"it takes {wanted} or newer")
    yield from _pulumi(file.parent)
    yield from _provider(file.parent)


def _provider(folder: Path) -> Iterator[Check]:
    """Whether Pulumi finds the provider plugin, where Pulumi.yaml names it."""
    from pulumi_posthog.stack.plugin_place import missing, plugin_folder
    from pulumi_posthog.values.local_file import project_above

    project = project_above(folder)
    named = plugin_folder(project) if project else None
    if named is not None:
        problem, _, hint = (missing(named) or "").partition("\n  hint: ")
        name = "provider plugin"
        yield failed(name, problem, hint, Exit.USAGE) if problem else passed(name, f"in {named}")


def _pulumi(folder: Path) -> Iterator[Check]:
    # Without a Pulumi project beside it, a configuration is for drift, which does without Pulumi.
    from pulumi_posthog.stack.state import pulumi_command
    from pulumi_posthog.values.local_file import project_above

    missing = failed if project_above(folder) else noted
    program = pulumi_command()
    if program is None:
        yield missing("Pulumi", "there is no `pulumi` on PATH", "`pulumi preview` and `pulumi up` need it")
        return
    found, complaint = _ran([program, "version"], folder)
    numbers = re.match(r"v?(\d+)\.(\d+)", found)
    if numbers is None:
        yield missing("Pulumi", f"{program} does not say its version: {complaint or found}", None)
        return
    if tuple(map(int, numbers.groups())) < OLDEST_PULUMI:
        yield failed("Pulumi", found, f"it takes {'.'.join(map(str, OLDEST_PULUMI))} or newer")
    else:
        yield passed("Pulumi", f"{found}, SDK {version('pulumi')}")
    answer, complaint = _ran([program, "whoami", "--json", "--non-interactive"], folder)
    try:
        who = json.loads(answer)
        url = without_password(str(who.get("url") or "reachable"))
        yield passed("state backend", f"{url} as {who.get('user')}")
        yield from _lock(program, str(who.get("url") or ""), folder)
    except (ValueError, AttributeError, RecursionError):
        yield missing(
            "state backend",
            f"it cannot be used: {without_password(complaint) or 'no reason given'}",
            "`pulumi login`, or set PULUMI_BACKEND_URL",
        )


def _lock(program: str, backend: str, folder: Path) -> Iterator[Check]:
    """Whether an update holds the selected stack, or held it when it was killed; nothing where none is selected."""
    from pulumi_posthog.cli.remembered import selected

    stack = selected(folder)
    if stack is None:
        return
    locks: Sequence[Path] = ()
    if backend.startswith("file://"):
        # Pulumi's own names (pulumi, pkg/backend/diy/lock.go): .pulumi/locks/organization/PROJECT/STACK/UUID.json.
        locks_folder = (
            Path(backend.removeprefix("file://").replace("~", str(Path.home()), 1)) / ".pulumi" / "locks"
        )
        names = {each.parent.name for each in locks_folder.rglob("*.json")}
        locks = [locks_folder] if stack.rpartition("/")[2] in names else ()
    answer, _ = _ran([program, "stack", "ls", "--json", "--non-interactive"], folder)
    try:
        rows = [each for each in json.loads(answer) if isinstance(each, dict)]
    except (ValueError, TypeError, RecursionError):
        rows = []
    busy = any(each.get("name") == stack and each.get("updateInProgress") for each in rows)
    if locks or busy:
        yield failed(
            "stack",
            f"{stack} is locked: an update is under way, or was killed",
            "wait until it ends; if none is running: `pulumi cancel`, then `pulumi up` with the same file",
            Exit.USAGE,
        )
    else:
        yield passed("stack", f"{stack} is selected, and is not locked")


def without_password(text: str) -> str:
    """`text` with the addresses in it as they may be shown: a state may be in postgres://user:password@host."""
    # Each part is bounded: an address that long is no address, and the time stays linear in the length of the text.
    return re.sub(r"(//[^/\s:@]{0,300}):[^/\s]{0,1000}@", r"\1:***@", text)


def _ran(command: list[str], folder: Path) -> tuple[str, str]:
    """What a command printed, empty when it failed, and then the last line of its complaint."""
    try:
        done = output_of(command, folder, seconds=SECONDS, most=SETTINGS_BYTES)
    except (TooLarge, UnicodeDecodeError):
        return "", "it prints something that cannot be read"
    except subprocess.TimeoutExpired:
        return "", f"no answer within {SECONDS} s"
    except OSError as error:
        return "", str(error.strerror or error)
    if done.status == 0:
        return done.said.strip(), ""
    return "", (done.complaint.strip().splitlines() or [""])[-1].removeprefix("error: ")


def of_variables(desired: Configuration, folder: Path) -> Iterator[Check]:
    """Whether the variables are set that the file names; without one, `pulumi preview` stops."""
    from pulumi_posthog.erasures.origins import ENV
    from pulumi_posthog.values.local_file import project_above

    named, lacking = set[str](), set[str]()
    for text in (each for entry in desired.entries for each in _secret_texts(entry.fields)):
        if text.source.startswith(ENV):
            (named if text.known else lacking).add(text.source.removeprefix(ENV))
    lacking |= {check.lacking.removeprefix(ENV) for check in desired.checks if check.lacking}
    for erasure in desired.erasures:
        lacking |= {each.source.removeprefix(ENV) for each in erasure.missing if each.source.startswith(ENV)}
        named |= {each.source.removeprefix(ENV) for each in erasure.origins if each.source.startswith(ENV)}
    if lacking:
        # Without a Pulumi project beside it, a configuration is for drift, which does without secrets.
        outcome = Outcome.FAILED if project_above(folder) else Outcome.NOTED
        hint = "`pulumi preview` and `pulumi up` need them: set them, here or in CI"
        yield Check("variables", outcome, f"not set: {', '.join(sorted(lacking))}", hint, Exit.USAGE)
    elif named:
        yield passed("variables", f"{plural(len(named), 'variable')} of the file: all are set")


def _secret_texts(value: Any) -> Iterator[SecretText]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _secret_texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secret_texts(item)
    elif isinstance(value, SecretText):
        yield value
