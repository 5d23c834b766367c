"""Field values <-> Pulumi properties, which lose whole numbers, nulls and order on their way (JSON text does not).

A property whose name begins with `__` is stored and not shown:
`__declared`  the names of the declared fields, with blanks between them, where they are others than those that have a
              value: PostHog may have lost one. Each text costs Pulumi a third of a millisecond in every run
`__nulls`     the fields declared as null, which Pulumi would drop
`__at`        where the object lives (`location`)
`__id`        the id of the object to take over
`__ids`       what the names in the fields (`!ref cohort/Beta testers`) mean: name -> id, "" where nobody knows yet

Beside an object with secrets in it are `secret_<field>` (a Pulumi secret: JSON text of the secret keys) and
`<field>_fingerprints` (key -> mark), by which a preview shows which secret changed. Beside one with files is
`<field>_files`: key -> path, which `check` completes by name, size and type; files have marks, too, and the digest of
their content is in `secret_<field>`.

A mark is a number that counts how often a secret became another one. It is no digest: a reader of a state could try
words against that, because what keys it has to be known to every run, whoever's API key that has, and so to be in the
state as well. What is compared is in the Pulumi secret. States from before have digests for marks, with their key in
plain text in `__salt`: a digest stays as a mark until its secret becomes another one, and `__salt` is removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.differences import declared_part
from pulumi_posthog.reconcile.fingerprint import digest, fingerprint, is_fingerprinted
from pulumi_posthog.values.attachment import Attachment, comparable, is_stored
from pulumi_posthog.values.json_value import Json, json_text, whole
from pulumi_posthog.values.local_file import project_folder
from pulumi_posthog.values.masking import harmless
from pulumi_posthog.values.reference import Reference, restored
from pulumi_posthog.values.secret_text import MASK, SecretText, holds_secret


def from_state(properties: Mapping[str, Any]) -> Attachment:
    """A file as `properties` describes it; its path is relative to the project's folder."""
    return Attachment(
        project_folder() / properties["path"],
        properties["name"],
        int(properties["size"]),
        properties["type"],
    )


Properties = dict[str, Any]
IDS = "__ids"


def secret_name(field: Field) -> str:
    """The property that holds a field's secret keys."""
    return f"secret_{field.name}"


def fingerprints_name(field: Field) -> str:
    """The property that holds the fingerprints of a field's secret keys."""
    return f"{field.name}_fingerprints"


def files_name(field: Field) -> str:
    """The property that holds a field's files."""
    return f"{field.name}_files"


def to_properties(kind: Kind, values: Mapping[str, Json]) -> Properties:
    """Declared field values as the program registers them; the `secret_...` ones must be made Pulumi secrets."""
    result: Properties = {}
    nulls = []
    for name, value in values.items():
        field = kind.field(name)
        if value is None:
            nulls.append(name)
        elif field.secret and isinstance(value, dict):
            result[name] = json_text({key: item for key, item in value.items() if not is_fingerprinted(item)})
            hidden = {key: item for key, item in value.items() if holds_secret(item)}
            files = {key: item for key, item in value.items() if isinstance(item, Attachment)}
            if hidden or files:
                result[secret_name(field)] = json_text(hidden)
            if files:
                # Relative: the next run may be on another machine.
                folder = project_folder()
                result[files_name(field)] = {
                    key: Path(os.path.relpath(item.path, folder)).as_posix() for key, item in files.items()
                }
        else:
            result[name] = json_text(value) if field.as_json_text else _plain(value)
    if nulls:
        result["__nulls"] = sorted(nulls)
    return result


def _plain(value: Json) -> Json:
    return str.__str__(value) if isinstance(value, Reference) else value


