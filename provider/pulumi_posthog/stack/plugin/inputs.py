"""Properties as any language declares them <-> as the handlers know them. Pure.

Other than in the handlers
- a set of texts is a mapping to Pulumi, `ana@acme.io: member`, so that a preview says who comes and who goes;
- an object may be given as such, with secrets in it, where the handlers have JSON text and a property of its own for
  the secret keys (`properties`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Deletion, Kind
from pulumi_posthog.stack.form import Fault, all_known, faults
from pulumi_posthog.stack.handlers.call import NOT_YET_KNOWN
from pulumi_posthog.stack.plugin.wire import Secret, holds_secret, opened
from pulumi_posthog.stack.properties import files_name, fingerprints_name, secret_name
from pulumi_posthog.values.json_value import json_text, whole
from pulumi_posthog.values.spelling import one_line


def is_set(field: Field) -> bool:
    """Whether a field is a mapping to Pulumi."""
    return field.type is Type.STRINGS and field.unordered


def item_of(field: Field) -> str:
    """What one item of a set is called: a member of the members."""
    return field.name.removesuffix("s")


def secret_properties(kind: Kind) -> frozenset[str]:
    """The names of the properties that are secret whatever a program says."""
    return frozenset(
        secret_name(field) if field.as_json_text and not field.read_only else field.name
        for field in kind.fields
        if field.secret
    )


def names_of(kind: Kind) -> dict[str, Field]:
    """Every property that a program may give -> the field that it is about."""
    result = {}
    for field in kind.declarable:
        result[field.name] = field
        if field.secret and field.as_json_text:
            result[secret_name(field)] = field
        if field.files:
            result[files_name(field)] = field
    return result


def given(kind: Kind, news: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The properties of a request, secrets and all -> plain ones as the handlers know them, and what is wrong."""
    names, result, wrong = names_of(kind), {}, []
    for name, value in news.items():
        field = names.get(name)
        if name.startswith("__"):
            result[name] = opened(value)
        elif name == "state" and (kind.deletion is Deletion.NEVER or "__absent" in news):
            result |= {"state": "absent", "__absent": True}
            if opened(value) != "absent":
                wrong.append(Fault(name, 'state must be "absent", or be left out'))
        elif field is None:
            wrong.append(_unknown(kind, name, names))
        elif not all_known(opened(value)):
            result[name] = NOT_YET_KNOWN
        else:
            try:
                result |= _property(field, name, value)
            except ValueError as error:
                wrong.append(Fault(name, f"{one_line(name)} is not JSON: {error}"))
    return result, wrong or list(faults(kind, result))


def _property(field: Field, name: str, value: Any) -> dict[str, Any]:
    plain = whole(opened(value))
    if is_set(field) and isinstance(plain, Mapping):
        return {name: list(plain)}
    if not field.as_json_text or name == files_name(field):
        return {name: field.as_id(plain)}
    if isinstance(plain, str):
        return {name: json_text(_parsed(field, plain))}
    if not field.secret or name == secret_name(field) or not isinstance(plain, dict):
        return {name: json_text(plain)}
    inside = value.value if isinstance(value, Secret) else value
    hidden = {key for key, item in inside.items() if isinstance(value, Secret) or holds_secret(item)}
    result = {name: json_text({key: item for key, item in plain.items() if key not in hidden})}
    if hidden:
        result[secret_name(field)] = json_text({key: plain[key] for key in hidden})
    return result


def _parsed(field: Field, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if field.type is not Type.JSON:
            raise
        return text  # of a value that may be a text, it is one


def _unknown(kind: Kind, name: str, names: Mapping[str, Field]) -> Fault:
    from pulumi_posthog.values.suggestion import suggestion

    field = kind.by_name.get(name)
    if field is not None and field.read_only:
        return Fault(name, f"{one_line(name)} is set by PostHog: take it out")
    hint = suggestion(name, sorted(names))
    return Fault(name, f'a {kind.title} has no property "{one_line(name)}"\n  hint: {hint}')


def taken(kind: Kind, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of the state -> as the handlers know them."""
    result = opened(stored)
    for field in kind.fields:
        if is_set(field) and isinstance(result.get(field.name), Mapping):
            result[field.name] = list(result[field.name])
    return dict(result)


def answered(
    kind: Kind, properties: Mapping[str, Any], secret: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Properties as the handlers know them -> as Pulumi keeps them; `secret` names more of the secret ones."""
    hidden = secret_properties(kind) | secret
    result = {}
    for name, value in properties.items():
        field = kind.by_name.get(name)
        if name == "__provider":
            continue  # of the dynamic provider, which a state may come from
        whole_set = field is not None and is_set(field) and isinstance(value, list | tuple)
        shown_as = (
            dict.fromkeys(sorted(value, key=str.casefold), item_of(field)) if field and whole_set else value
        )
        result[name] = Secret(shown_as) if name in hidden and value is not None else shown_as
    return result


def shown(kind: Kind) -> frozenset[str]:
    """The properties whose changes a preview tells."""
    prints = {fingerprints_name(field) for field in kind.fields if field.secret and field.as_json_text}
    return frozenset({*names_of(kind), *prints, "state"})
