"""Evaluations: managed like the other kinds, but DELETE is not offered: `deleted` is set instead (10.4)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pulumi_posthog.sandbox.rules.errors import invalid
from pulumi_posthog.sandbox.rules.membership import as_uuid
from pulumi_posthog.sandbox.rules.representation import basic_user, moment
from pulumi_posthog.sandbox.rules.switches import SWITCHES
from pulumi_posthog.sandbox.rules.view import PostHogView


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


# Which configurations go together (10.4): what is judged by, what comes out.
COMBINATIONS = {("llm_judge", "boolean")}
ORDERS = {f"{sign}{name}" for name in ("created_at", "updated_at", "name") for sign in ("", "-")}


class FirstEvaluationInput(serializers.Serializer[Any]):
    """2025: the prompt is a field of its own."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=400)
    description = serializers.CharField(required=False, allow_blank=True)
    enabled = serializers.BooleanField(required=False)
    prompt = serializers.CharField()
    conditions = serializers.JSONField(required=False)
    deleted = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.JSONField(read_only=True)


class EvaluationInput(serializers.Serializer[Any]):
    """2026: what judges and what comes out are configured."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=400)
    description = serializers.CharField(required=False, allow_blank=True)
    enabled = serializers.BooleanField(required=False)
    evaluation_type = serializers.ChoiceField(choices=["llm_judge"])
    evaluation_config = serializers.JSONField(required=False)
    output_type = serializers.ChoiceField(choices=["boolean"])
    output_config = serializers.JSONField(required=False)
    conditions = serializers.JSONField(required=False)
    deleted = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.JSONField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only when both configurations are sent, as the server does."""
        if "evaluation_config" in attrs and "output_config" in attrs:
            kind, output = attrs.get("evaluation_type"), attrs.get("output_type")
            if kind and output:
                attrs["evaluation_config"] = checked_config(kind, output, attrs["evaluation_config"])
                if not isinstance(attrs["output_config"], dict):
                    raise serializers.ValidationError({"config": "output_config is an object"})
        return attrs


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


def represented(row: Evaluation) -> dict[str, Any]:
    """10.4, in the fields of the server's age."""
    fields: dict[str, Any] = {
        "id": str(row.pk),
        "name": row.name,
        "description": row.description,
        "enabled": row.enabled,
    }
    if SWITCHES.age < 2026:
        fields["prompt"] = row.evaluation_config.get("prompt", "")
    else:
        fields |= {
            "evaluation_type": row.evaluation_type,
            "evaluation_config": row.evaluation_config,
            "output_type": row.output_type,
            "output_config": row.output_config,
        }
    return {
        **fields,
        "conditions": row.conditions,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "created_by": basic_user(row.created_by),
        "deleted": row.deleted,
    }


class EvaluationView(PostHogView):
    """`/api/environments/{id}/evaluations/`; there were none in 2024."""

    scope_object = "evaluation"
    serializer_class = EvaluationInput
    ages = (2025, 2026)

    def of_project(self) -> QuerySet[Evaluation]:
        """Deleted ones are hidden from all but updates (10.4)."""
        rows = Evaluation.objects.filter(project=self.project).select_related("created_by")
        if self.action not in {"update", "partial_update"}:
            rows = rows.filter(deleted=False)
        return rows.order_by("-created_at", "pk")

    def target(self) -> Evaluation:
        id_ = as_uuid(self.kwargs["id"])
        found = self.of_project().filter(pk=id_).first() if id_ else None
        if found is None:
            raise NotFound
        return found

    def list(self, request: Request, **_kwargs: Any) -> Response:
        asked = request.query_params
        rows = self.of_project()
        if asked.get("enabled", "").lower() in {"true", "false"}:
            rows = rows.filter(enabled=asked["enabled"].lower() == "true")
        if asked.get("id__in"):
            texts = asked["id__in"].split(",")
            ids = [id_ for each in texts if (id_ := as_uuid(each))]
            if len(ids) < len(texts):
                raise invalid("id__in", "Enter a valid UUID.")
            rows = rows.filter(pk__in=ids)
        if asked.get("search"):
            rows = rows.filter(Q(name__icontains=asked["search"]) | Q(description__icontains=asked["search"]))
        if asked.get("order_by"):
            orders = asked["order_by"].split(",")
            for order in orders:
                if order not in ORDERS:
                    raise invalid(
                        "order_by",
                        f"Select a valid choice. {order} is not one of the available choices.",
                        "invalid_choice",
                    )
            rows = rows.order_by(*orders, "pk")
        return self.page_response([represented(row) for row in self.page(rows)])

    def retrieve(self, request: Request, **_kwargs: Any) -> Response:
        return Response(represented(self.target()))

    def values_of(self, request: Request, *, partial: bool) -> dict[str, Any]:
        """What is to be stored."""
        form = FirstEvaluationInput if SWITCHES.age < 2026 else EvaluationInput
        given = form(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if "prompt" in values:
            values["evaluation_config"] = {"prompt": values.pop("prompt")}
        if not isinstance(values.get("conditions", []), list):
            raise ValidationError({"conditions": ["Expected a list of conditions."]})
        return values

    def create(self, request: Request, **_kwargs: Any) -> Response:
        values = self.values_of(request, partial=False)
        made = Evaluation.objects.create(project=self.project, created_by=self.caller, **values)
        return Response(represented(made), status=201)

    def update(self, request: Request, *, partial: bool = False, **_kwargs: Any) -> Response:
        row = self.target()
        for name, value in self.values_of(request, partial=partial).items():
            setattr(row, name, value)
        row.save()
        return Response(represented(row))

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, partial=True, **kwargs)

    def destroy(self, request: Request, **_kwargs: Any) -> HttpResponse:
        """405 without a body: an evaluation is never really deleted (10.4)."""
        return HttpResponse(status=405, headers={"Allow": "GET, PUT, PATCH, HEAD, OPTIONS"})
