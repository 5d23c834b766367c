"""Queries: answered at once or in the background, cancelled, refused (10.2)."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.hogql.text import HogQLError
from pulumi_posthog.sandbox.rules.errors import Timeout, invalid
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

REFRESHES = ("blocking", "async", "lazy_async", "force_blocking", "force_async", "force_cache")
ASYNC = {"async", "lazy_async", "force_async"}
FORCED = {"force_blocking", "force_async"}
REMEMBERED = 1000


class QueryInput(serializers.Serializer[Any]):
    """10.2."""

    query = serializers.JSONField()
    refresh = serializers.JSONField(required=False, allow_null=True)
    client_query_id = serializers.CharField(required=False, allow_null=True)
    filters_override = serializers.JSONField(required=False, allow_null=True)
    variables_override = serializers.JSONField(required=False, allow_null=True)
    name = serializers.CharField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`async` is a word of Python's own."""
        return {**super().get_fields(), "async": serializers.BooleanField(required=False)}


@dataclass
class Run:
    """A query in the background. Its answer is made when it is due and somebody looks."""

    id: str
    project: int
    node: Mapping[str, Any]
    due: datetime
    started: datetime = field(default_factory=timezone.now)
    ended: datetime | None = None
    error_message: str | None = None
    results: dict[str, Any] | None = None

    @property
    def complete(self) -> bool:
        return self.ended is not None

    @property
    def runs(self) -> bool:
        """Whether it is under way: its time is not over, and nobody has ended it."""
        return not self.complete and timezone.now() < self.due

    def represented(self) -> dict[str, Any]:
        """`query_status` (10.2)."""
        return {
            "id": self.id,
            "team_id": self.project,
            "query_async": True,
            "complete": self.complete,
            "error": self.error_message is not None,
            "error_message": self.error_message,
            "results": self.results,
            "start_time": moment(self.started),
            "pickup_time": moment(self.started),
            "end_time": moment(self.ended),
            "expiration_time": None,
            "task_id": None,
            "query_progress": None,
            "labels": None,
            "insight_id": None,
            "dashboard_id": None,
        }


