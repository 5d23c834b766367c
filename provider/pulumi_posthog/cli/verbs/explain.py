"""`pulumi-posthog explain`: what a key of posthog.yaml means, and what PostHog does with it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from pulumi_posthog.cli import terminal
from pulumi_posthog.cli.failures import Stop
from pulumi_posthog.cli.options import chosen
from pulumi_posthog.values.suggestion import did_you_mean

if TYPE_CHECKING:
    from pulumi_posthog.kinds.field import Field
    from pulumi_posthog.kinds.model import Kind


MANY = 12  # choices that are listed; of more, the number and a few are told


@dataclass(frozen=True)
class Explanation:
    """What there is to say about one path; `facts` are (name, text), `below` the paths one level down."""

    path: str
    doc: str
    facts: tuple[tuple[str, str], ...] = ()
    below: tuple[tuple[str, str], ...] = field(default=())


def explain(
    path: Annotated[
        str,
        Argument(metavar="PATH", help="A key, such as projects.timezone. Without it, all top-level keys."),
    ] = "",
    *,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> None:
    """Explain a key of posthog.yaml. Show its type, choices and default, and what PostHog does with it."""
    chosen("--format", form, ("text", "json"))
    found = explanation(path)
    if form == "json":
        document: dict[str, Any] = {"version": 1, **asdict(found)}
        document["facts"], document["below"] = dict(found.facts), dict(found.below)
        terminal.write(json.dumps(document, indent=2, ensure_ascii=False), "json")
    else:
        _print(found)


def _print(found: Explanation) -> None:
    from rich.console import Group, RenderableType
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = [Text(found.path, style="bold")] if found.path else []
    parts.append(Text(found.doc))
    for title, rows in (("", found.facts), ("keys:", found.below)):
        if not rows:
            continue
        parts.append(Text(f"\n{title}" if title else ""))
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, text in rows:
            table.add_row(Text(f"  {name}", style="cyan"), Text(text))
        parts.append(table)
    terminal.show(Group(*parts))


def explanation(path: str) -> Explanation:
    """What there is to say about a path; names of entries may be given or left out. Raises Stop."""
    from pulumi_posthog.kinds.tree import below, in_the_organization

    kind: Kind | None = None
    about: Kind | None = None
    known = below(None)
    words = [word for word in path.split(".") if word and word != "*"]
    if not words:
        return _top()
    walked: list[str] = []
    if words[:1] == ["organization"] and len(words) > 1 and words[1] in in_the_organization():
        known = in_the_organization()
        walked.append(words.pop(0))
    elif words[0] in _of_the_file():
        schema, required = _of_the_file()[words[0]], words[0] == "organization"
        return _of_schema(words[0], schema, words[1:], required=required)
    elif words[0] not in known:
        raise Stop(f'explain: there is no "{words[0]}"', _hint(words[0], [*known, *_of_the_file()]))
    while words:
        word = words.pop(0)
        walked.append(word)
        if word in known:
            about, kind = kind, next((each for each in known[word] if each.set_of), known[word][0])
            known = below(kind)
            if (
                words
                and not (kind.singleton or kind.grants)
                and _names_entry(words, {*known, *_keys(kind, about), kind.checks or ""})
            ):
                words.pop(0)
            continue
        assert kind is not None  # noqa: S101 - the first word is a section, or there was a Stop
        if word == kind.persons:
            return _persons(".".join(walked), words)
        if word == kind.checks:
            return _checks(".".join(walked), kind, words)
        if kind.grants and word in _keys(kind, about):
            return Explanation(".".join(walked), _keys(kind, about)[word])
        if word in _keys(kind):
            return _field(".".join(walked), kind, word, words)
        raise Stop(
            f'explain: {".".join(walked[:-1])} has no "{word}"',
            did_you_mean(word, [*_keys(kind), *known, *filter(None, [kind.checks])]),
        )
    return _section(".".join(walked), kind, about)


def _names_entry(words: list[str], known: set[str]) -> bool:
    """Whether the next word is the name of an entry, as in projects.Web.timezone, and no misspelt key."""
    if words[0] in known:
        return False
    return len(words) > 1 or not get_close_matches(words[0], known)


def _top() -> Explanation:
    from pulumi_posthog.kinds.tree import below

    sections = [(name, kinds[0].doc) for name, kinds in below(None).items()]
    (first, *rest) = [(name, str(schema["description"])) for name, schema in _of_the_file().items()]
    return Explanation("", "What posthog.yaml may say.", below=(first, *sections, *rest))


def _of_the_file() -> dict[str, dict[str, Any]]:
    """The keys of the file that are no section of a kind, and their schemas."""
    from pulumi_posthog.config.fragments import OPTIONS
    from pulumi_posthog.config.schema import organization

    return {"organization": organization(), "options": OPTIONS}


def _hint(word: str, known: list[str]) -> str:
    """Where a key is that is not at the top of a file, or the ones at the top that are most like it."""
    from pulumi_posthog.kinds import KINDS

    kinds = [(kind.section.replace(".*", ""), kind) for kind in KINDS.values()]
    paths = [path for path, _ in kinds if path.rpartition(".")[2] == word]
    paths += [f"{path}.{word}" for path, kind in kinds if word in {*_keys(kind), kind.checks, kind.persons}]
    return (
        f"did you mean {' or '.join(list(dict.fromkeys(paths))[:3])}?" if paths else did_you_mean(word, known)
    )


def _of_schema(path: str, schema: dict[str, Any], words: list[str], *, required: bool = False) -> Explanation:
    """What a schema says about the place below it that `words` lead to; a list is spoken of as its items.

    Of a mapping that takes any keys, the nearest place above that is known. Raises Stop for a key that there is not.
    """
    for word in words:
        inner = _item(schema)
        keys: dict[str, Any] = inner.get("properties", {})
        others = inner.get("additionalProperties")
        if word in keys:
            path, schema, required = f"{path}.{word}", keys[word], word in inner.get("required", ())
        elif others is False or get_close_matches(word, keys):
            raise Stop(f'explain: {path} has no "{word}"', did_you_mean(word, keys))
        elif isinstance(others, dict):
            schema = others
        elif not {"object", "array"} & set(_types(inner)):
            raise Stop(f'explain: {path} has no "{word}"', "there is nothing below it")
        else:
            break
    facts = [("required", "yes")] if required else []
    if told := _words_of(schema):
        facts.append(("type", told))
    facts += [("choices", ", ".join(map(str, schema["enum"])))] if "enum" in schema else []
    facts += [(name, f"{schema[key]:,.10g}") for name, key in BOUNDS if key in schema]
    return Explanation(path, str(schema.get("description", UNTOLD)), tuple(facts), _rows(schema))


UNTOLD = "A key of PostHog's own, which is sent as it is written."
BOUNDS = (("at least", "minimum"), ("at most", "maximum"))
WORDS = {
    "array": "list",
    "boolean": "true or false",
    "integer": "whole number",
    "object": "mapping",
    "string": "text",
}


def _types(schema: dict[str, Any]) -> tuple[str, ...]:
    """JSON Schema's names of the types of a value; all of them where it says none."""
    found = schema.get("type", ("object", "array") if "enum" not in schema else ())
    return (found,) if isinstance(found, str) else tuple(found)


