"""What a file declares -> the engine, without a resource of the SDK for each: that costs more than all else of it.

The program gets one for what it asks for, and that is registered by the SDK, with all that it is in and follows.
Everything else is registered when the program has said what it needs, as in a component.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import grpc
from pulumi.runtime import settings as runtime

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.reconcile.desired import Key
from pulumi_posthog.stack import door, sdk_repairs
from pulumi_posthog.stack.declarations import Declaration
from pulumi_posthog.stack.declared import Declared
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.plugin.protocol.registering import resource_pb2_grpc
from pulumi_posthog.stack.plugin.registrar import Made, NotTried, Registrar, Stopped, in_stack, needs
from pulumi_posthog.values.text import lines

GOING_DOWN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)  # the engine has said why


def possible() -> bool:
    """Whether this program's resources can be registered so.

    The dynamic provider costs too much for it to matter. A program that transforms its resources, and one in a test
    with mocks, need a resource of the SDK for each.
    """
    root = runtime.get_root_resource()
    return (
        door.by_plugin()
        and root is not None
        and not getattr(root, "_transformations", None)
        and not sdk_repairs.answers_the_engine()
        and isinstance(runtime.get_monitor(), resource_pb2_grpc.ResourceMonitorStub)
        and sdk_repairs.calls() is not None
        and _loop() is not None
    )


def begun(declared: Sequence[Declaration]) -> Pipeline:
    """A pipeline that the program's end waits for."""
    pipeline = Pipeline(declared)
    sdk_repairs.calls().rpcs.append(asyncio.get_running_loop().create_task(pipeline.register()))
    return pipeline


class Pipeline(Mapping[Key, Declared]):
    """The resources of a file. One that is asked for is made then."""

    def __init__(self, declared: Sequence[Declaration]) -> None:
        self._declared = {declaration.key: declaration for declaration in declared}
        self._resources: dict[Key, Declared] = {}
        self._registrar: Registrar | None = None
        self._at_work: concurrent.futures.Future[None] | None = None

    def __getitem__(self, key: Key) -> Declared:
        if key not in self:
            raise KeyError(key)
        return self.resource(key)

    def __contains__(self, key: object) -> bool:
        return key in self._declared and isinstance(key, tuple) and key[0] in KINDS

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._declared if key[0] in KINDS)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def resource(self, key: Key) -> Declared:
        """The resource of any declaration, those of no kind included."""
        if key not in self._resources:
            if self._at_work is None:
                self._make(key)
            else:
                self._resources[key] = self._registered(self._declared[key], self._at_work)
        return self._resources[key]

    def _make(self, key: Key) -> None:
        """Have the SDK register it, after all that has to be there before it."""
        wanted, waiting = set(), [key]
        while waiting:
            if (each := waiting.pop()) not in wanted:
                wanted.add(each)
                waiting += needs(self._declared[each])
        for each, declaration in self._declared.items():
            if each in wanted and each not in self._resources:
                self._resources[each] = Declared(declaration, self._resources)

    def _registered(self, declaration: Declaration, at_work: concurrent.futures.Future[None]) -> Declared:
        """What was registered here, for a program that asks for it as late as in an `apply`."""
        # No resource of the SDK waits for another one here, and the engine asks the program nothing, so this takes as
        # long as the engine does.
        concurrent.futures.wait([at_work])
        made = self._registrar.made.get(declaration.key) if self._registrar else None
        if made is None:
            # The SDK takes it for what it is: the engine has told of it, or will.
            raise (sdk_repairs.FAILED or RuntimeError)(f"{declaration.about} is not registered")
        return Declared.registered(declaration, made.urn)

    async def register(self) -> None:
        """Register what the program has not asked for, as soon as the SDK is done with what it has."""
        stack = str(await runtime.get_root_resource().urn.future())  # type: ignore[union-attr]  # `possible`
        if sdk_repairs.answers_the_engine():
            for key in self._declared:  # since the pipeline began
                self.resource(key)
        made, seen = {}, set()
        while unseen := [key for key in self._resources if key not in seen]:
            for key in unseen:
                seen.add(key)
                if (resource := await _made(self._resources[key])) is not None:
                    made[key] = resource
        prefix = "::".join(stack.split("::", 2)[:2])
        self._registrar = Registrar(
            runtime.get_monitor(), stack, functools.partial(in_stack, stack=prefix), made=made
        )
        left = [declaration for key, declaration in self._declared.items() if key not in self._resources]
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            work = functools.partial(self._registrar.register, left)
            self._at_work = thread.submit(contextvars.copy_context().run, work)
            try:
                await asyncio.wrap_future(self._at_work)
            except NotTried as error:
                if error.names:
                    sdk_repairs.not_tried(error.names)
            except Stopped as error:
                _stop(error.__cause__)


async def _made(resource: pulumi.CustomResource) -> Made | None:
    """What the engine knows of a resource of the SDK; None where it could not be registered, which the SDK tells."""
    try:
        urn, id_ = await resource.urn.future(), await resource.id.future()
    except Exception:
        return None
    return Made(str(urn), id_ or NOT_YET_KNOWN)


def _stop(cause: Any) -> None:
    """End the program with an error, so that Pulumi deletes nothing."""
    if cause.code() not in GOING_DOWN:
        pulumi.log.error(lines(cause.details() or "the engine has refused a resource and does not say why"))
    manager = sdk_repairs.calls()
    if manager.unhandled_exception is None:
        manager.unhandled_exception = SystemExit(sdk_repairs.SAID)


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # this is not Pulumi's program
