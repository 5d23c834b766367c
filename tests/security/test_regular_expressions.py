"""Every regular expression of the package over texts that are made to hang it: each takes linear time."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import pulumi_posthog
from pulumi_posthog.cli.verbs.query import limits_itself
from pulumi_posthog.config.schema import json_schema
from pulumi_posthog.values.duration import seconds

PACKAGE = Path(pulumi_posthog.__file__).parent
LENGTH = 12_000  # characters: what grows with the square of that takes seconds
BOUND = 0.12  # seconds of this process; what grows with the length takes a few milliseconds
FUNCTIONS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub")
# One of each sort of sign, and what the expressions of this package are about: quotes, comments, paths, addresses.
UNITS = (
    *"a9 /\\.-@'\"`*<{%:[]!_~,;=\n\t\xa0",
    *(
        "a/",
        "/*",
        "--",
        "['",
        "[''",
        "\\'",
        '\\"',
        "\\`",
        "''",
        "a@",
        "@a",
        "//",
        "//a",
        "//:",
        "//a:",
        "<{%",
        "0x",
        "1.",
        "1e",
    ),
    *(
        "::",
        " ::",
        "\n::",
        "::error",
        "9h",
        "9m",
        "a=",
        "- ",
        "\\/",
        "GH-",
        "www.",
        "limit",
        " l",
        "K_",
        "é",
        "a.b",
    ),
    *("/api/projects/", "/api/projects/1/query", "%AF", "Bearer ", "organization", ":\n", ": ", "pulumi=="),
)
ENDS = ("", "\0", "' ")


class Use(NamedTuple):
    """An expression, where it is, and the function by which it is used."""

    where: str
    pattern: re.Pattern[Any]
    function: str


def written() -> Iterator[Use]:
    """All of the package but the sandbox, which is nobody's but the tester's."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).with_suffix("").as_posix()
        text = path.read_text(encoding="utf-8")
        if name.startswith("sandbox/") or not re.search(r"\bre\.", text):
            continue
        # What `init` writes imports nothing of ours, and has its expressions in it.
        module = (
            {}
            if "/ci/" in name
            else vars(importlib.import_module(f"pulumi_posthog.{name.replace('/', '.')}"))
        )
        tree = ast.parse(text)
        called = {
            id(node.value): ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and of_re(node.value)
        }
        for node in ast.walk(tree):
            function = of_re(node)
            if function not in FUNCTIONS:
                continue
            spelt = ast.unparse(node.args[0])
            if spelt == "pattern":
                continue  # one of the schema, which are below
            given = [*node.args[1:], *(each.value for each in node.keywords if each.arg == "flags")]
            flags = [ast.unparse(each) for each in given if ast.unparse(each).startswith("re.")]
            value = evaluated(spelt, module)
            pattern = (
                value
                if isinstance(value, re.Pattern)
                else re.compile(value, evaluated("|".join(flags) or "0", {}))
            )
            yield Use(f"{name}:{node.lineno}", pattern, used(text, called.get(id(node)), function))


def of_re(node: ast.AST) -> str:
    """The function of the module `re` that a node calls; "" for any other node."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=function)):
            return function
    return ""


def evaluated(source: str, names: Mapping[str, Any]) -> Any:
    return eval(source, {"re": re, **names})  # noqa: S307 - our own source


def used(text: str, name: str | None, function: str) -> str:
    """How an expression is used, as far as its file says so; else in the way that takes longest."""
    if function != "compile":
        return function
    functions = set(re.findall(rf"\b{name}\.({'|'.join(FUNCTIONS)})\b", text)) if name else set()
    return functions.pop() if len(functions) == 1 else "sub"


def of_schema(part: object) -> Iterator[str]:
    """The expressions that texts and keys of a file are compared with."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "pattern" and isinstance(value, str):
                yield value
            elif key == "patternProperties":
                yield from value
            yield from of_schema(value)
    elif isinstance(part, list):
        for item in part:
            yield from of_schema(item)


WRITTEN = list(written())
OF_SCHEMA = sorted(set(of_schema(json_schema())))


def slowest(pattern: re.Pattern, function: str) -> tuple[float, str]:
    """The longest that it takes for any text, in seconds, and that text's beginning and end."""
    worst = (0.0, "")
    for unit in UNITS:
        for end in ENDS:
            text = unit * (LENGTH // len(unit)) + end
            given = text.encode() if isinstance(pattern.pattern, bytes) else text
            started = time.process_time()
            if function in ("match", "fullmatch", "search"):
                getattr(pattern, function)(given)
            else:  # the others find each match, and so does this
                pattern.sub(given[:0], given)
            worst = max(worst, (time.process_time() - started, f"{unit!r} and {end!r}"))
            if worst[0] > BOUND:
                return worst
    return worst


@pytest.mark.parametrize("use", WRITTEN, ids=lambda use: use.where)
def test_an_expression_takes_linear_time(use: Use):
    took, text = slowest(use.pattern, use.function)

    assert took < BOUND, f"{use.pattern.pattern!r} by {use.function} over {text}"


@pytest.mark.parametrize("pattern", OF_SCHEMA)
def test_an_expression_of_the_schema_takes_linear_time(pattern: str):
    took, text = slowest(re.compile(pattern), "search")

    assert took < BOUND, text


def test_an_expression_that_takes_longer_is_seen():
    took, _ = slowest(re.compile(r"\s*x"), "sub")

    assert took > BOUND


def test_all_of_them_are_here():
    assert len(WRITTEN) > 40
    assert len(OF_SCHEMA) > 5


@pytest.mark.parametrize(
    ("query", "limits"),
    [
        ("select 1 limit 3", True),
        ("select 'limit'", False),
        ("select 'it''s limit'", False),
        (r"select 'it\'s limit'", False),
        ("select 'never closed limit", False),
        ("select 'a\\", False),
        ('select `limit`, "limit" -- limit', False),
        ("select 1 /* limit", False),
        ("select 1 /* x */ LIMIT 2", True),
        ("/*" * 100_000, False),
        ("'\\'" * 100_000, False),
    ],
    ids=lambda value: str(value)[:24],
)
def test_whether_a_query_limits_itself(query: str, limits: bool):
    assert limits_itself(query) is limits


@pytest.mark.parametrize(
    "text", ["9" * 5_000 + "h", "9" * 400 + "s", "1h" * 9, "١h", "1h ", "-1s", "1e9s", ""]
)
def test_a_duration_that_is_none_is_refused_whatever_its_length(text: str):
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(text)
