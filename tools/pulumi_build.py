"""Builds the Pulumi CLI and its Python language host from the Go modules that tools/pulumi pins."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import places
from go_toolchain import Go, toolchain
from places import GO_MODULES
from steps import ToolError, full_disk, refuse_if_known, run, say

ENGINE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
# Scripts that the engine's own SDK module has, beside where a release puts them.
SCRIPTS = (Path("python/cmd/pulumi-language-python-exec"), Path("python/dist/pulumi-resource-pulumi-python"))
BYTES_NEEDED = 4 * 1024**3


def build(scratch: Path) -> Path:
    """Build into a folder under `scratch` and return it: its bin has what a release has. Raises ToolError.

    What Go downloads and compiles is kept until a build has succeeded: one that was interrupted goes on.
    """
    if shutil.disk_usage(scratch).free < BYTES_NEEDED:
        free = shutil.disk_usage(scratch).free / 1024**3
        raise full_disk(f"building Pulumi takes 4 GB for a while in {scratch.parent}, {free:.1f} GB are free")
    began = time.monotonic()
    version = places.pulumi_version()
    say(f"pulumi: building {version} from source, once for this user: four to six minutes on two cores")
    files = places.cache() / "go"
    go = toolchain(scratch, files)
    home = scratch / "built"
    binaries = home / "bin"
    binaries.mkdir(parents=True)
    hint = "if it was killed, memory was short (2 GB are needed); or put Pulumi 3.x itself on PATH"
    for module, package, name in (
        ("engine", ENGINE, "pulumi"),
        ("language", LANGUAGE_HOST, "pulumi-language-python"),
    ):
        says_version = f"-X {VERSION_VARIABLE}={version}"
        compile_package(go, GO_MODULES / module, package, binaries / name, says_version, hint=hint)
    sources = module_folder(go)
    for script in SCRIPTS:
        shutil.copyfile(sources / script, binaries / script.name)
        (binaries / script.name).chmod(0o755)
    remove(files)
    say(f"pulumi: built in {time.monotonic() - began:.0f} s")
    return home


def compile_package(
    go: Go, folder: Path, package: str, target: Path, linker_options: str = "", *, hint: str
) -> None:
    """Download what a package needs and compile it to `target`, saying how far it is. Raises ToolError.

    `folder` has the go.mod that pins it; `hint` says what to do when the compiler fails.
    """
    downloads = 0

    def narrate_download(line: str) -> str | None:
        nonlocal downloads
        downloads += line.startswith("go: downloading")
        return f"downloading Go modules: {downloads} so far" if downloads else None

    packages: set[str] = set()

    def keep(line: str) -> None:
        if line and not line.startswith("go: "):
            packages.add(line)

    say(f"{target.name}: fetching its sources")
    listed = run(
        [go.command, "list", "-mod=readonly", "-deps", package],
        narrate_download,
        folder=folder,
        environment=go.environment,
        on_line=keep,
    )
    if listed.status != 0:
        refuse_if_known(listed, f"the sources of {target.name} could not be fetched")
        raise ToolError(
            f"the sources of {target.name} could not be fetched:\n{listed.quoted('error', 'cannot', 'go: ')}",
            "check that Go's module proxy is reachable (GOPROXY is honoured), then run `make install` again",
        )
    compiled: set[str] = set()

    def narrate_compilation(line: str) -> str:
        if line in packages:
            compiled.add(line)
        share = 100 * len(compiled) // max(1, len(packages))
        return f"compiling {target.name}: {len(compiled)} of {len(packages)} packages ({share} %)"

    say(f"{target.name}: compiling it")
    built = run(
        [
            *(go.command, "build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false"),
            *("-ldflags", f"-s -w {linker_options}".strip(), "-o", target, package),
        ],
        narrate_compilation,
        folder=folder,
        environment=go.environment,
    )
    if built.status != 0:
        refuse_if_known(built, f"{target.name} could not be compiled")
        raise ToolError(f"{target.name} could not be compiled:\n{built.quoted('error', ': ')}", hint)


def module_folder(go: Go) -> Path:
    """Where Go has unpacked the SDK module that belongs to the engine. Raises ToolError."""
    answer = subprocess.run(
        [go.command, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"],
        cwd=GO_MODULES / "engine",
        env=go.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0 or not answer.stdout.strip():
        raise ToolError(
            f"Go does not say where Pulumi's SDK is:\n    {answer.stderr.strip()}", "run `make install` again"
        )
    return Path(answer.stdout.strip())


def remove(folder: Path) -> None:
    """Remove a folder if it is there, read-only folders inside it too."""
    for root, names, _files in os.walk(folder):
        for name in names:
            place = Path(root, name)
            if not place.is_symlink():
                place.chmod(place.stat().st_mode | stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)
