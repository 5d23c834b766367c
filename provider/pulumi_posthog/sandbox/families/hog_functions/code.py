"""Hog and TypeScript: compiled by counting brackets and quotes, to a constant."""

from __future__ import annotations

import re
from typing import Any

from pulumi_posthog.sandbox.rules.errors import invalid

MOST_BYTES = 100 * 1024
BYTECODE = ["_H", 1, 32, "sandbox"]
PAIRS = {")": "(", "]": "[", "}": "{"}
# What stands in quotes or behind comment signs has brackets of its own.
SKIPPED = re.compile(
    r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:\\.|[^`\\])*`|//[^\n]*|--[^\n]*|/\*.*?\*/", re.S
)
# Only PostHog's own functions may call these.
RESERVED = re.compile(r"\bsendEmail\s*\(")


def is_balanced(code: str) -> bool:
    """Whether every bracket is closed, and every quote."""
    rest, opened = SKIPPED.sub("", code), []
    for character in rest:
        if character in "([{":
            opened.append(character)
        elif character in PAIRS and (not opened or opened.pop() != PAIRS[character]):
            return False
    return not opened and not set(rest) & {"'", '"', "`"}


def compiled(code: str, *, for_sites: bool, later: bool) -> dict[str, Any]:
    """What is answered beside the code. Raises a 400 at `hog` (2.15)."""
    if len(code.encode()) > MOST_BYTES:
        raise invalid("hog", "HogQL code exceeds maximum size of 100KB.")
    if not is_balanced(code):
        raise invalid("hog", "Error in TypeScript code" if for_sites else "Hog code has errors.")
    if for_sites:
        return {"bytecode": None, "transpiled": f"(function() {{ {code} }})()"}
    if later and RESERVED.search(code):
        raise invalid("hog", "Reserved for PostHog's own use: sendEmail")
    return {"bytecode": BYTECODE, "transpiled": None}
