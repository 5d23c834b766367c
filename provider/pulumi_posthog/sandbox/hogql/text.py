"""What HogQL writes differently from ClickHouse: names with a dollar sign, and values from outside in braces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


class HogQLError(Exception):
    """400: PostHog would refuse it too, or the sandbox does not understand it and says so."""


def not_understood(what: str) -> HogQLError:
    """An answer that might be wrong is worse than none."""
    return HogQLError(f"The sandbox does not understand {what}. (PostHog may.)")


TOKEN = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.|'')*')
      | (?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
      | (?P<comment>--[^\n]*|/\*.*?\*/)
      | (?P<placeholder>\{[^{}]*\})
      | (?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def prepared(query: str, values: Mapping[str, Any]) -> str:
    """`properties.$os = {os}` -> ``properties.`$os` = 'Linux'``; texts and comments stay as they are."""

    def replacement(found: re.Match[str]) -> str:
        text = found[0]
        if found.lastgroup == "placeholder":
            name = text[1:-1].strip()
            if name not in values:
                raise HogQLError(f"Unresolved placeholder: {{{name}}}")
            return constant(values[name])
        if found.lastgroup == "name" and "$" in text:
            return f"`{text}`"
        if found.lastgroup == "comment":
            return " "
        return text

    return TOKEN.sub(replacement, query)


def constant(value: Any) -> str:
    """A value of a placeholder as HogQL writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    if isinstance(value, list) and value:
        return f"({', '.join(constant(each) for each in value)})"
    raise not_understood(f"the placeholder's value {value!r}")
