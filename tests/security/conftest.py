"""Configurations as somebody from outside may propose them, loaded as a run would load them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pulumi_posthog import config
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.values.problem import ConfigError

HEADER = """\
organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}
"""


class Proposed:
    """Writes a file and loads it: what it declares, or what is said against it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, text: str, environment: Mapping[str, str], *, header: str = HEADER, offline: bool = False
    ) -> Configuration:
        (self.folder / "posthog.yaml").write_text(header + text)
        return config.load(Path("posthog.yaml"), environment=environment, secret=None, offline=offline)

    def refused(self, text: str, environment: Mapping[str, str], **options) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self(text, environment, **options)
        return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proposed:
    monkeypatch.chdir(tmp_path)
    return Proposed(tmp_path)
