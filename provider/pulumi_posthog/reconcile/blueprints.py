"""What objects are made from (`Kind.blueprint`): whether it is there, and what it says about their inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from pulumi_posthog.api import NotFound, NotServed
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.function_inputs import (
    integration_places,
    problems,
    with_defaults,
    with_integrations,
)
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Blueprint
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.desired import Desired, Entry, Key, key_of
from pulumi_posthog.reconcile.links import Declared, lookups_of, project_of
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Answer, Json
from pulumi_posthog.values.problem import Problem
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import is_unknown
from pulumi_posthog.values.spelling import one_line
from pulumi_posthog.values.suggestion import suggestion


def without_blueprint(entry: Entry) -> list[Problem]:
    """What can be said of an entry that has its own schema, or nothing to be made from, before PostHog is asked."""
    blueprint = entry.kind.blueprint
    if blueprint is None or entry.id is not None or entry.fields.get(blueprint.field) is not None:
        return []
    if blueprint.code not in entry.fields:
        words = f'{entry.kind.title} "{one_line(entry.name)}" has neither `{blueprint.field}` nor `{blueprint.code}`'
        hint = f"name the {blueprint.field} that it is made from, or write its own `{blueprint.code}: !text FILE`"
        return [Problem(words, entry.where, hint)]
    schema = entry.fields.get(blueprint.schema)
    return [] if is_unknown(schema) else _input_problems(entry, blueprint, schema)


def with_blueprints(
    desired: Declared,
    scope_of: Callable[[str | None], Scope | None],
    live: Live,
    existing: Mapping[Key, Found] | None = None,
) -> tuple[Declared, list[Problem]]:
    """`desired` with names of integrations as references where a schema says so; and what is wrong with it.

    Of `existing` objects their own schema counts, so that no template is asked for. What is the same in all projects is
    asked for in the first one that there is. May raise ApiError.
    """
    found: list[Problem] = []
    first: Scope | None = None
    entries = []
    for entry in desired.entries:
        blueprint = entry.kind.blueprint
        if blueprint is None:
            entries.append(entry)
            continue
        name = entry.fields.get(blueprint.field)
        schema: Json = entry.fields.get(blueprint.schema)
        there = (existing or {}).get(key_of(entry))
        if there is not None:
            schema = schema or there.answer.get("inputs_schema")
        elif isinstance(name, str) and not is_unknown(name):
            if first is None or not blueprint.lookup.everywhere:
                first = scope_of(project_of(entry, desired)) or _any_project(live)
            somewhere = first
            template = made_from(entry.kind, somewhere, name, live) if somewhere else None
            if template is None and somewhere:
                found.append(_unknown(entry, blueprint, name, live, somewhere))
                entries.append(entry)
                continue
            if template is not None:
                schema = schema or template.get("inputs_schema")
                found += _misfit(entry, blueprint, template)
                wrong = _input_problems(entry, blueprint, schema)
                scope = scope_of(project_of(entry, desired)) if wrong else None
                there = _existing(entry, scope, live) if scope else None
                if there is not None:
                    # A function keeps the schema that its template had when it was made.
                    own = there.answer.get("inputs_schema")
                    stored = frozenset(
                        key for key, value in (there.values.get("inputs") or {}).items() if value
                    )
                    wrong = _input_problems(entry, blueprint, own, stored)
                found += wrong
        inputs = entry.fields.get(blueprint.inputs)
        if isinstance(inputs, Mapping):
            fields = {
                **entry.fields,
                blueprint.inputs: _placed(entry, blueprint, with_integrations(schema, inputs)),
            }
            entry = dataclasses.replace(entry, fields=fields)  # noqa: PLW2901 - the same entry, completed
        entries.append(entry)
    return dataclasses.replace(desired, entries=tuple(entries)), found


def first_fields(kind: Kind, scope: Scope, desired: Mapping[str, Json], live: Live) -> dict[str, Json]:
    """What a new object is made with: its template's suggestions for inputs that are not declared.

    May raise ApiError, among them NotServed where the server has no list of templates.
    """
    blueprint = kind.blueprint
    name = desired.get(blueprint.field) if blueprint else None
    if blueprint is None or not isinstance(name, str):
        return dict(desired)
    schema = desired.get(blueprint.schema)
    if schema is None:
        template = made_from(kind, scope, name, live)
        schema = template.get("inputs_schema") if template else None
    inputs = with_defaults(schema, desired.get(blueprint.inputs) or {})
    return {**desired, **({blueprint.inputs: inputs} if inputs else {})}


def made_from(kind: Kind, scope: Scope, name: str, live: Live) -> Answer | None:
    """What objects of a kind are made from, by its name; None when there is none, or the kind has no blueprint.

    Raises NotServed when the server has no list of them, other ApiErrors as they come.
    """
    if kind.blueprint is None:
        return None
    lookup = kind.blueprint.lookup
    try:
        return live.answer(lookup, scope, name)
    except NotFound:
        words = f"this server has no list of {lookup.name.replace('_', ' ')} objects"
        hint = f"it is older than {kind.since}, or has them switched off: take what is made from them out of the file"
        raise NotServed(words, method="GET", path=live.path(lookup, scope), hint=hint) from None


def _any_project(live: Live) -> Scope | None:
    projects = live.organization().get("projects") or ()
    return {"project": str(projects[0]["id"])} if projects else None


def _existing(entry: Entry, scope: Scope, live: Live) -> Found | None:
    if entry.id is not None:
        return live.object(entry.kind, scope, entry.id)
    found = live.find(entry.kind, scope, entry.fields)
    return found[0] if len(found) == 1 else None


def _unknown(entry: Entry, blueprint: Blueprint, name: str, live: Live, scope: Scope) -> Problem:
    known = [one_line(str(each.get("id"))) for each in live.answers(blueprint.lookup, scope)]
    return Problem(
        f'there is no {blueprint.field} "{name}"',
        entry.positions.get(blueprint.field, entry.where),
        suggestion(name, known) or "PostHog's page lists them when you make a new one",
    )


def _misfit(entry: Entry, blueprint: Blueprint, template: Answer) -> list[Problem]:
    fits = template.get("type")
    default = entry.kind.field(blueprint.fits).default
    if blueprint.fits in entry.fields or fits in (None, default):
        return []
    return [
        Problem(
            f'{blueprint.field} "{template.get("id")}" is one of a {str(fits).replace("_", " ")}, and'
            f' {entry.kind.title} "{entry.name}" would be a {default}',
            entry.positions.get(blueprint.field, entry.where),
            f"write `{blueprint.fits}: {fits}`",
        )
    ]


def _input_problems(
    entry: Entry, blueprint: Blueprint, schema: Json, stored: frozenset[str] = frozenset()
) -> list[Problem]:
    inputs = entry.fields.get(blueprint.inputs)
    if is_unknown(inputs):
        return []
    given = with_integrations(schema, inputs or {})
    start = entry.positions.get(blueprint.inputs, entry.positions.get(blueprint.field, entry.where))
    return [
        Problem(
            f'{entry.kind.title} "{entry.name}": {words}',
            entry.positions.get(f"{blueprint.inputs}.{key}", start) if key else start,
            one_line(hint) if hint else None,
        )
        for key, words, hint in problems(schema, given, stored=stored)
    ]


def _placed(entry: Entry, blueprint: Blueprint, inputs: Mapping[str, Json]) -> dict[str, Json]:
    """References that were made from bare names know where those are."""

    def placed(value: Json, place: str) -> Json:
        if isinstance(value, list):
            return [placed(each, place) for each in value]
        if isinstance(value, Reference) and value.where is None:
            return Reference(value.kind, value.name, entry.positions.get(place, entry.where))
        return value

    return {key: placed(value, f"{blueprint.inputs}.{key}") for key, value in inputs.items()}


def integration_inputs(kind: Kind, field: Field, found: Found) -> tuple[str, ...]:
    """Where in a live object's inputs there are ids of integrations."""
    if kind.blueprint is None or field.name != kind.blueprint.inputs:
        return ()
    return integration_places(found.answer.get(kind.blueprint.schema))


def reads(desired: Desired, of_a_project: int) -> int:
    """How many requests a program takes to know templates, and what names of undeclared objects mean.

    `of_a_project` are those for one project. Of several projects, any one has the templates.
    """
    looked_up = lookups_of(desired)
    projects = {project for _, project in looked_up}
    made = next((each for each in desired.entries if _is_named(each)), None)
    if made is not None and not projects:
        projects.add(project_of(made, desired))
    return (1 if projects else 0) + of_a_project * len(projects) + len(looked_up) + (1 if made else 0)


def _is_named(entry: Entry) -> bool:
    return entry.kind.blueprint is not None and bool(entry.fields.get(entry.kind.blueprint.field))
