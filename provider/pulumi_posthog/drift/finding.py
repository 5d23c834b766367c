"""What a look at an organization came to, as values that every format shows."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from pulumi_posthog.values.json_value import Json, shown_json
from pulumi_posthog.values.text import plural

if TYPE_CHECKING:
    from pulumi_posthog.kinds.field import Field
    from pulumi_posthog.reconcile.collection import Found
    from pulumi_posthog.reconcile.desired import Entry, Group
    from pulumi_posthog.values.picture import Picture
    from pulumi_posthog.values.problem import Position


NOTHING = "nothing"  # of a key that is not there, where null would be a value


class Status(enum.Enum):
    """How PostHog and the configuration differ. The value is a name in formats for programs."""

    CHANGED = "changed_live"
    GONE = "gone"
    UNDECLARED = "not_declared"
    PENDING = "pending_in_git"
    UNREAD = "could_not_look"
    REFUSED = "would_be_refused"

    @property
    def title(self) -> str:
        """As people read it."""
        return {"pending_in_git": "pending in Git"}.get(self.value, self.value.replace("_", " "))


class Fate(enum.Enum):
    """What the next run does with a whole object that waits in Git."""

    MADE = "made"
    DELETED = "deleted"
    GIVEN_UP = "no longer managed"


@dataclass(frozen=True)
class Who:
    """Somebody, and the moment as PostHog writes it (ISO 8601). `name` is fit for people."""

    name: str
    when: str | None = None

    def __str__(self) -> str:
        return f"{self.name}, {moment(self.when)}" if self.when else self.name


@dataclass(frozen=True)
class Trace:
    """Where a finding comes from: what is needed to ask who did it. Never shown."""

    found: Found
    project: str | None
    field: Field | None = None  # None: it is about the whole object
    key: str | None = None  # the key of an object field that differs
    item: Json = None  # the whole item of a list that came or left


@dataclass(frozen=True)
class About:
    """What would have to be written to accept a finding. Never shown.

    It is a declared entry, or the `group` that an undeclared object is in. `renamed` is what an entry that is gone is
    probably called now, `item` the one item of a set that a finding is about, `above` the name of what a set or its
    item belongs to.
    """

    entry: Entry | None = None
    group: Group | None = None
    renamed: Found | None = None
    item: Json = None
    above: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference: of a field, of a whole object, or of something that could not be read.

    `object` is where the object is in the YAML, as in "projects.Web"; `path` says what of it differs and
    is `object` itself for a whole one. `live` and `declared` are fit to be shown: no secret is in them.
    """

    status: Status
    kind: str
    object: str
    path: str
    live: Json = None
    declared: Json = None
    id: str | None = None
    whole: bool = False  # it is about the object as such, and `live` and `declared` say nothing
    removal: bool = False  # something that is declared is no longer there: no ignore rule hides that
    message: str | None = None
    hint: str | None = None
    where: Position | None = None
    who: Who | None = None
    missing: bool = False  # `live` is None for there is no such key; null would be a value
    undeclared: bool = False  # the same of `declared`
    known: bool = False  # the baseline has it, too
    ignored: str | None = None  # why an ignore rule hides it
    trace: Trace | None = field(default=None, compare=False, repr=False)
    about: About | None = field(default=None, compare=False, repr=False)
    fate: Fate | None = field(default=None, compare=False, repr=False)
    picture: Picture | None = field(default=None, compare=False, repr=False)

    @property
    def counts(self) -> bool:
        """Whether it is new, and no rule says that it does not matter."""
        return not self.known and self.ignored is None

    @property
    def has_author(self) -> bool:
        """Whether somebody did this in PostHog; who, PostHog may not tell."""
        return self.status in (Status.CHANGED, Status.GONE, Status.UNDECLARED)

    def shown_live(self, longest: int | None = None) -> str:
        """PostHog's value as people read it, cut to `longest` characters."""
        return NOTHING if self.missing else shown_json(self.live, longest)

    def shown_declared(self, longest: int | None = None) -> str:
        """The declared value as people read it, cut to `longest` characters."""
        return NOTHING if self.undeclared else shown_json(self.declared, longest)

    @property
    def page(self) -> str | None:
        """Where the object is on PostHog's page: a path below the host; None where it has none, or is not there."""
        found = self.trace.found if self.trace else None
        if found is None or found.kind.page is None or found.kind.page.path is None:
            return None
        ids = {"id": found.id, "project": (self.trace and self.trace.project) or ""}
        if found.kind.second_id:
            ids[found.kind.second_id] = str(found.answer.get(found.kind.second_id, found.id))
        return found.kind.page.path.format(**{name: quote(id_, safe="") for name, id_ in ids.items()})

    @cached_property
    def fingerprint(self) -> str:
        """A short text that is the same for the same difference in another run: what a baseline compares."""
        text = json.dumps([self.status.value, self.kind, self.path, self.live], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    @property
    def summary(self) -> str:
        """The difference in one sentence, without who and when."""
        if self.message:
            return f"{self.path}: {self.message}"
        if self.whole:
            return {
                Status.GONE: f"{self.path} is declared, and PostHog does not have it",
                Status.UNDECLARED: f"{self.path} is in PostHog, and is not declared",
                Status.PENDING: f"{self.path} is not in PostHog yet",
            }.get(self.status, f"{self.path} differs")
        if self.removal:
            return f"{self.path} is declared, and PostHog does not have it"
        return f"{self.path} is {self.shown_live()}, declared is {self.shown_declared()}"


@dataclass(frozen=True)
class Failed:
    """Why nothing could be looked at, or not everything was."""

    message: str
    hint: str | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a run has to say. `failures` say that it could not even begin."""

    title: str = "drift"
    file: str = "posthog.yaml"
    host: str = ""
    organization: str = ""
    organization_name: str = ""  # as people know it; empty where PostHog did not tell
    at: str = ""  # ISO 8601, UTC
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()  # the objects that were looked at, as `Finding.object`
    requests: int = 0
    exit: int = 0  # what the command ends with
    failures: tuple[Failed, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def new(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return tuple(finding for finding in self.findings if finding.counts)

    @cached_property
    def by_status(self) -> Mapping[Status, tuple[Finding, ...]]:
        """What counts, in the order of `Status`; statuses without a finding are left out.

        All findings about one object are together, at the place of the first of them.
        """
        place: dict[str, int] = {}
        for each in self.new:
            place.setdefault(each.object, len(place))
        new = sorted(self.new, key=lambda each: place[each.object])
        groups = {status: tuple(each for each in new if each.status is status) for status in Status}
        return {status: findings for status, findings in groups.items() if findings}

    @property
    def known(self) -> tuple[Finding, ...]:
        """The findings that the baseline has, too."""
        return tuple(finding for finding in self.findings if finding.known and finding.ignored is None)

    @property
    def ignored(self) -> tuple[Finding, ...]:
        """The findings that ignore rules hide."""
        return tuple(finding for finding in self.findings if finding.ignored is not None)

    @property
    def headline(self) -> str:
        """The result in one line."""
        if self.failures:
            return f"{self.title}: nothing could be compared"
        if not self.by_status:
            return f"{self.title}: PostHog is as declared ({plural(len(self.checked), 'object')} compared)"
        counts = ", ".join(f"{len(found)} {status.title}" for status, found in self.by_status.items())
        return f"{self.title}: {counts}"


def moment(text: str) -> str:
    """A moment in ISO 8601, to the second and in UTC, as people read it; anything else as it is."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except ValueError:
        return text
