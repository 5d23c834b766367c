"""Which values name an object that a file does not have: one without a name, or one that PostHog makes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.api import Forbidden, NotFound, NotOffered, NotServed
from pulumi_posthog.export.text import Variable
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import Field
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.tree import body_fields
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.defaults import is_bare_id
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json
from pulumi_posthog.values.secret_text import UNKNOWN


def names_none(live: Live, field: Field, value: Json, id_: Json, scope: Scope) -> bool:
    """Whether what names an object, `value` as the file would have it, is best left out; `id_` is the object's id.

    May raise ApiError, but not where the key may not look, or the server has no such list: then it is written.
    """
    if is_bare_id(field, value):
        return True
    kind = KINDS.get(field.names or "")
    if kind is None or not kind.made_by_posthog or not isinstance(id_, int | str):
        return False
    try:
        found = live.object(kind, scope, str(id_))
    except (Forbidden, NotFound, NotOffered, NotServed):
        return False
    return found is not None and kind.is_made_by_posthog(found.values)


def left_out(kind: Kind, values: Mapping[str, Json], body: Mapping[str, Json]) -> str | None:
    """Why an object is left out: no file can declare it, or only by an id without a name; None: it is not."""
    lacking = {
        field.name: values[field.name]
        for field in body_fields(kind)
        if field.names and values.get(field.name) is not None and field.name not in body
    }
    wrong = unfit(kind, body)
    if not wrong or not lacking or unfit(kind, {**body, **lacking}):
        return wrong
    return f"{' and '.join(f'its {name} {id_}' for name, id_ in lacking.items())} has no unique name"


def unfit(kind: Kind, body: Mapping[str, Json]) -> str | None:
    """Why no file can declare an object with this body: PostHog has something that is an error in one."""
    try:
        found = next(iter(kind.checked(_as_loaded(body))), None) if kind.checked else None
    except (TypeError, AttributeError, KeyError, ValueError):
        return None  # PostHog may keep it in another form, which the check of the file will tell
    return f"{found[1]}: correct it on PostHog's page" if found else None


def _as_loaded(value: Any) -> Any:
    """What an export writes, as a file without its variables would be loaded: a secret is one that is not available."""
    if isinstance(value, Variable):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: _as_loaded(item) for key, item in value.items()}
    return [_as_loaded(item) for item in value] if isinstance(value, list) else value
