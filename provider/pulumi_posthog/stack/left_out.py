"""A program without a guard: what is new and left out of the run (--target), against what the stack would lose.

The engine asks the provider nothing about a new resource that is not among the targets. If that is what a targeted one
has become, the deletion of the old name removes the object of both. Only the program knows that it declares it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from dataclasses import dataclass

from pulumi.runtime import settings as runtime

import pulumi
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.stack import sdk_repairs
from pulumi_posthog.stack.other_stacks import UnknownOwners, own_state
from pulumi_posthog.stack.places import kind_of
from pulumi_posthog.stack.program_run import of_run
from pulumi_posthog.stack.urn import name_of
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.masking import harmless
from pulumi_posthog.values.spelling import one_line


@dataclass(frozen=True)
class Declared:
    """A resource of the program. `names` are its own and its earlier ones."""

    kind: Kind
    names: tuple[str, ...]
    resource: pulumi.CustomResource


class Watched(list[Declared]):
    """All resources of a program's run that are not in a guard's block."""


def watch(
    kind: Kind, name: str, resource: pulumi.CustomResource, opts: pulumi.ResourceOptions | None
) -> None:
    """Have the program end with an error when this resource is left out while something like it would be deleted.

    An error at the program's end keeps Pulumi from all deletions, with `--continue-on-error`, too.
    """
    manager = sdk_repairs.calls()
    if runtime.is_dry_run() or manager is None:
        return  # a preview deletes nothing, and knows no id of what is new
    aliases = opts.aliases if opts and isinstance(opts.aliases, list | tuple) else ()
    earlier = (getattr(each, "name", None) for each in aliases)
    watched = of_run(Watched)
    watched.append(Declared(kind, (name, *(each for each in earlier if isinstance(each, str))), resource))
    if len(watched) == 1:
        with contextlib.suppress(RuntimeError):  # no event loop: this is not Pulumi's program
            manager.rpcs.append(asyncio.get_running_loop().create_task(_judge(watched)))


async def _judge(watched: Watched) -> None:
    left_out = []
    for each in watched:  # it grows while the program runs
        with contextlib.suppress(Exception):  # that it failed, the engine says
            if not await each.resource.id.is_known():
                left_out.append(each)
    if not left_out:
        return
    urn = await left_out[0].resource.urn.future()
    try:
        state = await asyncio.to_thread(own_state, str(urn), project_folder())
        text = objection([(each.kind, each.names[0]) for each in left_out], _names(watched), state)
    except UnknownOwners as error:
        text = f"nothing is removed in a run with --target that leaves out what is new, because {error}"
    if text is not None:
        pulumi.log.error(harmless(text))
        sdk_repairs.calls().unhandled_exception = SystemExit(sdk_repairs.SAID)


def _names(watched: Watched) -> set[tuple[str, str]]:
    return {(each.kind.name, name) for each in watched for name in each.names}


def objection(
    left_out: Collection[tuple[Kind, str]], declared: Collection[tuple[str, str]], state: Collection[str]
) -> str | None:
    """Why a run that leaves out new resources may delete nothing; None when it may.

    `declared` are kinds and names of all that the program declares, `state` the URNs of what the stack has.
    """
    for urn in sorted(state):
        kind, name = kind_of(urn), name_of(urn)
        if kind is None or name is None or (kind.name, name) in declared:
            continue
        for new, its_name in left_out:
            if kind.name in (new.name, new.set_of):
                return (
                    f'nothing is removed in this run: {new.title} "{one_line(its_name)}" is new and left out of it'
                    f' (--target), and "{one_line(name)}", which the stack has, may be the same object\n'
                    f'  hint: run `pulumi up` without --target, or name "{one_line(its_name)}" as a target as well'
                )
    return None
