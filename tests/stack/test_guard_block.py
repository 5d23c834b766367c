"""The block of a program in which everything is guarded: whose it is, and when it is over."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

import pulumi
from pulumi_posthog.stack.guard_block import GuardBlock, current, guarded


def test_programs_that_run_side_by_side_have_a_block_each():
    async def program() -> GuardBlock | None:
        with suppress(pulumi.RunError), guarded():
            block = current()
            assert block is not None
            await asyncio.sleep(0)  # the other one begins
            assert current() is block
            raise pulumi.RunError("over")
        assert current() is None
        block.guard.exception()
        return block

    async def both() -> list[GuardBlock | None]:
        return await asyncio.gather(program(), program())

    one, other = asyncio.run(both())

    assert one is not other


def test_what_began_in_a_block_and_comes_after_its_end_is_not_in_it():
    async def program() -> list[GuardBlock | None]:
        async def later() -> GuardBlock | None:
            return current()

        with suppress(pulumi.RunError), guarded():
            block = current()
            begun = asyncio.get_running_loop().create_task(later())  # as an `apply` does
            raise pulumi.RunError("over")
        assert block is not None
        block.guard.exception()
        return [await begun]

    assert asyncio.run(program()) == [None]


def test_a_block_in_a_block_is_refused():
    async def program() -> None:
        with guarded():
            block = current()
            assert block is not None
            try:
                with guarded():
                    pass
            finally:
                block.guard.add_done_callback(lambda guard: guard.exception())

    with pytest.raises(RuntimeError, match="one block holds all resources"):
        asyncio.run(program())
