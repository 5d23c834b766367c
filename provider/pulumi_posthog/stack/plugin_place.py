"""Where Pulumi finds the provider plugin of a project, and what to do where it does not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from pulumi_posthog.values.local_file import project_folder

PROGRAM: Final = "pulumi-resource-posthog"


def plugin_folder(project: Path | None = None) -> Path | None:
    """The folder that Pulumi.yaml names for our plugin under `plugins:`; None where it names none."""
    import yaml

    folder = project or project_folder()
    try:
        plugins = (yaml.safe_load((folder / "Pulumi.yaml").read_text(encoding="utf-8")) or {}).get(
            "plugins"
        ) or {}
        paths = [each.get("path") for each in plugins.get("providers") or () if each.get("name") == "posthog"]
        return folder / str(paths[0] or "") if paths else None
    except (OSError, ValueError, yaml.YAMLError, AttributeError):
        return None


def missing(folder: Path | None) -> str | None:
    """Why Pulumi will not find the plugin in the folder that Pulumi.yaml names, or on PATH; None where it will."""
    path = os.environ.get("PATH", os.defpath) if folder is None else str(folder)
    if shutil.which(PROGRAM, path=path):
        return None
    here = Path(os.environ.get("VIRTUAL_ENV") or ".venv") / "bin"
    where = "on PATH" if folder is None else f"in {folder}, which Pulumi.yaml names under `plugins:`"
    return (
        f"the provider plugin, {PROGRAM}, is not {where}\n"
        "  hint: install pulumi-posthog there, or name the folder that it is installed in under `plugins:`"
        f" (`which {PROGRAM}` prints its path; in a virtual environment it is {here})"
    )
