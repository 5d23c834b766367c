"""How many requests, how much time and memory: measured against the sandbox, beside Pulumi's own floor.

`make bench` runs it. Times are worth something only beside other times of the same run.
"""
