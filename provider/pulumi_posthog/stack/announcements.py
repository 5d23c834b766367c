"""What a run says beside a resource: what is taken over, what is new in the file, what PostHog did not take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_posthog.api import HIDDEN
from pulumi_posthog.kinds.model import Kind
from pulumi_posthog.reconcile import invitations
from pulumi_posthog.reconcile.applied import Applied
from pulumi_posthog.reconcile.collection import Found
from pulumi_posthog.reconcile.differences import Difference
from pulumi_posthog.reconcile.existing import Standing, standing
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.shown import in_words, lines
from pulumi_posthog.stack import pulumi_engine
from pulumi_posthog.stack.properties import declared_names, to_values, triggered
from pulumi_posthog.values.spelling import one_line

Props = Mapping[str, Any]


def announce(
    kind: Kind, values: Props, found: Found, changed: tuple[Difference, ...], *, brief: bool = False
) -> Standing:
    """Say that an existing object is about to be taken over, and what changes of it.

    With `brief`, nothing is said of what does not change: the caller counts and tells that. Returns how it is.
    """
    stands = standing(kind, values, changed=bool(changed))
    if kind.set_of:
        # Who is not in the list is about to go: that must show before anything is done.
        listed = kind.writable[0].name
        if set(found.values[listed]) - set(values.get(listed, ())):
            pulumi_engine.say(
                f'the {kind.title} of "{one_line(str(found.answer.get("name")))}" become others, live => declared:\n'
                f"{_rows(changed)}"
            )
        return stands
    if brief and stands is not Standing.CHANGED:
        return stands
    name = next((values.get(field.name) for field in kind.fields if field.from_key), found.id)
    text = f'{kind.title} "{one_line(str(name))}" exists in PostHog already (id {found.id}): it is taken over'
    if kind.singleton:
        text = f"the {kind.title} are taken over"
    secret = standing(kind, values, changed=False) is Standing.SECRETS
    sent = "; its secrets are sent, because PostHog shows none to compare" if secret else ""
    rows = _rows(changed)
    pulumi_engine.say(f"{text}, with these changes{sent}:\n{rows}" if rows else f"{text} as it is{sent}")
    _warn_of_effects(kind, changed)
    return stands


def say_changes(kind: Kind, changed: tuple[Difference, ...], olds: Props) -> None:
    """Say what a preview does not show of changes.

    The state has no earlier value to show for a field that was not declared before; and a change may do something else
    besides.
    """
    before = {*declared_names(kind, olds), *(olds.get("__nulls") or ())}
    rows = [line for d in changed if d.field.name not in before for line in lines(d)]
    if rows:
        pulumi_engine.say("\n".join([f"newly declared of this {kind.title}, live => declared:", *rows]))
    _warn_of_effects(kind, changed)


def _warn_of_effects(kind: Kind, changed: tuple[Difference, ...]) -> None:
    for difference in changed:
        effect = difference.field.side_effect
        words = effect(difference.live, difference.desired) if effect else None
        if words:
            pulumi_engine.warn(f"this {kind.title} {words}")


def say_set_back(changed: tuple[Difference, ...], days: Mapping[str, str]) -> None:
    """Say what is passed over in `drift` and set back all the same; `days` has the last day of each field's rule."""
    for difference in changed:
        name = difference.field.name
        if name in days:
            pulumi_engine.say(f"{name} is ignored in drift until {days[name]}, and set back by this run")


def _rows(changed: tuple[Difference, ...]) -> str:
    return "\n".join(line for difference in changed for line in lines(difference))


def say_ignored(kind: Kind, applied: Applied) -> None:
    """Warn of fields that PostHog was sent and did not take over."""
    for difference in applied.ignored:
        field = difference.field
        live = HIDDEN if field.secret and difference.live else in_words(difference.live)
        age = f" It needs a server of {field.since} or newer." if field.since > 2024 else ""
        age += f" Servers newer than {field.until} no longer have it." if field.until else ""
        pulumi_engine.warn(
            f"PostHog took the {kind.title} but not its {field.name}: it is still {live}."
            f"{age} Does the plan include it, and may this key's user set it?"
        )


def say_renewals(kind: Kind, olds: Props, news: Props, found: Found, live: Live) -> None:
    """Say what PostHog replaces because a trigger changes."""
    for field in triggered(kind, olds, news):
        if kind.invitation and not invitations.is_stale(live, kind, found, to_values(kind, news)):
            continue
        renewed = field.trigger.renews if field.trigger else ""
        pulumi_engine.say(f"{field.name} changes, so PostHog will replace the {renewed} of this {kind.title}")
