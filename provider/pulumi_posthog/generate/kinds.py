"""Kinds -> the pages of docs/reference/: one for each kind, and one that leads to them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pulumi_posthog.config.fragments import CHECK, PERSONS
from pulumi_posthog.erasures.erase import AT_ONCE
from pulumi_posthog.generate.table import markdown_table
from pulumi_posthog.kinds import KINDS, LOOKUPS, NAMED
from pulumi_posthog.kinds.description import OLDEST, deletion, servers, type
from pulumi_posthog.kinds.field import UNSET, Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.kinds.tree import key_field
from pulumi_posthog.kinds.words import Lookup, Now
from pulumi_posthog.reconcile.lifecycle import written
from pulumi_posthog.reconcile.limits import Limits

PERSONS_FILE, CHECKS_FILE = "persons.md", "health-checks.md"
GENERATED = "Generated from the kinds by `python -m pulumi_posthog.generate`: do not edit."
AS_REFERENCE = "`!env NAME` or `!secret name`"
INTRODUCTION = """\
# Reference: every kind and every field

Generated from the kinds by `python -m pulumi_posthog.generate`: do not edit. `pulumi-posthog explain
projects.timezone` says the same on the command line, and `schemas/posthog.schema.json` tells it to editors.

A field that is left out is not managed: it is neither compared nor changed. `null` may be written where the
column *null* says so. The column *default* is what PostHog has while nobody has set the field. *Servers* are
the years of PostHog servers that know a field; without an entry, all since {oldest}.

Each kind has a page that says what it is for, where it is on PostHog's page, and what may be declared of it.

Every run also reads the organization (`organization:read`); a scope to write includes the one to read.
"""
STEP_BY_STEP = """\
Where no row leads from one to the other, several follow each other. A change that no rows lead to is refused before
anything is sent. What fails in between is finished by the next run.
"""
WITH_ITSELF = """\
## What every entry may say about itself

Beside its fields, an entry of a mapping (everything but a list of members) may have

| key | meaning |
|---|---|
| `previously` | the key, or a list of keys, that it had before: it is renamed instead of made anew |
| `id` | take over the object with this id, when the name does not say which one is meant |
| `state: unmanaged` | give it up, with everything below it: the stack forgets it, and PostHog keeps it |
| `state: absent` | of a project only: delete it with everything in it, once the stack allows that too |

Keys at the top that begin with `x-` declare nothing: they are a place for YAML anchors. `!env NAME` is the value
of an environment variable (`!env [NAME, default]` with a default), `!secret name` that of
`pulumi config set --secret posthog:name`, and `!include path` the content of another file, or of all files that
`path/*.yaml` matches. `!file path` is a file for a plugin's setting that takes one, which is uploaded, or one that
names the persons of `persons.absent`, and `!text path` is the text of one, such as code. All paths are relative to the
file that they stand in, and stay within the folder of the configuration. `!config name` is a plain value of the stack's
configuration, `pulumi config set posthog:name`: a text, a number, a list or a mapping.

