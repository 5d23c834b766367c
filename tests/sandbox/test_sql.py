"""The SQL of a query is the one that Django writes, also where part of it is remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.table import API


def written(rows: Any, *, by_django: bool = False) -> Any:
    """The SQL and its values, the columns that come with it, and how often the same form was written before."""
    from django.db import connection
    from django.db.models.sql.compiler import SQLCompiler

    kind = SQLCompiler if by_django else connection.ops.compiler("SQLCompiler")
    compiler = kind(rows.query.clone(), connection, "default")
    sql = compiler.as_sql()
    return sql, compiler.select, list(compiler.get_converters([each[0] for each in compiler.select]))


def queries() -> dict[str, Callable[[], Any]]:
    from django.db.models import Count, F, Q
    from django.db.models.functions import Lower

    from pulumi_posthog.sandbox.families.file_system.models import FileSystem
    from pulumi_posthog.sandbox.rules.models import Organization, OrganizationMembership, Project

    def people() -> Any:
        return OrganizationMembership.objects.select_related("user", "organization")

    return {
        "all": Project.objects.all,
        "conditions": lambda: Project.objects.filter(name="Web", pk__in=[1, 2]).exclude(name=None),
        "another condition": lambda: Project.objects.filter(Q(name="Shop") | Q(pk=3)),
        "a page": lambda: Project.objects.order_by("-name", "pk")[10:20],
        "another order": lambda: Project.objects.order_by("name", "pk"),
        "along with others": lambda: people().order_by("user__email"),
        "along with one": lambda: OrganizationMembership.objects.select_related("user"),
        "by another table": lambda: people().filter(user__email="bo@acme.io"),
        "by its absence": lambda: people().filter(user__current_organization=None),
        "nulls last": lambda: FileSystem.objects.order_by(F("href").asc(nulls_last=True)),
        "nulls first": lambda: FileSystem.objects.order_by(F("href").asc(nulls_first=True)),
        "downwards": lambda: FileSystem.objects.order_by(F("href").desc()),
        "small letters": lambda: FileSystem.objects.order_by(Lower("path"), "id"),
        "capital letters": lambda: FileSystem.objects.order_by("path", "id"),
        "few columns": lambda: Project.objects.only("name"),
        "other columns": lambda: Project.objects.defer("name"),
        "each once": lambda: Organization.objects.filter(memberships__level__gt=1).distinct(),
        "values": lambda: Project.objects.values_list("name", flat=True),
        "counted": lambda: Organization.objects.annotate(number=Count("memberships")),
    }


def test_it_is_what_django_writes_the_first_time_and_again(api: API) -> None:
    from pulumi_posthog.sandbox.server.sqlite.compiler import HEADS

    HEADS.clear()
    expected = {name: written(make(), by_django=True) for name, make in queries().items()}
    for _ in range(2):
        for name, make in queries().items():
            assert written(make()) == expected[name], name

    assert 10 < len(HEADS) < len(expected), "what is alike but for its conditions is remembered once"


def test_rows_come_with_what_belongs_to_them(api: API) -> None:
    for _ in range(2):
        found = list(queries()["along with others"]())
        assert [each.user.email for each in found] == sorted(each.user.email for each in found)
        assert {each.organization.name for each in found} == {"Acme"}


def test_the_forms_that_are_remembered_have_an_end(api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_posthog.sandbox.server.sqlite import compiler

    monkeypatch.setattr(compiler, "MOST", 3)
    compiler.HEADS.clear()
    for make in queries().values():
        written(make())
        assert len(compiler.HEADS) <= 3


def test_a_row_is_the_one_that_a_query_finds(api: API) -> None:
    from pulumi_posthog.sandbox.rules.models import Project, User
    from pulumi_posthog.sandbox.rules.row import row_of

    for model in (Project, User):
        for expected in model._default_manager.all():
            found = row_of(model, id=expected.pk)
            assert found == expected
            for field in model._meta.concrete_fields:
                assert getattr(found, field.attname) == getattr(expected, field.attname), field.name
    assert row_of(User, id=0) is None
