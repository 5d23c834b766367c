"""Nodes, JSON Schema -> values, and problems worded for people."""

from __future__ import annotations

from pulumi_posthog.config.fitting import fitted, plain
from pulumi_posthog.config.node import Node
from pulumi_posthog.config.schema import json_schema
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.schema_fit import fits


def document(root: Node) -> tuple[Json, tuple[Problem, ...]]:
    """The plain values of a tree, as the schema wants them, and what the schema has against them.

    Texts from `!env` become numbers and booleans where those are wanted. What is unknown is not checked.
    """
    schema = json_schema()
    value = fitted(plain(root), schema, schema["$defs"])
    if fits(schema, value, schema["$defs"]):
        return value, ()
    from pulumi_posthog.config.judging import problems_of  # late: it loads what reads JSON Schema

    return value, problems_of(root, value)
