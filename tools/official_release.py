"""Downloads an official Pulumi release with the SDK's installer; prints "reached" when the network answered.

Run by .venv's Python: official_release.py VERSION FOLDER SECONDS_TO_REACH SECONDS_TO_DOWNLOAD
Ends itself, with all that it started, when one of the two times is over.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from pulumi.automation import PulumiCommand
from semver import VersionInfo


def main(version: str, folder: str, seconds_to_reach: float, seconds_to_download: float) -> None:
    # A group of its own: the installer is a shell script whose children must go with it.
    os.setpgid(0, 0)
    timer = expire_in(seconds_to_reach)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        # The script has been fetched when the SDK starts it: only now is it known that the network is there.
        nonlocal timer
        if event == "subprocess.Popen" and "--install-root" in list(arguments[1]):  # type: ignore[call-overload]
            timer.cancel()
            timer = expire_in(seconds_to_download)
            print("reached", flush=True)

    sys.addaudithook(watch)
    PulumiCommand.install(root=folder, version=VersionInfo.parse(version))
    timer.cancel()


def expire_in(seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, lambda: os.killpg(0, signal.SIGKILL))
    timer.daemon = True
    timer.start()
    return timer


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
