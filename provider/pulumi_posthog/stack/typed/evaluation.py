"""Evaluation for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class Evaluation(Resource):
    """An evaluation of what a project's language models answer.

    Arguments:
        project: The `id` of the project that it is in.
        name: Shown in PostHog.
        description: Shown in PostHog.
        enabled: Whether new generations are evaluated.
        prompt: The prompt for the judging model. Servers since late 2025 have `evaluation_config`
            instead.
        evaluation_type: How it judges, such as `llm_judge`. The first servers with evaluations have
            only `prompt`.
        evaluation_config: What that type of evaluation needs, such as `prompt`.
        output_type: What it answers, such as `boolean`.
        output_config: What that type of output needs.
        conditions: Which generations are evaluated: each condition as PostHog answers it.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).
    """

    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        name: pulumi.Input[str],
        description: pulumi.Input[str] | Unset = UNSET,
        enabled: pulumi.Input[bool] | Unset = UNSET,
        prompt: pulumi.Input[str] | Unset = UNSET,
        evaluation_type: pulumi.Input[str] | Unset = UNSET,
        evaluation_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        output_type: pulumi.Input[str] | Unset = UNSET,
        output_config: pulumi.Input[Mapping[str, Any]] | Unset = UNSET,
        conditions: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["evaluation"]
        given: dict[str, Any] = {
            "project": project,
            "name": name,
            "description": description,
            "enabled": enabled,
            "prompt": prompt,
            "evaluation_type": evaluation_type,
            "evaluation_config": evaluation_config,
            "output_type": output_type,
            "output_config": output_config,
            "conditions": conditions,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
