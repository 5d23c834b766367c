"""Requests to PostHog -> its answers, or an ApiError that says what to do.

A Reader can send nothing but GET and the few other requests that change nothing, each by name; a Writer can
write, and never sends a POST twice unless it knows that the first did not arrive, or that two are as good as one.
"""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    wait_random_exponential,
)

from pulumi_posthog.api import paging, surroundings
from pulumi_posthog.api.clients import Clients
from pulumi_posthog.api.connection import Connection
from pulumi_posthog.api.errors import (
    HINTS,
    ApiError,
    GaveUp,
    IncompleteRead,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unauthorized,
    Unreachable,
    WriteRefused,
)
from pulumi_posthog.api.httpx_alone import httpx
from pulumi_posthog.api.objects import object_of
from pulumi_posthog.api.pacing import WORTH_SAYING, Pace, silent
from pulumi_posthog.api.paging import Json
from pulumi_posthog.api.receiving import Deadline, Dropped, TookTooLong, TooLarge, kept, received
from pulumi_posthog.api.refusal import looks_like_html, query_status, quoted, refusal
from pulumi_posthog.api.request import Files, Request, StopRetrying, TryAgain, encoded, only_reads, query
from pulumi_posthog.values.bounds import ANSWER_SECONDS, DOWNLOAD_SECONDS
from pulumi_posthog.values.masking import Mask

BACKOFF: Final = wait_random_exponential(multiplier=1, max=15)  # seconds: up to 1, 2, 4, 8
TIMEOUT: Final = 60.0  # seconds without a byte
CONNECT_TIMEOUT: Final = 10.0  # seconds

