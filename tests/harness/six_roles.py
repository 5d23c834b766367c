"""A stack whose file has six roles: what the limits on removals are tried with."""

from __future__ import annotations

from collections.abc import Collection

from harness.stack import Stack

NAMES = [f"Role {number}" for number in range(6)]


def write(stack: Stack, names: Collection[str]) -> None:
    """Its file, with these roles."""
    stack.write("roles:\n" + "".join(f'  "{name}": {{}}\n' for name in names))


def apply_six(stack: Stack) -> None:
    """All six, applied."""
    write(stack, NAMES)
    run = stack.up()
    assert run.status == 0, run.text


def there(stack: Stack, names: Collection[str] = NAMES) -> set[str]:
    """Which of them PostHog has."""
    path = f"/api/organizations/{stack.posthog.organization}/roles/"
    return {role["name"] for role in stack.posthog.all(path)} & {*names}
