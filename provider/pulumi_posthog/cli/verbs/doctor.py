"""`pulumi-posthog doctor`: whether everything is there that a run needs; one line each, passed or what to do."""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from pulumi_posthog.cli import failures, terminal
from pulumi_posthog.cli.exits import Exit, worst
from pulumi_posthog.cli.machine import of_this_machine, of_variables
from pulumi_posthog.cli.options import DEFAULT_FILE, File, chosen
from pulumi_posthog.cli.readiness import Check, Outcome, failed, noted, passed, verdict
from pulumi_posthog.values.spelling import folded
from pulumi_posthog.values.text import plural

if TYPE_CHECKING:
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.kinds.model import Kind
    from pulumi_posthog.kinds.words import Lookup
    from pulumi_posthog.reconcile.live import Live


ADMIN = 8  # membership level (posthog-api.md 1.9)
SKEW = 60  # seconds: more, and times in reports do not fit those in PostHog
QUERY_SCOPE = "query:read"  # of health checks, by a query or by events (posthog-api.md 1.3)
SECONDS = 30  # that Pulumi may take to answer


def doctor(
    file: File = DEFAULT_FILE,
    *,
    form: Annotated[str, Option("--format", metavar="FORMAT", help="text or json.")] = "text",
) -> int:
    """Check that a run has all it needs.

    It checks key, host, organization, scopes, plan, clock, server, Python, Pulumi and its state. Status 3 if something
    is missing.
    """
    chosen("--format", form, ("text", "json"))
    checks = list(checked(file))
    exit_ = worst(check.exit for check in checks if check.outcome is Outcome.FAILED)
    if form == "json":
        rows = [
            {"name": each.name, "outcome": each.outcome.value, "said": each.said, "hint": each.hint}
            for each in checks
        ]
        terminal.write(
            json.dumps(
                {"version": 1, "exit_code": exit_, "verdict": verdict(checks), "checks": rows},
                indent=2,
                ensure_ascii=False,
            ),
            "json",
        )
    else:
        _show(checks)
    return exit_


def checked(file: Path) -> Iterator[Check]:
    """All checks; what needs something that is missing is left out."""
    environment = _of_environment()
    yield environment
    if environment.outcome is Outcome.FAILED:
        return
    yield from of_this_machine(file)
    desired = yield from _of_configuration(file)
    if desired is None:
        return
    yield from of_variables(desired, file.parent)
    live = yield from _of_key(desired)
    if live is not None:
        yield from _of_posthog(desired, live)


def _because(name: str, error: Exception) -> Check:
    failure = failures.of_api(error)
    return failed(name, failure.message, failure.hint, failure.exit)


def _of_environment() -> Check:
    """Whether proxies and certificates of the environment can be used; else no request can be sent."""
    from pulumi_posthog.api import BadSurroundings
    from pulumi_posthog.api.surroundings import PROXIES, context

    try:
        context()
    except BadSurroundings as error:
        return failed("environment", error.problem, error.hint, Exit.USAGE)
    # Names alone: a proxy's address may have a password in it.
    used = ", ".join(name for name in PROXIES if os.environ.get(name))
    return passed("environment", f"certificates can be read; {f'proxies by {used}' if used else 'no proxy'}")


def _of_program(name: str, file: Path) -> Generator[Check, None, Configuration | None]:
    """Of a program without YAML, what its stack last applied is in place of a configuration."""
    from pulumi_posthog.config.configuration import Configuration
    from pulumi_posthog.stack.remembered_configuration import NothingRemembered, remembered_configuration
    from pulumi_posthog.stack.state import StateError, settings_of, state_of

    source = f"stack {name}"
    try:
        try:
            desired = remembered_configuration(state_of(name, file.parent), source)
        except NothingRemembered:
            given = settings_of(name, file.parent)
            host = os.environ.get("POSTHOG_HOST") or given.get("host")
            organization = given.get("organization") or os.environ.get("POSTHOG_ORGANIZATION_ID")
            if not host or not organization:
                hint = "pulumi config set posthog:host https://eu.posthog.com, and posthog:organization <id>"
                yield failed("configuration", f"{source} does not say which organization", hint, Exit.USAGE)
                return None
            desired = Configuration(host=host, organization=organization, entries=(), file=source)
    except StateError as error:
        yield failed("configuration", f"there is no file {file.name}; {error}", error.hint, Exit.USAGE)
        return None
    count = plural(len(desired.entries), "object")
    yield passed("configuration", f"no file {file.name}; stack {name} last applied {count}")
    return desired