def _words_of(schema: dict[str, Any]) -> str:
    """The types of a value, as the pages have them; empty where any will do."""
    return " or ".join(WORDS.get(each, each) for each in _types(schema)) if "type" in schema else ""


def _rows(schema: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The keys of a schema, or of its items, with what they mean."""
    keys = _item(schema).get("properties", {})
    return tuple((name, str(each.get("description", ""))) for name, each in keys.items())


def _item(schema: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = schema.get("items", schema)
    return item


def _persons(path: str, words: list[str]) -> Explanation:
    from pulumi_posthog.config.fragments import PERSONS
    from pulumi_posthog.erasures.erase import AT_ONCE
    from pulumi_posthog.reconcile.limits import Limits

    properties = PERSONS["properties"]
    if words:
        name = chosen("explain", words[0], list(properties))
        required = name in PERSONS["required"]
        fact = ("required", "yes") if required else ("default", "false")
        return Explanation(f"{path}.{name}", properties[name]["description"], (fact,))
    facts = (
        (
            "when no longer declared",
            "Runs no longer look for these persons. Erased persons do not come back.",
        ),
        ("at most", f"{Limits().erasures} persons of a project in one run: posthog:maxErasures."),
        ("scopes of the key", "person:read to look, person:write to erase"),
        (
            "requests",
            f"One for each e-mail address or distinct id, and one for each {AT_ONCE} persons to erase.",
        ),
    )
    rows = tuple((name, str(schema["description"])) for name, schema in properties.items())
    return Explanation(path, PERSONS["description"], facts, rows)


def _checks(path: str, kind: Kind, words: list[str]) -> Explanation:
    """Health checks, one of them, or what may be said of one."""
    from pulumi_posthog.config.fragments import CHECK
    from pulumi_posthog.config.schema import checks

    known: dict[str, Any] = CHECK["properties"]
    if words and kind.checks_by_name and _names_entry(words, set(known)):
        words = words[1:]
    if not words:
        doc = str(checks(kind)[str(kind.checks)]["description"])
        rows = tuple((name, str(schema["description"])) for name, schema in known.items())
        return Explanation(path, doc, (("scopes of the key", "query:read"),), rows)
    name = chosen("explain", words[0], list(known))
    below = tuple(
        (key, str(schema["description"])) for key, schema in known[name].get("properties", {}).items()
    )
    facts: tuple[tuple[str, str], ...] = (
        ("type", {"string": "text", "object": "mapping"}[known[name]["type"]]),
    )
    if name in CHECK["required"]:
        facts = (*facts, ("required", "yes"))
    return Explanation(f"{path}.{name}", str(known[name]["description"]), facts, below)


def _keys(kind: Kind, about: Kind | None = None) -> dict[str, str]:
    """Everything that may be in an entry of a kind, except sections, and what it means.

    Of what is attached to objects, `about` is the kind of these.
    """
    from pulumi_posthog.config import grants
    from pulumi_posthog.config.schema import persons, reserved
    from pulumi_posthog.kinds.tree import body_fields

    if kind.set_of:
        return {}
    if kind.grants:
        return grants.keys(kind, about)
    own = {each.name: each.doc for each in kind.declarable if each.from_key}
    return {
        **own,
        **{each.name: each.doc for each in body_fields(kind)},
        **{name: f"Not managed here: {why}." for name, why in kind.unmanaged.items()},
        **{name: str(schema["description"]) for name, schema in (persons(kind) | reserved(kind)).items()},
    }


def _section(path: str, kind: Kind | None, about: Kind | None = None) -> Explanation:
    from pulumi_posthog.config.schema import checks
    from pulumi_posthog.kinds.description import deletion
    from pulumi_posthog.kinds.model import Deletion
    from pulumi_posthog.kinds.tree import below

    assert kind is not None  # noqa: S101 - a path has at least one word, and that is a section
    left = deletion(kind)
    if kind.set_of:
        left = (
            "If a whole exact list leaves the file, nobody is removed. A person who leaves a list, or whose additive"
            " list leaves the file, is removed."
        )
    elif kind.deletion in (Deletion.DELETE, Deletion.PATCH) and not kind.grants:
        left += " Not with `state: unmanaged` in the entry: then the stack forgets it, and PostHog keeps it."
    writes = (kind.write_scope, *kind.also_scopes)
    facts = [
        ("when no longer declared", left),
        ("scopes of the key", f"{kind.read_scope} to look, {' and '.join(writes)} to change"),
        *_ages(kind.since, None),
    ]
    if kind.feature:
        facts.append(("plan", f"needs {kind.feature}: without it, {kind.feature_words}"))
    if kind.discontinued:
        facts.insert(0, ("new ones", f"{kind.discontinued.words}."))
    sections = {name: kinds[0].doc for name, kinds in below(kind).items()}
    own = {name: str(schema["description"]) for name, schema in checks(kind).items()}
    rows = {**_keys(kind, about), **sections, **own}
    return Explanation(path, kind.doc, tuple(facts), tuple(rows.items()))


def _field(path: str, kind: Kind, name: str, words: list[str]) -> Explanation:
    """A field, or the place in it that `words` lead to."""
    from pulumi_posthog.config.schema import field_schema

    if name not in kind.by_name:
        return Explanation(path, _keys(kind)[name])
    described = kind.by_name[name]
    schema = field_schema(described)
    if words and (found := _of_schema(path, schema, words)).path != path:
        return found
    facts = [
        ("type", _type(described)),
        *_limits(described),
        *_default(described),
        *_ages(described.since, described.until),
        *_behaviour(kind, described),
    ]
    rows = tuple((key, text) for key, text in _rows(schema) if text)
    return Explanation(path, described.doc or f"The {name} of a {kind.title}.", tuple(facts), rows)


def _type(described: Field) -> str:
    from pulumi_posthog.kinds.description import TYPES
    from pulumi_posthog.kinds.field import Type

    text = "text: names what PostHog has already" if described.refers_to else TYPES[described.type]
    if described.names and described.type is Type.STRING:
        text = f"text: names a {described.names}"
    return f"{text}, or null" if described.nullable else text


def _limits(described: Field) -> list[tuple[str, str]]:
    from pulumi_posthog.kinds.choices import CHOICES

    facts = []
    choices = list(described.choices)
    if described.choices_from:
        _, listed = CHOICES[described.choices_from]
        choices = list(listed)
    if choices:
        few = ", ".join(str(choice) for choice in choices[:MANY])
        more = f" and {len(choices) - MANY} more (`pulumi-posthog schema`)" if len(choices) > MANY else ""
        facts.append(("choices", few + more))
    for name, limit in (("at least", described.minimum), ("at most", described.maximum)):
        if limit is not None:
            facts.append((name, f"{limit:,.10g}"))
    if described.decimal_places is not None:
        facts.append(("decimal places", f"at most {described.decimal_places}"))
    if described.max_length is not None:
        facts.append(("length", f"at most {described.max_length:,} characters"))
    if described.keys:
        # Those that are explained follow in a list of their own.
        bare = ", ".join(key for key, schema in described.keys.items() if not schema.get("description"))
        named = [bare or "those below"] if bare or described.open_keys else []
        facts += [("keys", " and ".join((*named, *["others"] * described.open_keys)))] if named else []
    return facts


def _default(described: Field) -> list[tuple[str, str]]:
    from pulumi_posthog.kinds.field import UNSET

    if described.from_key:
        beside = f", or `{described.name}` in its body" if described.also_in_body else ""
        return [("written as", f"the entry's key{beside}")]
    if described.required:
        return [("required", "yes")]
    if described.default is UNSET:
        return []
    return [("PostHog's default", json.dumps(described.default, ensure_ascii=False))]


def _ages(since: int, until: int | None) -> list[tuple[str, str]]:
    from pulumi_posthog.kinds.description import OLDEST

    if until is not None:
        return [("servers", f"{since} to {until}" if since > OLDEST else f"up to {until}")]
    return [("servers", f"{since} and newer")] if since > OLDEST else []


def _behaviour(kind: Kind, described: Field) -> list[tuple[str, str]]:
    """What PostHog does with the value, as far as its declaration says."""
    sentences = []
    if described.replace_on_changes:
        sentences.append(f"A change deletes the {kind.title} and makes it anew.")
    if described.fixed:
        sentences.append("It never changes, and the preview refuses another value.")
    if described.merge_levels:
        sentences.append("Only the declared keys are compared and changed; the others stay as they are.")
        sentences.append("A key declared as null is taken out.")
    if described.unordered:
        sentences.append("The order does not matter.")
    if described.caseless:
        sentences.append("Upper and lower case do not matter, but an exact match wins.")
    if described.secret:
        sentences.append("PostHog never shows a secret, so a change made by hand cannot be seen.")
    if described.feature:
        sentences.append(f"It needs the plan feature {described.feature}.")
    if described.confirmed:
        value = json.dumps(described.confirmed.value)
        sentences.append(
            f"{value} {described.confirmed.words}: the stack has to say so, in posthog:allowRisks"
            f" {kind.section}.{described.name}."
        )
    if described.shuts_out:
        value = json.dumps(described.shuts_out.value)
        sentences.append(
            f"{value} is refused where the key's owner would {described.shuts_out.loses}; others are named."
        )
    if not described.on_create:
        sentences.append("PostHog ignores it when the object is made, so it is sent right afterwards.")
    if described.hidden_keys:
        sentences.append(f"PostHog manages these keys itself: {', '.join(described.hidden_keys)}.")
    if not described.required and not described.from_key:
        sentences.append("If you leave it out, it is not managed and stays as it is.")
    return [("behaviour", " ".join(sentences))] if sentences else []
