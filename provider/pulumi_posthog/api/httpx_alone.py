"""httpx without its command line, which it would load wherever click is installed, and rich and pygments with it.

That took a fifth of the program's own start, and of the provider's.
"""

from __future__ import annotations

import sys

COMMAND_LINE = "httpx._main"

_loaded = sys.modules.get(COMMAND_LINE)
if _loaded is None:
    # To Python that is a module that cannot be imported; httpx can do without it.
    sys.modules[COMMAND_LINE] = None  # type: ignore[assignment]

import httpx  # noqa: E402 - after what it shall not find

if _loaded is None:
    del sys.modules[COMMAND_LINE]

__all__ = ["httpx"]
