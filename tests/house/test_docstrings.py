"""What a docstring has to say, as far as that can be seen without reading it: that it is there, errors, units.

The sandbox has families whose hooks are described where they are declared, so it is left out here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import pulumi_posthog

PACKAGE = Path(pulumi_posthog.__file__).parent
LEFT_OUT = ("sandbox", "cli/templates")  # the latter are programs for a user's repository
# The docstring of a verb is its help for users: what it raises is said in `cli/verbs/__init__.py`.
HELP = "cli/verbs"
# Numbers whose names leave open what they count.
OPEN = {"within", "timeout", "longest", "seconds", "wait", "every", "interval", "retry_after"}
Node = ast.Module | ast.ClassDef | ast.FunctionDef


@dataclass(frozen=True)
class Public:
    """A public module, class, function or method; `around` are the docstrings of the classes that it is in."""

    where: str
    node: Node
    around: str = ""

    @property
    def said(self) -> str:
        return f"{ast.get_docstring(self.node) or ''} {self.around}"


def below(where: str, node: ast.AST, around: str) -> Iterator[Public]:
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.If):
            yield from below(where, each, around)
        if not isinstance(each, ast.ClassDef | ast.FunctionDef) or each.name.startswith("_"):
            continue
        name = f"{where}:{each.lineno} {each.name}"
        yield Public(name, each, around)
        if isinstance(each, ast.ClassDef):
            inherited = " ".join(DOCSTRINGS.get(ast.unparse(base), "") for base in each.bases)
            yield from below(where, each, f"{around} {ast.get_docstring(each) or ''} {inherited}")


def modules() -> dict[str, ast.Module]:
    paths = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if not name.startswith(LEFT_OUT)
    }


MODULES = modules()
CLASSES = [each for tree in MODULES.values() for each in ast.walk(tree) if isinstance(each, ast.ClassDef)]
DOCSTRINGS = {each.name: ast.get_docstring(each) or "" for each in CLASSES}
PUBLIC = [each for name, tree in MODULES.items() for each in (Public(name, tree), *below(name, tree, ""))]


def errors() -> set[str]:
    """The names of our own exceptions: classes with one of Python's, or one of these, above them."""
    found = {"Exception", "ValueError", "RunError"}
    while more := {
        each.name
        for each in CLASSES
        if each.name not in found and {ast.unparse(base).rpartition(".")[2] for base in each.bases} & found
    }:
        found |= more
    return found - {"Exception", "ValueError", "RunError"}


OURS = errors()


def raised(node: ast.AST, caught: frozenset[str] = frozenset()) -> Iterator[str]:
    """Which of our exceptions a function raises itself and does not catch."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(each, ast.Raise) and each.exc is not None:
            what = each.exc.func if isinstance(each.exc, ast.Call) else each.exc
            name = ast.unparse(what).rpartition(".")[2]
            yield from {name} & OURS - caught
        if isinstance(each, ast.Try):
            types = [handler.type for handler in each.handlers if handler.type is not None]
            names = {ast.unparse(one) for type_ in types for one in getattr(type_, "elts", [type_])}
            yield from raised(ast.Module(each.body, []), caught | names)
            for part in (*each.handlers, *each.orelse, *each.finalbody):
                yield from raised(ast.Module([part], []), caught)  # type: ignore[list-item]
            continue
        yield from raised(each, caught)


def test_each_public_name_has_a_docstring():
    bare = [each.where for each in PUBLIC if not ast.get_docstring(each.node)]

    assert bare == [], "say in a sentence what it is, or what comes back"


def test_a_function_that_raises_one_of_our_errors_says_so():
    silent = {
        each.where: sorted(names)
        for each in PUBLIC
        if isinstance(each.node, ast.FunctionDef)
        and not each.where.startswith(HELP)
        and (names := {*raised(each.node)})
        and "rais" not in each.said.lower()
    }

    assert silent == {}, "write `Raises NAME where ...` into its docstring, or into that of its class"


def test_a_number_of_seconds_or_characters_says_which_it_is():
    bare = [
        f"{each.where}({argument.arg})"
        for each in PUBLIC
        if isinstance(each.node, ast.FunctionDef)
        for argument in (*each.node.args.args, *each.node.args.kwonlyargs)
        if argument.arg in OPEN
        and ast.unparse(argument.annotation or ast.Constant("")).partition(" ")[0] in ("int", "float")
        and not any(unit in f"{each.said} {argument.arg}" for unit in ("second", "character"))
    ]

    assert bare == [], "write the unit into the docstring"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("raise Stop('no')", {"Stop"}),
        ("try:\n    raise Stop('no')\nexcept Stop:\n    pass", set()),
        ("try:\n    pass\nexcept Stop as error:\n    raise api.GaveUp('no') from error", {"GaveUp"}),
        ("raise KeyError('theirs')", set()),
    ],
)
def test_what_is_raised_and_not_caught_is_found(code, names):
    assert {*raised(ast.parse(code))} == names