`!ref kind/name` stands where PostHog wants an id, at any depth of a document: `!ref cohort/Beta testers`. It names
an entry of the same project, which is then made first, or else one object that PostHog has there. Previews, states and
reports show the name. What nobody has, what several are called, a loop, and a name from another project are
errors at their place, before anything is sent.
"""


def pages() -> dict[str, str]:
    """The name of each page below docs/reference/ -> its text."""
    return {
        "README.md": _contents(),
        **{file_of(kind): _kind(kind) for kind in KINDS.values()},
        PERSONS_FILE: _persons(),
        CHECKS_FILE: _checks(),
    }


def file_of(kind: Kind) -> str:
    """The page of a kind."""
    return f"{kind.name.replace('_', '-')}.md"


def section_of(kind: Kind) -> str:
    """Where a kind is in a file; of what is attached to objects, with a word for the sections of these."""
    return kind.section.replace(".*.*.*.", ".*.OBJECTS.*.") if kind.attached else kind.section


def _contents() -> str:
    rows: list[tuple[str, ...]] = [
        (f"[{kind.title}]({file_of(kind)})", f"`{section_of(kind)}`", kind.doc) for kind in KINDS.values()
    ]
    rows.append(
        (f"[persons]({PERSONS_FILE})", f"`{PROJECT.section}.*.{PROJECT.persons}`", "Who is to be erased.")
    )
    checked = ", ".join(f"`{kind.section}.*.{kind.checks}`" for kind in KINDS.values() if kind.checks)
    rows.append(
        (f"[health checks]({CHECKS_FILE})", checked, "Questions about the data, and what has to hold.")
    )
    return "\n".join(
        [
            INTRODUCTION.format(oldest=OLDEST),
            markdown_table(("kind", "in the file", "what it is"), rows),
            WITH_ITSELF,
            _lookups(),
        ]
    )


def _kind(kind: Kind) -> str:
    facts = "\n".join(f"* **{name}**: {text}" for name, text in _facts(kind))
    rows = [_row(kind, field) for field in kind.fields if not field.read_only and field.name != kind.parent]
    table = markdown_table(("field", "type", "default", "null", "servers", "what it is"), rows)
    outputs = [field for field in kind.fields if field.read_only]
    states = list(_states(kind))
    heading = f"# {kind.title[:1].upper()}{kind.title[1:]}\n"
    parts = [heading, f"{GENERATED}\n", f"{kind.doc} {kind.purpose}\n", f"{facts}\n", "## Fields\n", table]
    if states:
        words = f"## How `{kind.lifecycle.field if kind.lifecycle else ''}` changes\n"
        parts += [words, markdown_table(("from", "to", "what is sent"), states), STEP_BY_STEP]
    if outputs:
        names = ", ".join(f"`{field.name}`" + (" (secret)" if field.secret else "") for field in outputs)
        parts.append(f"A program in Python can also read: {names}.\n")
    parts.append("[All kinds, and what every entry may say about itself](README.md)")
    return "\n".join(parts) + "\n"


def _states(kind: Kind) -> Iterator[tuple[str, ...]]:
    for move in kind.lifecycle.moves if kind.lifecycle else ():
        fields = ", ".join(
            f"`{name}`: {'the time' if isinstance(value, Now) else f'`{json.dumps(value)}`'}"
            for name, value in move.fields.items()
        )
        how = f"`POST {move.action}/`" if move.action else "`PATCH`"
        how += f" {fields}" if fields else ""
        how += ", before other fields" if move.first else ""
        how += f"; servers since {move.since}" if move.since > OLDEST else ""
        yield f"`{written(move.before)}`", f"`{written(move.after)}`", how
    for (before, after), (why, hint) in kind.lifecycle.refused.items() if kind.lifecycle else ():
        yield f"`{written(before)}`", f"`{written(after)}`", f"refused: it {why}; {hint}"


def _facts(kind: Kind) -> Iterator[tuple[str, str]]:
    item = KINDS[kind.set_of] if kind.set_of else None
    yield "in the file", _place(kind)
    if kind.page:
        yield "on PostHog's page", kind.page.words
    yield "in a Python program", f"`pulumi_posthog.{kind.resource}`"
    yield "what identifies it", _identity(kind)
    yield "created", _creation(kind, item)
    yield "changed", _update(kind, item)
    yield "no longer declared", deletion(kind)
    more = {LOOKUPS[name].read_scope for field in kind.writable if (name := field.refers_to or "") in LOOKUPS}
    if kind.in_current_organization or kind.set_of:
        more.add("user:read")
    also = ", and " + ", ".join(f"`{scope}`" for scope in sorted(more)) if more - {kind.read_scope} else ""
    writes = " and ".join(f"`{scope}`" for scope in (kind.write_scope, *kind.also_scopes))
    yield "scopes of the key", f"`{kind.read_scope}` to look, {writes} to change{also}"
    named: set[str | None] = {each.names for field in kind.writable for each in field.ids}
    named |= {field.names for field in kind.writable}
    scopes = sorted({lookup.read_scope for lookup in NAMED.values() if lookup.name in named})
    if scopes:
        yield "scopes for names", ", ".join(f"`{scope}`" for scope in scopes) + ", where one stands for an id"
    if kind.feature:
        yield "plan", f"needs `{kind.feature}`: without it, {kind.feature_words}"
    if kind.unmanaged:
        yield "left to people", "; ".join(f"`{name}`: {why}" for name, why in kind.unmanaged.items())
    if kind.since > OLDEST:
        yield "servers", f"{kind.since} and newer"


def _place(kind: Kind) -> str:
    if kind.set_of:
        return f"`{kind.section}: [...]`, or `{{mode: exact, items: [...]}}`"
    if any(other.set_of == kind.name for other in KINDS.values()):
        return f"`{kind.section}: {{mode: additive, items: [...]}}`"
    if kind.singleton:
        return f"`{kind.section}`"
    if kind.grants:
        within = ".*" if kind.grants.keyed_by else ""
        groups = ", ".join(f"{key}: {{NAME: LEVEL}}" for key in kind.grants.subjects)
        block = f"`{section_of(kind)}{within}: {{everyone: LEVEL, {groups}}}`"
        if kind.attached:
            sections = sorted(
                f"`{each.section.rpartition('.')[2]}`" for each in KINDS.values() if each.accessible_as
            )
            block += f", where `OBJECTS` is one of {', '.join(sections)}"
        return f"{block}: each level is a rule; with `mode: exact`, there are no others"
    return f"`{kind.section}`; the key of the entry is its `{key_field(kind).name}`"


def _identity(kind: Kind) -> str:
    if kind.set_of:
        return f"its {kind.parent}"
    if kind.singleton:
        return "there is one"
    names = [" and ".join(f"`{name}`" for name in key) for key in kind.natural_keys]
    within = f" within its {kind.parent}" if kind.parent else " within the organization"
    if kind.attached:
        names.insert(0, " and ".join(f"`{name}`" for name in (kind.attached.type, kind.attached.id)))
        return f"{', with '.join(names)}{within}"
    return (
        ", else ".join(names)
        + within
        + (
            "; the oldest of several"
            if kind.oldest_wins
            else "; several are an error, and `id` says which is meant"
        )
    )


def _creation(kind: Kind, item: Kind | None) -> str:
    if item is not None:
        return f"one {item.title} for everybody who is missing"
    if kind.upsert:
        return "one `PUT`, unless PostHog has it already: then it is taken over"
    if kind.singleton:
        return "never: PostHog has it, and it is taken over"
    text = "one `POST`, unless PostHog has it already: then it is taken over"
    if kind.comes_in:
        made = kind.comes_in.made_since
        since = f"only servers since {made} make one" if made else "no server makes one"
        return (
            f"PostHog makes one of what comes in, and it is taken over; else {since}. What has not come in is told, and"
            " taken over by the first run after it has"
        )
    if kind.discontinued:
        return f"{text}. {kind.discontinued.words}. A preview refuses a new one on such a server"
    later = [field.name for field in kind.writable if not field.on_create]
    if kind.created_with:
        names = " and ".join(f"`{name}`" for name in kind.created_with)
        return f"{text}; the `POST` has {names}, and a `PATCH` right afterwards the rest"
    if later:
        names = ", ".join(f"`{name}`" for name in later)
        text += f"; {names} by a `PATCH` right afterwards"
    return text


def _update(kind: Kind, item: Kind | None) -> str:
    if item is not None:
        return (
            "whoever is missing is added first, then whoever is not in the list is removed, within the limits of"
            f" `posthog:allowRemovals {item.name}=NUMBER`"
        )
    replaced = [field.name for field in kind.writable if field.replace_on_changes]
    if len(replaced) == len(kind.writable):
        return "not at all: another value deletes it and makes it anew"
    text = "one `PUT`" if kind.upsert else "one `PATCH` with the declared fields that differ"
    if kind.parts:
        text += f"; of `{kind.parts.field}`, one `PATCH` for each that differs"
    fixed = [field.name for field in kind.writable if field.fixed]
    if fixed:
        names = ", ".join(f"`{name}`" for name in fixed)
        text += f". Another value of {names} is refused in the preview: it would take another object"
    if replaced:
        names = ", ".join(f"`{name}`" for name in replaced)
        text += f"; another value of {names} deletes it and makes it anew"
    return text


def _mark(field: Field) -> str:
    if field.from_key:
        return ", the key unless it is written" if field.also_in_body else ", the key"
    return " (required)" if field.required else ""


def _row(kind: Kind, field: Field) -> tuple[str, ...]:
    return (
        f"`{field.name}`" + _mark(field),
        type(field),
        f"`{json.dumps(field.default, ensure_ascii=False)}`" if field.default is not UNSET else "",
        "yes" if field.nullable else "",
        servers(field),
        " ".join(_sentences(kind, field)),
    )


def _sentences(kind: Kind, field: Field) -> Iterator[str]:
    yield field.doc
    if field.keys:
        names = ", ".join(f"`{name}`" for name in field.keys)
        yield f"Keys: {names}{', and others' if field.open_keys else ''}."
    if field.required_keys:
        yield "Needs " + " and ".join(f"`{name}`" for name in field.required_keys) + "."
    if field.merge_levels and "left alone" not in field.doc:
        yield "Keys that are not declared are left alone."
    if field.secret and AS_REFERENCE not in field.doc:
        yield f"Write it as {AS_REFERENCE}."
    if field.replace_on_changes and len(kind.writable) > 1:
        yield "A change makes it anew."
    if field.fixed:
        yield "It never changes."
    if field.feature:
        yield f"Needs the plan feature `{field.feature}`."
    if field.confirmed:
        value = json.dumps(field.confirmed.value)
        yield f"`{value}` {field.confirmed.words}: say so in `posthog:allowRisks {kind.section}.{field.name}`."
    if field.shuts_out:
        value = json.dumps(field.shuts_out.value)
        yield f"`{value}` is refused where the key's owner would {field.shuts_out.loses}."
    if field.hidden_keys:
        names = ", ".join(f"`{name}`" for name in field.hidden_keys)
        yield f"PostHog looks after {names} itself."


def _persons() -> str:
    """What a project may say about persons: this is not a kind, because none of them is to exist."""
    rows: list[tuple[str, ...]] = [
        (f"`{name}`" + (" (required)" if name in PERSONS["required"] else ""), schema["description"])
        for name, schema in PERSONS["properties"].items()
    ]
    item = next(each for each in PERSONS["properties"]["absent"]["items"]["anyOf"] if "properties" in each)
    rows += [(f"`absent[].{name}`", schema["description"]) for name, schema in item["properties"].items()]
    return "\n".join(
        [
            "# Persons\n",
            f"{GENERATED}\n",
            f"{PERSONS['description']} [How to](../how-to/erase-persons.md).\n",
            f"* **in the file**: `{PROJECT.section}.*.{PROJECT.persons}`",
            "* **requests**: one for each e-mail address or distinct id, in a preview and in an update; for those who "
            f"are there, one `POST` for each {AT_ONCE} persons, and one more look",
            f"* **at most**: {Limits.erasures} persons of a project in one run, or `posthog:maxErasures`",
            "* **no longer declared**: nobody is looked for any more; nothing is sent",
            "* **scopes of the key**: `person:read` to look, `person:write` to erase\n",
            markdown_table(("key", "what it is"), rows),
        ]
    )


CHECKS = """\
# Health checks

