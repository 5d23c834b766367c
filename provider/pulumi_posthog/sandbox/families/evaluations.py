"""Evaluations: managed like the other kinds, but DELETE is not offered: `deleted` is set instead (10.4)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from pulumi_posthog.sandbox.rules.access import drop_rules
from pulumi_posthog.sandbox.rules.ages import generation
from pulumi_posthog.sandbox.rules.family import Family, flagged, ordered_by, search, uuids
from pulumi_posthog.sandbox.rules.fields import (
    CREATED_AT,
    CREATED_BY,
    ID,
    UPDATED_AT,
    choice,
    flag,
    json,
    text,
    writable,
)
from pulumi_posthog.sandbox.rules.models import User

# Which configurations go together (10.4): what is judged by, what comes out.
COMBINATIONS = {("llm_judge", "boolean")}


class Evaluation(models.Model):
    """A judgement about generations of language models (10.4); holds the fields of both generations."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("sandbox.Project", on_delete=models.CASCADE, related_name="evaluations")
    name = models.CharField(max_length=400)
    description = models.TextField(blank=True, default="")
    enabled = models.BooleanField(default=False)
    evaluation_type = models.CharField(max_length=50, default="llm_judge")
    evaluation_config = models.JSONField(default=dict, blank=True)
    output_type = models.CharField(max_length=50, default="boolean")
    output_config = models.JSONField(default=dict, blank=True)
    conditions = models.JSONField(default=list, blank=True)
    deleted = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        "sandbox.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "Evaluation"

    def __str__(self) -> str:
        return self.name


def checked_config(kind: str, output: str, config: Any) -> dict[str, Any]:
    """A judge has a prompt; what else is in there is dropped."""
    if (kind, output) not in COMBINATIONS:
        raise serializers.ValidationError({"config": f"Unsupported combination: {kind} + {output}"})
    prompt = config.get("prompt") if isinstance(config, dict) else None
    if not isinstance(prompt, str) or not prompt.strip():
        raise serializers.ValidationError(
            {"config": f"Invalid config for {kind}/{output}: Prompt cannot be empty"}
        )
    return {"prompt": prompt.strip()}


class Evaluations(Family):
    """Evaluations of a project; 2025 has a prompt, 2026 a configuration."""

    name = "evaluations"
    model = Evaluation
    scope = "evaluation"
    resource = "evaluation"
    title = "evaluation"
    ages = (2025, 2026)
    deletion = "not_offered"
    filters: ClassVar = {
        "enabled": flagged,
        "id__in": uuids,
        "search": search("name", "description"),
        "order_by": ordered_by("created_at", "updated_at", "name"),
    }
    fields = (
        ID,
        writable("name", text, required=True, max_length=400),
        writable("description", text, allow_blank=True),
        writable("enabled", flag),
        writable(
            "prompt",
            text,
            required=True,
            ages=(2025, 2025),
            show=lambda row: row.evaluation_config.get("prompt", ""),
        ),
        writable("evaluation_type", choice, required=True, ages=(2026, 2026), choices=("llm_judge",)),
        writable("evaluation_config", json, ages=(2026, 2026)),
        writable("output_type", choice, required=True, ages=(2026, 2026), choices=("boolean",)),
        writable("output_config", json, ages=(2026, 2026)),
        writable("conditions", json),
        CREATED_AT,
        UPDATED_AT,
        CREATED_BY,
        writable("deleted", flag),
    )
    on_page = ("name", "project", "enabled", "deleted")

    def check(
        self, values: dict[str, Any], row: Evaluation, *, user: User | None, request: Request | None
    ) -> dict[str, Any]:
        """Both configurations are looked at only when both are sent, as the server does."""
        if "prompt" in values:
            values["evaluation_config"] = {"prompt": values.pop("prompt")}
        elif "evaluation_config" in values and "output_config" in values:
            kind, output = values.get("evaluation_type"), values.get("output_type")
            if kind and output:
                values["evaluation_config"] = checked_config(kind, output, values["evaluation_config"])
                if not isinstance(values["output_config"], dict):
                    raise serializers.ValidationError({"config": "output_config is an object"})
        if not isinstance(values.get("conditions", []), list):
            raise ValidationError({"conditions": ["Expected a list of conditions."]})
        return values

    def after(self, row: Evaluation, before: Any | None, user: User | None) -> None:
        if before is not None and row.deleted and not before.deleted:
            drop_rules(row.project, self.resource, str(row.pk))

    def from_seed(self, name: str, given: dict[str, Any], parent: Any) -> dict[str, Any]:
        """In the fields of either generation."""
        prompt = str((given.get("evaluation_config") or given).get("prompt") or "")
        common = {
            key: value for key, value in given.items() if key in {"description", "enabled", "conditions"}
        }
        sent = {"name": str(given.get("name") or name), **common}
        if generation() < 2026:
            return {**sent, "prompt": prompt}
        return {
            **sent,
            "evaluation_type": given.get("evaluation_type") or "llm_judge",
            "evaluation_config": {"prompt": prompt},
            "output_type": given.get("output_type") or "boolean",
            "output_config": given.get("output_config") or {},
        }

    def filler(self, number: int, parent: Any) -> Evaluation:
        return Evaluation(
            project=parent, name=f"Evaluation {number:05}", evaluation_config={"prompt": "Is it polite?"}
        )


EVALUATIONS = Evaluations()