def declared_names(kind: Kind, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the declared fields, but for those that are declared as null."""
    names = properties.get("__declared")
    if isinstance(names, str):
        return tuple(names.split())
    # The first states had a list.
    return tuple(names) if isinstance(names, list) else _with_a_value(kind, properties)


def _with_a_value(kind: Kind, properties: Mapping[str, Any]) -> tuple[str, ...]:
    names = kind.declarable_names & properties.keys()
    return tuple(sorted(names.difference(properties.get("__nulls") or ())))


def all_declared(kind: Kind, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the declared fields, those that are declared as null among them."""
    return (*declared_names(kind, properties), *(properties.get("__nulls") or ()))


def to_values(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Json]:
    """The declared field values of checked properties; unknown ones (of parents to be made) are left out."""
    values: dict[str, Json] = dict.fromkeys(properties.get("__nulls") or ())
    ids = properties.get(IDS)
    for name in declared_names(kind, properties):
        field, value = kind.field(name), properties.get(name)
        if name == kind.parent or not isinstance(value, str | int | float | bool | list | dict):
            continue
        if field.type is Type.STRINGS and isinstance(value, dict):
            value = list(value)  # a set, as the provider plugin keeps it
        values[name] = json.loads(str(value)) if field.as_json_text else whole(value)
        if field.secret and field.as_json_text:
            hidden = properties.get(secret_name(field))
            if isinstance(hidden, str):
                values[name] |= _as_secrets(json.loads(hidden))
            values[name] |= {
                key: from_state(item) for key, item in (properties.get(files_name(field)) or {}).items()
            }
        elif field.secret:
            values[name] = _as_secrets(values[name])
        if ids is not None:
            values[name] = restored(values[name], ids)
    return values


def placed(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    """What a new object gets by its place in the file, though it is not declared."""
    place = properties.get("__place")
    return {field.name: place for field in kind.fields if field.placed_by_file and place is not None}


def triggered(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields whose text is another than the one whose action was called last; the first one calls none."""
    return tuple(
        field
        for field in kind.fields
        if field.trigger
        and (field.trigger.at_first or olds.get(field.name) is not None)
        and isinstance(news.get(field.name), str)
        and olds.get(field.name) != news[field.name]
    )


def trigger_differs(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether the state has to learn of a trigger, be there something to do or not."""
    return any(field.trigger and olds.get(field.name) != news.get(field.name) for field in kind.fields)


def wanted(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Json]:
    """The field values that an update is to bring about: those declared, and no file that is so no longer.

    Other keys stay in PostHog when they are no longer declared; a file came from here and would stay for ever.
    """
    values = to_values(kind, news)
    for field in kind.fields:
        if not field.files:
            continue
        declared = values.get(field.name) or {}
        dropped = {key: None for key in olds.get(files_name(field)) or () if key not in declared}
        if dropped:
            values[field.name] = {**declared, **dropped}
    return values


def _as_secrets(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _as_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_secrets(item) for item in value]
    return SecretText(value, "secret") if isinstance(value, str) else value


def checked(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Properties:
    """What `check` answers: the declared properties, made comparable with what `recorded` leaves in the state.

    Raises UnreadableFile.
    """
    result = {name: value for name, value in whole(news).items() if name not in ("__provider", "__declared")}
    for field in kind.fields:
        if field.name in result:
            result[field.name] = field.as_id(result[field.name])
        if result.get(files_name(field)):
            result[files_name(field)] = _described(result[files_name(field)])
        if field.name not in result and {secret_name(field), files_name(field)} & result.keys():
            result[field.name] = json_text({})
        text = result.get(field.name)
        if field.as_json_text and isinstance(text, str):
            result[field.name] = json_text(json.loads(text))
    return {**result, **_marks(kind, olds, result)}


def _described(files: Mapping[str, Any]) -> Properties:
    """Files by path, or as described before -> what PostHog will show of them, and where they are."""
    result = {}
    for key, given in files.items():
        path = given["path"] if isinstance(given, dict) else given
        if isinstance(path, str):
            result[key] = {"path": path, **Attachment.at(project_folder() / path).shown}
    return result


def _marks(kind: Kind, olds: Mapping[str, Any], properties: Mapping[str, Any]) -> Properties:
    """The secrets with the digests of the files, and the mark of each: the earlier one while it is the same."""
    result: Properties = {}
    for field in kind.fields:
        unseen = _hidden(properties, field)
        files = properties.get(files_name(field)) or {}
        unseen |= {key: digest(from_state(item)) for key, item in files.items()}
        if not unseen:
            continue
        if files:
            result[secret_name(field)] = json_text(unseen)
        before, marks = _hidden(olds, field), olds.get(fingerprints_name(field)) or {}
        result[fingerprints_name(field)] = {
            key: marks[key]
            if key in marks and (before.get(key) == value or _same_file(olds, field, key, files.get(key)))
            else _next(marks.get(key))
            for key, value in unseen.items()
        }
    return result


def _hidden(properties: Mapping[str, Any], field: Field) -> dict[str, Json]:
    text = properties.get(secret_name(field))
    return json.loads(text) if isinstance(text, str) else {}


def _next(mark: Json) -> str:
    # Short: longer ones are digests of states from before.
    return str(int(mark) + 1) if isinstance(mark, str) and mark.isdecimal() and len(mark) < 12 else "1"


def _same_file(olds: Mapping[str, Any], field: Field, key: str, file: Mapping[str, Any] | None) -> bool:
    """Whether a file is the one of a state from before, by the digest that is there."""
    salt, prints = olds.get("__salt"), olds.get(fingerprints_name(field)) or {}
    if not file or not salt or key in _hidden(olds, field):
        return False
    return bool(prints.get(key) == fingerprint(salt, key, from_state(file)))


def rotated(olds: Mapping[str, Any], news: Mapping[str, Any], field: str, key: str) -> bool:
    """Whether what is below `key` is another than was last sent: a secret, or what else PostHog does not answer."""
    marks, secrets = f"{field}_fingerprints", f"secret_{field}"
    if (olds.get(marks) or {}).get(key) != (news.get(marks) or {}).get(key):
        return True
    before, after = (
        json.loads(text) if isinstance(text, str) else {} for text in (olds.get(secrets), news.get(secrets))
    )
    if key in before and key in after:
        return bool(before[key] != after[key])
    sent, wanted = (
        json.loads(text) if isinstance(text, str) else {} for text in (olds.get(field), news.get(field))
    )
    return key in wanted and (key not in sent or sent[key] != wanted[key])


def unsent(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Properties:
    """`news` with the secrets of `olds`: what to record when those of `news` have not been sent."""
    names = {name for field in kind.fields for name in (secret_name(field), fingerprints_name(field))}
    return {
        **{name: value for name, value in news.items() if name not in names},
        **{name: olds[name] for name in names if name in olds},
    }


def with_digests(kind: Kind, properties: Mapping[str, Any], stored: Callable[[str], str]) -> Properties:
    """A resource's outputs as its inputs are to be: with the digests of its files.

    `stored(name)` is a text among the inputs that the state has. Outputs from before have no such digests, and keep
    none: what a provider adds there is no secret to Pulumi. A state is moved when its inputs have all of them.
    """
    result, complete = dict(properties), True
    for field in kind.fields:
        files = properties.get(files_name(field)) or {}
        missing = files.keys() - _hidden(properties, field).keys()
        text = stored(secret_name(field)) if missing else ""
        known = json.loads(text) if text else {}
        if missing and missing <= known.keys():
            digests = {key: known[key] for key in missing}
            result[secret_name(field)] = json_text({**_hidden(properties, field), **digests})
        complete = complete and missing <= known.keys()
    if complete:
        result.pop("__salt", None)
    return result


def recorded(kind: Kind, values: Mapping[str, Json], properties: Mapping[str, Any]) -> Properties:
    """The live values of what is declared, as the state keeps them, inputs and outputs alike.

    `properties` are those in the state (after a write: the ones just sent): what only they know, such as the
    secrets, is carried over.
    """
    result: Properties = {
        name: value for name, value in properties.items() if name.startswith("__") and name != "__declared"
    }
    if kind.parent:
        result[kind.parent] = properties[kind.parent]
    names = declared_names(kind, properties)
    declared = {*names, *(properties.get("__nulls") or ())}
    sent = to_values(kind, properties) if properties.get(IDS) else {}
    for field in kind.writable:
        value = field.named(values.get(field.name), sent.get(field.name))
        if field.trigger and field.name in properties:
            result[field.name] = properties[field.name]  # PostHog knows nothing of it
        if value is None or field.name not in declared:
            continue
        if field.merge_levels and isinstance(properties.get(field.name), str):
            value = _as_declared(field, value, json.loads(properties[field.name]))
        if field.is_document and isinstance(properties.get(field.name), str):
            value = _as_document(field, value, json.loads(properties[field.name]))
        before = properties.get(field.name)
        if field.timestamp and isinstance(before, str) and field.normal(before) == field.normal(value):
            value = before  # a day alone stays one, so that no change of its spelling is shown
        if field.secret and isinstance(value, dict):
            result |= _recorded_secrets(field, values[field.name], value, properties)
        else:
            result[field.name] = json_text(value) if field.as_json_text else _plain(value)
    if {*names} != {*_with_a_value(kind, result)}:
        result["__declared"] = " ".join(names)
    return result


def _as_document(field: Field, live: Json, before: Json) -> Json:
    """A live document as it was declared, where it is the same; else without what only PostHog says."""
    reduced = field.document(live, before)
    return before if field.document(field.normal(before), live, declared=True) == reduced else reduced


def _as_declared(field: Field, live: Json, before: Json) -> Json:
    """Of a merged object, what was declared of it; keys declared as null stay null while they are absent."""
    if not isinstance(live, dict) or not isinstance(before, dict):
        return live
    part = declared_part(field, live, before)
    return {**{key: None for key, value in before.items() if value is None}, **part}


def _recorded_secrets(
    field: Field, live: Mapping[str, Json], declared: Mapping[str, Json], properties: Mapping[str, Any]
) -> Properties:
    hidden = _hidden(properties, field)
    if field.left_out:
        # What PostHog does not answer is compared with what was sent last.
        declared = _completed(declared, json.loads(properties[field.name]))
        live = _completed(live, hidden)
    files = whole(properties.get(files_name(field)) or {})
    keys = hidden.keys() - files.keys()
    shown = {
        key: comparable(item)
        for key, item in declared.items()
        if comparable(item) != MASK and key not in keys
    }
    result: Properties = {field.name: json_text(shown)}
    prints = properties.get(fingerprints_name(field)) or {}
    if files:
        result[files_name(field)] = {
            key: {**item, **_seen(live[key])} for key, item in files.items() if is_stored(live.get(key))
        }
    kept = {key: item for key, item in hidden.items() if key in keys or key in result[files_name(field)]}
    if secret_name(field) in properties:
        result[secret_name(field)] = json_text(kept)
    if keys or files:
        # One that somebody emptied or replaced has no mark any more: the preview shows it coming back.
        result[fingerprints_name(field)] = {
            key: item
            for key, item in prints.items()
            if (
                _is_as_sent(field, live.get(key), hidden[key])
                if key in keys
                else result[files_name(field)].get(key) == files.get(key)
            )
        }
    return result


def _completed(live: Json, sent: Json) -> Json:
    """A live value with what was sent in place of what PostHog leaves out of its answer."""
    if live is None or not isinstance(sent, dict):
        return sent if live is None else live
    return {**live, **{key: _completed(live.get(key), item) for key, item in sent.items()}}


def _is_as_sent(field: Field, live: Json, sent: Json) -> bool:
    """Whether a secret is there and, where PostHog shows it, the one that was sent."""
    return bool(live) and (live == MASK or is_stored(live) or field.normal(live) == field.normal(sent))


def _seen(stored: Json) -> Properties:
    """What PostHog shows of a file that it keeps; nothing where it hides it."""
    found = comparable(stored)
    return {} if found == MASK else dict(found)


def outputs(kind: Kind, values: Mapping[str, Json]) -> Properties:
    """Read-only values that a program may use; the secret ones among them are declared secret by the resource."""
    return {
        field.name: json_text(values[field.name]) if field.as_json_text else values[field.name]
        for field in kind.fields
        if field.read_only and values.get(field.name) is not None
    }


def known_ids(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the names in a resource's fields mean, as far as it is known: "kind/name" -> id, {} where it is not."""
    ids = properties.get(IDS)
    return ids if isinstance(ids, Mapping) else {}


def stored(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as the state may hold and Pulumi may show them: PostHog's texts are other people's."""
    # Secrets are compared with what is declared, and so are triggers, which PostHog knows nothing of.
    names = {field.name for field in kind.fields if not field.trigger and field.name != kind.parent}
    return {name: harmless(value) if name in names else value for name, value in properties.items()}
