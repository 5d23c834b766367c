"""Hog functions: destinations, transformations and site apps of today (2)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from pulumi_posthog.sandbox.families.file_system.paths import file_thing, unfile
from pulumi_posthog.sandbox.families.hog_functions import code, filters, inputs, shapes
from pulumi_posthog.sandbox.families.hog_functions.models import (
    INVISIBLE,
    TYPES,
    HogFunction,
    last_place,
    living,
)
from pulumi_posthog.sandbox.families.hog_functions.templates import BY_ID
from pulumi_posthog.sandbox.families.site_apps import recompute_inject_web_apps
from pulumi_posthog.sandbox.rules.activity import SECRET_FIELDS
from pulumi_posthog.sandbox.rules.ages import LATER_2026, generation
from pulumi_posthog.sandbox.rules.errors import StaleUpdate, Unhandled, invalid
from pulumi_posthog.sandbox.rules.family import (
    Action,
    Family,
    Log,
    flagged,
    one_moment,
    one_user,
    one_uuid,
)
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    ID,
    UPDATED_AT,
    choice,
    flag,
    integer,
    read_only,
    text,
    timestamp,
    writable,
)
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import Project, User
from pulumi_posthog.sandbox.rules.representation import moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES

MOST = {"transformation": 20, "transformation_log": 5}
"""So many enabled ones of a type, and these types have an order (2.10)."""
WITH_MAPPINGS = {"destination", "site_destination", None}
CONFIG = ("hog", "inputs_schema", "inputs", "filters", "mappings", "masking")
"""What a draft holds, and what `version` counts (2.12)."""
LATER = (LATER_2026, 2026)
LARGEST_ORDER = 32767
GEOIP = {
    "type": "transformation",
    "name": "GeoIP",
    "template_id": "template-geoip",
    "enabled": True,
    "execution_order": 1,
}


def nested(of_2025: type[serializers.Serializer[Any]], of_2026: type[serializers.Serializer[Any]]) -> Any:
    """The shape of the running age."""

    def build(**options: Any) -> Any:
        return of_2026(**options) if SWITCHES.age >= 2026 else of_2025(**options)

    return build


def types(**options: Any) -> Any:
    """A field with one of the types that the running age has."""
    known = [each for each in TYPES if each != "transformation_log" or generation() >= LATER_2026]
    return choice(known, **options)


def status_of(row: HogFunction) -> dict[str, int]:
    """2.13."""
    return {"state": row.state, "tokens": 10000} if row.enabled else {"state": 0, "tokens": 0}


class HogFunctions(Family):
    """Hog functions of a project."""

    name = "hog_functions"
    model = HogFunction
    scope = "hog_function"
    title = "hog function"
    ages = (2024, 2026)
    deletion = "not_offered"
    order = (F("execution_order").asc(nulls_last=True), "-updated_at", "pk")
    log = Log(
        "HogFunction",
        (2025, 2026),
        left_out=(
            "bytecode",
            "transpiled",
            "icon_url",
            "state",
            "is_managed",
            "plugin",
            "draft",
            "draft_updated_at",
        ),
        names={"execution_order": "priority"},
    )
    filters: ClassVar = {
        "enabled": flagged,
        "id": one_uuid,
        "created_by": one_user,
        "created_at": one_moment,
        "updated_at": one_moment,
        "type": lambda rows, _name, sought: rows.filter(type__in=sought.split(",")),
    }
    actions = (
        Action("patch", "rearrange", "rearrange", of_one=False, scopes="write", keys_since=2026),
        Action("get", "masked_secrets", "masked_secrets", of_one=False, scopes="read", ages=LATER),
        Action("get", "icons", "icons", of_one=False),
        Action("get", "icon", "icons", of_one=False),
        Action("post", "invocations", "invocations", scopes="write", keys_since=2026),
        Action("get", "logs", "logs", scopes="read", keys_since=2026),
        Action("get", "metrics", "metrics", scopes="read", keys_since=2026),
        Action("get", "metrics/totals", "totals", scopes="read", keys_since=2026),
        Action("post", "enable_backfills", "enable_backfills"),
        Action("post", "broadcast", "broadcast", ages=(2025, 2025)),
        Action("post", "publish", "publish", scopes="write", ages=LATER),
        Action("post", "discard_draft", "discard_draft", scopes="write", ages=LATER),
    )
    fields = (
        ID,
        writable("type", types, nullable=True),
        writable("name", text, nullable=True, max_length=400, allow_blank=True),
        writable("description", text, allow_blank=True),
        CREATED_AT,
        CREATED_BY,
        UPDATED_AT,
        writable("enabled", flag),
        writable("deleted", flag, write_only=True),
        writable("hog", text, allow_blank=True),
        read_only("bytecode", in_list=False),
        read_only("transpiled", in_list=False),
        writable(
            "inputs_schema",
            nested(shapes.InputsSchemaItem, shapes.InputsSchemaItemOf2026),
            nullable=True,
            many=True,
            in_list=False,
        ),
        writable(
            "inputs",
            serializers.DictField,
            nullable=True,
            in_list=False,
            show=lambda row: inputs.answered(row.inputs_schema, row.inputs, row.encrypted_inputs),
        ),
        writable("filters", nested(shapes.Filters, shapes.FiltersOf2026), nullable=True),
        writable(
            "mappings", nested(shapes.Mapping, shapes.MappingOf2026), nullable=True, many=True, in_list=False
        ),
        writable("masking", shapes.Masking, nullable=True, in_list=False),
        writable("icon_url", text, nullable=True, allow_blank=True),
        read_only("template", lambda row: BY_ID.get(row.template_id)),
        writable("template_id", text, nullable=True, max_length=400, write_only=True),
        read_only("status", status_of),
        writable("execution_order", integer, nullable=True, min_value=0, max_value=LARGEST_ORDER),
        writable("_create_in_folder", text, write_only=True, allow_blank=True),
        read_only("batch_export_id", lambda _row: None, ages=(2026, 2026), in_list=False),
        read_only("version", ages=LATER, in_list=False),
        read_only("draft", ages=LATER, in_list=False),
        read_only("draft_updated_at", lambda row: moment(row.draft_updated_at), ages=LATER),
        writable("base_updated_at", timestamp, write_only=True, nullable=True, ages=LATER),
    )
    on_page = ("__str__", "type", "project", "enabled", "execution_order", "deleted")

    def rows_of(self, parent: Any) -> QuerySet[Any]:
        """Some are seen nowhere here (2.3)."""
        return super().rows_of(parent).exclude(type=INVISIBLE)

    def changeable(self, rows: QuerySet[Any], sent: Any) -> QuerySet[Any]:
        """Only a PATCH with the JSON boolean false finds a deleted one (2.9); the view asks for PATCH."""
        restores = isinstance(sent, dict) and sent.get("deleted") is False
        return rows if restores else rows.filter(deleted=False)

    def represent(self, row: Any, *, abbreviated: bool = False, raw: bool = False) -> dict[str, Any]:
        """`raw` is what a PATCH answers: nested defaults are not filled in (2.8)."""
        item = super().represent(row, abbreviated=abbreviated)
        if not raw and not abbreviated:
            item["filters"] = shapes.complete_filters(item["filters"])
            item["inputs_schema"] = shapes.complete_schema(item["inputs_schema"])
            if row.is_for_sites:
                item["filters"].setdefault("bytecode", None)
        return item

    def check(
        self, values: dict[str, Any], row: HogFunction, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        made = row._state.adding
        row.folder_of_creation = values.pop("_create_in_folder", None)  # type: ignore[attr-defined] # for `after`
        base = values.pop("base_updated_at", None)
        if made:
            self.fill_from_template(values, row)
        else:
            self.check_change(values, row, base)
        self.check_enabling(values, row, is_agent=is_agent(request))
        if not made and is_agent(request) and row.enabled and row.type == "destination":
            drafted = {name: values.pop(name) for name in CONFIG if name in values}
            if drafted:
                values |= {"draft": {**(row.draft or {}), **drafted}, "draft_updated_at": timezone.now()}
        values = self.compiled(values, row)
        self.place(values, row)
        if not made:
            changed = any(
                values.get(name, stored) != stored
                for name in (*CONFIG, "encrypted_inputs")
                for stored in [getattr(row, name)]
            )
            values["version"] = row.version + bool(changed)
            if values.get("enabled", row.enabled) and row.state == 3:
                values["state"] = 2
        return values

    def fill_from_template(self, values: dict[str, Any], row: HogFunction) -> None:
        """What is absent or empty, and nothing but these fields (2.5)."""
        values.setdefault("type", "destination")
        row.type = values["type"]
        if (id_ := values.get("template_id")) is not None:
            template = BY_ID.get(id_)
            if template is None:
                raise invalid("template_id", f"No template found for id '{id_}'")
            if template["status"] == "hidden" and generation() >= LATER_2026:
                raise invalid("template_id", f"The template '{id_}' is not available.")
            for name, source in (
                ("hog", "code"),
                ("inputs_schema", "inputs_schema"),
                ("icon_url", "icon_url"),
                ("description", "description"),
                ("name", "name"),
            ):
                values[name] = values.get(name) or template[source]
        if not values.get("hog"):
            raise invalid("hog", "Required.")
        values["inputs_schema"] = values.get("inputs_schema") or []
        values["inputs"] = values.get("inputs") or {}
        if generation() >= LATER_2026:
            for item in values["inputs_schema"]:
                if item.get("required") and "default" in item and not item.get("secret"):
                    values["inputs"].setdefault(item["key"], {"value": item["default"]})

    def check_change(self, values: dict[str, Any], row: HogFunction, base: Any) -> None:
        """What a change may not be (2.4, 2.8, 2.11, 2.14)."""
        values.pop("template_id", None)
        if values.get("hog") == "":
            raise invalid("hog", "This field may not be blank.", "blank")
        for name in ("inputs_schema", "inputs"):
            if name in values and values[name] is None:
                raise invalid(name, "This field may not be null.", "null")
        if "type" in values and values["type"] != row.type:
            raise invalid("type", "Cannot modify the type of an existing function")
        if row.template_id is not None and row.template_id not in BY_ID:
            raise invalid("template_id", f"No template found for id '{row.template_id}'")
        if row.is_managed and generation() >= LATER_2026:
            raise invalid("filters", "This alert is managed through the alert API.")
        if base is not None and row.updated_at > base:
            raise StaleUpdate

    def check_enabling(self, values: dict[str, Any], row: HogFunction, *, is_agent: bool) -> None:
        """Who may be enabled at all in the later form of 2026 (2.5, 2.12)."""
        if generation() < LATER_2026 or not values.get("enabled") or row.enabled:
            return
        template = BY_ID.get(row.template_id or "")
        if template and template["status"] == "hidden":
            raise invalid("enabled", "Functions of this template cannot be enabled.")
        if row.draft is not None:
            raise invalid("enabled", "Publish or discard the draft first.")
        if row._state.adding and is_agent:
            raise invalid("enabled", "An agent creates functions that are disabled.")

    def compiled(self, values: dict[str, Any], row: HogFunction) -> dict[str, Any]:
        """All of it is checked and compiled anew, what was not sent too (2.8)."""
        later, made = generation() >= LATER_2026, row._state.adding
        enabled = values.get("enabled", row.enabled) and not values.get("deleted", row.deleted)
        values |= code.compiled(values.get("hog", row.hog), for_sites=row.is_for_sites, later=later)
        schema = values.get("inputs_schema", row.inputs_schema)
        if later and "inputs_schema" in values:
            schema = with_integration_keys(schema, row)
        owner = inputs.Owner(row.type, row.is_for_sites)
        sent = values.get("inputs", row.inputs)
        plain, hidden = inputs.checked(schema, sent or {}, row.encrypted_inputs, owner)
        found = values.get("filters", row.filters)
        found = dict(found or ({"source": "events"} if made or "filters" in values else {}))
        mappings = values.get("mappings", row.mappings)
        if "mappings" not in values and not made and SWITCHES.patch_clears_mappings:
            mappings = None
        if mappings and row.type not in WITH_MAPPINGS:
            raise invalid("mappings", "Mappings are only allowed for destinations.")
        if values.get("mappings") is not None:
            found = {key: value for key, value in found.items() if key not in {"events", "actions"}}
        found = filters.cleaned(found, row.type)
        if mappings is not None:
            mappings = filters.checked_mappings(mappings, row.project, row.type, for_sites=row.is_for_sites)
        masking = values.get("masking", row.masking)
        if masking is not None:
            if "hash" not in masking:
                raise Unhandled("masking has no hash")
            masking = {**masking, "bytecode": code.BYTECODE}
        return values | {
            "inputs_schema": schema,
            "inputs": plain,
            "encrypted_inputs": hidden,
            "filters": filters.compiled(
                found, row.project, for_sites=row.is_for_sites, must=enabled or not later
            ),
            "mappings": None if made and not mappings else mappings,
            "masking": masking,
        }

    def place(self, values: dict[str, Any], row: HogFunction) -> None:
        """Transformations have an order, and there are only so many (2.10)."""
        if row.type not in MOST:
            return
        made = row._state.adding
        restored = row.deleted and values.get("deleted") is False
        enabled = values.get("enabled", row.enabled)
        enabling = enabled and (made or not row.enabled or (restored and generation() >= LATER_2026))
        others = living(row.project).filter(type=row.type, enabled=True).exclude(pk=row.pk)
        most = MOST[row.type]
        if enabling and not values.get("deleted") and others.count() >= most:
            raise invalid(
                "type",
                f"Maximum of {most} enabled {row.type.replace('_', ' ')} functions allowed per team. "
                "Please disable one first.",
            )
        if restored or (values.get("execution_order") is None and (made or (enabled and not row.enabled))):
            values["execution_order"] = last_place(row)

    def after(self, row: HogFunction, before: HogFunction | None, user: User | None) -> None:
        if row.deleted:
            unfile(row.project, f"hog_function/{row.type}", str(row.pk))
        else:
            self.file(row, user)
        recompute_inject_web_apps(row.project)

    def file(self, row: HogFunction, user: User | None) -> None:
        """Its rows in the tree (2.3)."""
        file_thing(
            row.project,
            f"hog_function/{row.type}",
            str(row.pk),
            row.name or "Untitled",
            user,
            href=f"/pipeline/destinations/hog-{row.pk}/configuration",
            meta={"created_at": row.created_at.isoformat(), "created_by": row.created_by_id},
            folder=["Unfiled", TYPES.get(row.type or "", "Destinations")],
            path=getattr(row, "folder_of_creation", None),
        )

    def gone(self, row: HogFunction, user: User | None) -> None:
        unfile(row.project, f"hog_function/{row.type}", str(row.pk))
        recompute_inject_web_apps(row.project)

    def in_tree(self, type_: str, ref: str, project: Project) -> HogFunction | None:
        """What a row of the tree represents."""
        id_ = as_uuid(ref) if type_.startswith("hog_function/") else None
        return HogFunction.objects.filter(project=project, pk=id_).first() if id_ else None

    def log_type(self, row: HogFunction) -> str | None:
        """2026 says it in words (2.16)."""
        if generation() < 2026:
            return row.type
        return {"source_webhook": "source"}.get(row.type or "", (row.type or "").replace("_", " ")) or None

    def logged(self, row: HogFunction) -> dict[str, Any]:
        """There are versions only later in 2026."""
        columns = super().logged(row)
        if generation() < LATER_2026:
            del columns["version"]
        return columns

    def masked(self) -> tuple[str, ...]:
        more = ("inputs", "mappings") if generation() >= LATER_2026 else ()
        return (*SECRET_FIELDS, "encrypted_inputs", *more)

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """`template:` may represent `template_id`, and an input's value for the input."""
        sent = {"name": name, "enabled": True, **given}
        if "template" in sent:
            sent["template_id"] = sent.pop("template")
        sent["inputs"] = {
            key: value if isinstance(value, dict) and "value" in value else {"value": value}
            for key, value in (sent.get("inputs") or {}).items()
        }
        return sent

    def same(self, parent: Any, sent: dict[str, Any]) -> HogFunction | None:
        """The GeoIP transformation of a new project."""
        named = {"type": sent.get("type", "destination"), "name": sent["name"]}
        return living(parent).filter(**named).first()

    def filler(self, number: int, parent: Any) -> HogFunction:
        template = BY_ID["template-webhook"]
        return HogFunction(
            project=parent,
            name=f"Function {number:05}",
            template_id=template["id"],
            hog=template["code"],
            bytecode=code.BYTECODE,
            inputs_schema=template["inputs_schema"],
            inputs={
                "url": {"value": f"https://hooks.acme.io/{number}", "order": 0, "bytecode": code.BYTECODE}
            },
            filters={"source": "events", "bytecode": code.BYTECODE},
        )


def is_agent(request: Request | None) -> bool:
    """Programs that are marked so change only a draft (2.12)."""
    return (
        request is not None
        and generation() >= LATER_2026
        and request.headers.get("x-posthog-client", "").lower() == "mcp"
    )


def with_integration_keys(schema: list[dict[str, Any]], row: HogFunction) -> list[dict[str, Any]]:
    """They cannot be removed: what is missing comes from the stored schema, else from the template (2.6)."""
    template = BY_ID.get(row.template_id or "", {})
    known: dict[str, dict[str, Any]] = {}
    for item in (*template.get("inputs_schema", ()), *row.inputs_schema):
        known[item.get("key", "")] = {key: item[key] for key in shapes.INTEGRATION_KEYS if key in item}
    return [{**known.get(item.get("key", ""), {}), **item} for item in schema]


HOG_FUNCTIONS = HogFunctions()