class Runs:
    """What runs, by project and id; the oldest are forgotten, as PostHog forgets them after a while."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.by_id: OrderedDict[tuple[int, str], Run] = OrderedDict()
        self.blocking: Counter[int] = Counter()
        self.answers: OrderedDict[str, tuple[float, dict[str, Any]]] = OrderedDict()

    def add(self, run: Run) -> None:
        """Remembers a query; 429 where too many of its project are under way."""
        with self.lock:
            self.check(run.project)
            self.by_id[run.project, run.id] = run
            while len(self.by_id) > REMEMBERED:
                self.by_id.popitem(last=False)

    def find(self, project: Project, id_: str) -> Run:
        """The query of that id; 404 for what is not remembered."""
        with self.lock:
            found = self.by_id.get((project.pk, id_))
        if found is None:
            raise NotFound(f"Query {id_} not found for team {project.pk}")
        return found

    def check(self, project: int) -> None:
        """429 without `Retry-After` where too many run (10.2)."""
        if not SWITCHES.query_concurrency:
            return
        background = sum(1 for run in self.by_id.values() if run.project == project and run.runs)
        if self.blocking[project] + background >= SWITCHES.query_concurrency:
            raise Throttled(detail="Exceeded maximum concurrency limit.")

    @contextmanager
    def one_more(self, project: int) -> Iterator[None]:
        """While somebody waits for an answer."""
        with self.lock:
            self.check(project)
            self.blocking[project] += 1
        try:
            yield
        finally:
            with self.lock:
                self.blocking[project] -= 1

    def forget(self) -> None:
        """As after the start."""
        with self.lock:
            self.by_id.clear()
            self.answers.clear()

    def keep(self, key: str, answer: dict[str, Any]) -> None:
        """Keeps an answer for who asks the same again."""
        with self.lock:
            self.answers[key] = (time.monotonic(), answer)
            while len(self.answers) > REMEMBERED:
                self.answers.popitem(last=False)

    def kept(self, key: str) -> dict[str, Any] | None:
        """An answer that is fresh enough to be given again."""
        with self.lock:
            at, answer = self.answers.get(key, (0.0, None))
        if answer is None or time.monotonic() - at >= SWITCHES.query_cache_seconds:
            return None
        return {**answer, "is_cached": True}


RUNS = Runs()


def answered(project: Project, node: Mapping[str, Any]) -> dict[str, Any]:
    """The response of a query that ran (10.2)."""
    # DuckDB and the parser are loaded by the first who asks: a start must not wait for them.
    from pulumi_posthog.sandbox.families import query_kinds

    found = query_kinds.answered(project, node)
    now, key = timezone.now(), cache_key(project, node)
    answer = {
        **found,
        "is_cached": False,
        "cache_key": key,
        "last_refresh": moment(now),
        "next_allowed_client_refresh": moment(now),
        "timezone": project.setting("timezone") or "UTC",
        "query_status": None,
        "error": None,
        "timings": None,
        "modifiers": None,
    }
    RUNS.keep(key, answer)
    return answer


def cache_key(project: Project, node: Mapping[str, Any]) -> str:
    """A text that is the same for the same query of the same project."""
    return f"cache_{project.pk}_{sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()}"


class QueryView(PostHogView):
    """`/api/{projects,environments}/{id}/query/`; reading is enough for all of it (10.2)."""

    scope_object = "query"
    serializer_class = QueryInput
    mapped_actions: ClassVar[Mapping[str, tuple[int, str]]] = {
        "create": (2024, "read"),
        "destroy": (2024, "read"),
    }
    urls_of_age: ClassVar[Mapping[str, tuple[int, int]]] = {"chat": (2024, 2025)}
    reads_only = True

    @property
    def rate_bucket(self) -> str:
        """HogQL has one of its own (1.8)."""
        body = self.request.data if self.request.method == "POST" else {}
        node = body.get("query") if isinstance(body, Mapping) else None
        return "hogql" if isinstance(node, dict) and node.get("kind") == "HogQLQuery" else "analytics"

    def create(self, request: Request, **_kwargs: Any) -> Response:
        given = QueryInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        node = values["query"]
        if isinstance(node, str):
            try:
                node = json.loads(node)
            except ValueError as error:
                raise invalid("query", "Not an object of JSON.") from error
        if not isinstance(node, dict) or not isinstance(node.get("kind"), str):
            raise invalid("query", "Unable to extract tag using discriminator 'kind'")
        for name in ("filters_override", "variables_override"):
            if values.get(name):
                raise ValidationError(f"The sandbox does not understand {name}. (PostHog may.)")
        id_ = values.get("client_query_id") or uuid.uuid4().hex
        refresh = values.get("refresh")
        kept = RUNS.kept(cache_key(self.project, node))
        if kept is not None and refresh not in FORCED and refresh is not True:
            # Whoever asked in the background has the answer at once, too.
            return Response(kept)
        if self.is_async(values):
            return self.begin(node, id_)
        return Response(self.wait(node))

    def is_async(self, values: Mapping[str, Any]) -> bool:
        """Whether to answer before the query has ended; 400 for a `refresh` that is none."""
        refresh = values.get("refresh")
        if refresh is None or isinstance(refresh, bool):
            return bool(values.get("async"))
        if refresh not in REFRESHES:
            raise invalid("refresh", f'"{refresh}" is not a valid choice.', "invalid_choice")
        return refresh in ASYNC

    def wait(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """Blocking: as long as it takes, but not for ever."""
        with RUNS.one_more(self.project.pk):
            time.sleep(min(SWITCHES.query_seconds, SWITCHES.query_timeout_seconds))
            if SWITCHES.query_seconds > SWITCHES.query_timeout_seconds:
                raise Timeout
            try:
                return answered(self.project, node)
            except HogQLError as error:
                raise ValidationError(str(error)) from error

    def begin(self, node: Mapping[str, Any], id_: str) -> Response:
        """In the background: 202, whatever it will come to."""
        due = timezone.now() + timedelta(seconds=SWITCHES.query_seconds)
        run = Run(id_, self.project.pk, node, due)
        RUNS.add(run)
        return Response({"query_status": run.represented()}, status=202)

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        """200 done, 202 running, 400 failed (10.2)."""
        run = RUNS.find(self.project, self.kwargs["id"])
        if not run.complete and not run.runs:
            finish(run, self.project)
        code = 400 if run.error_message is not None else 200 if run.complete else 202
        return Response({"query_status": run.represented()}, status=code)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Cancel. The reference says 204, newer servers answer 200 (10.2)."""
        run = RUNS.find(self.project, self.kwargs["id"])
        if not run.complete:
            run.ended, run.error_message = timezone.now(), "Query was cancelled"
        if SWITCHES.age < 2026:
            return Response(status=204)
        return Response({"message": "Query task cancelled"})

    def chat(self, request: Request, **_kwargs: Any) -> Response:
        """A conversation needs a language model: the sandbox has none, and only old unrestricted keys get here."""
        raise ValidationError("The sandbox does not chat.")


def finish(run: Run, project: Project) -> None:
    """Keep the answer, or why there is none."""
    try:
        run.results = answered(project, run.node)
    except HogQLError as refusal:
        run.error_message = str(refusal)
    except APIException as failure:
        run.error_message = str(failure.detail)
    run.ended = timezone.now()
