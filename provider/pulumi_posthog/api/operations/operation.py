"""An operation of PostHog's API, declared once: as the typed method that carries it out.

    class Persons(Operations):
        PREFIXES = below_project("persons")

        @operation("GET", "", scope="person:read")
        def list(self, *, search: str | None = None, limit: int | None = None) -> Json:
            '''Persons, a page of them.'''

The parameters say what travels where: names in braces into the path, those of GET and DELETE into the query, those
of POST, PATCH and PUT into the body. The table of all operations is read from these declarations.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, ClassVar, ParamSpec, Self, get_type_hints
from urllib.parse import quote

from pulumi_posthog.api import paging
from pulumi_posthog.api.client import Reader
from pulumi_posthog.api.errors import NotForKeys, NotFound
from pulumi_posthog.api.objects import Shape
from pulumi_posthog.api.paging import Json
from pulumi_posthog.api.request import query

P = ParamSpec("P")


def below_project(collection: str) -> tuple[str, ...]:
    """The two places of a project's collection; a server may have only one of them (posthog-api.md 15)."""
    return (f"/api/projects/{{project}}/{collection}/", f"/api/environments/{{project}}/{collection}/")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One row of the table.

    `path` is below each of `prefixes`. `scope` is what a personal API key needs, None where no scope opens the
    operation to it (posthog-api.md 1.5): then `instead` says what to do. `scoped_since` is the server age (year) from
    which there is that scope. `answers` are the good statuses, and `shape` says what a good answer is; another one is
    refused. `since` and `until` are the server ages that serve it.
    `repeatable`: carried out twice it does what it does once, so that it may be sent again when an answer is lost.
    `formats` are what PostHog can answer in; we ask for JSON alone, except for files.
    """

    name: str
    method: str
    path: str
    prefixes: tuple[str, ...]
    scope: str | None
    answers: tuple[int, ...]
    shape: Shape
    function: Callable[..., Json] = field(repr=False, compare=False)
    in_query: tuple[str, ...] = ()  # parameters of a write that travel in the query
    in_both: tuple[str, ...] = ()  # parameters that some servers read there and some in the body
    names: Mapping[str, str] = field(default_factory=dict)  # PostHog's, where Python cannot have them
    as_form: bool = False
    since: int = 2024
    until: int | None = None
    scoped_since: int = 2024
    repeatable: bool = False
    instead: str | None = None
    formats: tuple[str, ...] = ("json",)

    @property
    def doc(self) -> str:
        """What it does, in a line."""
        return (self.function.__doc__ or "").strip().split("\n")[0]

    @property
    def paths(self) -> tuple[str, ...]:
        """The whole path under each of its prefixes."""
        return tuple(prefix + self.path for prefix in self.prefixes)

    @functools.cached_property
    def types(self) -> Mapping[str, Any]:
        """The type of each parameter, by the method's own name for it."""
        hints = get_type_hints(self.function)
        return {name: hints[name] for name in list(inspect.signature(self.function).parameters)[1:]}

    @property
    def query_parameters(self) -> Mapping[str, Any]:
        """PostHog's names of what travels in the query, with their types."""
        return self._sent_in("query")

    @property
    def body_fields(self) -> Mapping[str, Any]:
        """PostHog's names of what travels in the body, with their types; `body` takes fields of any name."""
        return self._sent_in("body")

    def served_by(self, age: int) -> bool:
        """Whether a server of this age (year) has it."""
        return self.since <= age <= (self.until or age)

    def parts(self, arguments: Mapping[str, Json]) -> tuple[str, dict[str, Json], dict[str, Json]]:
        """Path, query and body of a call; what is None is left out. Raises ValueError for an id that is none."""
        names: dict[str, str] = {}
        query: dict[str, Json] = {}
        body: dict[str, Json] = {}
        for name, value in arguments.items():
            places = self._places(name)
            if "path" in places:
                names[name] = segment(name, value)
            elif value is None:
                continue
            elif name == "body":
                body |= value
            if "query" in places:
                query[self.names.get(name, name)] = value
            if "body" in places and name != "body":
                body[self.names.get(name, name)] = value
        return self.path.format(**names), query, body

    def _places(self, name: str) -> tuple[str, ...]:
        if name in {parameter for _, parameter, _, _ in Formatter().parse(self.path)}:
            return ("path",)
        if name == "target":
            return ()  # the place of a file on this machine
        if name in self.in_both:
            return ("query", "body")
        return ("query",) if self.method in ("GET", "DELETE") or name in self.in_query else ("body",)

    def _sent_in(self, place: str) -> Mapping[str, Any]:
        return {
            self.names.get(name, name): kind
            for name, kind in self.types.items()
            if place in self._places(name)
        }


def segment(name: str, value: Json) -> str:
    """A value as one part of a path; raises ValueError for what would make it another path."""
    text = str(value)
    if not text or text in (".", ".."):
        raise ValueError(f'{name} is "{text}": it must name one object')
    return quote(text, safe="@")


