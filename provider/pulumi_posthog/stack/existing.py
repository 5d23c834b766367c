"""Look-ups for programs in Python: what PostHog has under a name, for what a program refers to and does not declare.

    web = get_project("Web")
    testers = get_cohort("Beta testers", web)
    FeatureFlag("new", project=web.id, key="new", filters={"groups": [{"properties": [testers.as_property]}]})

They read when they are called, in preview and up alike, each list once in a run. They never write.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_posthog.api import ApiError, BadSurroundings, Connection, Pace, Reader
from pulumi_posthog.kinds.cohort import COHORT
from pulumi_posthog.kinds.lookups import MEMBER
from pulumi_posthog.kinds.organization_member import NAMES
from pulumi_posthog.kinds.project import PROJECT
from pulumi_posthog.reconcile.collection import Ambiguous
from pulumi_posthog.reconcile.live import Live
from pulumi_posthog.stack.address import Address, agreed
from pulumi_posthog.stack.program_run import of_run
from pulumi_posthog.values.host import HostRefused, permitted
from pulumi_posthog.values.json_value import Json, dig
from pulumi_posthog.values.masking import never_tell
from pulumi_posthog.values.spelling import folded, one_line
from pulumi_posthog.values.suggestion import nearly, suggestion
from pulumi_posthog.values.text import lines
from pulumi_posthog.values.variables import KEY_VARIABLE


class LookupFailed(pulumi.RunError, LookupError):
    """No object, or more than one, has that name, or PostHog could not be read.

    Pulumi shows it as one error without a traceback.
    """


@dataclass(frozen=True, kw_only=True)
class ExistingProject:
    """A project that PostHog has. `id` is what the argument `project` of a resource wants."""

    id: str
    name: str
    address: Address


@dataclass(frozen=True, kw_only=True)
class ExistingMember:
    """A member of the organization. `email` is as PostHog spells it; `level` is `member`, `admin` or `owner`."""

    uuid: str
    email: str
    level: str


@dataclass(frozen=True, kw_only=True)
class ExistingCohort:
    """A cohort of a project. `id` is what filters want; `is_static` says that its persons are a list."""

    id: int
    name: str
    is_static: bool

    @property
    def as_property(self) -> dict[str, Any]:
        """The condition "is in this cohort", as the filters of flags, functions and insights have it."""
        return {"key": "id", "type": "cohort", "value": self.id}


def get_project(name: str, *, address: Address | None = None) -> ExistingProject:
    """The project of that name; raises LookupFailed, ValueError (see `Address.configured`)."""
    where = address or Address.configured()
    projects = _read(where, lambda live: live.collection(PROJECT, {}).values())
    names = [str(each.values.get("name")) for each in projects]
    matches = [each for each in projects if each.values.get("name") == name]
    hint = suggestion(name, names) or "the API key shows no project"
    found = _one(
        f'project "{one_line(name)}"',
        {each.id: each for each in matches},
        f"{hint}\n  A project that this program declares is referred to by its resource: `web.id`",
    )
    return ExistingProject(id=found.id, name=name, address=where)


def get_member(email: str, *, address: Address | None = None) -> ExistingMember:
    """The member with that e-mail address, whatever its case; raises LookupFailed, ValueError."""
    where = address or Address.configured()
    found = _read(where, lambda live: live.referred(MEMBER.name, email))
    if found is None:
        if folded(email) in _read(where, Live.pending_invitations):
            raise _failed(
                f'"{one_line(email)}" is invited and has not joined yet', "run again once they have"
            )
        close = nearly(email, (str(dig(each, MEMBER.keys[0])) for each in _read(where, _members)))
        raise _failed(
            f'no member of the organization has the e-mail address "{one_line(email)}"',
            f'did you mean "{one_line(close)}"?'
            if close
            else "invite that person first: `posthog.OrganizationMember`",
        )
    return ExistingMember(
        uuid=str(dig(found, MEMBER.value)),
        email=str(dig(found, MEMBER.keys[0])),
        level=NAMES.get(found["level"], str(found["level"])),
    )


def get_cohort(name: str, project: ExistingProject) -> ExistingCohort:
    """The cohort of that name in a project; raises LookupFailed.

    PostHog lets several cohorts have one name: that is an error here.
    """
    cohorts = _read(
        project.address, lambda live: live.collection(COHORT, {PROJECT.name: project.id}).values()
    )
    names = [str(each.values["name"]) for each in cohorts if each.values.get("name")]
    found = _one(
        f'cohort "{one_line(name)}" in project "{one_line(project.name)}"',
        {each.id: each for each in cohorts if each.values.get("name") == name},
        suggestion(name, names) or "the project has no cohorts",
    )
    return ExistingCohort(id=int(found.id), name=name, is_static=found.values.get("is_static") is True)


def _members(live: Live) -> Iterable[Mapping[str, Json]]:
    return live.lookup(MEMBER.name)


def _one(what: str, matches: Mapping[str, Any], hint: str) -> Any:
    if len(matches) > 1:
        raise _failed(
            f"{len(matches)} objects are called {what}: ids {', '.join(map(one_line, matches))}",
            "give all but one of them another name on PostHog's page",
        )
    if not matches:
        raise _failed(f"there is no {what}", hint)
    return next(iter(matches.values()))


def _read(address: Address, ask: Any) -> Any:
    """What PostHog answers; raises LookupFailed where it cannot be read, so that nothing is taken for absent."""
    live = of_run(Views).of(address)
    try:
        return ask(live)
    except (ApiError, Ambiguous) as error:
        raise _failed(str(error), None) from None


class Views:
    """One view of each organization in a program's run, which can only read; its connections end with the run."""

    def __init__(self) -> None:
        self._live: dict[Address, Live] = {}
        weakref.finalize(self, _close, self._live)  # at the latest when the process ends

    def of(self, address: Address) -> Live:
        """The view of that organization; raises LookupFailed where there is no key, or none that may be sent there."""
        if address not in self._live:
            self._live[address] = Live(_reader(address.host), address.organization)
        return self._live[address]

    def close(self) -> None:
        """Close the connections; a later look-up reads anew."""
        _close(self._live)


def _close(views: dict[Address, Live]) -> None:
    while views:
        views.popitem()[1].reader.close()


def close() -> None:
    """Close the connections of this run; a later look-up reads anew."""
    of_run(Views).close()


def _reader(host: str) -> Reader:
    key = os.environ.get(KEY_VARIABLE) or pulumi.Config("posthog").get("personalApiKey")
    if not key:
        raise _failed("there is no PostHog API key", f"set {KEY_VARIABLE} to a personal API key")
    never_tell(key.strip())
    try:
        connection = Connection(agreed(permitted(host, os.environ)), key)
        pace = Pace.from_environment(os.environ)
        return Reader(connection, pace=pace, notify=lambda text: pulumi.log.info(lines(text)))
    except HostRefused as error:
        raise _failed(error.problem, error.hint) from None
    except (ValueError, BadSurroundings) as error:
        raise _failed(str(error), None) from None


def _failed(problem: str, hint: str | None) -> LookupFailed:
    return LookupFailed(f"{problem}\n  hint: {hint}" if hint else problem)
