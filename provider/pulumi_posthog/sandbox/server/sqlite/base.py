"""What Django looks for in a database backend."""

from __future__ import annotations

from django.db.backends.sqlite3 import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """Names the module whose compilers write SQL."""

    compiler_module = "pulumi_posthog.sandbox.server.sqlite.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite."""

    ops_class = DatabaseOperations
