"""One writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

# SQLite has one writer at a time. Waiting here is fair and silent; waiting in SQLite is neither.
WRITER = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """One writer, one transaction."""
    with WRITER, transaction.atomic():
        yield
