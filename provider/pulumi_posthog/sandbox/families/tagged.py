"""Tags of insights, dashboards and definitions (posthog-api-analytics.md 1.4)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.ages import NEWEST_2026, generation
from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.family import Action, FamilyView
from pulumi_posthog.sandbox.rules.fields import AnyField, Field, writable
from pulumi_posthog.sandbox.rules.models import Project

MOST_IDS, MOST_TAGS = 500, 100
LONGEST = 255
CHANGES = ("add", "remove", "set")


def has_tags(project: Project) -> bool:
    """They are for payment until the newest servers."""
    return generation() >= NEWEST_2026 or project.organization.feature("tagging") is not None


def tags_of(row: Any) -> list[str]:
    """In no order."""
    return list(set(row.tags)) if has_tags(row.project) else []


def texts(**options: Any) -> AnyField:
    child = serializers.CharField(allow_blank=True, max_length=LONGEST)
    return serializers.ListField(child=child, **options)


def take_tags(values: dict[str, Any], row: Any) -> None:
    """In small letters, each once; null and the lack of the feature leave them as they are."""
    tags = values.pop("tags", None)
    if tags is not None and has_tags(row.project):
        values["tags"] = sorted({each.strip().lower() for each in tags})


TAGS: Field = writable("tags", texts, nullable=True, show=tags_of)
BULK = Action("post", "bulk_update_tags", "bulk_update_tags", of_one=False, scopes="write", ages=(2026, 2026))


class TaggedView(FamilyView):
    """Many objects get or lose tags at once."""

    def bulk_update_tags(self, request: Request, **_kwargs: Any) -> Response:
        """What is answered is a guess."""
        sent = request.data if isinstance(request.data, dict) else {}
        ids, change, tags = sent.get("ids"), sent.get("action"), sent.get("tags")
        if not isinstance(ids, list) or not 0 < len(ids) <= MOST_IDS:
            raise invalid("ids", f"From 1 to {MOST_IDS} ids are expected.")
        if change not in CHANGES:
            raise invalid("action", f'"{change}" is not a valid choice.', "invalid_choice")
        if (
            not isinstance(tags, list)
            or len(tags) > MOST_TAGS
            or not all(isinstance(each, str) for each in tags)
        ):
            raise invalid("tags", f"At most {MOST_TAGS} texts are expected.")
        rows = self.family.visible(self.family.rows_of(self.project))
        updated = []
        for row in rows.filter(pk__in=[each for each in ids if isinstance(each, int | str)]):
            before = set(row.tags)
            wanted = {
                "set": set(tags),
                "add": before | set(tags),
                "remove": before - {each.strip().lower() for each in tags},
            }[change]
            row.project = self.project
            self.family.change(row, {"tags": sorted(wanted)}, self.caller, request)
            updated.append({"id": row.pk, "tags": tags_of(row)})
        return Response({"updated": updated, "skipped": []})
