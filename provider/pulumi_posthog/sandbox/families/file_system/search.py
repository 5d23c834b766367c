"""Query parameters of the project tree -> which rows, in which order (7.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import BooleanField, Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Lower
from django.utils.dateparse import parse_datetime
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.file_system.models import FileSystem, FileSystemView
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.switches import SWITCHES

STORED_ORDERS = ("path", "-path", "created_at", "-created_at")
VIEWED_ORDERS = ("last_viewed_at", "-last_viewed_at")
TOKEN = re.compile(r'(?P<not>[-!])?(?:(?P<field>path|name|user|author|type|ref):)?(?P<text>"[^"]*"|\S+)')


@dataclass(frozen=True)
class Token:
    """One word of a search."""

    field: str | None
    text: str
    negated: bool


def tokens(search: str) -> list[Token]:
    """`name:board -type:folder "two words"`."""
    return [
        Token(found["field"], found["text"].strip('"'), bool(found["not"]))
        for found in TOKEN.finditer(search)
    ]


def condition(token: Token, caller: User, *, name_only: bool) -> Q:
    """What a row must look like for one word."""
    text = token.text
    if token.field == "type":
        # `hog_function/` asks for all kinds of it.
        found = Q(type__startswith=text) if text.endswith("/") else Q(type=text)
    elif token.field == "ref":
        found = Q(ref=text)
    elif token.field in {"user", "author"}:
        found = (
            Q(created_by=caller)
            if text == "me"
            else Q(created_by__first_name__icontains=text)
            | Q(created_by__last_name__icontains=text)
            | Q(created_by__email__icontains=text)
        )
    elif token.field == "name" or (token.field is None and name_only):
        found = Q(path__iregex=rf"(^|/)[^/]*{re.escape(text)}[^/]*$")
    else:
        found = Q(path__icontains=text)
    return ~found if token.negated else found


def filtered(rows: QuerySet[FileSystem], request: Request, caller: User) -> QuerySet[FileSystem]:
    """The exact filters, the prefix, the search."""
    asked = request.query_params
    if asked.get("depth", "").isdigit():
        rows = rows.filter(depth=int(asked["depth"]))
    if "path" in asked:
        rows = rows.filter(path=asked["path"])
    if asked.get("parent"):
        rows = rows.filter(path__startswith=f"{asked['parent']}/")
    if "type" in asked:
        rows = rows.filter(type=asked["type"])
    if "not_type" in asked:
        rows = rows.exclude(type=asked["not_type"])
    if "type__startswith" in asked:
        rows = rows.filter(type__startswith=asked["type__startswith"])
    if "ref" in asked:
        rows = rows.filter(ref=asked["ref"])
    for name in ("created_at__gt", "created_at__lt"):
        when = parse_datetime(asked[name].replace(" ", "+")) if name in asked else None
        if when:
            rows = rows.filter(**{name: when})
    name_only = SWITCHES.age >= 2026 and asked.get("search_name_only", "").lower() in {"true", "1"}
    for token in tokens(asked.get("search", "")):
        rows = rows.filter(condition(token, caller, name_only=name_only))
    return rows


def ordered(rows: QuerySet[FileSystem], request: Request, caller: User) -> QuerySet[FileSystem]:
    """By lower-cased path; folders first where one level is asked for."""
    wanted = request.query_params.get("order_by", "")
    if wanted in STORED_ORDERS:
        return rows.order_by(wanted, "id")
    if wanted in VIEWED_ORDERS:
        views = FileSystemView.objects.filter(
            project=OuterRef("project"), type=OuterRef("type"), ref=OuterRef("ref"), user=caller
        )
        rows = rows.annotate(last_viewed_at=Subquery(views.values("viewed_at")[:1]))
        return rows.order_by(wanted, Lower("path"), "id")
    if request.query_params.get("depth", "").isdigit():
        folder = When(type="folder", then=Value(False))
        return rows.annotate(is_item=Case(folder, default=Value(True), output_field=BooleanField())).order_by(
            "is_item", Lower("path"), "id"
        )
    return rows.order_by(Lower("path"), "id")
