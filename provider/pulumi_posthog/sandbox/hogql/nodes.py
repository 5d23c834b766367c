"""The nodes of a parsed query: what is in one, and whether all of it is understood."""

from __future__ import annotations

from sqlglot import exp

from pulumi_posthog.sandbox.hogql.text import not_understood


def only(node: exp.Expression, *known: str) -> None:
    """Nothing of the query may be passed over in silence."""
    for key, value in node.args.items():
        if value in (None, [], False) or key in known:
            continue
        what = key.strip("_").replace("_", " ").upper()
        raise not_understood(f"{what} in {type(node).__name__.upper()}")


def names(node: exp.Expression) -> list[str]:
    """`a.b['c'].d` -> a, b, c, d."""
    if isinstance(node, exp.Column):
        only(node, "this", "table", "db", "catalog", "_type")
        return [str(part.name) for part in node.parts]
    if isinstance(node, exp.Identifier):
        return [node.name]
    if isinstance(node, exp.Dot):
        only(node, "this", "expression")
        return [*names(node.this), *names(node.expression)]
    if isinstance(node, exp.Bracket) and len(node.expressions) == 1:
        only(node, "this", "expressions", "_type")
        key = node.expressions[0]
        if isinstance(key, exp.Literal) and key.is_string:
            return [*names(node.this), key.name]
    raise not_understood("what is in square brackets")
