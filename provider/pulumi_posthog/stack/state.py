"""A Pulumi stack -> what it remembers of each object, and the values of its configuration."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_posthog.stack.urn import FILE_GUARD, name_of, own_name
from pulumi_posthog.values import host
from pulumi_posthog.values.bounds import SETTINGS_BYTES, STATE_BYTES, TooLarge, text_of
from pulumi_posthog.values.json_value import Damaged, json_in
from pulumi_posthog.values.local_file import project_above
from pulumi_posthog.values.program import output_of

if TYPE_CHECKING:
    from pulumi_posthog.reconcile.desired import Key
    from pulumi_posthog.reconcile.limits import Managed
    from pulumi_posthog.reconcile.recorded import Recorded


EXPORT = "pulumi stack export --stack NAME > state.json"
SECONDS = 120  # that Pulumi may take to answer


# In place of a value that Pulumi keeps encrypted: which kind of special value it is, and that it is a secret.
KIND_OF_VALUE, IS_SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


class StateError(Exception):
    """A stack, its state or its configuration cannot be read. `unreachable`: its backend does not answer."""

    def __init__(self, message: str, hint: str | None = None, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.hint = hint
        self.unreachable = unreachable


def state_of(stack: str, folder: Path, *, secrets: bool = False, seconds: int = SECONDS) -> str:
    """What `pulumi stack export` prints, run in `folder`; raises StateError.

    Pulumi may take so many `seconds`.
    With `secrets`, those of the stack are in it as they are, unless what decrypts them is not available.
    """
    export = ["stack", "export", "--stack", stack]
    if secrets:
        with contextlib.suppress(StateError):
            return _pulumi([*export, "--show-secrets"], folder, seconds)
    return _pulumi(export, folder, seconds)


def state_in(path: Path) -> str:
    """What is in a file that `pulumi stack export` wrote; raises StateError, OSError."""
    try:
        return text_of(path, STATE_BYTES)
    except TooLarge as error:
        raise StateError(str(error), f"it takes a state, from: {EXPORT}") from None
    except UnicodeDecodeError:
        raise _no_state(str(path)) from None


def settings_of(stack: str, folder: Path, *, seconds: int = SECONDS) -> dict[str, str]:
    """The stack's plain `posthog:...` settings by their names; secret ones are left out. Raises StateError."""
    command = ["config", "--json", "--stack", stack]
    said = _pulumi(command, folder, seconds, most=SETTINGS_BYTES)
    try:
        answer = json_in(said or "{}", dict, most=SETTINGS_BYTES)
    except Damaged:
        raise StateError(f"`pulumi {' '.join(command)}` says nothing that can be read") from None
    return {
        name.removeprefix("posthog:"): str(setting["value"])
        for name, setting in answer.items()
        if name.startswith("posthog:")
        and isinstance(setting, dict)
        and not setting.get("secret")
        and "value" in setting
    }


def pulumi_command() -> str | None:
    """The Pulumi CLI: on PATH, or in the virtual environment that this runs in."""
    here = Path(sys.executable).parent
    return shutil.which("pulumi") or shutil.which("pulumi", path=str(here))


def _pulumi(arguments: list[str], folder: Path, seconds: int = SECONDS, most: int = STATE_BYTES) -> str:
    program = pulumi_command()
    if program is None:
        raise StateError("there is no `pulumi` on PATH", f"install it, or use --stack-state with: {EXPORT}")
    command = [program, *arguments, "--non-interactive"]
    shown = " ".join(["pulumi", *command[1:]])
    try:
        done = output_of(command, folder, seconds=seconds, most=most)
    except TooLarge as error:
        raise StateError(f"`{shown}`: {error}") from None
    except UnicodeDecodeError:
        raise StateError(f"`{shown}`: what it prints is not text") from None
    except subprocess.TimeoutExpired:
        raise StateError(
            f"`{shown}` did not end within {seconds} s", "is the backend reachable?", unreachable=True
        ) from None
    if done.status:
        lines = [line for line in done.complaint.splitlines() if line.strip()]
        said = next(
            (line for line in lines if line.startswith("error:")), lines[-1] if lines else "no reason given"
        )
        if project_above(folder) is None:
            raise StateError(
                f"`{shown}`: there is no Pulumi.yaml in {folder.resolve()} or above it",
                "Pulumi looks for it beside the configuration",
            )
        raise StateError(
            f"`{shown}`: {said.removeprefix('error: ')}", "`pulumi stack ls` says which stacks there are"
        )
    return done.said


