"""Inputs before, inputs now -> Pulumi's detailed diff: path -> added, deleted or updated. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any


def details(before: Mapping[str, Any], now: Mapping[str, Any], shown: Collection[str]) -> dict[str, str]:
    """Path of a property -> "ADD", "DELETE" or "UPDATE", of what `shown` names and is declared now.

    What was declared before and is no longer stays in PostHog as it is: that is no change.
    """
    result: dict[str, str] = {}
    for name in now:
        if name in shown:
            result.update(_compared(name, before.get(name), now[name]))
    return result


def _compared(path: str, before: Any, now: Any) -> Iterator[tuple[str, str]]:
    if before == now:
        return
    if before is None:
        yield path, "ADD"
    elif isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in sorted(before.keys() | now.keys()):
            if key not in now:
                yield f"{path}[{json.dumps(key)}]", "DELETE"
            else:
                yield from _compared(f"{path}[{json.dumps(key)}]", before.get(key), now[key])
    else:
        yield path, "UPDATE"
