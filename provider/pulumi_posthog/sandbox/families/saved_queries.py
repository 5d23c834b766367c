"""Views of the warehouse: queries under a name (posthog-api-analytics.md 9)."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.ruled import RuledView
from pulumi_posthog.sandbox.rules.access import drop_rules
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, Family, Log, search, view_of
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    ID,
    choice,
    flag,
    json,
    read_only,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.pagination import PageNumbersOfThousand
from pulumi_posthog.sandbox.rules.representation import instant
from pulumi_posthog.sandbox.rules.switches import SWITCHES

NOW = (2026, 2026)
FREQUENCIES = ("15min", "30min", "1hour", "6hour", "12hour", "24hour", "7day", "30day", "never")
NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$]*")
TABLES = {
    "events",
    "persons",
    "groups",
    "sessions",
    "cohort_people",
    "person_distinct_ids",
    "session_replay_events",
}
PLACEHOLDER = re.compile(r"\{\s*(filters|[^}]*)\b[^}]*\}")
WORDS = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$]*")


class SavedQuery(models.Model):
    """A query that others select from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_queries")
    name = models.CharField(max_length=128)
    description = models.TextField(blank=True, default="")
    query = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=list, blank=True)
    sync_frequency = models.CharField(max_length=10, null=True, blank=True)
    is_materialized = models.BooleanField(default=False)
    status = models.CharField(max_length=20, null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    latest_history_id = models.UUIDField(default=uuid.uuid4, editable=False)
    folder_id = models.CharField(max_length=40, null=True, blank=True)
    incremental = models.JSONField(null=True, blank=True)
    dag_id = models.CharField(max_length=400, null=True, blank=True)
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "Warehouse view"

    def __str__(self) -> str:
        return self.name


def living(project: Project) -> Any:
    """The views of a project that are not deleted."""
    return SavedQuery.objects.filter(project=project, deleted=False)


def names_in(query: Any) -> set[str]:
    """Every word of its SQL: those that are names of views are what it selects from."""
    sql = query.get("query") if isinstance(query, dict) else None
    return set(WORDS.findall(sql)) if isinstance(sql, str) else set()


def taken_query(given: Any) -> dict[str, Any]:
    """400 for what is no SQL, and for what only insights fill in."""
    if not isinstance(given, dict) or not isinstance(given.get("query"), str) or not given["query"].strip():
        raise ValidationError("Invalid query: a HogQLQuery with a query is expected")
    if given.get("kind") != "HogQLQuery":
        raise ValidationError("Invalid query: kind is HogQLQuery")
    if found := PLACEHOLDER.search(given["query"]):
        if found[1].startswith("variables"):
            raise ValidationError(f"Variables like {found[0]} are not allowed in views")
        raise ValidationError("Filters and placeholder expressions are not allowed in views")
    return given


def check_cycle(row: SavedQuery, name: str, query: dict[str, Any]) -> None:
    """No view selects from itself, however far around."""
    others = {each.name: each.query for each in living(row.project).exclude(pk=row.pk)}
    others[name] = query
    seen: set[str] = set()
    ahead = names_in(query) & others.keys()
    while ahead:
        each = ahead.pop()
        if each == name:
            raise ValidationError("Model contains a cycle")
        if each not in seen:
            seen.add(each)
            ahead |= names_in(others[each]) & others.keys()


class SavedQueries(Family):
    """Views of a project: POST of a name that is there changes it, and a query is changed with what was read last."""

    name = "warehouse_saved_queries"
    model = SavedQuery
    scope = "warehouse_view"
    resource = "warehouse_view"
    title = "warehouse view"
    keys_since = 2025
    deletion = "marked"
    pages = PageNumbersOfThousand
    log = Log("DataWarehouseSavedQuery", left_out=("columns", "status", "last_run_at", "latest_history_id"))
    filters: ClassVar = {"search": search("name")}
    actions = (
        *(
            Action("post", name, name, scopes="write", keys_since=2026)
            for name in ("run", "materialize", "revert_materialization")
        ),
        Action("post", "cancel", "cancel"),
        Action("post", "ancestors", "ancestors"),
        Action("post", "descendants", "descendants"),
    )
    fields = (
        ID,
        read_only("deleted"),
        writable("name", text, required=True, max_length=128),
        writable("query", json, required=True, in_list=False),
        writable("description", text, allow_blank=True, ages=NOW),
        CREATED_BY,
        CREATED_AT,
        writable("sync_frequency", choice, choices=FREQUENCIES, nullable=True, taken_on="update"),
        read_only("columns"),
        read_only("status"),
        read_only("last_run_at", lambda row: instant(row.last_run_at)),
        read_only("latest_error", lambda _row: None),
        writable("edited_history_id", text, nullable=True, write_only=True),
        read_only("latest_history_id", lambda row: str(row.latest_history_id), in_list=False),
        writable("soft_update", flag, nullable=True, write_only=True),
        writable("types", json, nullable=True, write_only=True),
        read_only("is_materialized"),
        writable("folder_id", text, nullable=True, ages=NOW),
        writable("incremental", json, nullable=True, ages=NOW),
        writable("dag_id", text, nullable=True, ages=NOW),
        read_only("managed_viewset_kind", lambda _row: None, ages=NOW),
        read_only("origin", lambda _row: "data_warehouse", ages=NOW),
    )
    on_page = ("name", "project", "sync_frequency", "is_materialized", "deleted")

    def check(
        self, values: dict[str, Any], row: SavedQuery, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        edited, soft = values.pop("edited_history_id", None), values.pop("soft_update", False)
        types = values.pop("types", None)
        name = values.get("name", row.name)
        if "name" in values and name != row.name:
            self.check_name(name, row)
        if "query" in values:
            values["query"] = taken_query(values["query"])
            locked = SWITCHES.age >= 2025 and not row._state.adding and not soft
            if locked and edited != str(row.latest_history_id):
                raise ValidationError("The query was modified by someone else.")
            check_cycle(row, name, values["query"])
            row.columns = types if isinstance(types, list) else []
        # Until 2025 whatever happens to it is history.
        if SWITCHES.age < 2026 or values.get("query", row.query) != row.query:
            row.latest_history_id = uuid.uuid4()
        if "sync_frequency" in values:
            given = values["sync_frequency"]
            values["sync_frequency"] = None if given == "never" else given
        return values

    def check_name(self, name: str, row: SavedQuery) -> None:
        """400 for a name that no table can have, or that one has."""
        if not NAME.fullmatch(name):
            raise invalid("name", "Names start with a letter, _ or $, then letters, digits, _ . $")
        if name in TABLES or living(row.project).exclude(pk=row.pk).filter(name=name).exists():
            raise invalid("name", f"A table or view named {name} exists already.")

    def delete(self, row: SavedQuery, user: User | None, *, for_good: bool = False) -> None:
        """Its name is free; 2026 refuses it while others select from it."""
        if SWITCHES.age >= 2026 and not for_good:
            others = [
                each.name
                for each in living(row.project)
                if row.name in names_in(each.query) and each.pk != row.pk
            ]
            if others:
                raise ValidationError(f"Views that depend on it: {', '.join(sorted(others))}")
        self.write_log(row, None, user, activity_="deleted")
        drop_rules(row.project, self.resource, str(row.pk))
        if for_good:
            row.delete()
            return
        row.name, row.deleted, row.sync_frequency = f"POSTHOG_DELETED_{row.pk}", True, None
        row.save()

    def filler(self, number: int, parent: Any) -> SavedQuery:
        return SavedQuery(
            project=parent, name=f"view_{number:05}", query={"kind": "HogQLQuery", "query": "select 1"}
        )


class SavedQueryView(RuledView):
    """`/api/projects/{id}/warehouse_saved_queries/`."""

    family: ClassVar[SavedQueries]

    def represent(self, row: Any) -> dict[str, Any]:
        """Lists of 2026 are short."""
        return self.family.represent(row, abbreviated=self.action == "list" and SWITCHES.age >= 2026)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """201 for a new one, 200 for a name that is there."""
        name = request.data.get("name") if isinstance(request.data, dict) else None
        there = living(self.project).filter(name=name).first() if isinstance(name, str) else None
        if there is None:
            return super().create(request, **kwargs)
        there.project = self.project
        self.refuse(there)
        sent = {key: value for key, value in dict(request.data).items() if key != "sync_frequency"}
        self.family.change(there, sent, self.caller, request, partial=False)
        return Response(self.represent(there), status=200)

    def run(self, _request: Request, **_kwargs: Any) -> Response:
        """Nothing is calculated."""
        row = self.target()
        row.status, row.last_run_at = "Completed", timezone.now()
        row.save()
        return Response(status=200)

    def materialize(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        given = request.data.get("sync_frequency") if isinstance(request.data, dict) else None
        wanted = given or "24hour"
        if wanted not in FREQUENCIES[:-1]:
            raise invalid("sync_frequency", f'"{wanted}" is not a valid choice.', "invalid_choice")
        row.is_materialized, row.sync_frequency = True, wanted
        row.status, row.last_run_at = "Completed", timezone.now()
        row.save()
        return Response(self.represent(row))

    def revert_materialization(self, _request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        row.is_materialized, row.sync_frequency, row.status, row.last_run_at = False, None, None, None
        row.save()
        return Response(self.represent(row))

    def cancel(self, _request: Request, **_kwargs: Any) -> Response:
        """Keys never get here, nor to the next two."""
        return Response(status=200)

    ancestors = descendants = cancel


SAVED_QUERIES = SavedQueries()
VIEW = view_of(SAVED_QUERIES, SavedQueryView)
