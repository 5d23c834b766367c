"""A folder and what is in it, at any depth: moved together, and not deleted while something is in it."""

from __future__ import annotations

from pulumi_posthog.api import NotOffered, OutcomeUnknown, Writer
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.spelling import one_line


def inside(live: Live, kind: Kind, scope: Scope, found: Found) -> list[Found]:
    """Everything that is in an object, at any depth."""
    return live.inside(kind, scope, found) if kind.containers else []


def move(live: Live, writer: Writer, kind: Kind, scope: Scope, found: Found, target: str) -> Found:
    """Give a folder another path, and everything in it, declared or not.

    Raises CannotApply when the target exists: PostHog would merge the two.
    """
    name = next(field.name for field in kind.fields if field.from_key)
    source, moved = str(found.values[name]), inside(live, kind, scope, found)
    if live.find(kind, scope, {**found.values, name: target}):
        raise CannotApply(
            f'there is a {kind.title} "{one_line(target)}" already, and PostHog would merge'
            f' "{one_line(source)}" into it: move what is'
            " in it by hand, or leave out `previously` to take over the one that is there"
        )
    try:
        writer.post(f"{live.object_path(kind, scope, found.id)}{kind.move_action}", {f"new_{name}": target})
    except (NotOffered, OutcomeUnknown):
        # Old servers do not offer it to keys; after a lost answer, moving what is still there completes it.
        live.forget(kind, scope)
        here = live.collection(kind, scope)
        for other in (*moved, found):
            current = here.get(other.id)
            if current and current.values[name] == other.values[name]:
                path = f"{target}{str(other.values[name]).removeprefix(source)}"
                writer.patch(live.object_path(kind, scope, other.id), {name: path})
    live.forget(kind, scope)
    return live.object(kind, scope, found.id) or found


def check_empty(live: Live, kind: Kind, scope: Scope, found: Found) -> None:
    """Raises CannotApply when something that is not declared would be deleted with an object, or has to keep it."""
    if kind.kept_by and (who := kind.kept_by(found.values)):
        raise CannotApply(f"this {kind.title} is not deleted: {one_line(who)}")
    names = [str(other.values["path"]) for other in inside(live, kind, scope, found)]
    if names:
        raise CannotApply(
            f"{len(names)} entries that this stack does not manage are in this {kind.title} and would be deleted"
            f' with it (the first is "{one_line(min(names))}"): move them elsewhere in PostHog, or declare it again'
        )
