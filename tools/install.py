"""Installs all that this repository needs: .venv with the locked packages, and a Pulumi CLI to run them.

Runs with any Python 3.11 or newer and nothing else. Python 3.6 must be able to read it too, so that an old
one says what is missing instead of showing a SyntaxError: no newer syntax, no early imports in this file.
"""

import os
import sys


def main() -> int:
    if sys.version_info < (3, 11):
        version = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(
            f"install: Python 3.11 or newer is needed, and {sys.executable} is {version}\n\n"
            "hint: install a newer Python, or name one: make install PYTHON=/path/to/python3.11\n"
        )
        return 2
    if os.name != "posix":
        sys.stderr.write(
            "install: Linux or macOS is needed\n\nhint: on Windows, use the Windows Subsystem for Linux\n"
        )
        return 2
    import installation

    return installation.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