def _of_configuration(file: Path) -> Generator[Check, None, Configuration | None]:
    from pulumi_posthog import config
    from pulumi_posthog.cli.remembered import of_a_program
    from pulumi_posthog.values.problem import ConfigError

    if name := of_a_program(file):
        return (yield from _of_program(name, file))
    try:
        desired = config.load(file, environment=os.environ, offline=True)
    except ConfigError as error:
        more = f", and {len(error.problems) - 1} more" if len(error.problems) > 1 else ""
        first = error.problems[0]
        said = f"{first.where}: {first.message}" if first.where else first.message
        hint = "`pulumi-posthog validate` tells all" if more else first.hint
        yield failed("configuration", said + more, hint, Exit.USAGE)
        return None
    for name, value in (("host", desired.host), ("id", desired.organization)):
        if not value:
            yield failed(
                "configuration",
                f"{desired.file}: organization.{name} is not known",
                "set the variable that it comes from",
                Exit.USAGE,
            )
            return None
    yield passed("configuration", f"{desired.file}: {len(desired.entries):,} objects")
    return desired


def _of_key(desired: Configuration) -> Generator[Check, None, Live | None]:
    from pulumi_posthog.api import ApiError, Forbidden
    from pulumi_posthog.cli.client import live_for
    from pulumi_posthog.cli.look import address
    from pulumi_posthog.stack.state import StateError
    from pulumi_posthog.values.variables import KEY_VARIABLE

    try:
        live = live_for(*address(desired))
    except failures.Stop as stop:
        yield failed("key", stop.failure.message, stop.failure.hint, stop.failure.exit)
        return None
    except StateError as error:
        yield failed("key", str(error), error.hint, Exit.API if error.unreachable else Exit.USAGE)
        return None
    try:
        me = live.me()
        yield passed("key", f"{KEY_VARIABLE} is {me.get('email')}'s")
    except Forbidden:
        yield noted(
            "key", f"{KEY_VARIABLE} works; it may not say whose it is", "the scope user:read shows it"
        )
    except ApiError as error:
        yield _because("key", error)
        return None
    return live


def _of_posthog(desired: Configuration, live: Live) -> Iterator[Check]:
    from pulumi_posthog.api import ApiError, NotFound
    from pulumi_posthog.reconcile.unknown_organization import no_such_organization

    yield from clock(desired.host)
    try:
        organization = live.organization()
    except NotFound:
        problem = no_such_organization(live).problems[0]
        yield failed("organization", problem.message, problem.hint, Exit.USAGE)
        return
    except ApiError as error:
        yield _because("organization", error)
        return
    yield passed("organization", f"{organization.get('name')} ({desired.organization})")
    yield from _level(organization)
    yield from _scopes(desired, live)
    yield from _plan(desired, organization)
    try:
        yield from _age(desired, live)
        yield from _discontinued(desired, live)
    except ApiError as error:
        yield _because("server", error)
    sent = sum(live.reader.pace.sent.values())
    allowed = live.reader.pace.believed_per_minute
    yield passed("rate limit", f"{allowed:,} requests a minute; {sent} sent now")


