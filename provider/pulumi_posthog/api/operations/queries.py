"""Queries: what PostHog calculates from events and persons, by HogQL or a query node (posthog-api.md 10.2)."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pulumi_posthog.api.errors import ApiError, GaveUp, IncompleteRead, Invalid
from pulumi_posthog.api.operations.operation import Operations, below_project, operation
from pulumi_posthog.api.pacing import Patience
from pulumi_posthog.api.paging import Json

LONGEST: Final = 600.0  # seconds
LONGEST_GOODBYE: Final = 1.0  # seconds that cancelling a query may take


@dataclass(frozen=True)
class QueryResult:
    """A finished query: `rows` in PostHog's order, each a list with one value for each of `columns`.

    Of a node that is no table (a trend, a funnel) `columns` is empty and `rows` are its objects. `answer` is all
    that PostHog said; `more` whether it cut the rows off.
    """

    columns: tuple[str, ...]
    rows: tuple[Json, ...]
    more: bool
    answer: Mapping[str, Json] = field(repr=False)


class Queries(Operations):
    """Queries of a project: `Queries(client, project=42)`. A query changes nothing: a Reader may ask it."""

    PREFIXES = below_project("query")

    # Sent again after a lost answer it is the same query, by its own id.
    @operation(
        "POST",
        "",
        scope="query:read",
        answers=(200, 202),
        names={"asynchronous": "async"},
        repeatable=True,
    )
    def create(
        self,
        *,
        query: Mapping[str, Json],
        refresh: str | None = None,
        client_query_id: str | None = None,
        asynchronous: bool | None = None,
        filters_override: Mapping[str, Json] | None = None,
        variables_override: Mapping[str, Json] | None = None,
        name: str | None = None,
    ) -> Json:
        """Asks a query.

        `refresh` is blocking, async, lazy_async, force_blocking, force_async or force_cache; `asynchronous` is what
        servers had before it.
        """

    @operation("GET", "{id}/", scope="query:read", answers=(200, 202))
    def get(self, id: str) -> Json:
        """How far a query is, and its results when it is done."""

    @operation("DELETE", "{id}/", scope="query:read", answers=(200, 204))
    def cancel(self, id: str) -> Json:
        """Stops a query."""

    @operation(
        "POST",
        "chat/",
        scope=None,
        answers=(200,),
        since=2025,
        until=2025,
        instead="write the query yourself: `Queries.run`",
    )
    def chat(self) -> Json:
        """Asks the assistant for a query."""

    def run(
        self,
        query: str | Mapping[str, Json],
        *,
        within: float = LONGEST,
        refresh: str = "async",
        name: str | None = None,
        progress: Callable[[float], object] = lambda _seconds: None,
    ) -> QueryResult:
        """Asks a query and waits for its end: HogQL as a text, or a query node as the reference has it.

        `within` is in seconds, after which the query is cancelled, as it is on Ctrl-C; `progress` hears for how many
        seconds it has run. Raises Invalid with PostHog's words for a query that fails, GaveUp for one that takes too
        long, and as `get`.
        """
        node = {"kind": "HogQLQuery", "query": query} if isinstance(query, str) else query
        id_ = str(uuid.uuid4())
        patience = Patience(self.client.pace, within)
        try:
            return self.until(patience.deadline)._run(node, id_, patience, refresh, name, progress)
        except (GaveUp, KeyboardInterrupt):
            self._forget(id_)
            raise

    def _forget(self, id_: str) -> None:
        """Cancels a query that nobody waits for any more: PostHog runs only a few at a time.

        Takes a second at most: whoever pressed Ctrl-C does not wait for a server that does not answer.
        """

        def cancel() -> None:
            with contextlib.suppress(ApiError):
                self.until(self.client.pace.now() + LONGEST_GOODBYE).cancel(id_)

        thread = threading.Thread(target=cancel, name="posthog-cancel", daemon=True)
        thread.start()
        thread.join(LONGEST_GOODBYE)

    def _run(
        self,
        node: Mapping[str, Json],
        id_: str,
        patience: Patience,
        refresh: str,
        name: str | None,
        progress: Callable[[float], object],
    ) -> QueryResult:
        answer = self.create(query=node, refresh=refresh, client_query_id=id_, name=name)
        path = self._path(self.PREFIXES[0], f"{id_}/")
        while (status := status_of(answer)) is not None:
            if status.get("error") or status.get("error_message"):
                said = self.client.quoted(str(status.get("error_message") or "it failed, without a reason"))
                raise Invalid(f'PostHog could not carry out the query: "{said}"', method="GET", path=path)
            if status.get("complete"):
                answer = status.get("results")
                break
            progress(patience.waited)
            if not patience.wait():
                raise GaveUp(
                    f"the query did not end within {patience.limit:g} s and was cancelled",
                    method="GET",
                    path=path,
                    hint="ask for less (a shorter time, a LIMIT), or allow it more time",
                )
            told = status.get("id")
            answer = self.get(told if isinstance(told, str) and told.strip(".") else id_)
        return result_of(answer, path)


def status_of(answer: Json) -> Mapping[str, Json] | None:
    """The `query_status` in an answer; None for an answer that holds the results themselves."""
    status = answer.get("query_status") if isinstance(answer, dict) else None
    return status if isinstance(status, dict) else None


def result_of(answer: Json, path: str) -> QueryResult:
    """The results of a query that is done; raises IncompleteRead for what are none."""
    if isinstance(answer, list):
        answer = {"results": answer}
    rows = answer.get("results", answer.get("result")) if isinstance(answer, dict) else None
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list):
        raise IncompleteRead("the answer to the query has no results", method="GET", path=path)
    columns = answer.get("columns")
    return QueryResult(
        tuple(map(str, columns)) if isinstance(columns, Sequence) and not isinstance(columns, str) else (),
        tuple(rows),
        bool(answer.get("hasMore")),
        answer,
    )
