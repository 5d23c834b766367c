"""Declared values, live values -> the fields that differ, and where in them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pulumi_posthog.kinds.field import Field, Type
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.fingerprint import is_fingerprinted
from pulumi_posthog.values.attachment import with_files
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.reference import Reference
from pulumi_posthog.values.secret_text import MASK, SecretText, holds_secret, known
from pulumi_posthog.values.spelling import composed, folded


@dataclass(frozen=True)
class Difference:
    """One declared field whose live value is another. A secret's values are `SecretText` or PostHog's mask."""

    field: Field
    live: Json
    desired: Json


def differences(
    kind: Kind,
    desired: Mapping[str, Json],
    live: Mapping[str, Json],
    *,
    rotated: Callable[[str, str], bool] = lambda field, key: False,
) -> tuple[Difference, ...]:
    """The declared fields that differ from the live ones, in the kind's order.

    `desired` and `live` are field values as `Kind.values` gives them. PostHog answers a mask for a secret and no
    content of a file, so `rotated(field, key)` says whether what is below that key is another than was last sent.
    """
    live = with_masks(kind, live, desired)
    wanted, found = kind.comparable({**desired}), kind.comparable({**live})
    return tuple(
        Difference(field, live.get(field.name), desired[field.name])
        for field in kind.writable
        if field.name in wanted
        and not field.write_only
        and not (field.silent_when_absent and field.name not in found)
        and not _same(field, wanted[field.name], found.get(field.name), rotated)
        and not (field.name == _state_field(kind) and why_it_rests(kind, desired, live))
    )


def with_masks(kind: Kind, live: Mapping[str, Json], desired: Mapping[str, Json]) -> Mapping[str, Json]:
    """Live values with a mask in place of each declared value that PostHog leaves out of its answer.

    PostHog decides what of such a field is secret: values are left out that no file would call so.
    """
    left_out = [field.name for field in kind.fields if field.left_out and field.name in desired]
    if not left_out:
        return live
    return {**live, **{name: _masked(live.get(name), desired[name]) for name in left_out}}


def _masked(live: Json, desired: Json) -> Json:
    if not isinstance(desired, dict) or not desired:
        return MASK if live is None and desired is not None else live
    if not isinstance(live, dict | None):
        return live
    masks = {key: _masked((live or {}).get(key), item) for key, item in desired.items() if item is not None}
    return {**(live or {}), **masks}


def is_masked(live: Json, desired: Json) -> bool:
    """Whether a mask is in the place of something that is declared, at any depth."""
    if isinstance(desired, dict) and isinstance(live, dict):
        return any(is_masked(live.get(key), item) for key, item in desired.items())
    return bool(live == MASK)


def _state_field(kind: Kind) -> str | None:
    return kind.lifecycle.field if kind.lifecycle else None


def why_it_rests(kind: Kind, desired: Mapping[str, Json], live: Mapping[str, Json]) -> str | None:
    """Why an object stays in the state to which PostHog has brought it, though another one is declared; None: it moves.

    It is the end of a sentence about the object.
    """
    rests = kind.lifecycle.rests if kind.lifecycle else None
    return rests(desired, live) if rests and desired.get(_state_field(kind) or "") is not None else None


def _same(field: Field, desired: Json, live: Json, rotated: Callable[[str, str], bool]) -> bool:
    if isinstance(desired, SecretText) and not desired.known:
        return True
    if field.silent_when_null and live is None:
        return True
    desired, live = field.normal(desired), field.normal(live)
    live = field.named(live, desired)
    desired, live = field.document(desired, live, declared=True), field.document(live, desired)
    if field.secret and isinstance(desired, dict) and isinstance(live, dict):
        secrets = {
            key
            for key, value in desired.items()
            if is_fingerprinted(value) or (field.left_out and is_masked(live.get(key), value))
        }
        if any(rotated(field.name, key) for key in secrets):
            return False
        desired, live = with_files(desired), with_files(live)
        # What is masked, or not available, cannot be compared; an empty one is drift that can be seen.
        unseen = {key for key in secrets if live.get(key) == MASK or not known(desired[key])}
        desired = {key: value for key, value in desired.items() if key not in unseen}
    if field.merge_levels and isinstance(desired, dict):
        live = declared_part(field, live, desired)
        desired = _without_nulls(field, desired)
    if field.secret:
        masked = _anything if field.left_out else holds_secret
        desired, live = _without_masked(desired, live, masked), _without_masks(live)
    if field.from_key and isinstance(desired, str) and isinstance(live, str):
        desired, live = composed(desired), composed(live)
    if field.case_is_theirs and isinstance(desired, str) and isinstance(live, str):
        desired, live = folded(desired), folded(live)
    return bool(desired == live)


def _without_masked(desired: Json, live: Json, may_be: Callable[[Json], bool]) -> Json:
    """A declared object without what PostHog masks in it, at any depth: nobody can compare that.

    `may_be` says of a declared value whether a mask may be in its place.
    """
    if not isinstance(desired, dict) or not isinstance(live, dict):
        return desired
    return {
        key: _without_masked(value, live.get(key), may_be)
        for key, value in desired.items()
        if not (live.get(key) == MASK and may_be(value))
    }


def _anything(_value: Json) -> bool:
    return True


def _without_masks(live: Json, *, within: bool = False) -> Json:
    """A live object without the masks in what it holds, at any depth."""
    if not isinstance(live, dict):
        return live
    return {
        key: _without_masks(value, within=True)
        for key, value in live.items()
        if not (within and value == MASK)
    }


def is_secret(field: Field, path: str, desired: Json) -> bool:
    """Whether the live value of a row of `details` is not to be seen: PostHog masks only what it knows to be secret."""
    if not field.secret:
        return False
    return holds_secret(desired) or field.type is not Type.OBJECT or path == field.name


def declared_part(field: Field, live: Json, desired: Json) -> Json:
    """Of a live object that PostHog merges, the keys that are declared; nulls count as absent."""
    return _declared_part(live or {}, desired, field.merge_levels, field.merged_keys)


def _declared_part(live: Json, desired: Json, levels: int, only: tuple[str, ...] | None = None) -> Json:
    if not levels or not isinstance(live, dict) or not isinstance(desired, dict):
        return live
    return {
        key: _declared_part(live[key], desired[key], levels - 1 if only is None or key in only else 0)
        for key in desired
        if live.get(key) is not None
    }


def _without_nulls(field: Field, desired: Mapping[str, Json]) -> Json:
    """A declared object without the keys declared as null, which is how one says that a key is to be deleted."""
    # An object is the declared part of itself.
    return declared_part(field, desired, desired)


def as_live(field: Field, declared: Json, live: Json) -> Json:
    """What to declare in place of `declared`, so that a field is declared as it is in PostHog.

    Of an object that PostHog merges, no key is declared that was not. Secrets and files stay as they are declared,
    because PostHog shows neither.
    """
    live = field.document(field.own(live), declared)
    if field.merge_levels and isinstance(declared, dict):
        live = _keys_as_live(
            live if isinstance(live, dict) else {}, declared, field.merge_levels, field.merged_keys
        )
        if field.secret:
            live |= {
                key: item
                for key, item in declared.items()
                if is_fingerprinted(item) or (field.left_out and key not in live)
            }
    if field.unordered and isinstance(declared, list) and isinstance(live, list):
        return [item for item in declared if item in live] + [item for item in live if item not in declared]
    return live


def _keys_as_live(
    live: Mapping[str, Json], declared: Mapping[str, Json], levels: int, only: tuple[str, ...] | None = None
) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, before in declared.items():
        after = live.get(key)
        deeper = levels - 1 if only is None or key in only else 0
        if after is None:
            if before is None:
                result[key] = None
        elif deeper and isinstance(after, dict) and isinstance(before, dict):
            result[key] = _keys_as_live(after, before, deeper)
        else:
            result[key] = after
    return result


def merged(live: Json, desired: Json, levels: int) -> Json:
    """What a merged object will be once `desired` was sent: live keys that are not declared stay."""
    if not (levels and isinstance(live, dict) and isinstance(desired, dict)):
        return desired
    result = {**live}
    for key, value in desired.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(live.get(key), value, levels - 1)
    return result


class Absent(enum.Enum):
    """No value at all, where null would be one."""

    ABSENT = "nothing"

    def __repr__(self) -> str:
        return self.value


ABSENT = Absent.ABSENT


def details(difference: Difference) -> tuple[tuple[str, Json, Json], ...]:
    """A difference within an object or list, leaf by leaf: (path, live, desired); one row for a plain value.

    A secret is its `SecretText`, never its text; what one of the sides does not have is ABSENT.
    """
    field, desired = difference.field, difference.desired
    live = field.named(difference.live, desired)
    if field.as_json_text:
        live, desired = field.own(live), field.own(desired)
    live, desired = field.document(live, desired), field.document(desired, live, declared=True)
    if difference.field.files:
        live, desired = with_files(live), with_files(desired)
    if difference.field.merge_levels and isinstance(desired, dict):
        live = declared_part(difference.field, live, desired)
    if field.items_by is not None and isinstance(live, list) and isinstance(desired, list):
        live, desired = field.items_by.labelled(live, desired)
    if not isinstance(desired, dict | list) or not isinstance(live, dict | list):
        return ((difference.field.name, live, desired),)
    # Late: it takes longer to import than everything else together, and most runs have nothing to show.
    from deepdiff import DeepDiff  # noqa: TID251 - this is the one door

    tree = DeepDiff(
        live,
        desired,
        view="tree",
        ignore_order=difference.field.unordered,
        ignore_type_in_groups=[(str, SecretText, Reference)],
    )
    rows = {
        difference.field.name + change.path().removeprefix("root"): (change.t1, change.t2)
        for changes in tree.values()
        for change in changes
    }
    # Whether a stored secret is another one cannot be seen; where that is all there is, it is what was rotated.
    seen = {path: row for path, row in rows.items() if row[0] != MASK} or rows
    return tuple((path, _leaf(before), _leaf(after)) for path, (before, after) in sorted(seen.items()))


def _leaf(value: Json) -> Json:
    return ABSENT if repr(value) == "not present" else value