# 501, 505 and 512 (a query too expensive, posthog-api.md 1.6) would answer the same again. 408 is a proxy's
# "your request took too long to arrive".
NOT_AGAIN: Final = frozenset({501, 505, 512})
# Failures before the first byte of the request: nothing can have happened.
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Reader:
    """Reads PostHog, and can do nothing else. Safe to use from many threads at once.

    All readers and writers of a process should share one `pace`. `notify` gets a line of text for each wait of more
    than 3 seconds and each list that is read again. `timeout` is in seconds without a byte, `longest` in seconds for a
    whole answer; `transport` is for tests. Raises BadSurroundings for proxies or certificates that cannot be used.
    """

    METHODS: frozenset[str] = frozenset({"GET"})

    def __init__(
        self,
        connection: Connection,
        *,
        pace: Pace,
        notify: Callable[[str], object] = silent,
        timeout: float = TIMEOUT,
        longest: float = ANSWER_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        # Made once: each takes tens of milliseconds. Plain http needs none, and gets one that trusts nobody.
        encrypted = connection.encrypted and transport is None
        verify = surroundings.context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.connection = connection
        self.pace = pace
        self._notify = notify
        self._mask = Mask(connection.key)
        self._timeout = timeout
        self._longest = longest
        self._hints = HINTS
        if connection.key.startswith(("phc_", "phs_")):
            self._hints = {
                **HINTS,
                Unauthorized: "this is a key of a project; a personal API key begins with phx_",
            }
        self._clients = Clients(lambda: self._new_client(transport, verify))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._clients.close()

    def hide(self, *secrets: str) -> None:
        """Keeps these texts out of every message from now on."""
        self._mask.add(*secrets)

    def quoted(self, text: str) -> str:
        """PostHog's words, fit for our messages: without secrets, on one line, not too long."""
        return quoted(text, self._mask)

    def send(
        self,
        method: str,
        path: str,
        /,
        *,
        params: Mapping[str, Json] | None = None,
        body: Mapping[str, Json] | None = None,
        form: bool = False,
        repeatable: bool = False,
        deadline: float | None = None,
    ) -> Json:
        """Carries out an operation (`api.operations`); a Reader only those that change nothing.

        `repeatable` says that a POST may be sent again when its answer was lost; `deadline`, on the clock of
        `pace`, until when to wait for a turn. Raises as `get`, and for writes as `Writer.post` does; WriteRefused.
        """
        content: dict[str, Any] = {}
        if params:  # empty ones would make httpx drop a query that is part of the path
            content["params"] = query(params)
        if body is not None:
            content |= encoded(body, form=form, files=None)
        return self._send(method, path, repeatable=repeatable, deadline=deadline, **content)

    def download(self, path: str, target: IO[bytes], /) -> int:
        """Writes a file of PostHog's to `target`, piece by piece; returns its size in bytes.

        After a failure on the way it begins again, and so does `target`, which must be able to. Raises as `get`.
        """
        size = 0

        def keep(response: httpx.Response) -> None:
            nonlocal size
            size = 0
            target.seek(0)
            target.truncate()
            for piece in kept(response):
                size += target.write(piece)

        self._send("GET", path, keep=keep, headers={"Accept": "*/*"})
        return size

    def get(self, path: str, /, **params: str | int | bool | None) -> Json:
        """An object, as PostHog answers it. Parameters that are None are left out.

        Raises Refused and its kin for a no, IncompleteRead for half an answer, Unreachable for none, and GaveUp where
        waiting would take too long.
        """
        return self._get(path, query(params))

    def get_object(self, path: str, /, *, key: str | None = "id") -> Mapping[str, Json]:
        """An object that has its `key`, None for any; raises as `get`, and IncompleteRead for all other answers."""
        return object_of(self._get(path, {}), self._shown(path), key)

    def list_all(
        self,
        path: str,
        /,
        *,
        page_size: int | None = None,
        params: Mapping[str, str | int | bool | None] | None = None,
    ) -> list[Json]:
        """A whole list, each object once; raises as `get` does, and IncompleteRead if it does not add up.

        `page_size` None sends no `limit`: some lists of old servers fail on any parameter (posthog-api.md 4.3).
        """
        try:
            return paging.read_all(
                lambda page: self._get(path, page),
                path=self._shown(path),
                page_size=page_size,
                params=query(params or {}),
                on_pages=self.pace.expect,
                on_again=self._notify,
            )
        except KeyboardInterrupt:
            # Threads may be sitting out a rate limit, and Python would wait for them before it exits.
            self.pace.stop()
            raise

    def iterate(self, path: str, /, **params: str | int | bool | None) -> Iterator[Json]:
        """The objects of a feed with a cursor, page after page as they are asked for; raises as `list_all` does."""
        return paging.follow(lambda page: self._get(path, page), path=self._shown(path), params=query(params))

    def _new_client(self, transport: httpx.BaseTransport | None, verify: ssl.SSLContext) -> httpx.Client:
        return httpx.Client(
            base_url=self.connection.host,
            headers={
                "Authorization": f"Bearer {self.connection.key}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "User-Agent": self.connection.user_agent,
            },
            # A session cookie would be a second identity next to the key.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, CONNECT_TIMEOUT)),
            # With plain http to this machine a proxy from the environment would see the key.
            trust_env=self.connection.encrypted,
            follow_redirects=False,
            event_hooks={"request": [self._gate]},
            verify=verify,
            transport=transport,
        )

    def _get(self, path: str, params: Mapping[str, str]) -> Json:
        return self.send("GET", path, params=params)

    def _gate(self, request: httpx.Request) -> None:
        """The last check before the network, for every caller: no write from a reader, no key to another host."""
        path = request.url.path.removeprefix(urlsplit(self.connection.host).path)
        if request.method not in self.METHODS and not only_reads(request.method, path):
            raise WriteRefused(
                "this client only reads",
                method=request.method,
                path=self._shown(request.url.path),
                hint="nothing was sent; this is a bug, please report it",
            )
        ours = httpx.URL(self.connection.host)
        if (request.url.scheme, request.url.host, request.url.port) != (ours.scheme, ours.host, ours.port):
            raise WriteRefused(
                f"the key is for {ours.host} and is not sent to another host",
                method=request.method,
                path=self._shown(request.url.path),
            )

    def _send(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = False,
        keep: Callable[[httpx.Response], None] | None = None,
        deadline: float | None = None,
        **content: Any,
    ) -> Json:
        """Sends a request as often as is safe, and returns the JSON of the answer, None for an empty one."""
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError("a path begins with one slash: the host comes from the connection")
        sending = Request(method, path, content, repeatable, keep, deadline)
        about = (self.connection.host, "" if sending.writes else sending.text)
        self.pace.outage.check(*about)
        # Attempts to write that were not answered, and so may have been carried out.
        lost: list[ApiError] = []

        def say(state: RetryCallState) -> None:
            failure = state.outcome.exception() if state.outcome else None
            if isinstance(failure, TryAgain) and (failure.timed_out or state.upcoming_sleep > WORTH_SAYING):
                seconds = math.ceil(state.upcoming_sleep)
                self._notify(
                    f"{method} {self._shown(path)}: {failure.error.problem}: trying again in {seconds} s"
                )

        retrying = Retrying(
            stop=StopRetrying(),
            wait=BACKOFF,
            retry=retry_if_exception_type(TryAgain),
            sleep=self.pace.sleep,
            before_sleep=say,
            reraise=True,
        )
        try:
            return retrying(self._attempt, sending, lost)
        except TryAgain as failure:
            error = failure.error
            error.__cause__ = failure.__cause__
            self.pace.outage.ended(about[not isinstance(error.__cause__, NOT_SENT)], error)
        except ApiError as refused:
            error = refused
        if not lost:
            raise error
        if method == "DELETE" and isinstance(error, NotFound):
            return None  # an attempt whose answer was lost has deleted it
        # Even a clear no is no answer here: "the name is taken" may mean, by the attempt that seemed to fail.
        raise OutcomeUnknown(
            f"the answer was lost ({error.problem}), it may have been carried out",
            method=method,
            path=error.path,
            hint="look in PostHog before you try again",
            status=error.status,
            code=error.code,
            attr=error.attr,
            detail=error.detail,
            retry_after=error.retry_after,
        ) from error

    def _attempt(self, sending: Request, lost: list[ApiError]) -> Json:
        """One request and its answer. Raises TryAgain where that is safe and may help, else an ApiError."""
        method, path = sending.method, sending.path

        def failed(error: ApiError, *, again: bool = True, sent: bool = True) -> Exception:
            if sending.writes and sent:
                lost.append(error)
            return TryAgain(error) if again and (sending.may_be_sent_again or not sent) else error

        try:
            response = self._exchange(sending)
        except NOT_SENT as error:
            wrong_certificate = surroundings.has_wrong_certificate(error)
            raise failed(
                self._unreachable(method, path, error), again=not wrong_certificate, sent=False
            ) from error
        except httpx.DecodingError as error:
            raise failed(self._incomplete(method, path, "the answer is damaged")) from error
        except TooLarge as error:
            hint = "is `host` a PostHog server?"
            raise failed(self._incomplete(method, path, str(error), hint), again=False) from error
        except httpx.TransportError as error:
            raise failed(self._unreachable(method, path, error)) from error
        if response.is_success:
            if sending.keep is not None:
                return None
            try:
                return self._json(method, path, response)
            except TryAgain as cut:
                raise failed(cut.error) from cut
            except IncompleteRead as foreign:
                raise failed(foreign, again=False) from foreign
        refused = self._refusal(method, path, response)
        if response.status_code >= 500 or response.status_code == 408:
            again = response.status_code not in NOT_AGAIN and query_status(response.content) is None
            if again and sending.may_be_sent_again and refused.retry_after:
                # Maintenance, most likely: that concerns every request, not only this one.
                self.pace.of(sending.budget).pause(refused.retry_after)
            raise failed(refused, again=again)
        raise refused

    def _exchange(self, sending: Request) -> httpx.Response:
        """A request when its turn comes, and again for as long as the rate limit turns it away.

        That is safe for POST, too: PostHog counts requests before it carries anything out (posthog-api.md
        1.4).
        """
        method, path, keep = sending.method, sending.path, sending.keep
        pace = self.pace.of(sending.budget)
        while True:
            try:
                sent_at = pace.take(method, self._notify, sending.deadline)
            except GaveUp as error:
                raise GaveUp(error.problem, method=method, path=self._shown(path), hint=error.hint) from None
            deadline = Deadline(self._longest if keep is None else max(self._longest, DOWNLOAD_SECONDS))
            try:
                with (
                    self._clients.lent() as client,
                    deadline.of(client),
                    nullcontext() if sending.writes else pace.reading(deadline.drop),
                    client.stream(
                        method, path, extensions={"trace": deadline}, **sending.content
                    ) as response,
                ):
                    if keep is not None and response.is_success:
                        keep(response)
                    else:
                        received(response)
            except Dropped:
                raise GaveUp(
                    "stopped while waiting for the answer", method=method, path=self._shown(path)
                ) from None
            pace.server.note(response.headers.get("date"))
            self.pace.outage.over(self.connection.host)
            if response.status_code != 429:
                pace.answered()
                return response
            pace.rejected(sent_at, self._refusal(method, path, response).retry_after)

    def _json(self, method: str, path: str, response: httpx.Response) -> Json:
        """The JSON of a good answer. Raises TryAgain for half of it, IncompleteRead for a web page."""
        body = response.content
        if not body and method != "GET" and response.status_code != 201:
            return None
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            beginning = body[:200].decode("utf-8", errors="replace")
            if looks_like_html(beginning, response.headers.get("content-type", "")):
                raise self._incomplete(
                    method,
                    path,
                    "the answer is a web page, not PostHog's JSON",
                    hint="check `host`, and any proxy on the way",
                ) from error
            cut = self._incomplete(method, path, "the answer was cut short: it is not complete JSON")
            raise TryAgain(cut) from error

    def _refusal(self, method: str, path: str, response: httpx.Response) -> Refused:
        return refusal(
            method,
            self._shown(path),
            response.status_code,
            response.headers,
            response.content,
            mask=self._mask,
            hints=self._hints,
        )

    def _incomplete(self, method: str, path: str, problem: str, hint: str | None = None) -> IncompleteRead:
        return IncompleteRead(problem, method=method, path=self._shown(path), hint=hint)

    def _unreachable(self, method: str, path: str, error: httpx.TransportError) -> Unreachable:
        host = urlsplit(self.connection.host).netloc
        if isinstance(error, TookTooLong):
            problem = f"{host} did not answer in full within {error.seconds:g} s"
        elif isinstance(error, httpx.TimeoutException):
            allowed = min(self._timeout, CONNECT_TIMEOUT) if isinstance(error, NOT_SENT) else self._timeout
            problem = f"{host} did not answer within {allowed:g} s"
        else:
            problem = f"{host} cannot be reached: {quoted(str(error), self._mask) or type(error).__name__}"
        hint = "check `host` and the network"
        if surroundings.has_wrong_certificate(error):
            hint = "name the file of a company's own certificate authority in the variable SSL_CERT_FILE"
        return Unreachable(problem, method=method, path=self._shown(path), hint=hint)

    def _shown(self, path: str) -> str:
        """A path as messages show it: queries may hold anything, also a secret."""
        return quoted(path.partition("?")[0], self._mask)


class Writer(Reader):
    """Reads and writes PostHog. The body of a request has PostHog's names of fields and JSON values.

    All writes raise as `get`, and OutcomeUnknown where an answer was lost and it is not known what was done.
    """

    METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})

    def post(
        self, path: str, body: Mapping[str, Json], /, *, form: bool = False, files: Files | None = None
    ) -> Json:
        """Creates, or calls an action; returns the answer, None for an empty one.

        Sent once: a lost answer raises OutcomeUnknown, and it is for the caller to look. Only what certainly
        did not arrive, or was turned away by the rate limit, is sent again.
        """
        return self._send("POST", path, **encoded(body, form=form, files=files))

    def patch(
        self, path: str, body: Mapping[str, Json], /, *, form: bool = False, files: Files | None = None
    ) -> Json:
        """Changes the given fields; returns the answer.

        Raises OutcomeUnknown if an answer was lost and no attempt succeeded.
        """
        return self._send("PATCH", path, **encoded(body, form=form, files=files))

    def put(
        self, path: str, body: Mapping[str, Json], /, *, form: bool = False, files: Files | None = None
    ) -> Json:
        """Replaces an object; returns the answer. For the few places where the API demands it."""
        return self._send("PUT", path, **encoded(body, form=form, files=files))

    def delete(self, path: str, /) -> Json | None:
        """Deletes; returns the answer, if any. A repeated attempt that finds nothing is a success."""
        return self._send("DELETE", path)
