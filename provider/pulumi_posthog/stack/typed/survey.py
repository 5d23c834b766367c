"""Survey for programs written in Python. Generated from the kind: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

import pulumi
from pulumi_posthog.kinds import KINDS
from pulumi_posthog.kinds.field import UNSET, Unset
from pulumi_posthog.stack.address import Address
from pulumi_posthog.stack.resources import Resource, declared


class SurveyQuestionArgs(TypedDict, total=False):
    """What is in `questions.*`.

    type: What is answered.
    question: What is asked.
    description: Shown below it.
    descriptionContentType: The format of the description.
    optional: Whether people may skip it.
    buttonText: On the button.
    display: For a rating: `number` or `emoji`.
    scale: For a rating: the number of steps.
    lowerBoundLabel: For a rating: the text at its lower end.
    upperBoundLabel: For a rating: the text at its upper end.
    choices: To choose from.
    shuffleOptions: Whether their order is random.
    hasOpenChoice: Whether the last one is free text.
    link: For a link: its address, `https` or `mailto`.
    branching: What comes next.
    validation: Rules for an open answer.
    translations: Translations into other languages.
    """

    type: Required[pulumi.Input[Literal["open", "link", "rating", "single_choice", "multiple_choice"]]]
    question: Required[pulumi.Input[str]]
    description: pulumi.Input[str | None]
    descriptionContentType: pulumi.Input[Literal["text", "html", None]]
    optional: pulumi.Input[bool | None]
    buttonText: pulumi.Input[str | None]
    display: pulumi.Input[str | None]
    scale: pulumi.Input[float | None]
    lowerBoundLabel: pulumi.Input[str | None]
    upperBoundLabel: pulumi.Input[str | None]
    choices: pulumi.Input[Sequence[pulumi.Input[str]] | None]
    shuffleOptions: pulumi.Input[bool | None]
    hasOpenChoice: pulumi.Input[bool | None]
    link: pulumi.Input[str | None]
    branching: pulumi.Input[Mapping[str, Any] | None]
    validation: pulumi.Input[Sequence[pulumi.Input[Any]] | None]
    translations: pulumi.Input[Mapping[str, Any] | None]


class SurveyConditionsEventsArgs(TypedDict, total=False):
    """What is in `conditions.events`.

    values: `[{name: EVENT}]`.
    """

    values: pulumi.Input[Any]


class SurveyConditionsActionsArgs(TypedDict, total=False):
    """What is in `conditions.actions`.

    values: `[{id: !ref action/NAME}]`.
    """

    values: pulumi.Input[Any]


class SurveyConditionsArgs(TypedDict, total=False):
    """What is in `conditions`.

    url: On which pages.
    urlMatchType: How `url` is compared: `icontains`, `exact`, `regex`, ...
    selector: Where something with this CSS selector is shown.
    events: After which events.
    actions: After which actions.
    deviceTypes: On which devices.
    deviceTypesMatchType: How the device types are compared.
    linkedFlagVariant: Only for this variant of `linked_flag`.
    seenSurveyWaitPeriodInDays: The number of days after another survey in which it is not shown.
    """

    url: pulumi.Input[str | None]
    urlMatchType: pulumi.Input[str | None]
    selector: pulumi.Input[str | None]
    events: pulumi.Input[SurveyConditionsEventsArgs | Mapping[str, Any] | None]
    actions: pulumi.Input[SurveyConditionsActionsArgs | Mapping[str, Any] | None]
    deviceTypes: pulumi.Input[Sequence[pulumi.Input[Any]] | None]
    deviceTypesMatchType: pulumi.Input[str | None]
    linkedFlagVariant: pulumi.Input[str | None]
    seenSurveyWaitPeriodInDays: pulumi.Input[float | None]


class SurveyTargetingFlagFiltersGroupPropertieArgs(TypedDict, total=False):
    """What is in `targeting_flag_filters.groups.*.properties.*`.

    type: What has the property: `person`, `cohort`, `group` or `flag`.
    key: The property's name. For a cohort it is `id`, for a flag `!ref feature_flag/KEY`. (Such a
        tag is for YAML.)
    operator: `exact`, `icontains`, `in`, ...
    value: What it is compared with. For a cohort it is `!ref cohort/NAME`. (Such a tag is for
        YAML.)
    group_type_index: For a group's property: the type of group, `!ref group_type/NAME`. (Such a tag
        is for YAML.)
    """

    type: Required[pulumi.Input[str]]
    key: Required[pulumi.Input[str | float]]
    operator: pulumi.Input[str | None]
    value: pulumi.Input[Any]
    group_type_index: pulumi.Input[Any]


class SurveyTargetingFlagFiltersGroupArgs(TypedDict, total=False):
    """What is in `targeting_flag_filters.groups.*`.

    properties: People have to fit all of them.
    rollout_percentage: For how many of these people, in per cent. Null means all.
    variant: Which variant they get.
    description: Shown in PostHog.
    aggregation_group_type_index: The type of group that it is about.
    sort_key: Its place on PostHog's page.
    """

    properties: pulumi.Input[
        Sequence[pulumi.Input[SurveyTargetingFlagFiltersGroupPropertieArgs | Mapping[str, Any]]]
    ]
    rollout_percentage: pulumi.Input[float | None]
    variant: pulumi.Input[str | None]
    description: pulumi.Input[str | None]
    aggregation_group_type_index: pulumi.Input[Any]
    sort_key: pulumi.Input[str | None]


class SurveyTargetingFlagFiltersMultivariateVariantArgs(TypedDict, total=False):
    """What is in `targeting_flag_filters.multivariate.variants.*`.

    key: What your code gets.
    name: Shown in PostHog.
    description: Shown in PostHog.
    rollout_percentage: For how many people, in per cent. The percentages of all variants add up to
        100.
    """

    key: Required[pulumi.Input[str]]
    name: pulumi.Input[str | None]
    description: pulumi.Input[str | None]
    rollout_percentage: Required[pulumi.Input[float]]


class SurveyTargetingFlagFiltersMultivariateArgs(TypedDict, total=False):
    """What is in `targeting_flag_filters.multivariate`.

    variants: The variants.
    """

    variants: Required[
        pulumi.Input[Sequence[pulumi.Input[SurveyTargetingFlagFiltersMultivariateVariantArgs]]]
    ]


class SurveyTargetingFlagFiltersArgs(TypedDict, total=False):
    """What is in `targeting_flag_filters`.

    groups: Release conditions. A person who fits one of them has the flag. The first that fits
        decides.
    multivariate: The variants, for a flag that is more than on and off.
    payloads: What your code gets with a variant, by its key, or with the flag, under `'true'`: any
        value.
    aggregation_group_type_index: Null means that it is for persons. For groups, it is their type,
        as in `!ref group_type/company`. (Such a tag is for YAML.)
    early_exit: Whether the search ends at a condition that fits a person who is outside of its
        rollout.
    """

    groups: Required[pulumi.Input[Sequence[pulumi.Input[SurveyTargetingFlagFiltersGroupArgs]]]]
    multivariate: pulumi.Input[SurveyTargetingFlagFiltersMultivariateArgs | None]
    payloads: pulumi.Input[Mapping[str, Any] | None]
    aggregation_group_type_index: pulumi.Input[Any]
    early_exit: pulumi.Input[bool | None]


class Survey(Resource):
    """A survey asks people questions. It says who is asked, and when.

    Arguments:
        project: The `id` of the project that it is in.
        type: Where it is shown. `api` means that your own code shows it.
        name: Shown in PostHog.
        description: Shown in PostHog.
        status: Whether it is shown. A new one is made as a draft.
        questions: The questions. A question that stays keeps its answers.
        conditions: When it is shown. The file replaces all conditions in PostHog.
        appearance: How it looks. The file replaces everything that PostHog has for this.
        linked_flag: Only people who have this flag are asked, by its key.
        linked_insight: The insight that it belongs to, by its name. Servers before August 2026 do
            not show it: there, drift cannot see a change.
        targeting_flag_filters: Which people are asked, in the form of a flag's filters. PostHog
            keeps a hidden flag for it.
        schedule: How often one person is asked.
        responses_limit: PostHog stops it after this number of answers.
        iteration_count: How many times it is repeated.
        iteration_frequency_days: The number of days after which it is repeated.
        response_sampling_start_date: When PostHog begins to ask only some people. At first, it has
            to be today or later.
        response_sampling_interval_type: The unit of `response_sampling_interval`.
        response_sampling_interval: How long one period of sampling is.
        response_sampling_limit: The number of answers in one period of sampling.
        enable_partial_responses: Whether PostHog keeps the answers of people who stop before the
            last question.
        enable_iframe_embedding: Whether another page may show it in a frame.
        base_language: The language that it is written in.
        translations: Translations into other languages.
        form_content: The content of a survey that is a form.
        folder: The folder of PostHog's tree for a new object. To move it later, declare its file-
            system entry.
        address: Where the organization is; without it, where the stack's configuration says. Raises
            ValueError when that says nothing (`Address.configured`).

    Outputs:
        targeting_flag: The key of the hidden flag.
    """

    targeting_flag: pulumi.Output[str]
    created_at: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        project: pulumi.Input[str],
        type: pulumi.Input[Literal["popover", "widget", "external_survey", "api"]],
        name: pulumi.Input[str] | Unset = UNSET,
        description: pulumi.Input[str] | Unset = UNSET,
        status: pulumi.Input[Literal["draft", "running", "stopped", "archived"]] | Unset = UNSET,
        questions: pulumi.Input[Sequence[pulumi.Input[SurveyQuestionArgs | Mapping[str, Any]]]]
        | Unset
        | None = UNSET,
        conditions: pulumi.Input[SurveyConditionsArgs | Mapping[str, Any]] | Unset | None = UNSET,
        appearance: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        linked_flag: pulumi.Input[str] | Unset | None = UNSET,
        linked_insight: pulumi.Input[str] | Unset | None = UNSET,
        targeting_flag_filters: pulumi.Input[SurveyTargetingFlagFiltersArgs] | Unset | None = UNSET,
        schedule: pulumi.Input[Literal["once", "recurring", "always"]] | Unset | None = UNSET,
        responses_limit: pulumi.Input[int] | Unset | None = UNSET,
        iteration_count: pulumi.Input[int] | Unset | None = UNSET,
        iteration_frequency_days: pulumi.Input[int] | Unset | None = UNSET,
        response_sampling_start_date: pulumi.Input[str] | Unset | None = UNSET,
        response_sampling_interval_type: pulumi.Input[Literal["day", "week", "month"]] | Unset | None = UNSET,
        response_sampling_interval: pulumi.Input[int] | Unset | None = UNSET,
        response_sampling_limit: pulumi.Input[int] | Unset | None = UNSET,
        enable_partial_responses: pulumi.Input[bool] | Unset | None = UNSET,
        enable_iframe_embedding: pulumi.Input[bool] | Unset | None = UNSET,
        base_language: pulumi.Input[str] | Unset | None = UNSET,
        translations: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        form_content: pulumi.Input[Mapping[str, Any]] | Unset | None = UNSET,
        folder: pulumi.Input[str] | Unset = UNSET,
        address: Address | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        kind = KINDS["survey"]
        given: dict[str, Any] = {
            "project": project,
            "type": type,
            "name": name,
            "description": description,
            "status": status,
            "questions": questions,
            "conditions": conditions,
            "appearance": appearance,
            "linked_flag": linked_flag,
            "linked_insight": linked_insight,
            "targeting_flag_filters": targeting_flag_filters,
            "schedule": schedule,
            "responses_limit": responses_limit,
            "iteration_count": iteration_count,
            "iteration_frequency_days": iteration_frequency_days,
            "response_sampling_start_date": response_sampling_start_date,
            "response_sampling_interval_type": response_sampling_interval_type,
            "response_sampling_interval": response_sampling_interval,
            "response_sampling_limit": response_sampling_limit,
            "enable_partial_responses": enable_partial_responses,
            "enable_iframe_embedding": enable_iframe_embedding,
            "base_language": base_language,
            "translations": translations,
            "form_content": form_content,
            "folder": folder,
        }
        super().__init__(kind, resource_name, declared(kind, given), address or Address.configured(), opts)
