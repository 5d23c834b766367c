"""Pulumi's protocol: the classes that its SDK generated from the protobuf definitions, without the SDK itself.

`import pulumi` takes a third of a second, and the generated modules need nothing of it: they import each other by
relative names. So this package has them as its own, read from where the SDK is installed. Where the SDK was loaded
before, its modules are used: one process must not have two classes for one message.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

_THEIRS = "pulumi.runtime.proto"


def _folder() -> str:
    found = importlib.util.find_spec("pulumi")
    locations = list(found.submodule_search_locations or ()) if found else []
    if not locations:
        raise ImportError("Pulumi's SDK for Python is not installed: pip install pulumi")
    return str(Path(locations[0]) / "runtime" / "proto")


__path__.append(_folder())


def generated(name: str) -> Any:
    """A generated module by its name, such as "provider_pb2"."""
    loaded = sys.modules.get(f"{_THEIRS}.{name}")
    return loaded or importlib.import_module(f"{__name__}.{name}")


engine_pb2 = generated("engine_pb2")
engine_pb2_grpc = generated("engine_pb2_grpc")
plugin_pb2 = generated("plugin_pb2")
provider_pb2 = generated("provider_pb2")
provider_pb2_grpc = generated("provider_pb2_grpc")
status_pb2 = generated("status_pb2")
