"""A family: a model, its fields and words. What all of them do is written here once.

From the list of families follow routes, the admin page, changes by hand, seeds, many objects at once, and the
activity log. A family is a subclass of `Family`; what is peculiar to it are its hooks, and actions with URLs of their
own on a subclass of `FamilyView`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules import activity
from pulumi_posthog.sandbox.rules.ages import ALWAYS, Ages, generation, within
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.fields import Field, shown_of
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import Organization, Project, User
from pulumi_posthog.sandbox.rules.pagination import Pages
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView

Filter = Callable[[QuerySet[Any], str, str], QuerySet[Any]]
"""rows, name of the parameter, its text -> the rows that are meant."""


def exact(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """The column has this value."""
    return rows.filter(**{name: sought})


def flagged(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """`true` or `false`; what is neither does not filter."""
    if sought.lower() in {"true", "false"}:
        return rows.filter(**{name: sought.lower() == "true"})
    return rows


def one_uuid(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """400 for what is no UUID."""
    if as_uuid(sought) is None:
        raise invalid(name, "Enter a valid UUID.")
    return rows.filter(**{name: as_uuid(sought)})


def one_moment(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """400 for what is no moment."""
    try:
        found = parse_datetime(sought)
    except ValueError:
        found = None
    if found is None:
        raise invalid(name, "Enter a valid date/time.")
    return rows.filter(**{name: found})


def one_user(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """By the number of the user; 400 for what is none."""
    if not sought.isascii() or not sought.isdigit():
        raise invalid(name, "Select a valid choice. That choice is not one of the available choices.")
    return rows.filter(**{f"{name}_id": int(sought)})


def uuids(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
    """Several, with commas between them."""
    parts = sought.split(",")
    ids = [id_ for each in parts if (id_ := as_uuid(each))]
    if len(ids) < len(parts):
        raise invalid(name, "Enter a valid UUID.")
    return rows.filter(pk__in=ids)


def search(*columns: str) -> Filter:
    """In any of the columns, whatever the case."""

    def filtered(rows: QuerySet[Any], _name: str, sought: str) -> QuerySet[Any]:
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__icontains": sought})
        return rows.filter(found)

    return filtered


def ordered_by(*columns: str) -> Filter:
    """One of the columns or several, `-` before it: descending."""
    known = {f"{sign}{name}" for name in columns for sign in ("", "-")}

    def ordered(rows: QuerySet[Any], name: str, sought: str) -> QuerySet[Any]:
        orders = sought.split(",")
        for order in orders:
            if order not in known:
                raise invalid(
                    name,
                    f"Select a valid choice. {order} is not one of the available choices.",
                    "invalid_choice",
                )
        return rows.order_by(*orders, "pk")

    return ordered


@dataclass(frozen=True)
class Action:
    """A URL of its own, below the collection or below one object; the view has a method of that name."""

    method: str
    path: str
    name: str
    of_one: bool = True
    ages: Ages = ALWAYS
    scopes: str = ""
    """What a key needs, such as `write`; empty: keys cannot call it (1.5)."""
    keys_since: int = 2024
    """Since which age keys can."""


@dataclass(frozen=True)
class Log:
    """How changes of a family appear in the activity log (8)."""

    scope: str
    ages: Ages = ALWAYS
    left_out: tuple[str, ...] = ()
    """Columns that are not logged."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Columns that have another name there."""
    change: str = "updated"
    """The word for a change."""


ALWAYS_LEFT_OUT = ("created_at", "created_by", "updated_at", "project", "organization")