class Operations:
    """The operations of one part of PostHog's API, on a client and below one parent.

    `parents` fill the names of the prefixes: project=42, or organization="0191...". `limit`, `offset` and `page_size`
    count objects. A page is what PostHog answers: the objects under `results`, mostly with `count` and `next`. All
    methods raise as the client's own do, and NotForKeys, before anything is sent, for what no personal API key may do.
    """

    PREFIXES: ClassVar[tuple[str, ...]]

    def __init__(self, client: Reader, **parents: int | str) -> None:
        self.client = client
        self._parents = {name: segment(name, value) for name, value in parents.items()}
        self._found_below: str | None = None
        self._deadline: float | None = None

    def until(self, deadline: float) -> Self:
        """The same, with no request sent after `deadline`, on the clock of the client's pace: it raises GaveUp then."""
        bounded = copy.copy(self)
        bounded._deadline = deadline
        return bounded

    @classmethod
    def operations(cls) -> tuple[Operation, ...]:
        """Its rows of the table."""
        members = {name: member for each in reversed(cls.__mro__) for name, member in vars(each).items()}
        return tuple(member.row(cls) for member in members.values() if hasattr(member, "row"))

    def call(self, called: Operation, arguments: Mapping[str, Json]) -> Json:
        """Carries out an operation; returns PostHog's answer, None for an empty one.

        `arguments` are those of the method, by its own names for them. Raises as the client does, and NotForKeys.
        """
        path, query, body = called.parts(arguments)
        if called.scope is None:
            raise NotForKeys(
                "no personal API key may do this, whatever its scopes; nothing was sent",
                method=called.method,
                path=self._path(called.prefixes[0], path),
                hint=called.instead,
            )
        if "target" in called.types:
            target = arguments["target"]
            return self._below_either(
                called, lambda prefix: self.client.download(self._path(prefix, path), target)
            )
        answer = self._below_either(
            called,
            lambda prefix: self.client.send(
                called.method,
                self._path(prefix, path),
                params=query,
                body=body if called.method in ("POST", "PATCH", "PUT") else None,
                form=called.as_form,
                repeatable=called.repeatable,
                deadline=self._deadline,
            ),
        )
        # Carried out or not: of a write with such an answer nobody knows.
        written = called.method != "GET" and not called.scope.endswith(":read")
        where = self._path(self._found_below or called.prefixes[0], path)
        return called.shape.of(answer, called.method, where, written=written)

    def _below_either(self, called: Operation, send: Callable[[str], Json]) -> Json:
        """What `send` returns for the prefix that this server has.

        Which one that is shows when something is found there; until then, what is missing below the one is
        looked for below the other. "Not found" means that nothing was carried out.
        """
        known = self._found_below
        missing: NotFound | None = None
        for prefix in (known,) if known in called.prefixes else called.prefixes:
            try:
                answer = send(str(prefix))
            except NotFound as error:
                missing = missing or error
            else:
                self._found_below = prefix
                return answer
        if missing is None:
            raise ValueError(f"{called.name} has no prefix")
        raise missing

    def _path(self, prefix: str, path: str) -> str:
        return prefix.format(**self._parents) + path

    def _pages(self, list_: Callable[..., Json], **arguments: Json) -> Iterator[Json]:
        """The objects of a list one by one, page after page as far as they are asked for."""
        called: Operation = list_.row(type(self))  # type: ignore[attr-defined]
        path, first, _ = called.parts(arguments)

        where = self._path(called.prefixes[0], path)

        def page(params: Mapping[str, str]) -> Json:
            answer = self._below_either(
                called, lambda prefix: self.client.send("GET", self._path(prefix, path), params=params)
            )
            return called.shape.of(answer, "GET", where, written=False)

        return paging.follow(page, path=where, params=query(first))


def operation(
    method: str,
    path: str,
    *,
    scope: str | None,
    answers: tuple[int, ...] | None = None,
    shape: Shape | None = None,
    prefixes: tuple[str, ...] | None = None,
    **properties: Any,
) -> Callable[[Callable[P, Json]], Callable[P, Json]]:
    """Makes a method carry out what its declaration says; of its own it has only the docstring.

    The parameters are those of `Operation`. Without `answers` they are the usual ones: 201 to POST, 204 to DELETE,
    else 200. Without `shape` a method `list` answers with a page, a DELETE with anything, each other with an object.
    """
    usual = {"POST": 201, "DELETE": 204}.get(method, 200)

    def declare(function: Callable[P, Json]) -> Callable[P, Json]:
        signature = inspect.signature(function)
        natural = Shape.PAGE if function.__name__ == "list" else Shape.OBJECT
        answered = shape or (Shape.ANYTHING if method == "DELETE" else natural)

        rows: dict[type[Operations], Operation] = {}

        def row(family: type[Operations]) -> Operation:
            if family not in rows:
                rows[family] = made(family)
            return rows[family]

        def made(family: type[Operations]) -> Operation:
            return Operation(
                name=f"{family.__name__}.{function.__name__}",
                method=method,
                path=path,
                prefixes=prefixes or family.PREFIXES,
                scope=scope,
                answers=answers or (usual,),
                shape=answered,
                function=function,
                **properties,
            )

        @functools.wraps(function)
        def carry_out(*args: P.args, **kwargs: P.kwargs) -> Json:
            (_, family), *arguments = signature.bind(*args, **kwargs).arguments.items()
            return family.call(row(type(family)), dict(arguments))

        carry_out.row = row  # type: ignore[attr-defined]
        return carry_out

    return declare
