"""httpx without what it loads wherever that is installed, and needs only as a command and for other event loops.

Its command line loads click, rich and pygments. Its transport loads trio and anyio. Together they took more than a
third of the program's own start, and of the provider's.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

COMMAND_LINE: Final = "httpx._main"
EVENT_LOOPS: Final = ("anyio", "trio")


class PutOff(ModuleType):
    """In place of an installed module, which is loaded when something of it is used: by an AsyncClient, for example."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def without(missing: str, put_off: tuple[str, ...]) -> Iterator[None]:
    """Have Python not find one module in the block, and load others later, unless they are loaded."""
    instead: dict[str, Any] = {missing: None}  # to Python that is a module that cannot be imported
    instead |= {name: PutOff(name) for name in put_off if name not in sys.modules and find_spec(name)}
    if missing in sys.modules:
        del instead[missing]
    sys.modules.update(instead)
    try:
        yield
    finally:
        for name, module in instead.items():
            if name in sys.modules and sys.modules[name] is module:
                del sys.modules[name]


with without(COMMAND_LINE, EVENT_LOOPS):
    import httpcore  # noqa: F401 - httpx loads it with its first transport, after the block
    import httpx

__all__ = ["httpx"]
