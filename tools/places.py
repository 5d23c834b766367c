"""Where everything is: .venv, the user's cache, and the environment variables that lead there."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
VENV = REPOSITORY / ".venv"
VENV_BIN = VENV / "bin"
VENV_PYTHON = VENV_BIN / "python"
LOCK_FILE = REPOSITORY / "requirements.lock"
RUN = REPOSITORY / ".run"
GO_MODULES = REPOSITORY / "tools" / "pulumi"


def cache() -> Path:
    """The user's cache folder for what all checkouts share; XDG_CACHE_HOME where that is an absolute path."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "pulumi-posthog"


def pulumi_version() -> str:
    """The version of the Pulumi CLI that is built, for example "3.259.0": the one that go.mod asks for."""
    found = re.search(r"pulumi/pkg/v3 v(\S+)", (GO_MODULES / "engine" / "go.mod").read_text())
    if found is None:
        raise RuntimeError("tools/pulumi/engine/go.mod does not require github.com/pulumi/pulumi/pkg/v3")
    return found[1]


def path_without_venv(path: str) -> str:
    """A PATH without this checkout's own .venv/bin, whose `pulumi` is only a link to the chosen one."""
    return os.pathsep.join(part for part in path.split(os.pathsep) if part and Path(part) != VENV_BIN)


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment to run this checkout's programs in, on top of the given one."""
    start = dict(os.environ if base is None else base)
    start.pop("PYTHONHOME", None)
    # Pulumi's dynamic provider would run this Python instead of the one first on PATH.
    start.pop("PULUMI_PYTHON_CMD", None)
    return start | changes(start)


def changes(base: Mapping[str, str]) -> dict[str, str]:
    """What `environment` sets, for `eval "$(python3 tools/install.py --print-env)"`."""
    # Pulumi's own processes talk to each other over this machine; behind a proxy they would ask the proxy.
    direct = base.get("no_proxy") or base.get("NO_PROXY") or ""
    hosts = [host for host in direct.split(",") if host] + ["127.0.0.1", "localhost"]
    return {
        "PATH": os.pathsep.join((str(VENV_BIN), path_without_venv(base.get("PATH", os.defpath)))),
        "VIRTUAL_ENV": str(VENV),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        # Some programs read one, some the other.
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(dict.fromkeys(hosts))),
    }
