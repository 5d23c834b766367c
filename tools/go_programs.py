"""Builds the programs in Go that only tests drive, from the modules that folders of tools/ pin."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import places
from go_toolchain import hint_to_install_go, toolchain
from pulumi_build import compile_package
from steps import ToolError, alone, say


@dataclass(frozen=True)
class GoProgram:
    """A program: its name, the folder with its go.mod, seen from tools/, the module that this pins, its package there.

    `stamp` is the variable of the package that its version is written into, empty where it has none. A `package` that
    begins with "./" is ours, in that folder.
    """

    name: str
    folder: str
    module: str
    package: str
    stamp: str = ""

    @property
    def link(self) -> Path:
        """Where it is called."""
        return places.VENV_BIN / self.name

    @property
    def version(self) -> str:
        """The version that is pinned, for example "1.7.12"; of a program of ours also which text it has."""
        file = places.REPOSITORY / "tools" / self.folder / "go.mod"
        found = re.search(rf"{re.escape(self.module)} v(\S+)", file.read_text())
        if found is None:
            raise RuntimeError(f"{file} does not require {self.module}")
        if not self.package.startswith("./"):
            return found[1]
        # Ours may change while what it is built with does not.
        ours = (file.parent / self.package / "main.go").read_bytes()
        return f"{found[1]}-{hashlib.sha256(ours).hexdigest()[:8]}"

    @property
    def built(self) -> Path:
        """Where it is, or will be, for all checkouts of this user."""
        return places.cache() / f"{self.name}-{self.version}"

    @property
    def is_missing(self) -> bool:
        """Whether there is none of the pinned version in .venv/bin."""
        return not self.link.is_file() or self.link.resolve() != self.built.resolve()

    def install(self) -> None:
        """Build it, and link it into .venv/bin. Raises ToolError."""
        if not self.is_missing:
            return
        if not places.VENV_PYTHON.is_file():
            raise ToolError(f"{self.name} is built for .venv, which is not there", "run `make install` first")
        places.cache().mkdir(parents=True, exist_ok=True)
        with alone(places.cache() / f"{self.name}.lock", self.name):
            if not self.built.is_file():
                self._build()
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(self.built)

    def _build(self) -> None:
        target = self.built
        with tempfile.TemporaryDirectory(prefix=f"{self.name}-", ignore_cleanup_errors=True) as scratch:
            fresh = Path(scratch) / self.name
            go = toolchain(Path(scratch), Path(scratch) / "go")
            say(f"{self.name}: building it from source, once for this user")
            options = f"-X {self.stamp}={self.version}" if self.stamp else ""
            module = places.REPOSITORY / "tools" / self.folder
            compile_package(go, module, self.package, fresh, options, hint=hint_to_install_go())
            # The cache may be on another disk: copied beside its place first, then swapped in whole.
            new = target.with_name(f"{target.name}.new")
            shutil.copyfile(fresh, new)
            new.chmod(0o755)
            new.replace(target)


# It checks GitHub's workflows; it takes twenty seconds to build.
ACTIONLINT = GoProgram(
    "actionlint", "actionlint", "github.com/rhysd/actionlint", "github.com/rhysd/actionlint/cmd/actionlint"
)
# Pulumi's host for programs in YAML, which a release of Pulumi brings along; two minutes.
YAML_HOST = GoProgram(
    "pulumi-language-yaml",
    "yaml_host",
    "github.com/pulumi/pulumi-yaml",
    "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    "github.com/pulumi/pulumi-yaml/pkg/version.Version",
)
# Pulumi's host for programs in TypeScript: the newest that a module proxy has; a minute.
NODE_HOST = GoProgram(
    "pulumi-language-nodejs",
    "node_host",
    "github.com/pulumi/pulumi/sdk/v3",
    "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
)
# Makes the classes for them, which that host can't; a minute.
NODE_SDK = GoProgram("node_sdk", "pulumi/engine", "github.com/pulumi/pulumi/pkg/v3", "./node_sdk")
# The example in Go, which drives the Pulumi command line by itself; two minutes.
GO_EXAMPLE = GoProgram("acme-go", "../examples/go", "github.com/pulumi/pulumi/sdk/v3", "./")
GO_PROGRAMS = (ACTIONLINT, YAML_HOST, NODE_HOST, NODE_SDK, GO_EXAMPLE)
