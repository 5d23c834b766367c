"""The moves of a lifecycle, made: one request after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pulumi_posthog.api import Conflict, Invalid, NotFound, NotOffered, OutcomeUnknown, Writer
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.kinds.words import Move, Now
from pulumi_posthog.reconcile.body import Bodies
from pulumi_posthog.reconcile.collection import Found, Scope
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.errors import CannotApply
from pulumi_posthog.reconcile.lifecycle import is_moved, of_state, way, written
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.json_value import Json


class Mover:
    """Makes moves, one request after another. What it was asked for is checked already."""

    def __init__(
        self,
        live: Live,
        writer: Writer,
        bodies: Bodies,
        look_again: Callable[[Kind, Scope, str, str, str], Found],
    ) -> None:
        self.live = live
        self.writer = writer
        self._bodies = bodies
        self._look_again = look_again

    def change(
        self,
        kind: Kind,
        scope: Scope,
        found: Found,
        changed: Sequence[Difference],
        patch: Callable[[Found, Mapping[str, Json]], Found],
    ) -> Found:
        """Bring what differs about: the state by its moves, everything else with one call of `patch` between them.

        Raises as `move`, and as `patch` does.
        """
        fields = {each.field.name: each.desired for each in changed if not is_moved(kind, each.field.name)}
        state = of_state(kind, changed)
        if state:
            found = self.move(kind, scope, found, state.desired, only_first=True)
        if fields:
            found = patch(found, fields)
        return self.move(kind, scope, found, state.desired) if state else found

    def move(
        self, kind: Kind, scope: Scope, found: Found, wanted: Json, *, only_first: bool = False
    ) -> Found:
        """Bring an object to the state `wanted`, or, with `only_first`, as far as moves lead that come first.

        Each next move is from the state that PostHog answers, because that decides. It ends early where PostHog
        answers a state for the second time. Raises ApiError, and CannotApply where the server knows no such move.
        """
        lifecycle = kind.lifecycle
        if lifecycle is None:
            return found
        passed = []
        while (state := found.values.get(lifecycle.field)) != wanted and state not in passed:
            moves = way(lifecycle, state, wanted)
            if not moves or (only_first and not moves[0].first):
                break
            passed.append(state)
            found = self._make(kind, scope, found, moves[0])
        return found

    def _make(self, kind: Kind, scope: Scope, found: Found, move: Move) -> Found:
        path = self.live.object_path(kind, scope, found.id)
        fields = {
            name: self._now() if isinstance(value, Now) else value for name, value in move.fields.items()
        }
        method = "POST" if move.action else "PATCH"
        try:
            if move.action:
                path = f"{path}{move.action}/"
                answer = self.writer.post(path, fields)
            else:
                body = self._bodies.beside(
                    kind, self._bodies.body(kind, fields, found.values, _never), found.answer
                )
                answer = self.writer.patch(path, body, form=kind.form_encoded)
        except (NotFound, NotOffered) as error:
            if move.since > 2024:
                raise CannotApply(
                    f"this {kind.title} stays {written(move.before)}: {error.problem}. To become"
                    f" {written(move.after)}, it needs a server of {move.since} or newer"
                ) from error
            raise
        except (OutcomeUnknown, Conflict, Invalid):
            # It may have been done, now or by somebody else meanwhile: then PostHog refuses to do it again.
            after = self._look_again(kind, scope, found.id, method, path)
            if after.values.get(kind.lifecycle.field if kind.lifecycle else "") == move.before:
                raise
            return after
        if not isinstance(answer, Mapping) or not answer or kind.answered_in_part:
            return self._look_again(kind, scope, found.id, method, path)
        return self.live.put(kind, scope, {**found.answer, **answer})

    def _now(self) -> str:
        """The time at PostHog: with a clock that is ahead, what is ended would go on until then."""
        now = self.writer.pace.server.now()
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _never(_field: str, _key: str) -> bool:
    return False