def recorded(text: str, source: str) -> Mapping[Key, Recorded]:
    """What is remembered of each object of ours, from what `pulumi stack export` printed; raises StateError.

    `source` names the state in messages.
    """
    from pulumi_posthog.kinds import BY_RESOURCE
    from pulumi_posthog.reconcile.recorded import Recorded
    from pulumi_posthog.stack.properties import fingerprints_name, secret_name, to_values

    result = {}
    for resource in resources_in(text, source):
        kind = BY_RESOURCE.get(own_name(str(resource.get("type", ""))) or "")
        if kind is None or resource.get("delete") or not resource.get("id"):
            continue  # another provider's, the guard, or one that is already on its way out
        name = name_of(str(resource["urn"])) or ""
        inputs = resource.get("inputs") or {}
        result[kind.name, name] = Recorded(
            kind,
            name,
            str(resource["id"]),
            # A program may have encrypted a whole document, as text: nothing of that can be read.
            to_values(
                kind,
                {
                    name: value
                    for name, value in inputs.items()
                    if not (is_encrypted(value) and name in kind.by_name and kind.by_name[name].as_json_text)
                },
            ),
            {
                field.name: opened
                for field in kind.fields
                if (opened := _opened(inputs.get(secret_name(field)))) is not None
            },
            {
                field.name: inputs[fingerprints_name(field)]
                for field in kind.fields
                if field.secret and isinstance(inputs.get(fingerprints_name(field)), dict)
            },
            inputs.get("__salt") if isinstance(inputs.get("__salt"), str) else None,
        )
    return result


def check_host(declared: str, text: str, source: str) -> None:
    """Raises StateError when a configuration declares another host than a state has, unless POSTHOG_HOST says so."""
    from pulumi_posthog.stack.other_stacks import hosts_of

    try:
        host.agreed(declared, os.environ, hosts_of(text))
    except host.HostRefused as error:
        raise StateError(f"{source}: {error.problem}", error.hint) from None
    except ValueError:
        raise _no_state(source) from None


def check_selected(declared: str, folder: Path) -> None:
    """`check_host` with the stack that is selected in `folder`, where only the file names the host; raises StateError.

    Without a selected stack there is no state to ask, and the file decides.
    """

    try:
        if not host.only_declared(declared, os.environ):
            return
    except host.HostRefused as error:
        raise StateError(error.problem, error.hint) from None
    if not is_any_selected(folder):
        return
    try:
        text = _pulumi(["stack", "export"], folder)
    except StateError as stop:
        if "no stack selected" in str(stop) or "no stack named" in str(stop):
            return
        raise StateError(
            f"only the file says that the API key may be sent to {declared}: {stop}",
            f"if it may, say so: export {host.VARIABLE}={declared}",
            unreachable=stop.unreachable,
        ) from None
    check_host(declared, text, "the selected stack")


def is_any_selected(folder: Path) -> bool:
    """Whether `pulumi`, called in `folder`, may have a stack selected; without calling it, which takes a second."""
    if project_above(folder) is None:
        return False
    return bool(os.environ.get("PULUMI_STACK") or workspaces(folder))


def home() -> Path:
    """Where Pulumi keeps what it remembers of a user."""
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def workspaces(folder: Path) -> list[Path]:
    """The files in which `pulumi stack select`, called in `folder`, notes the stack; none outside of a project."""
    above = project_above(folder)
    if above is None:
        return []
    # Pulumi's own name for it (pulumi, sdk/go/common/workspace/workspace.go).
    digest = hashlib.sha1(str(above / "Pulumi.yaml").encode(), usedforsecurity=False).hexdigest()
    return sorted(home().glob(f"workspaces/*-{digest}-workspace.json"))


