"""The limits for programs in Python: what is in `with guarded():` is compared with what was there before.

Pulumi registers resources in the background, so everything in the block can wait for a guard that is made at its end,
when it is known what the program declares. It then has its say before anything else is touched, as with YAML.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack import door
from pulumi_posthog.stack.location import Location
from pulumi_posthog.stack.urn import BLOCK_GUARD
from pulumi_posthog.values.json_value import json_text
from pulumi_posthog.values.text import lines


@dataclass(frozen=True)
class Declared:
    """A resource of the block. `properties` are those that it was made with, `id` is the output of that name."""

    kind: Kind
    name: str
    properties: Mapping[str, Any]
    id: Any
    earlier_names: tuple[str, ...]


@dataclass
class GuardBlock:
    """What has been declared so far, and the guard that it waits for."""

    guard: asyncio.Future[pulumi.Resource]
    declared: list[Declared] = field(default_factory=list)
    location: Location | None = None  # where the first of them is
    open: bool = True  # what an `apply` declares that began in the block may come after its end

    def options(self) -> pulumi.ResourceOptions:
        """What makes a resource wait."""
        return pulumi.ResourceOptions(depends_on=[pulumi.Output.from_input(self.guard)])

    def add(
        self,
        kind: Kind,
        name: str,
        properties: Mapping[str, Any],
        resource: pulumi.CustomResource,
        opts: pulumi.ResourceOptions | None,
        location: Location,
    ) -> None:
        """Count a resource."""
        self.location = self.location or location
        aliases = opts.aliases if opts and isinstance(opts.aliases, list | tuple) else ()
        earlier = (getattr(alias, "name", None) for alias in aliases)
        self.declared.append(
            Declared(
                kind, name, properties, resource.id, tuple(each for each in earlier if isinstance(each, str))
            )
        )

    def managed(self) -> dict[str, dict[str, dict[str, str]]]:
        """As `limits.managed` has it of a file. A parent is known where a child was given its `id` itself."""
        result: dict[str, dict[str, dict[str, str]]] = {}
        for each in self.declared:
            if each.kind.guarded:
                parent = self._parent_of(each)
                below = result.setdefault(each.kind.name, {}).setdefault(parent, {})
                below[each.name] = _replaced_by(each)
        return result

    def _parent_of(self, each: Declared) -> str:
        """The name of what a resource is below; known where it was given that one's `id` itself."""
        return self._names().get(id(each.properties.get(each.kind.parent or "")), "")

    def _names(self) -> dict[int, str]:
        return {id(each.id): each.name for each in self.declared}

    def exact_lists(self) -> dict[str, dict[str, dict[str, Any]]]:
        """As `limits.exact_lists` has it of a file; outputs are not known yet."""
        result: dict[str, dict[str, dict[str, Any]]] = {}
        for each in self.declared:
            if each.kind.set_of:
                items = each.properties.get(each.kind.writable[0].name)
                known = [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
                result.setdefault(each.kind.name, {})[each.name] = {
                    "parent": self._parent_of(each),
                    "items": known,
                }
        return result

    def ids(self) -> dict[str, dict[str, str]]:
        """As `limits.ids` has it of a file."""
        result: dict[str, dict[str, str]] = {}
        for each in self.declared:
            if isinstance(id_ := each.properties.get("__id"), str | int):
                result.setdefault(each.kind.name, {})[str(id_)] = each.name
        return result

    def called(self) -> dict[str, dict[str, str]]:
        """kind's name -> resource's name -> what PostHog calls it, as far as the program says it."""
        result: dict[str, dict[str, str]] = {}
        for each in self.declared:
            name = each.kind.own_name(each.properties)
            if isinstance(name, str):  # an output is not known yet
                result.setdefault(each.kind.name, {})[each.name] = name
        return result

    def renamed(self) -> dict[str, dict[str, str]]:
        """As `limits.renamed` has it: from aliases with a name."""
        result: dict[str, dict[str, str]] = {}
        for each in self.declared:
            for earlier in each.earlier_names:
                result.setdefault(each.kind.name, {})[earlier] = each.name
        return result


def _replaced_by(declared: Declared) -> str:
    values = {
        item.name: value
        for item in declared.kind.writable
        if item.replace_on_changes and not item.names and item.name not in declared.kind.in_path
        # Outputs are not known yet; that they change is for the diff to see.
        if isinstance(value := declared.properties.get(item.name), str | int | float | bool)
    }
    return json_text(values) if values else ""


_block: ContextVar[GuardBlock | None] = ContextVar("block", default=None)


def current() -> GuardBlock | None:
    """The block that the program is in: its own, also where programs run side by side in one process."""
    block = _block.get()
    return block if block is not None and block.open else None


def options(
    type_: str, own: pulumi.ResourceOptions | None, given: pulumi.ResourceOptions | None
) -> pulumi.ResourceOptions:
    """A resource's options: its `own`, those of the block that it is in, and those that a program has `given`."""
    block = current()
    return pulumi.ResourceOptions.merge(
        pulumi.ResourceOptions.merge(own, block.options() if block else None), door.options(type_, given)
    )


@contextmanager
def guarded() -> Iterator[None]:
    """Put the limits around the resources that are declared in the block; once in a program.

    What was in it at the last `pulumi up` and is no longer counts as a removal, within the limits of the stack's
    settings (`posthog:maxRemovals` and so on). Raises RuntimeError for a block within a block.
    """
    from pulumi_posthog.stack.guard_resource import Guard

    if current() is not None:
        raise RuntimeError("guarded() is inside another guarded(): one block holds all resources")
    block = GuardBlock(asyncio.get_running_loop().create_future())
    token = _block.set(block)
    try:
        yield
    except BaseException as error:
        # Pulumi waits for what was declared, and shows only what went wrong there.
        if isinstance(error, pulumi.RunError):
            block.guard.set_exception(error)  # one that says all: it is shown without a traceback
            raise
        if isinstance(error, Exception):
            pulumi.log.error(lines("".join(traceback.format_exception(error))))
        block.guard.set_exception(RuntimeError("the program ended before it had declared everything"))
        raise
    finally:
        block.open = False
        _block.reset(token)
    guard = Guard(
        json_text(block.managed()),
        json_text(block.renamed()),
        name=BLOCK_GUARD,  # a program may have that of a file as well
        called=json_text(block.called()),
        lists=json_text(block.exact_lists()),
        ids=json_text(block.ids()),
        declares=len(block.declared),
        location=block.location,
    )
    block.guard.set_result(guard)
