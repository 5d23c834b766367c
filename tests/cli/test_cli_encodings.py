"""A name may have letters that the terminal does not: no verb and no format ends for that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILE = """\
organization: {host: https://eu.posthog.com, id: 0191c0de-7e3a-0000-8000-0c6f5d1a2b3c}
roles: {"Größe \U0001f994": {colour: red}}
"""


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_an_encoding_lacks_is_escaped(tmp_path: Path, encoding: str, form: str):
    (tmp_path / "posthog.yaml").write_text(FILE, encoding="utf-8")

    done = subprocess.run(
        [Path(sys.executable).parent / "pulumi-posthog", "validate", "--format", form],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding, "LANG": "C"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, b"Error" in done.stderr) == (2, False), done.stderr
    if form in ("json", "sarif"):
        assert "Größe \U0001f994" in str(json.loads(done.stdout.decode(encoding)))
    else:
        assert "Gr" in done.stdout.decode(encoding)
