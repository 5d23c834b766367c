"""A field of a family: where it is stored, what may be sent for it, what is answered, in which ages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from pulumi_posthog.sandbox.rules.ages import ALWAYS, Ages, within
from pulumi_posthog.sandbox.rules.representation import basic_user, moment

AnyField = serializers.Field[Any, Any, Any, Any]
Build = Callable[..., AnyField]
Show = Callable[[Any], Any]


@dataclass(frozen=True)
class Field:
    """One key of the bodies that a family takes and gives.

    `build` makes the serializer field that checks what is sent; None: it cannot be written.
    `show` takes it from a row; by default, it is the column of that name.
    """

    name: str
    build: Build | None = None
    options: tuple[tuple[str, Any], ...] = ()
    required: bool = False
    nullable: bool = False
    ages: Ages = ALWAYS
    show: Show | None = None
    write_only: bool = False
    in_list: bool = True
    """Whether an abbreviated list has it."""
    taken_on: str = "both"
    """`create`: what is sent later is dropped. `update`: what is sent on a create is."""

    @property
    def exists(self) -> bool:
        """Whether the running age knows it."""
        return within(self.ages)

    def input(self) -> AnyField:
        """The field that checks what is sent."""
        assert self.build is not None  # noqa: S101 - for the type checker
        return self.build(required=self.required, allow_null=self.nullable, **dict(self.options))

    def of(self, row: Model) -> Any:
        """What is answered."""
        return self.show(row) if self.show is not None else getattr(row, self.name)


SHOWN: dict[tuple[type, float, bool], tuple[Field, ...]] = {}


def shown_of(
    family: type, fields: tuple[Field, ...], of_generation: float, *, abbreviated: bool
) -> tuple[Field, ...]:
    """What of a family's fields is answered: found once for each generation, while the server is that."""
    key = (family, of_generation, abbreviated)
    if key not in SHOWN:
        SHOWN[key] = tuple(
            each
            for each in fields
            if each.exists and not each.write_only and (each.in_list or not abbreviated)
        )
    return SHOWN[key]


def writable(name: str, build: Build, **rest: Any) -> Field:
    """A field that can be sent; what is left over are options of its serializer field."""
    words = ("required", "nullable", "ages", "show", "write_only", "in_list", "taken_on")
    known = {key: rest.pop(key) for key in words if key in rest}
    return Field(name, build, tuple(rest.items()), **known)


def read_only(name: str, show: Show | None = None, **rest: Any) -> Field:
    """A field that is only answered; what is sent for it is dropped (1.1)."""
    return Field(name, show=show, **rest)


def text(max_length: int | None = None, **options: Any) -> AnyField:
    return serializers.CharField(max_length=max_length, **options)


def texts(**options: Any) -> AnyField:
    return serializers.ListField(child=serializers.CharField(), **options)


def objects(**options: Any) -> AnyField:
    return serializers.ListField(child=serializers.DictField(), **options)


def flag(**options: Any) -> AnyField:
    return serializers.BooleanField(**options)


def json(**options: Any) -> AnyField:
    return serializers.JSONField(**options)


def choice(choices: Any, **options: Any) -> AnyField:
    return serializers.ChoiceField(choices=choices, **options)


LARGEST = 2**53


def integer(**options: Any) -> AnyField:
    """None that a column could not hold."""
    return serializers.IntegerField(**{"min_value": -LARGEST, "max_value": LARGEST, **options})


def integers(**options: Any) -> AnyField:
    return serializers.ListField(child=integer(), **options)


def timestamp(**options: Any) -> AnyField:
    return serializers.DateTimeField(**options)


ID = read_only("id", lambda row: str(row.pk))
"""A UUID."""
CREATED_AT = read_only("created_at", lambda row: moment(row.created_at))
UPDATED_AT = read_only("updated_at", lambda row: moment(row.updated_at))
CREATED_BY = read_only("created_by", lambda row: basic_user(row.created_by))
