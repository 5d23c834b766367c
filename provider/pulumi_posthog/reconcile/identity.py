"""What PostHog answers of objects without an id of their own -> the same with an id, made of what identifies them.

So the same rule has the same id in every run and in every stack (posthog-api-access.md 3.3).
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_posthog.api.objects import object_of
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.values.json_value import Json


def identified(
    kind: Kind, scope: Scope, answer: Mapping[str, Json], names: Mapping[str, str]
) -> dict[str, Json]:
    """An answer with an id, and with addresses in the place of what `names` has (membership id -> address)."""
    identity = kind.upsert.identity if kind.upsert else ()
    parts = [answer[name] for name in identity if answer.get(name)]
    # Of a role and a member, at most one is there.
    parts += ["everyone"] if len(parts) < len(identity) - 1 else []
    result = {**answer, "id": "/".join(map(str, (*scope.values(), *parts)))}
    for field in kind.fields:
        if field.found_by and field.sent_as:
            given = answer.get(field.sent_as)
            # Who is no longer a member, or is hidden from this key, keeps the id: nobody is taken for somebody else.
            result[field.name] = names.get(str(given), given)
    return result


def items(kind: Kind, answer: Json, path: str) -> list[Mapping[str, Json]]:
    """The objects in the answer to a GET of the list; raises IncompleteRead for an answer of another form."""
    key = kind.upsert.items if kind.upsert else ""
    found = object_of(answer, path, key)[key]
    return [object_of(each, path, None) for each in found]
