"""The end of a provider whose Pulumi was killed: the SDK would let it wait for ever.

A shell is between Pulumi and this process, so its parent says nothing. Pulumi's address does: nothing listens there.
"""

from __future__ import annotations

import functools
import os
import socket
import threading
import time
from typing import Final

from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.dynamic import process

LOOK: Final = 1.0  # seconds between two looks whether Pulumi is still there
GRACE: Final = 5.0  # seconds that calls under way have when it is gone


@functools.cache
def watch() -> None:
    """Have this process end when Pulumi is gone; once, however often it is asked for."""
    address = pulumi_engine.address()
    if address is not None:
        threading.Thread(target=_watched, args=(address,), daemon=True).start()


def _watched(address: str) -> None:
    while is_there(address):
        time.sleep(LOOK)
    process.calls.finish(process.run)
    process.calls.wait(GRACE)
    os._exit(0)


def is_there(address: str) -> bool:
    """Whether somebody listens at `host:port`. What can't be found out for another reason counts as there."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=LOOK).close()
    except ConnectionRefusedError:
        return False
    except OSError:
        return True
    return True