def clock(host: str) -> Iterator[Check]:
    """PostHog's clock by the header `Date` of an answer to a request without a key."""
    from datetime import UTC, datetime

    request = urllib.request.Request(f"{host}/api/", method="GET")  # noqa: S310 - http or https, or no Configuration
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            date = answer.headers.get("Date")
    except urllib.error.HTTPError as answer:
        date = answer.headers.get("Date")  # a 404 has a date as well
    except (OSError, ValueError, http.client.HTTPException):
        return  # the next check says that, and better
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(str(date))).total_seconds()
    except (TypeError, ValueError):
        yield noted("clock", f"{host} does not say what time it is")
        return
    said = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {host}"
    yield noted("clock", said, "set this machine's clock") if abs(skew) > SKEW else passed("clock", said)


def _level(organization: Mapping[str, Any]) -> Iterator[Check]:
    level = organization.get("membership_level")
    names = {1: "a member", 8: "an admin", 15: "an owner"}
    if isinstance(level, int) and level < ADMIN:
        yield failed(
            "membership",
            f"the key's owner is {names.get(level, f'of level {level}')}",
            "roles and most project settings take an organization admin: use the key of one",
        )
    elif level is not None:
        yield passed("membership", f"the key's owner is {names.get(level, f'of level {level}')}")


def needed_scopes(desired: Configuration) -> tuple[str, ...]:
    """The least scopes that a configuration takes; x:write includes x:read (posthog-api.md 1.2)."""
    from pulumi_posthog.kinds import KINDS, LOOKUPS, NAMED
    from pulumi_posthog.kinds.lookups import MEMBER, PERSON
    from pulumi_posthog.reconcile import references
    from pulumi_posthog.reconcile.links import lookups_of

    scopes = {"organization:read", "user:read", "activity_log:read"}
    for entry in desired.entries:
        scopes |= {entry.kind.read_scope, entry.kind.write_scope, *entry.kind.also_scopes}
        if any(entry.kind.field(name).shuts_out for name in entry.fields):
            scopes.add(MEMBER.read_scope)  # who would be shut out
    if desired.erasures:
        scopes |= {PERSON.read_scope, PERSON.read_scope.replace(":read", ":write")}
    scopes |= {LOOKUPS[name].read_scope for name in references.needed(desired)}
    for name, _ in lookups_of(desired):
        scopes.add((NAMED.get(name) or KINDS[name]).read_scope)
    scopes |= {QUERY_SCOPE} if desired.checks else set()
    written = {scope.partition(":")[0] for scope in scopes if scope.endswith(":write")}
    return tuple(
        sorted(
            scope for scope in scopes if scope.endswith(":write") or scope.partition(":")[0] not in written
        )
    )


def _scopes(desired: Configuration, live: Live) -> Iterator[Check]:
    from pulumi_posthog.api import ApiError, Forbidden, NotFound

    needed = needed_scopes(desired)
    yield noted("scopes needed", ", ".join(needed))
    for scope, path in _probes(desired, live):
        try:
            live.reader.get(path, limit=1)
        except Forbidden as error:
            optional = scope == "activity_log:read"
            hint = f"add {scope} to the key" + (": drift could then say who changed what" if optional else "")
            said = error.detail or error.problem
            yield noted(scope, said, hint) if optional else failed(scope, said, hint)
        except NotFound:
            yield noted(scope, "this server has no such list", "it is older, or has it switched off")
        except ApiError as error:
            yield _because(scope, error)
        else:
            yield passed(scope, "may be read")
    writes = [scope for scope in needed if scope.endswith(":write")]
    if writes:
        yield noted("scopes to write", f"{', '.join(writes)}: not tried, because that would change something")


