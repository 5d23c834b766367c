"""What the tests with the real command line may use beside the fixtures of all tests."""

import sys
from pathlib import Path

sys.path.append(
    str(Path(__file__).resolve().parent.parent.parent)
)  # `benchmarks` knows a process's descendants