def is_encrypted(value: Any) -> bool:
    """Whether a property in an export is a secret, or something else that only Pulumi can read."""
    return isinstance(value, dict) and KIND_OF_VALUE in value


def _opened(value: Any) -> dict[str, Any] | None:
    """The secrets of one field by their keys; None where the export does not show them."""
    if not isinstance(value, dict) or value.get(KIND_OF_VALUE) != IS_SECRET or "plaintext" not in value:
        return None
    try:
        # Pulumi writes the value as JSON, and ours is JSON text.
        opened = json.loads(json.loads(value["plaintext"]))
    except (ValueError, TypeError, RecursionError):
        return None
    return opened if isinstance(opened, dict) else None


def is_of(file: Path, text: str) -> bool:
    """Whether a state was made from this configuration, and not from another one or by a program."""
    above = project_above(file.parent)
    try:
        resources = resources_in(text, "")
    except StateError:
        return True  # reading it says what is wrong with it
    guards = [each for each in resources if own_name(str(each.get("type", ""))) == "Guard"]
    names = [(each.get("inputs") or {}).get("__file") for each in guards]
    return above is not None and any(
        isinstance(name, str) and (above / name).resolve() == file.resolve() for name in names
    )


def addresses(text: str, source: str) -> frozenset[str]:
    """The addresses of everybody whom the stack knew at its last run, folded; raises StateError."""
    from pulumi_posthog.kinds import BY_RESOURCE
    from pulumi_posthog.reconcile.addresses import of_guard, remembered

    result: set[str] = set()
    for resource in resources_in(text, source):
        inputs, type_ = resource.get("inputs") or {}, own_name(str(resource.get("type", ""))) or ""
        if type_ in BY_RESOURCE:
            result |= remembered(BY_RESOURCE[type_], inputs)
        elif type_ == "Guard":
            try:
                result |= of_guard(inputs)
            except Damaged as error:
                raise _damaged(source, error) from None
    return frozenset(result)


def managed(text: str, source: str) -> Managed:
    """What the stack's guard remembers, and what it has let pass and is still there; raises StateError."""
    from pulumi_posthog.stack import unfinished
    from pulumi_posthog.stack.uncounted import both, guarded_in, names_of, within

    # A program's own resources have another one, of another name.
    resources = resources_in(text, source)
    guards = [
        each
        for each in resources
        if own_name(str(each.get("type", ""))) == "Guard" and name_of(str(each.get("urn", ""))) == FILE_GUARD
    ]
    remembered = guards[0].get("inputs") or {} if guards else {}
    if remembered.get("__managed") is None:
        return {}
    try:
        listed = json_in(remembered["__managed"], dict, levels=3)
        let_pass = unfinished.remembered(remembered)
        if not let_pass:
            return listed
        return both(listed, within(let_pass, guarded_in(resources).without(FILE_GUARD, names_of(listed))))
    except Damaged as error:
        raise _damaged(source, error) from None
    except (KeyError, TypeError, ValueError):
        raise _no_state(source) from None


def resources_in(text: str, source: str) -> list[dict[str, Any]]:
    """The resources in what `pulumi stack export` printed, everybody's; raises StateError."""
    try:
        resources = json.loads(text)["deployment"].get("resources") or []
        found = [resource for resource in resources if isinstance(resource, dict)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _no_state(source) from None
    # Pulumi gives each resource a name, and inputs by their names: anything else did not come from it.
    if any(
        not isinstance(each.get("urn"), str) or not isinstance(each.get("inputs") or {}, dict)
        for each in found
    ):
        raise _no_state(source)
    return found


def _damaged(source: str, error: Damaged) -> StateError:
    return StateError(
        f"{source}: what its guard remembers cannot be read: {error}",
        "put an earlier version of the state back: `pulumi stack export --version N`, `pulumi stack import`",
    )


def _no_state(source: str) -> StateError:
    return StateError(f"{source} is not the state of a Pulumi stack", f"write it with: {EXPORT}")
