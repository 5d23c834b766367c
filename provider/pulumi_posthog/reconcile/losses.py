"""What is about to be deleted -> who loses it: PostHog deletes what is embedded in an object with it. Only reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile.limits import Limits, too_many
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.values.spelling import one_line


@dataclass(frozen=True)
class Loss:
    """What one object takes along: `names` are its items, of the kind `kind`, and `holder` is the object's own kind."""

    kind: Kind
    holder: Kind
    name: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        one, several = self.kind.lost_words
        count = len(self.names)
        return f'{count} {one if count == 1 else several} {self.holder.title} "{one_line(self.name)}"'


def losses(
    gone: Mapping[str, Iterable[str]], called: Mapping[tuple[str, str], str], live: Live
) -> tuple[Loss, ...]:
    """Who loses what is deleted. `gone` are names by kind, `called` says how PostHog calls one of them now.

    May raise ApiError: who loses something is not guessed. What PostHog does not have takes nothing along.
    """
    found = []
    for item in KINDS.values():
        if item.embedded_in is None or item.exact_list_of:
            continue
        holder = KINDS[item.embedded_in[0]]
        key = next(field.name for field in holder.fields if field.from_key)
        for name in () if holder.parent else gone.get(holder.name, ()):
            now = called.get((holder.name, name), name)
            for match in live.find(holder, {}, {key: now}):
                items = live.collection(item, {holder.name: match.id}).values()
                names = tuple(sorted(item.own_name(each.values) or each.id for each in items))
                found += [Loss(item, holder, now, names)] if names else []
    return tuple(found)


def refusal_of_losses(found: Iterable[Loss], limits: Limits) -> str | None:
    """Why what is deleted may not take so much along; None when it may."""
    by_kind: dict[str, list[Loss]] = {}
    for loss in found:
        by_kind.setdefault(loss.kind.name, []).append(loss)
    lines = []
    for name, those in by_kind.items():
        count = sum(len(loss.names) for loss in those)
        if too_many(KINDS[name], count, count, limits):
            lines += [
                f"{loss}:\n" + "\n".join(f"    {one_line(each)}" for each in loss.names) for loss in those
            ]
            lines.append(
                f"  that is more than the limits allow\n"
                f"  hint: if that is meant, say so: pulumi config set posthog:allowRemovals {name}={count}"
            )
    return "\n".join(lines) or None