def _probes(desired: Configuration, live: Live) -> Iterator[tuple[str, str]]:
    """One list to read for each scope."""
    from pulumi_posthog.kinds import LOOKUPS, NAMED
    from pulumi_posthog.kinds.lookups import PERSON
    from pulumi_posthog.reconcile import references
    from pulumi_posthog.reconcile.links import lookups_of

    projects = live.organization().get("projects") or ()
    project = str(projects[0]["id"]) if projects else None
    done = {"organization:read", "user:read"}  # what came before took these
    sources: list[Kind | Lookup] = [entry.kind for entry in desired.entries]
    sources += [LOOKUPS[name] for name in sorted(references.needed(desired))]
    sources += [NAMED[name] for name in sorted({name for name, _ in lookups_of(desired)} & NAMED.keys())]
    sources += [PERSON] if desired.erasures else []
    for source in sources:
        if source.read_scope in done or ("{project}" in source.collection and project is None):
            continue
        done.add(source.read_scope)
        yield source.read_scope, live.path(source, {"project": project or ""})
    if project is not None and desired.checks:
        # A query is a POST, and the list of events takes the same scope.
        yield QUERY_SCOPE, f"/api/projects/{project}/events/"
    if project is not None:
        yield "activity_log:read", f"/api/projects/{project}/activity_log/"


def _plan(desired: Configuration, organization: Mapping[str, Any]) -> Iterator[Check]:
    """What the organization's plan includes of what the configuration uses (posthog-api.md 2.2)."""
    features = {each.get("key"): each for each in organization.get("available_product_features") or ()}
    kinds = {entry.kind.name for entry in desired.entries}
    if not features:
        yield noted("plan", "this server does not say what the plan includes")
        return
    if "project" in kinds:
        limit = features.get("organizations_projects", {"limit": 1}).get("limit")
        declared = {folded(entry.name) for entry in desired.entries if entry.kind.name == "project"}
        living = {folded(str(each.get("name"))) for each in organization.get("projects") or ()}
        number = len(declared | living)
        if limit is not None and number > limit:
            yield failed(
                "plan: projects",
                f"{number} projects with those declared, and the plan has {limit}",
                "declare fewer, or ask for a larger plan",
            )
        else:
            yield passed("plan: projects", f"{number} of {limit if limit is not None else 'any number'}")
    if "role" in kinds:
        if "role_based_access" in features:
            yield passed("plan: roles", "role-based access is included")
        else:
            yield noted(
                "plan: roles", "role-based access is not included", "roles are kept, and have no effect"
            )


def _age(desired: Configuration, live: Live) -> Iterator[Check]:
    """How old the server is, by the settings that its projects have."""
    age = live.age()
    if age is None:
        yield noted("server", "its age cannot be told without a project")
        return
    yield passed("server", f"answers like one of {age}" + (" or newer" if age >= 2026 else ""))
    for name, since in sorted(_newer_than(desired, age)):
        yield failed("server", f"{name} is declared", f"it takes a server of {since} or newer", Exit.USAGE)


def _discontinued(desired: Configuration, live: Live) -> Iterator[Check]:
    """The declared kinds of which this server makes no new object."""
    for kind in {entry.kind.name: entry.kind for entry in desired.entries}.values():
        given = kind.discontinued
        if given is None:
            continue
        answers = live.lookup(kind.field(given.field).refers_to or "")
        if any(given.sign in answer for answer in answers):
            hint = "those that exist can be managed: `pulumi-posthog adopt` tells which do"
            yield noted(kind.plural, given.words, hint)


def _newer_than(desired: Configuration, age: int) -> set[tuple[str, int]]:
    fields = {
        (f"{entry.kind.section}.{name}", entry.kind.field(name).since)
        for entry in desired.entries
        for name in entry.fields
    }
    kinds = {(entry.kind.section, entry.kind.since) for entry in desired.entries}
    return {(name, since) for name, since in fields | kinds if since > age}


def _show(checks: Iterable[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    marks = {
        Outcome.PASSED: ("ok  ", "green"),
        Outcome.NOTED: ("note", "yellow"),
        Outcome.FAILED: ("FAIL", "bold red"),
    }
    table = Table.grid(padding=(0, 1))
    for check in checks:
        table.add_row(Text(*marks[check.outcome]), Text.assemble((check.name, "bold"), f": {check.said}"))
        if check.hint:
            table.add_row("", Text.assemble(("hint: ", "cyan"), check.hint))
    terminal.show(table)
    terminal.show(Text(verdict(tuple(checks)), "bold"))
