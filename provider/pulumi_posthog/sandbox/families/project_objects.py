"""What families of objects that are filed in the project tree have in common (posthog-api-release.md 1)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.families.file_system.paths import file_object, unfile
from pulumi_posthog.sandbox.families.objects import ProjectObject
from pulumi_posthog.sandbox.families.ruled import READ_ONLY, RuledView
from pulumi_posthog.sandbox.rules.access import drop_rules
from pulumi_posthog.sandbox.rules.activity import object_feed
from pulumi_posthog.sandbox.rules.family import Action, Family
from pulumi_posthog.sandbox.rules.fields import Field, text, texts, writable
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.models import ActivityLog, User
from pulumi_posthog.sandbox.rules.switches import SWITCHES

FEEDS = (
    Action("get", "activity", "activity_of_all", of_one=False, scopes="activity_log:read"),
    Action("get", "activity", "activity", scopes="activity_log:read"),
)
FOLDER = writable("_create_in_folder", text, write_only=True, taken_on="create")


def tags_of(row: Any) -> list[str]:
    """In no order; none without the paid feature (1.3)."""
    return list(set(row.tags)) if row.project.organization.feature("tagging") is not None else []


TAGS: Field = writable("tags", texts, nullable=True, show=tags_of)
# What the activity log of an object does not have: where it stands in its table, and what has a scope of its own.
LEFT_OUT = ("tags", "type", "short_id", "uuid", "projectobject_ptr", "version")


class ObjectFamily(Family):
    """Objects with a row in the tree, deleted by `deleted`, and readable afterwards."""

    model: ClassVar[type[ProjectObject]]
    deletion = "not_offered"
    reads_deleted = True
    called_by_uuid: ClassVar[bool] = False
    """URLs and answers call them by `uuid`, whatever their key in the table is."""
    restored_word: ClassVar[str] = "restored"
    """What 2026 logs when a deletion is undone."""

    def taken_tags(self, values: dict[str, Any], row: Any) -> None:
        """Trimmed, in small letters; null and the lack of the feature leave them as they are."""
        tags = values.pop("tags", None)
        if tags is not None and row.project.organization.feature("tagging") is not None:
            values["tags"] = sorted({each.strip().lower() for each in tags})

    def after(self, row: Any, before: Any | None, user: User | None) -> None:
        if self.is_filed(row):
            file_object(row, user, getattr(row, "folder", None))
        elif before is not None:
            unfile(row.project, row.type, row.ref)

    def is_filed(self, row: Any) -> bool:
        return True

    def gone(self, row: Any, user: User | None) -> None:
        unfile(row.project, row.type, row.ref)
        drop_rules(row.project, row.type, row.key_of_rules)

    def delete_by_row(self, row: Any, user: User | None) -> None:
        """2026: what is behind the last row of the tree is deleted with it (posthog-api.md 7.8)."""
        self.delete(row, user)

    def saved(self, row: Any, before: Any | None, user: User | None) -> None:
        """2026 has words for a deletion and for its undoing; before, `deleted` is a field that changed."""
        self.after(row, before, user)
        if before is not None and row.deleted and not before.deleted:
            drop_rules(row.project, row.type, row.key_of_rules)
        what = "created" if before is None else "updated"
        if before is not None and before.deleted != row.deleted and SWITCHES.age >= 2026:
            what = "deleted" if row.deleted else self.restored_word
        self.write_log(row, before, self.acting(row, user), activity_=what)

    def acting(self, row: Any, user: User | None) -> User | None:
        """Whom the activity log names."""
        return user

    def log_id(self, row: Any) -> object:
        return row.key_of_rules if self.called_by_uuid else row.pk

    def log_name(self, row: Any) -> str | None:
        name: str | None = row.name
        return name


class ObjectView(RuledView):
    """Their endpoints: what access rules leave of them, and the feeds of activity."""

    family: ClassVar[ObjectFamily]

    @property
    def resource(self) -> str:
        return self.family.model.object_type

    def key_of(self, row: ProjectObject) -> str:
        return row.key_of_rules

    def id_of_url(self) -> uuid.UUID | int | None:
        if not self.family.called_by_uuid:
            return super().id_of_url()
        id_ = as_uuid(str(self.kwargs["id"]))
        rows = self.family.model._default_manager.filter(project=self.project, uuid=id_)
        return rows.values_list("pk", flat=True).first() if id_ else None

    def check_flag(self, row: ProjectObject | None) -> None:
        """2026: whoever changes a flag along with something else may edit the flag, too (1.2). Raises a 403."""
        if row is None or SWITCHES.age < 2026:
            return
        found = self.rules.object_access(self.who, row.type, row.key_of_rules, row.created_by_id)
        if found.level in READ_ONLY:
            raise PermissionDenied("You don't have sufficient permissions to modify the linked feature flag.")

    def target(self, sent: Any = None) -> Any:
        row = super().target(sent)
        row.asked_by = self.request
        return row

    def represent(self, row: Any) -> dict[str, Any]:
        row.project = self.project  # so that nobody reads it again
        item = super().represent(row)
        if self.asks_rules:
            item["user_access_level"] = self.level(row)
        return item

    def activity(self, request: Request, **_kwargs: Any) -> Response:
        return self.feed(request, item_id=str(self.family.log_id(self.target())))

    def activity_of_all(self, request: Request, **_kwargs: Any) -> Response:
        return self.feed(request)

    def feed(self, request: Request, **which: Any) -> Response:
        log = self.family.log
        scope = log.scope if log else ""
        rows = ActivityLog.objects.filter(scope=scope, team_id=self.project.pk, **which)
        return object_feed(request, rows)


def properties_in(value: Any) -> Iterable[dict[str, Any]]:
    """Every condition with a `type`, however deep."""
    if isinstance(value, list):
        for each in value:
            yield from properties_in(each)
    elif isinstance(value, dict):
        if "type" in value and "key" in value:
            yield value
        for each in value.values():
            yield from properties_in(each)


def cohort_ids_in(value: Any) -> set[int]:
    """The cohorts that conditions name."""
    found = set()
    for each in properties_in(value):
        if each["type"] == "cohort" and str(each.get("value")).isdigit():
            found.add(int(each["value"]))
    return found