{generated}

A project may have `checks`, each with a name of your own, and {objects} a `check`: a question about the data, and
what the answer has to be. `pulumi up` runs a check after what it belongs to has changed, `pulumi-posthog check` at any
time. [How to](../how-to/checks.md).

* **scope of the key**: `query:read`
* **in the file**: {places}

{table}
What may be expected:

| condition | holds when |
|---|---|
| `> 0`, `>= 1`, `< 5`, `<= 5`, `== 3`, `!= 3` | the single value of the answer compares so |
| `between 10 and 20` | it is 10, 20 or between them |
| `== 'ok'`, `== true`, `!= null` | it is this text, true (ClickHouse says 1), not null |
| `errors < 5 and total > 100` | so do the columns of these names, in the single row; `` `error rate` < 0.1 `` |
| `rows == 0` | the answer has so many rows |
"""


def _checks() -> str:
    kinds = [kind for kind in KINDS.values() if kind.checks]
    rows: list[tuple[str, ...]] = [
        (f"`{name}`" + (" (required)" if name in CHECK["required"] else ""), schema["description"])
        for name, schema in CHECK["properties"].items()
    ]
    return CHECKS.format(
        generated=GENERATED,
        objects=" and ".join(f"a {kind.title}" for kind in kinds if not kind.checks_by_name),
        places=", ".join(
            f"`{kind.section}.*.{kind.checks}{'.*' if kind.checks_by_name else ''}`" for kind in kinds
        ),
        table=markdown_table(("key", "meaning"), rows),
    )


def _lookups() -> str:
    rows = [_lookup(lookup) for lookup in LOOKUPS.values()]
    rows += [_lookup(lookup) for lookup in NAMED.values()]
    words = (
        "These are PostHog's: the file names them and never makes them. What is in a project is named by "
        "`!ref`, as in `!ref cohort/Beta testers` or `!ref integration/slack/Acme`."
    )
    table = markdown_table(("what", "named by", "scope of the key"), rows)
    return f"## What the file only refers to\n\n{words}\n\n{table}"


def _lookup(lookup: Lookup) -> tuple[str, ...]:
    names = " or ".join(f"`{key.rpartition('.')[2].replace('/', '`/`')}`" for key in lookup.keys)
    return lookup.doc.rstrip("."), names, f"`{lookup.read_scope}`"
