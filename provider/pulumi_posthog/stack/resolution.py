"""What a configuration refers to, looked up in PostHog: before anything is registered. Without Pulumi's SDK."""

from __future__ import annotations

from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from pulumi_posthog.api import NotFound
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile import against, exact_rules, people, references
from pulumi_posthog.reconcile.blueprints import with_blueprints
from pulumi_posthog.reconcile.collection import Scope
from pulumi_posthog.reconcile.coming_in import without_unseen
from pulumi_posthog.reconcile.desired import Entry
from pulumi_posthog.reconcile.limits import Limits
from pulumi_posthog.reconcile.links import Names, names, with_live
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.reconcile.unknown_organization import no_such_organization
from pulumi_posthog.stack.other_stacks import UnknownOwners
from pulumi_posthog.stack.pulumi_engine import say as say_in_provider
from pulumi_posthog.values.problem import ConfigError


def resolved(
    desired: Configuration,
    live: Live,
    say: Callable[[str], None] = say_in_provider,
    limits: Limits | None = None,
    ours: Callable[[], Container[str]] | None = None,
) -> Configuration:
    """`desired` with e-mails and plugins looked up; raises ConfigError with everything that cannot be found.

    What may not be done to people within the `limits` is among it, and who loses what is said (`reconcile.people`).
    Addresses that nobody has are not in it but in the result's `strangers`: the guard knows who has left.
    The organization is read first of all, or its members where they are needed: a wrong key, host or id ends here.
    `ours` are the ids of the projects that the stack has, or raises UnknownOwners; it is asked where a project may be a
    new one or one under another name.
    """
    _reach(desired, live)
    if people.people_of(desired):
        desired = people.with_exact(desired, live)
        refused = people.refusals(desired, live, limits or Limits())
        if refused:
            raise ConfigError(refused)
        desired = people.owners_first(desired, live)
        for text in (*people.losses(desired, live), *people.waiting(desired, live)):
            say(text)
    needed = sorted(references.needed(desired))
    with ThreadPoolExecutor(max_workers=len(needed) or 1) as pool:
        found = dict(zip(needed, pool.map(live.lookup, needed), strict=True))
    result, notes = references.resolve(
        desired,
        members=found.get("member", ()),
        plugins=found.get("plugin", ()),
        pending=live.pending_invitations,
        strangers=True,
    )
    result, problems = with_blueprints(result, lambda project: scope_of(result, project, live), live)
    if problems:
        raise ConfigError(problems)
    result, problems = with_live(result, lambda kind, project: _known(result, kind, project, live))
    if problems:
        raise ConfigError(problems)
    problems, misfits = against.told(result, live, lambda project: scope_of(result, project, live))
    if problems:
        raise ConfigError(problems)
    new = cache(partial(_new_projects, result, live, ours))  # read when something is to be left out, and once
    result, unseen = without_unseen(
        result,
        live,
        lambda entry: scope_of(result, entry.parent, live),
        lambda _key: False,
        lambda project: project in new(),
    )
    for note in (*notes, *misfits, *unseen):
        say(note)
    if exact_rules.is_exact(result):
        surplus = exact_rules.surplus(result, live)
        if problems := list(exact_rules.refusals(surplus, limits or Limits())):
            raise ConfigError(problems)
        for text in exact_rules.told(surplus):
            say(text)
        result = exact_rules.with_surplus(result, surplus)
    return result


def _reach(desired: Configuration, live: Live) -> None:
    """Read the organization, or its members where they are needed anyway. Raises ConfigError when there is none."""
    try:
        if MEMBER.name in references.needed(desired):
            live.lookup(MEMBER.name)
        else:
            live.organization()
    except NotFound as error:
        raise no_such_organization(live) from error


def scope_of(desired: Configuration, project: str | None, live: Live) -> Scope | None:
    """The ids that lead to what a declared project has; None where it is not to be found by its name."""
    entry = desired.by_name.get((PROJECT.name, project or ""))
    if entry is None:
        return {} if project is None else None
    found = _ids(entry, live)
    return {PROJECT.name: found[0]} if len(found) == 1 else None


def _ids(project: Entry, live: Live) -> list[str]:
    return [project.id] if project.id else [each.id for each in live.find(PROJECT, {}, project.fields)]


def _new_projects(
    desired: Configuration, live: Live, ours: Callable[[], Container[str]] | None
) -> frozenset[str]:
    """The declared projects that will be made; none where one that PostHog has may be one of them, renamed there."""
    ids = {each.name: _ids(each, live) for each in desired.entries if each.kind is PROJECT}
    missing = frozenset(name for name, found in ids.items() if not found)
    others = live.collection(PROJECT, {}).keys() - {id_ for found in ids.values() for id_ in found}
    if not others:
        return missing
    if ours is None:
        return frozenset()
    try:
        known = ours()
    except UnknownOwners:
        return frozenset()
    return frozenset() if any(each in known for each in others) else missing


def _known(desired: Configuration, kind: str, project: str | None, live: Live) -> Names | None:
    scope = scope_of(desired, project, live)
    return None if scope is None else names(live, kind, scope)


def checks_in_preview(number: int) -> str:
    """That a preview runs no health checks."""
    said = "1 health check runs" if number == 1 else f"{number} health checks run"
    return f"{said} in `pulumi up`, after what they follow has changed; a preview runs none"
