"""What a run of a program in Python shares is its own: the Automation API runs several programs in one process."""

from __future__ import annotations

import ast
import contextvars
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pulumi.runtime import settings as runtime

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.stack import address, order
from pulumi_posthog.stack.program_run import of_run

STACK = Path(order.__file__).parent


def in_a_run(program: Callable[[], Any]) -> Any:
    """What a program comes to that is the only one of its run."""

    def run() -> Any:
        runtime.set_root_resource(SimpleNamespace())  # type: ignore[arg-type]
        return program()

    return contextvars.copy_context().run(run)


def test_each_run_has_its_own():
    def twice() -> tuple[object, object]:
        return of_run(SimpleNamespace), contextvars.copy_context().run(of_run, SimpleNamespace)

    one, also_one = in_a_run(twice)
    other, _ = in_a_run(twice)

    assert one is also_one
    assert one is not other


def test_places_are_counted_in_one_program():
    kind = next(
        kind
        for kind in KINDS.values()
        if any(field.placed_by_file or field.numbered_within for field in kind.fields)
    )

    def declared() -> list[dict[str, Any]]:
        return [order.placed(kind, {kind.parent or "": "1"}) for _ in range(2)]

    first, second = in_a_run(declared), in_a_run(declared)

    assert first[0] != first[1]
    assert first == second


def test_one_stack_does_not_vouch_for_another(monkeypatch):
    """Where the key may be sent to follows from the stack's state."""
    asked: list[str] = []
    monkeypatch.setattr(address, "_agreed", lambda host: asked.append(host) or host)

    for _ in range(2):
        in_a_run(lambda: [address.agreed("https://posthog.acme.io") for _ in range(2)])

    assert asked == ["https://posthog.acme.io"] * 2


def test_no_module_keeps_what_a_run_has_seen():
    """An empty container at a module's top is filled by somebody, and outlives the run."""
    empty = {ast.Dict: "keys", ast.List: "elts"}
    found = [
        path.relative_to(STACK).as_posix()
        for path in sorted(STACK.rglob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        if (type(node.value) in empty and not getattr(node.value, empty[type(node.value)]))
        or (
            isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) in ("Counter", "dict", "list", "set")
        )
    ]

    assert found == ["program_run.py"]
