"""What lasts as long as the process is nothing for Python's garbage collector; what is made later is."""

import subprocess
import sys

BEGIN = """
import gc
from pulumi_posthog.values.lasting import lasting
class Ring:
    left = 0
    def __init__(self): self.me = self
    def __del__(self): Ring.left += 1
"""


def told(program):
    """What a program prints that begins with BEGIN: a process of its own, since all in it is frozen."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_what_is_made_in_the_block_is_left_alone_and_what_is_made_later_is_collected():
    program = """
with lasting():
    print(gc.isenabled()); Ring()
print(gc.isenabled()); gc.collect(); print(Ring.left)
Ring(); gc.collect(); print(Ring.left)
"""

    assert told(program) == ["False", "True", "0", "1"]


def test_an_error_in_the_block_ends_it_too():
    program = """
try:
    with lasting(): raise ImportError
except ImportError: print(gc.isenabled())
"""

    assert told(program) == ["True"]


def test_a_collector_that_does_not_work_is_not_started():
    program = """
gc.disable()
with lasting(): pass
print(gc.isenabled())
"""

    assert told(program) == ["False"]


def test_a_name_of_the_package_that_is_loaded_already_freezes_nothing():
    program = """
import pulumi_posthog
pulumi_posthog.Role; before = gc.get_freeze_count(); Ring(); pulumi_posthog.Project
print(before > 10_000, gc.get_freeze_count() <= before)
"""

    assert told(program) == ["True", "True"]
