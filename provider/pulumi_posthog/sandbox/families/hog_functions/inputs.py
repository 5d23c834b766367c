"""Inputs: checked against their schema, secrets apart, compiled (2.6, 2.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from rest_framework.exceptions import ValidationError

from pulumi_posthog.sandbox.families.hog_functions.code import BYTECODE, is_balanced
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import Unhandled

Inputs = dict[str, Any]
MASK = "********"
REFERENCE = re.compile(r"\{[^{}]*\binputs\.(\w+)")
# What a transformation does not have, because it runs before anything is stored.
NOT_IN_TRANSFORMATIONS = re.compile(r"\{[^{}]*\b(person|groups|source)\b(?!['\"])")
NUMBERS = {"number", "integration"}
UNCOMPILED = {"number", "choice", "integration", "integration_field"}
STATUS_CODE = re.compile(r"[45](\d\d|xx)")
EXPECTED: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a string"),
    "number": ((int, float), "a number"),
    "dictionary": (dict, "a dictionary"),
    "choice": (str, "a string"),
    "integration": (int, "an Integration ID"),
    "integration_field": (str, "a string"),
    "integration_multi": (list, "a list of Integration IDs"),
    "email": (dict, "an email object"),
    "native_email": (dict, "an email object"),
    "non_failure_status_codes": (list, "a list of status codes"),
}


@dataclass(frozen=True)
class Owner:
    """Whose inputs they are."""

    type: str | None
    for_sites: bool
    attr: str = "inputs"


def wrong(owner: Owner, key: str, detail: str) -> ValidationError:
    """400 `invalid_input` at `inputs__KEY`, inside mappings at `mappings__0__inputs__KEY`."""
    where: Any = {key: [detail]}
    for part in reversed(owner.attr.split("__")):
        where = {part: where}
    return ValidationError(where)


def checked(
    schema: list[dict[str, Any]],
    sent: Mapping[str, Any],
    secrets: Mapping[str, Any],
    owner: Owner,
    *,
    with_secrets: bool = True,
) -> tuple[Inputs, Inputs]:
    """Plain inputs and secret ones, as they are stored. Keys that the schema does not have are dropped."""
    plain: Inputs = {}
    hidden: Inputs = {}
    for item in schema:
        if "key" not in item or "type" not in item:
            raise Unhandled("an item of inputs_schema has neither key nor type")
        key, given = item["key"], sent.get(item["key"])
        if given is not None and not isinstance(given, dict):
            raise wrong(owner, key, f"Invalid data. Expected a dictionary, but got {type(given).__name__}.")
        if item.get("secret") and with_secrets:
            kept = secret(item, given or {}, secrets.get(key), owner)
            if kept is not None:
                hidden[key] = compiled(item, kept, owner)
            continue
        plain[key] = checked_input(item, given, owner) if given else None
        if plain[key] is None and item.get("required"):
            raise wrong(owner, key, "This field is required.")
    for key, place in places(owner, plain | hidden).items():
        (hidden if key in hidden else plain)[key]["order"] = place
    return plain, hidden


def secret(item: Mapping[str, Any], given: Mapping[str, Any], stored: Any, owner: Owner) -> Any:
    """What is kept of a secret; None: nothing. The two columns of 2.7."""
    later, key = generation() >= LATER_2026, str(item["key"])
    keeps = given.get("secret") is True and (not later or given.get("value") in {None, MASK})
    if later and given.get("value") == MASK and not keeps:
        raise wrong(owner, key, "The value is a mask, not a secret.")
    if given.get("value") is None or keeps:
        if stored is None and later and given.get("secret") is True:
            raise wrong(owner, key, "There is no stored secret to keep.")
        if stored is None and item.get("required"):
            raise wrong(owner, key, "This field is required.")
        return stored
    return checked_input(item, given, owner)


def checked_input(item: Mapping[str, Any], given: Mapping[str, Any], owner: Owner) -> Inputs | None:
    """One input as it is stored; None for one without a value."""
    key, value = str(item["key"]), given.get("value")
    if value is None or (value == "" and item.get("required")):
        if item.get("required"):
            raise wrong(owner, key, "This field is required.")
        return None
    if value:
        check_type(item, value, owner)
        check_templates(item, given, value, owner)
    made: Inputs = {"value": value}
    templating = item.get("templating")
    if generation() >= 2026 and templating in {True, "hog", "liquid"}:
        made["templating"] = "liquid" if templating == "liquid" else "hog"
    elif "templating" in given:
        made["templating"] = given["templating"]
    if (
        item["type"] in {"email", "native_email"}
        and generation() >= LATER_2026
        and isinstance(value, dict)
        and value.get("html")
        and not value.get("text")
    ):
        made["value"] = {**value, "design": value.get("design")}
    return compiled(item, made, owner)


def check_type(item: Mapping[str, Any], value: Any, owner: Owner) -> None:
    """400 for a value that the input's type does not take."""
    key, type_ = str(item["key"]), item["type"]
    if type_ == "boolean":
        template_may_stand = generation() >= 2026 and item.get("templating") is not False
        if not isinstance(value, bool) and not (template_may_stand and isinstance(value, str)):
            more = " or a template string" if template_may_stand else ""
            raise wrong(owner, key, f"Value must be a boolean{more}.")
        return
    if type_ not in EXPECTED:
        return
    expected, words = EXPECTED[type_]
    is_right = isinstance(value, expected) and not (isinstance(value, bool) and type_ in NUMBERS)
    if is_right and type_ == "non_failure_status_codes":
        is_right = all(STATUS_CODE.fullmatch(str(each)) for each in value)
    if not is_right:
        raise wrong(owner, key, f"Value must be {words}.")


