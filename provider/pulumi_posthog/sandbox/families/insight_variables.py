"""Variables that queries of insights name (posthog-api-analytics.md 10)."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.request import Request

from pulumi_posthog.sandbox.families.alert_objects import InsightVariable
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Family
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    ID,
    choice,
    flag,
    json,
    read_only,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.models import User
from pulumi_posthog.sandbox.rules.pagination import PageNumbers
from pulumi_posthog.sandbox.rules.representation import basic_user

TYPES = ("String", "Number", "Boolean", "List", "Date")
NOW = (2026, 2026)


def code_name_of(name: str) -> str:
    """Letters, digits, spaces and `_` stay; spaces become `_`; in small letters."""
    return re.sub(r"[^a-zA-Z0-9\s_]", "", name).replace(" ", "_").lower()


def options_of(given: Any) -> list[str]:
    """Scalars become texts; what is no list is none. 400 for objects."""
    if not isinstance(given, list):
        return []
    if any(isinstance(each, dict | list) for each in given):
        raise invalid("values", "Values must be texts or numbers.")
    return [str(each) for each in given]


class InsightVariables(Family):
    """Variables of a project; nothing of them is logged."""

    name = "insight_variables"
    model = InsightVariable
    scope = "insight_variable"
    title = "insight variable"
    keys_since = 2025
    pages = PageNumbers
    order = ("heap_position",)
    fields = (
        ID,
        writable("name", text, required=True, max_length=400),
        writable("type", choice, choices=TYPES, required=True),
        writable("default_value", json, nullable=True),
        writable("values", json, nullable=True),
        read_only("code_name"),
        writable("is_multi", flag, ages=NOW),
        writable("values_query", text, nullable=True, allow_blank=True, ages=NOW),
        writable("values_query_connection_id", text, nullable=True, allow_blank=True, ages=NOW),
        read_only("created_by", lambda row: basic_user(row.created_by)),
        CREATED_AT,
    )
    on_page = ("name", "code_name", "project", "type")

    def check(
        self, values: dict[str, Any], row: InsightVariable, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        if row._state.adding:
            row.code_name = code_name_of(values["name"])
            if InsightVariable.objects.filter(project=row.project, code_name=row.code_name).exists():
                raise invalid("code_name", "Variable with this code name already exists")
        if values.get("values") is not None:
            values["values"] = options_of(values["values"])
        if values.get("type", row.type) != "List":
            values |= {"is_multi": False, "values_query": None, "values_query_connection_id": None}
        return values

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        return {"name": name, "type": "String", **given}

    def filler(self, number: int, parent: Any) -> InsightVariable:
        return InsightVariable(
            project=parent, name=f"Variable {number:05}", code_name=f"variable_{number:05}", type="String"
        )


INSIGHT_VARIABLES = InsightVariables()
