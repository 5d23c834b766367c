"""The tour is taken, from its first command to its last."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from . import pages

PORT = "8765"


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


@pytest.mark.e2e
def test_the_tour_goes_as_it_says(tmp_path: Path):
    # Two at once on one machine, and somebody's own sandbox, must not meet.
    port = free_port()

    pages.read(
        pages.DOCS / "tour.md",
        {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "TMPDIR": str(tmp_path),
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        },
        pages.REPOSITORY,
        put={PORT: port, "pulumi-posthog sandbox": f"pulumi-posthog sandbox --port {port}"},
    )
