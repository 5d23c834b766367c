"""The run that this process is for: the dynamic API makes a provider anew for each call, and hands it nothing.

So this is the one place where a run is found by its process. `run` is made when the process starts, and `calls` are
those that it serves.
"""

from pulumi_posthog.stack.handlers.under_way import UnderWay
from pulumi_posthog.stack.run import Run

run = Run()
calls = UnderWay()
