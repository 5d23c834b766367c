"""`/api/projects/{id}/hog_functions/` (2.1)."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.hog_functions.family import CONFIG, HOG_FUNCTIONS
from pulumi_posthog.sandbox.families.hog_functions.inputs import MASK
from pulumi_posthog.sandbox.families.hog_functions.models import HogFunction, living
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import FamilyView, view_of
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.switches import SWITCHES

LONGEST_SEARCH = 200


class OfHogFunctions(FamilyView):
    """What no other family has."""

    def needed_scopes(self) -> list[str] | None:
        """DELETE is unmapped since 2026 (2.1); before March 2025 only the page could call any of it (1)."""
        if self.action == "destroy" and SWITCHES.age >= 2026:
            return None
        return super().needed_scopes()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if SWITCHES.age < 2025:
            raise PermissionDenied("This action does not support Personal API Key access")

    def list(self, request: Request, **_kwargs: Any) -> Response:
        """Abbreviated; whole since 2026 with `full=true` (2.2)."""
        full = SWITCHES.age >= 2026 and request.query_params.get("full", "").lower() == "true"
        sought = request.query_params.get("search", "")
        items = []
        for row in self.page(self.filtered(request)):
            item = HOG_FUNCTIONS.represent(row, abbreviated=not full)
            if sought and SWITCHES.age >= 2026:
                exact = sought.lower() in f"{row.name} {row.description}".lower()
                item["search_match_type"] = "exact" if exact else "similar"
            items.append(item)
        return self.page_response(items)

    def filtered(self, request: Request) -> Any:
        """What is in JSON columns is looked for here, row by row."""
        rows: Any = super().filtered(request)
        asked = request.query_params
        if sought := asked.get("search", ""):
            if SWITCHES.age >= 2026 and len(sought) > LONGEST_SEARCH:
                raise invalid("search", f"Search is limited to {LONGEST_SEARCH} characters.")
            rows = [row for row in rows if sought.lower() in f"{row.name}\n{row.description}".lower()]
        for name in ("filters", "filter_groups"):
            if asked.get(name):
                try:
                    wanted = json.loads(asked[name])
                except ValueError as error:
                    raise invalid(name, f"Invalid JSON: {name}") from error
                groups = wanted if name == "filter_groups" and isinstance(wanted, list) else [wanted]
                rows = [row for row in rows if any(contains(row.filters, each) for each in groups)]
        return rows

    def create(self, request: Request, **kwargs: Any) -> Response:
        self.refuse_form(request)
        return super().create(request, **kwargs)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        self.refuse_form(request)
        # PUT never finds a deleted one (2.1).
        row = self.target(request.data if partial else None)
        row = HOG_FUNCTIONS.change(row, request.data, self.caller, request, partial=partial)
        return Response(HOG_FUNCTIONS.represent(row, raw=partial))

    def refuse_form(self, request: Request) -> None:
        """Forms are 500 in 2025 (2.8)."""
        if SWITCHES.age < 2026 and not (request.content_type or "").startswith("application/json"):
            raise Unhandled("a form")

    def rearrange(self, request: Request, **_kwargs: Any) -> Response:
        """All of the type in their new order, as a bare array (2.10)."""
        orders = request.data.get("orders") if isinstance(request.data, dict) else None
        if not orders:
            raise ValidationError("No orders provided")
        rows = {str(row.pk): row for row in living(self.project)}
        for id_, wanted in orders.items():
            if as_uuid(id_) is None or isinstance(wanted, bool) or not isinstance(wanted, int):
                raise Unhandled("not an id and a number")
            if id_ not in rows:
                raise ValidationError(f"HogFunction with id {id_} does not exist.")
        types = {rows[id_].type for id_ in orders}
        if len(types) > 1 and generation() >= LATER_2026:
            raise ValidationError("All functions must have the same type.")
        for id_, wanted in orders.items():
            before = HogFunction.objects.get(pk=id_)
            if before.execution_order != wanted:
                row = rows[id_]
                row.project, row.execution_order = self.project, wanted
                row.save()
                HOG_FUNCTIONS.write_log(row, before, self.caller, activity_="updated")
        ordered = HOG_FUNCTIONS.rows_of(self.project).filter(deleted=False, type__in=types)
        return Response([HOG_FUNCTIONS.represent(row) for row in ordered])

    def masked_secrets(self, request: Request, **_kwargs: Any) -> Response:
        """Functions whose secret is the text of a mask."""
        rows = HOG_FUNCTIONS.rows_of(self.project).filter(deleted=False)
        return Response(
            [
                HOG_FUNCTIONS.represent(row, abbreviated=True)
                for row in rows
                if any(each["value"] == MASK for each in row.encrypted_inputs.values())
            ]
        )

    def publish(self, request: Request, **_kwargs: Any) -> Response:
        """The draft becomes the function."""
        row = self.target()
        if row.draft is None:
            raise ValidationError("There is no draft to publish.")
        draft = {name: value for name, value in row.draft.items() if name in CONFIG}
        row.draft, row.draft_updated_at = None, None
        HOG_FUNCTIONS.change(row, draft, self.caller)
        return Response(HOG_FUNCTIONS.represent(row))

    def discard_draft(self, request: Request, **_kwargs: Any) -> Response:
        row = self.target()
        row.draft, row.draft_updated_at = None, None
        row.save()
        return Response(HOG_FUNCTIONS.represent(row))

    def invocations(self, request: Request, **_kwargs: Any) -> Response:
        """Nothing is run."""
        if self.kwargs["id"] != "new":
            self.target()
        return Response({"status": "skipped", "logs": [], "result": None, "errors": []})

    def logs(self, request: Request, **_kwargs: Any) -> Response:
        """Nothing ran."""
        self.target()
        return self.page_response(self.page([]))

    def metrics(self, request: Request, **_kwargs: Any) -> Response:
        self.target()
        return Response({"labels": [], "series": []})

    def totals(self, request: Request, **_kwargs: Any) -> Response:
        self.target()
        return Response({"totals": {}})

    def icons(self, request: Request, **_kwargs: Any) -> HttpResponse:
        """Keys never get here (1.5)."""
        raise NotFound

    enable_backfills = icons
    broadcast = icons


def contains(stored: Any, wanted: Any) -> bool:
    """Whether a JSON document has another one in it, as Postgres means it."""
    if isinstance(wanted, dict):
        return isinstance(stored, dict) and all(
            key in stored and contains(stored[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(stored, list) and all(
            any(contains(have, want) for have in stored) for want in wanted
        )
    return bool(stored == wanted)


VIEW = view_of(HOG_FUNCTIONS, OfHogFunctions)