class Family:
    """What PostHog calls a family of endpoints: list, one, create, change, delete."""

    name: ClassVar[str]
    """The last part of the collection's URL."""
    section: ClassVar[str] = ""
    """Its section of a seed file, where that is not its name."""
    named: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Fields of a seed file with the name of something: what kind it is of, and the field that is sent."""
    model: ClassVar[type[Model]]
    scope: ClassVar[str]
    """The noun of its scopes (1.3)."""
    resource: ClassVar[str] = ""
    """What access rules call the type of its objects; empty: there are no rules about them."""
    title: ClassVar[str]
    """What an object of it is called on the admin page and in bulk, in small letters."""
    fields: ClassVar[tuple[Field, ...]]
    ages: ClassVar[Ages] = ALWAYS
    parent: ClassVar[str] = "project"
    """`project` or `organization`: the column that says whose it is."""
    keys_since: ClassVar[int] = 2024
    """Since which age keys can call any of it; before, 403 (1.5)."""
    bucket: ClassVar[str] = ""
    """Which rate limits count its requests (1.8)."""
    pages: ClassVar[type[BasePagination]] = Pages
    """How its lists come in pages (1.7)."""
    under_environments: ClassVar[bool] = True
    """Whether it is served below /api/environments/, too."""
    order: ClassVar[tuple[Any, ...]] = ("-created_at", "pk")
    filters: ClassVar[Mapping[str, Filter]] = {}
    related: ClassVar[tuple[str, ...]] = ("created_by",)
    """What a list reads along."""
    methods: ClassVar[tuple[str, ...]] = ("list", "create", "retrieve", "partial_update", "update", "destroy")
    puts_whole: ClassVar[bool] = True
    """PUT wants all that is required; without it, it is a PATCH."""
    deletion: ClassVar[str] = "row"
    """`row`: it is gone. `marked`: `deleted` is set. `not_offered`: 405 without a body, `deleted` is a field."""
    reads_deleted: ClassVar[bool] = False
    """GET of one answers for a deleted one, too."""
    log: ClassVar[Log | None] = None
    actions: ClassVar[tuple[Action, ...]] = ()
    bare_list: ClassVar[bool] = False
    """A list is an array of everything, without pages."""
    permissions: ClassVar[tuple[type[BasePermission], ...]] = ()
    """What callers need on top of being in the organization and in the project."""
    on_page: ClassVar[tuple[str, ...]] = ("__str__", "project")
    """Columns of the admin page's list."""
    not_on_page: ClassVar[tuple[str, ...]] = ("created_by",)

    # What is peculiar to one family: hooks.

    def check(
        self, values: dict[str, Any], row: Any, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        """Values that were sent, as columns. `row` has its parent, and no key while it is made. Raises a 400."""
        return values

    def after(self, row: Any, before: Any | None, user: User | None) -> None:
        """What PostHog does along with it; `before` is None for a new row."""

    def gone(self, row: Any, user: User | None) -> None:
        """What PostHog does along with a deletion."""

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """What would be sent for an entry of a seed file."""
        return {"name": name, **given}

    def same(self, parent: Any, sent: dict[str, Any]) -> Any | None:
        """What the server has made by itself and an entry of a seed file means; None: there is no such."""
        return None

    def filler(self, number: int, parent: Any) -> Model:
        """One of many, not saved yet."""
        raise NotImplementedError

    def log_id(self, row: Any) -> object:
        """`item_id` in the activity log."""
        return row.pk

    def log_name(self, row: Any) -> str | None:
        """`detail.name` in the activity log."""
        return getattr(row, "name", None)

    def log_short_id(self, row: Any) -> str | None:
        """`detail.short_id` in the activity log."""
        return None

    def log_context(self, row: Any) -> dict[str, Any] | None:
        """`detail.context` in the activity log."""
        return None

    def log_type(self, row: Any) -> str | None:
        """`detail.type` in the activity log."""
        return None

    def logged(self, row: Any) -> dict[str, Any]:
        """Columns as the activity log shows them."""
        log = self.log
        assert log is not None  # noqa: S101 - for the type checker
        return {
            log.names.get(column.name, column.name): plain(getattr(row, column.attname))
            for column in row._meta.concrete_fields
            if column.name not in log.left_out
            and column.name not in ALWAYS_LEFT_OUT
            and not column.primary_key
        }

    def masked(self) -> tuple[str, ...]:
        """Columns of which the activity log only says that they changed."""
        return activity.SECRET_FIELDS

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that can be read."""
        if self.deletion == "row":
            return rows
        return rows.filter(deleted=False)

    def changeable(self, rows: QuerySet[Any], sent: Any) -> QuerySet[Any]:
        """Rows that an update finds."""
        return rows if self.deletion == "not_offered" else self.visible(rows)

    # The same for all.

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        """All of a project or organization, deleted ones too."""
        rows = self.model._default_manager.filter(**{self.parent: parent})
        return rows.select_related(*self.related).order_by(*self.order)

    def serializer(self) -> type[serializers.Serializer[Any]]:
        """What the running age takes."""
        return serializer_of(type(self), generation())

    def checked(self, sent: Any, *, partial: bool, making: bool = False) -> dict[str, Any]:
        """What was sent, field by field, less what is dropped. Raises a 400."""
        dropped = self.dropped(making=making)
        if dropped and isinstance(sent, Mapping):
            sent = {name: value for name, value in sent.items() if name not in dropped}
        given = self.serializer()(data=sent, partial=partial)
        if not making:
            for name in dropped & given.fields.keys():
                given.fields[name].required = False
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def dropped(self, *, making: bool) -> set[str]:
        """Fields that are not taken now, without a word."""
        other = "update" if making else "create"
        return {each.name for each in self.fields if each.taken_on == other}

    def create(
        self,
        parent: Any,
        sent: Any,
        user: User | None,
        request: Request | None = None,
        *,
        is_logged: bool = True,
        **columns: Any,
    ) -> Any:
        """Make one as if it had been sent; what the server makes by itself is not logged.

        `columns` are what nobody can send, such as whose flag it is.
        """
        row = self.model(**{self.parent: parent}, **columns)
        if any(column.name == "created_by" for column in self.model._meta.concrete_fields):
            row.created_by = user  # type: ignore[attr-defined] # the column was looked for
        values = self.check(self.checked(sent, partial=False, making=True), row, user=user, request=request)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        self.after(row, None, user)
        if is_logged:
            self.write_log(row, None, user, activity_="created")
        return row

    def change(
        self, row: Any, sent: Any, user: User | None, request: Request | None = None, *, partial: bool = True
    ) -> Any:
        """Change one as if it had been sent."""
        before = self.model._default_manager.get(pk=row.pk)
        values = self.check(self.checked(sent, partial=partial), row, user=user, request=request)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        self.saved(row, before, user)
        return row

    def delete(self, row: Any, user: User | None, *, for_good: bool = False) -> None:
        """As DELETE does it; `for_good`: as the page does it, which keeps nothing."""
        self.write_log(row, None, user, activity_="deleted")
        if self.deletion == "marked" and not for_good:
            row.deleted = True
            row.save()
        else:
            key = row.pk
            row.delete()
            row.pk = key  # Django takes it away, and `gone` needs it
        self.gone(row, user)

    def saved(self, row: Any, before: Any | None, user: User | None) -> None:
        """What follows a change, whoever made it."""
        self.after(row, before, user)
        changed = self.log.change if self.log else "updated"
        self.write_log(row, before, user, activity_="created" if before is None else changed)

    def write_log(self, row: Any, before: Any | None, user: User | None, *, activity_: str) -> None:
        """An entry, where the running age writes one; changes made by the server itself are not logged."""
        if self.log is None or not within(self.log.ages):
            return
        changes = (
            activity.changes(self.log.scope, self.logged(before), self.logged(row), self.masked())
            if before is not None
            else []
        )
        activity.log(
            scope=self.log.scope,
            activity=activity_,
            item_id=self.log_id(row),
            name=self.log_name(row),
            user=user,
            project=row.project if self.parent == "project" else None,
            organization=row.organization if self.parent == "organization" else None,
            changes=changes,
            type_=self.log_type(row),
            context=self.log_context(row),
            short_id=self.log_short_id(row),
        )

    def represent(self, row: Any, *, abbreviated: bool = False) -> dict[str, Any]:
        """One object of an answer."""
        shown = shown_of(type(self), self.fields, generation(), abbreviated=abbreviated)
        return {field.name: field.of(row) for field in shown}


SERIALIZERS: dict[tuple[type[Family], float], type[serializers.Serializer[Any]]] = {}


def serializer_of(family: type[Family], of_generation: float) -> type[serializers.Serializer[Any]]:
    """Built once for each generation, while the server is that."""
    found = SERIALIZERS.get((family, of_generation))
    if found is None:
        fields = {each.name: each.input() for each in family.fields if each.exists and each.build is not None}
        name = f"{family.__name__}{of_generation}"
        found = SERIALIZERS[family, of_generation] = type(name, (serializers.Serializer,), fields)
    return found


def plain(value: Any) -> Any:
    """A column's value, as JSON can hold it."""
    return value if isinstance(value, bool | int | float | str | list | dict | None) else str(value)


class FamilyView(PostHogView):
    """The endpoints of a family. The framework calls `list`, `create` and the others by their names."""

    family: ClassVar[Family]

    @property
    def parent(self) -> Project | Organization:
        """Whose objects are asked for."""
        return self.project if self.family.parent == "project" else self.organization

    @property
    def rate_bucket(self) -> str:
        return self.family.bucket

    def needed_scopes(self) -> list[str] | None:
        return None if SWITCHES.age < self.family.keys_since else super().needed_scopes()

    def target(self, sent: Any = None) -> Any:
        """The object of the URL. 404 for what is unknown, deleted, or another project's."""
        rows = self.family.rows_of(self.parent)
        changing = self.action in {"update", "partial_update"}
        if changing:
            rows = self.family.changeable(rows, sent)
        elif not (self.family.reads_deleted and self.action != "destroy"):
            rows = self.family.visible(rows)
        found = rows.filter(pk=id_).first() if (id_ := self.id_of_url()) is not None else None
        if found is None:
            raise NotFound
        setattr(found, self.family.parent, self.parent)  # so that nobody reads it again
        return found

    def id_of_url(self) -> uuid.UUID | int | None:
        """None for what cannot be an id."""
        given = str(self.kwargs["id"])
        if self.family.model._meta.pk.get_internal_type() == "UUIDField":
            return as_uuid(given)
        return int(given) if given.isascii() and given.isdigit() and len(given) <= 18 else None

    def filtered(self, request: Request) -> QuerySet[Any] | Sequence[Any]:
        """The rows that a list is asked for."""
        rows = self.family.visible(self.family.rows_of(self.parent))
        for name, filter_ in self.family.filters.items():
            if sought := request.query_params.get(name, ""):
                rows = filter_(rows, name, sought)
        return rows

    def represent(self, row: Any) -> dict[str, Any]:
        """One object of an answer, as the caller sees it."""
        return self.family.represent(row)

    def list(self, request: Request, **_kwargs: Any) -> Response:
        if self.family.bare_list:
            return Response([self.represent(row) for row in self.filtered(request)])
        rows = self.page(self.filtered(request))
        return self.page_response([self.represent(row) for row in rows])

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(self.represent(self.target()))

    def create(self, request: Request, **_kwargs: Any) -> Response:
        made = self.family.create(self.parent, request.data, self.caller, request)
        return Response(self.represent(made), status=201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        row = self.target(request.data)
        partial = partial or not self.family.puts_whole
        row = self.family.change(row, request.data, self.caller, request, partial=partial)
        return Response(self.represent(row))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **_kwargs: Any) -> HttpResponse:
        if self.family.deletion == "not_offered":
            return HttpResponse(status=405, headers={"Allow": "GET, PUT, PATCH, HEAD, OPTIONS"})
        self.family.delete(self.target(), self.caller)
        return Response(status=204)


def view_of(family: Family, base: type[FamilyView] = FamilyView) -> type[FamilyView]:
    """The view of a family: `base` with its words."""
    name = f"{type(family).__name__}View"
    words = {
        "__doc__": f"`/{family.name}/`: {(type(family).__doc__ or '').strip()}",
        "family": family,
        "scope_object": family.scope,
        "ages": family.ages,
        "pagination_class": family.pages,
        "further_permissions": (*base.further_permissions, *family.permissions),
        "serializer_class": family.serializer(),
        "urls_of_age": {each.name: each.ages for each in family.actions},
        "mapped_actions": {
            each.name: (each.keys_since, each.scopes) for each in family.actions if each.scopes
        },
    }
    return type(name, (base,), words)
