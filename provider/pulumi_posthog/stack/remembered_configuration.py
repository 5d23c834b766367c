"""A stack's state -> what it keeps, as a Configuration: for a comparison where no file says what is desired.

What a program in Python last applied is what it desires, as far as can be known without running it. Secrets are not
compared: nobody can read them in PostHog.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds import BY_RESOURCE, KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import ancestors
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.stack.location import location_of
from pulumi_posthog.stack.properties import declared_names, fingerprints_name, secret_name, to_values
from pulumi_posthog.stack.state import StateError, is_encrypted, resources_in
from pulumi_posthog.stack.urn import name_of, own_name
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import UNKNOWN


class NothingRemembered(StateError):
    """The stack can be read, and has nothing of ours: it was not applied yet."""


def remembered_configuration(text: str, source: str) -> Configuration:
    """What `pulumi stack export` printed, as a configuration; `source` names it in messages.

    Raises NothingRemembered for a stack that has nothing of ours, StateError for objects of several organizations.
    """
    found = [
        (kind, each)
        for each in resources_in(text, source)
        if (kind := BY_RESOURCE.get(own_name(str(each.get("type", ""))) or ""))
        and each.get("id")
        and not each.get("delete")
        and not (each.get("inputs") or {}).get("__absent")
    ]
    names = {(kind.name, str(each["id"])): name_of(str(each["urn"])) or "" for kind, each in found}
    try:
        addresses = {(at.host, at.organization) for at in (location_of(each["inputs"]) for _, each in found)}
        above = _parents_elsewhere(found, names)
        names |= {(entry.kind.name, str(entry.id)): entry.name for entry in above}
        entries = [*above, *(_entry(kind, each, names) for kind, each in found)]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise StateError(
            f"{source}: what it remembers cannot be read",
            "put an earlier version of the state back: `pulumi stack export --version N`, `pulumi stack import`",
        ) from None
    if not addresses:
        raise NothingRemembered(
            f"{source} has nothing of PostHog", "name a stack that has, or a configuration"
        )
    if len(addresses) > 1:
        raise StateError(
            f"{source} has objects of {len(addresses)} organizations", "one comparison is about one of them"
        )
    ((host, organization),) = addresses
    # Parents stand before their children, and otherwise it is the order of the state.
    entries.sort(key=lambda entry: len(ancestors(entry.kind)))
    return Configuration(host=host, organization=organization, entries=tuple(entries), file=source)


def _parents_elsewhere(
    found: Sequence[tuple[Kind, Mapping[str, Any]]], names: Mapping[tuple[str, str], str]
) -> list[Entry]:
    """What objects of the stack are below and something else declares: a program knows no more than the id."""
    ids: dict[tuple[str, str], None] = {}
    for kind, each in found:
        if kind.parent and (id_ := each["inputs"].get(kind.parent)) is not None:
            if not isinstance(id_, str | int):
                raise ValueError(f"the {kind.parent} of {each['urn']} cannot be read")
            ids[kind.parent, str(id_)] = None
    return [
        Entry(kind=KINDS[parent], name=id_, fields={}, id=id_, elsewhere=True)
        for parent, id_ in ids
        if (parent, id_) not in names
    ]


def _entry(kind: Kind, resource: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> Entry:
    inputs = resource["inputs"]
    parent = names.get((kind.parent, str(inputs.get(kind.parent)))) if kind.parent else None
    return Entry(
        kind=kind,
        name=name_of(str(resource["urn"])) or "",
        fields=dict(_fields(kind, inputs)),
        parent=parent,
    )


def _fields(kind: Kind, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """What is declared, with what is secret as not available."""
    open_ = {name: value for name, value in inputs.items() if not is_encrypted(value)}
    values = to_values(kind, {name: value for name, value in open_.items() if name not in _secrets(kind)})
    for name in (*declared_names(kind, inputs), *(inputs.get("__nulls") or ())):
        field = kind.field(name)
        if name == kind.parent:
            continue
        if field.secret and isinstance(value := values.get(name), dict):
            yield name, {**value, **dict.fromkeys(inputs.get(fingerprints_name(field)) or (), UNKNOWN)}
        elif name in values:
            yield name, values[name]
        elif field.secret:
            yield name, UNKNOWN


def _secrets(kind: Kind) -> set[str]:
    return {secret_name(field) for field in kind.fields if field.secret}
