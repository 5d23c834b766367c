"""What a hog function, or its template, says about its inputs -> what is wrong with those in the file.

posthog-api-cdp.md 2.6, 2.7, 2.15 and 3.3. No value is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import SecretText, is_at_hand, is_unknown
from pulumi_posthog.values.suggestion import suggestion

WRAPPED: Final = {"value", "templating"}
SEVERAL: Final = "integration_multi"
# Of other types the value may be anything, or is not checked by PostHog either.
TYPES: Final[Mapping[str, tuple[type | tuple[type, ...], str]]] = {
    "string": (str, "text"),
    "dictionary": (dict, "a mapping"),
    "email": (dict, "a mapping with `from`, `to`, `subject` and `text` or `html`"),
}


def specs(schema: Json) -> dict[str, Mapping[str, Json]]:
    """The inputs that a schema has, by key."""
    return {
        item["key"]: item
        for item in schema or ()
        if isinstance(item, Mapping) and isinstance(item.get("key"), str)
    }


def is_wrapped(value: Json) -> bool:
    """Whether an input is written with how it is templated: `{value: ..., templating: liquid}`."""
    return isinstance(value, Mapping) and set(value) == WRAPPED


def wrapped(inputs: Json) -> Json:
    """Inputs as the file has them -> as a request has them; what is null is not sent, which unsets it (2.6)."""
    if not isinstance(inputs, Mapping):
        return inputs
    return {
        key: value if is_wrapped(value) else {"value": value}
        for key, value in inputs.items()
        if value is not None
    }


def unwrapped(inputs: Json, schema: Json, mask: Json) -> Json:
    """Inputs as PostHog answers them -> as the file has them: plain values, `mask` for a secret, none that is unset."""
    if not isinstance(inputs, Mapping):
        return inputs
    known = specs(schema)
    result: dict[str, Json] = {}
    for key, item in inputs.items():
        if not isinstance(item, Mapping) or not item:
            continue
        if item.get("secret") and "value" not in item:
            result[key] = mask
        elif item.get("value") is not None:
            said, ruled = item.get("templating"), known.get(key, {}).get("templating")
            plain = said in (None, "hog", True) or ruled in (True, "hog", "liquid")
            result[key] = item["value"] if plain else {"value": item["value"], "templating": said}
    return result


def with_defaults(schema: Json, inputs: Mapping[str, Json]) -> dict[str, Json]:
    """The inputs of a new function: PostHog's page fills in what the template suggests (2.5)."""
    suggested = {
        key: spec["default"]
        for key, spec in specs(schema).items()
        if spec.get("default") is not None and not spec.get("secret")
    }
    return {**suggested, **inputs}


def problems(
    schema: Json, inputs: Mapping[str, Json], *, stored: frozenset[str] = frozenset()
) -> Iterator[tuple[str | None, str, str | None]]:
    """(key, the end of a sentence, a hint) for each input that is missing, unknown or of the wrong form.

    `stored` are inputs that PostHog has a value for.
    """
    known = specs(schema)
    for key, value in inputs.items():
        spec = known.get(key)
        if spec is None:
            yield key, f'there is no input "{key}"', suggestion(key, known)
        elif value is not None and not is_unknown(value):
            plain = value["value"] if is_wrapped(value) else value
            yield from ((key, words, hint) for words, hint in _of_value(key, spec, plain))
    for key, spec in known.items():
        if not spec.get("required") or spec.get("default") not in (None, "") or key in stored:
            continue
        if inputs.get(key) is None or (inputs[key] == "" and not is_unknown(inputs[key])):
            yield (
                (None if key not in inputs else key),
                f'input "{key}" is missing, and it is needed',
                _help(spec),
            )


def _help(spec: Mapping[str, Json]) -> str | None:
    text = spec.get("description") or spec.get("label")
    return str(text) if text else None


def _of_value(key: str, spec: Mapping[str, Json], value: Json) -> Iterator[tuple[str, str | None]]:
    type_ = spec.get("type")
    if spec.get("secret") and value != "" and not isinstance(value, SecretText):
        yield (
            f'input "{key}" is a secret and is in the file in plain text',
            "write `!env NAME` or `!secret name`, and change the secret: it has been in a file",
        )
    elif not is_at_hand(value) or value in (False, 0, "", {}, []):
        return  # PostHog takes these for any type
    elif type_ == "choice":
        yield from _of_choice(key, spec.get("choices") or (), value)
    elif type_ == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield f'input "{key}" must be a number', None
    elif type_ == "boolean" and not isinstance(value, bool | str):
        yield f'input "{key}" must be true or false', None
    elif type_ == "integration" and not isinstance(value, int | Reference):
        yield f'input "{key}" must name an integration', "write `!ref integration/KIND/NAME`"
    elif type_ == SEVERAL and not _are_integrations(value):
        yield f'input "{key}" must be a list of integrations', "write `[!ref integration/KIND/NAME]`"
    elif type_ in TYPES and not isinstance(value, TYPES[str(type_)][0]):
        yield f'input "{key}" must be {TYPES[str(type_)][1]}', None


def _are_integrations(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, int | Reference) and not isinstance(each, bool) for each in value
    )


def _of_choice(key: str, choices: Sequence[Json], value: Json) -> Iterator[tuple[str, str | None]]:
    known = [each.get("value") if isinstance(each, Mapping) else each for each in choices]
    if known and value not in known and not isinstance(value, SecretText):
        yield (
            f'input "{key}" must be one of {", ".join(map(str, known))}',
            suggestion(value, known, listed=False),
        )


def with_integrations(schema: Json, inputs: Mapping[str, Json]) -> dict[str, Json]:
    """Inputs whose type says that they are integrations, as references: `slack/Acme`, or `Acme` of one kind."""
    known = specs(schema)
    return {key: _referring(known.get(key, {}), value) for key, value in inputs.items()}


def integration_places(schema: Json) -> tuple[str, ...]:
    """Where inputs have ids of integrations: `workspace`, and `workspaces.*` of an input that takes several."""
    return tuple(
        f"{key}.*" if spec["type"] == SEVERAL else key
        for key, spec in specs(schema).items()
        if spec.get("type") in ("integration", SEVERAL)
    )


def _referring(spec: Mapping[str, Json], value: Json) -> Json:
    if spec.get("type") == SEVERAL and isinstance(value, list):
        return [_integration(spec.get("integration"), each) for each in value]
    return _integration(spec.get("integration"), value) if spec.get("type") == "integration" else value


def _integration(kind: Json, value: Json) -> Json:
    if isinstance(value, Reference) or not isinstance(value, str) or not value or is_unknown(value):
        return value
    return Reference("integration", value if "/" in value or not kind else f"{kind}/{value}")