def check_templates(item: Mapping[str, Any], given: Mapping[str, Any], value: Any, owner: Owner) -> None:
    """Texts with expressions in braces, at any depth."""
    if item.get("templating") is False or item["type"] in UNCOMPILED:
        return
    if "liquid" in {item.get("templating"), given.get("templating")}:
        return
    for text in texts(value):
        if "{" not in text and "}" not in text:
            continue
        if not balanced_braces(text):
            raise wrong(owner, str(item["key"]), "Invalid template: the braces do not match.")
        found = NOT_IN_TRANSFORMATIONS.search(text)
        if found and owner.type == "transformation" and generation() >= 2026:
            raise wrong(
                owner,
                str(item["key"]),
                f"Invalid template: Variable not available in transformations: {found[1]}. "
                "Transformations run before persons and groups are known.",
            )


def balanced_braces(text: str) -> bool:
    """Whether what is in braces is an expression; quotes outside of them are only text."""
    depth, begun = 0, 0
    for place, character in enumerate(text):
        if character == "{":
            begun = begun if depth else place
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0 or (depth == 0 and not is_balanced(text[begun : place + 1])):
                return False
    return depth == 0


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def compiled(item: Mapping[str, Any], made: Inputs, owner: Owner) -> Inputs:
    """With what the server adds to it, but for what it never compiles (2.6)."""
    kept = {key: value for key, value in made.items() if key in {"value", "templating"}}
    uncompiled = UNCOMPILED | ({"boolean"} if generation() < 2026 else set())
    if (
        not kept["value"]
        or item.get("templating") is False
        or "liquid" in {item.get("templating"), kept.get("templating")}
        or item["type"] in uncompiled
    ):
        return kept
    if owner.for_sites:
        return {**kept, "transpiled": {"lang": "ts", "code": str(kept["value"]), "stl": []}}
    return {**kept, "bytecode": BYTECODE}


def places(owner: Owner, inputs: Inputs) -> dict[str, int]:
    """An input comes after those that it names. Raises a 400 for a circle."""
    known = {key: value for key, value in inputs.items() if value is not None}
    named = {
        key: {name for text in texts(value["value"]) for name in REFERENCE.findall(text) if name in known}
        for key, value in known.items()
    }
    try:
        return {key: place for place, key in enumerate(TopologicalSorter(named).static_order())}
    except CycleError as error:
        where: Any = [f"Inputs reference each other in a circle: {', '.join(error.args[1])}."]
        for part in reversed(owner.attr.split("__")):
            where = {part: where}
        raise ValidationError(where) from error


def answered(schema: list[dict[str, Any]], plain: Inputs, hidden: Inputs) -> Inputs:
    """Secrets as the fact that there is one."""
    secrets = {item["key"] for item in schema if item.get("secret") and "key" in item}
    shown = {key: value for key, value in plain.items() if key not in secrets}
    return shown | {key: {"secret": True} for key in hidden}
