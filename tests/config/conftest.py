"""Configurations as texts, loaded in a folder of their own, so that messages name `posthog.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pulumi_posthog import config
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.values.problem import ConfigError

HEADER = """\
organization:
  host: https://eu.posthog.com
  id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c
"""
ENVIRONMENT = {
    "PASSWORD": "hush-hush",
    "ZONE": "Europe/Berlin",
    "RATE": "0.25",
    "DAY": "1",
    "ON": "true",
    "EMPTY": "",
}
SECRETS = {"password": "hush-hush", "empty": ""}


class Loader:
    """Writes files and loads posthog.yaml."""

    header = HEADER

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def __call__(
        self,
        text: str | bytes,
        *,
        header: str = HEADER,
        files: Mapping[str, str | bytes] | None = None,
        offline: bool = False,
        secret: Callable[[str], str | None] | None = SECRETS.get,
        environment: Mapping[str, str] = ENVIRONMENT,
    ) -> Configuration:
        """What the text, below an organization, declares."""
        body = text if isinstance(text, bytes) else (header + text).encode()
        self.write({"posthog.yaml": body, **(files or {})})
        return config.load(Path("posthog.yaml"), environment=environment, secret=secret, offline=offline)

    def problems(self, text: str | bytes, **options) -> list[str]:
        """Everything that is wrong, as it is printed."""
        with pytest.raises(ConfigError) as caught:
            self(text, **options)
        return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    monkeypatch.chdir(tmp_path)
    return Loader(tmp_path)
