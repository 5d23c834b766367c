"""Declared values, live values -> the body of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pulumi_posthog.api import Files, Writer
from pulumi_posthog.kinds import LOOKUPS
from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Ambiguous
from pulumi_posthog.reconcile.differences import differences, merged, with_masks
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.attachment import Attachment, comparable, is_stored, without_files
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference, with_ids
from pulumi_posthog.values.secret_text import MASK, SecretText, holds_secret, plain
from pulumi_posthog.values.spelling import is_number, one_line

Rotated = Callable[[str, str], bool]

LONGEST_HIDDEN = 20_000  # bytes: more of a file than any error quotes
SHORTEST_LINE = (
    12  # characters: a shorter line of a file is hardly a secret, and hiding it tears holes into words
)


def replacing(live: Json, declared: Mapping[str, Json]) -> Json:
    """A whole object to send: what is not declared stays. What is declared null is sent, because a server may merge."""
    return {
        **merged(live or {}, declared, 1),
        **{key: None for key, value in declared.items() if value is None},
    }


def texts_in(content: bytes) -> Iterator[str]:
    """What of a file may come back in an error: a short text whole, and its longer lines."""
    if len(content) > LONGEST_HIDDEN:
        return
    text = content.decode(errors="ignore").strip()
    yield text
    yield from (line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST_LINE)


def secrets_in(value: Json) -> Iterator[str]:
    """The texts of a secret field that must not be shown: of an object its secrets, else the value itself."""
    if isinstance(value, str):
        yield str.__str__(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            if not isinstance(item, str) or isinstance(item, SecretText):
                yield from secrets_in(item)


class Bodies:
    """Makes the bodies of requests. Every method may raise `ApiError` or `CannotApply`."""

    def __init__(self, live: Live, writer: Writer) -> None:
        self.live = live
        self.writer = writer

    def content(
        self, kind: Kind, values: Mapping[str, Json], live: Mapping[str, Json], rotated: Rotated
    ) -> tuple[dict[str, Json], Files]:
        """The body of a request, and the files that are sent along in parts of their own (posthog-api.md 6.3).

        Raises UnreadableFile for a file that cannot be read, or is another by now.
        """
        files: dict[str, tuple[str | None, bytes, str]] = {}
        rest = dict(values)
        for field in kind.fields:
            declared, stored = values.get(field.name), live.get(field.name) or {}
            if not field.files or not isinstance(declared, dict):
                continue
            for key, value in declared.items():
                old = stored.get(key)
                if isinstance(value, Attachment):
                    # Whether a masked one is another, only a digest can tell.
                    if rotated(field.name, key) or comparable(old) not in (MASK, comparable(value)):
                        content = value.content()
                        self.writer.hide(*texts_in(content))
                        files[f"add_attachment[{key}]"] = (value.name, content, value.type)
                elif is_stored(old):
                    files[f"remove_attachment[{key}]"] = (None, b"true", "text/plain")
            rest[field.name] = {
                key: value
                for key, value in without_files(declared).items()
                if value is not None or not is_stored(stored.get(key))
            }
            if files and not differences(kind, {field.name: rest[field.name]}, live, rotated=rotated):
                del rest[field.name]
        return self.body(kind, rest, live, rotated), files

    def body(
        self, kind: Kind, values: Mapping[str, Json], live: Mapping[str, Json], rotated: Rotated
    ) -> dict[str, Json]:
        """The body of a request, without files: `values` by PostHog's names and with ids in place of names.

        `live` are the object's values, {} for a new one.
        """
        live = with_masks(kind, live, values) if live else live
        chosen = kind.to_api(values, live) if kind.to_api else values
        result = {
            (kind.by_name[name].sent_as or name) if name in kind.by_name else name: self._sent(
                kind, name, value, live.get(name), rotated
            )
            for name, value in chosen.items()
        }
        return dict(kind.packed(result)) if kind.packed else result

    def beside(self, kind: Kind, body: dict[str, Json], answer: Mapping[str, Json]) -> dict[str, Json]:
        """The body of a PATCH with what PostHog would forget otherwise, from its answer as it was read."""
        if kind.alongside is None:
            return body
        if kind.confided is not None:
            self.writer.hide(*kind.confided(answer))
        return dict(kind.alongside(body, answer))

    def _sent(self, kind: Kind, name: str, value: Json, live: Json, rotated: Rotated) -> Json:
        field = kind.by_name.get(name)
        if field is None:
            return value
        value = self._whole(field, self._with_ids(kind, field, value), live, rotated)
        for each in field.keyed_ids:
            value = each.by_id(value)
        return field.wire(value) if field.wire else value

    @staticmethod
    def _with_ids(kind: Kind, field: Field, value: Json) -> Json:
        try:
            found = with_ids(value, field.ids_as_text)
        except LookupError as error:
            raise CannotApply(
                f"{field.name} of this {kind.title} refers to {error.args[0].key}, and its id is not known"
            ) from None
        if field.number_ids:
            return int(found) if isinstance(found, str) and is_number(found) else found
        return str(found) if field.type is Type.STRING and isinstance(value, Reference) else found

    def _whole(self, field: Field, value: Json, live: Json, rotated: Rotated) -> Json:
        """What to send of a field, with what has to be sent along."""
        name = field.name
        if field.secret or holds_secret(value):
            # PostHog or a proxy may repeat in an error what it was sent.
            self.writer.hide(*secrets_in(value))
        if field.refers_to in LOOKUPS and isinstance(value, str):
            return self.reference(field, value)
        if field.refers_to in LOOKUPS and isinstance(value, list):
            return [self.reference(field, each) for each in value]
        if field.secret and isinstance(value, dict):
            kept = {key: item for key, item in without_files(live).items() if item != MASK}
            value = {
                key: item
                for key, item in value.items()
                if not holds_secret(item) or (live or {}).get(key) != MASK or rotated(name, key)
            }
            return plain(replacing(kept if field.sent_whole else {}, value))
        if field.sent_whole and isinstance(value, dict):
            return plain(replacing(live, value))
        removes = field.empty_removes and value == {}
        if field.kept_keys and isinstance(value, dict) and isinstance(live, dict) and not removes:
            # Where PostHog replaces the whole, what it completes at creation would be lost.
            value = {**{key: live[key] for key in field.kept_keys if key in live}, **value}
        return plain(value)

    def reference(self, field: Field, value: str) -> Json:
        """What a request has for the member or plugin `value`; raises CannotApply where there is none, or several."""
        try:
            found = self.live.refer(field.refers_to or "", value, field.found_by)
        except Ambiguous as error:
            raise CannotApply(str(error)) from error
        if found is None:
            raise CannotApply(f'the organization has no {field.refers_to} "{one_line(value)}"')
        return found
